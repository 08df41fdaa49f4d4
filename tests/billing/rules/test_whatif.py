"""What-ifs by property: prices that cost the same, parts that add up, pools that conserve money."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal as D
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.rules.trajectory import Start, Stop
from billing.rules.whatif import by_pool
from billing.rules.whatif.administration import Load, load_then
from billing.rules.whatif.alternatives import ALTERNATIVES, price_for, replay
from billing.rules.whatif.basis import Basis, Course, basis_of
from billing.rules.whatif.facts import (
    Care,
    Cover,
    Facts,
    Fte,
    Line,
    Party,
    Recorded,
    RecordedKind,
    Spell,
    Traffic,
    Volume,
)
from billing.rules.whatif.facts import Stop as Ended
from billing.rules.whatif.frozen import freeze, thaw
from billing.rules.whatif.outcome import outcome_of, percentage
from billing.rules.whatif.terms import COUNTED, Converted, Counted, Form, Produced, Terms
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.money import ZERO, from_cents
from hoofdaannemer.core.periods import Month, Period

MONTHS = tuple(Period(date(2025, 1, 1), date(2025, 12, 31)).months())
OPEN = Period(date(2024, 1, 1))
JANUARY = MONTHS[0]


def line(pk: int, form: str = "pxq", **parameters: object) -> Line:
    return Line(pk, pk, 1, f"lijn {pk}", form, parameters, OPEN, (Cover(7, OPEN),), frozenset())


def party(
    pk: int,
    hours: list[int],
    spells: list[tuple[int, int]],
    *,
    form: str = "pxq",
    recorded: list[int] | None = None,
    **parameters: object,
) -> Party:
    """Hours a month at 66 euros, and clients from a day of the year for so many days."""
    volumes = tuple(
        Volume(month, pk, "04", D(66), False, count, 1, D(66) * count)
        for month, count in zip(MONTHS, hours, strict=False)
        if count
    )
    amounts = [from_cents(one) for one in recorded] if recorded else [D(66) * h for h in hours]
    cares = []
    for client, (start, days) in enumerate(spells, start=1):
        begin = date(2025, 1, 1) + timedelta(days=start)
        stop = begin + timedelta(days=days)
        cares.append(
            Care(client, pk, 7, "jw", begin, Period(begin), True,
                 (Spell(begin, False, ()) if days > 300 else _stopped(begin, stop),))
        )  # fmt: skip
    return Party(
        pk=pk,
        name=f"Zorg {pk}",
        lines=(line(pk, form, **parameters),),
        volumes=volumes,
        cares=tuple(cares),
        fte=tuple(Fte(month, pk, D("2.5"), 3) for month in MONTHS),
        recorded=tuple(
            Recorded(month, pk, form, RecordedKind.MONTH.value, month, amount)
            for month, amount in zip(MONTHS, amounts, strict=False)
        ),
        stated=(),
        traffic=tuple(Traffic(month, 1, 0, 4, 1, 3) for month in MONTHS),
    )


def _stopped(begin: date, stop: date) -> Spell:
    return Spell(begin, False, (Ended(stop, "31", False),))


hours_of_year = st.lists(st.integers(0, 400), min_size=12, max_size=12)
spells_of_year = st.lists(st.tuples(st.integers(0, 330), st.integers(0, 400)), max_size=4)
parties = st.lists(st.tuples(hours_of_year, spells_of_year), min_size=1, max_size=4).map(
    lambda found: [party(pk, hours, spells) for pk, (hours, spells) in enumerate(found, start=1)]
)
questions = st.sampled_from(
    [
        Terms(form=form, counted=counted, norm=D(85_000), heads=D(49_000), base_months=12)
        for form in Form
        for counted in (COUNTED[form] or (None,))
    ]
)
shares = st.integers(1, 100).map(lambda whole: D(whole) / 100)


def facts_of(found: list[Party]) -> Facts:
    return Facts(MONTHS, MONTHS[0], MONTHS, tuple(found))


@given(parties, questions, shares)
def test_at_the_neutral_price_all_cost_what_they_did(
    found: list[Party], terms: Terms, share: D
) -> None:
    """But for whole cents: a half unit of the price times its quantity, and rounded months."""
    facts = facts_of(found)
    terms = Terms(**{**_fields(terms), "share": share})
    bases = [one for party in found if (one := _basis(facts, party, terms))]
    worth = _worth(bases, terms)
    if not worth:
        return  # nothing is counted, so there is no price (BIL-94)
    replayed = replay(facts, terms)
    outcomes = [outcome_of(facts, one, replayed, []) for one in found]
    remaining = sum((one.difference for one in outcomes), ZERO)
    rounded = (
        D("0.005") * 12 * len(found) * 50
        + abs(D(worth.numerator) / D(worth.denominator)) / 2 / 10**terms.places
    )
    assert abs(remaining) <= rounded


def _fields(terms: Terms) -> dict[str, object]:
    return {name: getattr(terms, name) for name in Terms.__dataclass_fields__}


def _basis(facts: Facts, one: Party, terms: Terms) -> Basis | None:
    return basis_of(facts, one, terms)


def _worth(bases: list[Basis], terms: Terms) -> Fraction:
    """What a unit of the price gives; of a pool what a percent of it is."""
    try:
        at = D(100) if terms.form is Form.ADVANCE_POOL else D(10) ** 12
        amounts = ALTERNATIVES[terms.form](bases, terms, at)
    except RuleError as refusal:
        if refusal.code in ("BIL-80", "BIL-95"):
            return Fraction(0)
        raise
    months = [why.amount for of in amounts.values() for whys in of.values() for why in whys]
    return Fraction(sum(months, ZERO)) / Fraction(at)


@given(parties, questions.filter(lambda one: one.form is not Form.ADVANCE_POOL), shares)
def test_a_part_lies_between_nothing_and_all_of_it(
    found: list[Party], terms: Terms, share: D
) -> None:
    """Converted, kept and untouched add up to the cent; a price of a hundred never loses money."""
    facts = facts_of(found)
    given_price = {**_fields(terms), "price": D(100), "share": share}
    replayed = replay(facts, Terms(**given_price))  # type: ignore[arg-type]
    whole = replay(facts, Terms(**{**given_price, "share": D(1)}))  # type: ignore[arg-type]
    for one in found:
        part, all_of_it = (outcome_of(facts, one, of, []) for of in (replayed, whole))
        for month, full in zip(part.months, all_of_it.months, strict=True):
            assert sum(why.amount for why in month.parts) == month.outcome
            low, high = sorted((month.actual, full.outcome))
            assert low - D("0.01") <= month.outcome <= high + D("0.01")


members = st.lists(st.tuples(st.integers(1, 10**9), st.integers(1, 10**9)), min_size=1, max_size=6)


@given(members, st.sampled_from(["k1", "k2", "k3"]), st.integers(0, 100))
def test_a_pool_pays_out_what_is_expected(
    found: list[tuple[int, int]], key: str, percent: int
) -> None:
    """Advances and what the key gives together are the pool, whatever the key."""
    rows = [
        party(pk, [0] * 12, [], form="advance_pool", recorded=[0] * 12, pool="x",
              production=str(from_cents(expected)), advance="90", key="k1")
        for pk, (expected, _real) in enumerate(found, start=1)
    ]  # fmt: skip
    terms = Terms(
        form=Form.ADVANCE_POOL, converted=Converted.ALL, key=key,
        price=D(100), advance=D(percent) / 100,
        produced=tuple(Produced(pk, from_cents(real)) for pk, (_e, real) in enumerate(found, 1)),
    )  # fmt: skip
    facts = facts_of(rows)
    bases = [_basis(facts, one, terms) for one in rows]
    try:
        amounts = by_pool.advance_pool([one for one in bases if one], terms, D(100))
    except RuleError as refusal:
        # Nobody passed the advance.
        assert (refusal.code, key) == ("BIL-80", "k2")
        return
    paid = [why.amount for months in amounts.values() for whys in months.values() for why in whys]
    assert sum(paid, ZERO) == sum((from_cents(one) for one, _real in found), ZERO)


@given(st.integers(-(10**12), 10**12), st.integers(1, 10**9), st.sampled_from([2, 4]))
def test_a_price_is_rounded_once_and_never_below_nothing(
    cents: int, worth: int, places: int
) -> None:
    price = price_for(from_cents(cents), Fraction(worth, 100), places)
    assert price is not None
    exact = max(Fraction(cents, worth), Fraction(0))
    assert abs(Fraction(price) - exact) <= Fraction(1, 2 * 10**places)


def test_nothing_counted_gives_no_price() -> None:
    assert price_for(D(100), Fraction(0), 2) is None
    assert percentage(D(5), ZERO) is None
    assert percentage(D(5), D(40)) == D("12.50")


@given(parties)
def test_facts_come_back_as_they_were(found: list[Party]) -> None:
    facts = facts_of(found)
    assert thaw(Facts, freeze(facts)) == facts


def test_the_golden_trajectory_under_what_if() -> None:
    """6,000 with 60% at the start: stopped by the provider on day 75 it is worth 2,500."""
    begin = date(2025, 1, 1)
    course = Course("jw", (Start(begin), Stop(begin + timedelta(days=74), "33")))
    basis = Basis(1, "A", MONTHS, OPEN, (), dict.fromkeys(MONTHS, ZERO), {}, courses=(course,))
    months = ALTERNATIVES[Form.TRAJECTORY]([basis], Terms(form=Form.TRAJECTORY), D(6000))[1]
    assert [months[one][0].amount for one in (JANUARY, Month(2025, 3))] == [
        D("3600.00"),
        D("-1100.00"),
    ]


@pytest.mark.parametrize(
    ("terms", "then"),
    [
        (Terms(form=Form.LUMP_SUM, counted=Counted.ACTUAL), Load(0, 36)),
        (Terms(form=Form.LUMP_SUM, counted=Counted.ACTUAL, share=D("0.5")), Load(24, 24 + 36)),
        (Terms(form=Form.LUMP_SUM, counted=Counted.ACTUAL, converted=Converted.ALL), Load(0, 0)),
        (Terms(form=Form.PXQ, counted=Counted.DECLARED), Load(24, 48 + 36)),
        # 792,000 a year at 400,000 an FTE are two people, beside whom were reported.
        (Terms(form=Form.FTE, counted=Counted.NORM, norm=D(400_000)), Load(0, 36 + 24)),
        (Terms(form=Form.FTE, counted=Counted.REPORTED, converted=Converted.ALL), Load(0, 36)),
    ],
    ids=lambda value: str(value.form.value) if isinstance(value, Terms) else "",
)
def test_what_is_handed_in_follows_from_the_form(terms: Terms, then: Load) -> None:
    """Twelve declarations of four lines, and three people in each FTE report."""
    one = party(1, [1000] * 12, [(0, 400)])
    replayed = replay(facts_of([one]), terms)
    assert outcome_of(facts_of([one]), one, replayed, []).now == Load(24, 48 + 36)
    assert load_then(one, replayed) == then


def test_a_profile_counts_clients_by_month_whole_or_by_their_days() -> None:
    # One client all year from 1 January on, another from 11 January for 20 days.
    found = party(1, [10] * 12, [(0, 400), (10, 20)])
    [basis] = [_basis(facts_of([found]), found, Terms(form=Form.PROFILE, counted=Counted.DAYS))]
    assert basis
    by_days = Terms(form=Form.PROFILE, counted=Counted.DAYS)
    whole = Terms(form=Form.PROFILE, counted=Counted.CLIENTS)
    january = MONTHS[0]
    [one] = ALTERNATIVES[Form.PROFILE]([basis], by_days, D(930))[1][january]
    assert one.amount == D(930) + D(930) * 21 / 31  # the 11th up to and including the 31st
    [one] = ALTERNATIVES[Form.PROFILE]([basis], whole, D(930))[1][january]
    assert one.amount == 2 * 930
    assert ALTERNATIVES[Form.PROFILE]([basis], whole, D(930))[1][MONTHS[1]][0].amount == 930
