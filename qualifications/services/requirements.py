"""Every write on requirements. A version is never changed: another one follows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.scope import Scope
from qualifications import policies
from qualifications.models import Requirement, RequirementProduct, RequirementStep
from subcontracts.models import Product

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class RequirementTerms:
    """What a requirement says; `products` or `jobs` empty means all of them.

    Until `grace_until` (that day included) a lack is signalled only.
    """

    code: str
    name: str
    applies_to: str
    proof: str
    on_lapse: str
    clause: str
    period: Period
    products: Sequence[Product] = ()
    keeps_file: bool = True
    level: str = ""
    jobs: Sequence[str] = ()
    grace_until: date | None = None


@transaction.atomic
def create_requirement(
    *, scope: Scope, main_contractor_id: int, terms: RequirementTerms
) -> Requirement:
    """Make a requirement, from today at the earliest: care that was given is judged as it was.

    Raises NotAllowedError for others than the quality officer, RuleError QUA-23 for a day that
    has passed, QUA-24 for a code in use, QUA-25, QUA-26 and QUA-32 where terms do not fit.
    """
    policies.check_can_set(scope, main_contractor_id)
    _check_terms(scope, terms)
    in_use = Requirement.objects.filter(main_contractor=main_contractor_id, code=terms.code)
    if in_use.standing().exists():
        raise RuleError("QUA-24", _("Another requirement has this code. Choose another one."))
    return _written(scope, main_contractor_id, terms, RequirementStep.Kind.MADE)


@transaction.atomic
def change_requirement(
    *, scope: Scope, requirement: Requirement, terms: RequirementTerms, keeps_proofs: bool
) -> Requirement:
    """Let the requirement say something else from the first day of `terms` on.

    With `keeps_proofs` what counts for the present version counts for the new one and the other
    way about; without, proofs are asked anew. The code and who must show it stay what they were.
    Raises RuleError QUA-27 where it cannot be changed, QUA-28 for a day within what goes before.
    """
    requirement = _locked(scope, requirement)
    policies.check_can_change(scope, requirement)
    terms = replace(terms, code=requirement.code, applies_to=requirement.applies_to)
    _check_terms(scope, terms)
    last = requirement.end_date or requirement.start_date
    if terms.period.start <= last:
        raise RuleError("QUA-28", _("Choose a later day: this version holds until then."))
    if requirement.end_date is None:
        requirement.end_date = terms.period.start - _DAY
        requirement.save(update_fields=["end_date"])
    return _written(
        scope,
        requirement.main_contractor_id,
        terms,
        RequirementStep.Kind.CHANGED,
        follows=(requirement, keeps_proofs),
    )


@transaction.atomic
def end_requirement(*, scope: Scope, requirement: Requirement, last_day: date) -> Requirement:
    """Let it hold until `last_day`, that day included.

    Raises RuleError QUA-27 where it ends already, QUA-29 for a day before today or its first.
    """
    requirement = _locked(scope, requirement)
    policies.check_can_end(scope, requirement)
    if last_day < max(scope.today, requirement.start_date):
        raise RuleError(
            "QUA-29", _("The last day is today or later, and not before the requirement begins.")
        )
    requirement.end_date = last_day
    requirement.save(update_fields=["end_date"])
    _step(scope, requirement, RequirementStep.Kind.ENDED, last_day)
    audit.record(scope, "requirement.ended", requirement, last_day=last_day.isoformat())
    return requirement


@transaction.atomic
def resume_requirement(*, scope: Scope, requirement: Requirement) -> Requirement:
    """Take its end back while it still holds. Raises RuleError QUA-30 where that is too late."""
    requirement = _locked(scope, requirement)
    policies.check_can_resume(scope, requirement)
    last_day = requirement.end_date or scope.today
    requirement.end_date = None
    requirement.save(update_fields=["end_date"])
    _step(scope, requirement, RequirementStep.Kind.RESUMED, last_day)
    audit.record(scope, "requirement.resumed", requirement, last_day=last_day.isoformat())
    return requirement


@transaction.atomic
def withdraw_requirement(*, scope: Scope, requirement: Requirement) -> Requirement:
    """Take back a version that has not begun; what it would have followed goes on.

    Raises RuleError QUA-31 for one that holds or held.
    """
    requirement = _locked(scope, requirement)
    policies.check_can_withdraw(scope, requirement)
    requirement.withdrawn_at = scope.at
    requirement.save(update_fields=["withdrawn_at"])
    before = Requirement.objects.versions_of(requirement).standing()
    # What had ended by itself, with a gap in between, stays ended.
    before.filter(end_date=requirement.start_date - _DAY).update(end_date=None)
    _step(scope, requirement, RequirementStep.Kind.WITHDRAWN, requirement.start_date)
    audit.record(scope, "requirement.withdrawn", requirement, code=requirement.code)
    return requirement


def _locked(scope: Scope, requirement: Requirement) -> Requirement:
    """The row, after the first version: changes of one requirement wait for each other."""
    rows = Requirement.objects.visible_to(scope).select_for_update(of=("self",))
    rows.get(pk=requirement.root_id)
    return rows.get(pk=requirement.pk)


def _check_terms(scope: Scope, terms: RequirementTerms) -> None:
    if not scope.is_system and terms.period.start < scope.today:
        raise RuleError(
            "QUA-23", _("Choose today or later: care that was given is judged as it was then.")
        )
    if terms.grace_until is not None and terms.grace_until < terms.period.start:
        raise RuleError("QUA-25", _("The time to comply ends before the requirement begins."))
    if terms.level and terms.proof != Requirement.Proof.DIPLOMA:
        raise RuleError("QUA-26", _("Only a diploma has a level."))
    if terms.jobs and terms.applies_to != Requirement.AppliesTo.PROFESSIONAL:
        raise RuleError("QUA-32", _("Only a requirement of professionals is for some jobs."))


def _written(
    scope: Scope,
    main_contractor_id: int,
    terms: RequirementTerms,
    kind: RequirementStep.Kind,
    follows: tuple[Requirement, bool] | None = None,
) -> Requirement:
    before, keeps_proofs = follows or (None, False)
    requirement = Requirement.objects.create(
        main_contractor_id=main_contractor_id,
        code=terms.code,
        name=terms.name,
        applies_to=terms.applies_to,
        proof=terms.proof,
        on_lapse=terms.on_lapse,
        clause=terms.clause,
        keeps_file=terms.keeps_file,
        level=terms.level,
        jobs=sorted(set(terms.jobs)),
        start_date=terms.period.start,
        end_date=terms.period.end,
        grace_until=terms.grace_until,
        first_id=before.root_id if before else None,
        proofs_since_id=before.pool_id if before and keeps_proofs else None,
    )
    RequirementProduct.objects.bulk_create(
        RequirementProduct(
            main_contractor_id=main_contractor_id, requirement=requirement, product=product
        )
        for product in terms.products
    )
    _step(scope, requirement, kind, requirement.start_date)
    audit.record(scope, f"requirement.{kind}", requirement, code=terms.code)
    return requirement


def _step(scope: Scope, requirement: Requirement, kind: RequirementStep.Kind, day: date) -> None:
    RequirementStep.objects.create(
        main_contractor_id=requirement.main_contractor_id,
        requirement=requirement,
        kind=kind,
        day=day,
        at=scope.at,
        by_id=scope.user_id or None,
    )
