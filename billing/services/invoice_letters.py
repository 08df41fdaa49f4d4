"""The letter about an invoice, made of what was decided; it is made anew each time it is asked."""

from __future__ import annotations

from django.utils import translation
from django.utils.translation import gettext as _

from billing.invoice_letters import Letter, LetterLine, letter_pdf
from billing.invoice_words import sentence
from billing.models import InvoiceLine, ReceivedInvoice
from billing.rules.received import Rule
from billing.services.documents import LANGUAGE, party_of
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.money import ZERO
from hoofdaannemer.core.scope import Scope

State = InvoiceLine.State


def letter(*, scope: Scope, invoice: ReceivedInvoice) -> bytes:
    """What is refused, or waits, and why. Raises RuleError INV-19 where all of it was accepted."""
    with translation.override(LANGUAGE):
        made = _letter(scope, invoice)
    audit.record(scope, "invoice.letter_made", invoice)
    return letter_pdf(made)


def _letter(scope: Scope, invoice: ReceivedInvoice) -> Letter:
    lines = list(invoice.lines.prefetch_related("findings").order_by("line"))
    refused = tuple(_line(one) for one in lines if one.state == State.REFUSED)
    waiting = tuple(_line(one) for one in lines if one.state == State.WAITING)
    if not refused and not waiting:
        raise RuleError("INV-19", _("All of this invoice was accepted, so there is no letter."))
    party = invoice.subcontractor.provider_organisation
    accepted = (one.payable for one in lines if one.state == State.ACCEPTED)
    whole = invoice.findings.open().filter(invoice_line=None)
    reasons = tuple(sentence(one.rule, one.facts) for one in whole)
    return Letter(
        sender=invoice.main_contractor.organisation.name,
        receiver=party.name,
        address=party_of(party).address,
        number=invoice.number,
        invoice_date=invoice.invoice_date,
        written_on=scope.today,
        accepted=sum(accepted, ZERO),
        whole=reasons,
        refused=refused,
        waiting=waiting,
    )


def _line(line: InvoiceLine) -> LetterLine:
    # Who of us did what is no matter of the party.
    found = tuple(
        sentence(one.rule, one.facts) for one in line.findings.all() if one.rule != Rule.SAME_PERSON
    )
    return LetterLine(
        line=line.line,
        reference=line.given_reference,
        amount=line.amount,
        reasons=(*found, line.ground) if line.ground else found,
    )
