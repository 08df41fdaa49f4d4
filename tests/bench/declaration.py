"""A declaration of 10,000 lines, from receipt to committed verdicts, on a filled history."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from lxml import etree

from billing.models import Declaration
from billing.services import entitling
from hoofdaannemer.core.periods import Month
from hoofdaannemer.core.scope import acting_as
from messaging.exchange.services import intake
from messaging.istandaard import Family, builders, message_type, schema_for, serialize
from messaging.istandaard.model.declaration import ServiceLine
from messaging.istandaard.model.values import Amount, ClosedPeriod, LineReference
from messaging.models import IncomingMessage, Leg
from tests.bench import history
from tests.bench.cluster import bare_connection
from tests.bench.history import History
from tests.bench.measuring import Measured, in_turns

LINES: Final = 10_000
RUNS: Final = 5
AIM: Final = 4.0
_CENTS: Final = 6600
_VOLUME, _TOO_MUCH = 3, 99
_COLUMNS: Final = 15


def measure(past: History) -> Measured:
    """Every run declares the month after the last, so that none of them finds its own lines."""
    months = history.months_after(RUNS + 1)
    documents = [_document(past, place, month) for place, month in enumerate(months, start=1)]
    waiting, waiting_bare = iter(documents), iter(documents)
    schema = schema_for(message_type(Family.JW, "323"))

    with bare_connection() as bare:
        bare.execute("DROP TABLE IF EXISTS bench_raw")
        bare.execute(
            "CREATE TABLE bench_raw ("
            + ", ".join(f"c{place} text" for place in range(_COLUMNS))
            + ")"
        )
        bare.commit()

        def copied() -> None:
            root = etree.fromstring(next(waiting_bare))
            assert schema.validate(root)
            with bare.cursor().copy("COPY bench_raw FROM STDIN") as copy:
                copy.write("".join(_raw_lines(root)))
            bare.commit()

        seconds = in_turns(
            lambda: _received(past, next(waiting)), copied, runs=RUNS, after=lambda: _entitled(past)
        )
        bare.execute("DROP TABLE bench_raw")
    _check(past)
    what = (
        f"323 of {LINES} lines to verdicts, on {past.lines} earlier lines"
        " / lxml, schema, COPY of raw lines"
    )
    return Measured("declaration", what, *seconds, AIM)


def _received(past: History, raw: bytes) -> None:
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


def _entitled(past: History) -> None:
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


def _raw_lines(root: etree._Element) -> Iterator[str]:
    """The lines as text for COPY, the short way: the texts are those of our own generator."""
    empty = ["\\N"] * _COLUMNS
    for client in root.iter("{*}Client"):
        bsn = client[0].text or ""
        for line in client[1]:
            texts = [bsn, *(part.text or "" for part in line.iter() if not len(part))]
            yield "\t".join((texts + empty)[:_COLUMNS]) + "\n"


def _document(past: History, place: int, month: Month) -> bytes:
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
