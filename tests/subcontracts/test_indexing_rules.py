"""Indexation as a calculation: the published figures, and what must hold for any."""

from __future__ import annotations

import itertools
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hoofdaannemer.core.periods import Period
from subcontracts.index_words import percent_text, price_text
from subcontracts.rules.index_lines import Amount, Contract, LeftOut, lines
from subcontracts.rules.indexing import (
    Figures,
    FirstYear,
    Method,
    Terms,
    as_stored,
    from_stored,
    indexed,
    is_first_year,
    mixed_index,
    percentage,
)

#: Published by the VNG for 2025 and 2024: labour (OVA) counts for 90 percent, prices for 10.
OVA = Figures("OVA", Decimal(90), Decimal("4.18"), Decimal("4.94"), Decimal("6.00"))
PRICE = Figures("Prijs", Decimal(10), Decimal("1.82"), Decimal("2.51"), Decimal("3.10"))
DAY = date(2027, 1, 1)
EVE = date(2026, 12, 31)


def test_the_published_mixed_figures() -> None:
    outcome = percentage(Terms(Method.DIFFERENCE), [OVA, PRICE], corrects=True)
    assert (outcome.last_provisional, outcome.last_definitive, outcome.mixed) == (
        Decimal("4.697"),
        Decimal("5.710"),
        Decimal("3.944"),
    )


@pytest.mark.parametrize(
    ("method", "decimals", "percent", "tariff"),
    [
        pytest.param(Method.DIFFERENCE, 3, "4.957", "69.27", id="difference"),
        pytest.param(Method.RATIO, 3, "4.912", "69.24", id="ratio"),
        pytest.param(Method.DIFFERENCE, 2, "4.96", "69.27", id="difference, two decimals"),
        pytest.param(Method.RATIO, 2, "4.91", "69.24", id="ratio, two decimals"),
    ],
)
def test_the_published_percentages(
    method: Method, decimals: int, percent: str, tariff: str
) -> None:
    outcome = percentage(Terms(method, decimals), [OVA, PRICE], corrects=True)
    assert str(outcome.percent) == percent
    assert str(indexed(Decimal("66.00"), outcome.percent, 2)) == tariff


@pytest.mark.parametrize("method", list(Method))
def test_nothing_is_corrected_in_the_first_year(method: Method) -> None:
    outcome = percentage(Terms(method), [OVA, PRICE], corrects=False)
    assert (outcome.percent, outcome.correction) == (Decimal("3.944"), 0)


@pytest.mark.parametrize(
    ("rule", "start", "indexed_before", "first"),
    [
        (FirstYear.CALENDAR, date(2027, 1, 1), False, True),
        (FirstYear.CALENDAR, date(2026, 12, 31), False, False),
        (FirstYear.TWELVE_MONTHS, date(2026, 1, 2), False, True),
        (FirstYear.TWELVE_MONTHS, date(2026, 1, 1), False, False),
        (FirstYear.FIRST_TIME, date(2020, 1, 1), False, True),
        (FirstYear.FIRST_TIME, date(2020, 1, 1), True, False),
        (FirstYear.NEVER, date(2027, 1, 1), False, False),
    ],
)
def test_what_counts_as_the_first_year(
    rule: FirstYear, start: date, indexed_before: bool, first: bool
) -> None:
    assert is_first_year(rule, start, DAY, indexed_before=indexed_before) is first


@pytest.mark.parametrize("weights", [[], [90], [90, 20], [110, -10], [100, 0]])
def test_weights_are_100_together(weights: list[int]) -> None:
    with pytest.raises(ValueError, match="100"):
        mixed_index([(Decimal(weight), Decimal(3)) for weight in weights])


def test_a_correction_needs_both_figures_of_last_year() -> None:
    with pytest.raises(ValueError, match="last year"):
        percentage(Terms(Method.RATIO), [Figures("OVA", Decimal(100), Decimal(4))], corrects=True)


_percents = st.decimals(-20, 30, places=2)


@st.composite
def _figures(draw: st.DrawFn) -> list[Figures]:
    """One to four series whose weights are 100 together."""
    cuts = sorted(draw(st.sets(st.integers(1, 99), max_size=3)))
    bounds = [0, *cuts, 100]
    return [
        Figures(
            f"reeks {number}",
            Decimal(high - low),
            draw(_percents),
            draw(_percents),
            draw(_percents),
        )
        for number, (low, high) in enumerate(itertools.pairwise(bounds))
    ]


@given(_figures())
def test_both_methods_agree_where_nothing_is_corrected(figures: list[Figures]) -> None:
    same = [
        Figures(one.series, one.weight, one.provisional, one.last_provisional, one.last_provisional)
        for one in figures
    ]
    by_difference, by_ratio = (
        percentage(Terms(method), same, corrects=True).percent for method in Method
    )
    first = percentage(Terms(Method.RATIO), figures, corrects=False).percent
    assert by_difference == by_ratio == first


@given(_figures(), st.sampled_from(Method), st.randoms())
def test_the_order_of_the_series_does_not_matter(
    figures: list[Figures], method: Method, random: object
) -> None:
    shuffled = list(figures)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert percentage(Terms(method), shuffled, corrects=True) == percentage(
        Terms(method), figures, corrects=True
    )
    assert from_stored(as_stored(shuffled)) == figures


@given(_percents, st.decimals("0.01", 100_000, places=4))
def test_an_amount_is_rounded_once(percent: Decimal, amount: Decimal) -> None:
    new = indexed(amount, percent, 2)
    assert abs(new - amount * (1 + percent / 100)) <= Decimal("0.005")


OPEN = Contract(Period(date(2020, 1, 1)), is_signed=True, percent=Decimal("4.957"))
OLD = Amount(1, 1, ("product", 7), Decimal("66.0000"), Period(date(2025, 1, 1)), 2)


def only(contract: Contract, *amounts: Amount) -> list[tuple[int, str | None, str]]:
    return [
        (line.of.key, line.new and str(line.new), str(line.left_out or ""))
        for line in lines({1: contract}, amounts, DAY)
    ]


def amount(key: int, start: date, end: date | None = None, **other: bool) -> Amount:
    return Amount(key, 1, ("product", 7), Decimal("66.0000"), Period(start, end), 2, **other)


def contract(**other: object) -> Contract:
    values = {"period": OPEN.period, "is_signed": True, "percent": OPEN.percent} | other
    return Contract(**values)  # type: ignore[arg-type]


def test_what_holds_on_the_day_is_indexed() -> None:
    assert only(OPEN, OLD) == [(1, "69.27", "")]


@pytest.mark.parametrize(
    ("of", "one", "reason"),
    [
        (contract(is_ended=True), OLD, LeftOut.ENDED),
        (contract(period=Period(date(2020, 1, 1), EVE)), OLD, LeftOut.ENDED),
        (OPEN, amount(1, date(2025, 1, 1), EVE), LeftOut.ENDED),
        (contract(is_signed=False), OLD, LeftOut.UNSIGNED),
        (OPEN, amount(1, date(2025, 1, 1), is_indexed=True), LeftOut.INDEXED),
        (OPEN, amount(1, DAY), LeftOut.SET_BY_HAND),
        (OPEN, amount(1, DAY + timedelta(days=1)), LeftOut.LATER),
        (contract(is_frozen=True), OLD, LeftOut.FROZEN),
        (contract(percent=None), OLD, LeftOut.NO_SCHEME),
        (OPEN, amount(1, date(2025, 1, 1), is_uneven=True), LeftOut.UNEVEN),
        (contract(percent=Decimal(0)), OLD, LeftOut.UNCHANGED),
    ],
)
def test_what_is_left_out_says_why(of: Contract, one: Amount, reason: LeftOut) -> None:
    assert only(of, one) == [(1, None, reason.value)]


def test_an_amount_that_was_followed_by_another_is_history() -> None:
    followed = amount(1, date(2025, 1, 1), date(2025, 12, 31))
    assert only(OPEN, followed, amount(2, date(2026, 1, 1))) == [(2, "69.27", "")]


def test_the_last_day_before_and_the_day_itself() -> None:
    until_the_day = amount(1, date(2025, 1, 1), DAY)
    assert only(OPEN, until_the_day) == [(1, "69.27", "")]


_days = st.dates(date(2024, 1, 1), date(2029, 1, 1))


@st.composite
def _history(draw: st.DrawFn) -> list[Amount]:
    """Amounts of two products in one contract, one after the other, maybe with days between."""
    found: list[Amount] = []
    for product in (1, 2):
        days = sorted(draw(st.sets(_days, max_size=8)))
        for start, end in zip(days[::2], days[1::2], strict=False):
            found.append(
                Amount(len(found), 1, ("product", product), Decimal(50), Period(start, end), 2)
            )
    return found


@given(_history())
def test_no_amount_is_skipped_and_none_counts_twice(history: list[Amount]) -> None:
    found = lines({1: OPEN}, history, DAY)
    keys = [line.of.key for line in found]
    assert len(keys) == len(set(keys))
    changed = {line.of.key for line in found if line.new is not None}
    holds = {one.key for one in history if one.period.contains(DAY) and one.period.start != DAY}
    assert changed == holds
    assert all((line.new is None) != (line.left_out is None) for line in found)
    later = {one.key for one in history if not one.period.end or one.period.end >= DAY}
    assert later <= set(keys)


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("66.0000", "€ 66,00"),
        ("1234.5", "€ 1.234,50"),
        ("1.1545", "€ 1,1545"),
        ("-0.0055", "€ -0,0055"),
        ("-3.27", "€ -3,27"),
    ],
)
def test_a_tariff_shows_what_it_has(amount: str, text: str) -> None:
    assert price_text(Decimal(amount)) == text


@pytest.mark.parametrize(
    ("number", "text"), [("4.9570", "4,957"), ("6.0000", "6"), ("-0.5", "-0,5"), ("10", "10")]
)
def test_a_percentage_has_no_needless_zeros(number: str, text: str) -> None:
    assert percent_text(Decimal(number)) == f"{text}%"
