"""Several contributions make one line; whatever comes late or goes, what stands is their sum."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.rules.pxq import Tariff, Unit
from billing.rules.upward import Claim, claim, product_period, steps, summed, unit_upward
from billing.rules.upward_limits import Room, excess
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.periods import Month, Period
from messaging.istandaard import Family
from messaging.istandaard.volumes import AllocatedVolume

MONTH = Month(2026, 1)
HOURLY = Tariff(Unit.HOUR, Decimal("70.00"))


@pytest.mark.parametrize(
    ("allocated", "priced", "unit"),
    [
        ("", "04", "04"),
        ("04", "04", "04"),
        ("04", "01", "01"),
        ("01", "04", "01"),
        ("16", "16", "16"),
        ("16", "04", None),
        ("83", "04", None),
    ],
)
def test_unit_of_the_line(allocated: str, priced: str, unit: str | None) -> None:
    assert unit_upward(allocated, priced) == unit


@pytest.mark.parametrize(
    ("volumes", "unit", "volume"),
    [
        # IV079: 380 minutes are 6 hours; together, and not each.
        ({"01": 380}, "04", 6),
        ({"01": 20}, "04", 1),
        ({"01": 29, "04": 1}, "04", 1),
        ({"01": 30, "04": 1}, "04", 2),
        ({"01": 5, "04": 2}, "01", 125),
        ({"16": 3}, "16", 3),
        ({"16": 3, "04": 0}, "16", 3),
        ({"16": 3, "04": 1}, "16", None),
        ({"16": 3}, "04", None),
        ({}, "04", 0),
    ],
)
def test_sum_of_contributions(volumes: Mapping[str, int], unit: str, volume: int | None) -> None:
    assert summed(volumes, unit) == volume


def test_a_line_in_euros_has_no_tariff() -> None:
    assert claim(MONTH.period, 1250, "83", None) == Claim(
        MONTH.period, 1250, "83", None, Decimal("12.50")
    )
    with pytest.raises(RuleError):
        claim(MONTH.period, 1, "16", HOURLY)


def test_product_period_is_clipped_to_the_allocation() -> None:
    assert product_period(MONTH, Period(date(2026, 1, 10))) == Period(
        date(2026, 1, 10), date(2026, 1, 31)
    )
    assert product_period(MONTH, Period(date(2026, 2, 1))) is None


@pytest.mark.parametrize(
    ("unit", "used", "volume", "allowed"),
    [
        # Ten hours over the term; minutes count where minutes are declared.
        ("04", 0, 10, None),
        ("04", 61, 9, 8),
        ("01", 61, 540, 539),
    ],
)
def test_room_of_an_allocation(unit: str, used: int, volume: int, allowed: int | None) -> None:
    allocated = AllocatedVolume(
        family=Family.JW,
        category="45",
        volume=10,
        unit="04",
        frequency="6",
        period=Period(date(2026, 1, 1), date(2026, 12, 31)),
    )
    line = claim(MONTH.period, volume, unit, HOURLY)
    assert line
    found = excess(line, Room(allocated, None, used, Decimal(0)))
    assert (found.allowed if found else None) == allowed


@dataclass
class Municipality:
    """What went up and was awarded, as the municipality keeps it."""

    stands: Claim | None = None
    paid: Decimal = Decimal(0)
    debits: list[Claim] = field(default_factory=list)

    def declare(self, wanted: Claim | None, *, is_refused: bool) -> None:
        step = steps(self.stands, wanted)
        if is_refused:
            return
        if step.takes_back:
            assert self.stands
            self.paid -= self.stands.amount
            self.debits.remove(self.stands)
            self.stands = None
        if step.debit:
            # Never a second debit beside one that stands (TR389).
            assert self.stands is None
            self.paid += step.debit.amount
            self.debits.append(step.debit)
            self.stands = step.debit


_contributions = st.tuples(
    st.sampled_from("abcd"), st.sampled_from(["01", "04"]), st.integers(0, 500)
)
#: A contribution comes, or another replaces it, or it goes; or a declaration is sent, which the
#: municipality takes or refuses as a whole.
_events = st.lists(
    st.one_of(
        st.tuples(st.just("comes"), _contributions),
        st.tuples(st.just("goes"), st.sampled_from("abcd")),
        st.tuples(st.just("sent"), st.booleans()),
    ),
    max_size=30,
)


@given(_events, st.sampled_from(["01", "04"]), st.decimals("0.01", "999.99", places=2))
def test_what_stands_is_the_rounded_sum_and_money_is_conserved(
    events: list[tuple[str, object]], unit: str, price: Decimal
) -> None:
    town = Municipality()
    given_by: dict[str, tuple[str, int]] = {}

    def wanted() -> Claim | None:
        volumes: dict[str, int] = {}
        for of, volume in given_by.values():
            volumes[of] = volumes.get(of, 0) + volume
        total = summed(volumes, unit)
        assert total is not None
        return claim(MONTH.period, total, unit, Tariff(Unit.HOUR, price))

    for kind, what in events:
        match kind, what:
            case "comes", (str(who), str(of), int(volume)):
                given_by[who] = (of, volume)
            case "goes", str(who):
                given_by.pop(who, None)
            case _:
                town.declare(wanted(), is_refused=what is True)
    town.declare(wanted(), is_refused=False)
    minutes = sum(volume * (60 if of == "04" else 1) for of, volume in given_by.values())
    rounded = max(1, (minutes + 30) // 60) if unit == "04" and minutes else minutes
    assert sum(line.volume for line in town.debits) == (rounded)
    assert len(town.debits) <= 1
    assert town.paid == sum((line.amount for line in town.debits), Decimal(0))
    assert not steps(town.stands, wanted())
