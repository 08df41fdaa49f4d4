"""Options to extend a subcontract: recorded, then taken or let go.

All of it is the contract manager's work (NotAllowedError for anybody else).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import ConflictError, RuleError
from hoofdaannemer.core.scope import Scope
from hoofdaannemer.core.templatetags.core_format import date_long
from subcontracts import policies
from subcontracts.models import Subcontract, SubcontractNotice, SubcontractOption
from subcontracts.rules.options import Fit, extended, fit
from subcontracts.services import amending, contract_life
from subcontracts.services.contracts import check_not_on_offer, owners_of

_Outcome = SubcontractOption.Outcome


@dataclass(frozen=True, kw_only=True)
class OptionFacts:
    """Months that it adds, the last day to tell the subcontractor, and ours to decide on it."""

    months: int
    announce_by: date
    decide_by: date | None = None
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What became of it, and when. `outlives`: that it goes on after the municipal contract was
    seen. `moves_ends`: as of an amendment.
    """

    outcome: str
    decided_on: date
    note: str = ""
    outlives: bool = False
    moves_ends: amending.MovesEnds | None = None


@transaction.atomic
def add(*, scope: Scope, subcontract: Subcontract, facts: OptionFacts) -> SubcontractOption:
    """Record a right to extend, after those that are known already.

    Raises RuleError CON-27 while the contract is on offer or signed, CON-150 for a contract without
    a last day or an option without months, CON-151 where its days are not in order: after those
    of the option before it, no later than the end that it extends, and decided before announced.
    """
    subcontract = contract_life.locked(scope, subcontract)
    policies.check_can_manage_contracts(scope, subcontract.main_contractor_id)
    check_not_on_offer(subcontract)
    if subcontract.end_date is None or facts.months < 1:
        raise RuleError(
            "CON-150", _("An option adds months to a contract that has a last day. Fill in both.")
        )
    before = subcontract.options.last()
    if before is not None and facts.announce_by <= before.announce_by:
        raise RuleError(
            "CON-151", _("An option is announced later than the one before it. Change the day.")
        )
    _check_days(subcontract, subcontract.end_date, facts)
    row = SubcontractOption.objects.create(
        **owners_of(subcontract),
        subcontract=subcontract,
        position=before.position + 1 if before else 1,
        months=facts.months,
        announce_by=facts.announce_by,
        decide_by=facts.decide_by,
        note=facts.note,
        recorded_by_id=scope.user_id or None,
        recorded_at=scope.at,
    )
    audit.record(scope, "subcontract_option.added", row, months=facts.months)
    return row


def _check_days(subcontract: Subcontract, end: date, facts: OptionFacts) -> None:
    for months in subcontract.options.open().values_list("months", flat=True):
        end = extended(end, months)
    if facts.announce_by > end:
        raise RuleError(
            "CON-151",
            _("An option is announced before the end that it extends: %(day)s. Change the day.")
            % {"day": date_long(end)},
        )
    if facts.decide_by is not None and facts.decide_by > facts.announce_by:
        raise RuleError("CON-151", _("Decide on it before it must be announced. Change the day."))


@transaction.atomic
def remove(*, scope: Scope, option: SubcontractOption) -> None:
    """Take the last option out that nobody decided on. Raises as `add`, ConflictError otherwise."""
    subcontract = contract_life.locked(scope, option.subcontract)
    policies.check_can_manage_contracts(scope, subcontract.main_contractor_id)
    check_not_on_offer(subcontract)
    option = SubcontractOption.objects.select_for_update().get(pk=option.pk)
    is_last = not subcontract.options.filter(position__gt=option.position).exists()
    if option.outcome or not is_last:
        raise ConflictError(_("Only the last option that is open can be taken out."))
    audit.record(scope, "subcontract_option.removed", option, months=option.months)
    option.delete()


@transaction.atomic
def decide(*, scope: Scope, option: SubcontractOption, decision: Decision) -> SubcontractOption:
    """Record whether an option was taken. Taken, it amends the contract: it ends later.

    What lasted as long as the contract lasts until the new last day, and a version keeps the text.
    Raises ConflictError where it was decided, RuleError CON-152 while an earlier one is open or was
    not taken, CON-153 for a day to come, CON-154 for one that is taken after its last day, CON-155
    where the contract would outlive the municipal contract unseen, CON-156 while notice stands,
    and as `amending.amend`.
    """
    subcontract = contract_life.locked(scope, option.subcontract)
    policies.check_can_manage_contracts(scope, subcontract.main_contractor_id)
    option = SubcontractOption.objects.select_for_update().get(pk=option.pk)
    if option.outcome:
        raise ConflictError(_("This option was decided already. Reload the page."))
    if decision.decided_on > scope.today:
        raise RuleError("CON-153", _("Choose today or a day that has passed."))
    option.outcome, option.decided_on = decision.outcome, decision.decided_on
    option.note = decision.note or option.note
    if decision.outcome == _Outcome.TAKEN:
        _take(scope, subcontract, option, decision)
    else:
        option.save()
    audit.record(
        scope,
        "subcontract_option.used"
        if decision.outcome == _Outcome.TAKEN
        else "subcontract_option.not_used",
        option,
        end=option.end_after.isoformat() if option.end_after else None,
    )
    return option


def _take(
    scope: Scope, subcontract: Subcontract, option: SubcontractOption, decision: Decision
) -> None:
    earlier = subcontract.options.filter(position__lt=option.position)
    if earlier.exclude(outcome=_Outcome.TAKEN).exists():
        raise RuleError(
            "CON-152", _("Options are taken in their order. Decide on the earlier one first.")
        )
    if decision.decided_on > option.announce_by:
        raise RuleError(
            "CON-154",
            _("The last day to take this option has passed. Agree on an amendment instead."),
        )
    if SubcontractNotice.objects.standing().filter(subcontract=subcontract).exists():
        raise RuleError("CON-156", _("Notice was given of this contract. Take it back first."))
    if subcontract.end_date is None:
        raise RuleError("CON-150", _("This contract has no last day, so nothing extends it."))
    new_end = extended(subcontract.end_date, option.months)
    above = subcontract.municipal_contract.end_date
    if fit(new_end, above) is Fit.LONGER and not decision.outlives:
        raise RuleError(
            "CON-155",
            _(
                "The contract would go on until %(day)s, after the municipal contract ends. Extend"
                " that one first, or say that you know."
            )
            % {"day": date_long(new_end)},
        )
    option.end_before, option.end_after = subcontract.end_date, new_end
    # First the option, for the text that is kept names what became of it.
    option.save()
    ended = amending.end_on(
        scope=scope,
        subcontract=subcontract,
        end_date=new_end,
        agreed_on=decision.decided_on,
        reason=_("Option %(number)s to extend was taken.") % {"number": option.position},
        moves_ends=decision.moves_ends,
    )
    option.version = ended.version
    option.save(update_fields=["version"])
