"""Files from the command line or an upload page: stored, judged, and told about one by one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from hoofdaannemer.accounts.models import MainContractor
from hoofdaannemer.core.errors import DomainError
from hoofdaannemer.core.scope import Scope, acting_as
from messaging.exchange.models import IncomingMessage, MessageFinding, OutgoingMessage
from messaging.exchange.services import intake, routing
from messaging.istandaard import parse

State = IncomingMessage.State


@dataclass(frozen=True, slots=True)
class File:
    """A document under the name that its sender gave it."""

    name: str
    raw: bytes


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a file; without `message` it was not stored, and `refusal` says why."""

    file: File
    message: IncomingMessage | None = None
    findings: Sequence[MessageFinding] = field(default_factory=tuple)
    reply: OutgoingMessage | None = None
    refusal: str = ""

    @property
    def tone(self) -> str:
        """How a badge shows the verdict."""
        return {True: "positive", False: "negative", None: "warning"}[self.accepted]

    @property
    def accepted(self) -> bool | None:
        """None while nobody judged it: parked, or waiting for a person."""
        if self.message is None:
            return False
        verdicts = {State.HANDLED: True, State.REJECTED: False, State.UNREADABLE: False}
        return verdicts.get(State(self.message.state))


def take_in(
    *,
    scope: Scope,
    files: Iterable[File],
    source: IncomingMessage.Source,
    main_contractor: MainContractor | None = None,
) -> Iterator[Result]:
    """Store and judge files, fifty in a transaction; the header says between whom they travel.

    Without `main_contractor` the header must name it, or its sender must work for only one. A
    document without a header that can be read belongs to nobody and is not stored.
    """
    batch: list[File] = []
    for file in files:
        batch.append(file)
        if len(batch) == intake.BATCH:
            yield from _taken(scope, batch, source, main_contractor)
            batch = []
    yield from _taken(scope, batch, source, main_contractor)


def _taken(
    scope: Scope,
    files: Sequence[File],
    source: IncomingMessage.Source,
    main_contractor: MainContractor | None,
) -> list[Result]:
    stored: list[tuple[File, IncomingMessage | None, str]] = []
    with acting_as(scope):
        for file in files:
            try:
                stored.append((file, _stored(scope, file, source, main_contractor), ""))
            except DomainError as reason:
                stored.append((file, None, str(reason)))
    ids = [row.pk for _file, row, _refusal in stored if row is not None]
    for message_id in ids if not scope.is_system else ():
        intake.handle(scope=scope, message_id=message_id)
    if scope.is_system:
        intake.handle_many(scope=scope, message_ids=ids)
    return _results(scope, stored, ids)


def _stored(
    scope: Scope,
    file: File,
    source: IncomingMessage.Source,
    main_contractor: MainContractor | None,
) -> IncomingMessage:
    route = routing.route_of(scope, file.raw, main_contractor)
    return intake.receive(
        scope=scope,
        raw=file.raw,
        main_contractor_id=route.main_contractor.pk,
        leg=route.party.leg,
        source=source,
        municipality_id=route.party.municipality_id,
        organisation_id=route.party.organisation_id,
    )


def _results(
    scope: Scope, stored: Sequence[tuple[File, IncomingMessage | None, str]], ids: Sequence[int]
) -> list[Result]:
    with acting_as(scope):
        rows = (
            IncomingMessage.objects.visible_to(scope)
            .prefetch_related("findings", "replies")
            .in_bulk(ids)
        )
    return [
        Result(file, findings=_rejections(file), refusal=refusal)
        if row is None
        else Result(
            file,
            rows[row.pk],
            list(rows[row.pk].findings.all()),
            next(iter(rows[row.pk].replies.all()), None),
        )
        for file, row, refusal in stored
    ]


def _rejections(file: File) -> list[MessageFinding]:
    """Why a document that was not stored cannot be read; unsaved rows."""
    return [
        MessageFinding(rule=one.code, path=one.path, text=str(one.message))
        for one in parse(file.raw).rejections
    ]
