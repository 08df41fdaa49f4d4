"""Invoices that the main contractor makes out: agreed to, taxed as recorded, kept as made."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from lxml import etree
from openpyxl import load_workbook
from pypdf import PdfReader

from billing.models import EInvoice, Statement, StatementLine, VatTreatment
from billing.services import invoicing, months, statements, vat
from billing.services.months import MonthResult
from hoofdaannemer.accounts.models import Organisation
from hoofdaannemer.core.errors import NotAllowedError, RuleError
from hoofdaannemer.core.periods import Month
from hoofdaannemer.core.scope import Role, Scope
from tests.billing.build import JANUARY, declare, moment, placement, priced
from tests.billing.en16931 import broken_rules
from tests.billing.visitors import as_system, visitor
from tests.conftest import become
from tests.factories import World, world

AT = moment(date(2026, 2, 10))
RSIN = "123456782"
FEBRUARY = JANUARY.next()


@pytest.fixture
def chain(system: Scope) -> World:
    made = world(system)
    declare(made, priced(placement(made), 10))
    return made


def close(chain: World, month: Month = JANUARY) -> MonthResult:
    return months.run_month(
        scope=chain.system.moved_to(AT), main_contractor_id=chain.main.pk, month=month
    )


def agree(chain: World, tax_number: str = RSIN) -> None:
    delegate = chain.at(Role.SUBCONTRACTOR_ADMIN, chain.pxq, at=AT)
    become(delegate)
    invoicing.agree(scope=delegate, subcontractor=chain.pxq.subcontractor, tax_number=tax_number)
    as_system()


def statement(chain: World) -> Statement:
    return Statement.objects.get(subcontractor=chain.pxq.subcontractor)


def text_of(xml: bytes, name: str) -> str:
    found = etree.fromstring(xml).find(f".//{{*}}{name}")
    assert found is not None
    return str(found.text)


def test_made_with_the_statement_for_who_agreed(chain: World) -> None:
    agree(chain)
    close(chain)
    made = EInvoice.objects.get()
    xml = bytes(made.xml)
    assert (made.statement, made.is_credit) == (statement(chain), False)
    assert (text_of(xml, "InvoiceTypeCode"), text_of(xml, "PayableAmount")) == ("389", "660.00")
    assert broken_rules(xml) == []


def test_afterwards_for_who_agreed_later_and_only_once(chain: World) -> None:
    close(chain)
    with pytest.raises(RuleError) as refused:
        invoicing.make(scope=chain.system, statement=statement(chain))
    assert refused.value.code == "BIL-170"
    agree(chain)
    first = invoicing.make(scope=chain.system, statement=statement(chain))
    agree(chain, "NL000000001B64")
    assert invoicing.make(scope=chain.system, statement=statement(chain)).xml == first.xml


def test_what_was_agreed_is_paid_with_the_tax_within_it(chain: World) -> None:
    agree(chain)
    fin = chain.at(Role.CONTROLLER, at=AT)
    become(fin)
    vat.treat(
        scope=fin,
        funding_line=chain.pxq.line,
        vat=VatTreatment.Vat.STANDARD,
        start=JANUARY,
        reason="Inlenen van personeel",
    )
    as_system()
    close(chain)
    made = statement(chain)
    xml = bytes(EInvoice.objects.get().xml)
    assert (made.payable, text_of(xml, "TaxAmount")) == (Decimal("660.00"), "114.54")
    assert set(made.lines.values_list("vat", flat=True)) == {"standard"}
    printed = "".join(page.extract_text() for page in PdfReader(BytesIO(bytes(made.pdf))).pages)
    assert "21 % btw" in printed
    assert statements.made_again(made) == bytes(made.pdf)


def test_a_treatment_holds_from_its_month_on(chain: World) -> None:
    fin = chain.at(Role.CONTROLLER, at=AT)
    become(fin)
    vat.treat(
        scope=fin,
        funding_line=chain.pxq.line,
        vat=VatTreatment.Vat.REDUCED,
        start=FEBRUARY,
        reason="Vanaf februari",
    )
    as_system()
    close(chain)
    assert set(StatementLine.objects.values_list("vat", flat=True)) == {"exempt"}


@pytest.mark.parametrize("number", ["123456789", "NL000000001B65", "x"])
def test_a_number_that_is_none(chain: World, number: str) -> None:
    with pytest.raises(RuleError) as refused:
        agree(chain, number)
    assert refused.value.code == "BIL-168"


def test_no_bsn_of_a_practice(chain: World) -> None:
    as_system()
    Organisation.objects.filter(pk=chain.pxq.organisation.pk).update(
        kind=Organisation.Kind.PRACTICE
    )
    with pytest.raises(RuleError) as refused:
        agree(chain)
    assert refused.value.code == "BIL-169"
    agree(chain, "NL000000001B64")


def test_its_administrator_agrees_and_nobody_else(chain: World) -> None:
    for role, party in ((Role.SUBCONTRACTOR_USER, chain.pxq), (Role.CONTROLLER, None)):
        scope = chain.at(role, party, at=AT)
        become(scope)
        with pytest.raises(NotAllowedError):
            invoicing.agree(scope=scope, subcontractor=chain.pxq.subcontractor, tax_number=RSIN)


def test_the_spreadsheet_adds_up_to_the_statement(chain: World) -> None:
    close(chain)
    made = statement(chain)
    answer = visitor(chain, Role.SUBCONTRACTOR_ADMIN, chain.pxq).get(
        f"/maandoverzichten/{made.pk}/excel/"
    )
    sheet = load_workbook(BytesIO(b"".join(answer.streaming_content))).active
    rows = list(sheet.values)
    assert sum(Decimal(str(row[-1])) for row in rows[1:]) == made.payable
