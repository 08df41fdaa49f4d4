"""The report as PDF and as spreadsheet: by their text, and the same bytes each time."""

from __future__ import annotations

import dataclasses
import io
from decimal import Decimal

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from hoofdaannemer.accountability import pdf, spreadsheet
from hoofdaannemer.accountability.reporting import (
    Column,
    Figure,
    Passage,
    ReportDocument,
    ReportTable,
    Row,
    Unit,
)
from hoofdaannemer.core.charts import MARK, Chart, ChartKind, Point, Series

COLUMNS = (Column("Product", Unit.TEXT), Column("Cliënten"), Column("Kosten", Unit.EURO))
HIDDEN = Figure(suppressed=True)


def row(name, clients, cost, *, is_total=False):
    figures = [Figure(name)]
    figures += [HIDDEN if v is None else Figure(value=Decimal(v)) for v in (clients, cost)]
    return Row(tuple(figures), is_total)


TABLE = ReportTable(
    "Gebruik per product",
    COLUMNS,
    (
        row("Ambulant", 240, "1234500.50"),
        row("=1+1 <&>", None, None),
        row("Totaal", 335, "1959500", is_total=True),
    ),
    note="Dubbele cliënten tellen één keer.",
)
CHART = Chart(
    "clients",
    ChartKind.BAR,
    "Cliënten per product",
    "Ambulant is het grootst.",
    ("Ambulant", "Gezinshuis"),
    (Series("Cliënten", (Point(Decimal(240)), Point(None, suppressed=True))),),
)
REPORT = ReportDocument(
    title="Kwartaalrapportage",
    main_contractor="Zorgregie De Linde",
    municipality="Hollands Kroon",
    period="2026, eerste kwartaal",
    as_known_on="15 april 2026",
    version="versie 1",
    fingerprint="sha256:9f2c4ab8",
    narrative=(Passage("In het kort", ("Er kwamen 12 cliënten bij.",)),),
    tables=(TABLE,),
    charts=(CHART,),
    definitions=(("Cliënt", "Iemand met een toewijzing."),),
)
LONG = dataclasses.replace(
    REPORT,
    tables=(ReportTable("Lang", COLUMNS, tuple(row(f"P{n}", n + 10, n) for n in range(90))),),
)


def pages(report):
    return [page.extract_text() for page in PdfReader(io.BytesIO(pdf.render(report))).pages]


class TestPdf:
    def test_the_same_report_is_the_same_bytes(self):
        assert pdf.render(REPORT) == pdf.render(dataclasses.replace(REPORT))
        assert pdf.render(REPORT) != pdf.render(dataclasses.replace(REPORT, version="versie 2"))

    @pytest.mark.parametrize(
        "text",
        [
            "Hollands Kroon",
            "15 april 2026",
            "sha256:9f2c4ab8",
            "Er kwamen 12 cliënten bij.",
            "Ambulant is het grootst.",
            "€ 1.234.500,50",
            "=1+1 <&>",
            "Iemand met een toewijzing.",
            "Dubbele cliënten tellen één keer.",
        ],
    )
    def test_it_holds(self, text):
        assert text in "\n".join(pages(REPORT))

    def test_hidden_figures_are_marked_and_explained(self):
        marks = "\n".join(pages(REPORT)).count(MARK)
        assert marks == 2 + 1 + 2  # in the table, in the chart, and a note under each

    def test_every_page_says_whose_it_is_and_how_many_there_are(self):
        found = pages(LONG)
        assert len(found) > 2
        for number, text in enumerate(found, start=1):
            assert "Zorgregie De Linde" in text
            assert f"{number}" in text.splitlines()[-1] or f" {number} " in text
        assert sum("Cliënten" in text for text in found) >= len(found) - 1  # the head comes back

    def test_it_names_its_language_and_embeds_its_fonts(self):
        reader = PdfReader(io.BytesIO(pdf.render(REPORT)))
        assert reader.trailer["/Root"]["/Lang"] == "nl"
        assert reader.metadata.title.startswith("Kwartaalrapportage")
        fonts = reader.pages[0]["/Resources"]["/Font"].values()
        used = [f.get_object()["/BaseFont"] for f in fonts]
        assert any("Vera" in name for name in used)


class TestSpreadsheet:
    def sheet(self, report=REPORT, number=1):
        return load_workbook(io.BytesIO(spreadsheet.render(report))).worksheets[number]

    def test_the_same_report_is_the_same_bytes(self):
        assert spreadsheet.render(REPORT) == spreadsheet.render(dataclasses.replace(REPORT))

    def test_figures_are_numbers_and_hidden_ones_are_marks(self):
        rows = [[cell.value for cell in line] for line in self.sheet().iter_rows(max_row=4)]
        assert rows[1:] == [
            ["Ambulant", 240, 1234500.5],
            ["'=1+1 <&>", MARK, MARK],
            ["Totaal", 335, 1959500],
        ]

    @pytest.mark.parametrize("text", ["=1+1", "+31", "-1", "@a", "\t=1", "\r=1"])
    def test_text_is_never_a_formula(self, text):
        report = dataclasses.replace(REPORT, title=text, tables=())
        cell = self.sheet(report, number=0).cell(1, 2)
        assert cell.value.startswith("'")
        assert cell.data_type == "s"

    def test_characters_that_the_format_does_not_know_are_left_out(self):
        assert spreadsheet.inert("a\x0bb") == "ab"

    def test_sheets_of_the_same_name_are_told_apart(self):
        again = dataclasses.replace(REPORT, tables=(TABLE, TABLE))
        book = load_workbook(io.BytesIO(spreadsheet.render(again)))
        assert len({name.casefold() for name in book.sheetnames}) == 3

    def test_what_the_mark_means_is_said_where_there_is_one(self):
        notes = [cell.value for cell in self.sheet()["A"] if cell.value]
        assert notes[-1].startswith(MARK)


def test_a_row_without_a_column_is_refused():
    with pytest.raises(ValueError, match="number of columns"):
        ReportTable("Kapot", COLUMNS, (Row((Figure("alleen"),)),))
