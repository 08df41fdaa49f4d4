"""The reconciliation of taken-over care as a PDF: a pure function of what it says.

It holds counts and totals only: what there is of single persons stays in the pages.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import partial
from io import BytesIO
from typing import Final

from django.utils.translation import gettext as _
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, KeepTogether, Spacer, Table

from hoofdaannemer.core.money import format_euro
from hoofdaannemer.core.paper import (
    BODY,
    BOLD,
    HEAD,
    LINE,
    SMALL,
    TINT,
    TITLE,
    WIDTH,
    NumberedCanvas,
    sheet,
    text_of,
)
from subcontracts.rules.import_paper import Paper, SheetTotal
from subcontracts.rules.importtotals import Compared

_RIGHT: Final = ParagraphStyle("right", BODY, alignment=TA_RIGHT)
_RIGHT_SMALL: Final = ParagraphStyle("right small", SMALL, alignment=TA_RIGHT)
#: Of a column with a sentence, beside one with a word or a number.
_WIDE: Final = 4
_LABEL: Final = 42 * mm
Row = Sequence[str]


def reconciliation_pdf(paper: Paper) -> bytes:
    """A4 pages; the same text gives the same bytes."""
    target = BytesIO()
    title = _("Reconciliation of running care that was taken over")
    template = sheet(target, title=title, author=paper.main_contractor)
    template.build(_story(paper, title), canvasmaker=partial(NumberedCanvas, title))
    return target.getvalue()


def _story(paper: Paper, title: str) -> list[Flowable]:
    facts = [[text_of(label, SMALL), text_of(value)] for label, value in paper.facts]
    return [
        text_of(paper.main_contractor, BOLD),
        Spacer(0, 4 * mm),
        text_of(title, TITLE),
        *([text_of(paper.mark, BOLD)] if paper.mark else []),
        Spacer(0, 4 * mm),
        _lined(Table(facts, colWidths=[_LABEL, WIDTH - _LABEL])),
        *_part(
            _("Rows of the file"),
            (
                *(_("Sheet"), _("In the file"), _("Taken over"), _("Known already")),
                *(_("Left out"), _("Difference")),
            ),
            [_rows(one) for one in paper.sheets],
            words=1,
        ),
        *_part(
            _("Volume and euros"),
            (_("Sheet"), _("What"), _("In the file"), _("Here"), _("Difference")),
            [row for one in paper.sheets for row in _sums(one)],
            words=2,
        ),
        *_part(
            _("Compared with the earlier administration"),
            (_("Chosen"), _("Counted"), _("Earlier"), _("Here"), _("Difference")),
            [_compared(one) for one in paper.totals],
            words=2,
            none=_("The file has no control totals."),
        ),
        *_part(
            _("Why rows were left out"),
            (_("Sheet"), _("Rule"), _("What is wrong"), _("Rows")),
            [(one.sheet, one.rule, one.text, str(one.count)) for one in paper.refused],
            words=3,
            none=_("Nothing was left out."),
        ),
        Spacer(0, 6 * mm),
        text_of(_("Counts and totals only. The rows themselves stand in the pages."), SMALL),
    ]


def _part(
    title: str, heads: Row, rows: Sequence[Row], *, words: int, none: str = ""
) -> list[Flowable]:
    """A table whose first `words` columns are text and the others numbers; `none` without rows."""
    head = text_of(title, HEAD)
    if not rows:
        return [KeepTogether([head, text_of(none or "–")])]
    widths = _widths(len(heads), words)
    cells = [[text_of(one, _style(SMALL, i, words)) for i, one in enumerate(heads)]]
    cells += [[text_of(one, _style(BODY, i, words)) for i, one in enumerate(row)] for row in rows]
    table = _lined(Table(cells, colWidths=widths, repeatRows=1))
    table.setStyle([("BACKGROUND", (0, 0), (-1, 0), TINT)])
    return [head, table]


def _widths(columns: int, words: int) -> list[float]:
    """Equal ones; where there are three of text, the third holds a sentence."""
    shares = [_WIDE if words == 3 and i == 2 else 1 for i in range(columns)]
    return [WIDTH * share / sum(shares) for share in shares]


def _style(plain: ParagraphStyle, column: int, words: int) -> ParagraphStyle:
    if column < words:
        return plain
    return _RIGHT_SMALL if plain is SMALL else _RIGHT


def _lined(table: Table) -> Table:
    table.setStyle(
        [
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LINEBELOW", (0, 0), (-1, -1), 0.4, LINE),
            ("TOPPADDING", (0, 0), (-1, -1), 2.5),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 2.5),
        ]
    )
    return table


def _rows(one: SheetTotal) -> Row:
    left_out = one.in_file - one.taken - one.known
    numbers = (one.in_file, one.taken, one.known, left_out, one.difference)
    return (one.sheet, *map(str, numbers))


def _sums(one: SheetTotal) -> Iterable[Row]:
    """Volume of the sheet, then euros by calendar year."""
    if one.volume_in_file is not None and one.volume_here is not None:
        numbers = (one.volume_in_file, one.volume_here, one.volume_here - one.volume_in_file)
        yield (one.sheet, _("Volume"), *map(str, numbers))
    for year, in_file in one.amounts_in_file.items():
        here = one.amounts_here[year]
        euros = (in_file, here, here - in_file)
        what = _("Euros %(year)s") % {"year": year}
        yield (one.sheet, what, *map(format_euro, euros))


def _compared(one: Compared) -> Row:
    values = (one.theirs, one.ours, one.difference)
    return (one.chosen or _("all"), one.counted, *(_shown(one, value) for value in values))


def _shown(one: Compared, value: Decimal) -> str:
    return format_euro(value) if one.counted == "bedrag" else f"{value:.0f}"
