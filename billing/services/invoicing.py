"""Making out invoices for subcontractors who agreed to it: with each statement, or afterwards."""

from __future__ import annotations

import hashlib

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from stdnum.nl import btw

from billing import policies
from billing.einvoice import Invoice, InvoiceParty, einvoice
from billing.models import EInvoice, SelfBilling, Statement, StatementLine
from billing.rules.invoice import sums
from billing.services.documents import LANGUAGE
from billing.services.vat import postings
from hoofdaannemer.accounts.models import Organisation
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import ConflictError, RuleError
from hoofdaannemer.core.money import ZERO
from hoofdaannemer.core.numbers import is_rsin
from hoofdaannemer.core.scope import Scope
from subcontracts.models import Subcontractor


@transaction.atomic
def agree(*, scope: Scope, subcontractor: Subcontractor, tax_number: str) -> SelfBilling:
    """Let the main contractor make out one's invoices, under this tax number, from now on.

    Raises NotAllowedError for anybody but an administrator of the subcontractor, RuleError BIL-168
    for a number that is none, BIL-169 for the RSIN of a practice: that is its owner's BSN.
    """
    policies.check_can_agree_to_invoices(scope, subcontractor.provider_organisation_id)
    party = (
        Subcontractor.objects.visible_to(scope)
        .select_for_update(of=("self",))
        .select_related("provider_organisation")
        .get(pk=subcontractor.pk)
    )
    number = _checked(party.provider_organisation, tax_number)
    party.self_billing.filter(ended_at=None).update(ended_at=scope.at)
    made = SelfBilling.objects.create(
        main_contractor_id=party.main_contractor_id,
        provider_organisation_id=party.provider_organisation_id,
        subcontractor=party,
        tax_number=number,
        agreed_by_id=scope.user_id or None,
        agreed_at=scope.at,
    )
    audit.record(scope, "self_billing.agreed", made)
    return made


@transaction.atomic
def end(*, scope: Scope, agreement: SelfBilling) -> SelfBilling:
    """Make out no more invoices. Raises as `agree` does, ConflictError where it ended already."""
    policies.check_can_agree_to_invoices(scope, agreement.provider_organisation_id)
    row = SelfBilling.objects.visible_to(scope).select_for_update(of=("self",)).get(pk=agreement.pk)
    if row.ended_at:
        raise ConflictError(_("This went on meanwhile. Reload the page."))
    row.ended_at = scope.at
    row.save(update_fields=["ended_at"])
    audit.record(scope, "self_billing.ended", row)
    return row


@transaction.atomic
def make(*, scope: Scope, statement: Statement) -> EInvoice:
    """The invoice over a statement; one that was made out before is given again.

    Raises NotAllowedError for anybody but the subcontractor and a controller, RuleError BIL-170
    where it did not agree to it.
    """
    policies.check_can_make_invoice(scope, statement)
    Subcontractor.objects.visible_to(scope).select_for_update(of=("self",)).get(
        pk=statement.subcontractor_id
    )
    if known := EInvoice.objects.visible_to(scope).filter(statement=statement).first():
        return known
    made = made_out(scope, statement)
    if made is None:
        raise RuleError(
            "BIL-170",
            _("The subcontractor did not agree to it. Its administrator does so at its invoices."),
        )
    return made


def made_out(scope: Scope, statement: Statement) -> EInvoice | None:
    """Make out the invoice over a new statement; None where nobody agreed to that.

    In the transaction that issues the statement, with its subcontractor locked.
    """
    agreement = SelfBilling.objects.filter(
        subcontractor=statement.subcontractor_id, ended_at=None
    ).first()
    if agreement is None or _is_invoiced(statement):
        return None
    lines = statement.lines.select_related(
        "entitlement__product", "entitlement__funding_line", "hold", "adjustment"
    )
    with translation.override(LANGUAGE):
        made = _invoice(statement, agreement, list(lines))
        xml = einvoice(made)
    row = EInvoice.objects.create(
        main_contractor_id=statement.main_contractor_id,
        provider_organisation_id=statement.provider_organisation_id,
        statement=statement,
        is_credit=made.sums.is_credit,
        xml=xml,
        digest=hashlib.sha256(xml).hexdigest(),
        made_at=scope.at,
    )
    audit.record(scope, "einvoice.made", row)
    return row


def _is_invoiced(statement: Statement) -> bool:
    """Whether the party sent invoices for a part of it: another one would be a second for that."""
    return statement.lines.filter(entitlement__invoice_line__isnull=False).exists()


def _invoice(statement: Statement, agreement: SelfBilling, lines: list[StatementLine]) -> Invoice:
    party = statement.subcontractor
    # What is put aside adds to what is paid, up to what was carried in.
    set_off = statement.carried_in + statement.deferred - statement.set_off
    buyer = party.main_contractor.organisation
    return Invoice(
        number=statement.number,
        issued=timezone.localdate(statement.issued_at),
        period=statement.calendar_month.period,
        seller=_party(party.provider_organisation, agreement.tax_number),
        buyer=_party(buyer),
        iban=party.iban,
        due_date=statement.pay_date,
        sums=sums(postings(lines), min(set_off, ZERO)),
    )


def _party(organisation: Organisation, tax_number: str = "") -> InvoiceParty:
    return InvoiceParty(
        name=organisation.name,
        street=organisation.street,
        postcode=organisation.postcode,
        city=organisation.city,
        kvk=organisation.kvk[:8],
        tax_number=tax_number,
    )


def _checked(organisation: Organisation, text: str) -> str:
    """The number without spaces and dots."""
    number = "".join(sign for sign in text.upper() if sign.isalnum())
    if number.startswith("NL") and btw.is_valid(number):
        return number
    if not is_rsin(number):
        raise RuleError(
            "BIL-168", _("This is no VAT number (NL…B..) and no RSIN of nine digits. Check it.")
        )
    if organisation.kind == Organisation.Kind.PRACTICE:
        raise RuleError(
            "BIL-169",
            _("The nine digits of a practice are its owner's BSN. Fill in its VAT number (NL…)."),
        )
    return number
