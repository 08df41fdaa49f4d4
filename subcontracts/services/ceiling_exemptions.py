"""What a ceiling does not hold: recorded per product or placement, and ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import ConflictError, RuleError
from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.scope import Scope
from messaging.exchange.nudges import nudge
from subcontracts import policies
from subcontracts.models import CeilingExemption, Placement, Product, Subcontract
from subcontracts.services.contracts import owners_of

#: Judges what is held back, which lies above this app.
JUDGE_HOLDS = "billing.tasks.judge_holds"


@dataclass(frozen=True, kw_only=True)
class ExemptionFacts:
    """What is exempt: one product, or one placement; no last day is until further notice."""

    ground: CeilingExemption.Ground
    start_date: date
    end_date: date | None = None
    product: Product | None = None
    placement: Placement | None = None
    note: str


@transaction.atomic
def exempt(*, scope: Scope, subcontract: Subcontract, facts: ExemptionFacts) -> CeilingExemption:
    """Pay a product or placement in full, also above the ceiling (contract standard art. 1.5).

    Days that have passed may be named: what was held back of them is released.
    Raises NotAllowedError for anybody but a contract manager, RuleError CON-77 for a closed
    contract, CON-88 where it is not one product or placement of the contract, CON-89 for days
    outside it, CON-90 where it was exempt already on some of these days.
    """
    policies.check_can_manage_contracts(scope, subcontract.main_contractor_id)
    rows = Subcontract.objects.visible_to(scope).select_for_update(of=("self",))
    subcontract = rows.get(pk=subcontract.pk)
    policies.check_not_closed(subcontract)
    _check_subject(subcontract, facts)
    _check_days(subcontract, facts)
    made = CeilingExemption.objects.create(
        **owners_of(subcontract),
        subcontract=subcontract,
        product=facts.product,
        placement=facts.placement,
        ground=facts.ground,
        start_date=facts.start_date,
        end_date=facts.end_date,
        note=facts.note,
        recorded_by_id=scope.user_id or None,
        recorded_at=scope.at,
    )
    audit.record(scope, "ceiling_exemption.recorded", made, subcontract=subcontract.pk)
    nudge(JUDGE_HOLDS)
    return made


@transaction.atomic
def end(*, scope: Scope, exemption: CeilingExemption, last_day: date) -> CeilingExemption:
    """Let an exemption hold no longer than a day; what was paid under it stays paid.

    Raises NotAllowedError for anybody but a contract manager, ConflictError where it ended already,
    RuleError CON-89 for a day before its first, or after the end that it has.
    """
    policies.check_can_manage_contracts(scope, exemption.main_contractor_id)
    rows = CeilingExemption.objects.visible_to(scope).select_for_update(of=("self",))
    exemption = rows.get(pk=exemption.pk)
    if exemption.end_date and exemption.end_date < scope.today:
        raise ConflictError(_("This exemption ended already. Reload the page."))
    if last_day < exemption.start_date or last_day > (exemption.end_date or last_day):
        raise RuleError("CON-89", _("Choose a last day between its first day and its end."))
    exemption.end_date = last_day
    exemption.save(update_fields=["end_date"])
    audit.record(scope, "ceiling_exemption.ended", exemption, subcontract=exemption.subcontract_id)
    nudge(JUDGE_HOLDS)
    return exemption


def _check_subject(subcontract: Subcontract, facts: ExemptionFacts) -> None:
    if (facts.product is None) == (facts.placement is None):
        raise RuleError("CON-88", _("Choose a product, or a placement: one of the two."))
    if facts.placement and facts.placement.subcontract_id != subcontract.pk:
        raise RuleError("CON-88", _("This placement is not under this contract."))
    covered = subcontract.funding_lines.filter(line_products__product=facts.product)
    if facts.product and not covered.exists():
        raise RuleError("CON-88", _("The contract does not cover this product."))


def _check_days(subcontract: Subcontract, facts: ExemptionFacts) -> None:
    whole = Period(subcontract.start_date, subcontract.end_date)
    is_backward = facts.end_date is not None and facts.end_date < facts.start_date
    if is_backward or not whole.contains(facts.start_date):
        raise RuleError(
            "CON-89",
            _("An exemption begins within the period of the contract, and ends after it began."),
        )
    same = subcontract.ceiling_exemptions.filter(product=facts.product, placement=facts.placement)
    if same.in_force_during(Period(facts.start_date, facts.end_date)).exists():
        raise RuleError("CON-90", _("It is exempt already on some of these days."))
