"""Roles and vacancies under an FTE line, worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.rules import fte_roles
from billing.rules.fte import FteTerms, WorkerMonth, month_amount
from billing.rules.settling import FteYear, ReportedMonth, settle_fte
from billing.rules.settling_words import facts_of, not_recognised, role_rows
from billing.rules.vacancy import Vacancy, counted
from billing.rules.whatif.frozen import freeze, thaw
from hoofdaannemer.core.periods import Period, parse_period
from subcontracts.rules.funding_roles import Role

YEAR = list(parse_period("2026").months())
DAYS = [month.period.days for month in YEAR]
ROLES = (
    Role("Gedragswetenschapper", Decimal(2), Decimal(105_000)),
    Role("Jeugdprofessional", Decimal(4), Decimal(80_000)),
)
TERMS = FteTerms(Decimal(6), Decimal("88333.33"), roles=ROLES)


def year(terms: FteTerms, *jobs: tuple[str, list[str]]) -> FteYear:
    """Of each job the FTE in each month; all of them may work."""
    return FteYear(
        terms,
        tuple(
            ReportedMonth(
                month,
                month.period.days,
                month.month,
                tuple(WorkerMonth(job, Decimal(of[at]), 1, 1, job) for job, of in jobs),
            )
            for at, month in enumerate(YEAR)
        ),
    )


def test_each_role_is_settled_by_itself_or_all_together() -> None:
    # One of two psychologists is lacking; one youth worker is too many, and nobody pays for that.
    worked = year(TERMS, ("gedragswetenschapper ", ["1"] * 12), ("Jeugdprofessional", ["5"] * 12))
    assert settle_fte(worked).amount == Decimal("-105000.00")
    assert [row[-1] for row in role_rows(worked)] == ["€ -105.000,00", "€ 0,00"]
    together = replace(worked, terms=replace(TERMS, is_together=True))
    assert settle_fte(together).amount == 0
    # Symmetric, what is too many is paid at the price of its own role.
    both = replace(worked, terms=replace(TERMS, is_symmetric=True))
    assert settle_fte(both).amount == Decimal(80_000 - 105_000)


def test_together_an_empty_year_gives_back_exactly_what_was_paid() -> None:
    # 2 × 105.000 + 4 × 80.000 = 530.000, though the average price times 6 is 529.999,98.
    paid = [month_amount(TERMS, month, Period(YEAR[0].first)) for month in YEAR]
    assert sum(entry.amount for entry in paid if entry) == 530_000
    nobody = year(replace(TERMS, is_together=True))
    assert settle_fte(nobody).amount == Decimal(-530_000)
    assert settle_fte(year(TERMS)).amount == Decimal(-530_000)


def test_a_job_that_the_contract_does_not_name_counts_under_no_role() -> None:
    worked = year(TERMS, ("Gedragswetenschapper", ["2"] * 12), ("Stagiair", ["4"] * 12))
    assert settle_fte(worked).amount == Decimal(-320_000)
    assert len(not_recognised(worked)) == 12
    assert "Stagiair" in not_recognised(worked)[0][3]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        # February is 1 FTE short. Of that 45 days are paid: 28 in February, 17 of 31 in March.
        # In March another half becomes vacant, and is paid whole: 45 is more than its 31 days,
        # and 14 of 30 in April.
        (Vacancy(45), [0, 1, Fraction(17, 31) + Fraction(1, 2), Fraction(14, 30) / 2]),
        (Vacancy(45, Decimal("0.5")), [0, Fraction(1, 2), Fraction(65, 124), Fraction(7, 60)]),
        (Vacancy(0), [0, 0, 0, 0]),
    ],
)
def test_a_vacancy_is_paid_for_its_first_days(rule: Vacancy, expected: list[Fraction]) -> None:
    worked = [Decimal(fte) for fte in ("2", "1", "0.5", "0.5")]
    assert counted(rule, Decimal(2), worked, DAYS[:4]) == expected


def test_who_fills_a_place_ends_the_vacancy_and_the_next_begins_anew() -> None:
    worked = [Decimal(fte) for fte in ("1", "2", "1")]
    assert counted(Vacancy(20), Decimal(2), worked, [31, 28, 31]) == [
        Fraction(20, 31),
        0,
        Fraction(20, 31),
    ]


def test_a_vacancy_in_the_true_up() -> None:
    # 1 of 12 FTE vacant from October on: 92 days, of which 60 are paid: 31 in October, 29 of 30 in
    # November. Short 3 months, of which 1 + 29/30 count: 31/30 of an FTE-month, at 98.000 / 12.
    terms = FteTerms(Decimal(12), Decimal(98_000), vacancy=Vacancy(60))
    worked = year(terms, ("iedereen", ["12"] * 9 + ["11"] * 3))
    why = settle_fte(worked)
    assert why.amount == Decimal("-8438.89")  # 31 ÷ 30 × 98.000 ÷ 12
    assert "0,1639" in why.sentence()  # 59 ÷ 30 ÷ 12
    # Somebody at work who may not work fills a place: no vacancy.
    unqualified = WorkerMonth("x", Decimal(1), 0, 1)
    filled = replace(
        worked, months=tuple(replace(m, workers=(*m.workers, unqualified)) for m in worked.months)
    )
    assert settle_fte(filled).amount == Decimal("-24500.00")


def test_a_vacancy_runs_on_over_the_end_of_a_year() -> None:
    # Vacant since 1 December: 31 of its 60 days are gone, so 29 of 31 are paid in January and none
    # after. Short 2 months, of which 29/31 count: 33/31 of an FTE-month, at 98.000 / 12.
    terms = FteTerms(Decimal(12), Decimal(98_000), vacancy=Vacancy(60))
    worked = year(terms, ("iedereen", ["11"] * 2 + ["12"] * 10))
    [december] = parse_period("2025-12").months()
    eleven = replace(worked.months[0], month=december, days=31)
    runs_on = replace(worked, before=(eleven,))
    assert settle_fte(runs_on).amount == Decimal("-8693.55")  # 33 ÷ 31 × 98.000 ÷ 12
    # Begun anew, 31 days of January and all 28 of February are paid.
    assert settle_fte(worked).amount == 0
    # What was whole before the year is no vacancy.
    twelve = replace(eleven, workers=(WorkerMonth("iedereen", Decimal(12), 1, 1),))
    assert settle_fte(replace(worked, before=(twelve,))).amount == 0
    facts = dict(facts_of(runs_on))
    assert "11" in facts["december 2025"]
    yearly = replace(terms, vacancy=Vacancy(60, is_yearly=True))
    assert (
        "elk jaar" in dict(facts_of(replace(worked, terms=yearly)))["Vacatures worden doorbetaald"]
    )


def test_a_vacancy_of_a_role_runs_on_as_well() -> None:
    terms = replace(TERMS, vacancy=Vacancy(31))
    jobs = (("Gedragswetenschapper", ["1"] * 12), ("Jeugdprofessional", ["4"] * 12))
    worked = year(terms, *jobs)
    [december] = parse_period("2025-12").months()
    before = (replace(worked.months[0], month=december, days=31),)
    assert settle_fte(worked).amount == Decimal("-96250.00")  # 11 of 12 months
    assert settle_fte(replace(worked, before=before)).amount == Decimal("-105000.00")
    assert role_rows(replace(worked, before=before))[0][3] == "0"


shorts = st.lists(st.decimals(min_value=0, max_value=5, places=3), min_size=1, max_size=12)


@given(shorts, st.integers(0, 366), st.decimals(min_value=0, max_value=1, places=2))
def test_no_more_is_paid_than_is_vacant(worked: list[Decimal], days: int, share: Decimal) -> None:
    agreed = Decimal(3)
    found = counted(Vacancy(days, share), agreed, worked, DAYS[: len(worked)])
    assert all(
        0 <= one <= max(agreed - at_work, Decimal(0))
        for one, at_work in zip(found, worked, strict=True)
    )
    longer = counted(Vacancy(days + 1, share), agreed, worked, DAYS[: len(worked)])
    assert all(more >= one for one, more in zip(found, longer, strict=True))


def test_a_year_that_was_frozen_before_roles_were_known_is_read_as_it_was() -> None:
    plain = year(FteTerms(Decimal(1), Decimal(98_000)), ("iedereen", ["1"] * 12))
    terms, months, _before = freeze(plain)
    old = [
        terms[:5],
        [[month, days, report, [one[:4] for one in them]] for month, days, report, them in months],
    ]
    assert settle_fte(thaw(FteYear, old)) == settle_fte(plain)
    roles = year(replace(TERMS, vacancy=Vacancy(30)), ("Jeugdprofessional", ["4"] * 12))
    assert thaw(FteYear, freeze(roles)) == roles
    assert len(facts_of(roles)) == 3 + 1 + 3 + 12
    assert fte_roles.by_role(TERMS, roles.worked)[1].settled.amount == 0
