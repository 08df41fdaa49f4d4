"""`manage.py scenario`: list and load arrangements of invented data."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from hoofdaannemer import scenarios
from hoofdaannemer.core.errors import DomainError


class Command(BaseCommand):
    """`list` names them, `load NAME` loads one: all of it or nothing."""

    help = "List or load scenarios."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Arguments of the command."""
        parser.add_argument("action", choices=["list", "load", "export"])
        parser.add_argument("name", nargs="?", default="")
        parser.add_argument("--json", action="store_true", help="one JSON object a line")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do what was asked; exit code 1 for a refusal, 2 for a wrong call."""
        action, name = options["action"], options["name"]
        if action == "export":
            raise CommandError(_("Scenarios cannot be exported yet."), returncode=2)
        if action == "load" and not name:
            raise CommandError(_("Name the scenario to load."), returncode=2)
        if action == "load":
            self._load(name, as_json=options["json"])
        else:
            self._list(as_json=options["json"])

    def _list(self, *, as_json: bool) -> None:
        for scenario in scenarios.scenarios().values():
            loaded = scenarios.is_loaded(scenario.name)
            row = {"name": scenario.name, "description": scenario.description, "loaded": loaded}
            if as_json:
                self.stdout.write(json.dumps(row, ensure_ascii=False))
            else:
                mark = "*" if loaded else " "
                self.stdout.write(f"{mark} {scenario.name:<10} {scenario.description}")

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

            try:
                scenarios.load(name, progress)
            except DomainError as refusal:
                raise CommandError(str(refusal)) from refusal
        if as_json:
            self.stdout.write(json.dumps({"name": name, "loaded": True}))
        else:
            self.stdout.write(_("Scenario %(name)s is loaded.") % {"name": name})
