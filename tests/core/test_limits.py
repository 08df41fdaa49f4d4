"""Calls are counted exactly, over windows, and by who has no scope only."""

from __future__ import annotations

import re
import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from hoofdaannemer.core import limits, tasks
from hoofdaannemer.core.limits import Limit, seconds_to_wait
from hoofdaannemer.core.models import CallCount
from hoofdaannemer.core.scope import Role, Scope, system
from tests.conftest import become

MINUTE = timedelta(minutes=1)
START = datetime(2026, 10, 25, 0, 59, 30, tzinfo=UTC)  # the hour that comes twice
THREE = Limit("three", 3, MINUTE)


def waits(key: str, *seconds: float) -> list[int]:
    return [seconds_to_wait(THREE, key, START + timedelta(seconds=one)) for one in seconds]


def test_a_window_begins_with_its_first_call(system: Scope) -> None:
    assert waits("a", 0, 10, 20) == [0, 0, 0]
    assert waits("a", 20, 59, 59.9) == [40, 1, 1]
    assert waits("a", 60, 61, 119, 119) == [0, 0, 0, 1]


def test_keys_and_limits_do_not_count_for_each_other(system: Scope) -> None:
    assert waits("a", 0, 0, 0, 0) == [0, 0, 0, 60]
    assert waits("b", 0) == [0]
    assert seconds_to_wait(Limit("other", 3, MINUTE), "a", START) == 0


def test_a_clock_that_is_behind_begins_no_window(system: Scope) -> None:
    assert waits("a", 0, 59, 60, -1, -1) == [0, 0, 0, 0, 0]
    assert waits("a", -1) == [60]


def test_what_is_counted_is_not_readable(system: Scope) -> None:
    waits("192.0.2.7", 0)
    assert re.fullmatch("[0-9a-f]{64}", CallCount.objects.get().key)


def test_who_acts_for_somebody_cannot_reset_a_count(system: Scope) -> None:
    waits("a", 0)
    become(Scope(role=Role.ADMINISTRATOR, user_id=1, main_contractor_id=1, at=START))
    assert not CallCount.objects.exists()
    assert CallCount.objects.all().delete()[0] == 0
    become(system)
    assert CallCount.objects.get().calls == 1


def test_old_counts_are_forgotten(system: Scope) -> None:
    waits("a", 0)
    seconds_to_wait(THREE, "b", system.at)
    tasks.forget_calls()
    assert CallCount.objects.get().started_at == system.at


@pytest.mark.django_db(transaction=True)
def test_two_connections_count_together() -> None:
    limit = Limit("together", 60, MINUTE)
    start = threading.Barrier(2)
    refused: list[int] = []

    def call() -> None:
        start.wait(30)
        try:
            found = [seconds_to_wait(limit, "a", START) for _turn in range(50)]
        finally:
            connection.close()
        refused.append(sum(wait > 0 for wait in found))

    threads = [threading.Thread(target=call) for _one in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sum(refused) == 40
    assert limits.forget(scope=system()) == 1
