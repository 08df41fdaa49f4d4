"""Random contracts of all forms: parts add up to the whole, order is no matter, nothing is lost.

A contract here is what the rules see of it: lines with their terms, and days of care of clients.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal as D
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from billing.rules import capacity, fixed, fte, pool, profile, subsidy
from billing.rules.capacity import CapacityTerms, OccupiedMonth, Per, Settled
from billing.rules.discount import discount
from billing.rules.explain import Entry, Explanation
from billing.rules.fte import FteTerms
from billing.rules.occupancy import Care, place_days
from billing.rules.profile import ProfileTerms
from billing.rules.statement import Posting, PostingKind, totals
from billing.rules.upward_settlement import SplitBy, UpwardTerms, settle, split_over
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.money import ZERO, from_cents, round_cents
from hoofdaannemer.core.periods import Month, Period, parse_period

#: Contracts in one run: in a moment, and in the long runs.
FEW, MANY = 300, 10_000
FIRST = date(2026, 1, 1)
MONTHS = [*parse_period("2026").months(), *parse_period("2027").months()]
LAST = MONTHS[-1].last
ALWAYS = Period(FIRST, LAST)
YEARS = {2026: MONTHS[:12], 2027: MONTHS[12:]}

#: Month and care give what a line is worth: an entry a client, or one.
Pays = Callable[[Month, Care], list[Entry]]


@dataclass(frozen=True)
class Line:
    """A line of a contract; `yearly` where a whole year is worth exactly so much."""

    form: str
    period: Period
    pays: Pays
    yearly: D | None = None
    whole: D | None = None


@dataclass(frozen=True)
class Contract:
    """Lines, a fee over all days, discounts over their periods, and days of care by client."""

    lines: tuple[Line, ...]
    fee: D
    discounts: tuple[tuple[D, Period], ...]
    care: Care


euros = st.integers(1, 10**9).map(from_cents)
percents = st.integers(1, 10_000).map(lambda one: D(one) / 10_000)
few = st.integers(1, 40_000).map(lambda one: D(one) / 100)


@st.composite
def periods(draw: st.DrawFn, *, is_open: bool = True) -> Period:
    start = FIRST + timedelta(days=draw(st.integers(0, 500)))
    if is_open and draw(st.booleans()):
        return Period(draw(st.sampled_from([FIRST, start])))
    return Period(start, min(start + timedelta(days=draw(st.integers(0, 400))), LAST))


def _line(
    form: str, period: Period, rule: Callable[[Month], Entry | None], **exact: D | None
) -> Line:
    def pays(month: Month, _care: Care) -> list[Entry]:
        entry = rule(month)
        return [entry] if entry else []

    return Line(form, period, pays, **exact)


@st.composite
def fixed_lines(draw: st.DrawFn) -> Line:
    period, amount = draw(periods()), draw(euros)
    number, part = draw(few), draw(percents)
    return draw(
        st.sampled_from(
            [
                _line("lump_sum", period, lambda m: fixed.lump_sum(amount, m, period),
                      yearly=amount),
                _line("function", period, lambda m: fixed.function(number, amount, m, period),
                      yearly=round_cents(number * amount)),
                _line("population", period,
                      lambda m: fixed.population(number.to_integral(), amount, m, period),
                      yearly=round_cents(number.to_integral() * amount)),
                _line("advance_pool", period, lambda m: fixed.advance(amount, part, m, period),
                      yearly=fixed.yearly_advance(amount, part)),
                _line("fte", period,
                      lambda m: fte.month_amount(FteTerms(number, amount), m, period),
                      yearly=round_cents(number * amount)),
                _line("availability", period, lambda m: fixed.availability(amount, m, period),
                      yearly=amount * 12),
                _line("one_off", period, lambda m: fixed.one_off(amount, m, period), whole=amount),
            ]
        )
    )  # fmt: skip


@st.composite
def subsidies(draw: st.DrawFn) -> Line:
    period, amount = draw(periods(is_open=False)), draw(euros)
    times = draw(st.integers(1, 30))
    return _line(
        "subsidy", period, lambda m: fixed.instalment(amount, times, period, m), whole=amount
    )


@st.composite
def terms_of_places(draw: st.DrawFn) -> CapacityTerms:
    return CapacityTerms(
        places=draw(few),
        price=draw(euros),
        per=draw(st.sampled_from(Per)),
        settled=draw(st.sampled_from(Settled)),
        guarantee=draw(st.one_of(st.just(D(0)), percents)),
        pays_over=draw(st.booleans()),
    )


@st.composite
def places(draw: st.DrawFn) -> Line:
    terms, period = draw(terms_of_places()), draw(periods())

    def pays(month: Month, care: Care) -> list[Entry]:
        shared = period.intersection(month.period)
        occupied = place_days(care, shared) if shared else 0
        entry = capacity.month_amount(terms, month, period, occupied)
        return [entry] if entry else []

    return Line("capacity", period, pays)


@st.composite
def profiles(draw: st.DrawFn) -> Line:
    terms = ProfileTerms("a", draw(euros), whole_months=draw(st.booleans()))
    period = draw(periods())

    def pays(month: Month, care: Care) -> list[Entry]:
        found = (profile.client_month(terms, month, period, spells) for spells in care.values())
        return [entry for entry in found if entry]

    return Line("profile", period, pays)


@st.composite
def contracts(draw: st.DrawFn) -> Contract:
    lines = st.one_of(fixed_lines(), subsidies(), places(), profiles())
    clients = st.dictionaries(st.integers(1, 9), st.lists(periods(), max_size=3), max_size=4)
    return Contract(
        tuple(draw(st.lists(lines, min_size=1, max_size=5))),
        draw(st.one_of(st.just(ZERO), percents)),
        tuple(draw(st.lists(st.tuples(percents, periods()), max_size=2))),
        draw(clients),
    )


def months_of(contract: Contract) -> dict[Month, list[tuple[str, D]]]:
    """What each month of two years comes to, the fee and then discounts last; by form."""
    found: dict[Month, list[tuple[str, D]]] = {}
    for month in MONTHS:
        rows = [
            (line.form, entry.amount)
            for line in contract.lines
            for entry in line.pays(month, contract.care)
        ]
        base = sum((amount for _form, amount in rows), ZERO)
        if entry := discount(contract.fee, base, month, ALWAYS, rule="margin"):
            rows.append(("margin", entry.amount))
        base, taken = sum((amount for _form, amount in rows), ZERO), ZERO
        for part, period in contract.discounts:
            if entry := discount(part, base, month, period, before=taken):
                rows.append(("sanction_discount", entry.amount))
                taken -= entry.amount
        found[month] = rows
    return found


def check_contract(contract: Contract) -> None:
    """What must hold of every contract."""
    months = months_of(contract)
    for month, rows in months.items():
        assert all(amount == round_cents(amount) for _form, amount in rows)
        assert all((amount < 0) == (form in ("margin", "sanction_discount")) or not amount
                   for form, amount in rows)  # fmt: skip
        # A discount takes no more than there is.
        assert sum((amount for _form, amount in rows), ZERO) >= 0
        check_statement(month, rows)
    for line in contract.lines:
        check_line(line, contract.care)
    turned = replace(
        contract,
        lines=contract.lines[::-1],
        care={client: spells[::-1] for client, spells in reversed(contract.care.items())},
    )
    again = months_of(turned)
    assert {month: sorted(rows) for month, rows in months.items()} == {
        month: sorted(rows) for month, rows in again.items()
    }


def check_statement(month: Month, rows: list[tuple[str, D]]) -> None:
    """A statement is its rows, whatever their order."""
    postings = [
        Posting(PostingKind.ENTITLEMENT, form, f"{month}:{number}", amount)
        for number, (form, amount) in enumerate(rows)
    ]
    stated = totals(postings)
    assert stated.payable == sum((amount for _form, amount in rows), ZERO)
    assert sum(stated.by_form.values(), ZERO) == stated.entitled
    assert totals(postings[::-1]) == stated


def check_line(line: Line, care: Care) -> None:
    """Twelfths add up to the year, instalments to the subsidy; outside its days it pays nothing."""
    by_year: defaultdict[int, D] = defaultdict(lambda: ZERO)
    for month in MONTHS:
        entries = line.pays(month, care)
        # Asked again it says the same.
        assert line.pays(month, care) == entries
        if not line.period.overlaps(month.period):
            assert entries == []
        by_year[month.year] += sum((entry.amount for entry in entries), ZERO)
    if line.yearly is not None:
        for year, of_year in YEARS.items():
            whole = Period(of_year[0].first, of_year[-1].last)
            if line.period.intersection(whole) == whole:
                assert by_year[year] == line.yearly
            else:
                # Part months are rounded by themselves.
                assert by_year[year] <= line.yearly + D("0.24")
    if line.whole is not None and line.period.start <= LAST:
        assert sum(by_year.values(), ZERO) == line.whole


@given(contracts())
@settings(max_examples=FEW)
def test_random_contracts(contract: Contract) -> None:
    check_contract(contract)


@pytest.mark.long
@given(contracts())
@settings(max_examples=MANY)
def test_ten_thousand_random_contracts(contract: Contract) -> None:
    check_contract(contract)


def check_places(terms: CapacityTerms, care: Care, period: Period, paid: list[D]) -> None:
    """Settled is what was occupied at the price, within the guarantee and the places."""
    months = [
        OccupiedMonth(month, shared, place_days(care, shared), amount)
        for month, amount in zip(MONTHS[:12], paid, strict=True)
        if (shared := period.intersection(month.period))
    ]
    settled = capacity.settle(terms, months)
    earned = settled.amount + sum((one.paid for one in months), ZERO)
    assert earned >= 0
    mixed = Random(len(months)).sample(months, len(months))
    assert capacity.settle(terms, mixed) == settled
    # Paid so, it settles at nothing: settling twice gives nothing new.
    if months:
        first = replace(months[0], paid=earned)
        rest = [replace(one, paid=ZERO) for one in months[1:]]
        assert capacity.settle(terms, [first, *rest]).amount == 0
    if terms.per is Per.DAY:
        available = terms.places * sum(one.shared.days for one in months)
        occupied = D(sum(one.occupied for one in months))
        counted = max(occupied, available * terms.guarantee)
        counted = counted if terms.pays_over else min(counted, available)
        assert earned == round_cents(counted * terms.price)


care_of_clients = st.dictionaries(st.integers(1, 9), st.lists(periods(), max_size=3), max_size=6)
twelve_amounts = st.lists(euros, min_size=12, max_size=12)


@given(terms_of_places(), care_of_clients, periods(), twelve_amounts)
@settings(max_examples=FEW)
def test_random_places(terms: CapacityTerms, care: Care, period: Period, paid: list[D]) -> None:
    check_places(terms, care, period, paid)


@pytest.mark.long
@given(terms_of_places(), care_of_clients, periods(), twelve_amounts)
@settings(max_examples=MANY)
def test_ten_thousand_random_places(
    terms: CapacityTerms, care: Care, period: Period, paid: list[D]
) -> None:
    check_places(terms, care, period, paid)


@st.composite
def members(draw: st.DrawFn) -> list[pool.Member]:
    part = draw(percents)
    return [
        pool.Member(number, expected, draw(st.one_of(st.just(ZERO), euros)),
                    fixed.yearly_advance(expected, part))
        for number in draw(st.lists(st.text("0123456789", min_size=1, max_size=4), min_size=1,
                                    max_size=8, unique=True))
        for expected in [draw(euros)]
    ]  # fmt: skip


def check_pool(key: pool.Key, of: list[pool.Member], random: Random) -> None:
    """Nothing is made or lost: shares are the reserve, and with K3 the pool less the advances."""
    reserve = sum((one.expected - one.advance for one in of), ZERO)
    try:
        shares = pool.redistribute(key, of)
    except RuleError as refused:
        assert refused.code == "BIL-80"
        weights = [one.gap if key is pool.Key.K2 else one.production for one in of]
        assert not any(weights)
        return
    assert sum((one.amount for one in shares.values()), ZERO) == reserve
    for member in of:
        share = shares[member.number].amount
        # With K3 what was paid in advance may go back, and no more than that.
        assert share >= (-member.advance if key is pool.Key.K3 else 0)
    assert pool.redistribute(key, random.sample(of, len(of))) == shares


@given(st.sampled_from(pool.Key), members(), st.randoms(use_true_random=False))
@settings(max_examples=FEW)
def test_random_pools(key: pool.Key, of: list[pool.Member], random: Random) -> None:
    check_pool(key, of, random)


@pytest.mark.long
@given(st.sampled_from(pool.Key), members(), st.randoms(use_true_random=False))
@settings(max_examples=MANY)
def test_ten_thousand_random_pools(key: pool.Key, of: list[pool.Member], random: Random) -> None:
    check_pool(key, of, random)


@given(euros, euros, euros)
def test_a_subsidy_never_pays_more_than_its_amount(total: D, established: D, paid: D) -> None:
    settled = subsidy.settle(total, established, paid).amount
    assert 0 <= paid + settled <= total
    assert subsidy.settle(total, established, paid + settled).amount == 0


@st.composite
def upward_terms(draw: st.DrawFn) -> UpwardTerms:
    return UpwardTerms(
        lump_sum=draw(euros),
        planned=draw(few),
        variable=draw(percents),
        corridor=draw(percents) / 2,
        least=draw(st.one_of(st.just(D(0)), few)),
        cap=draw(st.one_of(st.none(), percents)),
        share_back=draw(percents),
    )


def check_upward(terms: UpwardTerms, realised: D, costs: Mapping[str, D], codes: list[str]) -> None:
    """Symmetric, still within the corridor, never below the cap, and shared to the cent."""
    settled = settle(terms, realised, costs)
    adjustment, returned = settled.adjustment.amount, settled.returned.amount
    assert settled.revenue == terms.lump_sum + adjustment
    assert settled.result == settled.revenue - sum(costs.values(), ZERO)
    assert settled.amount == adjustment - returned
    difference = realised - terms.planned
    assert adjustment * difference >= 0
    if abs(difference) <= max(terms.corridor * terms.planned, terms.least):
        assert adjustment == 0
    if difference <= terms.planned:
        mirrored = terms.planned - difference
        assert settle(terms, mirrored, costs).adjustment.amount == -adjustment
    assert returned >= 0
    if terms.cap is not None:
        most = round_cents(settled.revenue * terms.cap)
        assert returned == 0 or settled.result - returned >= most
    turned = dict(reversed(costs.items()))
    assert settle(terms, realised, turned) == settled
    weights = {code: D(number + 1) for number, code in enumerate(codes)}
    shares: Mapping[str, Explanation] = split_over(settled.amount, SplitBy.OWN_USE, weights)
    assert sum((one.amount for one in shares.values()), ZERO) == settled.amount


towns = st.lists(
    st.text("0123456789", min_size=4, max_size=4), min_size=1, max_size=16, unique=True
)
all_costs = st.dictionaries(st.sampled_from(["own", "subs", "coordination"]), euros)


@given(upward_terms(), few, all_costs, towns)
@settings(max_examples=FEW)
def test_random_settlements_upward(
    terms: UpwardTerms, realised: D, costs: Mapping[str, D], codes: list[str]
) -> None:
    check_upward(terms, realised, costs, codes)


@pytest.mark.long
@given(upward_terms(), few, all_costs, towns)
@settings(max_examples=MANY)
def test_ten_thousand_random_settlements_upward(
    terms: UpwardTerms, realised: D, costs: Mapping[str, D], codes: list[str]
) -> None:
    check_upward(terms, realised, costs, codes)
