"""A declaration of 10,000 lines, from receipt to committed verdicts, on a filled history."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from billing.models import Declaration
from billing.services import entitling
from hoofdaannemer.core.periods import Month
from hoofdaannemer.core.scope import acting_as
from messaging.exchange.services import intake
from messaging.istandaard import Family, builders, serialize
from messaging.istandaard.model.declaration import ServiceLine
from messaging.istandaard.model.values import Amount, ClosedPeriod, LineReference
from messaging.models import IncomingMessage, Leg
from tests.bench import bare, history
from tests.bench.history import History
from tests.bench.measuring import Measured, in_turns

LINES: Final = 10_000
RUNS: Final = 5
AIM: Final = 3.0
_CENTS: Final = 6600
_VOLUME, _TOO_MUCH = 3, 99


def measure(past: History) -> Measured:
    """Every run declares the month after the last, so that none of them finds its own lines."""
    months = history.months_after(RUNS + 1)
    documents = [document(past, place, month) for place, month in enumerate(months, start=1)]
    waiting, waiting_bare = iter(documents), iter(documents)
    with bare.copying() as copied:
        seconds = in_turns(
            lambda: received(past, next(waiting)),
            lambda: copied(next(waiting_bare)),
            runs=RUNS,
            after=lambda: entitled(past),
        )
    _check(past)
    what = (
        f"323 of {LINES} lines to verdicts, on {past.lines} earlier lines"
        " / lxml, schema, COPY of raw lines"
    )
    return Measured("declaration", what, *seconds, AIM)


def received(past: History, raw: bytes) -> None:
    """As the mailbox does it for its caller, but that the document is committed before judging."""
    with acting_as(past.sender):
        row = intake.receive(
            scope=past.sender,
            raw=raw,
            main_contractor_id=past.main.pk,
            leg=Leg.DOWN,
            source=IncomingMessage.Source.MAILBOX,
            organisation_id=past.party.organisation.pk,
        )
    with acting_as(past.sender):
        judged = intake.handle(scope=past.sender, message_id=row.pk)
    assert judged.state == IncomingMessage.State.HANDLED, judged.last_error


def entitled(past: History) -> None:
    """As the worker does within seconds of a verdict, long before the next month is declared."""
    with acting_as(past.scope):
        entitling.entitle(scope=past.scope, subcontractor=past.party.subcontractor)


def _check(past: History) -> None:
    """What was timed is what was meant: most lines are good, some of each kind are not."""
    with acting_as(past.scope):
        found = Declaration.objects.filter(message__isnull=False, main_contractor=past.main)
        assert found.count() == RUNS + 1
        for one in found:
            assert one.line_count == LINES
            assert one.rejected_count == len(range(0, LINES, 40)) + len(range(30, LINES, 100))


def document(past: History, place: int, month: Month) -> bytes:
    envelope = builders.Envelope(
        family=Family.JW,
        sender=past.party.organisation.agb,
        receiver=history.TOWNS[0][0],
        number=f"B{place}",
        day=past.scope.today,
    )
    period = ClosedPeriod(start=month.first, end=month.last)
    lines = _lines(past, place, month)
    return serialize(builders.declaration(envelope, f"B{place}", period, lines))


def _lines(past: History, place: int, month: Month) -> Iterator[tuple[str, ServiceLine]]:
    """Of a hundred lines two are over what was allocated, one names no placement, one credits."""
    for number in range(LINES):
        client, second = divmod(number, 2)
        yield past.bsns[client], _line(number, client + 1, second, place, month)


def _line(number: int, client: int, second: int, place: int, month: Month) -> ServiceLine:
    placed = history.placement_number(client, second)
    is_credit = number % 100 == 50
    # A credit takes back the line of an earlier month, a different one each time.
    at = Month(history.FIRST.year, place) if is_credit else month
    volume = _TOO_MUCH if number % 40 == 0 else _VOLUME
    return ServiceLine(
        reference=LineReference(
            number=f"{'C' if is_credit else 'D'}{place}-{placed}",
            previous=history.reference(at, placed) if is_credit else "",
        ),
        allocation_number=placed + 50_000_000 if number % 100 == 30 else placed,
        category="45",
        code=history.product_of(client, second),
        product_period=ClosedPeriod(start=at.first, end=at.last),
        delivered_volume=volume,
        unit="04",
        tariff=_CENTS,
        submitted_amount=Amount(cents=volume * _CENTS, debit_credit="C" if is_credit else "D"),
    )
