"""The letter about an indexation as a PDF: a pure function of a frozen document.

The same document in the same language gives the same bytes.
"""

from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import Any, Final

from django.utils.dateformat import format as format_date
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, KeepTogether, Paragraph, SimpleDocTemplate, Spacer, Table

from hoofdaannemer.core.paper import INK, LINE, SOFT, fitting, text_of
from subcontracts.index_words import (
    correction_text,
    mixed_text,
    number_text,
    percent_text,
    price_text,
)
from subcontracts.rules.index_letters import Changed, LetterDocument, Party

_MARGIN: Final = 24 * mm
_FRAME: Final = 6  # points that the library keeps free inside its margins
_WIDTH: Final = A4[0] - 2 * _MARGIN
_BODY: Final = ParagraphStyle(
    "body", fontName="Helvetica", fontSize=10, leading=14.5, textColor=INK, spaceAfter=6
)
_CELL: Final = ParagraphStyle("cell", _BODY, fontSize=9, leading=12.5, spaceAfter=0)
_SMALL: Final = ParagraphStyle("small", _CELL, fontSize=8, leading=11, textColor=SOFT)
_BOLD: Final = ParagraphStyle("bold", _CELL, fontName="Helvetica-Bold")
_RIGHT: Final = ParagraphStyle("right", _CELL, alignment=TA_RIGHT)
_RIGHT_SMALL: Final = ParagraphStyle("right small", _SMALL, alignment=TA_RIGHT)
_RIGHT_BOLD: Final = ParagraphStyle("right bold", _BOLD, alignment=TA_RIGHT)
_HEAD: Final = ParagraphStyle("head", _BOLD, fontSize=11, leading=15, spaceBefore=10, spaceAfter=4)
_LINED: Final = [
    ("LEFTPADDING", (0, 0), (0, -1), 0),
    ("RIGHTPADDING", (-1, 0), (-1, -1), 0),
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("LINEBELOW", (0, 0), (-1, -1), 0.4, LINE),
]


def letter_pdf(document: LetterDocument) -> bytes:
    """The letter as A4 pages."""
    target = BytesIO()
    template = SimpleDocTemplate(
        target,
        pagesize=A4,
        leftMargin=_MARGIN - _FRAME,
        rightMargin=_MARGIN - _FRAME,
        topMargin=22 * mm,
        bottomMargin=22 * mm,
        title=_("Indexation of contract %(number)s") % {"number": document.contract},
        author=document.sender.name,
        lang=get_language() or "nl",
        invariant=1,
    )
    foot = _Foot(f"{document.sender.name} · {document.number}")
    template.build(_story(document), onFirstPage=foot, onLaterPages=foot)
    return target.getvalue()


def _story(document: LetterDocument) -> list[Flowable]:
    return [
        *_head(document),
        *_opening(document),
        *_amounts(document),
        KeepTogether(_calculation(document)),
        KeepTogether(_closing(document)),
    ]


def _text(text: str, style: ParagraphStyle = _BODY) -> Paragraph:
    return text_of(text, style)


def _day(day: date) -> str:
    return format_date(day, "j F Y")


def _head(document: LetterDocument) -> list[Flowable]:
    facts = [
        (_("Date"), _day(document.issued_date)),
        (_("Number"), document.number),
        (_("Contract"), document.contract),
    ]
    block = Table(
        [[_text(name, _SMALL), _text(value, _CELL)] for name, value in facts],
        colWidths=[20 * mm, 48 * mm],
        style=[("LEFTPADDING", (0, 0), (-1, -1), 0), ("VALIGN", (0, 0), (-1, -1), "TOP")],
    )
    sides = Table(
        [[_party(document.receiver), [*_party(document.sender), Spacer(0, 3 * mm), block]]],
        colWidths=[_WIDTH - 68 * mm, 68 * mm],
        style=[
            ("LEFTPADDING", (0, 0), (-1, -1), 0),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ],
    )
    return [sides, Spacer(0, 10 * mm)]


def _party(party: Party) -> list[Flowable]:
    return [_text(party.name, _BOLD), *(_text(line, _CELL) for line in party.address)]


def _opening(document: LetterDocument) -> list[Flowable]:
    when = _day(document.effective_date)
    subject = _("Indexation of your tariffs from %(day)s") % {"day": when}
    percent = document.outcome.percent
    changes = (
        _("From %(day)s the amounts of your contract %(contract)s go up by %(percent)s.")
        if percent > 0
        else _("From %(day)s the amounts of your contract %(contract)s go down by %(percent)s.")
    ) % {"day": when, "contract": document.contract, "percent": percent_text(abs(percent))}
    below = _("Below you find the old and new amounts, and how we calculated the percentage.")
    return [_text(subject, _HEAD), _text(_("Dear Sir or Madam,")), _text(f"{changes} {below}")]


def _amounts(document: LetterDocument) -> list[Flowable]:
    rows: list[list[Any]] = [
        [
            _text(_("For what"), _SMALL),
            _text(_("Unit"), _SMALL),
            _text(_("Until then"), _RIGHT_SMALL),
            _text(_("New"), _RIGHT_SMALL),
        ]
    ]
    rows += [_amount(one) for one in document.changed]
    widths = [_WIDTH - 96 * mm, 36 * mm, 30 * mm, 30 * mm]
    return [Table(rows, colWidths=widths, repeatRows=1, style=_LINED, hAlign="LEFT")]


def _amount(one: Changed) -> list[Any]:
    return [
        _text(one.what, _CELL),
        _text(one.unit, _CELL),
        _text(price_text(one.old), _RIGHT),
        _text(price_text(one.new), _RIGHT_BOLD),
    ]


def _calculation(document: LetterDocument) -> list[Flowable]:
    outcome, figures = document.outcome, document.figures
    year = document.effective_date.year
    rows = [
        (
            _("Index %(year)s, provisional") % {"year": year},
            mixed_text([(one.weight, one.provisional) for one in figures], outcome.mixed),
        )
    ]
    if outcome.last_provisional is not None and outcome.last_definitive is not None:
        before = [
            (one.weight, one.last_provisional)
            for one in figures
            if one.last_provisional is not None
        ]
        after = [
            (one.weight, one.last_definitive) for one in figures if one.last_definitive is not None
        ]
        rows += [
            (
                _("Index %(year)s, provisional") % {"year": year - 1},
                mixed_text(before, outcome.last_provisional),
            ),
            (
                _("Index %(year)s, definitive") % {"year": year - 1},
                mixed_text(after, outcome.last_definitive),
            ),
        ]
    rows.append((_("Correction of last year"), correction_text(document.method, outcome)))
    total = _("%(mixed)s + %(correction)s, rounded to %(percent)s") % {
        "mixed": number_text(outcome.mixed),
        "correction": number_text(outcome.correction, at_most=4),
        "percent": percent_text(outcome.percent),
    }
    rows.append((_("Percentage"), total))
    series = ", ".join(f"{number_text(one.weight)}% {one.series}" for one in figures)
    return [
        _text(_("How we calculated it"), _HEAD),
        _text(_("The index is a mix: %(series)s.") % {"series": series}),
        Table(
            [[_text(name, _SMALL), _text(value, _CELL)] for name, value in rows],
            colWidths=[46 * mm, _WIDTH - 46 * mm],
            style=_LINED,
            hAlign="LEFT",
        ),
        Spacer(0, 3 * mm),
    ]


def _closing(document: LetterDocument) -> list[Flowable]:
    return [
        _text(
            _(
                "You need not do anything: declare care that you give from %(day)s on at the new"
                " amounts. Care of earlier days keeps its tariff. If you do not agree, tell us"
                " before that day, and name the number of this letter."
            )
            % {"day": _day(document.effective_date)}
        ),
        _text(_("Yours sincerely,")),
        _text(document.sender.name),
    ]


class _Foot:
    """Writes sender, number and page below every page."""

    def __init__(self, left: str) -> None:
        self._left = fitting(left)

    def __call__(self, canvas: Canvas, _template: SimpleDocTemplate) -> None:
        canvas.saveState()
        canvas.setFont("Helvetica", 8)
        canvas.setFillColor(SOFT)
        canvas.drawString(_MARGIN, 12 * mm, self._left)
        page = _("Page %(page)s") % {"page": canvas.getPageNumber()}
        canvas.drawRightString(A4[0] - _MARGIN, 12 * mm, fitting(page))
        canvas.restoreState()
