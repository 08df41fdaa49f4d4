"""What a municipal contract says, as pure rules: terms and their versions, due days, budgets."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import islice, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.working_days import is_working_day
from subcontracts.rules import flowdown, reporting
from subcontracts.rules.options import Fit, extended, fit
from subcontracts.rules.reporting import Duty, Rhythm, due_day, dues, periods
from subcontracts.rules.upward_budget import Adjustment, year_budget
from subcontracts.rules.upward_choices import CHOICES
from subcontracts.rules.upward_terms import (
    BY_NAME,
    GROUPS,
    TERMS,
    Kind,
    Term,
    of_group,
)
from subcontracts.rules.upward_versions import applied, changes, checked

DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))


# Terms


def values_of(term: Term) -> st.SearchStrategy[object]:
    """Something that may be agreed about a term, as a form or a file would give it."""
    if term.kind is Kind.YES_NO:
        return st.booleans()
    if term.kind is Kind.PERCENT:
        return st.decimals(0, 100, places=2)
    if term.kind is Kind.NUMBER:
        return st.integers(term.least, term.most)
    if term.kind is Kind.CHOICE:
        return st.sampled_from(list(term.choices))
    if term.kind is Kind.CHOICES:
        return st.lists(st.sampled_from(list(term.choices)))
    if term.kind is Kind.TEXTS:
        return st.lists(st.text(max_size=20), max_size=4)
    return st.text(max_size=40)


AGREED = st.fixed_dictionaries({}, optional={term.name: values_of(term) for term in TERMS})


def test_each_term_has_one_place() -> None:
    assert len(BY_NAME) == len(TERMS)
    assert [term for group in GROUPS for term in of_group(group)] == list(TERMS)
    with_choices = {term.name for term in TERMS if term.kind in (Kind.CHOICE, Kind.CHOICES)}
    assert with_choices == set(CHOICES)


def test_what_is_unknown_is_not_stored() -> None:
    given_values = {"acceptance_duty": None, "stop_rules": " ", "exclusions": [], "bridging": False}
    assert checked(given_values) == {"bridging": False}


def test_zero_and_no_are_agreements() -> None:
    assert checked({"subcontractor_limit": 0, "profit_cap_percent": "0"}) == {
        "subcontractor_limit": 0,
        "profit_cap_percent": "0.00",
    }


def test_lists_keep_each_text_once_and_choices_their_order() -> None:
    assert checked(
        {"exclusions": ["dyslexie", " dyslexie ", "crisis"], "refers": ["own", "gp"]}
    ) == {
        "exclusions": ["dyslexie", "crisis"],
        "refers": ["gp", "own"],
    }


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("profit_cap_percent", "101", "CON-40"),
        ("profit_cap_percent", "-1", "CON-40"),
        ("profit_cap_percent", "1.234", "CON-40"),
        ("profit_cap_percent", "NaN", "CON-40"),
        ("profit_cap_percent", "veel", "CON-40"),
        ("inactivity_months", "0", "CON-40"),
        ("inactivity_months", "1.5", "CON-40"),
        ("consent_duty", "sometimes", "CON-40"),
        ("refers", ["gp", "nobody"], "CON-40"),
        ("refers", "gp", "CON-40"),
        ("acceptance_duty", "yes", "CON-40"),
        ("stop_rules", "x" * 1001, "CON-40"),
        ("talks", ["x" * 201], "CON-40"),
        ("talks", [str(number) for number in range(51)], "CON-40"),
        ("no_such_term", "1", "CON-41"),
    ],
)
def test_refuses_what_does_not_fit(name: str, value: object, code: str) -> None:
    with pytest.raises(RuleError) as refused:
        checked({name: value})
    assert refused.value.code == code


@given(AGREED)
def test_storing_twice_changes_nothing(agreed: dict[str, object]) -> None:
    stored = checked(agreed)
    assert checked(stored) == stored


@given(AGREED, AGREED)
def test_a_difference_applied_gives_the_new_version(
    old: dict[str, object], new: dict[str, object]
) -> None:
    before, after = checked(old), checked(new)
    found = changes(before, after)
    assert applied(before, found) == after
    assert all(one.before != one.after for one in found)
    assert len({one.name for one in found}) == len(found)


# Due days

DUTIES = st.builds(
    Duty,
    rhythm=st.sampled_from([one for one in Rhythm if one is not Rhythm.ON_REQUEST]),
    first=DAYS,
    days=st.integers(0, 120),
    in_working_days=st.booleans(),
)


@given(DUTIES)
def test_periods_follow_each_other_and_each_has_one_due_day_in_order(duty: Duty) -> None:
    first = list(islice(periods(duty), 30))
    assert first[0].start == duty.first
    for before, after in pairwise(first):
        assert before.end is not None
        assert after.start == before.end + timedelta(days=1)
    days = [due_day(duty, period) for period in first]
    assert all(before < after for before, after in pairwise(days))
    assert all(is_working_day(day) for day in days)


@given(DUTIES, st.integers(0, 900))
def test_dues_are_all_those_up_to_a_day(duty: Duty, ahead: int) -> None:
    until = duty.first + timedelta(days=ahead)
    found = list(dues(duty, until=until))
    assert [one.period for one in found] == list(islice(periods(duty), len(found)))
    assert all(one.day <= until for one in found)
    following = next(islice(periods(duty), len(found), None))
    assert due_day(duty, following) > until


@given(DUTIES, st.integers(0, 900))
def test_no_period_begins_after_the_last_day(duty: Duty, ahead: int) -> None:
    last = duty.first + timedelta(days=ahead)
    ended = Duty(rhythm=duty.rhythm, first=duty.first, last=last)
    found = list(periods(ended))
    assert found[0].start == duty.first
    assert found[-1].start <= last < found[-1].end + timedelta(days=1)  # type: ignore[operator]


@pytest.mark.parametrize(
    ("rhythm", "days", "in_working_days", "expected"),
    [
        # 31 March and 30 days is Thursday 30 April; 30 June and 30 days is Thursday 30 July.
        (Rhythm.QUARTER, 30, False, [date(2026, 4, 30), date(2026, 7, 30)]),
        # 25 April is a Saturday, the 24th a working day.
        (Rhythm.QUARTER, 25, False, [date(2026, 4, 24), date(2026, 7, 24)]),
        # Good Friday and Easter Monday do not count.
        (Rhythm.QUARTER, 5, True, [date(2026, 4, 9), date(2026, 7, 7)]),
        (Rhythm.TRIMESTER, 0, False, [date(2026, 4, 30), date(2026, 8, 31)]),
        (Rhythm.TWO_WEEKS, 1, False, [date(2026, 1, 15), date(2026, 1, 29)]),
        (Rhythm.YEAR, 90, False, [date(2027, 3, 31), date(2028, 3, 30)]),
    ],
)
def test_due_days_of_a_rhythm(
    rhythm: Rhythm, days: int, in_working_days: bool, expected: list[date]
) -> None:
    duty = Duty(rhythm=rhythm, first=date(2026, 1, 1), days=days, in_working_days=in_working_days)
    assert [due_day(duty, period) for period in islice(periods(duty), 2)] == expected


def test_what_is_told_on_request_has_no_due_day() -> None:
    duty = Duty(rhythm=Rhythm.ON_REQUEST, first=date(2026, 1, 1))
    assert list(dues(duty, until=date(2036, 1, 1))) == []


def test_an_open_period_has_no_report() -> None:
    duty = Duty(rhythm=Rhythm.MONTH, first=date(2026, 1, 1))
    with pytest.raises(ValueError, match="open-ended"):
        reporting.due_day(duty, Period(date(2026, 1, 1)))


# Budgets

CENTS = st.integers(-10_000_000, 10_000_000).map(lambda cents: Decimal(cents) / 100)
ADJUSTMENTS = st.lists(st.builds(Adjustment, day=DAYS, kind=st.just("other"), amount=CENTS))


@given(CENTS, ADJUSTMENTS)
def test_a_budget_adds_up_at_every_row(base: Decimal, adjustments: list[Adjustment]) -> None:
    table = year_budget(base, adjustments)
    assert table.total == base + table.adjusted == base + sum(one.amount for one in adjustments)
    after = base
    for line in table.lines:
        after += line.adjustment.amount
        assert line.after == after
    days = [line.adjustment.day for line in table.lines]
    assert days == sorted(days)


# Options


@pytest.mark.parametrize(
    ("end", "months", "expected"),
    [
        (date(2026, 12, 31), 24, date(2028, 12, 31)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
        (date(2027, 12, 31), 2, date(2028, 2, 29)),
        (date(2023, 3, 31), 36, date(2026, 3, 31)),
        (date(2026, 2, 28), 1, date(2026, 3, 31)),
    ],
)
def test_an_option_adds_whole_months(end: date, months: int, expected: date) -> None:
    assert extended(end, months) == expected


@given(DAYS, st.integers(1, 60))
def test_an_option_moves_the_end(end: date, months: int) -> None:
    assert extended(end, months) > end + timedelta(days=27 * months)


def test_how_a_subcontract_fits() -> None:
    day = date(2026, 12, 31)
    assert fit(day, day) is fit(None, None) is Fit.EQUAL
    assert fit(day, None) is Fit.SHORTER
    assert fit(None, day) is Fit.LONGER


# What is passed on

KEYS = ["acceptance_duty", "stop_rules", "report:1", "own:meldt incidenten", "nothing", ""]
CLAUSES = st.lists(
    st.builds(
        flowdown.Clause,
        code=st.text(min_size=1, max_size=3),
        title=st.just("titel"),
        passes_on=st.sampled_from(KEYS),
    ),
    max_size=6,
)
BELOW = st.builds(
    flowdown.Below,
    has_acceptance_duty=st.booleans(),
    inactivity_months=st.none() | st.integers(1, 24),
    may_subcontract=st.booleans(),
    is_indexed=st.booleans(),
    clauses=CLAUSES,
)
REPORTS = st.lists(
    st.builds(flowdown.Report, pk=st.integers(1, 9), name=st.just("rapport")),
    unique_by=lambda one: one.pk,
    max_size=3,
)


@given(AGREED, REPORTS, BELOW)
def test_each_duty_stands_once_for_each_subcontract(
    agreed: dict[str, object], reports: list[flowdown.Report], below: flowdown.Below
) -> None:
    values = checked(agreed)
    duties = flowdown.duties(values, reports)
    keys = [duty.key for duty in duties]
    assert len(set(keys)) == len(keys)
    assert [one.duty for one in flowdown.passed_on(duties, values, below)] == duties
    clauses, _fields = flowdown.without_cause(duties, below)
    # A clause has a cause above, or is listed as having none: never both, never neither.
    for clause in below.clauses:
        assert (clause in clauses) != (clause.passes_on in keys)


def below(**changed: object) -> flowdown.Below:
    usual: dict[str, object] = {
        "has_acceptance_duty": False,
        "inactivity_months": None,
        "may_subcontract": True,
        "is_indexed": False,
    }
    return flowdown.Below(**usual | changed)  # type: ignore[arg-type]


def states(values: dict[str, object], under: flowdown.Below) -> dict[str, str]:
    stored = checked(values)
    duties = flowdown.duties(stored, [])
    return {one.duty.key: one.state for one in flowdown.passed_on(duties, stored, under)}


@pytest.mark.parametrize(
    ("values", "under", "expected"),
    [
        ({"acceptance_duty": True}, below(), {"acceptance_duty": "missing"}),
        (
            {"acceptance_duty": True},
            below(has_acceptance_duty=True),
            {"acceptance_duty": "by_field"},
        ),
        ({"acceptance_duty": False}, below(), {}),
        ({"inactivity_months": 12}, below(), {"inactivity_months": "missing"}),
        (
            {"inactivity_months": 12},
            below(inactivity_months=12),
            {"inactivity_months": "by_field"},
        ),
        (
            {"inactivity_months": 12},
            below(inactivity_months=18),
            {"inactivity_months": "weaker"},
        ),
        ({"consent_duty": "each"}, below(), {"consent_duty": "missing"}),
        (
            {"consent_duty": "each"},
            below(may_subcontract=False),
            {"consent_duty": "by_field"},
        ),
        ({"consent_duty": "none"}, below(), {}),
        ({"index_rule": "OVA"}, below(is_indexed=True), {"index_rule": "by_field"}),
        (
            {"own_clauses": ["meldt incidenten"]},
            below(clauses=[flowdown.Clause("9", "Incidenten", "own:meldt incidenten")]),
            {"own:meldt incidenten": "by_clause"},
        ),
    ],
)
def test_how_a_duty_comes_back(
    values: dict[str, object], under: flowdown.Below, expected: dict[str, str]
) -> None:
    assert states(values, under) == expected


def test_what_is_asked_below_only() -> None:
    under = below(has_acceptance_duty=True, inactivity_months=12)
    _clauses, fields = flowdown.without_cause([], under)
    assert fields == [flowdown.Own.ACCEPTANCE, flowdown.Own.INACTIVITY]
