"""`manage.py play_municipality`: the other side of the demo, from the command line."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError

from hoofdaannemer.accounts.models import MainContractor
from hoofdaannemer.core.errors import DomainError
from hoofdaannemer.core.scope import Scope, acting_as, system
from hoofdaannemer.scenarios import play
from hoofdaannemer.scenarios.play import Seat
from messaging.exchange.services import routing

ALLOCATE, FAULTY, ANSWER = "allocate", "faulty", "answer"
_UNABLE: Final = 2


class Command(BaseCommand):
    """Send a 301, a faulty one, or the answers to the 315s that wait. In the demo only."""

    help = "Play the municipality in the demo: send a 301, a faulty one, or answer open 315s."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What to do, as whom, and how it gets here."""
        parser.add_argument("what", choices=[ALLOCATE, FAULTY, ANSWER])
        parser.add_argument(
            "--municipality", metavar="CODE", help="the first one by name if absent"
        )
        parser.add_argument("--law", choices=["jw", "wmo"])
        parser.add_argument("--main-contractor", metavar="KVK", help="the first one if absent")
        way = parser.add_mutually_exclusive_group()
        way.add_argument("--drop", action="store_true", help="put it in the watched folder")
        way.add_argument("--out", metavar="DIR", help="write it there and send nothing")
        parser.add_argument("--json", action="store_true", help="one JSON object a line")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the documents, and hand them over."""
        scope = system()
        try:
            play.check_is_demo()
            with acting_as(scope):
                documents = self._documents(scope, options)
        except DomainError as refusal:
            raise CommandError(str(refusal), returncode=_UNABLE) from refusal
        for seat, raws in documents:
            self._hand_over(scope, seat, raws, options)
        if not documents:
            self.stderr.write("No 315 waits for an answer.")

    def _documents(
        self, scope: Scope, options: dict[str, Any]
    ) -> list[tuple[Seat, tuple[bytes, ...]]]:
        main = _main_contractor(options["main_contractor"])
        if options["what"] == ANSWER:
            found: list[tuple[Seat, tuple[bytes, ...]]] = []
            for request in play.open_requests(scope, main):
                town = play.seat_for(scope, request)
                if _fits(town, options):
                    found.append((town, play.answers(scope, town, request)))
            return found
        seat = next((one for one in play.seats(scope, main) if _fits(one, options)), None)
        if seat is None:
            raise CommandError("no contract with this municipality today", returncode=_UNABLE)
        is_faulty = options["what"] == FAULTY
        return [(seat, (play.new_allocation(scope, seat, is_faulty=is_faulty),))]

    def _hand_over(
        self, scope: Scope, seat: Seat, raws: tuple[bytes, ...], options: dict[str, Any]
    ) -> None:
        if options["out"]:
            for raw in raws:
                self._tell(seat, options, file=str(_written(Path(options["out"]), raw)))
        elif options["drop"]:
            for raw in raws:
                self._tell(seat, options, file=str(play.drop(seat, raw)))
        else:
            for result in play.send_in(scope, seat, raws):
                self._tell(
                    seat,
                    options,
                    type=result.message.name if result.message else None,
                    accepted=result.accepted,
                    codes=[one.code for one in result.findings],
                )

    def _tell(self, seat: Seat, options: dict[str, Any], **told: Any) -> None:
        shown = {"municipality": seat.code, "law": seat.family.value, **told}
        if options["json"]:
            self.stdout.write(json.dumps(shown))
        else:
            self.stdout.write(", ".join(f"{key}: {value}" for key, value in shown.items()))


def _fits(seat: Seat, options: dict[str, Any]) -> bool:
    asked = (options["municipality"], options["law"])
    return all(
        want in (None, has) for want, has in zip(asked, (seat.code, seat.family.value), strict=True)
    )


def _main_contractor(kvk: str | None) -> MainContractor:
    if kvk:
        return routing.main_contractor_by_kvk(kvk)
    found = MainContractor.objects.select_related("organisation").order_by("pk").first()
    if found is None:
        raise CommandError("load a scenario first", returncode=_UNABLE)
    return found


def _written(folder: Path, raw: bytes) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    number = sum(1 for _file in folder.glob("bericht-*.xml")) + 1
    file = folder / f"bericht-{number:04d}.xml"
    file.write_bytes(raw)
    return file
