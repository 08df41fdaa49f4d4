"""A bonus that waits for a verdict: seen from its first day, paid by what was found alone."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal as D

import pytest
from django.urls import reverse

from billing import worklist
from billing.forms.replay import own_months
from billing.models import Entitlement, Statement, TrajectoryResult
from billing.selectors.whatif_facts import Asked, gather
from billing.services import assessments, bonus_results, months, results
from billing.services.results import Finding, Shown
from hoofdaannemer.audit.models import AccessRecord
from hoofdaannemer.core.errors import NotAllowedError, RuleError
from hoofdaannemer.core.periods import Month, Period
from hoofdaannemer.core.scope import Role, Scope
from hoofdaannemer.core.working_days import add_working_days
from hoofdaannemer.invariants.results import PROMISES
from subcontracts.models import FundingLine, Subcontract
from tests.billing.build import moment
from tests.billing.funding import add_line
from tests.billing.visitors import as_system, visitor
from tests.conftest import become
from tests.factories import World, world

QUARTER = Period(date(2026, 1, 1), date(2026, 3, 31))
MARCH, APRIL, MAY, JUNE = (Month(2026, number) for number in (3, 4, 5, 6))
#: Judged by 30 May; the subcontractor has until 16 April to show it.
DAYS = "60"
Outcome = TrajectoryResult.Outcome
Status = TrajectoryResult.Status
SHOWN = Shown(text="De wachttijd was 3 weken", file=b"%PDF-1.7 lijst", file_name="lijst.pdf")


@pytest.fixture
def chain(system: Scope) -> World:
    return world(system)


@pytest.fixture
def bonus(chain: World) -> FundingLine:
    """EUR 5,000 at the most, over the first quarter."""
    return waiting_bonus(chain)


def waiting_bonus(chain: World, judge: str = "main") -> FundingLine:
    line = add_line(chain, "bonus", period=QUARTER, result_days=DAYS, result_judge=judge)
    refresh(chain, date(2026, 1, 2))
    return line


def refresh(chain: World, day: date) -> None:
    scope = become(chain.system.moved_to(moment(day)))
    bonus_results.refresh(scope=scope, subcontractor=chain.pxq.subcontractor)


def provider(chain: World, day: date) -> Scope:
    return become(chain.at(Role.SUBCONTRACTOR_USER, chain.pxq, at=moment(day)))


def judging(chain: World, day: date, role: Role = Role.CONTRACT_MANAGER) -> Scope:
    return become(chain.at(role, at=moment(day)))


def show(chain: World, day: date = date(2026, 4, 2)) -> TrajectoryResult:
    one = TrajectoryResult.objects.get()
    return results.hand_in(scope=provider(chain, day), result=one, shown=SHOWN)


def judge(
    chain: World,
    outcome: str,
    share: str | None = None,
    day: date = date(2026, 4, 10),
    decider: Role | None = None,
) -> TrajectoryResult:
    found = Finding(
        outcome=Outcome(outcome), ground="Zie de lijst", share=D(share) if share else None
    )
    one = TrajectoryResult.objects.get()
    step = results.decide if decider else results.judge
    return step(
        scope=judging(chain, day, decider or Role.CONTRACT_MANAGER), result=one, finding=found
    )


def run(chain: World, month: Month, day: date) -> None:
    scope = become(chain.system.moved_to(moment(day)))
    months.close_month(scope=scope, subcontractor=chain.pxq.subcontractor, month=month)


def paid(line: FundingLine) -> list[tuple[str, str]]:
    rows = Entitlement.objects.filter(funding_line=line).order_by("pk")
    return [(str(Month.of(one.month)), str(one.amount)) for one in rows]


def broken() -> list[str]:
    return [
        str(row)
        for promise in PROMISES
        if promise.code.startswith("RES")
        for row in promise.broken_by()
    ]


def test_it_waits_from_its_first_day_with_measure_judge_and_target(
    chain: World, bonus: FundingLine
) -> None:
    refresh(chain, date(2026, 1, 3))
    one = TrajectoryResult.objects.get()
    assert (one.funding_line, one.at_stake, one.status) == (bonus, D("5000.00"), Status.AWAITED)
    assert (one.measure, one.judge) == ("cliënttevredenheid boven 8", "main")
    assert one.target_date == QUARTER.end + timedelta(days=60)  # type: ignore[operator]
    assert one.due_date == add_working_days(date(2026, 3, 31), results.EVIDENCE_DAYS)
    assert list(one.entries.values_list("kind", flat=True)) == ["waits"]


def test_who_hears_of_it_after_its_last_day_has_as_many_days_to_show_it(chain: World) -> None:
    add_line(chain, "bonus", period=QUARTER, result_days=DAYS, result_judge="main")
    late = date(2026, 6, 1)
    refresh(chain, late)
    refresh(chain, date(2026, 6, 8))
    one = TrajectoryResult.objects.get()
    assert one.due_date == add_working_days(late, results.EVIDENCE_DAYS)
    with pytest.raises(RuleError, match="BIL-190"):
        judge(chain, "not_met", day=date(2026, 6, 9))


def test_before_its_first_day_and_under_a_draft_nothing_waits(chain: World) -> None:
    add_line(chain, "bonus", period=QUARTER, result_days=DAYS, result_judge="main")
    refresh(chain, date(2025, 12, 31))
    assert not TrajectoryResult.objects.exists()
    Subcontract.objects.filter(pk=chain.pxq.subcontract.pk).update(  # type: ignore[union-attr]
        status=Subcontract.Status.DRAFT
    )
    refresh(chain, date(2026, 1, 2))
    assert not TrajectoryResult.objects.exists()


def test_nothing_is_paid_before_the_verdict_however_late_it_comes(
    chain: World, bonus: FundingLine
) -> None:
    show(chain)
    run(chain, MARCH, date(2026, 4, 5))
    run(chain, JUNE, date(2026, 7, 5))
    assert paid(bonus) == []
    assert TrajectoryResult.objects.get().status == Status.HANDED_IN
    judge(chain, "met", day=date(2026, 7, 20))
    run(chain, Month(2026, 7), date(2026, 8, 5))
    assert paid(bonus) == [("2026-07", "5000.00")]


@pytest.mark.parametrize(
    ("outcome", "share", "amount"),
    [("met", None, "5000.00"), ("partly", "0.3333", "1666.50"), ("not_met", None, "0.00")],
)
def test_a_verdict_gives_its_part_once_and_says_why(
    chain: World, bonus: FundingLine, outcome: str, share: str | None, amount: str
) -> None:
    show(chain)
    judge(chain, outcome, share)
    for _again in range(2):
        run(chain, APRIL, date(2026, 5, 4))
        assert paid(bonus) == [("2026-04", amount)]
    run(chain, MAY, date(2026, 6, 4))
    [said] = Entitlement.objects.filter(funding_line=bonus)
    sentence = said.why.sentence()
    assert "5.000,00" in sentence
    assert "%(" not in sentence
    statement = Statement.objects.get(subcontractor=chain.pxq.subcontractor, month=APRIL.first)
    assert statement.payable == D(amount)
    assert broken() == []


def test_an_objection_that_is_granted_corrects_what_was_paid(
    chain: World, bonus: FundingLine
) -> None:
    show(chain)
    one = judge(chain, "partly", "0.2")
    run(chain, APRIL, date(2026, 5, 4))
    results.object_to(scope=provider(chain, date(2026, 4, 20)), result=one, shown=SHOWN)
    with pytest.raises(NotAllowedError):
        judge(chain, "met", day=date(2026, 5, 6), decider=Role.CONTRACT_MANAGER)
    judge(chain, "partly", "0.8", date(2026, 5, 6), Role.CONTROLLER)
    run(chain, MAY, date(2026, 6, 4))
    assert paid(bonus) == [
        ("2026-04", "1000.00"),
        ("2026-04", "-1000.00"),
        ("2026-05", "4000.00"),
    ]
    may = Statement.objects.get(subcontractor=chain.pxq.subcontractor, month=MAY.first)
    assert (may.corrected, may.entitled, may.payable) == (D("-1000"), D("4000"), D("3000"))
    run(chain, JUNE, date(2026, 7, 4))
    assert len(paid(bonus)) == 3
    assert broken() == []


def test_a_decision_that_confirms_the_verdict_changes_nothing(
    chain: World, bonus: FundingLine
) -> None:
    show(chain)
    one = judge(chain, "partly", "0.2")
    run(chain, APRIL, date(2026, 5, 4))
    results.object_to(scope=provider(chain, date(2026, 4, 20)), result=one, shown=SHOWN)
    judge(chain, "partly", "0.2", date(2026, 5, 6), Role.CONTROLLER)
    run(chain, MAY, date(2026, 6, 4))
    assert paid(bonus) == [("2026-04", "1000.00")]


def test_both_together_pays_once_the_subcontractor_agrees(chain: World) -> None:
    bonus = waiting_bonus(chain, "joint")
    show(chain)
    one = judge(chain, "partly", "0.5", date(2026, 4, 28))
    run(chain, APRIL, date(2026, 5, 4))
    assert paid(bonus) == []
    results.agree(scope=provider(chain, date(2026, 5, 6)), result=one)
    run(chain, MAY, date(2026, 6, 4))
    assert paid(bonus) == [("2026-05", "2500.00")]


def test_what_cannot_be_judged_has_no_care_to_fall_back_on(
    chain: World, bonus: FundingLine
) -> None:
    show(chain)
    with pytest.raises(RuleError, match="BIL-230"):
        judge(chain, "unjudged")
    run(chain, APRIL, date(2026, 5, 4))
    assert paid(bonus) == []


def test_who_has_shown_nothing_yet_may_still_until_the_days_are_over(
    chain: World, bonus: FundingLine
) -> None:
    due = TrajectoryResult.objects.get().due_date
    with pytest.raises(RuleError, match="BIL-190"):
        judge(chain, "not_met", day=due)
    assert judge(chain, "not_met", day=due + timedelta(days=1)).status == Status.JUDGED


def test_no_controller_grants_it_past_the_verdict(chain: World, bonus: FundingLine) -> None:
    outcome = assessments.Outcome(amount=D(1), day=date(2026, 4, 1), reason="zo maar")
    scope = judging(chain, date(2026, 4, 2), Role.CONTROLLER)
    with pytest.raises(RuleError, match="BIL-231"):
        assessments.record(scope=scope, funding_line=bonus, outcome=outcome)
    url = reverse("funding_line_assess", args=[bonus.pk])
    assert visitor(chain, Role.CONTROLLER).get(url).status_code == 404


def test_it_follows_its_line_until_it_is_shown(chain: World, bonus: FundingLine) -> None:
    become(chain.system)
    FundingLine.objects.filter(pk=bonus.pk).update(end_date=date(2026, 2, 28))
    refresh(chain, date(2026, 2, 2))
    one = TrajectoryResult.objects.get()
    assert (one.ended_on, one.target_date) == (date(2026, 2, 28), date(2026, 4, 29))
    show(chain, date(2026, 3, 2))
    become(chain.system)
    FundingLine.objects.filter(pk=bonus.pk).update(end_date=date(2026, 3, 31))
    refresh(chain, date(2026, 3, 3))
    assert TrajectoryResult.objects.get().ended_on == date(2026, 2, 28)


def test_the_work_list_asks_nothing_while_it_is_being_earned(
    chain: World, bonus: FundingLine
) -> None:
    def count(scope: Scope) -> int:
        return sum("resultaten" in str(item.url) for item in worklist.items(scope))

    earlier, later = date(2026, 3, 31), date(2026, 4, 1)
    assert (count(provider(chain, earlier)), count(judging(chain, earlier))) == (0, 0)
    assert (count(provider(chain, later)), count(judging(chain, later))) == (1, 0)
    show(chain)
    day = date(2026, 7, 1)
    assert (count(provider(chain, day)), count(judging(chain, day))) == (0, 1)


def test_a_what_if_takes_what_the_verdict_gave_as_it_was(chain: World, bonus: FundingLine) -> None:
    show(chain)
    judge(chain, "partly", "0.5")
    run(chain, APRIL, date(2026, 5, 4))
    facts = gather(Asked(chain.main.pk, [chain.pxq.subcontractor.pk], [APRIL]))
    [party] = facts.parties
    assert [one.why.amount for one in own_months(facts, party)] == [D("2500.00")]
    assert party.recorded_of(APRIL, [line.pk for line in party.lines]) == D("2500.00")


def test_on_pages_from_waiting_to_the_decision(chain: World, bonus: FundingLine) -> None:
    one = TrajectoryResult.objects.get()
    page, line = one.get_absolute_url(), reverse("funding_line_amounts", args=[bonus.pk])
    there, here = visitor(chain, Role.SUBCONTRACTOR_USER), visitor(chain, Role.CONTRACT_MANAGER)
    for browser in (there, here):
        waits = dict(browser.get(line).context["verdict"]["rows"])
        assert "cliënttevredenheid boven 8" in waits.values()
        assert page in browser.get(reverse("result_list")).content.decode()
    there.post(reverse("result_hand_in", args=[one.pk]), {"text": "De meting staat erbij"})
    asked = here.get(reverse("result_judge", args=[one.pk]))
    assert [code for code, _label in asked.context["form"].fields["outcome"].choices] == [
        "met", "partly", "not_met",
    ]  # fmt: skip
    verdict = {"outcome": "partly", "percent": "40", "ground": "Zie de meting"}
    here.post(reverse("result_judge", args=[one.pk]), verdict)
    there.post(reverse("result_object", args=[one.pk]), {"text": "Meer dan dat"})
    another = visitor(chain, Role.CONTROLLER)
    another.post(reverse("result_decide", args=[one.pk]), {"outcome": "met", "ground": "Klopt"})
    assert "5.000,00" in there.get(page).content.decode()
    assert page in there.get(line).content.decode()
    elsewhere = visitor(chain, Role.SUBCONTRACTOR_USER, chain.trajectory)
    assert elsewhere.get(page).status_code == 404
    as_system()
    one.refresh_from_db()
    assert (one.status, one.share) == (Status.DECIDED, D(1))
    assert not AccessRecord.objects.filter(purpose="trajectory_result").exists()
