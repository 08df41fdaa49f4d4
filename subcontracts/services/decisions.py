"""Formal decisions as people record them; each new fact is a new row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import ConflictError, RuleError
from hoofdaannemer.core.scope import Scope
from subcontracts import policies
from subcontracts.models import (
    AllocationVersion,
    FormalDecision,
    RequestedChange,
    RequestedProduct,
)
from subcontracts.models.decisions import FormalDecisionQuerySet
from subcontracts.models.requests import Asked
from subcontracts.rules import objections as rules
from subcontracts.selectors.decisions import is_followed
from subcontracts.services import objections

_Kind = FormalDecision.Kind
Subject = AllocationVersion | RequestedProduct | RequestedChange


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What a decision says; of one that was not given only the kind."""

    kind: str
    number: str = ""
    decision_date: date | None = None
    sent_date: date | None = None
    decided_by: str = ""
    reason: str = ""


@transaction.atomic
def record(
    *, scope: Scope, subject: Subject, facts: Facts, follows: FormalDecision | None = None
) -> FormalDecision:
    """Record a decision about something, or that none was given; `follows` is the one before.

    What was known before as *not given* gives way. Raises NotAllowedError for other roles,
    RuleError BES-01 to BES-03 for facts that cannot be, BES-06 where there is none to follow,
    BES-07 where a decision is recorded and none would have been given, ConflictError where the
    same was recorded already or another one followed first.
    """
    policies.check_can_manage_care(scope, subject.main_contractor_id)
    _lock(subject)
    if follows is None:
        _check_subject(subject)
    else:
        follows = objections.locked_decision(scope, follows)
        policies.check_can_follow(scope, follows, is_followed=is_followed(scope, follows))
    _check(scope, facts)
    known = list(_standing(scope, subject))
    if any(_says_the_same(row, facts) for row in known):
        raise ConflictError(_("This decision is recorded already."))
    if known and not _is_given(facts):
        raise RuleError(
            "BES-07", _("A decision is recorded already. Correct that one if it was not given.")
        )
    not_given = next((row for row in known if not row.is_given), None)
    row = _create(scope, subject, facts, follows=follows, replaces=not_given)
    audit.record(scope, "decision.recorded", row, kind=row.kind)
    return row


@transaction.atomic
def correct(
    *, scope: Scope, decision: FormalDecision, subject: Subject, facts: Facts
) -> FormalDecision:
    """Record what a decision says in truth; objections to it get the clock of the new facts.

    Raises as `record` and `objections.check_correction`, ConflictError where it was corrected
    meanwhile, ValueError for another subject.
    """
    policies.check_can_manage_care(scope, decision.main_contractor_id)
    _lock(subject)
    before = objections.locked_decision(scope, decision)
    if _about(subject)[0] != _about_of(before):
        raise ValueError("a correction is about the same thing")
    _check(scope, facts)
    objections.check_correction(
        scope=scope, decision=before, first_day=facts.decision_date if _is_given(facts) else None
    )
    row = _create(scope, subject, facts, follows=before.follows, replaces=before)
    audit.record(scope, "decision.corrected", row, kind=row.kind)
    objections.follow(scope=scope, before=before, now=row)
    return row


def _about(subject: Subject) -> tuple[dict[str, Any], dict[str, Any]]:
    """The columns that name what a decision is about, and those that go with them."""
    if isinstance(subject, AllocationVersion):
        about = {"allocation_id": subject.allocation_id}
        return about, {"version": subject, "client_id": subject.allocation.client_id}
    name = "requested_product" if isinstance(subject, RequestedProduct) else "requested_change"
    return {f"{name}_id": subject.pk}, {"client_id": subject.request.client_id}


def _about_of(row: FormalDecision) -> dict[str, Any]:
    names = ("allocation_id", "requested_product_id", "requested_change_id")
    return {name: getattr(row, name) for name in names if getattr(row, name) is not None}


def _lock(subject: Subject) -> None:
    """One decision about a thing is recorded at a time."""
    row: Any = subject.allocation if isinstance(subject, AllocationVersion) else subject
    type(row)._default_manager.select_for_update(of=("self",)).get(pk=row.pk)


def _standing(scope: Scope, subject: Subject) -> FormalDecisionQuerySet:
    return FormalDecision.objects.visible_to(scope).standing().filter(**_about(subject)[0])


def _is_given(facts: Facts) -> bool:
    return facts.kind != _Kind.NOT_GIVEN


def _check_subject(subject: Subject) -> None:
    """A decision about what was asked and allocated is one about the allocation."""
    if isinstance(subject, Asked) and subject.answer == Asked.Answer.ALLOCATED:
        raise RuleError(
            "BES-01", _("What was asked is allocated: record the decision with the allocation.")
        )


def _check(scope: Scope, facts: Facts) -> None:
    """Raises RuleError for facts that cannot be."""
    if not _is_given(facts):
        return
    if facts.kind != _Kind.GRANTED and not facts.reason.strip():
        raise RuleError("BES-02", _("Give the reason of a decision that does not grant it all."))
    decided, sent = facts.decision_date, facts.sent_date
    if decided is None or decided > scope.today or (sent and not decided <= sent <= scope.today):
        raise RuleError(
            "BES-03",
            _(
                "Fill in on which day it was decided, up to today. It was sent on that day or"
                " later, and not after today."
            ),
        )


def _says_the_same(row: FormalDecision, facts: Facts) -> bool:
    """Whether a row is this decision: who clicks twice records one."""
    said = (row.kind, row.number, row.decision_date, row.sent_date)
    return said == (facts.kind, facts.number, facts.decision_date, facts.sent_date)


def _create(
    scope: Scope,
    subject: Subject,
    facts: Facts,
    *,
    follows: FormalDecision | None,
    replaces: FormalDecision | None,
) -> FormalDecision:
    about, with_it = _about(subject)
    is_given = _is_given(facts)
    sent = facts.sent_date if is_given else None
    return FormalDecision.objects.create(
        main_contractor_id=subject.main_contractor_id,
        kind=facts.kind,
        number=facts.number if is_given else "",
        decision_date=facts.decision_date if is_given else None,
        sent_date=sent,
        decided_by=facts.decided_by if is_given else "",
        reason=facts.reason,
        objection_until=rules.objection_until(sent) if sent else None,
        follows=follows,
        replaces=replaces,
        recorded_by_id=scope.user_id or None,
        recorded_at=scope.at,
        **about,
        **with_it,
    )
