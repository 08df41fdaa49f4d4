"""Pages of invoices without a subcontract: taken in three ways, judged, decided, downloaded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from billing import invoice_files, ubl_files, worklist
from billing.models import Indication, InvoicingParty, ReceivedInvoice
from billing.services.invoices import Original
from hoofdaannemer.audit.models import AccessRecord
from hoofdaannemer.core import workbooks
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.periods import Month
from hoofdaannemer.core.scope import Role, Scope
from tests.billing import invoices as made
from tests.billing.visitors import as_system, visitor
from tests.conftest import become
from tests.factories import World, world

ENDED = Month.of(timezone.localdate()).previous()
DAY = {"start": ENDED.first, "end": ENDED.last}


@dataclass(frozen=True)
class Stage:
    """A main contractor, a party with a known account, and an indication."""

    chain: World
    party: InvoicingParty
    given: Indication


@pytest.fixture
def stage(system: Scope) -> Stage:
    chain = world(system)
    party = made.party(chain)
    given = made.indication(chain, party, start_date=ENDED.first, end_date=None)
    as_system()
    return Stage(chain, party, given)


def path(name: str, *args: object) -> str:
    return reverse(name, args=args)


def ubl(stage: Stage, *, root: str = "Invoice", kvk: str = "", **parts: str) -> bytes:
    """An e-invoice of three hours for the indication."""
    namespace = f"urn:oasis:names:specification:ubl:schema:xsd:{root}-2"
    verb = "Invoiced" if root == "Invoice" else "Credited"
    kvk = kvk or stage.party.subcontractor.provider_organisation.kvk
    line = (
        f"<cac:{root}Line><cbc:ID>1</cbc:ID><cbc:{verb}Quantity>{parts.get('quantity', '3')}"
        f"</cbc:{verb}Quantity><cbc:LineExtensionAmount>240.00</cbc:LineExtensionAmount>"
        f"<cac:InvoicePeriod><cbc:StartDate>{parts.get('start', ENDED.first)}</cbc:StartDate>"
        f"<cbc:EndDate>{ENDED.last}</cbc:EndDate></cac:InvoicePeriod>{parts.get('extra', '')}"
        "<cac:Item><cbc:Name>Begeleiding</cbc:Name><cac:ClassifiedTaxCategory>"
        f"<cbc:Percent>{parts.get('percent', '0')}</cbc:Percent></cac:ClassifiedTaxCategory>"
        "<cac:AdditionalItemProperty><cbc:Name>Indicatie</cbc:Name>"
        f"<cbc:Value>{stage.given.reference}</cbc:Value></cac:AdditionalItemProperty></cac:Item>"
        "<cac:Price><cbc:PriceAmount>160</cbc:PriceAmount><cbc:BaseQuantity>2</cbc:BaseQuantity>"
        f"</cac:Price></cac:{root}Line>"
    )
    return (
        f'<{root} xmlns="{namespace}"'
        ' xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"'
        ' xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2">'
        f"<cbc:ID>{parts.get('number', 'E-1')}</cbc:ID>"
        f"<cbc:IssueDate>{timezone.localdate()}</cbc:IssueDate>"
        "<cac:AccountingSupplierParty><cac:Party><cac:PartyLegalEntity>"
        f'<cbc:CompanyID schemeID="0106">{kvk}</cbc:CompanyID></cac:PartyLegalEntity></cac:Party>'
        "</cac:AccountingSupplierParty><cac:PaymentMeans><cac:PayeeFinancialAccount>"
        f"<cbc:ID>{made.IBAN}</cbc:ID></cac:PayeeFinancialAccount></cac:PaymentMeans>"
        "<cac:LegalMonetaryTotal><cbc:TaxInclusiveAmount>240.00</cbc:TaxInclusiveAmount>"
        f"</cac:LegalMonetaryTotal>{line}</{root}>"
    ).encode()


def upload(stage: Stage, name: str, data: bytes, file: str, **typed: object) -> ReceivedInvoice:
    browser = visitor(stage.chain, Role.CONTROLLER)
    fields = {"party": stage.party.pk, "received_date": timezone.localdate(), **typed}
    answer = browser.post(path(name), {**fields, "file": SimpleUploadedFile(file, data)})
    assert answer.status_code == 302, answer.content.decode()
    as_system()
    return ReceivedInvoice.objects.latest("pk")


def states(invoice: ReceivedInvoice) -> list[str]:
    return [one.state for one in invoice.lines.order_by("line")]


def test_an_e_invoice_is_read_judged_and_kept(stage: Stage) -> None:
    raw = ubl(stage)
    invoice = upload(stage, "invoice_upload", raw, "factuur.xml")
    assert (invoice.number, invoice.total, states(invoice)) == ("E-1", Decimal(240), ["accepted"])
    browser = visitor(stage.chain, Role.CONTROLLER)
    page = browser.get(path("invoice_detail", invoice.pk))
    assert stage.given.reference in page.content.decode()
    assert browser.get(path("invoice_file", invoice.pk)).content == raw
    as_system()
    assert AccessRecord.objects.filter(purpose="invoice").exists()
    # A credit note takes a part of its line back, a second one the rest.
    billing = (
        "<cac:BillingReference><cac:InvoiceDocumentReference><cbc:ID>E-1</cbc:ID>"
        "</cac:InvoiceDocumentReference></cac:BillingReference>"
    )
    for number, quantity, amount in (("C-1", b"1", b"80.00"), ("C-2", b"2", b"160.00")):
        note = ubl(stage, root="CreditNote", number=number, extra=billing)
        note = note.replace(b">3<", b">%s<" % quantity).replace(b">240.00<", b">%s<" % amount)
        credit = upload(stage, "invoice_upload", note, "credit.xml")
        assert (credit.kind, states(credit)) == ("credit", ["accepted"])
        told = visitor(stage.chain, Role.CONTROLLER).get(path("invoice_detail", invoice.pk))
        as_system()
        is_part = "Deels gecrediteerd: € 80,00. Er blijft € 160,00 over." in told.content.decode()
        assert is_part == (number == "C-1")


def test_taking_the_file_is_a_look_at_all_whom_it_names(stage: Stage) -> None:
    # Known by our number, and not indicated.
    who = made.client(stage.chain)
    invoice = made.enter(
        stage.chain,
        stage.party,
        [made.line("", 1, client=who.pseudonym), made.line(stage.given, 1)],
        original=Original(source=ReceivedInvoice.Source.FILE, name="a.csv", content=b"a;b"),
    )
    as_system()
    before = AccessRecord.objects.count()
    visitor(stage.chain, Role.CONTROLLER).get(path("invoice_file", invoice.pk))
    as_system()
    looks = AccessRecord.objects.order_by("pk")[before:]
    assert {one.client for one in looks} == {who.pk, stage.given.client_id}


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda raw: raw.replace(b"<cbc:ID>E-1", b"<!DOCTYPE a><cbc:ID>E-1"), "INV-21"),
        (lambda raw: b"<a/>", "INV-21"),
        (lambda raw: raw.replace(b">3<", b">drie<"), "INV-21"),
        (lambda raw: raw.replace(b">3<", b">NaN<"), "INV-21"),
        (lambda raw: raw.replace(b"StartDate>2", b"StartDate>9999"), "INV-21"),
    ],
)
def test_what_is_no_e_invoice(stage: Stage, spoil: Callable[[bytes], bytes], code: str) -> None:
    with pytest.raises(RuleError) as refused:
        ubl_files.read(spoil(ubl(stage)))
    assert refused.value.code == code


def test_an_e_invoice_of_another_sender_is_not_taken(stage: Stage) -> None:
    browser = visitor(stage.chain, Role.CONTROLLER)
    file = SimpleUploadedFile("a.xml", ubl(stage, kvk="12345678"))
    fields = {"party": stage.party.pk, "received_date": timezone.localdate(), "file": file}
    page = browser.post(path("invoice_upload"), fields)
    assert b"INV-22" in page.content
    as_system()
    assert not ReceivedInvoice.objects.exists()


def test_lines_come_as_a_table_like_its_template(stage: Stage) -> None:
    browser = visitor(stage.chain, Role.CONTROLLER)
    (example,) = invoice_files.read(browser.get(path("invoice_template")).content)
    assert example.amount == example.quantity * example.price
    rows = [
        ["Kenmerk", "Van", "Tot en met", "Aantal", "Prijs", "Bedrag"],
        [stage.given.reference, ENDED.first, ENDED.last, "1,5", "80,00", "120,00"],
        ["B-ONBEKEND", ENDED.first, ENDED.last, "1", "80,00", "80,00"],
    ]
    as_system()
    invoice = upload(
        stage,
        "invoice_table",
        workbooks.text(rows),
        "regels.csv",
        number="T-1",
        kind="invoice",
        invoice_date=timezone.localdate(),
        total="200,00",
        iban=made.IBAN,
    )
    assert states(invoice) == ["accepted", "waiting"]


@pytest.mark.parametrize(("cell", "told"), [("drie", "“drie”"), ("", "“”"), ("1" * 12, "1111")])
def test_a_cell_that_cannot_be_read_is_named(cell: str, told: str) -> None:
    rows = [["Van", "Tot", "Aantal", "Prijs", "Bedrag"], ["1-1-2026", "2-1-2026", cell, "1", "1"]]
    with pytest.raises(RuleError) as refused:
        invoice_files.read(workbooks.text(rows))
    assert refused.value.code == "INV-21"
    assert told in str(refused.value)
    assert "2" in str(refused.value)


def test_typed_in_with_a_line_added(stage: Stage) -> None:
    browser = visitor(stage.chain, Role.CONTROLLER)
    typed = {
        "party": stage.party.pk,
        "kind": "invoice",
        "number": "P-1",
        "invoice_date": timezone.localdate(),
        "received_date": timezone.localdate(),
        "total": "320,00",
        "iban": made.IBAN,
        "reference": stage.given.reference,
        **DAY,
        "quantity": "3",
        "price": "80,00",
        "amount": "240,00",
    }
    page = browser.post(path("invoice_new"), {**typed, "rows": "1", "add": "1"})
    assert page.context["form"].count == 2
    second = {
        "reference_2": "B-ONBEKEND",
        **{f"{name}_2": day for name, day in DAY.items()},
        "quantity_2": "1",
        "price_2": "80,00",
        "amount_2": "80,00",
    }
    browser.post(path("invoice_new"), {**typed, **second, "rows": "2"})
    as_system()
    invoice = ReceivedInvoice.objects.get()
    assert states(invoice) == ["accepted", "waiting"]
    # Who typed it in is told that somebody else accepts; the letter says what is wrong.
    page = browser.get(path("invoice_detail", invoice.pk))
    assert page.context["is_own"]
    assert "INV-01" in page.content.decode()
    pdf = browser.get(path("invoice_letter", invoice.pk)).content
    text = "".join(one.extract_text() for one in PdfReader(BytesIO(pdf)).pages)
    assert "P-1" in text
    assert "240,00" in text


def test_a_waiting_line_is_refused_on_its_page_and_leaves_the_work_list(stage: Stage) -> None:
    today = timezone.localdate()
    when = {"invoice_date": today - timedelta(days=28), "received_date": today - timedelta(days=28)}
    scope = made.first(stage.chain, timezone.now())
    lines = [made.line(stage.given, **DAY), made.line("B-ONBEKEND", **DAY)]
    invoice = made.enter(stage.chain, stage.party, lines, scope=scope, **when)
    shown = [one for one in worklist.items(become(scope)) if one.url == path(*_detail(invoice))]
    # It waits for a decision, and what was accepted of it must be paid within two days.
    assert [one.due for one in shown] == [today + timedelta(days=2)] * 2
    line = invoice.lines.get(line=2)
    browser = visitor(stage.chain, Role.CONTROLLER)
    browser.post(path("invoice_line_refuse", line.pk), {"ground": "Onbekend"})
    browser.post(path("invoicing_party_state", stage.party.pk))
    as_system()
    line.refresh_from_db()
    assert (line.state, line.ground) == ("refused", "Onbekend")
    assert stage.party.subcontractor.statements.get().payable == Decimal(240)
    shown = [one for one in worklist.items(become(scope)) if one.url == path(*_detail(invoice))]
    assert len(shown) == 1


def _detail(invoice: ReceivedInvoice) -> tuple[str, int]:
    return "invoice_detail", invoice.pk


def test_an_indication_is_recorded_and_ended_by_who_looks_after_care(stage: Stage) -> None:
    browser = visitor(stage.chain, Role.CARE_COORDINATOR)
    typed = {
        "party": stage.party.pk,
        "reference": "b 2026-9",
        "kind": "own",
        "client": stage.given.client.pseudonym.lower(),
        "product": stage.chain.products["guidance"].pk,
        "start_date": ENDED.first,
        "per": "month",
        "volume": "4,5",
        "price": "81,25",
    }
    answer = browser.post(path("indication_new"), typed)
    as_system()
    row = Indication.objects.get(reference="B2026-9")
    assert answer["Location"] == row.get_absolute_url()
    assert (row.volume, row.price, row.per) == (Decimal("4.50"), Decimal("81.25"), "month")
    browser.post(path("indication_end", row.pk), {"last_day": date(2100, 1, 1)})
    as_system()
    row.refresh_from_db()
    assert row.end_date == date(2100, 1, 1)
    unknown = browser.post(path("indication_new"), {**typed, "client": "C-00000"})
    assert "client" in unknown.context["form"].errors
    # Amounts that were paid are not for who looks after care.
    page = browser.get(path("indication_detail", row.pk)).content.decode()
    assert row.reference in page
    assert browser.get(path("invoice_list")).status_code == 403


def test_lists_ask_a_fixed_number_of_questions(
    stage: Stage, django_assert_max_num_queries: Callable[[int], object]
) -> None:
    scope = made.first(stage.chain, timezone.now())
    for number in range(1, 7):
        day = ENDED.first + timedelta(days=number)
        made.enter(
            stage.chain,
            stage.party,
            [made.line(stage.given, 1, start=day, end=day), made.line("B-X", start=day, end=day)],
            scope=scope,
            invoice_date=timezone.localdate(),
            received_date=timezone.localdate(),
        )
    as_system()
    browser = visitor(stage.chain, Role.CONTROLLER)
    for name in ("invoice_list", "indication_list", "invoicing_party_list"):
        with django_assert_max_num_queries(40):  # type: ignore[attr-defined]
            assert browser.get(path(name)).status_code == 200
    page = browser.get(path("invoice_list") + "?term=open&status=waiting")
    assert len(page.context["table"].rows) == 6
    as_system()
    invoice = ReceivedInvoice.objects.latest("pk")
    with django_assert_max_num_queries(45):  # type: ignore[attr-defined]
        browser.get(path("invoice_detail", invoice.pk))
