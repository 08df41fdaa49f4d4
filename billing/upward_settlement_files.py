"""A settlement with municipalities as a PDF and as a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from io import BytesIO

from django.utils.translation import gettext as _
from openpyxl import Workbook
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Spacer, Table

from billing.pdf import LINED, RIGHT
from billing.rules.upward_year import Figures
from hoofdaannemer.core.export import as_xlsx_value, safe_text
from hoofdaannemer.core.paper import (
    HEAD,
    SMALL,
    TITLE,
    WIDTH,
    NumberedCanvas,
    sheet,
    text_of,
)


@dataclass(frozen=True, slots=True)
class Printed:
    """What both files say, in words of the reader; amounts as they are shown."""

    title: str
    sender: str
    status: str
    sentences: tuple[str, ...]
    #: What, where it comes from, euros.
    result: tuple[tuple[str, str, str], ...]
    #: Of subcontractors: form, euros.
    costs: tuple[tuple[str, str], ...]
    #: Municipality, product, number of decisions.
    counts: tuple[tuple[str, str, str], ...]
    #: Municipality, how, euros.
    shares: tuple[tuple[str, str, str], ...]


def pdf(printed: Printed) -> bytes:
    """A4 pages. Subcontractors are not named: their amounts stand by form."""
    target = BytesIO()
    template = sheet(target, title=printed.title, author=printed.sender)
    left = f"{printed.sender} · {printed.title}"
    story: list[Flowable] = [
        text_of(printed.title, TITLE),
        text_of(f"{printed.sender} · {printed.status}", SMALL),
        Spacer(0, 4 * mm),
        *(text_of(sentence) for sentence in printed.sentences),
        *_table(_("From lump sum to settlement"), printed.result, (45, 85, 40)),
        *_table(_("Subcontractors by form"), printed.costs, (130, 40)),
        *_table(_("Over the municipalities"), printed.shares, (45, 85, 40)),
        *_table(_("Decisions counted"), printed.counts, (85, 45, 40)),
    ]
    template.build(story, canvasmaker=partial(NumberedCanvas, left))
    return target.getvalue()


def _table(title: str, rows: Sequence[Sequence[str]], widths: Sequence[int]) -> Iterable[Flowable]:
    if not rows:
        return []
    cells = [[*(text_of(cell) for cell in row[:-1]), text_of(row[-1], RIGHT)] for row in rows]
    scale = WIDTH / (sum(widths) * mm)
    return [
        text_of(title, HEAD),
        Table(cells, colWidths=[width * mm * scale for width in widths], style=LINED),
    ]


def xlsx(printed: Printed, figures: Figures) -> bytes:
    """One sheet with the outcome, and one each for every decision and every cost."""
    book = Workbook(write_only=True)
    about = [(name, source, amount) for name, source, amount in printed.result]
    _sheet(book, _("Outcome"), [_("What"), _("Source"), _("Amount")], about)
    _sheet(
        book,
        _("Municipalities"),
        [_("Municipality"), _("How"), _("Amount")],
        printed.shares,
    )
    _sheet(
        book,
        _("Decisions"),
        [_("Number"), _("Municipality"), _("Product"), _("Decided on")],
        [(one.number, one.municipality, one.product, one.day) for one in figures.decisions],
    )
    _sheet(
        book,
        _("Costs"),
        [_("Subcontractor"), _("Form"), _("Amount")],
        [(one.name, one.form, one.amount) for one in figures.costs],
    )
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def _sheet(
    book: Workbook, title: str, heads: Sequence[str], rows: Iterable[Sequence[object]]
) -> None:
    page = book.create_sheet(title)
    page.freeze_panes = "A2"
    page.append([safe_text(head) for head in heads])
    for row in rows:
        page.append([as_xlsx_value(value) for value in row])
