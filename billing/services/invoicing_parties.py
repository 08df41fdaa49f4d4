"""Organisations that invoice without a subcontract: taken on, and their terms."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from billing.models import InvoicingParty, SelfBilling
from hoofdaannemer.accounts.models import Organisation
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.scope import Scope
from subcontracts import policies
from subcontracts.models import Subcontractor
from subcontracts.services import parties
from subcontracts.services.parties import ProviderDetails


@dataclass(frozen=True, kw_only=True)
class InvoicingTerms:
    """Why it invoices without a contract, and within what terms: days to pay, months to invoice."""

    kind: InvoicingParty.Kind
    payment_days: int = 30
    oldest_months: int = 6


@transaction.atomic
def take_on(
    *, scope: Scope, main_contractor_id: int, details: ProviderDetails, terms: InvoicingTerms
) -> InvoicingParty:
    """Let an organisation invoice. One that works under a subcontract may do so beside it.

    Its account comes by a change of account, so by two people. Raises NotAllowedError for anybody
    but a contract manager, RuleError INV-28 where it invoices already, is an own team, or lets us
    make out its invoices; CON-29 for a number of the wrong form.
    """
    policies.check_can_manage_contracts(scope, main_contractor_id)
    known = Subcontractor.objects.visible_to(scope).filter(
        main_contractor=main_contractor_id, provider_organisation__kvk=details.kvk
    )
    subcontractor = known.select_for_update(of=("self",)).first()
    if subcontractor is None:
        subcontractor = parties.take_on(
            scope=scope,
            main_contractor_id=main_contractor_id,
            details=details,
            period=Period(scope.today),
        )
    _check(subcontractor)
    row = InvoicingParty.objects.create(
        main_contractor_id=main_contractor_id,
        subcontractor=subcontractor,
        kind=terms.kind,
        payment_days=terms.payment_days,
        oldest_months=terms.oldest_months,
        recorded_by_id=scope.user_id or None,
        recorded_at=scope.at,
    )
    audit.record(scope, "invoicing_party.taken_on", row, kind=row.kind)
    return row


def _check(subcontractor: Subcontractor) -> None:
    if InvoicingParty.objects.filter(subcontractor=subcontractor).exists():
        raise RuleError("INV-28", _("This organisation sends us invoices already."))
    kind = subcontractor.provider_organisation.kind
    if subcontractor.is_own_team or kind == Organisation.Kind.OWN_TEAM:
        raise RuleError("INV-28", _("An own team is not paid and sends no invoices."))
    if SelfBilling.objects.filter(subcontractor=subcontractor, ended_at=None).exists():
        raise RuleError(
            "INV-28",
            _("We make out the invoices of this organisation. Let it end that agreement first."),
        )
