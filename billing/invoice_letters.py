"""The letter to who sent an invoice about what is not paid: a pure function of what it says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial
from io import BytesIO

from django.utils import translation
from django.utils.translation import gettext as _
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Spacer

from hoofdaannemer.core.money import format_euro
from hoofdaannemer.core.paper import BOLD, HEAD, SMALL, TITLE, NumberedCanvas, sheet, text_of
from hoofdaannemer.core.templatetags.core_format import date_long


@dataclass(frozen=True, kw_only=True)
class LetterLine:
    """A line that is not paid: its place, amount in euros, and the sentences that say why."""

    line: int
    reference: str
    amount: Decimal
    reasons: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Letter:
    """What the letter says; the amounts are those of the lines, in euros."""

    sender: str
    receiver: str
    address: tuple[str, ...]
    number: str
    invoice_date: date
    written_on: date
    accepted: Decimal
    #: What is wrong with the invoice as a whole.
    whole: tuple[str, ...]
    refused: tuple[LetterLine, ...]
    waiting: tuple[LetterLine, ...]


def letter_pdf(letter: Letter) -> bytes:
    """The letter as A4 pages, in Dutch; the same letter gives the same bytes."""
    with translation.override("nl"):
        target = BytesIO()
        title = _("Your invoice %(number)s") % {"number": letter.number}
        template = sheet(target, title=title, author=letter.sender)
        template.build(_story(letter, title), canvasmaker=partial(NumberedCanvas, title))
        return target.getvalue()


def _story(letter: Letter, title: str) -> list[Flowable]:
    facts = {"number": letter.number, "day": date_long(letter.invoice_date)}
    begin = _("We judged your invoice %(number)s of %(day)s.") % facts
    if letter.accepted:
        begin += " " + _("Of it %(amount)s is accepted and paid within its term.") % {
            "amount": format_euro(letter.accepted)
        }
    story = [
        text_of(letter.sender, BOLD),
        Spacer(0, 8 * mm),
        text_of(letter.receiver),
        *(text_of(line) for line in letter.address),
        Spacer(0, 8 * mm),
        text_of(date_long(letter.written_on), SMALL),
        text_of(title, TITLE),
        Spacer(0, 4 * mm),
        text_of(begin),
    ]
    for reason in letter.whole:
        story += [Spacer(0, 2 * mm), text_of(reason)]
    if letter.refused:
        story += _lines(_("Not paid"), letter.refused)
        story.append(
            text_of(
                _("Credit these lines. What you put right you may invoice anew, on a new number.")
            )
        )
    if letter.waiting:
        story += _lines(_("Waits for your answer"), letter.waiting)
        story.append(text_of(_("Tell us what is right, or credit the line and invoice it anew.")))
    return story


def _lines(head: str, lines: tuple[LetterLine, ...]) -> list[Flowable]:
    story: list[Flowable] = [text_of(head, HEAD)]
    for one in lines:
        name = _("Line %(line)s, %(reference)s: %(amount)s") % {
            "line": one.line,
            "reference": one.reference or "–",
            "amount": format_euro(one.amount),
        }
        story += [text_of(name, BOLD), *(text_of(reason) for reason in one.reasons)]
        story.append(Spacer(0, 2 * mm))
    return story
