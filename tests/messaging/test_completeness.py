"""Counts over a period: they add up, whatever states there are, and lead to what they count."""

from __future__ import annotations

import csv
import io
import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from hoofdaannemer.core.scope import Role
from messaging.exchange import completeness
from messaging.exchange.filters import IncomingFilter, OutgoingFilter
from messaging.exchange.models import IncomingMessage, Leg, OutgoingMessage
from messaging.exchange.tables import ReceivedCounts, SentCounts
from messaging.exchange.views.completeness import RECEIVED, SENT
from tests.conftest import become
from tests.messaging.parties import World
from tests.messaging.test_pages import as_system, logged_in

_numbers = count(1)
TYPES = {Leg.UP: ["301", "319", "306", ""], Leg.DOWN: ["305", "307", "323", ""]}
#: Around midnight in Amsterdam, where a month begins an hour or two earlier than in Greenwich.
MOMENTS = [
    datetime(2026, 2, 28, 22, 59, tzinfo=UTC),
    datetime(2026, 2, 28, 23, 1, tzinfo=UTC),
    datetime(2026, 3, 15, 12, 0, tzinfo=UTC),
    datetime(2026, 3, 31, 21, 59, tzinfo=UTC),
    datetime(2026, 3, 31, 22, 1, tzinfo=UTC),
]


def common(world: World, leg: Leg) -> dict[str, Any]:
    party = (
        {"municipality": world.town} if leg == Leg.UP else {"provider_organisation": world.practice}
    )
    return {
        "main_contractor": world.main,
        "leg": leg,
        "family": "jw",
        "sender": "S",
        "identification": f"N{next(_numbers)}",
        "content": b"",
        **party,
    }


def received(world: World, chance: random.Random) -> IncomingMessage:
    leg = chance.choice(list(Leg))
    return IncomingMessage(
        **common(world, leg),
        message_type=chance.choice(TYPES[leg]),
        state=chance.choice(IncomingMessage.State.values),
        source="command",
        digest=b"",
        received_at=chance.choice(MOMENTS),
    )


def sent(world: World, chance: random.Random) -> OutgoingMessage:
    leg = chance.choice(list(Leg))
    moment = chance.choice(MOMENTS)
    return OutgoingMessage(
        **common(world, leg),
        message_type=chance.choice(["301", "302", "305", "325"]),
        state=chance.choice(OutgoingMessage.State.values),
        key=f"K{next(_numbers)}",
        created_at=moment,
        return_due_date=chance.choice([None, date(2026, 4, 1)]),
        # Sent again after a refusal it may have both.
        accepted_at=chance.choice([None, moment]),
        refused_at=chance.choice([None, moment]),
    )


@pytest.fixture(params=[1, 2, 3])
def traffic(world: World, request: pytest.FixtureRequest) -> World:
    chance = random.Random(request.param)
    IncomingMessage.objects.bulk_create(received(world, chance) for _ in range(150))
    OutgoingMessage.objects.bulk_create(sent(world, chance) for _ in range(150))
    return world


def in_march(moment: datetime) -> bool:
    return (timezone.localtime(moment).year, timezone.localtime(moment).month) == (2026, 3)


def test_received_is_all_of_its_states(traffic: World) -> None:
    rows = [row for row in IncomingMessage.objects.all() if in_march(row.received_at)]
    asked = QueryDict("period=2026-03")
    found = completeness.received(RECEIVED.filterset(asked, IncomingMessage.objects.all()).qs)
    assert {(one.leg, one.message_type): one.total for one in found} == Counter(
        (row.leg, row.message_type) for row in rows
    )
    table = ReceivedCounts(found, query={}, board="/")
    every, states = columns(table), IncomingMessage.State.values
    assert set(every) == {"total", *states}, "each state has a column, and only one"
    for line in found:
        assert every["total"](line) == sum(every[state](line) for state in states)


def test_sent_is_all_of_its_states_and_all_of_its_answers(traffic: World) -> None:
    rows = [row for row in OutgoingMessage.objects.all() if in_march(row.created_at)]
    asked = QueryDict("period=2026-03")
    found = completeness.sent(SENT.filterset(asked, OutgoingMessage.objects.all()).qs)
    assert sum(one.total for one in found) == len(rows)
    every, states = columns(SentCounts(found, query={}, board="/")), OutgoingMessage.State.values
    assert set(every) == {"total", *states, *completeness.ANSWERS}
    for line in found:
        assert every["total"](line) == sum(every[state](line) for state in states)
        assert every["total"](line) == sum(every[one](line) for one in completeness.ANSWERS)


def columns(table: Any) -> dict[str, Any]:
    """The counting columns by what they count."""
    found = [column.column for column in table.columns]
    counting = [column for column in found if hasattr(column, "counted")]
    by_name = {column.name or "total": column.counted for column in counting}
    assert len(by_name) == len(counting)
    return by_name


@pytest.mark.parametrize("way", [RECEIVED, SENT], ids=["received", "sent"])
@pytest.mark.parametrize("time", ["period=2026-03", "since=01-03-2026&until=15-03-2026"])
def test_each_number_leads_to_just_those_messages(traffic: World, way: Any, time: str) -> None:
    model: Any = IncomingMessage if way is RECEIVED else OutgoingMessage
    board = IncomingFilter if way is RECEIVED else OutgoingFilter
    filterset = way.filterset(QueryDict(time), model.objects.all())
    lines = way.count(filterset.qs)
    table = way.table(lines, query=QueryDict(time).dict(), board="/")
    followed = 0
    for line in lines:
        for bound in table.columns:
            if hasattr(bound.column, "counted"):
                column = bound.column
                address = table.address_of(line, column.parameter, column.name)
                listed = board(QueryDict(address.partition("?")[2]), model.objects.all())
                assert listed.is_valid()
                assert listed.qs.count() == column.counted(line), address
                followed += 1
    assert followed > 40


def test_counting_is_one_query(traffic: World) -> None:
    for count_, rows in (
        (completeness.received, IncomingMessage.objects.all()),
        (completeness.sent, OutgoingMessage.objects.all()),
    ):
        with CaptureQueriesContext(connection) as asked:
            assert count_(rows)
        assert len(asked) == 1


# The page


def test_the_page_and_its_files_show_the_same(world: World) -> None:
    chance = random.Random(7)
    IncomingMessage.objects.bulk_create(received(world, chance) for _ in range(60))
    browser = logged_in(world, Role.CARE_COORDINATOR)
    address = reverse("message_completeness_list") + "?period=2026-03"
    page = browser.get(address)
    assert page.status_code == 200
    table = page.context["table"]
    as_system()
    march = sum(in_march(row.received_at) for row in IncomingMessage.objects.all())
    assert table.columns["total"].footer == march
    text = b"".join(browser.get(f"{address}&_export=csv").streaming_content).decode("utf-8-sig")
    head, *rows = list(csv.reader(io.StringIO(text), delimiter=";"))
    assert sum(int(row[2]) for row in rows) == march
    assert all(int(row[2]) == sum(map(int, row[3:])) for row in rows)
    assert len(head) == 9
    assert browser.get(f"{address}&_export=xlsx").status_code == 200
    assert browser.get(f"{address}&_export=pdf").status_code == 404


def test_without_a_time_it_is_this_month(world: World) -> None:
    chance = random.Random(8)
    now, old = received(world, chance), received(world, chance)
    now.received_at = timezone.now()
    old.received_at = timezone.now() - timedelta(days=70)
    IncomingMessage.objects.bulk_create([now, old])
    browser = logged_in(world, Role.CONTRACT_MANAGER)
    page = browser.get(reverse("message_completeness_list"))
    assert [line.total for line in page.context["table"].data] == [1]
    wrong = browser.get(reverse("message_completeness_list") + "?period=maart")
    assert wrong.status_code == 200
    assert wrong.context["table"] is None


def test_everybody_counts_own_messages_only(traffic: World) -> None:
    asked = QueryDict("period=2026")
    for role, number in (
        (Role.CARE_COORDINATOR, 150),
        (Role.CONTROLLER, IncomingMessage.objects.filter(message_type="323").count()),
    ):
        rows = IncomingMessage.objects.visible_to(become(traffic.staff(role)))
        counted = completeness.received(RECEIVED.filterset(asked, rows).qs)
        assert sum(line.total for line in counted) == number
    for organisation in (traffic.practice, traffic.institution):
        mine = become(traffic.provider(organisation))
        counted = completeness.received(IncomingMessage.objects.visible_to(mine))
        assert all(line.leg == Leg.DOWN for line in counted)
        assert bool(counted) is (organisation == traffic.practice)
