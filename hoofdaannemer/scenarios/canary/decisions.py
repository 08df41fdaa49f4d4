"""Formal decisions of each main contractor's municipalities, with objections to some."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from django.utils import timezone

from hoofdaannemer.core.scope import Scope, acting_as
from hoofdaannemer.scenarios.canary.care import Care
from subcontracts.models import Allocation, FormalDecision, Objection, RequestedProduct
from subcontracts.models.requests import Asked
from subcontracts.services import decisions, objections

_Kind, _Decider = FormalDecision.Kind, FormalDecision.Decider


def give(care: Care, at: datetime) -> None:
    """One decision about an allocation with an objection, one about what was asked, none given."""
    for main in care.parties.mains:
        with acting_as(care.cast.scope("zorg", main, at)) as scope:
            _disputed(scope, main, timezone.localdate(at))
            _about_a_request(scope, main, timezone.localdate(at))


def _disputed(scope: Scope, main: str, today: date) -> None:
    """Partly granted seven weeks ago and corrected since; somebody objected in time."""
    disputed, *others = Allocation.objects.visible_to(scope).live().order_by("pk")[:2]
    decided = today - timedelta(days=50)
    facts = decisions.Facts(
        kind=_Kind.PARTLY,
        number=f"B-{disputed.number}",
        decision_date=decided,
        decided_by=_Decider.MUNICIPALITY,
        reason=f"{main}: minder uren dan gevraagd.",
    )
    version = disputed.versions.latest("decided_at")
    first = decisions.record(scope=scope, subject=version, facts=facts)
    sent = replace(facts, sent_date=decided + timedelta(days=1))
    decision = decisions.correct(scope=scope, decision=first, subject=version, facts=sent)
    objections.receive(
        scope=scope,
        decision=decision,
        received=objections.Received(
            received_date=decided + timedelta(days=20),
            is_advised=True,
            note=f"{main}: de moeder maakt bezwaar.",
        ),
    )
    for other in others:
        decisions.record(
            scope=scope,
            subject=other.versions.latest("decided_at"),
            facts=decisions.Facts(kind=_Kind.NOT_GIVEN),
        )


def _about_a_request(scope: Scope, main: str, today: date) -> None:
    """Refused under mandate; an objection that came late was inadmissible."""
    asked = (
        RequestedProduct.objects.visible_to(scope)
        .exclude(answer=Asked.Answer.ALLOCATED)
        .order_by("pk")[0]
    )
    sent = today - timedelta(days=80)
    decision = decisions.record(
        scope=scope,
        subject=asked,
        facts=decisions.Facts(
            kind=_Kind.REFUSED,
            decision_date=sent,
            sent_date=sent,
            decided_by=_Decider.MAIN_CONTRACTOR,
            reason=f"{main}: eigen netwerk kan helpen.",
        ),
    )
    late = objections.receive(
        scope=scope,
        decision=decision,
        received=objections.Received(received_date=today - timedelta(days=20)),
    )
    outcome = objections.Outcome(
        outcome=Objection.Outcome.INADMISSIBLE, outcome_date=today - timedelta(days=2)
    )
    objections.settle(scope=scope, objection=late, outcome=outcome)
