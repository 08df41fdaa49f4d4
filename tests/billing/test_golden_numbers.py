"""The worked numbers of domain.md section 3, to the cent.

3.1 is in `tests/subcontracts/test_indexing_rules.py` (4.957 and 4.912 percent, 69.27 and 69.24) and
`rules/test_pxq.py` (11,545.00); 3.2 in `rules/test_fte.py` (39,200.00 and 29,400.00); 3.3 in
`rules/test_trajectory.py` (3,600.00, 2,400.00, credit of 1,100.00). Here are 3.4 to 3.7.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal as D

import pytest

from billing.rules import fixed, pool
from billing.rules.discount import discount
from billing.rules.pool import Key, Member
from billing.rules.upward_settlement import SplitBy, UpwardTerms, settle, split_over
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.periods import Month, Period, parse_period
from subcontracts.rules.ceiling import Ceiling

YEAR = parse_period("2026")

# 3.4 Advance 90% + 10% redistribution by production.
EXPECTED = {"A": D("5000000"), "B": D("4000000"), "C": D("3000000")}
REAL = {"A": D("5400000"), "B": D("3500000"), "C": D("3300000")}
ADVANCE = D("0.90")


def members() -> list[Member]:
    """Each with the advances of twelve months."""
    return [
        Member(name, EXPECTED[name], REAL[name], fixed.yearly_advance(EXPECTED[name], ADVANCE))
        for name in EXPECTED
    ]


@pytest.mark.parametrize(
    ("name", "monthly"), [("A", "375000.00"), ("B", "300000.00"), ("C", "225000.00")]
)
def test_monthly_advance(name: str, monthly: str) -> None:
    entries = [fixed.advance(EXPECTED[name], ADVANCE, month, YEAR) for month in YEAR.months()]
    assert [str(entry.amount) for entry in entries if entry] == [monthly] * 12


@pytest.mark.parametrize(
    ("key", "shares"),
    [
        (Key.K1, ["531147.54", "344262.30", "324590.16"]),
        (Key.K2, ["720000.00", "0.00", "480000.00"]),
        (Key.K3, ["811475.41", "-157377.05", "545901.64"]),
    ],
)
def test_redistribution(key: Key, shares: list[str]) -> None:
    found = pool.redistribute(key, members())
    assert [str(found[name].amount) for name in "ABC"] == shares
    assert sum(one.amount for one in found.values()) == D("1200000.00")
    assert [one.gap for one in members()] == [D("900000.00"), D("0.00"), D("600000.00")]


def test_a_key_without_anything_to_share_by_is_refused() -> None:
    idle = [Member(name, EXPECTED[name], D(0), D("900")) for name in EXPECTED]
    for key in Key:
        with pytest.raises(RuleError) as refused:
            pool.redistribute(key, idle)
        assert refused.value.code == "BIL-80"


# 3.5 Year-end settlement upward with profit cap.
COSTS = {"own staff": D("900000"), "subcontractors": D("1310000"), "coordination": D("120000")}


def upward(**changed: object) -> UpwardTerms:
    agreed: dict[str, object] = {
        "lump_sum": D("2400000"),
        "planned": D("200"),
        "variable": D("0.60"),
        "corridor": D("0.05"),
        "cap": D("0.03"),
    }
    return UpwardTerms(**(agreed | changed))  # type: ignore[arg-type]


def test_settlement_upward() -> None:
    # Nine percent more decisions than planned.
    settled = settle(upward(), D("218"), COSTS)
    assert settled.adjustment.amount == D("57600.00")
    assert settled.revenue == D("2457600.00")
    assert settled.result == D("127600.00")
    assert f"{settled.result_part * 100:.2f}" == "5.19"
    assert settled.returned.amount == D("53872.00")
    assert settled.amount == D("3728.00")


@pytest.mark.parametrize(
    ("realised", "changed", "adjustment", "amount"),
    [
        pytest.param("210", {}, "0.00", "0.00", id="on the edge of the corridor"),
        pytest.param("182", {}, "-57600.00", "-57600.00", id="as much below as above"),
        pytest.param("218", {"cap": None}, "57600.00", "57600.00", id="no cap"),
        pytest.param("218", {"share_back": D("0.5")}, "57600.00", "30664.00", id="half goes back"),
        pytest.param("218", {"least": D("18")}, "0.00", "0.00", id="a small number counts less"),
        pytest.param("218", {"corridor": D(0)}, "129600.00", "5888.00", id="no corridor"),
    ],
)
def test_terms_of_the_settlement(
    realised: str, changed: dict[str, object], adjustment: str, amount: str
) -> None:
    settled = settle(upward(**changed), D(realised), COSTS)
    assert (str(settled.adjustment.amount), str(settled.amount)) == (adjustment, amount)


def test_over_municipalities() -> None:
    amount = D("3728.00")
    solidary = split_over(amount, SplitBy.SOLIDARITY, {"0307": D("33.3333"), "0342": D("66.6667")})
    assert {code: str(one.amount) for code, one in solidary.items()} == {
        "0307": "1242.67",
        "0342": "2485.33",
    }
    own = split_over(amount, SplitBy.OWN_USE, {"0342": D(1), "0307": D(1), "0310": D(1)})
    # One cent is over: of equal parts the lowest code has it.
    assert {code: str(one.amount) for code, one in own.items()} == {
        "0307": "1242.67",
        "0310": "1242.67",
        "0342": "1242.66",
    }
    with pytest.raises(RuleError) as refused:
        split_over(amount, SplitBy.OWN_USE, {"0307": D(0)})
    assert refused.value.code == "BIL-81"


# 3.6 Ceiling: a signal at 70 percent, nothing more above it.
@pytest.mark.parametrize(
    ("used", "percent", "is_signalled", "is_passed"),
    [
        ("0.00", 0, False, False),
        ("69999.99", 69, False, False),
        ("70000.00", 70, True, False),
        ("100000.00", 100, True, False),
        ("100000.01", 100, True, True),
    ],
)
def test_ceiling(used: str, percent: int, is_signalled: bool, is_passed: bool) -> None:
    ceiling = Ceiling(D("100000.00"), D(used), 70)
    found = (ceiling.percent, ceiling.is_signalled, ceiling.is_passed)
    assert found == (percent, is_signalled, is_passed)


# 3.7 Temporary discount of five percent.
def test_discount_of_five_percent() -> None:
    march = Month(2026, 3)
    whole = discount(D("0.05"), D("98000.00"), march, YEAR)
    assert whole
    assert whole.amount == D("-4900.00")
    half = discount(D("0.05"), D("98000.00"), march, Period(date(2026, 3, 17)))
    assert half
    assert half.amount == D("-2370.97")  # 15 of 31 days
    assert discount(D("0.05"), D("-10.00"), march, YEAR) is None
