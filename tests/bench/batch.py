"""A declaration of 10,000 lines, and 100,000 in four files at once, from receipt to answers.

Handled by a worker process of its own, which tells how much memory it took.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from time import perf_counter
from typing import Any, Final

from billing.models import Declaration
from billing.services import entitling
from hoofdaannemer.core.periods import Month
from hoofdaannemer.core.scope import acting_as
from messaging.exchange.services import intake
from messaging.istandaard import Family, builders, serialize
from messaging.istandaard.model.declaration import ServiceLine
from messaging.istandaard.model.values import Amount, ClosedPeriod, LineReference
from messaging.models import IncomingMessage, Leg, OutgoingMessage
from tests.bench import bare, history
from tests.bench.history import History
from tests.bench.measuring import Measured, Room

#: A year after the other measurements, of which the months are taken.
AT: Final = datetime(2027, 11, 16, 9, tzinfo=UTC)
SMALL, LARGE, FILES = 10_000, 25_000, 4
AIM, AIM_MB = 3.0, 400
#: Ten times the lines may take so much longer: a fifth above ten times, for noise.
AIM_FACTOR: Final = 12.0
_SKIPPED, _MONTHS = 11, 12
_CENTS, _VOLUME, _TOO_MUCH = 6600, 3, 99

Worker = Callable[[], dict[str, Any]]


def measure(past: History) -> Iterator[Measured | Room]:
    """A small one first that does not count, so that the worker is as warm as after its first."""
    past = replace(past, scope=past.scope.moved_to(AT), sender=past.sender.moved_to(AT))
    warm, one, *four = _documents(past)
    with _worker() as work, bare.copying() as copied:
        _answered(past, work, [warm])
        small, _told = _answered(past, work, [one])
        small_bare = _seconds(lambda: copied(one))
        large, told = _answered(past, work, four)
        large_bare = _seconds(lambda: [copied(document) for document in four])
    lines = FILES * LARGE
    on = f"on {past.lines:,} earlier lines"
    bare_way = "lxml, schema, COPY of raw lines"
    yield Measured(
        "batch_1",
        f"323 of {SMALL:,} lines to its answer, {on} / {bare_way}",
        small,
        small_bare,
        AIM,
    )
    yield Measured(
        "batch_4",
        f"{FILES} 323s of {LARGE:,} lines at once to their answers / {bare_way}",
        large,
        large_bare,
        AIM,
    )
    yield Measured(
        "batch_factor", f"{lines:,} lines in {FILES} files / {SMALL:,}", large, small, AIM_FACTOR
    )
    what = f"{lines:,} lines in {FILES} files to their answers"
    yield Room("batch_memory", what, told["peak"] - told["idle"], AIM_MB)


@contextmanager
def _worker() -> Iterator[Worker]:
    """A running worker; called, it handles all that was received and tells of its memory."""
    command = [sys.executable, "-m", "tests.bench.batch_worker", AT.isoformat()]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdin and process.stdout
        told, asked = process.stdout, process.stdin
        assert told.readline() == "ready\n"

        def work() -> dict[str, Any]:
            asked.write("go\n")
            asked.flush()
            found: dict[str, Any] = json.loads(told.readline())
            return found

        yield work
        asked.close()


def _answered(
    past: History, work: Worker, documents: Sequence[bytes]
) -> tuple[float, dict[str, Any]]:
    """Seconds from receipt until the last answer waits for its receiver; entitlements follow."""
    ids: list[int] = []
    told: list[dict[str, Any]] = []

    def received_and_answered() -> None:
        ids.extend(_received(past, raw) for raw in documents)
        told.append(work())

    seconds = _seconds(received_and_answered)
    _check(past, ids)
    with acting_as(past.scope):
        entitling.entitle(scope=past.scope, subcontractor=past.party.subcontractor)
    return seconds, told[0]


def _received(past: History, raw: bytes) -> int:
    with acting_as(past.sender):
        return intake.receive(
            scope=past.sender,
            raw=raw,
            main_contractor_id=past.main.pk,
            leg=Leg.DOWN,
            source=IncomingMessage.Source.MAILBOX,
            organisation_id=past.party.organisation.pk,
            later=True,
        ).pk


def _check(past: History, ids: Sequence[int]) -> None:
    """What was timed is what was meant: each was judged and answered, and some lines are wrong."""
    with acting_as(past.scope):
        rows = IncomingMessage.objects.filter(pk__in=ids)
        assert {row.state for row in rows} == {IncomingMessage.State.HANDLED}, [
            row.last_error for row in rows
        ]
        for one in Declaration.objects.filter(message__in=ids):
            # Of every forty too much, of every hundred without a placement.
            assert one.rejected_count == one.line_count // 40 + one.line_count // 100
        answers = OutgoingMessage.objects.filter(in_reply_to__in=ids)
        assert answers.count() == len(ids)


def _seconds(work: Callable[[], object]) -> float:
    begin = perf_counter()
    work()
    return perf_counter() - begin


def _documents(past: History) -> Iterator[bytes]:
    """Two small ones of a month each, and large ones that go on where the one before ended."""
    months = history.months_after(_SKIPPED + _MONTHS)[_SKIPPED:]
    lines = _lines(past, months)
    for place, size in enumerate((SMALL, SMALL, *[LARGE] * FILES), start=1):
        yield _document(past, place, list(islice(lines, size)))


def _document(past: History, place: int, lines: list[tuple[str, ServiceLine]]) -> bytes:
    envelope = builders.Envelope(
        family=Family.JW,
        sender=past.party.organisation.agb,
        receiver=history.TOWNS[0][0],
        number=f"G{place}",
        day=AT.date(),
    )
    last = max(line.product_period.end for _bsn, line in lines)
    period = ClosedPeriod(start=last.replace(day=1), end=last)
    # A client stands in a document once, with all its lines.
    lines.sort(key=lambda one: one[0])
    return serialize(builders.declaration(envelope, f"G{place}", period, lines))


def _lines(past: History, months: Sequence[Month]) -> Iterator[tuple[str, ServiceLine]]:
    """Every month of every placement; two and a half of a hundred too much, one of no placement."""
    count = 0
    for month in months:
        for client, bsn in enumerate(past.bsns, start=1):
            for second in (0, 1):
                yield bsn, _line(count, client, second, month)
                count += 1


def _line(count: int, client: int, second: int, month: Month) -> ServiceLine:
    placed = history.placement_number(client, second)
    volume = _TOO_MUCH if count % 40 == 0 else _VOLUME
    return ServiceLine(
        reference=LineReference(number=f"G{month.year}{month.month:02d}-{placed}"),
        allocation_number=placed + 50_000_000 if count % 100 == 30 else placed,
        category="45",
        code=history.product_of(client, second),
        product_period=ClosedPeriod(start=month.first, end=month.last),
        delivered_volume=volume,
        unit="04",
        tariff=_CENTS,
        submitted_amount=Amount(cents=volume * _CENTS, debit_credit="D"),
    )
