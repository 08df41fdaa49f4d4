"""`manage.py demo`: everything on one machine, with the demo scenario, in the foreground."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from hoofdaannemer import embedded
from hoofdaannemer.core.scope import acting_as, system
from hoofdaannemer.processes import Processes, free_port, wait_for_port
from hoofdaannemer.scenarios import demo_logins, is_loaded, play

REVIVE_SECONDS = 2


class Command(BaseCommand):
    """Migrate, load the scenario once, start worker, beat and site, print address and logins."""

    help = "Set up and run everything on this machine; ctrl-C stops it, a second run reuses it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Options of the command."""
        parser.add_argument("--scenario", default="regio")
        parser.add_argument("--no-serve", action="store_true", help="set up only")
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *args: Any, **options: Any) -> None:
        """Run until ctrl-C."""
        if not settings.DEMO:
            raise CommandError("demo needs MODE=demo: it makes people with known passwords.")
        self._prepare(options["scenario"])
        self._print_logins()
        self._print_folders()
        if not options["no_serve"]:
            self._serve(free_port(options["port"]))

    def _prepare(self, scenario: str) -> None:
        # As the owner of the tables, which this process is not: hence a process of its own.
        subprocess.run(  # noqa: S603  (our own command)
            [sys.executable, str(Path(embedded.ROOT) / "manage.py"), "migrate", "--verbosity=0"],
            check=True,
        )
        call_command("collectstatic", interactive=False, verbosity=0)
        if is_loaded(scenario):
            self.stdout.write(f"Scenario {scenario} is there already.")
        else:
            call_command("scenario", "load", scenario)

    def _print_logins(self) -> None:
        self.stdout.write("")
        for login in demo_logins():
            self.stdout.write(
                f"  {login.email:<42} {login.password:<22} {login.role}, {login.party}"
            )
        self.stdout.write("  The login page shows the second factor of these people.\n")

    def _print_folders(self) -> None:
        with acting_as(system()) as scope:
            folders = play.make_folders(scope)
        for folder in folders:
            self.stdout.write(f"  Watched folder: {folder}/<municipality code>/ takes in 301s.")
        self.stdout.write(
            "  Nobody is at the municipality: as a care coordinator\n"
            "  open /demo/gemeente/, or run manage.py play_municipality.\n"
        )

    def _serve(self, port: int) -> None:
        os.environ["SITE_ADDRESS"] = f"http://127.0.0.1:{port}"
        processes = Processes(embedded.home() / "logs")
        signal.signal(signal.SIGTERM, _as_interrupt)
        try:
            processes.worker()
            processes.beat()
            processes.web(port)
            wait_for_port(port)
            self.stdout.write(self.style.SUCCESS(f"\nThe site: http://127.0.0.1:{port}/"))
            self.stdout.write(f"Logs: {embedded.home() / 'logs'}. Stop with ctrl-C.")
            while processes.running["web"].poll() is None:
                time.sleep(REVIVE_SECONDS)
                for name in processes.revive("worker", "beat"):
                    self.stderr.write(f"{name} ended by itself and was started again; see its log.")
            self.stderr.write("The site ended by itself; see its log.")
        except KeyboardInterrupt:
            self.stdout.write("\nStopping.")
        finally:
            processes.stop()
            if os.environ.get("EMBEDDED") == "1":
                embedded.stop_database()


def _as_interrupt(signum: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
