"""Changed allocations received and relayed by real worker processes, one and two of them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import date, timedelta
from functools import partial
from time import perf_counter
from typing import Final

from django.db import connection

from hoofdaannemer.core.periods import Month, Period
from hoofdaannemer.core.scope import acting_as, system
from messaging.exchange.services import intake
from messaging.istandaard import builders, serialize
from messaging.models import IncomingMessage, Leg, OutgoingMessage
from subcontracts.models import Allocation, Subcontract
from subcontracts.services import allocations, placements
from tests import factories
from tests.bench.measuring import Rate
from tests.factories import NOW, World

#: Clients for each number of workers; there are 9,091 test numbers. More messages go in rounds.
_MOST_CLIENTS: Final = 2500
#: Clients that are made in one transaction.
_AT_A_TIME: Final = 50
#: Each client has an allocation for each of these; the municipality sends the whole set again, of
#: which the last is placed and now ends earlier.
_PERIODS: Final = tuple(
    Period(date(2026, month, 1), Month(2026, month + 1).last) for month in range(1, 12, 2)
)
_SHORTER: Final = date(2026, 12, 15)

People = Sequence[tuple[builders.Person, Sequence[int]]]


def measure(messages: int) -> Iterator[Rate]:
    """The same number of messages by one worker and by two, each on clients of its own."""
    with acting_as(system(NOW)) as scope:
        world = factories.world(scope, relay=Subcontract.Relay.MESSAGES)
    relayed = 0
    for workers in (1, 2):
        people = _placed(world, min(messages, _MOST_CLIENTS))
        relayed += len(people) + messages  # when they were placed, and when they changed
        seconds, size = 0.0, 0
        for number, some in enumerate(_rounds(people, messages), start=1):
            documents = [_changed(world, *one, number) for one in some]
            _receive(world, documents)
            size += sum(map(len, documents))
            seconds += _swept(workers)
        _check(world, relayed)
        what = (
            f"{messages:,} 301s of {size / messages / 1000:.1f} kB received and relayed"
            f" by {workers} worker(s)"
        )
        yield Rate(f"relay_{workers}", what, messages, seconds)


def _rounds(people: People, messages: int) -> Iterator[People]:
    """Everybody once, and once more, until there are as many as messages."""
    for first in range(0, messages, len(people)):
        yield people[: messages - first]


def _placed(world: World, clients: int) -> People:
    """New clients with their allocations; the last of each is placed and was relayed."""
    people = []
    for first in range(0, clients, _AT_A_TIME):
        with acting_as(world.system):
            people += [_client(world) for _one in range(min(_AT_A_TIME, clients - first))]
    return people


def _client(world: World) -> tuple[builders.Person, Sequence[int]]:
    who = factories.person()
    numbers = [1000 + next(factories._numbers) for _one in _PERIODS]
    message = factories.allocation_message(
        world, who, *map(partial(_allocated, world), numbers, _PERIODS), on=NOW.date()
    )
    assert not allocations.receive(
        scope=world.system,
        main_contractor_id=world.main.pk,
        municipality=world.municipality,
        message=message,
    )
    last = Allocation.objects.get(main_contractor=world.main, family="jw", number=numbers[-1])
    placements.place(scope=world.system, allocation=last, subcontractor=world.pxq.subcontractor)
    return who, numbers


def _allocated(world: World, number: int, period: Period, decided: int = 0) -> object:
    moment = NOW + timedelta(minutes=decided)
    return factories.allocated(
        world.products["guidance"],
        number=number,
        period=period,
        decided=moment,
        change_reason="05" if decided else "",
        comment="Afgesproken met het lokale team; zie het plan. " * 4 if decided else "",
    )


def _changed(world: World, who: builders.Person, numbers: Sequence[int], number: int) -> bytes:
    """The whole set again, of which the placed one ends earlier: a day more in each round."""
    end = _SHORTER - timedelta(days=number)
    periods = (*_PERIODS[:-1], Period(_PERIODS[-1].start, end))
    products = [
        _allocated(world, allocation, period, decided=number)
        for allocation, period in zip(numbers, periods, strict=True)
    ]
    return serialize(factories.allocation_message(world, who, *products, on=NOW.date()))  # type: ignore[arg-type]


def _receive(world: World, documents: Sequence[bytes]) -> None:
    with acting_as(world.system):
        for raw in documents:
            intake.receive(
                scope=world.system,
                raw=raw,
                main_contractor_id=world.main.pk,
                leg=Leg.UP,
                source=IncomingMessage.Source.FOLDER,
                municipality_id=world.municipality.pk,
                later=True,
            )


def _swept(workers: int) -> float:
    """Seconds from the moment at which all workers are ready until the last has nothing to do."""
    with ExitStack() as stack:
        running = [
            stack.enter_context(
                subprocess.Popen(
                    [sys.executable, "-m", "tests.bench.one_worker"],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    text=True,
                )
            )
            for _one in range(workers)
        ]
        for one in running:
            assert one.stdout and one.stdout.readline() == "ready\n"
        begin = perf_counter()
        for one in running:
            assert one.stdin
            one.stdin.write("go\n")
            one.stdin.flush()
        for one in running:
            assert one.stdout and one.stdout.readline() == "done\n"
        return perf_counter() - begin


def _check(world: World, expected: int) -> None:
    connection.close()
    with acting_as(world.system):
        received = IncomingMessage.objects.filter(main_contractor=world.main)
        others = received.exclude(state=IncomingMessage.State.HANDLED)
        assert list(others.values_list("last_error", "findings__text")[:3]) == []
        relayed = OutgoingMessage.objects.filter(
            main_contractor=world.main, leg=Leg.DOWN, message_type="301"
        )
        assert relayed.count() == expected
