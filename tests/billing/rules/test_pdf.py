"""The statement's PDF, tested by its text."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from django.utils.translation import override
from pypdf import PdfReader

from billing.pdf import (
    FormTable,
    HeldAmount,
    Party,
    StatementDocument,
    StatementLine,
    statement_pdf,
)
from billing.rules import explain
from billing.rules.explain import Explanation
from billing.rules.fte import FteTerms, month_amount
from billing.rules.pxq import Tariff, Unit, line_amount
from billing.rules.statement import Opening, Posting, PostingKind, totals
from hoofdaannemer.core.periods import Month, parse_period

HOUR = Tariff(Unit.HOUR, Decimal("69.27"))


def document(lines: int = 6) -> StatementDocument:
    pxq = tuple(
        StatementLine(
            f"2026-{number:05d}",
            "Begeleiding individueel (45A04), toewijzing 90000123, J.V.",
            line_amount(600 + 35 * number, Unit.MINUTE, HOUR),
        )
        for number in range(lines)
    )
    month = month_amount(
        FteTerms(Decimal(2), Decimal(98_000)), Month(2026, 10), parse_period("2026")
    )
    assert month is not None
    fte = (StatementLine("FTE 2026-10", "Team Noord", month.explanation),)
    back = Explanation("pxq.credit", (explain.text("line", "2026-00001"),), Decimal("-1100.00"))
    corrections = (StatementLine("C-17", "Correctie september", back),)
    tables = (
        FormTable("Prijs maal aantal", pxq),
        FormTable("FTE", fte),
        FormTable("Correcties", corrections),
    )
    postings = [
        *(Posting(PostingKind.ENTITLEMENT, "pxq", line.reference, line.amount) for line in pxq),
        Posting(PostingKind.ENTITLEMENT, "fte", "FTE 2026-10", month.amount),
        Posting(PostingKind.CORRECTION, "pxq", "C-17", Decimal("-1100.00")),
        Posting(PostingKind.HOLD, "pxq", "2026-00003", Decimal("212.50")),
        Posting(PostingKind.RELEASE, "pxq", "2026-00002-09", Decimal("80.00")),
    ]
    held = HeldAmount(
        "2026-00003",
        "De registratie van een professional was verlopen van 10 t/m 30 oktober 2026.",
        "artikel 3.9 lid 2",
        "Lever een geldige SKJ-registratie in die deze dagen dekt. Dan betalen we alsnog.",
        Decimal("212.50"),
        date(2026, 12, 15),
    )
    return StatementDocument(
        number="MO-2026-000123",
        month=Month(2026, 10),
        issued_date=date(2026, 11, 6),
        sender=Party(
            "Jeugdhuis Regio Noord", ("Havenkade 12", "1234 AB Voorbeeldstad"), "12345678"
        ),
        receiver=Party(
            "Praktijk Zörg & Łódź",
            ("Dorpsstraat 1", "4321 BA Elders"),
            "87654321",
            "94001234",
            "NL91ABNA0417164300",
        ),
        tables=tables,
        held=(held,),
        totals=totals(postings, Opening(Decimal("-25.00"), {"2026-00002-09": Decimal("80.00")})),
        pay_date=date(2026, 11, 20),
        object_before=date(2026, 12, 18),
        object_to="declaraties@jeugdhuis.example",
        methods=("Uurtarief in minuten, afgerond per regel (IV081)",),
    )


def text(pdf: bytes) -> str:
    pages = [page.extract_text() for page in PdfReader(BytesIO(pdf)).pages]
    return " ".join(" ".join(pages).split())


def test_everything_a_reader_needs_stands_on_it() -> None:
    shown = document()
    with override("en"):
        got = text(statement_pdf(shown))
    for wanted in (
        shown.number,
        "Jeugdhuis Regio Noord",
        "Praktijk Zörg & Lódz",  # the standard font has no Ł
        "87654321",
        "94001234",
        "NL** ABNA **** **43 00",
        "€ 16.333,33",
        "€ -1.100,00",
        "€ -212,50",
        "€ 80,00",
        "artikel 3.9 lid 2",
        "Lever een geldige SKJ-registratie",
        "IV081",
        "declaraties@jeugdhuis.example",
        "Page 1 of 2",
        *(line.reference for table in shown.tables for line in table.lines),
    ):
        assert wanted in got
    assert "0417164300" not in got.replace(" ", "")


def test_the_same_document_has_the_same_bytes() -> None:
    assert statement_pdf(document()) == statement_pdf(document())


def test_a_change_of_a_cent_changes_the_bytes() -> None:
    held = replace(document().held[0], clause="artikel 3.10")
    assert statement_pdf(document()) != statement_pdf(replace(document(), held=(held,)))


def test_many_lines_run_over_pages_with_their_heads() -> None:
    with override("en"):
        reader = PdfReader(BytesIO(statement_pdf(document(lines=120))))
    assert len(reader.pages) > 3
    assert all("For what" in page.extract_text() for page in reader.pages[:3])
    assert f"Page 2 of {len(reader.pages)}" in reader.pages[1].extract_text()


def test_a_balance_below_zero_names_no_payment() -> None:
    shown = document(lines=0)
    postings = [Posting(PostingKind.CORRECTION, "pxq", "C-17", Decimal("-1100.00"))]
    below = replace(shown, tables=shown.tables[2:], held=(), totals=totals(postings), pay_date=None)
    with override("en"):
        got = text(statement_pdf(below))
    assert "Set off against your next statement" in got
    assert "We pay on" not in got


def test_lines_that_do_not_add_up_are_refused() -> None:
    shown = document()
    with pytest.raises(ValueError, match="add up"):
        replace(shown, tables=shown.tables[:1])
    with pytest.raises(ValueError, match="add up"):
        replace(shown, held=())


def test_markup_in_a_name_is_text() -> None:
    shown = document()
    hostile = replace(shown, receiver=replace(shown.receiver, name="<b>Zorg</b> & <para>"))
    assert "<b>Zorg</b> & <para>" in text(statement_pdf(hostile))
