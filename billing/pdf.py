"""A subcontractor's monthly statement as a PDF: a pure function of a frozen document.

The same document in the same language gives the same bytes, so an issued statement can be made
again. Text stands in the active language; amounts and dates in Dutch notation.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import partial
from io import BytesIO
from typing import Any, Final

from django.utils.dateformat import format as format_date
from django.utils.html import escape
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    CondPageBreak,
    Flowable,
    KeepTogether,
    Paragraph,
    SimpleDocTemplate,
    Spacer,
    Table,
)

from billing.rules.document import (
    FormTable,
    HeldAmount,
    Party,
    StatementDocument,
    StatementLine,
)
from hoofdaannemer.core.letters import in_charset
from hoofdaannemer.core.money import format_euro
from hoofdaannemer.core.numbers import mask_iban
from hoofdaannemer.core.periods import Month

__all__ = [
    "FormTable",
    "HeldAmount",
    "Party",
    "StatementDocument",
    "StatementLine",
    "statement_pdf",
]

# Signs of the standard fonts; other letters lose their accent (`letters.in_charset`).
_CHARSET: Final = "cp1252"
_INK, _SOFT, _LINE, _TINT = map(HexColor, ("#1b2733", "#566573", "#c9d1d8", "#eef3f7"))
_WIDTH: Final = A4[0] - 40 * mm
_FRAME: Final = 6  # points that the library keeps free inside its margins
_BODY: Final = ParagraphStyle(
    "body", fontName="Helvetica", fontSize=9, leading=12.5, textColor=_INK
)
_SMALL: Final = ParagraphStyle("small", _BODY, fontSize=8, leading=11, textColor=_SOFT)
_BOLD: Final = ParagraphStyle("bold", _BODY, fontName="Helvetica-Bold")
_RIGHT: Final = ParagraphStyle("right", _BODY, alignment=TA_RIGHT)
_RIGHT_BOLD: Final = ParagraphStyle("right bold", _BOLD, alignment=TA_RIGHT)
_TITLE: Final = ParagraphStyle("title", _BOLD, fontSize=18, leading=23)
_HEAD: Final = ParagraphStyle("head", _BOLD, fontSize=11, leading=15, spaceBefore=12, spaceAfter=4)
_LARGE: Final = ParagraphStyle("large", _RIGHT_BOLD, fontSize=14, leading=18)


def statement_pdf(document: StatementDocument) -> bytes:
    """The statement as A4 pages."""
    target = BytesIO()
    template = SimpleDocTemplate(
        target,
        pagesize=A4,
        leftMargin=20 * mm - _FRAME,
        rightMargin=20 * mm - _FRAME,
        topMargin=18 * mm,
        bottomMargin=22 * mm,
        title=_("Monthly statement %(number)s") % {"number": document.number},
        author=document.sender.name,
        lang=get_language() or "nl",
        invariant=1,
    )
    template.build(_story(document), canvasmaker=partial(_NumberedCanvas, document))
    return target.getvalue()


def _story(document: StatementDocument) -> list[Flowable]:
    story = [*_letterhead(document), *_summary(document)]
    for table in document.tables:
        story += _form_table(table)
    story += [*_holds(document), _totals(document), *_closing(document)]
    return story


def _text(text: str, style: ParagraphStyle = _BODY) -> Paragraph:
    return Paragraph(_marked(text), style)


def _marked(text: str) -> str:
    return str(escape(in_charset(text, _CHARSET)))


def _day(day: date) -> str:
    return format_date(day, "j F Y")


def _month(month: Month) -> str:
    return format_date(month.first, "F Y")


def _letterhead(document: StatementDocument) -> list[Flowable]:
    facts = [
        (_("Number"), document.number),
        (_("Month"), _month(document.month)),
        (_("Date"), _day(document.issued_date)),
    ]
    rows = [[_text(name, _SMALL), _text(value)] for name, value in facts]
    block = Table(rows, colWidths=[22 * mm, 50 * mm], style=_TIGHT)
    sender, receiver = _party(document.sender), _party(document.receiver)
    parties = Table(
        [[_text(_("From"), _SMALL), _text(_("For"), _SMALL), ""], [sender, receiver, block]],
        colWidths=[(_WIDTH - 72 * mm) / 2, (_WIDTH - 72 * mm) / 2, 72 * mm],
        style=_TIGHT,
    )
    return [_text(_("Monthly statement"), _TITLE), Spacer(0, 4 * mm), parties, Spacer(0, 6 * mm)]


def _party(party: Party) -> list[Flowable]:
    lines = [_text(party.name, _BOLD), *(_text(line) for line in party.address)]
    numbers = [_("Chamber of commerce %(kvk)s") % {"kvk": party.kvk}]
    if party.agb:
        numbers.append(_("AGB code %(agb)s") % {"agb": party.agb})
    return [*lines, *(_text(line, _SMALL) for line in numbers)]


def _summary(document: StatementDocument) -> list[Flowable]:
    totals = document.totals
    if document.pay_date and totals.payable:
        label = _("We pay on %(day)s") % {"day": _day(document.pay_date)}
        # The standard fonts draw a dot that a screen reader cannot read.
        masked = mask_iban(document.receiver.iban).replace("•", "*")
        note = _("To account %(iban)s") % {"iban": masked}
    elif totals.carried_out:
        label = _("Set off against your next statement")
        note = _("The balance is below zero, so nothing is paid this month.")
    else:
        label, note = _("Nothing to pay"), _("This month has no balance.")
    amount = totals.payable or totals.carried_out
    words = [_text(label, _BOLD), _text(note, _SMALL)]
    if totals.still_held:
        held = _("Held back: %(amount)s. Below you read why, and what you can do.")
        words.append(_text(held % {"amount": format_euro(totals.still_held)}, _SMALL))
    box = Table(
        [[words, _text(format_euro(amount), _LARGE)]], colWidths=[_WIDTH - 50 * mm, 50 * mm]
    )
    box.setStyle(
        [
            ("BACKGROUND", (0, 0), (-1, -1), _TINT),
            ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
            *_padding(8),
        ]
    )
    return [box]


def _form_table(table: FormTable) -> list[Flowable]:
    heads = [_text(_("Number"), _SMALL), _text(_("For what, and how computed"), _SMALL)]
    rows: list[list[Any]] = [[*heads, _text(_("Amount"), _right_small())]]
    rows += [
        [
            _text(line.reference),
            [_text(line.subject), _text(line.why.sentence(), _SMALL)],
            _text(format_euro(line.amount), _RIGHT),
        ]
        for line in table.lines
    ]
    rows.append(["", _text(_("Total"), _BOLD), _text(format_euro(table.total), _RIGHT_BOLD)])
    lines = Table(rows, colWidths=[34 * mm, _WIDTH - 66 * mm, 32 * mm], repeatRows=1, style=_LINED)
    # A heading does not stay behind on the page before its table.
    return [CondPageBreak(40 * mm), _text(table.title, _HEAD), lines]


def _holds(document: StatementDocument) -> list[Flowable]:
    if not document.held:
        return []
    heads = [_text(_("Number"), _SMALL), _text(_("Why, and what you can do"), _SMALL)]
    rows: list[list[Any]] = [[*heads, _text(_("Amount"), _right_small())]]
    rows += [
        [_text(one.reference), _hold_words(one), _text(format_euro(one.amount), _RIGHT)]
        for one in document.held
    ]
    total = format_euro(document.totals.still_held)
    rows.append(["", _text(_("Still held back"), _BOLD), _text(total, _RIGHT_BOLD)])
    lines = Table(rows, colWidths=[34 * mm, _WIDTH - 66 * mm, 32 * mm], repeatRows=1, style=_LINED)
    return [CondPageBreak(40 * mm), _text(_("Held back"), _HEAD), lines]


def _hold_words(one: HeldAmount) -> list[Flowable]:
    words = [_text(one.reason), _text(one.way_out)]
    if one.due_date:
        words.append(_text(_("Do this before %(day)s.") % {"day": _day(one.due_date)}))
    return [*words, _text(_("Clause: %(clause)s") % {"clause": one.clause}, _SMALL)]


def _totals(document: StatementDocument) -> Flowable:
    totals = document.totals
    shown = [
        (_("Entitlements of this month"), totals.entitled),
        (_("Corrections of earlier months"), totals.corrected),
        (_("Held back this month"), -totals.held),
        (_("Released from what was held back"), totals.released),
        (_("Carried over from the last statement"), totals.carried_in),
    ]
    rows = [[_text(name), _text(format_euro(amount), _RIGHT)] for name, amount in shown if amount]
    last = _("To be set off against the next statement") if totals.carried_out else _("We pay")
    amount = totals.carried_out or totals.payable
    rows.append([_text(last, _BOLD), _text(format_euro(amount), _RIGHT_BOLD)])
    lines = Table(rows, colWidths=[_WIDTH - 40 * mm, 40 * mm], style=_LINED)
    return KeepTogether([_text(_("This statement in total"), _HEAD), lines])


def _closing(document: StatementDocument) -> list[Flowable]:
    objection = _(
        "Do you not agree? Tell us before %(day)s at %(address)s, with the number of this"
        " statement and of the line. We pay what is not disputed on time."
    ) % {"day": _day(document.object_before), "address": document.object_to}
    methods = [_text(_("Method: %(name)s") % {"name": name}, _SMALL) for name in document.methods]
    return [KeepTogether([_text(_("How to object"), _HEAD), _text(objection), *methods])]


def _right_small() -> ParagraphStyle:
    return ParagraphStyle("right small", _SMALL, alignment=TA_RIGHT)


def _padding(points: int) -> list[tuple[Any, ...]]:
    sides = ("LEFTPADDING", "RIGHTPADDING", "TOPPADDING", "BOTTOMPADDING")
    return [(side, (0, 0), (-1, -1), points) for side in sides]


_TIGHT: Final[Sequence[tuple[Any, ...]]] = [("VALIGN", (0, 0), (-1, -1), "TOP"), *_padding(0)]
_LINED: Final[Sequence[tuple[Any, ...]]] = [
    *_padding(3),
    ("LEFTPADDING", (0, 0), (0, -1), 0),
    ("RIGHTPADDING", (-1, 0), (-1, -1), 0),
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("LINEBELOW", (0, 0), (-1, -2), 0.4, _LINE),
    ("LINEABOVE", (0, -1), (-1, -1), 0.8, _INK),
]


class _NumberedCanvas(Canvas):  # type: ignore[misc]  # reportlab has no types
    """Writes `page 1 of 3` below every page, which is known only when all are drawn."""

    def __init__(self, document: StatementDocument, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._document = document
        self._drawn: list[dict[str, Any]] = []

    def showPage(self) -> None:  # noqa: N802  # the library's name
        self._drawn.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        for state in self._drawn:
            self.__dict__.update(state)
            self._foot(len(self._drawn))
            super().showPage()
        super().save()

    def _foot(self, pages: int) -> None:
        self.setFont("Helvetica", 8)
        self.setFillColor(_SOFT)
        left = f"{self._document.sender.name} · {self._document.number}"
        page = _("Page %(page)s of %(pages)s") % {"page": self.getPageNumber(), "pages": pages}
        self.drawString(20 * mm, 12 * mm, in_charset(left, _CHARSET))
        self.drawRightString(A4[0] - 20 * mm, 12 * mm, in_charset(page, _CHARSET))
