"""The settlement of a year from frozen inputs: it adds up, and corrections add up to it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from billing.rules.fte import FteTerms, WorkerMonth
from billing.rules.pool import Key, Member
from billing.rules.settling import (
    FteYear,
    Produced,
    ReportedMonth,
    part_of_year,
    pool_years,
    settle_fte,
    settle_pool,
    still_to_settle,
)
from billing.rules.settling_words import changed, facts_of
from billing.rules.whatif.frozen import freeze, thaw
from hoofdaannemer.core.money import ZERO
from hoofdaannemer.core.periods import Month, Period

YEAR = [Month(2026, number) for number in range(1, 13)]
cents = st.decimals(min_value=0, max_value=10_000_000, places=2)


@st.composite
def pools(draw: st.DrawFn) -> tuple[list[Produced], list[Produced]]:
    """A pool, and the same with other production."""
    first, second = [], []
    for number in range(draw(st.integers(1, 5))):
        expected = draw(cents)
        advance = (expected * 9 / 10).quantize(Decimal("0.01"), rounding="ROUND_DOWN")
        for into in (first, second):
            real = draw(cents) + Decimal("0.01")
            member = Member(f"{number:03d}", expected, real + advance, advance)
            into.append(Produced(member, "jaarrekening"))
    return first, second


@given(pools(), st.sampled_from(Key))
def test_a_first_settlement_and_its_correction_are_a_fresh_one(
    drawn: tuple[list[Produced], list[Produced]], key: Key
) -> None:
    first, second = (settle_pool(list(pool_years(key, one).values())) for one in drawn)
    reserve = sum((one.member.expected - one.member.advance for one in drawn[0]), ZERO)
    for shares in (first, second):
        assert sum((why.amount for why in shares.values()), ZERO) == reserve
    settled = {number: still_to_settle(why, ZERO, 1, 2026).amount for number, why in first.items()}
    corrections = {
        number: still_to_settle(why, settled[number], 2, 2026).amount
        for number, why in second.items()
    }
    assert sum(corrections.values(), ZERO) == 0
    for number, why in second.items():
        assert settled[number] + corrections[number] == why.amount


def year_of(fte: str, days: dict[int, int] | None = None) -> FteYear:
    """Twelve months of so many FTE; `days` of the line in some of them."""
    found = days or {}
    worker = WorkerMonth("P-001", Decimal(fte), 1, 1)
    return FteYear(
        FteTerms(Decimal(10), Decimal(73_000)),
        tuple(
            ReportedMonth(month, found.get(month.month, month.period.days), month.month, (worker,))
            for month in YEAR
        ),
    )


def test_a_month_in_which_a_line_began_counts_for_its_part() -> None:
    # One FTE too few, at 73.000 a year; of January 15,5 of 31 days would be half a month.
    assert settle_fte(year_of("9")).amount == Decimal("-73000.00")
    half = settle_fte(year_of("9", {4: 15}))
    assert half.amount == Decimal("-69958.33")  # 11,5 of 12 months
    assert half.inputs[-1].value == "11.5"


def test_inputs_are_kept_exactly_and_say_what_changed() -> None:
    before, after = year_of("9"), year_of("9", {4: 15})
    assert thaw(FteYear, freeze(before)) == before
    assert len(facts_of(before)) == 3 + 12
    [text] = changed(before, after)
    assert "15" in text
    assert changed(before, before) == []


def test_what_was_before_the_first_closed_month_is_left_out() -> None:
    line = Period(date(2025, 5, 1), date(2026, 10, 15))
    assert part_of_year(2026, line, None) == Period(date(2026, 1, 1), date(2026, 10, 15))
    since = Month(2026, 3)
    assert part_of_year(2026, line, since) == Period(date(2026, 3, 1), date(2026, 10, 15))
    assert part_of_year(2025, line, since) is None
    assert part_of_year(2027, line, since) is None
