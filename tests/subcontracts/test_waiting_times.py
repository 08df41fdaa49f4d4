"""Waiting time of a subcontractor: the median of what clients waited in the last 90 days."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from hoofdaannemer.core.scope import Scope
from subcontracts.models import Allocation, DeliveryStart, Placement
from subcontracts.selectors.candidates import waiting_times
from tests.billing.build import moment, placement
from tests.conftest import become
from tests.factories import World, world

TODAY = date(2026, 6, 30)


@pytest.fixture
def chain(system: Scope) -> World:
    return world(system)


def waited(chain: World, begin: date, days: int) -> Placement:
    """Care that began some days after its allocation was received."""
    placed = placement(chain, end=None)
    received = moment(begin - timedelta(days=days))
    Allocation.objects.filter(pk=placed.allocation_id).update(received_at=received)
    started(placed, begin)
    return placed


def started(placed: Placement, begin: date) -> None:
    DeliveryStart.objects.create(
        main_contractor_id=placed.main_contractor_id,
        provider_organisation_id=placed.provider_organisation_id,
        placement=placed,
        begin_date=begin,
        recorded_at=moment(begin),
    )


def median(chain: World) -> int | None:
    scope = become(chain.system.moved_to(moment(TODAY)))
    return waiting_times(scope, chain.main.pk).get(chain.pxq.subcontractor.pk)


def test_it_is_the_median_and_not_the_mean(chain: World) -> None:
    for days in (3, 5, 40):
        waited(chain, TODAY - timedelta(days=10), days)
    assert median(chain) == 5


def test_half_a_day_counts_as_a_day(chain: World) -> None:
    for days in (3, 6):
        waited(chain, TODAY, days)
    assert median(chain) == 5


@pytest.mark.parametrize(("ago", "expected"), [(89, 7), (90, None), (-1, None)])
def test_of_the_last_ninety_days(chain: World, ago: int, expected: int | None) -> None:
    waited(chain, TODAY - timedelta(days=ago), 7)
    assert median(chain) == expected


def test_care_that_is_taken_up_again_waited_before(chain: World) -> None:
    placed = waited(chain, TODAY - timedelta(days=150), 4)
    started(placed, TODAY - timedelta(days=5))
    assert median(chain) is None


def test_nobody_waits_less_than_nothing(chain: World) -> None:
    waited(chain, TODAY - timedelta(days=3), -2)
    assert median(chain) == 0
