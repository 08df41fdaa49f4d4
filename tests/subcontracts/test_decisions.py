"""A formal decision is an optional fact: what it is about, its clock, and objections to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from hoofdaannemer.audit.models import AccessRecord, ChangeRecord
from hoofdaannemer.core.errors import ConflictError, NotAllowedError, RuleError
from hoofdaannemer.core.scope import CARE, Role, Scope
from hoofdaannemer.invariants import check_promises
from hoofdaannemer.invariants import decisions as promises
from messaging.exchange.lineage import Ref, story
from subcontracts.models import Allocation, FormalDecision, Objection
from subcontracts.models.requests import Asked
from subcontracts.selectors import decisions as selector
from subcontracts.services import answers, decisions, objections
from subcontracts.services.decisions import Facts
from subcontracts.services.objections import Outcome, Received
from tests.conftest import become
from tests.factories import NOW, World, allocate, moved, place, world
from tests.subcontracts.test_requests import asked, draft, made

Browse = Callable[..., Browser]
TODAY = NOW.date()
#: Sent on Monday 2 February 2026: objections until Monday 16 March.
SENT = date(2026, 2, 2)
UNTIL = date(2026, 3, 16)
PARTLY = Facts(
    kind="partly",
    number="B-77",
    decision_date=date(2026, 1, 30),
    sent_date=SENT,
    decided_by="municipality",
    reason="Het netwerk helpt ook.",
)


@pytest.fixture
def here(system: Scope) -> World:
    return world(system)


def coordinator(here: World) -> Scope:
    return become(here.at(Role.CARE_COORDINATOR))


def decided(here: World, facts: Facts = PARTLY, allocation: Allocation | None = None) -> Any:
    become(here.system)
    version = (allocation or allocate(here)).versions.get()
    return decisions.record(scope=coordinator(here), subject=version, facts=facts)


def objected(here: World, decision: FormalDecision, **received: Any) -> Objection:
    facts = Received(**{"received_date": date(2026, 3, 2), **received})
    return objections.receive(scope=coordinator(here), decision=decision, received=facts)


def holds() -> list[str]:
    return [one for found in check_promises(promises.PROMISES) for one in found.examples]


def test_a_decision_is_about_an_allocation_in_one_version(here: World) -> None:
    allocation = allocate(here)
    row = decided(here, allocation=allocation)
    assert (row.allocation, row.version, row.client) == (
        allocation,
        allocation.versions.get(),
        allocation.client,
    )
    assert row.objection_until == UNTIL
    assert row.recorded_by_id == here.at(Role.CARE_COORDINATOR).user_id
    assert ChangeRecord.objects.filter(verb="decision.recorded", row=row.pk).exists()


def test_nothing_needs_a_decision(here: World) -> None:
    allocation = allocate(here)
    place(here, allocation)
    assert not selector.about_allocation(coordinator(here), allocation)


def test_a_refused_request_has_its_decision(here: World) -> None:
    request = made(here, draft(here, asked(here)))
    product = request.products.get()
    refused = replace(PARTLY, kind="refused")
    row = decisions.record(scope=coordinator(here), subject=product, facts=refused)
    assert (row.requested_product, row.allocation, row.client) == (product, None, request.client)
    assert list(selector.about_request(coordinator(here), request)) == [row]


def test_what_was_allocated_has_its_decision_with_the_allocation(here: World) -> None:
    product = made(here, draft(here, asked(here))).products.get()
    product.answer = Asked.Answer.ALLOCATED
    with pytest.raises(RuleError, match="BES-01"):
        decisions.record(scope=coordinator(here), subject=product, facts=PARTLY)


@pytest.mark.parametrize(
    ("wrong", "rule"),
    [
        pytest.param({"reason": " "}, "BES-02", id="partly-without-a-reason"),
        pytest.param({"kind": "ended", "reason": ""}, "BES-02", id="ended-without-a-reason"),
        pytest.param({"decision_date": None}, "BES-03", id="no-day"),
        pytest.param({"decision_date": TODAY + timedelta(days=1)}, "BES-03", id="tomorrow"),
        pytest.param({"sent_date": date(2026, 1, 29)}, "BES-03", id="sent-before"),
        pytest.param({"sent_date": TODAY + timedelta(days=1)}, "BES-03", id="sent-tomorrow"),
    ],
)
def test_facts_that_cannot_be_are_refused(here: World, wrong: Any, rule: str) -> None:
    with pytest.raises(RuleError, match=rule):
        decided(here, replace(PARTLY, **wrong))


def test_a_full_grant_needs_no_reason(here: World) -> None:
    assert decided(here, replace(PARTLY, kind="granted", reason="")).reason == ""


def test_no_clock_runs_while_nobody_knows_when_it_was_sent(here: World) -> None:
    row = decided(here, replace(PARTLY, sent_date=None))
    assert row.objection_until is None
    objection = objected(here, row)
    assert (objection.timeliness, objection.due_date) == ("", None)


def test_the_database_keeps_a_decision_about_two_things_out(here: World) -> None:
    row = decided(here)
    become(here.system)
    product = made(here, draft(here, asked(here))).products.get()
    with pytest.raises(IntegrityError, match="about_one_thing"), transaction.atomic():
        FormalDecision.objects.filter(pk=row.pk).update(requested_product=product)


def test_who_clicks_twice_records_one(here: World) -> None:
    allocation = allocate(here)
    decided(here, allocation=allocation)
    with pytest.raises(ConflictError):
        decided(here, allocation=allocation)


def test_that_there_was_none_gives_way_to_a_decision(here: World) -> None:
    allocation = allocate(here)
    none = decided(here, Facts(kind="none"), allocation)
    assert not none.is_given
    with pytest.raises(RuleError, match="BES-04"):
        objected(here, none)
    row = decided(here, allocation=allocation)
    assert row.replaces == none
    with pytest.raises(RuleError, match="BES-07"):
        decided(here, Facts(kind="none"), allocation)


def test_a_correction_stands_beside_what_it_corrects(here: World) -> None:
    row = decided(here)
    version, later = row.version, replace(PARTLY, sent_date=date(2026, 2, 10))
    right = decisions.correct(scope=coordinator(here), decision=row, subject=version, facts=later)
    row.refresh_from_db()
    assert (row.sent_date, right.objection_until) == (SENT, date(2026, 3, 24))
    assert list(selector.about_allocation(coordinator(here), row.allocation)) == [right]
    assert selector.recordings(coordinator(here), right) == [right, row]
    # Who had the old page open is told.
    with pytest.raises(ConflictError):
        decisions.correct(scope=coordinator(here), decision=row, subject=version, facts=PARTLY)
    with pytest.raises(ConflictError):
        objected(here, row)


@pytest.mark.parametrize(
    ("received", "mark"),
    [
        pytest.param({"received_date": UNTIL}, "in_time", id="on-the-last-day"),
        pytest.param({"received_date": date(2026, 3, 17)}, "late", id="a-day-later"),
        pytest.param(
            {"received_date": date(2026, 3, 18), "posted_date": UNTIL}, "in_time", id="in-the-post"
        ),
    ],
)
def test_an_objection_is_in_time_or_late(here: World, received: Any, mark: str) -> None:
    row = objected(here, decided(here), **received)
    # Six weeks after the term to object.
    assert (row.timeliness, row.due_date) == (mark, date(2026, 4, 28))
    assert holds() == []


def test_the_answer_to_an_objection_may_be_put_off(here: World) -> None:
    first = objected(here, decided(here))
    later = objections.correct(
        scope=coordinator(here),
        objection=first,
        received=Received(received_date=first.received_date, is_advised=True, weeks_put_off=6),
    )
    # Twelve weeks to 8 June, and six more to 20 July.
    assert later.due_date == date(2026, 7, 20)
    assert list(Objection.objects.standing()) == [later]
    with pytest.raises(ConflictError):
        objections.settle(
            scope=coordinator(here),
            objection=first,
            outcome=Outcome(outcome="founded", outcome_date=TODAY),
        )


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"received_date": TODAY + timedelta(days=1)}, id="tomorrow"),
        pytest.param({"received_date": date(2026, 1, 29)}, id="before-the-decision"),
        pytest.param(
            {"received_date": date(2026, 3, 2), "posted_date": date(2026, 3, 3)}, id="posted-after"
        ),
    ],
)
def test_days_that_cannot_be_are_refused(here: World, wrong: Any) -> None:
    with pytest.raises(RuleError, match="BES-09"):
        objected(here, decided(here), **wrong)


def test_one_objection_at_a_time_is_open(here: World) -> None:
    decision = decided(here)
    first = objected(here, decision)
    with pytest.raises(RuleError, match="BES-05"):
        objected(here, decision, received_date=date(2026, 3, 3))
    withdrawn = Outcome(outcome="withdrawn", outcome_date=date(2026, 3, 10))
    objections.settle(scope=coordinator(here), objection=first, outcome=withdrawn)
    assert objected(here, decision, received_date=date(2026, 3, 11)).is_open


def test_an_outcome_is_recorded_and_corrected(here: World) -> None:
    row = objected(here, decided(here), received_date=date(2026, 3, 17))
    early = Outcome(outcome="unfounded", outcome_date=date(2026, 3, 16))
    with pytest.raises(RuleError, match="BES-09"):
        objections.settle(scope=coordinator(here), objection=row, outcome=early)
    # A late one may be well-founded all the same.
    ended = Outcome(outcome="founded", outcome_date=TODAY, text="Te laat, maar verschoonbaar.")
    settled = objections.settle(scope=coordinator(here), objection=row, outcome=ended)
    assert (settled.timeliness, settled.outcome) == ("late", "founded")
    again = objections.settle(
        scope=coordinator(here), objection=settled, outcome=replace(ended, outcome="partly")
    )
    verbs = ChangeRecord.objects.filter(verb__startswith="objection.").order_by("pk")
    assert [one.verb.partition(".")[2] for one in verbs] == ["received", "decided", "corrected"]
    assert list(Objection.objects.standing()) == [again]


def test_an_objection_follows_the_clock_of_a_corrected_decision(here: World) -> None:
    decision = decided(here)
    late = objected(here, decision, received_date=date(2026, 3, 17))
    right = decisions.correct(
        scope=coordinator(here),
        decision=decision,
        subject=decision.version,
        facts=replace(PARTLY, sent_date=date(2026, 2, 3)),
    )
    now = Objection.objects.standing().get()
    assert (now.decision, now.timeliness, now.replaces) == (right, "in_time", late)
    assert holds() == []
    for facts, rule in (
        (Facts(kind="none"), "BES-08"),
        (replace(PARTLY, decision_date=TODAY, sent_date=None), "BES-09"),
    ):
        with pytest.raises(RuleError, match=rule):
            decisions.correct(
                scope=coordinator(here), decision=right, subject=right.version, facts=facts
            )


def test_a_new_decision_follows_once(here: World) -> None:
    first = decided(here)
    version = first.version
    granted = replace(PARTLY, kind="granted", number="B-78", decision_date=TODAY, sent_date=TODAY)
    new = decisions.record(scope=coordinator(here), subject=version, facts=granted, follows=first)
    assert new.follows == first
    # Also after the first one was corrected, the new one is what followed it.
    right = decisions.correct(
        scope=coordinator(here), decision=first, subject=version, facts=replace(PARTLY, number="7")
    )
    assert selector.follower(coordinator(here), right) == new
    with pytest.raises(ConflictError):
        decisions.record(
            scope=coordinator(here),
            subject=version,
            facts=replace(granted, number="B-79"),
            follows=right,
        )
    assert holds() == []


def test_only_who_looks_after_clients_reads_and_records(here: World) -> None:
    decision = decided(here)
    objection = objected(here, decision)
    version = decision.version
    for role in Role:
        if role in (Role.SYSTEM, Role.NOBODY, Role.MUNICIPAL_VIEWER):
            # The database role of a municipality cannot open these tables at all.
            continue
        party = here.pxq if role.value.startswith("subcontractor") else None
        become(here.system)
        scope = become(here.at(role, party))
        # Both locks: the query and the database.
        assert FormalDecision.objects.visible_to(scope).exists() == (role in CARE)
        assert FormalDecision.objects.exists() == (role in CARE)
        assert Objection.objects.exists() == (role in CARE)
        if role in CARE:
            continue
        with pytest.raises(NotAllowedError):
            decisions.record(scope=scope, subject=version, facts=PARTLY)
        with pytest.raises(NotAllowedError):
            objections.receive(
                scope=scope, decision=decision, received=Received(received_date=SENT)
            )
        with pytest.raises(NotAllowedError):
            objections.correct(
                scope=scope, objection=objection, received=Received(received_date=SENT)
            )
        with pytest.raises(NotAllowedError):
            outcome = Outcome(outcome="founded", outcome_date=TODAY)
            objections.settle(scope=scope, objection=objection, outcome=outcome)


def test_a_subcontractor_that_delivers_the_care_reads_no_decision(here: World) -> None:
    allocation = allocate(here)
    placement = place(here, allocation)
    objected(here, decided(here, allocation=allocation))
    become(here.system)
    scope = become(here.at(Role.SUBCONTRACTOR_USER, here.pxq))
    told = story(scope, Ref("placement", placement.pk))
    assert {line.node.ref.kind for line in told.lines} & {"decision", "objection"} == set()
    assert not selector.about_allocation(scope, allocation)


def test_a_story_tells_of_decisions_under_what_they_are_about(here: World) -> None:
    decision = decided(here)
    objection = objected(here, decision)
    told = story(coordinator(here), Ref("allocation", decision.allocation_id))
    follows = {line.node.ref: line.follows.ref for line in told.lines if line.follows}
    about = Ref("decision", decision.pk)
    assert follows[about] == Ref("allocation", decision.allocation_id)
    assert follows[Ref("objection", objection.pk)] == about


def test_the_work_list_shows_what_is_due_within_two_weeks(here: World) -> None:
    objection = objected(here, decided(here))
    due = objection.due_date
    assert due is not None
    for days, shown in ((15, False), (14, True), (0, True), (-1, True)):
        at = NOW + timedelta(days=(due - TODAY).days - days)
        found = list(selector.items(moved(coordinator(here), at)))
        assert bool(found) == shown
    assert found[0].due == due
    outcome = Outcome(outcome="withdrawn", outcome_date=TODAY)
    objections.settle(scope=coordinator(here), objection=objection, outcome=outcome)
    assert not list(selector.items(moved(coordinator(here), NOW + timedelta(days=60))))


def test_a_dismissed_request_may_have_a_decision(here: World) -> None:
    asker = become(here.at(Role.SUBCONTRACTOR_USER, here.pxq))
    request = made(here, draft(here, asked(here)), asker)
    become(here.system)
    answers.dismiss(scope=coordinator(here), request=request, reason="7")
    row = decisions.record(
        scope=coordinator(here),
        subject=request.products.get(),
        facts=replace(PARTLY, kind="refused", decided_by="mandate"),
    )
    assert row.asked.answer == Asked.Answer.REFUSED


def this_day() -> dict[str, str]:
    """Pages have no other day than today: sent ten days ago."""
    sent = timezone.localdate() - timedelta(days=10)
    return {
        "kind": "partly",
        "decided_by": "municipality",
        "number": "B-1",
        "decision_date": sent.isoformat(),
        "sent_date": sent.isoformat(),
        "reason": "Het netwerk helpt ook.",
    }


def test_a_coordinator_records_a_decision_and_an_objection(here: World, browse: Browse) -> None:
    allocation = allocate(here)
    browser = browse(here, Role.CARE_COORDINATOR)
    own_page = reverse("allocation_detail", args=[allocation.pk])
    page = reverse("allocation_decision", args=[allocation.pk])
    assert page in browser.get(own_page).content.decode()
    wrong = browser.post(page, this_day() | {"reason": "", "sent_date": "2020-01-01"})
    assert set(wrong.context["form"].errors) == {"reason", "sent_date"}
    assert browser.post(page, this_day()).status_code == 302
    become(here.system)
    decision = FormalDecision.objects.get()
    shown = reverse("decision_detail", args=[decision.pk])
    assert shown in browser.get(own_page).content.decode()
    today = timezone.localdate().isoformat()
    received = {"received_date": today, "weeks_put_off": "0"}
    objection_page = reverse("decision_objection", args=[decision.pk])
    assert objection_page in browser.get(shown).content.decode()
    assert browser.post(objection_page, received).status_code == 302
    become(here.system)
    objection = Objection.objects.get()
    assert objection.timeliness == "in_time"
    outcome_page = reverse("objection_outcome", args=[objection.pk])
    assert outcome_page in browser.get(shown).content.decode()
    ended = {"outcome": "founded", "outcome_date": today, "text": "Alsnog acht uur."}
    assert browser.post(outcome_page, ended).status_code == 302
    follow = reverse("decision_follow", args=[decision.pk])
    granted = this_day() | {"kind": "granted", "reason": "", "number": "B-2"}
    assert browser.post(follow, granted).status_code == 302
    become(here.system)
    new = FormalDecision.objects.get(number="B-2")
    assert reverse("decision_detail", args=[new.pk]) in browser.get(shown).content.decode()
    become(here.system)
    purposes = AccessRecord.objects.filter(client=allocation.client_id)
    assert {"decision.page", "decision.form", "objection.form"} <= set(
        purposes.values_list("purpose", flat=True)
    )


def test_the_page_of_what_was_corrected_leads_to_what_stands(here: World, browse: Browse) -> None:
    decision = decided(here)
    browser = browse(here, Role.CARE_COORDINATOR)
    page = reverse("decision_correct", args=[decision.pk])
    assert browser.get(page).context["form"].initial["reason"] == PARTLY.reason
    assert browser.post(page, this_day()).status_code == 302
    become(here.system)
    right = FormalDecision.objects.standing().get()
    old_page = browser.get(reverse("decision_detail", args=[decision.pk]))
    assert old_page["Location"] == reverse("decision_detail", args=[right.pk])


def test_the_list_filters_by_what_runs(here: World, browse: Browse) -> None:
    browser = browse(here, Role.CARE_COORDINATOR)
    become(here.system)
    day = timezone.localdate()
    recent = replace(PARTLY, decision_date=day, sent_date=day)
    rows = {}
    for state in ("possible", "open", "settled"):
        version = allocate(here, at=timezone.now()).versions.get()
        scope = moved(here.system, timezone.now())
        rows[state] = decisions.record(scope=scope, subject=version, facts=recent)
        if state == "possible":
            continue
        received = Received(received_date=day)
        objection = objections.receive(scope=scope, decision=rows[state], received=received)
        if state == "settled":
            outcome = Outcome(outcome="withdrawn", outcome_date=day)
            objections.settle(scope=scope, objection=objection, outcome=outcome)
    page = reverse("decision_list")
    assert len(browser.get(page).context["table"].rows) == 3
    for state, row in rows.items():
        shown = browser.get(page, {"state": state}).context["table"].rows
        assert [one.record.pk for one in shown] == [row.pk]
    exported = b"".join(browser.get(page, {"state": "open", "_export": "csv"}))
    assert str(rows["open"].allocation.number).encode() in exported
