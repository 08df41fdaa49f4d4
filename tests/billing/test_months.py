"""A month closed: three forms, holds, statements that reconcile, and what comes late."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from billing import tasks
from billing.models import Entitlement, FteReport, Hold, Statement, StatementLine, TrajectoryStep
from billing.rules import pxq
from billing.rules.statement import reconcile
from billing.selectors.closing import not_run
from billing.services import documents, entitling, fte, month_runs, months, statements
from hoofdaannemer.core.errors import NotAllowedError, RuleError
from hoofdaannemer.core.periods import Month
from hoofdaannemer.core.scope import Role, Scope
from subcontracts.models import (
    DeliveryStart,
    DeliveryStop,
    FundingLine,
    Subcontract,
    Subcontractor,
)
from tests.billing.build import (
    FEBRUARY,
    JANUARY,
    MARCH,
    credit,
    declare,
    line,
    moment,
    placement,
    priced,
)
from tests.factories import World, professional, world

D = Decimal


@pytest.fixture
def chain(system: Scope) -> World:
    return world(system)


def run(chain: World, month: Month) -> months.MonthResult:
    scope = chain.system.moved_to(moment(date(2026, 6, 3)))
    return months.run_month(scope=scope, main_contractor_id=chain.main.pk, month=month)


def statement_of(party: object, month: Month) -> Statement:
    return Statement.objects.get(subcontractor=party.subcontractor, month=month.first)  # type: ignore[attr-defined]


def report(chain: World, month: Month, **rows: str) -> FteReport:
    """Hand in a report with one professional a keyword."""
    scope = chain.system.moved_to(moment(date(2026, 6, 1)))
    draft = fte.open_report(scope=scope, funding_line=chain.fte.line, month=month)
    people = {professional(scope, chain.fte, name).pk: D(value) for name, value in rows.items()}
    fte.save(scope=scope, report=draft, rows=people)
    return fte.hand_in(scope=scope, report=draft)


def test_a_month_without_anything_to_state_is_closed_once_it_was_run(chain: World) -> None:
    """As of a contract that pays trajectories only, in a month in which none began or ended."""
    FundingLine.objects.exclude(form=FundingLine.Form.TRAJECTORY).update(
        start_date=date(2026, 3, 1)
    )
    scope = chain.system.moved_to(moment(date(2026, 6, 3)))
    assert not_run(chain.main.pk, [JANUARY, FEBRUARY]) == [JANUARY, FEBRUARY]
    result = month_runs.run_now(scope=scope, main_contractor_id=chain.main.pk, month=JANUARY)
    assert (result.issued, result.problems) == ([], [])
    assert not_run(chain.main.pk, [JANUARY, FEBRUARY]) == [FEBRUARY]


def test_three_forms_and_a_repeat_changes_nothing(chain: World) -> None:
    declare(chain, priced(placement(chain), 10))
    report(chain, JANUARY, Noor="1.0")
    placed = placement(chain, chain.trajectory, chain.products["treatment"], volume=None)
    begin(chain, placed, date(2026, 1, 12))
    result = run(chain, JANUARY)
    assert (len(result.issued), result.problems) == (3, [])
    assert statement_of(chain.pxq, JANUARY).payable == D("660.00")
    # Golden: 12 FTE at 98,000 a year is 98,000 a month; 60% of 6,000 at the start.
    assert statement_of(chain.fte, JANUARY).payable == D("98000.00")
    assert statement_of(chain.trajectory, JANUARY).payable == D("3600.00")

    before = list(Statement.objects.values_list("number", "pdf_digest"))
    again = run(chain, JANUARY)
    assert (again.issued, len(again.kept)) == ([], 3)
    assert list(Statement.objects.values_list("number", "pdf_digest")) == before


def begin(chain: World, placed: object, day: date) -> DeliveryStart:
    return DeliveryStart.objects.create(
        main_contractor=chain.main,
        provider_organisation=placed.provider_organisation,  # type: ignore[attr-defined]
        placement=placed,
        begin_date=day,
        recorded_at=moment(day),
    )


def end(start: DeliveryStart, day: date, reason: str) -> DeliveryStop:
    return DeliveryStop.objects.create(
        main_contractor_id=start.main_contractor_id,
        provider_organisation_id=start.provider_organisation_id,
        start=start,
        end_date=day,
        reason=reason,
        recorded_at=moment(day),
    )


def test_trajectory_stopped_by_the_provider_pays_back(chain: World) -> None:
    placed = placement(chain, chain.trajectory, chain.products["treatment"], volume=None)
    start = begin(chain, placed, date(2026, 1, 12))
    run(chain, JANUARY)
    end(start, date(2026, 3, 27), "33")  # day 75 of 180
    run(chain, FEBRUARY)
    assert not Statement.objects.filter(month=FEBRUARY.first, subcontractor__isnull=False).filter(
        subcontractor=chain.trajectory.subcontractor
    )
    run(chain, MARCH)
    negative = statement_of(chain.trajectory, MARCH)
    assert (negative.entitled, negative.payable) == (D("-1100.00"), D("0.00"))
    assert negative.carried_out == D("-1100.00")
    # The next statement opens with it.
    begin(
        chain,
        placement(chain, chain.trajectory, chain.products["treatment"], volume=None),
        date(2026, 4, 2),
    )
    run(chain, Month(2026, 4))
    april = statement_of(chain.trajectory, Month(2026, 4))
    assert (april.carried_in, april.payable) == (D("-1100.00"), D("2500.00"))


def test_trajectory_step_is_reversed_when_its_start_is_withdrawn(chain: World) -> None:
    placed = placement(chain, chain.trajectory, chain.products["treatment"], volume=None)
    wrong = begin(chain, placed, date(2026, 1, 12))
    run(chain, JANUARY)
    wrong.withdrawn_at = moment(date(2026, 2, 2))
    wrong.save()
    begin(chain, placed, date(2026, 2, 5))
    run(chain, FEBRUARY)
    assert [step.amount for step in TrajectoryStep.objects.order_by("pk")] == [
        D("3600.00"),
        D("-3600.00"),
        D("3600.00"),
    ]
    february = statement_of(chain.trajectory, FEBRUARY)
    assert (february.entitled, february.corrected) == (D("3600.00"), D("-3600.00"))
    run(chain, MARCH)
    assert TrajectoryStep.objects.count() == 3


def test_credit_and_late_line_go_onto_the_next_statement(chain: World) -> None:
    placed, late = placement(chain), placement(chain)
    first = priced(placed, 10)
    declare(chain, first)
    run(chain, JANUARY)
    declare(chain, credit(first), priced(placed, 8), priced(late, 2), month=FEBRUARY)
    run(chain, FEBRUARY)
    february = statement_of(chain.pxq, FEBRUARY)
    assert (february.entitled, february.corrected) == (D("0.00"), D("0.00"))
    kinds = StatementLine.objects.filter(statement=february).values_list("kind", "amount")
    assert sorted(kinds) == [
        ("correction", D("-660.00")),
        ("correction", D("132.00")),
        ("correction", D("528.00")),
    ]


def test_missing_report_holds_the_month_and_the_report_releases_it(chain: World) -> None:
    run(chain, JANUARY)
    january = statement_of(chain.fte, JANUARY)
    assert (january.held, january.payable) == (D("98000.00"), D("0.00"))
    hold = Hold.objects.get()
    assert (hold.kind, hold.owner) == ("report_missing", "subcontractor")
    report(chain, JANUARY, Noor="1.0")
    report(chain, FEBRUARY, Sem="1.0")
    run(chain, FEBRUARY)
    february = statement_of(chain.fte, FEBRUARY)
    assert (february.released, february.payable) == (D("98000.00"), D("196000.00"))
    assert Hold.objects.get().release_reason == "met"


def test_chain_of_statements_reconciles(chain: World) -> None:
    for month in (JANUARY, FEBRUARY, MARCH):
        if month != FEBRUARY:
            report(chain, month, **{f"Noor{month.month}": "1.0"})
        run(chain, month)
    stated = Statement.objects.filter(subcontractor=chain.fte.subcontractor).order_by("month")
    summed = [documents.totals_from_json(one.document["totals"]) for one in stated]
    entitled = sum(one.amount for one in Entitlement.objects.filter(form="fte"))
    paid = sum(one.payable for one in stated)
    assert reconcile(summed, entitled=entitled, paid=paid) == []
    assert paid == D("196000.00")


def test_pdf_is_kept_and_made_again_with_the_same_bytes(chain: World) -> None:
    declare(chain, priced(placement(chain), 10))
    run(chain, JANUARY)
    kept = statement_of(chain.pxq, JANUARY)
    assert bytes(kept.pdf).startswith(b"%PDF")
    assert statements.made_again(kept) == bytes(kept.pdf)


def test_explanations_are_those_of_the_pure_rule(chain: World) -> None:
    minutes = {"unit": "01", "tariff": 110, "volume": 50, "amount": 5500}
    declare(chain, priced(placement(chain), 3), priced(placement(chain), 3)._replace(**minutes))
    entitle(chain)
    stored = {one.reference: one for one in Entitlement.objects.select_related("declared_line")}
    assert len(stored) == 2
    for one in stored.values():
        declared = one.declared_line
        price = pxq.Tariff(pxq.Unit.HOUR, D("66.0000" if declared.unit == "01" else "66.00"))
        unit = pxq.Unit(declared.unit)
        assert one.why == pxq.line_amount(declared.volume, unit, price)
        assert one.amount == one.why.amount


def entitle(chain: World) -> int:
    return entitling.entitle(scope=chain.system, subcontractor=chain.pxq.subcontractor)


def test_entitlements_follow_the_verdict_once_and_in_order(chain: World) -> None:
    placed, other = placement(chain), placement(chain)
    first = priced(placed, 10)
    granted = declare(chain, first, line(other, volume=99)).declaration
    assert not Entitlement.objects.exists()
    again = declare(chain, credit(first), priced(placed, 8), month=FEBRUARY).declaration
    refused = declare(chain, line(other, volume=99), month=FEBRUARY).declaration
    assert refused.entitled_at is not None  # nothing was granted, so nothing waits
    assert entitling.waiting(chain.system) == [chain.pxq.subcontractor]
    assert entitle(chain) == 2
    amounts = Entitlement.objects.order_by("pk").values_list("amount", "recorded_at")
    assert list(amounts) == [
        (D("660.00"), granted.recorded_at),
        (D("528.00"), again.recorded_at),
        (D("-660.00"), again.recorded_at),
    ]
    # The credit takes back the entitlement of its debit, which came in another declaration.
    assert Entitlement.objects.get(amount__lt=0).corrects.reference == first.reference
    assert entitle(chain) == 0
    assert entitling.waiting(chain.system) == []
    assert Entitlement.objects.count() == 3


def test_one_subcontractor_that_fails_stops_no_other(
    chain: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    declare(chain, priced(placement(chain), 10))
    bad = Subcontractor(pk=0)
    monkeypatch.setattr(entitling, "waiting", lambda scope: [bad, chain.pxq.subcontractor])
    with pytest.raises(ExceptionGroup):
        tasks.entitle_declared()
    assert Entitlement.objects.get().amount == D("660.00")


def test_later_month_first_is_refused_for_the_earlier(chain: World) -> None:
    declare(chain, priced(placement(chain), 10))
    run(chain, FEBRUARY)
    assert {problem.code for problem in run(chain, JANUARY).problems} == {"BIL-40"}


def test_only_a_controller_and_only_past_months(chain: World) -> None:
    for role in (Role.CONTRACT_MANAGER, Role.CARE_COORDINATOR, Role.QUALITY_OFFICER):
        with pytest.raises(NotAllowedError):
            months.run_month(scope=chain.at(role), main_contractor_id=chain.main.pk, month=JANUARY)
    with pytest.raises(RuleError) as refused:
        months.run_month(
            scope=chain.at(Role.CONTROLLER), main_contractor_id=chain.main.pk, month=MARCH
        )
    assert refused.value.code == "BIL-41"


def test_own_team_gets_no_statement(chain: World) -> None:
    placed = placement(chain, chain.own_team)
    free = priced(placed, 3)._replace(tariff=None, amount=0)
    assert declare(chain, free, party=chain.own_team).verdict.broken == {}
    run(chain, JANUARY)
    assert not Statement.objects.filter(subcontractor=chain.own_team.subcontractor).exists()


def test_fte_report_is_carried_over_and_corrected(chain: World) -> None:
    first = report(chain, JANUARY, Noor="0.8")
    scope = chain.system.moved_to(moment(date(2026, 6, 1)))
    february = fte.open_report(scope=scope, funding_line=chain.fte.line, month=FEBRUARY)
    assert [row.fte for row in february.rows.all()] == [D("0.800")]
    with pytest.raises(RuleError) as refused:
        fte.save(scope=scope, report=first, rows={})
    assert refused.value.code == "BIL-11"
    draft = fte.correct(scope=scope, report=first)
    fte.hand_in(scope=scope, report=draft)
    assert FteReport.objects.handed_in().get(month=JANUARY.first) == draft


def test_what_is_known_after_the_last_line_ended_is_stated_all_the_same(chain: World) -> None:
    """A contract that is signed when it is over, and a trajectory that ends after its line."""
    assert chain.pxq.subcontract
    assert chain.trajectory.line
    declare(chain, priced(placement(chain), 10))
    Subcontract.objects.filter(pk=chain.pxq.subcontract.pk).update(signed_on=None)
    placed = placement(chain, chain.trajectory, chain.products["treatment"], volume=None)
    start = begin(chain, placed, date(2026, 1, 12))
    for party in (chain.pxq, chain.trajectory):
        lines = FundingLine.objects.filter(subcontract=party.subcontract)
        lines.update(end_date=date(2026, 1, 31))
    run(chain, JANUARY)
    run(chain, FEBRUARY)
    Subcontract.objects.filter(pk=chain.pxq.subcontract.pk).update(signed_on=date(2026, 3, 9))
    end(start, date(2026, 3, 20), "31")
    run(chain, MARCH)
    assert statement_of(chain.pxq, MARCH).payable == D("660.00")
    assert statement_of(chain.trajectory, MARCH).payable == D("2400.00")
