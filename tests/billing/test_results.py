"""Results of trajectories through the database: shown, judged, objected to, paid by a verdict."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal as D

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from billing import worklist
from billing.forms.replay import own_months
from billing.models import Entitlement, ResultEntry, Statement, TrajectoryResult
from billing.selectors.whatif_facts import Asked, gather
from billing.services import months, results
from billing.services.results import Finding, Shown
from hoofdaannemer.audit.models import AccessRecord
from hoofdaannemer.core.errors import ConflictError, NotAllowedError, RuleError
from hoofdaannemer.core.periods import Month
from hoofdaannemer.core.scope import Role, Scope
from hoofdaannemer.core.working_days import add_working_days
from subcontracts.models import DeliveryStop, Placement
from tests.billing.build import moment, placement
from tests.billing.funding import add_line
from tests.billing.test_months import begin, end
from tests.billing.visitors import as_system, visitor
from tests.conftest import become
from tests.factories import World, world

JANUARY, JULY, AUGUST, SEPTEMBER = Month(2026, 1), Month(2026, 7), Month(2026, 8), Month(2026, 9)
LINKED = {
    "result_share": "25",
    "result_of": "price",
    "result_measure": "Het gezin redt zich zonder hulp",
    "result_judge": "main",
    "result_days": "45",
}
ENDED, ASKED = date(2026, 7, 3), date(2026, 7, 6)
Outcome = TrajectoryResult.Outcome
Status = TrajectoryResult.Status
SHOWN = Shown(text="De eindmeting staat in de bijlage", file=b"%PDF-1.7 meting", file_name="m.pdf")


@pytest.fixture
def chain(system: Scope) -> World:
    return world(system)


def ended(chain: World, **changed: str) -> Placement:
    """A trajectory of 180 days from 5 January that ended as planned; its result was asked for."""
    add_line(chain, "trajectory", **{**LINKED, **changed})
    placed = placement(chain)
    end(begin(chain, placed, date(2026, 1, 5)), ENDED, "31")
    refresh(chain, ASKED)
    return placed


def refresh(chain: World, day: date) -> None:
    scope = become(chain.system.moved_to(moment(day)))
    results.refresh(scope=scope, subcontractor=chain.pxq.subcontractor)


def provider(chain: World, day: date) -> Scope:
    return become(chain.at(Role.SUBCONTRACTOR_USER, chain.pxq, at=moment(day)))


def judging(chain: World, day: date, role: Role = Role.CONTRACT_MANAGER) -> Scope:
    return become(chain.at(role, at=moment(day)))


def show(chain: World, day: date = date(2026, 7, 10)) -> TrajectoryResult:
    one = TrajectoryResult.objects.get()
    return results.hand_in(scope=provider(chain, day), result=one, shown=SHOWN)


def judge(
    chain: World,
    outcome: str = Outcome.NOT_MET,
    share: str | None = None,
    day: date = date(2026, 7, 20),
) -> TrajectoryResult:
    found = Finding(
        outcome=Outcome(outcome), ground="Zie de meting", share=D(share) if share else None
    )
    one = TrajectoryResult.objects.get()
    return results.judge(scope=judging(chain, day), result=one, finding=found)


def run(chain: World, month: Month, day: date) -> None:
    scope = become(chain.system.moved_to(moment(day)))
    months.close_month(scope=scope, subcontractor=chain.pxq.subcontractor, month=month)


def paid(chain: World) -> list[tuple[str, str]]:
    """Month and amount of what was recorded for trajectories, in order."""
    rows = Entitlement.objects.filter(form="trajectory").order_by("pk")
    return [(str(Month.of(one.month)), str(one.amount)) for one in rows]


PLANNED = [("2026-01", "3600.00"), ("2026-07", "900.00")]


def test_a_result_is_asked_for_once_and_says_what_the_contract_said(chain: World) -> None:
    placed = ended(chain)
    refresh(chain, ASKED)
    one = TrajectoryResult.objects.get()
    assert (one.placement, one.number, one.at_stake) == (placed, 1, D("1500.00"))
    assert (one.ended_on, one.target_date) == (ENDED, ENDED + timedelta(days=45))
    assert (one.measure, one.judge) == (LINKED["result_measure"], "main")
    assert one.due_date == add_working_days(ASKED, results.EVIDENCE_DAYS)
    assert list(one.entries.values_list("kind", flat=True)) == ["ended"]


def test_only_the_verdict_pays_what_depends_on_it(chain: World) -> None:
    ended(chain)
    run(chain, JULY, date(2026, 8, 5))
    assert paid(chain) == PLANNED
    show(chain, date(2026, 8, 28))
    run(chain, AUGUST, date(2026, 9, 3))
    assert paid(chain) == PLANNED


@pytest.mark.parametrize(
    ("outcome", "share", "amount"),
    [
        ("met", None, "1500.00"),
        ("partly", "0.3333", "499.95"),
        ("not_met", None, "0.00"),
        ("unjudged", None, "1500.00"),
    ],
)
def test_a_verdict_is_paid_with_the_month_in_which_it_came(
    chain: World, outcome: str, share: str | None, amount: str
) -> None:
    ended(chain)
    show(chain)
    judge(chain, outcome, share)
    for _again in range(2):
        run(chain, JULY, date(2026, 8, 5))
        assert paid(chain) == [*PLANNED, ("2026-07", amount)]
    [said] = Entitlement.objects.filter(step__reference="1:result")
    assert "%(" not in said.why.sentence()
    statement = Statement.objects.get(subcontractor=chain.pxq.subcontractor)
    assert statement.payable == D("4500.00") + D(amount)


def test_what_the_main_contractor_leaves_lying_settles_on_performance(chain: World) -> None:
    ended(chain)
    one = show(chain)
    assert one.due_date == one.target_date
    refresh(chain, one.due_date)
    assert TrajectoryResult.objects.get().status == Status.HANDED_IN
    run(chain, AUGUST, date(2026, 9, 3))
    one.refresh_from_db()
    assert (one.outcome, one.share, one.judged_by) == ("expired", D(1), None)
    assert paid(chain) == [*PLANNED, ("2026-08", "1500.00")]


def test_who_shows_nothing_is_paid_by_a_verdict_only(chain: World) -> None:
    ended(chain)
    due = TrajectoryResult.objects.get().due_date
    with pytest.raises(RuleError, match="BIL-190"):
        judge(chain, day=due)
    run(chain, AUGUST, date(2026, 9, 3))
    assert paid(chain) == PLANNED
    assert judge(chain, day=date(2026, 9, 4)).status == Status.JUDGED


def test_an_objection_is_decided_by_another_and_put_right_by_an_opposite_entry(
    chain: World,
) -> None:
    ended(chain)
    show(chain)
    one = judge(chain)
    run(chain, JULY, date(2026, 8, 5))
    with pytest.raises(RuleError, match="BIL-193"):
        results.object_to(
            scope=provider(chain, one.due_date + timedelta(days=1)), result=one, shown=SHOWN
        )
    results.object_to(scope=provider(chain, one.due_date), result=one, shown=SHOWN)
    one.refresh_from_db()
    found = Finding(outcome=Outcome.PARTLY, ground="De helft is gehaald", share=D("0.5"))
    same = replace(judging(chain, date(2026, 8, 7)), user_id=one.judged_by_id or 0)
    with pytest.raises(NotAllowedError):
        results.decide(scope=same, result=one, finding=found)
    results.decide(
        scope=judging(chain, date(2026, 8, 7), Role.CONTROLLER), result=one, finding=found
    )
    run(chain, AUGUST, date(2026, 9, 3))
    assert paid(chain) == [
        *PLANNED,
        ("2026-07", "0.00"),
        ("2026-07", "0.00"),
        ("2026-08", "750.00"),
    ]
    with pytest.raises(ConflictError):
        results.object_to(scope=provider(chain, date(2026, 9, 4)), result=one, shown=SHOWN)


def test_both_together_counts_once_the_other_side_agrees_or_stays_silent(chain: World) -> None:
    ended(chain, result_judge="joint")
    show(chain, date(2026, 7, 20))
    one = judge(chain, "partly", "0.5", date(2026, 7, 29))
    run(chain, JULY, date(2026, 8, 5))
    assert paid(chain) == PLANNED
    assert one.counts_from == one.due_date + timedelta(days=1)
    results.agree(scope=provider(chain, date(2026, 8, 6)), result=one)
    one.refresh_from_db()
    assert one.counts_from == date(2026, 8, 6)
    with pytest.raises(ConflictError):
        results.agree(scope=provider(chain, date(2026, 8, 7)), result=one)
    run(chain, AUGUST, date(2026, 9, 3))
    assert paid(chain)[2:] == [("2026-08", "750.00")]


def test_what_both_judge_and_one_disputes_waits_for_the_decision(chain: World) -> None:
    ended(chain, result_judge="joint")
    show(chain)
    one = judge(chain, "partly", "0.5")
    one = results.object_to(scope=provider(chain, date(2026, 7, 21)), result=one, shown=SHOWN)
    assert one.counts_from is None
    run(chain, JULY, date(2026, 8, 5))
    assert paid(chain) == PLANNED


def test_nobody_objects_to_what_is_paid_in_full(chain: World) -> None:
    ended(chain)
    show(chain)
    one = judge(chain, "met")
    with pytest.raises(RuleError, match="BIL-194"):
        results.object_to(scope=provider(chain, date(2026, 7, 21)), result=one, shown=SHOWN)


def test_care_that_goes_on_lapses_and_asks_again(chain: World) -> None:
    placed = ended(chain)
    spell = begin(chain, placed, date(2026, 7, 8))
    refresh(chain, date(2026, 7, 9))
    assert TrajectoryResult.objects.get().status == Status.LAPSED
    with pytest.raises(ConflictError):
        show(chain)
    end(spell, date(2026, 8, 20), "31")
    refresh(chain, date(2026, 8, 21))
    one = TrajectoryResult.objects.get()
    assert (one.status, one.ended_on) == (Status.AWAITED, date(2026, 8, 20))
    assert list(one.entries.values_list("kind", flat=True)) == ["ended", "lapsed", "ended"]


def test_a_withdrawn_end_takes_back_what_its_verdict_paid(chain: World) -> None:
    ended(chain)
    show(chain)
    judge(chain, "met")
    run(chain, JULY, date(2026, 8, 5))
    become(chain.system)
    DeliveryStop.objects.update(withdrawn_at=moment(date(2026, 8, 6)))
    run(chain, AUGUST, date(2026, 9, 3))
    assert sorted(paid(chain)[3:]) == [("2026-07", "-1500.00"), ("2026-07", "-900.00")]


def test_an_early_end_that_earns_no_more_asks_for_no_result(chain: World) -> None:
    add_line(chain, "trajectory", **LINKED)
    end(begin(chain, placement(chain), date(2026, 1, 5)), date(2026, 3, 20), "32")
    refresh(chain, ASKED)
    assert not TrajectoryResult.objects.exists()


Step = Callable[[World, TrajectoryResult], object]
HAND_IN: Step = lambda chain, one: results.hand_in(  # noqa: E731
    scope=judging(chain, date(2026, 7, 11)), result=one, shown=SHOWN
)
JUDGE: Step = lambda chain, one: results.judge(  # noqa: E731
    scope=provider(chain, date(2026, 7, 11)),
    result=one,
    finding=Finding(outcome=Outcome.MET, ground="Gehaald"),
)


def test_each_side_does_its_own_part(chain: World) -> None:
    ended(chain)
    one = show(chain)
    for step in (HAND_IN, JUDGE):
        with pytest.raises(NotAllowedError):
            step(chain, one)


def test_who_showed_it_does_not_judge_it_in_another_role(chain: World) -> None:
    ended(chain)
    one = show(chain)
    shown_by = one.entries.get(kind="evidence").author_id
    scope = replace(judging(chain, date(2026, 7, 20)), user_id=shown_by or 0)
    with pytest.raises(NotAllowedError):
        results.judge(scope=scope, result=one, finding=Finding(outcome=Outcome.MET, ground="Ja"))


def test_a_verdict_says_how_much_and_why(chain: World) -> None:
    ended(chain)
    one = show(chain)
    for finding, code in (
        (Finding(outcome=Outcome.MET, ground=" "), "BIL-191"),
        (Finding(outcome=Outcome.PARTLY, ground="Deels", share=D(1)), "BIL-192"),
        (Finding(outcome=Outcome.EXPIRED, ground="Te laat"), "BIL-192"),
    ):
        with pytest.raises(RuleError, match=code):
            results.judge(scope=judging(chain, date(2026, 7, 20)), result=one, finding=finding)


def test_what_is_shown_are_words_or_a_pdf(chain: World) -> None:
    ended(chain)
    one = TrajectoryResult.objects.get()
    for shown, code in (
        (Shown(text=" "), "BIL-196"),
        (Shown(text="Zie", file=b"PK"), "BIL-195"),
    ):
        with pytest.raises(RuleError, match=code):
            results.hand_in(scope=provider(chain, ASKED), result=one, shown=shown)


def test_what_was_said_stays_and_is_not_readable_in_the_table(chain: World) -> None:
    ended(chain)
    entry = show(chain).entries.get(kind="evidence")
    assert results.file_of(entry) == SHOWN.file
    become(chain.system)
    with connection.cursor() as cursor:
        cursor.execute("SELECT text, file FROM billing_resultentry WHERE id = %s", [entry.pk])
        assert all(b"meting" not in bytes(value) for value in cursor.fetchone())
    with pytest.raises(DatabaseError, match="BIL-197"), transaction.atomic():
        ResultEntry.objects.filter(pk=entry.pk).update(kind="verdict")


def test_the_clock_of_each_side_is_on_its_work_list(chain: World) -> None:
    def count(scope: Scope) -> int:
        return sum("resultaten" in str(item.url) for item in worklist.items(scope))

    ended(chain)
    assert (count(provider(chain, ASKED)), count(judging(chain, ASKED))) == (1, 0)
    one = show(chain)
    day = date(2026, 7, 20)
    assert (count(provider(chain, day)), count(judging(chain, day))) == (0, 1)
    judge(chain)
    assert (count(provider(chain, day)), count(judging(chain, day))) == (1, 0)
    results.object_to(scope=provider(chain, day), result=one, shown=SHOWN)
    assert count(judging(chain, day, Role.CONTROLLER)) == 1


def test_a_what_if_takes_the_outcome_as_it_was(chain: World) -> None:
    ended(chain)
    show(chain)
    judge(chain, "partly", "0.5")
    run(chain, JULY, date(2026, 8, 5))
    facts = gather(Asked(chain.main.pk, [chain.pxq.subcontractor.pk], [JULY]))
    [party] = facts.parties
    own = own_months(facts, party)
    assert sorted(str(one.why.amount) for one in own) == ["750.00", "900.00"]
    assert party.recorded_of(JULY, [line.pk for line in party.lines]) == D("1650.00")


def test_on_pages_from_the_end_of_care_to_the_decision(chain: World) -> None:
    ended(chain)
    one = TrajectoryResult.objects.get()
    page = one.get_absolute_url()
    there, here = visitor(chain, Role.SUBCONTRACTOR_USER), visitor(chain, Role.CONTRACT_MANAGER)
    assert page in there.get(reverse("result_list")).content.decode()
    upload = SimpleUploadedFile("meting.pdf", b"%PDF-1.7 meting", content_type="application/pdf")
    typed = {"text": "De doelen zijn gehaald", "file": upload}
    shown = there.post(reverse("result_hand_in", args=[one.pk]), typed, follow=True)
    assert "De doelen zijn gehaald" in shown.content.decode()
    [(_name, url)] = here.get(page).context["files"]
    assert here.get(url).content == b"%PDF-1.7 meting"
    verdict = {"outcome": "partly", "percent": "", "ground": "Zie de meting"}
    lacking = here.post(reverse("result_judge", args=[one.pk]), verdict)
    assert "percent" in lacking.context["form"].errors
    here.post(reverse("result_judge", args=[one.pk]), {**verdict, "percent": "33,5"})
    assert there.get(page).context["may"]["object"]
    there.post(reverse("result_object", args=[one.pk]), {"text": "Meer dan dat"})
    assert not here.get(page).context["may"]["decide"]
    another = visitor(chain, Role.CONTROLLER)
    another.post(reverse("result_decide", args=[one.pk]), {"outcome": "met", "ground": "Klopt"})
    assert "1.500,00" in there.get(page).content.decode()
    as_system()
    one.refresh_from_db()
    assert (one.status, one.share) == (Status.DECIDED, D(1))
    looked = AccessRecord.objects.filter(purpose="trajectory_result")
    assert set(looked.values_list("client", flat=True)) == {one.placement.client_id}
