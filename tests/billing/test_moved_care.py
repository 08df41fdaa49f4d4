"""Care that moved is paid up to the day before at the old one, from the day at the new one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from billing.gates import used
from billing.services.staging import StagedLine
from hoofdaannemer.core.scope import Scope
from subcontracts.models import Placement
from tests import factories
from tests.billing.build import MARCH, credit, declare, line, moment, placement, priced
from tests.conftest import become
from tests.factories import World
from tests.subcontracts.moving import drafted, moved, next_of, other_party, outcomes

DAY = date(2026, 3, 23)
EVE = DAY - timedelta(days=1)


@pytest.fixture
def here(system: Scope) -> World:
    return factories.world(system)


def april(here: World) -> World:
    """The same world when March can be declared."""
    return replace(here, system=become(here.system.moved_to(moment(date(2026, 4, 2)))))


def test_both_sides_of_the_day_are_judged_by_their_own_placement(here: World) -> None:
    there = other_party(here)
    old = placement(here)
    moved(here, there.subcontractor, day=DAY)
    new, old = next_of(old), Placement.objects.get(pk=old.pk)
    later = april(here)
    good = declare(later, line(old, MARCH), month=MARCH)
    assert good.verdict.codes(1) == []
    assert (line(old, MARCH).end, line(new, MARCH).start) == (EVE, DAY)
    taken = declare(later, line(new, MARCH), month=MARCH, party=there)
    assert taken.verdict.codes(1) == []


@pytest.mark.parametrize("side", ["old", "new"])
def test_days_on_the_other_side_are_refused(here: World, side: str) -> None:
    there = other_party(here)
    old = placement(here)
    moved(here, there.subcontractor, day=DAY)
    new, old = next_of(old), Placement.objects.get(pk=old.pk)
    wrong: dict[str, StagedLine] = {
        "old": line(old, MARCH, end=MARCH.last),
        "new": line(new, MARCH, start=MARCH.first),
    }
    party = {"old": here.pxq, "new": there}[side]
    refused = declare(april(here), wrong[side], month=MARCH, party=party)
    assert refused.verdict.codes(1)


def test_care_that_was_declared_past_the_day_stays_until_it_is_credited(here: World) -> None:
    there = other_party(here)
    old = placement(here)
    whole = line(old, MARCH)
    later = april(here)
    assert declare(later, whole, month=MARCH).verdict.codes(1) == []
    move = moved(here, there.subcontractor, day=DAY)
    assert outcomes(move) == {old.pk: ("refused", "CON-72")}
    become(here.system)
    declare(later, credit(whole), month=MARCH)
    assert used([old.pk]) == {}


def test_what_was_declared_of_a_total_stays(here: World) -> None:
    there = other_party(here)
    # 81 of 365 days are before the move: 27 of 120 hours, but 40 were declared.
    old = placement(here, volume=120, frequency="6")
    declare(here, priced(old, 40))
    assert used([old.pk])[old.pk].volume == 40
    moved(here, there.subcontractor, day=DAY)
    assert (Placement.objects.get(pk=old.pk).volume, next_of(old).volume) == (40, 80)


def test_minutes_declared_of_hours_count_as_begun_hours(here: World) -> None:
    old = placement(here)
    short = line(old, volume=61, unit="01", tariff=110, amount=6710)
    assert declare(here, short).verdict.codes(1) == []
    assert used([old.pk])[old.pk].volume == 2
    assert drafted(here, other_party(here).subcontractor).pk
