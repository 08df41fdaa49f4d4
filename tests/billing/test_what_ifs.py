"""What-ifs through the database: own forms come out to the cent, and nothing of the money moves."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal as D
from random import Random

import pytest
from django.db.models import Sum

from billing import tasks
from billing.models import (
    Entitlement,
    Payment,
    Statement,
    StatementLine,
    TrajectoryStep,
    WhatIf,
    WhatIfResult,
)
from billing.rules.whatif.facts import Facts
from billing.rules.whatif.frozen import freeze, thaw
from billing.rules.whatif.outcome import PartyOutcome
from billing.rules.whatif.terms import Converted, Counted, Form, Produced, Terms
from billing.selectors.whatif_facts import Asked, gather
from billing.services import entitling, months, what_ifs
from billing.services.what_ifs import Question
from hoofdaannemer.core.errors import ConflictError, NotAllowedError, RuleError
from hoofdaannemer.core.money import ZERO
from hoofdaannemer.core.periods import Month
from hoofdaannemer.core.scope import Role, Scope
from tests.billing import test_random_contracts as contracts
from tests.billing.build import FEBRUARY, JANUARY, MARCH, credit, declare, moment, placement, priced
from tests.billing.funding import add_line
from tests.billing.test_months import begin, end, report
from tests.factories import World, party, world

NORM = Terms(form=Form.FTE, counted=Counted.NORM, norm=D(90_000))
QUARTER = (JANUARY, FEBRUARY, MARCH)


@pytest.fixture
def chain(system: Scope) -> World:
    return world(system)


def later(chain: World, day: date = date(2026, 9, 4)) -> Scope:
    return chain.system.moved_to(moment(day))


def controller(chain: World, day: date = date(2026, 9, 4)) -> Scope:
    return Scope(role=Role.CONTROLLER, main_contractor_id=chain.main.pk, at=moment(day))


def close(chain: World, *which: Month) -> None:
    for month in which:
        result = months.run_month(scope=later(chain), main_contractor_id=chain.main.pk, month=month)
        assert result.problems == []


def question(terms: Terms, *chosen: int, first: Month = JANUARY, last: Month = MARCH) -> Question:
    return Question(name="Proef", first=first, last=last, terms=terms, chosen=chosen)


def asked(chain: World, terms: Terms, *chosen: int, **period: Month) -> WhatIf:
    row = what_ifs.ask(
        scope=controller(chain),
        main_contractor_id=chain.main.pk,
        question=question(terms, *chosen, **period),
    )
    return what_ifs.take_up(scope=later(chain), what_if_id=row.pk)


def outcomes(row: WhatIf) -> list[PartyOutcome]:
    """Computed again from the facts that were kept."""
    row.refresh_from_db()
    _replayed, found = what_ifs.computed(thaw(Facts, row.facts), thaw(Terms, row.terms))
    return found


#: Among the forms of random contracts these must be: each is computed in a way of its own.
FORMS = {"pxq", "capacity", "bonus", "margin", "sanction_discount"}


def money() -> list[int]:
    kinds = (Entitlement, Statement, StatementLine, TrajectoryStep, Payment)
    return [kind.objects.count() for kind in kinds]


def three_months(chain: World) -> None:
    """Declared hours, an FTE report a month, a trajectory that starts and ends early."""
    placed, other = placement(chain), placement(chain)
    for month, hours in zip(QUARTER, (10, 7, 9), strict=True):
        declare(chain, priced(placed, hours, month), priced(other, 5, month), month=month)
        report(chain, month, Noor="1.0", Sam="0.5")
    client = placement(chain, chain.trajectory, chain.products["treatment"], volume=None)
    end(begin(chain, client, date(2026, 1, 12)), date(2026, 3, 20), "32")
    begin(chain, placed, date(2026, 1, 1))
    begin(chain, other, date(2026, 1, 17))
    close(chain, *QUARTER)


@pytest.mark.parametrize("seed", [0, pytest.param(3, marks=pytest.mark.long)])
def test_own_forms_are_the_statements_to_the_cent(system: Scope, seed: int) -> None:
    """Contracts of all forms in which starts come late, lines end early and care is corrected."""
    random = Random(seed)
    chain = world(system)
    parties = []
    for number in range(14):
        of = party(chain.system, chain.main, chain.youth, f"Zorg {number}", "pxq",
                   [chain.products["guidance"]])  # fmt: skip
        assert of.line
        of.line.line_products.all().delete()
        parties.append((of, contracts.lines(random, chain, of)))
        for product in ("guidance", "treatment"):
            for _one in range(random.randint(0, 2)):
                placement(chain, of, chain.products[product], start=date(2026, 1, 1))
    for month in contracts.MONTHS:
        for of, agreed in parties:
            contracts.something_happens(random, chain, of, agreed, month)
        close(chain, month)
    last = contracts.MONTHS[-1].next()
    close(chain, last)
    before = money()
    row = asked(chain, Terms(form=Form.LUMP_SUM, counted=Counted.EQUAL, converted=Converted.ALL),
                last=last)  # fmt: skip
    assert row.state == WhatIf.State.DONE, row.problem
    assert money() == before
    found = outcomes(row)
    assert {line.form for one in found for line in one.party.lines} >= FORMS
    for one in found:
        assert [diff for diff in one.differences if diff.is_of_forms] == []
        recorded = Entitlement.objects.filter(subcontractor=one.party.pk, month__lte=last.first)
        assert one.own == one.actual == (recorded.aggregate(sum=Sum("amount"))["sum"] or ZERO)
        for month in one.months:
            causes = [diff.why.amount for diff in one.differences if diff.month == month.month]
            assert month.own + sum(causes, ZERO) == (month.stated or ZERO)
    assert any(one.differences for one in found)


def test_without_corrections_every_statement_is_its_own_form(chain: World) -> None:
    three_months(chain)
    row = asked(chain, NORM)
    found = {one.party.pk: one for one in outcomes(row)}
    for of in (chain.pxq, chain.trajectory):
        one = found[of.subcontractor.pk]
        assert one.differences == ()
        for month in one.months:
            stated = Statement.objects.filter(
                subcontractor=of.subcontractor, month=month.month.first
            ).first()
            assert month.own == month.actual == (stated.payable if stated else ZERO)
    assert found[chain.pxq.subcontractor.pk].own == D("2706.00")  # 41 hours at 66 euros
    assert found[chain.fte.subcontractor.pk].own == D("294000.00")


def test_a_credit_and_what_comes_late_are_named(chain: World) -> None:
    placed = placement(chain)
    first = priced(placed, 10)
    declare(chain, first)
    close(chain, JANUARY)
    declare(chain, credit(first), priced(placed, 8), month=JANUARY)
    close(chain, FEBRUARY)
    declare(chain, priced(placed, 3, MARCH), month=MARCH)
    entitling.entitle(scope=later(chain), subcontractor=chain.pxq.subcontractor)
    row = asked(chain, NORM, chain.pxq.subcontractor.pk)
    [one] = outcomes(row)
    assert [month.own for month in one.months] == [D("528.00"), ZERO, D("198.00")]
    assert [(diff.month, diff.why.rule, diff.why.amount) for diff in one.differences] == [
        (JANUARY, "whatif.cause.later", D("132.00")),
        (FEBRUARY, "whatif.cause.other_months", D("-132.00")),
        (FEBRUARY, "whatif.cause.carried_out", D("132.00")),
        (MARCH, "whatif.cause.unstated", D("-198.00")),
    ]


def test_fte_at_the_budget_neutral_price(chain: World) -> None:
    three_months(chain)
    before = money()
    row = asked(chain, NORM, chain.pxq.subcontractor.pk, chain.trajectory.subcontractor.pk)
    assert (row.state, row.subcontractors, row.handled) == ("done", 2, 2)
    result = WhatIfResult.objects.get(what_if=row, subcontractor=chain.pxq.subcontractor)
    # 2,706 in three months is 10,824 a year, at 90,000 an FTE 0.120 FTE: 902.00 a month.
    assert row.neutral_price == row.price == D("90200.00")
    assert (result.actual, result.outcome, result.difference) == (D("2706.00"), D("2706.00"), ZERO)
    # A trajectory is no P*Q, so nothing of it is converted.
    kept = WhatIfResult.objects.get(what_if=row, subcontractor=chain.trajectory.subcontractor)
    assert kept.actual == kept.outcome == D("3600.00")
    assert result.is_reproduced
    assert kept.is_reproduced
    # Six lines in three declarations on paper become one person's row a month.
    assert (result.entries_now, result.entries_then) == (6, 3)
    assert money() == before


def test_agreed_and_reported_fte_at_the_contract_price_differ(chain: World) -> None:
    """12 FTE agreed at 98,000, of whom 1.5 were reported each month."""
    three_months(chain)
    for counted, outcome, neutral in (
        (Counted.AGREED, "294000.00", "98000.00"),
        (Counted.REPORTED, "36750.00", "784000.00"),
    ):
        terms = Terms(form=Form.FTE, counted=counted, converted=Converted.ALL, price=D(98_000))
        row = asked(chain, terms, chain.fte.subcontractor.pk)
        result = WhatIfResult.objects.get(what_if=row)
        assert (result.outcome, row.neutral_price) == (D(outcome), D(neutral))
        assert (result.entries_now, result.entries_then) == (6, 6)


def test_a_price_makes_winners_and_losers(chain: World) -> None:
    three_months(chain)
    second = party(chain.system, chain.main, chain.youth, "Zorg Twee", "pxq",
                   [chain.products["guidance"]])  # fmt: skip
    placed = placement(chain, second)
    declare(chain, priced(placed, 12), month=JANUARY, party=second)
    begin(chain, placed, date(2026, 1, 1))
    what = (chain.pxq.subcontractor.pk, second.subcontractor.pk)
    entitling.entitle(scope=later(chain), subcontractor=second.subcontractor)
    row = asked(chain, Terms(form=Form.PXQ, counted=Counted.CLIENTS), *what)
    # Two clients three months, one client three months: nine months of care for 3,498.
    assert row.neutral_price == D("388.67")
    found = {one.name: one for one in WhatIfResult.objects.filter(what_if=row)}
    first = found[str(chain.pxq.subcontractor)]
    other = found["Zorg Twee"]
    assert (first.outcome, first.difference) == (D("2332.02"), D("-373.98"))
    assert (other.outcome, other.difference) == (D("1166.01"), D("374.01"))
    assert (first.percent, other.percent) == (D("-13.82"), D("47.22"))
    # What each would need by itself.
    assert (first.neutral_price, other.neutral_price) == (D("451.00"), D("264.00"))


def test_a_part_is_converted_and_the_rest_stays(chain: World) -> None:
    three_months(chain)
    terms = Terms(form=Form.PXQ, counted=Counted.DECLARED, price=D(90), share=D("0.4"))
    row = asked(chain, terms, chain.pxq.subcontractor.pk)
    result = WhatIfResult.objects.get(what_if=row)
    # 60% stays 1,623.60; 40% of 2,435.40 is 974.16.
    assert (result.actual, result.outcome) == (D("2706.00"), D("2597.76"))
    assert row.neutral_price == D(100)


def test_trajectories_by_starts_and_stops(chain: World) -> None:
    three_months(chain)
    terms = Terms(form=Form.TRAJECTORY, price=D(1000), converted=Converted.ALL)
    row = asked(chain, terms, chain.trajectory.subcontractor.pk)
    result = WhatIfResult.objects.get(what_if=row)
    # A start at 60%; stopped by the client after 68 of 180 days nothing more is due.
    assert (result.actual, result.outcome) == (D("3600.00"), D("600.00"))
    assert row.neutral_price == D("6000.00")


@pytest.mark.parametrize(
    ("terms", "neutral"),
    [
        (Terms(form=Form.LUMP_SUM, counted=Counted.ACTUAL), "10824.00"),
        # 90 and 74 days of two clients in 90 days: 1.82 places.
        (Terms(form=Form.CAPACITY, counted=Counted.AVERAGE, per="month"), "495.60"),
        (Terms(form=Form.CAPACITY, counted=Counted.PEAK, per="day"), "15.03"),
        (Terms(form=Form.CAPACITY, counted=Counted.OCCUPIED, per="day"), "16.50"),
        # Two clients in a quarter are eight users a year.
        (Terms(form=Form.FUNCTION), "1353.00"),
        (Terms(form=Form.POPULATION, counted=Counted.EQUAL, heads=D(1000)), "10.82"),
        # A third of what was paid in the first month is 990 of 2,706: 11,880 are expected a year.
        (Terms(form=Form.ADVANCE_POOL, base_months=1), "91.1111"),
    ],
    ids=lambda value: value if isinstance(value, str) else f"{value.form}-{value.counted}",
)
def test_other_forms_have_a_neutral_price_as_well(chain: World, terms: Terms, neutral: str) -> None:
    three_months(chain)
    row = asked(chain, terms, chain.pxq.subcontractor.pk)
    assert (row.state, row.problem) == ("done", "")
    assert row.neutral_price == D(neutral)
    [result] = WhatIfResult.objects.filter(what_if=row)
    assert abs(result.difference) < 3


def test_months_that_were_not_closed_are_named(chain: World) -> None:
    three_months(chain)
    assert asked(chain, NORM).unclosed == []
    assert asked(chain, NORM, last=Month(2026, 5)).unclosed == ["2026-04", "2026-05"]


def test_facts_are_kept_and_give_the_same_answer_later(chain: World) -> None:
    three_months(chain)
    row = asked(chain, NORM)
    first = [freeze(one.months) for one in outcomes(row)]
    placed = placement(chain)
    declare(chain, priced(placed, 3, MARCH), month=MARCH)
    assert [freeze(one.months) for one in outcomes(row)] == first
    assert thaw(Facts, freeze(thaw(Facts, row.facts))) == thaw(Facts, row.facts)


def test_gathering_asks_a_fixed_number_of_questions(
    chain: World, django_assert_num_queries: object
) -> None:
    three_months(chain)
    few = Asked(chain.main.pk, [chain.pxq.subcontractor.pk], QUARTER)
    everybody = [one.subcontractor.pk for one in (chain.pxq, chain.fte, chain.trajectory)]
    for asked_for in (few, Asked(chain.main.pk, everybody, QUARTER)):
        with django_assert_num_queries(16):  # type: ignore[operator]
            gather(asked_for)


def test_a_killed_worker_is_followed_by_another(chain: World) -> None:
    three_months(chain)
    row = what_ifs.ask(
        scope=controller(chain), main_contractor_id=chain.main.pk, question=question(NORM)
    )
    # Killed after it had claimed the question and stored one outcome.
    claimed = what_ifs._claim(later(chain), row.pk)
    WhatIfResult.objects.create(
        main_contractor=chain.main, what_if=claimed, subcontractor=chain.pxq.subcontractor,
        name="half", actual=0, own=0, outcome=0, difference=0, messages_now=0, messages_then=0,
        entries_now=0, entries_then=0, is_reproduced=True, months=[], differences=[],
    )  # fmt: skip
    with pytest.raises(ConflictError):
        what_ifs.take_up(scope=later(chain), what_if_id=row.pk)
    scope = later(chain).moved_to(later(chain).at + timedelta(minutes=6))
    assert what_ifs.waiting(scope) == [row.pk]
    done = what_ifs.take_up(scope=scope, what_if_id=row.pk)
    assert (done.state, done.attempts, done.results.count()) == ("done", 2, 3)
    assert not done.results.filter(name="half").exists()
    # The first worker, had it lived, finds that another has taken over.
    with pytest.raises(ConflictError):
        what_ifs._fail(scope, claimed, "")


def test_a_question_that_kills_its_worker_is_given_up(chain: World) -> None:
    three_months(chain)
    row = what_ifs.ask(
        scope=controller(chain), main_contractor_id=chain.main.pk, question=question(NORM)
    )
    WhatIf.objects.filter(pk=row.pk).update(attempts=what_ifs.MOST_ATTEMPTS)
    done = what_ifs.take_up(scope=later(chain), what_if_id=row.pk)
    assert (done.state, bool(done.problem)) == ("failed", True)


def test_the_sweep_takes_up_what_was_asked(chain: World) -> None:
    three_months(chain)
    row = what_ifs.ask(
        scope=controller(chain), main_contractor_id=chain.main.pk, question=question(NORM)
    )
    tasks.run_what_ifs()
    row.refresh_from_db()
    assert row.state == "done"


def test_deleted_with_its_outcome(chain: World) -> None:
    three_months(chain)
    row = asked(chain, NORM)
    what_ifs.delete(scope=controller(chain), what_if=row)
    assert (WhatIf.objects.count(), WhatIfResult.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("code", "terms", "period"),
    [
        ("BIL-87", NORM, {"first": MARCH, "last": JANUARY}),
        ("BIL-87", NORM, {"first": Month(2022, 1)}),
        ("BIL-87", NORM, {"last": Month(2026, 9)}),
        ("BIL-88", NORM, {"first": Month(2023, 1), "last": Month(2023, 2)}),
        ("BIL-89", Terms(form=Form.TRAJECTORY, share=ZERO), {}),
        ("BIL-89", Terms(form=Form.TRAJECTORY, share=D("1.01")), {}),
        ("BIL-90", Terms(form=Form.FTE, counted=Counted.NORM), {}),
        ("BIL-90", Terms(form=Form.TRAJECTORY, price=ZERO), {}),
        ("BIL-90", Terms(form=Form.TRAJECTORY, start_share=D(2)), {}),
        ("BIL-90", Terms(form=Form.TRAJECTORY, nominal_days=0), {}),
        ("BIL-90", Terms(form=Form.POPULATION, counted=Counted.DAYS), {}),
        ("BIL-90", Terms(form=Form.CAPACITY, counted=Counted.PEAK, per="week"), {}),
        ("BIL-90", Terms(form=Form.ADVANCE_POOL, key="k4"), {}),
        ("BIL-90", Terms(form=Form.ADVANCE_POOL, base_months=0), {}),
        ("BIL-90", Terms(form=Form.ADVANCE_POOL,
                         produced=(Produced(1, D(-1)),)), {}),
        ("BIL-92", Terms(form=Form.FTE, counted=Counted.PEAK), {}),
        ("BIL-92", Terms(form=Form.TRAJECTORY, counted=Counted.PEAK), {}),
    ],
)  # fmt: skip
def test_a_question_that_cannot_be_computed(
    chain: World, code: str, terms: Terms, period: dict[str, Month]
) -> None:
    with pytest.raises(RuleError) as refusal:
        asked(chain, terms, **period)
    assert refusal.value.code == code


def test_it_needs_a_name(chain: World) -> None:
    for name in ("  ", "x" * 81):
        with pytest.raises(RuleError) as refusal:
            what_ifs.ask(
                scope=controller(chain),
                main_contractor_id=chain.main.pk,
                question=Question(name=name, first=JANUARY, last=MARCH, terms=NORM),
            )
        assert refusal.value.code == "BIL-91"


@pytest.mark.parametrize(
    ("code", "terms"),
    [
        ("BIL-93", Terms(form=Form.TRAJECTORY)),
        ("BIL-94", Terms(form=Form.FTE, counted=Counted.REPORTED, converted=Converted.ALL)),
        ("BIL-95", Terms(form=Form.ADVANCE_POOL)),
        ("BIL-96", Terms(form=Form.LUMP_SUM, counted=Counted.EQUAL, converted=Converted.ALL,
                         price=D(10) ** 9)),
    ],
)  # fmt: skip
def test_what_comes_out_while_computing_is_told(chain: World, code: str, terms: Terms) -> None:
    if code == "BIL-96":
        add_line(chain, "availability", amount="999999999.99")
        close(chain, *QUARTER)
    if code == "BIL-95":
        add_line(chain, "advance_pool", party=chain.trajectory)
    close(chain, JANUARY)
    who = chain.pxq if code == "BIL-96" else chain.trajectory
    row = asked(chain, terms, who.subcontractor.pk)
    assert row.state == "failed"
    assert code in row.problem


def test_who_may_ask(chain: World) -> None:
    row = asked(chain, NORM)
    for role in Role:
        if role in (Role.CONTROLLER, Role.CONTRACT_MANAGER, Role.SYSTEM):
            continue
        scope = Scope(role=role, main_contractor_id=chain.main.pk,
                      organisation_id=chain.pxq.organisation.pk)  # fmt: skip
        with pytest.raises(NotAllowedError):
            what_ifs.ask(scope=scope, main_contractor_id=chain.main.pk, question=question(NORM))
        with pytest.raises(NotAllowedError):
            what_ifs.delete(scope=scope, what_if=row)
        assert not WhatIf.objects.visible_to(scope).exists()
        assert not WhatIfResult.objects.visible_to(scope).exists()
    elsewhere = Scope(role=Role.CONTROLLER, main_contractor_id=chain.main.pk + 1)
    assert not WhatIf.objects.visible_to(elsewhere).exists()
    with pytest.raises(NotAllowedError):
        what_ifs.delete(scope=elsewhere, what_if=row)


def test_pools_under_another_key_conserve_the_pool(chain: World) -> None:
    """The source's own numbers: three members under K1, asked what K3 would give."""
    expected = {"A": ("5000000", "5400000"), "B": ("4000000", "3500000"),
                "C": ("3000000", "3300000")}  # fmt: skip
    parties, produced = {}, []
    for name, (contract, real) in expected.items():
        of = party(chain.system, chain.main, chain.youth, name, "pxq",
                   [chain.products["guidance"]])  # fmt: skip
        add_line(chain, "advance_pool", party=of, production=contract)
        parties[name] = of
        produced.append(Produced(of.subcontractor.pk, D(real)))
    close(chain, *[Month(2026, month) for month in range(1, 9)])
    year = [Month(2026, month) for month in range(1, 13)]
    scope = chain.system.moved_to(moment(date(2027, 2, 3)))
    for month in year[8:]:
        months.run_month(scope=scope, main_contractor_id=chain.main.pk, month=month)
    terms = Terms(form=Form.ADVANCE_POOL, converted=Converted.ALL, key="k3",
                  price=D(100), produced=tuple(produced))  # fmt: skip
    row = what_ifs.ask(
        scope=controller(chain, date(2027, 2, 4)),
        main_contractor_id=chain.main.pk,
        question=question(terms, *(one.party for one in produced), last=year[-1]),
    )
    row = what_ifs.take_up(scope=scope.moved_to(moment(date(2027, 2, 4))), what_if_id=row.pk)
    assert row.state == "done", row.problem
    found = {one.name: one for one in WhatIfResult.objects.filter(what_if=row)}
    # Golden: A gets 811,475.41 instead of 531,147.54, and so on.
    assert {name: one.difference for name, one in found.items()} == {
        "A": D("811475.41") - D("531147.54"),
        "B": D("-157377.05") - D("344262.30"),
        "C": D("545901.64") - D("324590.16"),
    }
    assert sum(one.outcome for one in found.values()) == D("12000000.00")
    assert row.neutral_price == D(100)


def test_a_part_of_declared_care_joins_a_pool(chain: World) -> None:
    """Arrangement A12: what joining with 40% of its declared care does to each."""
    three_months(chain)
    member = party(chain.system, chain.main, chain.youth, "Potlid", "pxq",
                   [chain.products["guidance"]])  # fmt: skip
    add_line(chain, "advance_pool", party=member, production="48000")
    scope = later(chain)
    for month in QUARTER:
        months.close_month(scope=scope, subcontractor=member.subcontractor, month=month)
    member_pk, joiner_pk = member.subcontractor.pk, chain.pxq.subcontractor.pk
    terms = Terms(
        form=Form.ADVANCE_POOL, share=D("0.4"), price=D(100), base_months=3,
        produced=(Produced(member_pk, D(11_000)),),
    )  # fmt: skip
    row = asked(chain, terms, member_pk, joiner_pk)
    found = {one.subcontractor_id: one for one in WhatIfResult.objects.filter(what_if=row)}
    # A member alone gets its whole pool: 10,800 in advance and the other 1,200.
    assert found[member_pk].actual == D("12000.00")
    # 40% of 2,706.00 joins: 1,082.40, expected as it was produced, of which 90% in advance.
    # The reserve of 1,308.24 goes by production: 11,000.00 of 12,082.40.
    assert found[member_pk].outcome == D("10800.00") + D("1191.04")
    assert found[joiner_pk].outcome == D("1623.60") + D("974.16") + D("117.20")
    assert found[joiner_pk].actual == D("2706.00")
    assert found[member_pk].difference + found[joiner_pk].difference == ZERO
    assert row.neutral_price == D(100)
