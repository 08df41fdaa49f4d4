"""The municipality's consent to a subcontractor: recorded, and withdrawn.

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
from subcontracts.models import Subcontract, SubcontractConsent
from subcontracts.services import contract_life
from subcontracts.services.contracts import owners_of


@dataclass(frozen=True, kw_only=True)
class ConsentFacts:
    """From when, until when, and for what: keys of products and codes of municipalities, all of
    the municipal contract where there are none.
    """

    start_date: date
    end_date: date | None = None
    reference: str = ""
    products: tuple[int, ...] = ()
    municipalities: tuple[str, ...] = ()


@transaction.atomic
def record(*, scope: Scope, subcontract: Subcontract, facts: ConsentFacts) -> SubcontractConsent:
    """Record what the municipality agreed to, beside what it agreed to before.

    Raises RuleError CON-246 for an end before the first day, CON-247 for a product or municipality
    that the municipal contract does not have.
    """
    subcontract = contract_life.locked(scope, subcontract)
    if facts.end_date is not None and facts.end_date < facts.start_date:
        raise RuleError("CON-246", _("The last day lies before the first. Change one of them."))
    _check_within(subcontract, facts)
    _begin(scope, subcontract)
    row = _made(scope, subcontract, facts)
    audit.record(scope, "subcontract_consent.recorded", row, start=facts.start_date.isoformat())
    return row


@transaction.atomic
def withdraw(
    *,
    scope: Scope,
    subcontract: Subcontract,
    consent: SubcontractConsent | None,
    first_day: date,
    reason: str,
) -> SubcontractConsent:
    """Record that a consent holds no more from a day on; `None` for the one among the terms.

    Raises RuleError CON-246 for a day before the consent or without a reason, ConflictError where
    there is none or it was withdrawn already.
    """
    subcontract = contract_life.locked(scope, subcontract)
    before = _begin(scope, subcontract) if consent is None else consent
    if before is None:
        raise ConflictError(_("This consent is not there any more. Reload the page."))
    row = subcontract.consents.select_for_update().get(pk=before.pk)
    if row.withdrawn_from is not None:
        raise ConflictError(_("This consent was withdrawn already. Reload the page."))
    if first_day < row.start_date or not reason.strip():
        raise RuleError(
            "CON-246", _("Give a day on which the consent held or was to begin, and the reason.")
        )
    row.withdrawn_from, row.withdrawn_reason = first_day, reason.strip()
    row.withdrawn_by_id, row.withdrawn_at = scope.user_id or None, scope.at
    row.save(update_fields=["withdrawn_from", "withdrawn_reason", "withdrawn_by", "withdrawn_at"])
    audit.record(scope, "subcontract_consent.withdrawn", row, first=first_day.isoformat())
    return row


def _check_within(subcontract: Subcontract, facts: ConsentFacts) -> None:
    above = subcontract.municipal_contract
    products = set(above.products.values_list("product", flat=True))
    codes = set(above.municipalities.values_list("municipality__code", flat=True))
    if not products.issuperset(facts.products) or not codes.issuperset(facts.municipalities):
        raise RuleError(
            "CON-247", _("Choose products and municipalities of the municipal contract.")
        )


def _begin(scope: Scope, subcontract: Subcontract) -> SubcontractConsent | None:
    """The consent among the terms as a row, before the first other one; None where it is one."""
    if subcontract.consent_on is None or subcontract.consents.exists():
        return None
    facts = ConsentFacts(start_date=subcontract.consent_on, reference=subcontract.consent_reference)
    return _made(scope, subcontract, facts)


def _made(scope: Scope, subcontract: Subcontract, facts: ConsentFacts) -> SubcontractConsent:
    return SubcontractConsent.objects.create(
        **owners_of(subcontract),
        subcontract=subcontract,
        start_date=facts.start_date,
        end_date=facts.end_date,
        reference=facts.reference,
        products=list(facts.products),
        municipalities=list(facts.municipalities),
        recorded_by_id=scope.user_id or None,
        recorded_at=scope.at,
    )
