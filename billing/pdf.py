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
from django.utils.translation import gettext as _
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import (
    CondPageBreak,
    Flowable,
    KeepTogether,
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
from hoofdaannemer.core.money import format_euro
from hoofdaannemer.core.numbers import mask_iban
from hoofdaannemer.core.paper import (
    BODY,
    BOLD,
    HEAD,
    INK,
    LINE,
    SMALL,
    TINT,
    TITLE,
    WIDTH,
    NumberedCanvas,
    sheet,
    text_of,
)
from hoofdaannemer.core.periods import Month

__all__ = [
    "FormTable",
    "HeldAmount",
    "Party",
    "StatementDocument",
    "StatementLine",
    "statement_pdf",
]

RIGHT: Final = ParagraphStyle("right", BODY, alignment=TA_RIGHT)
_RIGHT_BOLD: Final = ParagraphStyle("right bold", BOLD, alignment=TA_RIGHT)
LARGE: Final = ParagraphStyle("large", _RIGHT_BOLD, fontSize=14, leading=18)


def statement_pdf(document: StatementDocument) -> bytes:
    """The statement as A4 pages."""
    target = BytesIO()
    template = sheet(
        target,
        title=_("Monthly statement %(number)s") % {"number": document.number},
        author=document.sender.name,
    )
    left = f"{document.sender.name} · {document.number}"
    template.build(_story(document), canvasmaker=partial(NumberedCanvas, left))
    return target.getvalue()


def _story(document: StatementDocument) -> list[Flowable]:
    story = [*_letterhead(document), *_summary(document)]
    for table in document.tables:
        story += _form_table(table)
    story += [*_holds(document), _totals(document), *_closing(document)]
    return story


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
    rows = [[text_of(name, SMALL), text_of(value)] for name, value in facts]
    block = Table(rows, colWidths=[22 * mm, 50 * mm], style=TIGHT)
    sender, receiver = party_lines(document.sender), party_lines(document.receiver)
    parties = Table(
        [[text_of(_("From"), SMALL), text_of(_("For"), SMALL), ""], [sender, receiver, block]],
        colWidths=[(WIDTH - 72 * mm) / 2, (WIDTH - 72 * mm) / 2, 72 * mm],
        style=TIGHT,
    )
    return [text_of(_("Monthly statement"), TITLE), Spacer(0, 4 * mm), parties, Spacer(0, 6 * mm)]


def party_lines(party: Party) -> list[Flowable]:
    """A side of a letter: name, address and numbers."""
    lines = [text_of(party.name, BOLD), *(text_of(line) for line in party.address)]
    numbers = [_("Chamber of commerce %(kvk)s") % {"kvk": party.kvk}]
    if party.agb:
        numbers.append(_("AGB code %(agb)s") % {"agb": party.agb})
    return [*lines, *(text_of(line, SMALL) for line in numbers)]


def _account(iban: str) -> str:
    if not iban:
        return _("As soon as your account number is known here and was checked.")
    # The standard fonts draw a dot that a screen reader cannot read.
    return _("To account %(iban)s") % {"iban": mask_iban(iban).replace("•", "*")}


def _summary(document: StatementDocument) -> list[Flowable]:
    totals = document.totals
    if document.pay_date and totals.payable:
        label = _("We pay on %(day)s") % {"day": _day(document.pay_date)}
        note = _account(document.receiver.iban)
    elif totals.carried_out:
        label = _("Set off against your next statement")
        note = _("The balance is below zero, so nothing is paid this month.")
    else:
        label, note = _("Nothing to pay"), _("This month has no balance.")
    amount = totals.payable or totals.carried_out
    words = [text_of(label, BOLD), text_of(note, SMALL)]
    if totals.still_held:
        held = _("Held back: %(amount)s. Below you read why, and what you can do.")
        words.append(text_of(held % {"amount": format_euro(totals.still_held)}, SMALL))
    box = Table(
        [[words, text_of(format_euro(amount), LARGE)]], colWidths=[WIDTH - 50 * mm, 50 * mm]
    )
    box.setStyle(
        [
            ("BACKGROUND", (0, 0), (-1, -1), TINT),
            ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
            *_padding(8),
        ]
    )
    return [box]


def _form_table(table: FormTable) -> list[Flowable]:
    heads = [text_of(_("Number"), SMALL), text_of(_("For what, and how computed"), SMALL)]
    rows: list[list[Any]] = [[*heads, text_of(_("Amount"), _right_small())]]
    rows += [
        [
            text_of(line.reference),
            [text_of(line.subject), text_of(line.why.sentence(), SMALL)],
            text_of(format_euro(line.amount), RIGHT),
        ]
        for line in table.lines
    ]
    rows.append(["", text_of(_("Total"), BOLD), text_of(format_euro(table.total), _RIGHT_BOLD)])
    lines = Table(rows, colWidths=[34 * mm, WIDTH - 66 * mm, 32 * mm], repeatRows=1, style=LINED)
    # A heading does not stay behind on the page before its table.
    return [CondPageBreak(40 * mm), text_of(table.title, HEAD), lines]


def _holds(document: StatementDocument) -> list[Flowable]:
    if not document.held:
        return []
    heads = [text_of(_("Number"), SMALL), text_of(_("Why, and what you can do"), SMALL)]
    rows: list[list[Any]] = [[*heads, text_of(_("Amount"), _right_small())]]
    rows += [
        [text_of(one.reference), _hold_words(one), text_of(format_euro(one.amount), RIGHT)]
        for one in document.held
    ]
    total = format_euro(document.totals.still_held)
    rows.append(["", text_of(_("Still held back"), BOLD), text_of(total, _RIGHT_BOLD)])
    lines = Table(rows, colWidths=[34 * mm, WIDTH - 66 * mm, 32 * mm], repeatRows=1, style=LINED)
    return [CondPageBreak(40 * mm), text_of(_("Held back"), HEAD), lines]


def _hold_words(one: HeldAmount) -> list[Flowable]:
    words = [text_of(one.reason), text_of(one.way_out)]
    if one.due_date:
        words.append(text_of(_("Do this before %(day)s.") % {"day": _day(one.due_date)}))
    return [*words, text_of(_("Clause: %(clause)s") % {"clause": one.clause}, SMALL)]


def _totals(document: StatementDocument) -> Flowable:
    totals = document.totals
    shown = [
        (_("Entitlements of this month"), totals.entitled),
        (_("Corrections of earlier months"), totals.corrected),
        (_("Held back this month"), -totals.held),
        (_("Released from what was held back"), totals.released),
        (_("Carried over from the last statement"), totals.carried_in),
        (_("Put aside for a recovery plan"), totals.deferred),
        (_("Set off for a recovery plan"), -totals.set_off),
        (_("Corrections after disputes, and interest"), totals.adjusted),
    ]
    rows = [
        [text_of(name), text_of(format_euro(amount), RIGHT)] for name, amount in shown if amount
    ]
    last = _("To be set off against the next statement") if totals.carried_out else _("We pay")
    amount = totals.carried_out or totals.payable
    rows.append([text_of(last, BOLD), text_of(format_euro(amount), _RIGHT_BOLD)])
    lines = Table(rows, colWidths=[WIDTH - 40 * mm, 40 * mm], style=LINED)
    vat = [text_of(sentence, SMALL) for sentence in document.vat]
    return KeepTogether([text_of(_("This statement in total"), HEAD), lines, *vat])


def _closing(document: StatementDocument) -> list[Flowable]:
    objection = _(
        "Do you not agree? Tell us before %(day)s at %(address)s, with the number of this"
        " statement and of the line. We pay what is not disputed on time."
    ) % {"day": _day(document.object_before), "address": document.object_to}
    methods = [text_of(_("Method: %(name)s") % {"name": name}, SMALL) for name in document.methods]
    return [KeepTogether([text_of(_("How to object"), HEAD), text_of(objection), *methods])]


def _right_small() -> ParagraphStyle:
    return ParagraphStyle("right small", SMALL, alignment=TA_RIGHT)


def _padding(points: int) -> list[tuple[Any, ...]]:
    sides = ("LEFTPADDING", "RIGHTPADDING", "TOPPADDING", "BOTTOMPADDING")
    return [(side, (0, 0), (-1, -1), points) for side in sides]


TIGHT: Final[Sequence[tuple[Any, ...]]] = [("VALIGN", (0, 0), (-1, -1), "TOP"), *_padding(0)]
LINED: Final[Sequence[tuple[Any, ...]]] = [
    *_padding(3),
    ("LEFTPADDING", (0, 0), (0, -1), 0),
    ("RIGHTPADDING", (-1, 0), (-1, -1), 0),
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("LINEBELOW", (0, 0), (-1, -2), 0.4, LINE),
    ("LINEABOVE", (0, -1), (-1, -1), 0.8, INK),
]
