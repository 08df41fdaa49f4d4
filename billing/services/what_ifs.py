"""What-ifs: asked for, computed in the background from frozen facts, kept, and thrown away.

They write their own two tables and the log: never an entitlement, a statement or a payment.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from billing import policies
from billing.forms.replay import own_months
from billing.models import WhatIf, WhatIfResult
from billing.rules.whatif.alternatives import Replayed, replay
from billing.rules.whatif.facts import Facts, Party
from billing.rules.whatif.frozen import freeze, thaw
from billing.rules.whatif.outcome import PartyOutcome, outcome_of, percentage
from billing.rules.whatif.terms import Terms
from billing.selectors.whatif_facts import Asked, gather, in_parties
from billing.services import documents, what_if_checks
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.background import to_take_up
from hoofdaannemer.core.errors import ConflictError, DomainError, RuleError
from hoofdaannemer.core.periods import Month, Period
from hoofdaannemer.core.scope import Scope, acting_as

#: A question that kills its worker is not tried for ever.
MOST_ATTEMPTS: Final = 5
#: Subcontractors between two signs of life.
AT_ONCE: Final = 5


@dataclass(frozen=True, kw_only=True)
class Question:
    """What somebody asks: a period of whole months, subcontractors (none: all) and terms."""

    name: str
    first: Month
    last: Month
    terms: Terms
    chosen: Sequence[int] = field(default=())

    @property
    def period(self) -> Period:
        """All its months together."""
        return Period(self.first.first, self.last.last)


@transaction.atomic
def ask(*, scope: Scope, main_contractor_id: int, question: Question) -> WhatIf:
    """Ask it; a worker computes it. Raises RuleError BIL-87 to BIL-92 where it cannot be computed.

    Subcontractors that are not this main contractor's are left out as if they were not there.
    """
    policies.check_can_ask_what_if(scope, main_contractor_id)
    there = (
        in_parties(main_contractor_id, question.period) if question.last >= question.first else []
    )
    chosen = [pk for pk in there if pk in set(question.chosen)]
    what_if_checks.check(
        scope.today, question.name, question.first, question.last, question.terms,
        parties=len(chosen) if question.chosen else len(there),
    )  # fmt: skip
    row = WhatIf.objects.create(
        main_contractor_id=main_contractor_id,
        name=question.name.strip(),
        first_month=question.first.first,
        last_month=question.last.first,
        form=question.terms.form,
        terms=freeze(question.terms),
        chosen=chosen if question.chosen else [],
        asked_by_id=scope.user_id or None,
        asked_at=scope.at,
    )
    audit.record(scope, "what_if.asked", row, form=row.form)
    return row


@transaction.atomic
def delete(*, scope: Scope, what_if: WhatIf) -> None:
    """Throw away a question with its outcome. A worker that is at it finds nothing to finish."""
    policies.check_can_ask_what_if(scope, what_if.main_contractor_id)
    row = (
        WhatIf.objects.visible_to(scope).light().select_for_update(of=("self",)).get(pk=what_if.pk)
    )
    audit.record(scope, "what_if.deleted", row, form=row.form)
    row.delete()


def waiting(scope: Scope) -> list[int]:
    """Questions to take up: asked, or left behind by a worker that was killed."""
    with acting_as(scope):
        rows = WhatIf.objects.filter(to_take_up(scope.at)).order_by("asked_at")
        return list(rows.values_list("pk", flat=True))


def take_up(*, scope: Scope, what_if_id: int) -> WhatIf:
    """Compute a question; claimed by one worker, and started over where another was killed.

    Facts that were read before are kept, so that the same question has the same answer. Raises
    ConflictError where another worker has it, or it was deleted meanwhile.
    """
    row = _claim(scope, what_if_id)
    if row.attempts > MOST_ATTEMPTS:
        return _fail(scope, row, _("It was tried several times without success. Ask it again."))

    def show(done: int, of: int) -> None:
        # A sign of life is about the worker, so it is the clock's, not the scope's.
        with acting_as(scope):
            WhatIf.objects.filter(pk=row.pk).update(
                handled=done, subcontractors=of, seen_at=timezone.now()
            )

    try:
        with translation.override(documents.LANGUAGE):
            facts = _facts(scope, row)
            replayed, outcomes = computed(facts, thaw(Terms, row.terms), show)
    except DomainError as refusal:
        return _fail(scope, row, str(refusal))
    return _finish(scope, row, facts, replayed, outcomes)


def _claim(scope: Scope, what_if_id: int) -> WhatIf:
    with acting_as(scope):
        claimed = WhatIf.objects.filter(to_take_up(scope.at), pk=what_if_id)
        row = claimed.select_for_update(skip_locked=True, of=("self",)).first()
        if row is None:
            raise ConflictError(_("Another worker is at this question."))
        row.attempts += 1
        row.state, row.seen_at, row.handled = WhatIf.State.RUNNING, scope.at, 0
        row.save(update_fields=["attempts", "state", "seen_at", "handled"])
        return row


def _facts(scope: Scope, row: WhatIf) -> Facts:
    """The facts of the question, read once and kept with it."""
    if row.facts is not None:
        return thaw(Facts, row.facts)
    with acting_as(scope):
        months = tuple(row.period.months())
        parties = row.chosen or in_parties(row.main_contractor_id, row.period)
        facts = gather(Asked(row.main_contractor_id, parties, months))
        WhatIf.objects.filter(pk=row.pk).update(
            facts=freeze(facts), subcontractors=len(facts.parties), seen_at=timezone.now()
        )
    return facts


def computed(
    facts: Facts, terms: Terms, progress: Callable[[int, int], None] | None = None
) -> tuple[Replayed, list[PartyOutcome]]:
    """The answer to a question from its facts alone; nothing is read. Raises RuleError."""
    replayed = replay(facts, terms)
    outcomes: list[PartyOutcome] = []
    for done, party in enumerate(facts.parties, start=1):
        outcomes.append(outcome_of(facts, party, replayed, own_months(facts, party)))
        if progress and (done % AT_ONCE == 0 or done == len(facts.parties)):
            progress(done, len(facts.parties))
    if any(abs(one.outcome) > what_if_checks.MOST for one in outcomes):
        raise RuleError(
            "BIL-96",
            _("The outcome is above a billion euros for one subcontractor. Choose a lower price."),
        )
    return replayed, outcomes


def _finish(
    scope: Scope, row: WhatIf, facts: Facts, replayed: Replayed, outcomes: Sequence[PartyOutcome]
) -> WhatIf:
    with acting_as(scope):
        now = _locked(row)
        WhatIfResult.objects.filter(what_if=now).delete()
        WhatIfResult.objects.bulk_create([_result(now, one) for one in outcomes])
        now.price, now.neutral_price = replayed.price, replayed.neutral
        now.unclosed = [str(month) for month in facts.unclosed]
        now.state, now.finished_at = WhatIf.State.DONE, timezone.now()
        now.subcontractors = now.handled = len(outcomes)
        now.save(
            update_fields=[
                "price", "neutral_price", "unclosed", "state", "finished_at", "subcontractors",
                "handled",
            ]
        )  # fmt: skip
        audit.record(scope, "what_if.done", now, subcontractors=len(outcomes))
        return now


def _fail(scope: Scope, row: WhatIf, problem: str) -> WhatIf:
    with acting_as(scope):
        now = _locked(row)
        now.state, now.problem, now.finished_at = WhatIf.State.FAILED, problem, timezone.now()
        now.save(update_fields=["state", "problem", "finished_at"])
        audit.record(scope, "what_if.failed", now)
        return now


def _locked(row: WhatIf) -> WhatIf:
    """The row, while this worker still has it: it may be deleted, or taken over."""
    now = WhatIf.objects.light().select_for_update(of=("self",)).filter(
        pk=row.pk, state=WhatIf.State.RUNNING, attempts=row.attempts
    ).first()  # fmt: skip
    if now is None:
        raise ConflictError(_("This question was deleted, or another worker took it over."))
    return now


def _result(row: WhatIf, outcome: PartyOutcome) -> WhatIfResult:
    party: Party = outcome.party
    return WhatIfResult(
        main_contractor_id=row.main_contractor_id,
        what_if=row,
        subcontractor_id=party.pk,
        name=party.name,
        actual=outcome.actual,
        own=outcome.own,
        outcome=outcome.outcome,
        difference=outcome.difference,
        percent=percentage(outcome.difference, outcome.actual),
        neutral_price=outcome.neutral,
        messages_now=outcome.now.messages,
        messages_then=outcome.then.messages,
        entries_now=outcome.now.entries,
        entries_then=outcome.then.entries,
        is_reproduced=not any(one.is_of_forms for one in outcome.differences),
        months=freeze(outcome.months),
        differences=freeze(outcome.differences),
    )
