"""Messages that are dropped as files: `<watched>/<main contractor>/<party>/*.xml`."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from django.conf import settings

from hoofdaannemer.core.errors import DomainError
from hoofdaannemer.core.scope import Scope, acting_as
from messaging.exchange.models import Channel, IncomingMessage, OutgoingMessage
from messaging.exchange.selectors import transport_to
from messaging.exchange.services import intake, outtray, routing
from messaging.exchange.transports import folder
from messaging.exchange.transports.folder import Dropped

log = logging.getLogger(__name__)

#: Files taken in at one go; what is left lies there at the next.
MOST_FILES: Final = 2000


def take_in(*, scope: Scope) -> int:
    """Store and judge the files in the watched folder; returns how many were taken.

    Stored and committed first, then moved to `done/`, then judged: a crash in between makes the
    same bytes come again, which changes nothing. A file in a folder of nobody stays where it is.
    """
    found = list(folder.waiting(Path(settings.WATCHED_FOLDER), limit=MOST_FILES))
    taken = 0
    for start in range(0, len(found), intake.BATCH):
        batch = found[start : start + intake.BATCH]
        with acting_as(scope):
            stored = _stored(scope, batch)
        for file, _row in stored:
            folder.put_away(file.path)
        rows = [row for _file, row in stored]
        fresh = [row.pk for row in rows if row.state in intake.OPEN]
        intake.handle_many(scope=scope, message_ids=fresh)
        for row in rows:
            if row.pk not in fresh:
                _answer_again(scope, row)
        taken += len(stored)
    return taken


def _stored(scope: Scope, files: Sequence[Dropped]) -> list[tuple[Dropped, IncomingMessage]]:
    stored = []
    for file in files:
        try:
            main_contractor = routing.main_contractor_by_kvk(file.main_contractor)
            party = routing.party_by_code(scope, file.party, main_contractor)
            raw = folder.read(file.path)
        except (DomainError, FileNotFoundError) as reason:
            # Nobody's folder, or another worker was first.
            log.warning("not taken from %s: %s", file.path.parent, type(reason).__name__)
            continue
        row = intake.receive(
            scope=scope,
            raw=raw,
            main_contractor_id=main_contractor.pk,
            leg=party.leg,
            source=IncomingMessage.Source.FOLDER,
            municipality_id=party.municipality_id,
            organisation_id=party.organisation_id,
        )
        stored.append((file, row))
    return stored


def _answer_again(scope: Scope, row: IncomingMessage) -> None:
    """Write the first answer once more for a sender that lost it; no row changes."""
    with acting_as(scope):
        reply = OutgoingMessage.objects.visible_to(scope).filter(in_reply_to=row).first()
        if reply is None or reply.state != OutgoingMessage.State.DELIVERED:
            return
        by_folder = transport_to(row.main_contractor_id, row.party) == Channel.Transport.FOLDER
        parcel = outtray.parcel_of(reply)
    if by_folder:
        folder.send(parcel, Path(settings.OUT_FOLDER))
