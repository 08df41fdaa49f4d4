"""A report as PDF: A4, the same bytes for the same report."""

from __future__ import annotations

import io
from html import escape
from pathlib import Path
from typing import Any

import reportlab
from django.utils.translation import gettext as _
from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    KeepTogether,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
)

from hoofdaannemer.accountability.reporting import ReportDocument, ReportTable, Row, Unit
from hoofdaannemer.core.charts import Chart, drawing, hidden_note

# Embedded, so that the file looks the same everywhere and can be archived; both come with
# reportlab.
FONT, BOLD = "Vera", "VeraBd"
INK, SUBTLE, BRAND, RULE, TINT = map(
    HexColor, ("#16232a", "#4d5c64", "#0b4f5c", "#c9d3d8", "#eaeff1")
)
MARGIN = 22 * mm
WIDTH = A4[0] - 2 * MARGIN


def _style(name: str, size: float, **more: Any) -> ParagraphStyle:
    given = {"fontName": FONT, "fontSize": size, "leading": size * 1.45, "textColor": INK} | more
    return ParagraphStyle(name, **given)


TITLE = _style("title", 20, fontName=BOLD, textColor=BRAND, leading=26, spaceAfter=2 * mm)
HEADING = _style(
    "heading", 12, fontName=BOLD, spaceBefore=7 * mm, spaceAfter=2 * mm, keepWithNext=1
)
BODY = _style("body", 9.5, spaceAfter=2 * mm)
SMALL = _style("small", 8, textColor=SUBTLE, spaceBefore=1 * mm)
TERM = _style("term", 8.5, textColor=SUBTLE)
CELL = _style("cell", 8.5)
NUMBER = _style("number", 8.5, alignment=TA_RIGHT)


def render(report: ReportDocument, language: str = "nl") -> bytes:
    """The report as bytes; `language` is that of its texts, for screen readers."""
    for name in (FONT, BOLD):
        if name not in pdfmetrics.getRegisteredFontNames():
            file = Path(reportlab.__file__).parent / "fonts" / f"{name}.ttf"
            pdfmetrics.registerFont(TTFont(name, str(file)))
    stream = io.BytesIO()
    document = BaseDocTemplate(
        stream,
        pagesize=A4,
        title=f"{report.title} – {report.municipality} – {report.period}",
        author=report.main_contractor,
        subject=f"{report.version} {report.fingerprint}",
        lang=language,
        invariant=1,
    )
    sides = dict.fromkeys(("leftPadding", "rightPadding", "topPadding", "bottomPadding"), 0)
    frame = Frame(MARGIN, 22 * mm, WIDTH, A4[1] - 44 * mm, id="text", **sides)
    document.addPageTemplates(PageTemplate(id="page", frames=[frame]))

    class Pages(_NumberedCanvas):
        of = report

    document.build(_story(report), canvasmaker=Pages)
    return stream.getvalue()


def _story(report: ReportDocument) -> list[Flowable]:
    story: list[Flowable] = [Paragraph(escape(report.title), TITLE), _facts(report)]
    for passage in report.narrative:
        story.append(Paragraph(escape(passage.heading), HEADING))
        story += [Paragraph(escape(text), BODY) for text in passage.paragraphs]
    for chart in report.charts:
        story.append(_chart(chart))
    for table in report.tables:
        story += _table(table)
    if report.definitions:
        story.append(Paragraph(_("What the words mean"), HEADING))
        for term, meaning in report.definitions:
            text = f'<font name="{BOLD}">{escape(term)}</font> – {escape(meaning)}'
            story.append(Paragraph(text, BODY))
    return story


def _facts(report: ReportDocument) -> Flowable:
    """What this is, of when, and how to check that it is the real one."""
    facts = [
        (_("Municipality"), report.municipality),
        (_("Main contractor"), report.main_contractor),
        (_("Period"), report.period),
        (_("As known on"), report.as_known_on),
        (_("Version"), report.version),
        (_("Check mark"), report.fingerprint),
    ]
    rows = [[Paragraph(escape(k), TERM), Paragraph(escape(v), CELL)] for k, v in facts]
    look = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LINEABOVE", (0, 0), (-1, 0), 1.2, BRAND),
        ("LINEBELOW", (0, -1), (-1, -1), 0.5, RULE),
        ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ("TOPPADDING", (0, 0), (-1, -1), 2),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
        ("TOPPADDING", (0, 0), (-1, 0), 6),
        ("BOTTOMPADDING", (0, -1), (-1, -1), 6),
    ]
    return Table(rows, colWidths=[38 * mm, WIDTH - 38 * mm], style=look)


def _chart(chart: Chart) -> Flowable:
    return KeepTogether(
        [
            Paragraph(escape(chart.title), HEADING),
            Paragraph(escape(chart.description), BODY),
            drawing(chart, WIDTH, FONT, BOLD),
        ]
    )


def _table(table: ReportTable) -> list[Flowable]:
    """A table with its head on every page; what is hidden is explained under it."""
    looks = [CELL if column.unit is Unit.TEXT else NUMBER for column in table.columns]
    pairs = list(zip(table.columns, looks, strict=True))
    head = [Paragraph(f'<font name="{BOLD}">{escape(c.title)}</font>', look) for c, look in pairs]
    body = [_cells(table, row, looks) for row in table.rows]
    style: list[tuple[Any, ...]] = [
        ("BACKGROUND", (0, 0), (-1, 0), TINT),
        ("LINEBELOW", (0, 0), (-1, -1), 0.4, RULE),
        ("VALIGN", (0, 0), (-1, 0), "BOTTOM"),
        # A figure stands beside the first line of its row's name.
        ("VALIGN", (0, 1), (-1, -1), "TOP"),
        ("TOPPADDING", (0, 0), (-1, -1), 3),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
    ]
    for at, row in enumerate(table.rows, start=1):
        if row.is_total:
            style.append(("LINEABOVE", (0, at), (-1, at), 0.8, INK))
    grid = Table([head, *body], colWidths=_widths(table), repeatRows=1, style=style)
    notes = [text for text in (table.note, hidden_note() if table.has_hidden else "") if text]
    story: list[Flowable] = [Paragraph(escape(table.title), HEADING), grid]
    story += [Paragraph(escape(text), SMALL) for text in notes]
    fits = len(table.rows) <= SHORT
    return [KeepTogether(story)] if fits else [*story, Spacer(1, 2 * mm)]


PADDING = 13.0
"""Points: left and right of the text in a cell together."""
SHORT = 20
"""Rows of a table that is kept on one page."""


def _cells(table: ReportTable, row: Row, looks: list[ParagraphStyle]) -> list[Paragraph]:
    texts = [f.shown(c) for f, c in zip(row.figures, table.columns, strict=True)]
    marked = [
        f'<font name="{BOLD}">{escape(t)}</font>' if row.is_total else escape(t) for t in texts
    ]
    return [Paragraph(text, look) for text, look in zip(marked, looks, strict=True)]


def _widths(table: ReportTable) -> list[float]:
    """Figures get the room they need on one line, columns with text share what is left.

    Where that leaves less than 25 mm for text, all columns shrink and long figures wrap.
    """
    needs = []
    for at, column in enumerate(table.columns):
        words = [*column.title.split(), *(row.figures[at].shown(column) for row in table.rows)]
        widest = max(stringWidth(word, BOLD, CELL.fontSize) for word in words)
        needs.append(0.0 if column.unit is Unit.TEXT else widest + PADDING)
    texts = needs.count(0.0)
    share = max((WIDTH - sum(needs)) / texts, 25 * mm) if texts else 0.0
    widths = [need or share for need in needs]
    if sum(widths) > WIDTH or not texts:
        widths = [width * WIDTH / sum(widths) for width in widths]
    return widths


class _NumberedCanvas(Canvas):  # type: ignore[misc]  # reportlab has no types
    """Keeps its pages until the end, so that each can say how many there are."""

    of: ReportDocument

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._kept: list[dict[str, Any]] = []

    def showPage(self) -> None:  # noqa: N802  # the name is reportlab's
        self._kept.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        for number, page in enumerate(self._kept, start=1):
            self.__dict__.update(page)
            self._furniture(number, len(self._kept))
            super().showPage()
        super().save()

    def _furniture(self, number: int, count: int) -> None:
        """Who and what above, version and page below, on every page."""
        self.setFont(FONT, 7.5)
        self.setFillColor(SUBTLE)
        self.setStrokeColor(RULE)
        top, foot = A4[1] - 14 * mm, 13 * mm
        self.drawString(MARGIN, top, self.of.main_contractor)
        self.drawRightString(A4[0] - MARGIN, top, f"{self.of.municipality} · {self.of.period}")
        self.line(MARGIN, foot + 4 * mm, A4[0] - MARGIN, foot + 4 * mm)
        self.drawString(MARGIN, foot, f"{self.of.title} · {self.of.version}")
        page = _("Page %(number)d of %(count)d") % {"number": number, "count": count}
        self.drawRightString(A4[0] - MARGIN, foot, page)
