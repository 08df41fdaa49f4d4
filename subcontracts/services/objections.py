"""Objections to formal decisions as people record them; each new fact is a new row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import ConflictError, RuleError
from hoofdaannemer.core.scope import Scope
from subcontracts import policies
from subcontracts.models import FormalDecision, Objection
from subcontracts.rules import objections as rules


@dataclass(frozen=True, kw_only=True)
class Received:
    """How an objection came in, and when an answer to it is due."""

    received_date: date
    #: Of what came by post.
    posted_date: date | None = None
    is_advised: bool = False
    weeks_put_off: int = 0
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How an objection ended, and on which day."""

    outcome: str
    outcome_date: date
    text: str = ""


@transaction.atomic
def receive(*, scope: Scope, decision: FormalDecision, received: Received) -> Objection:
    """Record that somebody objected to a decision; in time or late follows from the clock.

    Raises NotAllowedError for other roles, RuleError BES-04 where no decision was given, BES-05
    while an objection is open, BES-09 for days that cannot be, ConflictError where the decision
    was corrected meanwhile.
    """
    policies.check_can_manage_care(scope, decision.main_contractor_id)
    decision = locked_decision(scope, decision)
    is_disputed = Objection.objects.visible_to(scope).open().filter(decision=decision).exists()
    policies.check_can_object(scope, decision, is_disputed=is_disputed)
    _check_received(scope, decision, received)
    row = _put(scope, decision, received)
    audit.record(scope, "objection.received", row, timeliness=row.timeliness)
    return row


@transaction.atomic
def correct(*, scope: Scope, objection: Objection, received: Received) -> Objection:
    """Record otherwise how an objection came in, or that the answer is put off.

    Raises as `receive`, ConflictError where it was changed meanwhile.
    """
    policies.check_can_manage_care(scope, objection.main_contractor_id)
    before = _locked(scope, objection)
    _check_received(scope, before.decision, received)
    if before.outcome_date is not None and received.received_date > before.outcome_date:
        raise _bad_days()
    row = _put(scope, before.decision, received, replaces=before, ended=_outcome_of(before))
    audit.record(scope, "objection.corrected", row, timeliness=row.timeliness)
    return row


@transaction.atomic
def settle(*, scope: Scope, objection: Objection, outcome: Outcome) -> Objection:
    """Record that an objection was decided or withdrawn, or correct what was recorded of that.

    A late one may still be well-founded: being late can be excused (Awb, article 6:11). Raises
    NotAllowedError for other roles, ConflictError where it was changed meanwhile, RuleError
    BES-09 for a day before it came in or after today.
    """
    policies.check_can_manage_care(scope, objection.main_contractor_id)
    before = _locked(scope, objection)
    if not before.received_date <= outcome.outcome_date <= scope.today:
        raise _bad_days()
    row = _put(scope, before.decision, _received_of(before), replaces=before, ended=outcome)
    audit.record(scope, f"objection.{_deed(before, row)}", row, outcome=row.outcome)
    return row


def _deed(before: Objection, now: Objection) -> str:
    if not before.is_open:
        return "corrected"
    return "withdrawn" if now.outcome == Objection.Outcome.WITHDRAWN else "decided"


def check_correction(*, scope: Scope, decision: FormalDecision, first_day: date | None) -> None:
    """Whether objections to a decision allow that it was given on another day, or not at all.

    Raises RuleError BES-08 where somebody objected and none would have been given (no day), BES-09
    where somebody would have objected before that day.
    """
    rows = Objection.objects.visible_to(scope).standing().filter(decision=decision)
    if first_day is None and rows:
        raise RuleError("BES-08", _("Somebody objected to this decision, so there is one."))
    if any((row.posted_date or row.received_date) < first_day for row in rows if first_day):
        raise _bad_days()


def follow(*, scope: Scope, before: FormalDecision, now: FormalDecision) -> None:
    """Give the objections to a decision that was corrected the clock of its new facts."""
    for row in Objection.objects.visible_to(scope).standing().filter(decision=before):
        again = _put(scope, now, _received_of(row), replaces=row, ended=_outcome_of(row))
        audit.record(scope, "objection.corrected", again, timeliness=again.timeliness)


def locked_decision(scope: Scope, decision: FormalDecision) -> FormalDecision:
    """The decision, as long as it stands. Raises ConflictError where another row replaced it."""
    rows = FormalDecision.objects.visible_to(scope).select_for_update(of=("self",))
    found = rows.get(pk=decision.pk)
    if FormalDecision.objects.visible_to(scope).filter(replaces=found).exists():
        raise _changed()
    return found


def _locked(scope: Scope, objection: Objection) -> Objection:
    """The objection, as long as it stands. Its decision is locked, for a correction of that
    replaces the objection too.
    """
    FormalDecision.objects.visible_to(scope).select_for_update(of=("self",)).get(
        pk=objection.decision_id
    )
    found = Objection.objects.visible_to(scope).select_related("decision").get(pk=objection.pk)
    if Objection.objects.visible_to(scope).filter(replaces=found).exists():
        raise _changed()
    return found


def _changed() -> ConflictError:
    return ConflictError(_("This was changed meanwhile. Reload the page to see how it stands."))


def _bad_days() -> RuleError:
    return RuleError(
        "BES-09",
        _(
            "These days cannot be right: the decision comes first, then posting, receipt and"
            " outcome, and none of them lies after today."
        ),
    )


def _check_received(scope: Scope, decision: FormalDecision, received: Received) -> None:
    posted = received.posted_date or received.received_date
    first = decision.decision_date
    if not posted <= received.received_date <= scope.today or (first and posted < first):
        raise _bad_days()


def _received_of(row: Objection) -> Received:
    return Received(
        received_date=row.received_date,
        posted_date=row.posted_date,
        is_advised=row.is_advised,
        weeks_put_off=row.weeks_put_off,
        note=row.note,
    )


def _outcome_of(row: Objection) -> Outcome | None:
    if row.outcome_date is None:
        return None
    return Outcome(outcome=row.outcome, outcome_date=row.outcome_date, text=row.outcome_text)


def _put(
    scope: Scope,
    decision: FormalDecision,
    received: Received,
    *,
    replaces: Objection | None = None,
    ended: Outcome | None = None,
) -> Objection:
    """Append how an objection stands now, with the clock of its decision."""
    until = decision.objection_until
    timeliness, due = "", None
    if until is not None:
        timeliness = rules.timeliness(until, received.received_date, received.posted_date)
        due = rules.decide_by(
            until, is_advised=received.is_advised, weeks_put_off=received.weeks_put_off
        )
    return Objection.objects.create(
        main_contractor_id=decision.main_contractor_id,
        decision=decision,
        client_id=decision.client_id,
        received_date=received.received_date,
        posted_date=received.posted_date,
        timeliness=timeliness,
        is_advised=received.is_advised,
        weeks_put_off=received.weeks_put_off,
        due_date=due,
        outcome=ended.outcome if ended else "",
        outcome_date=ended.outcome_date if ended else None,
        outcome_text=ended.text if ended else "",
        note=received.note,
        replaces=replaces,
        recorded_by_id=scope.user_id or None,
        recorded_at=scope.at,
    )
