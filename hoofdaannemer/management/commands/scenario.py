"""`manage.py scenario`: list, load, check and export arrangements."""

from __future__ import annotations

import json
import time
from argparse import ArgumentParser
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from hoofdaannemer import embedded, scenarios
from hoofdaannemer.core.errors import DomainError
from hoofdaannemer.scenarios.arrangements import files

#: One JSON object for each scenario that was loaded, as `load --json` prints it.
LOG: Final = "scenarios.log"


class Command(BaseCommand):
    """`list` names them; `load`, `check` and `export` take a name, or the path of a file.

    Loading is all or nothing. An export is written to standard output as a file that can be loaded;
    it also takes the trade register number of any main contractor.
    """

    help = "List, load, check or export scenarios."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Arguments of the command."""
        parser.add_argument("action", choices=["list", "load", "check", "export"])
        parser.add_argument("name", nargs="?", default="")
        parser.add_argument("--json", action="store_true", help="one JSON object a line")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do what was asked; exit code 1 for a refusal, 2 for a wrong call."""
        action, name = options["action"], options["name"]
        if action == "list":
            self._list(as_json=options["json"])
            return
        if not name:
            raise CommandError(_("Name the scenario, or a file."), returncode=2)
        try:
            {"load": self._load, "check": self._check, "export": self._export}[action](
                name, as_json=options["json"]
            )
        except DomainError as refusal:
            raise CommandError(str(refusal)) from refusal

    def _list(self, *, as_json: bool) -> None:
        for scenario in scenarios.scenarios().values():
            loaded = scenarios.is_loaded(scenario.name)
            row = {"name": scenario.name, "description": scenario.description, "loaded": loaded}
            if as_json:
                self.stdout.write(json.dumps(row, ensure_ascii=False))
            else:
                mark = "*" if loaded else " "
                self.stdout.write(f"{mark} {scenario.name:<10} {scenario.description}")

    def _check(self, name: str, *, as_json: bool) -> None:
        """Read a file, or a shipped one by its name, without loading it."""
        found = scenarios.known(name)
        if as_json:
            self.stdout.write(json.dumps({"name": found.name, "valid": True}))
        else:
            self.stdout.write(_("The arrangement %(name)s is in order.") % {"name": found.name})

    def _export(self, name: str, *, as_json: bool) -> None:
        exported = scenarios.export(name)
        if as_json:
            content = exported.model_dump(mode="json", exclude_defaults=True)
            self.stdout.write(json.dumps({"format": exported.format} | content, ensure_ascii=False))
        else:
            self.stdout.write(files.write(exported), ending="")

    def _load(self, name: str, *, as_json: bool) -> None:
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        # The bar goes to standard error, so that standard output stays one JSON object a line.
        with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task(name, total=None)

            def progress(done: int, total: int, label: str) -> None:
                bar.update(task, completed=done, total=total, description=f"{name}: {label}")

            began, worked = time.monotonic(), time.process_time()
            scenarios.load(name, progress)
        told = {
            "name": name,
            "loaded": True,
            "seconds": int(time.monotonic() - began),
            # Without the database and whatever else the machine did meanwhile.
            "cpu_seconds": int(time.process_time() - worked),
        }
        _keep(told)
        text = _("Scenario %(name)s is loaded, in %(seconds)s seconds.") % told
        self.stdout.write(json.dumps(told) if as_json else text)


def _keep(told: dict[str, object]) -> None:
    """Beside the logs of this installation, for who asks later how long it took."""
    folder = embedded.home() / "logs"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOG).open("a", encoding="utf-8") as log:
        log.write(json.dumps(told) + "\n")
