"""Write what waits in the out-tray to files."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from hoofdaannemer.core.scope import Scope, acting_as, system
from messaging.exchange.models import OutgoingMessage
from messaging.exchange.services import outtray
from messaging.exchange.transports import TransportError, folder


class Command(BaseCommand):
    help = (
        "Write the messages that wait in the out-tray below a folder, one file each:"
        " <main contractor>/<party>/<name>.xml. They go on waiting, unless --deliver."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("directory", metavar="DIR", type=Path)
        parser.add_argument(
            "--deliver", action="store_true", help="what was written counts as delivered"
        )
        parser.add_argument("--json", action="store_true", help="one JSON object a line")

    def handle(self, *args: Any, **options: Any) -> None:
        scope = system()
        with acting_as(scope):
            waiting = OutgoingMessage.objects.visible_to(scope).filter(
                state=OutgoingMessage.State.WAITING
            )
            ids = list(waiting.order_by("pk").values_list("pk", flat=True))
        for message_id in ids:
            shown = _written(scope, message_id, options["directory"], deliver=options["deliver"])
            if shown:
                self.stdout.write(
                    json.dumps(shown, ensure_ascii=False) if options["json"] else shown["file"]
                )


def _written(
    scope: Scope, message_id: int, directory: Path, *, deliver: bool
) -> dict[str, str] | None:
    with acting_as(scope):
        row = (
            OutgoingMessage.objects.visible_to(scope)
            .filter(pk=message_id, state=OutgoingMessage.State.WAITING)
            .first()
        )
        if row is None:
            return None  # delivered in the meantime
        parcel = outtray.parcel_of(row)
    try:
        path = folder.send(parcel, directory)
    except TransportError as refusal:
        text = _("The file cannot be written: %(reason)s") % {"reason": refusal}
        raise CommandError(text) from refusal
    if deliver:
        with acting_as(scope):
            outtray.take(scope=scope, message_id=message_id)
    return {
        "file": str(path),
        "type": row.name,
        "main_contractor": parcel.main_contractor,
        "party": parcel.party,
        "identification": row.identification,
    }
