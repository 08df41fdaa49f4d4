"""Contracts that may end because nobody was in care under them for so long."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from hoofdaannemer.core.periods import Period, add_months
from hoofdaannemer.core.scope import Role, Scope
from subcontracts.models import Placement, Subcontract
from subcontracts.selectors import contract_dates
from subcontracts.selectors.contract_dates import DateKind
from subcontracts.selectors.inactivity import WithoutCare, without_care
from subcontracts.services import placements
from tests import factories
from tests.conftest import become
from tests.factories import NOW, World

TODAY = timezone.localdate(NOW)
MONTHS = 12


@pytest.fixture
def world(system: Scope) -> World:
    made = factories.world(system)
    assert made.pxq.subcontract is not None
    Subcontract.objects.filter(pk=made.pxq.subcontract.pk).update(inactivity_months=MONTHS)
    return made


def found(world: World, days: int = 0) -> list[WithoutCare]:
    scope = become(world.at(Role.CONTRACT_MANAGER, at=NOW + timedelta(days=days)))
    return list(without_care(scope))


def placed(world: World, period: Period) -> Placement:
    return factories.place(world, factories.allocate(world, period=period))


def test_from_its_first_day_where_nobody_was_ever_placed(world: World) -> None:
    (one,) = found(world)
    assert one.since == one.subcontract.start_date
    assert one.may_end_from == add_months(one.since, MONTHS)


def test_not_while_somebody_is_in_care(world: World) -> None:
    placed(world, Period(TODAY, TODAY + timedelta(days=30)))
    assert found(world) == []
    assert found(world, days=30) == []


def test_from_the_day_after_the_last_care(world: World) -> None:
    placed(world, Period(TODAY, TODAY + timedelta(days=30)))
    placed(world, Period(TODAY, TODAY + timedelta(days=10)))
    (one,) = found(world, days=31)
    assert one.since == TODAY + timedelta(days=31)


def test_what_was_declined_is_no_care(world: World) -> None:
    placement = factories.place(
        world, factories.allocate(world, period=Period(TODAY, None)), accepted=False
    )
    assert found(world) == []
    provider = become(world.at(Role.SUBCONTRACTOR_USER, world.pxq))
    placements.decline(scope=provider, placement=placement, reason="vol")
    assert len(found(world)) == 1


def test_where_no_months_were_agreed_it_never_ends_so(world: World) -> None:
    become(world.system)
    Subcontract.objects.update(inactivity_months=None)
    assert found(world) == []


def test_it_stands_among_the_dates_and_stays_there(world: World) -> None:
    (one,) = found(world)
    scope = become(world.at(Role.CONTRACT_MANAGER, at=NOW + timedelta(days=3000)))
    dates = contract_dates.contract_dates(scope, first=scope.today, until=date(2040, 1, 1))
    (row,) = [row for row in dates if row.kind is DateKind.WITHOUT_CARE]
    assert row.day == one.may_end_from
    assert "niemand in zorg" in row.text
