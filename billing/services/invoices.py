"""Invoices of parties without a subcontract: taken in, decided about, and stated to be paid."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from billing import policies
from billing.models import (
    InvoiceFinding,
    InvoiceLine,
    InvoicingParty,
    ReceivedInvoice,
    Statement,
)
from billing.services import judging_invoices, months
from billing.services.indications import clean_reference
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.attachments import plain_name
from hoofdaannemer.core.errors import ConflictError, RuleError
from hoofdaannemer.core.money import ZERO
from hoofdaannemer.core.numbers import is_bsn, mask_bsn
from hoofdaannemer.core.periods import Month
from hoofdaannemer.core.scope import Scope, on_behalf_of
from subcontracts.models import Client, FundingLine, Subcontract
from subcontracts.rules.keys import bsn_key

State = InvoiceLine.State
#: Lines of one invoice at most: what is more is another file.
MOST_LINES: Final = 5000
#: Decimals of quantities and prices that are kept: an hour of forty minutes has many.
PLACES: Final = 4


@dataclass(frozen=True, kw_only=True)
class InvoiceHead:
    """What stands above the lines; `total` in euros with VAT, `iban` empty where it names none."""

    number: str
    kind: ReceivedInvoice.Kind
    invoice_date: date
    received_date: date
    total: Decimal
    iban: str = ""


@dataclass(frozen=True, kw_only=True)
class InvoicedLine:
    """One line as written. `client` is a BSN, our own number of the client, or the party's.

    `credits` names what a line of a credit invoice takes back: number and line, as `2026-17/3`.
    """

    start: date
    end: date
    quantity: Decimal
    price: Decimal
    amount: Decimal
    vat: Decimal = ZERO
    reference: str = ""
    client: str = ""
    product: str = ""
    credits: str = ""


@dataclass(frozen=True, kw_only=True)
class Original:
    """How an invoice came in, with the file as it was; typed in without one."""

    source: ReceivedInvoice.Source = ReceivedInvoice.Source.TYPED
    name: str = ""
    content: bytes = b""


@transaction.atomic
def enter(
    *,
    scope: Scope,
    party: InvoicingParty,
    head: InvoiceHead,
    lines: Sequence[InvoicedLine],
    original: Original | None = None,
) -> ReceivedInvoice:
    """Take an invoice in and judge it: right lines are payable at once, the others wait.

    Raises NotAllowedError for anybody but a controller, RuleError INV-20 where the party sent this
    number before, INV-21 for an invoice without lines or with days that cannot be.
    """
    policies.check_can_enter_invoice(scope, party.main_contractor_id)
    subcontractor = judging_invoices.lock_party(scope, party.subcontractor_id)
    original = original or Original()
    key = clean_reference(head.number)
    _check(scope, head, lines, key)
    known = ReceivedInvoice.objects.visible_to(scope).filter(
        subcontractor=subcontractor, number_key=key
    )
    if known.exists():
        raise RuleError("INV-20", _("This party sent us an invoice with this number before."))
    invoice = ReceivedInvoice.objects.create(
        main_contractor_id=party.main_contractor_id,
        subcontractor=subcontractor,
        number=head.number.strip(),
        number_key=key,
        kind=head.kind,
        invoice_date=head.invoice_date,
        received_date=head.received_date,
        due_date=head.received_date + timedelta(days=party.payment_days),
        iban=head.iban,
        total=head.total,
        source=original.source,
        content=base64.b64encode(original.content).decode(),
        file_name=plain_name(original.name)[-120:],
        entered_by_id=scope.user_id or None,
        entered_at=scope.at,
    )
    # With the decimals that the database keeps, as findings name it.
    invoice.refresh_from_db(fields=["total"])
    clients = _clients(scope, party.main_contractor_id, lines)
    InvoiceLine.objects.bulk_create(
        _row(invoice, place, line, clients) for place, line in enumerate(lines, start=1)
    )
    audit.record(scope, "invoice.entered", invoice, source=invoice.source, lines=len(lines))
    judging_invoices.judge_invoice(scope, invoice)
    return invoice


def _check(scope: Scope, head: InvoiceHead, lines: Sequence[InvoicedLine], key: str) -> None:
    if not key or not lines:
        raise RuleError("INV-21", _("An invoice has a number and at least one line."))
    if len(lines) > MOST_LINES:
        raise RuleError(
            "INV-21", _("An invoice has %(most)s lines at most.") % {"most": MOST_LINES}
        )
    if head.received_date > scope.today or head.invoice_date > head.received_date:
        raise RuleError(
            "INV-21", _("An invoice is received on or after its date, and not after today.")
        )
    for place, line in enumerate(lines, start=1):
        if line.end < line.start:
            raise RuleError(
                "INV-21",
                _("Line %(line)s: the last day lies before the first.") % {"line": place},
            )
        if min(line.quantity, line.price, line.amount, line.vat) < 0:
            raise RuleError(
                "INV-21",
                _("Line %(line)s: an amount below zero. Credit with a credit invoice.")
                % {"line": place},
            )


def _clients(
    scope: Scope, main_contractor_id: int, lines: Sequence[InvoicedLine]
) -> dict[str, int]:
    """Clients that the lines mean, by what stands on them: a BSN or our own number."""
    texts = {line.client.strip() for line in lines if line.client.strip()}
    by_hash = {bsn_key(one): one for one in texts if is_bsn(one)}
    rows = Client.objects.visible_to(scope).filter(main_contractor=main_contractor_id)
    found = {
        by_hash[bytes(stored)]: pk
        for pk, stored in rows.filter(bsn_hash__in=list(by_hash)).values_list("pk", "bsn_hash")
        if stored is not None
    }
    return found | dict(rows.filter(pseudonym__in=texts).values_list("pseudonym", "pk"))


def _row(
    invoice: ReceivedInvoice, place: int, line: InvoicedLine, clients: dict[str, int]
) -> InvoiceLine:
    client = line.client.strip()
    number, _slash, of_line = line.credits.strip().rpartition("/")
    return InvoiceLine(
        main_contractor_id=invoice.main_contractor_id,
        invoice=invoice,
        subcontractor_id=invoice.subcontractor_id,
        line=place,
        given_reference=clean_reference(line.reference)[:40],
        # What passes for a BSN is kept in the file alone, which is encrypted.
        given_client=(mask_bsn(client) if is_bsn(client) else client)[:40],
        given_product=line.product.strip()[:40],
        client_id=clients.get(client),
        start_date=line.start,
        end_date=line.end,
        quantity=line.quantity,
        price=line.price,
        amount=line.amount,
        vat=line.vat,
        is_credit=invoice.is_credit,
        given_credit=f"{clean_reference(number)}/{of_line.strip()}"[:50] if number else "",
    )


@transaction.atomic
def judge_again(*, scope: Scope, invoice: ReceivedInvoice) -> ReceivedInvoice:
    """Hold what waits against what is known now, such as an indication that came later.

    Raises NotAllowedError for anybody but a controller, ConflictError where nothing waits.
    """
    policies.check_can_enter_invoice(scope, invoice.main_contractor_id)
    row = _locked(scope, invoice)
    if row.status != ReceivedInvoice.Status.WAITING:
        raise ConflictError(_("Nothing of this invoice waits any more."))
    judging_invoices.judge_invoice(scope, row)
    return row


@transaction.atomic
def settle_finding(*, scope: Scope, finding: InvoiceFinding, ground: str) -> ReceivedInvoice:
    """Set a finding about the invoice as a whole aside, after which right lines go on.

    What is paid goes to the account that is known, whatever the invoice names. Raises
    NotAllowedError for who entered it, RuleError INV-23 without a ground, ConflictError where it
    was set aside before, or is about a line.
    """
    policies.check_can_decide_invoice(scope, finding.invoice)
    invoice = _locked(scope, finding.invoice)
    row = (
        InvoiceFinding.objects.visible_to(scope)
        .open()
        .filter(pk=finding.pk, invoice_line=None)
        .first()
    )
    if row is None:
        raise ConflictError(_("This went on meanwhile. Reload the page."))
    row.settled_by_id = scope.user_id
    row.settled_at = scope.at
    row.ground = _ground(ground)
    row.save(update_fields=["settled_by", "settled_at", "ground"])
    audit.record(scope, "invoice_finding.settled", row, rule=row.rule)
    judging_invoices.judge_invoice(scope, invoice)
    return invoice


@transaction.atomic
def accept_line(*, scope: Scope, line: InvoiceLine, ground: str) -> InvoiceLine:
    """Let a line be paid in spite of its findings.

    Raises NotAllowedError for who entered the invoice, ConflictError where it was decided,
    RuleError INV-23 without a ground, INV-24 where a finding stands in the way: of care that is not
    known, still to come, or paid already, and of VAT.
    """
    policies.check_can_decide_invoice_line(scope, line)
    invoice = _locked(scope, line.invoice)
    row = _line(scope, line, invoice)
    policies.check_can_decide_invoice_line(scope, row)
    given = _ground(ground)
    # As it is now: an indication may have come, or another invoice for the same days.
    judging_invoices.judge_invoice(scope, invoice)
    row = _line(scope, line, invoice)
    if row.state != State.WAITING:
        return row
    findings = invoice.findings.open()
    if findings.filter(invoice_line=None).exists():
        raise RuleError("INV-24", _("First set aside what is wrong with the invoice as a whole."))
    rules = findings.filter(invoice_line=row).values_list("rule", flat=True)
    if codes := judging_invoices.blocks(rules):
        raise RuleError(
            "INV-24",
            _("This line cannot be accepted (%(codes)s). Have it put right, or refuse it.")
            % {"codes": ", ".join(codes)},
        )
    judging_invoices.accept(scope, [row], by=scope.user_id, ground=given)
    judging_invoices.close(scope, invoice)
    return row


@transaction.atomic
def refuse_line(*, scope: Scope, line: InvoiceLine, ground: str) -> InvoiceLine:
    """Pay a line never; the ground stands in the letter to the party.

    Raises NotAllowedError for anybody but a controller, ConflictError where it was decided,
    RuleError INV-23 without a ground.
    """
    policies.check_can_refuse_invoice_line(scope, line)
    invoice = _locked(scope, line.invoice)
    row = _line(scope, line, invoice)
    policies.check_can_refuse_invoice_line(scope, row)
    _refuse(scope, [row], _ground(ground))
    judging_invoices.close(scope, invoice)
    return row


@transaction.atomic
def refuse_rest(*, scope: Scope, invoice: ReceivedInvoice, ground: str) -> ReceivedInvoice:
    """Refuse everything of an invoice that waits. Raises as `refuse_line` does."""
    row = _locked(scope, invoice)
    lines = list(
        InvoiceLine.objects.visible_to(scope)
        .filter(invoice=row, state=State.WAITING)
        .select_for_update(of=("self",))
        .order_by("line")
    )
    if not lines:
        raise ConflictError(_("Nothing of this invoice waits any more."))
    for line in lines:
        policies.check_can_refuse_invoice_line(scope, line)
    _refuse(scope, lines, _ground(ground))
    judging_invoices.close(scope, row)
    return row


def _refuse(scope: Scope, lines: Sequence[InvoiceLine], ground: str) -> None:
    for line in lines:
        line.state = State.REFUSED
        line.decided_by_id = scope.user_id
        line.decided_at = scope.at
        line.ground = ground
    InvoiceLine.objects.bulk_update(lines, ["state", "decided_by", "decided_at", "ground"])
    audit.record_many(scope, "invoice_line.refused", lines)


@transaction.atomic
def state(*, scope: Scope, party: InvoicingParty) -> Statement:
    """Issue a statement of what was accepted, in the running month: its term does not wait for the
    end of the month. Once a month; then a payment run takes it up.

    Raises NotAllowedError for anybody but a controller, RuleError INV-29 where there is nothing to
    state, this month has a statement, or the party's subcontract is stated by the month anyway.
    """
    policies.check_can_run_month(scope, party.main_contractor_id)
    month = Month.of(scope.today)
    with on_behalf_of(scope, party.main_contractor_id) as widened:
        subcontractor = judging_invoices.lock_party(widened, party.subcontractor_id)
        lines = FundingLine.objects.filter(
            subcontract__subcontractor=subcontractor,
            subcontract__status__in=Subcontract.RUNNING,
        )
        if lines.in_force_on(scope.today).exists():
            raise RuleError(
                "INV-29", _("This party has a subcontract too: it is stated with its month.")
            )
        stated = Statement.objects.filter(subcontractor=subcontractor, month__gte=month.first)
        if stated.exists():
            raise RuleError(
                "INV-29",
                _("This month has a statement. What came since goes on the next, from the first."),
            )
        statement, _is_new = months.close_month(
            scope=widened, subcontractor=subcontractor, month=month
        )
    if statement is None:
        raise RuleError("INV-29", _("Nothing that was accepted waits for a statement."))
    return statement


def original_of(invoice: ReceivedInvoice) -> bytes:
    """The file as received; empty where it was typed in."""
    return base64.b64decode(invoice.content)


def _ground(text: str) -> str:
    if not text.strip():
        raise RuleError("INV-23", _("Say why."))
    return text.strip()[:300]


def _locked(scope: Scope, invoice: ReceivedInvoice) -> ReceivedInvoice:
    """The invoice as it is now, with its party locked before it."""
    judging_invoices.lock_party(scope, invoice.subcontractor_id)
    rows = ReceivedInvoice.objects.visible_to(scope).light().select_related("subcontractor")
    return rows.select_for_update(of=("self",)).get(pk=invoice.pk)


def _line(scope: Scope, line: InvoiceLine, invoice: ReceivedInvoice) -> InvoiceLine:
    rows = InvoiceLine.objects.visible_to(scope).select_related(
        "indication__product", "credits", "invoice__subcontractor"
    )
    return rows.defer("invoice__content").get(pk=line.pk, invoice=invoice)
