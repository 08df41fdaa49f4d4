"""The letter of a settlement as a PDF: a pure function of a frozen document, as a statement's."""

from __future__ import annotations

from functools import partial
from io import BytesIO
from typing import Final

from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, KeepTogether, Spacer, Table

from billing.pdf import LARGE, LINED, RIGHT, TIGHT, party_lines
from billing.rules.settlement_document import SettlementDocument
from billing.rules.settling_words import Fact
from hoofdaannemer.core.money import format_euro
from hoofdaannemer.core.paper import (
    BOLD,
    HEAD,
    SMALL,
    TINT,
    TITLE,
    WIDTH,
    NumberedCanvas,
    sheet,
    text_of,
)

_SMALL_RIGHT: Final = ParagraphStyle("small right", SMALL, alignment=TA_RIGHT)


def settlement_pdf(document: SettlementDocument) -> bytes:
    """The settlement as A4 pages; the same document in the same language gives the same bytes."""
    target = BytesIO()
    template = sheet(target, title=document.title, author=document.sender.name)
    left = f"{document.sender.name} · {document.number}"
    template.build(_story(document), canvasmaker=partial(NumberedCanvas, left))
    return target.getvalue()


def _story(document: SettlementDocument) -> list[Flowable]:
    story = [
        text_of(document.title, TITLE),
        Spacer(0, 4 * mm),
        _parties(document),
        Spacer(0, 6 * mm),
        _summary(document),
        text_of(_("How it is computed"), HEAD),
        text_of(document.why.sentence()),
        text_of(_("Method: %(name)s") % {"name": document.method}, SMALL),
    ]
    if document.roles:
        story += _by_role(document.roles)
    story += _table(_("What it rests on"), document.facts)
    if document.aside:
        story += _table(_("Beside it, and no part of it"), document.aside)
    return [*story, _signatures(document)]


def _parties(document: SettlementDocument) -> Table:
    facts = [
        (_("Number"), document.number),
        (_("Contract"), document.contract),
        (_("From"), format_date(document.start, "j F Y")),
        (_("To"), format_date(document.end, "j F Y")),
        (_("Status"), document.state),
    ]
    rows = [[text_of(name, SMALL), text_of(value)] for name, value in facts]
    block = Table(rows, colWidths=[22 * mm, 50 * mm], style=TIGHT)
    half = (WIDTH - 72 * mm) / 2
    return Table(
        [
            [text_of(_("From"), SMALL), text_of(_("For"), SMALL), ""],
            [party_lines(document.sender), party_lines(document.receiver), block],
        ],
        colWidths=[half, half, 72 * mm],
        style=TIGHT,
    )


def _summary(document: SettlementDocument) -> Table:
    amount = document.amount
    if amount > 0:
        label = _("You still receive")
    else:
        label = _("You pay back") if amount else _("Nothing is to be settled")
    words = [text_of(label, BOLD)]
    if document.before:
        words.append(
            text_of(
                _("Outcome of the year %(outcome)s, settled before %(before)s.")
                % {
                    "outcome": format_euro(document.why.amount),
                    "before": format_euro(document.before),
                },
                SMALL,
            )
        )
    words.append(text_of(_("It comes on the next statement once it is settled."), SMALL))
    box = Table(
        [[words, text_of(format_euro(abs(amount)), LARGE)]], colWidths=[WIDTH - 50 * mm, 50 * mm]
    )
    padding = [
        (side, (0, 0), (-1, -1), 8)
        for side in ("LEFTPADDING", "RIGHTPADDING", "TOPPADDING", "BOTTOMPADDING")
    ]
    box.setStyle([("BACKGROUND", (0, 0), (-1, -1), TINT), *padding])
    return box


def _table(title: str, facts: tuple[Fact, ...]) -> list[Flowable]:
    rows = [[text_of(name), text_of(value, RIGHT)] for name, value in facts]
    return [
        text_of(title, HEAD),
        Table(rows, colWidths=[60 * mm, WIDTH - 60 * mm], style=LINED),
    ]


def _by_role(rows: tuple[tuple[str, ...], ...]) -> list[Flowable]:
    heads = (
        _("Role"),
        _("Agreed FTE"),
        _("Recognised FTE"),
        _("Paid as vacancy"),
        _("Outside the tolerance"),
        _("Amount"),
    )
    table = [
        [text_of(heads[0], SMALL), *(text_of(one, _SMALL_RIGHT) for one in heads[1:])],
        *([text_of(row[0]), *(text_of(one, RIGHT) for one in row[1:])] for row in rows),
    ]
    widths = [WIDTH - 125 * mm, *([25 * mm] * 5)]
    title = text_of(_("By role, on average over the year"), HEAD)
    return [title, Table(table, colWidths=widths, style=LINED)]


def _signatures(document: SettlementDocument) -> Flowable:
    names = [text_of(document.sender.name, BOLD), text_of(document.receiver.name, BOLD)]
    lines = [text_of(_("Date and signature:"), SMALL)] * 2
    table = Table([names, lines, [Spacer(0, 18 * mm)] * 2], colWidths=[WIDTH / 2] * 2, style=TIGHT)
    return KeepTogether([text_of(_("Agreed"), HEAD), table])
