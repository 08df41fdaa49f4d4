"""Invoices without a subcontract in the canary scenario: a certified institution of each main."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone

from billing import ubl_files
from billing.models import Indication, InvoicingParty, ReceivedInvoice
from billing.services import account_changes, indications, invoices, invoicing_parties
from billing.services.indications import IndicationFacts
from billing.services.invoices import InvoicedLine, InvoiceHead, Original
from hoofdaannemer.accounts.models import Organisation
from hoofdaannemer.core.periods import Month
from hoofdaannemer.core.scope import acting_as
from hoofdaannemer.scenarios.canary.care import Care
from hoofdaannemer.scenarios.people import iban
from subcontracts.models import Allocation
from subcontracts.services.parties import ProviderDetails

PRICE = Decimal("71.00")
_KVK, _AGB, _ACCOUNT = 90_900_021, 73_990_021, 900_000_300
_CBC = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
_CAC = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"


def receive(care: Care, at: datetime) -> None:
    """Each institution sends two: a line each is right, one is of care that nobody knows.

    The second is an e-invoice that names another account, so that all of it waits.
    """
    for number, main in enumerate(care.parties.mains):
        party = _party(care, main, number, at)
        _account(care, main, party, number, at)
        given = _indication(care, main, party, at)
        _invoices(care, main, party, given, at)


def _party(care: Care, main: str, number: int, at: datetime) -> InvoicingParty:
    scope = care.cast.scope("contracten", main, at)
    with acting_as(scope):
        return invoicing_parties.take_on(
            scope=scope,
            main_contractor_id=care.parties.mains[main].pk,
            details=ProviderDetails(
                kvk=str(_KVK + number),
                name=f"{main}-instelling",
                kind=Organisation.Kind.INSTITUTION,
                agb=str(_AGB + number),
            ),
            terms=invoicing_parties.InvoicingTerms(kind=InvoicingParty.Kind.CERTIFIED),
        )


def _account(care: Care, main: str, party: InvoicingParty, number: int, at: datetime) -> None:
    scope = care.cast.scope("controle", main, at)
    with acting_as(scope):
        change = account_changes.ask(
            scope=scope,
            subcontractor=party.subcontractor,
            account=account_changes.NewAccount(
                iban=iban(_ACCOUNT + number),
                account_holder=f"{main}-instelling",
                reason=f"Eerste rekening van {main}-instelling",
            ),
        )
    second = care.cast.scope("controle2", main, at)
    with acting_as(second):
        account_changes.decide(
            scope=second, change=change, is_approved=True, checked=f"{main}: gebeld"
        )


def _indication(care: Care, main: str, party: InvoicingParty, at: datetime) -> Indication:
    scope = care.cast.scope("zorg", main, at)
    with acting_as(scope):
        allocations = Allocation.objects.visible_to(scope).live().exclude(product=None)
        allocation = allocations.select_related("client", "product").order_by("pk")[0]
        if allocation.product is None:
            raise ValueError("an allocation with a product was asked for")
        facts = IndicationFacts(
            reference=f"{main}-BEPALING",
            kind=Indication.Kind.COURT,
            client=allocation.client,
            product=allocation.product,
            allocation=allocation,
            start_date=allocation.start_date,
            end_date=allocation.end_date,
            volume=Decimal(40),
            price=PRICE,
        )
        return indications.record(scope=scope, party=party, facts=facts)


def _invoices(
    care: Care, main: str, party: InvoicingParty, given: Indication, at: datetime
) -> None:
    today = timezone.localdate(at)
    month = Month.of(today).previous()
    scope = care.cast.scope("controle", main, at)
    lines = [_line(given.reference, month.first, 2), _line(f"{main}-ONBEKEND", month.first, 1)]
    head = InvoiceHead(
        number=f"{main}-1",
        kind=ReceivedInvoice.Kind.INVOICE,
        invoice_date=today,
        received_date=today,
        total=3 * PRICE,
    )
    with acting_as(scope):
        invoices.enter(scope=scope, party=party, head=head, lines=lines)
        raw = _ubl(f"{main}-2", today, month.last, given.reference, f"{main}-ONBEKEND")
        found = ubl_files.read(raw)
        invoices.enter(
            scope=scope,
            party=party,
            head=InvoiceHead(
                number=found.number,
                kind=found.kind,
                invoice_date=found.invoice_date,
                received_date=today,
                total=found.total,
                iban=found.iban,
            ),
            lines=found.lines,
            original=Original(source=ReceivedInvoice.Source.UBL, name=f"{main}-2.xml", content=raw),
        )


def _line(reference: str, day: date, quantity: int) -> InvoicedLine:
    return InvoicedLine(
        reference=reference,
        start=day,
        end=day,
        quantity=Decimal(quantity),
        price=PRICE,
        amount=quantity * PRICE,
    )


def _ubl(number: str, today: date, day: date, *references: str) -> bytes:
    """An e-invoice for one hour of each, to be paid into another account."""
    lines = "".join(
        f"<cac:InvoiceLine><cbc:ID>{place}</cbc:ID><cbc:InvoicedQuantity>1</cbc:InvoicedQuantity>"
        f"<cbc:LineExtensionAmount>{PRICE}</cbc:LineExtensionAmount>"
        f"<cac:InvoicePeriod><cbc:StartDate>{day}</cbc:StartDate><cbc:EndDate>{day}</cbc:EndDate>"
        "</cac:InvoicePeriod>"
        f"<cac:DocumentReference><cbc:ID>{reference}</cbc:ID></cac:DocumentReference>"
        f"<cac:Price><cbc:PriceAmount>{PRICE}</cbc:PriceAmount></cac:Price></cac:InvoiceLine>"
        for place, reference in enumerate(references, start=1)
    )
    total = PRICE * len(references)
    return (
        '<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"'
        f' xmlns:cbc="{_CBC}" xmlns:cac="{_CAC}"><cbc:ID>{number}</cbc:ID>'
        f"<cbc:IssueDate>{today}</cbc:IssueDate>"
        f"<cac:PaymentMeans><cac:PayeeFinancialAccount><cbc:ID>{iban(_ACCOUNT + 50)}</cbc:ID>"
        "</cac:PayeeFinancialAccount></cac:PaymentMeans><cac:LegalMonetaryTotal>"
        f"<cbc:TaxInclusiveAmount>{total}</cbc:TaxInclusiveAmount></cac:LegalMonetaryTotal>"
        f"{lines}</Invoice>"
    ).encode()
