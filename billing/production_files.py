"""A production statement as a letter to the municipality, and as a spreadsheet. No client level."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from io import BytesIO

from django.utils.translation import gettext as _
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Spacer, Table

from billing.pdf import LINED, RIGHT, TIGHT, party_lines
from billing.rules.document import Party
from billing.rules.evidence import Section
from hoofdaannemer.core.paper import (
    BODY,
    BOLD,
    HEAD,
    SMALL,
    TITLE,
    WIDTH,
    NumberedCanvas,
    sheet,
    text_of,
)

Cells = Sequence[str]


@dataclass(frozen=True, slots=True)
class Letter:
    """What the letter says, in words of the reader; amounts as they are shown."""

    title: str
    sender: Party
    receiver: str
    #: Contract, months, status, version, and the hash of the lines.
    facts: tuple[tuple[str, str], ...]
    sentences: tuple[str, ...]
    headers: Cells
    rows: tuple[Cells, ...]
    foot: Cells
    change_headers: Cells = ()
    changes: tuple[Cells, ...] = ()


def letter_pdf(letter: Letter) -> bytes:
    """The letter as A4 pages; the same letter in the same language gives the same bytes."""
    target = BytesIO()
    template = sheet(target, title=letter.title, author=letter.sender.name)
    left = f"{letter.sender.name} · {letter.title}"
    template.build(list(_story(letter)), canvasmaker=partial(NumberedCanvas, left))
    return target.getvalue()


def _story(letter: Letter) -> Iterable[Flowable]:
    yield text_of(letter.title, TITLE)
    yield Spacer(0, 4 * mm)
    half = WIDTH / 2
    yield Table(
        [
            [text_of(_("From"), SMALL), text_of(_("For"), SMALL)],
            [party_lines(letter.sender), text_of(letter.receiver, BOLD)],
        ],
        colWidths=[half, half],
        style=TIGHT,
    )
    yield Spacer(0, 4 * mm)
    facts = [[text_of(name, SMALL), text_of(value)] for name, value in letter.facts]
    yield Table(facts, colWidths=[35 * mm, WIDTH - 35 * mm], style=TIGHT)
    yield Spacer(0, 4 * mm)
    for sentence in letter.sentences:
        yield text_of(sentence)
    yield text_of(_("Production by product and tariff"), HEAD)
    yield _table([letter.headers, *letter.rows, letter.foot], letter.headers)
    if letter.changes:
        yield text_of(_("What differs from the version before"), HEAD)
        yield _table([letter.change_headers, *letter.changes], letter.change_headers)


def _table(rows: Sequence[Cells], headers: Cells) -> Table:
    """The first column is words, the others figures."""
    first = 55 * mm
    other = (WIDTH - first) / (len(headers) - 1)
    cells = [
        [text_of(row[0], SMALL if place == 0 else BOLD if row[0] == _("Total") else BODY)]
        + [text_of(cell, RIGHT) for cell in row[1:]]
        for place, row in enumerate(rows)
    ]
    return Table(cells, colWidths=[first, *[other] * (len(headers) - 1)], style=LINED, repeatRows=1)


def evidence_pdf(title: str, author: str, sections: Sequence[Section]) -> bytes:
    """The evidence of one drawn line, section by section."""
    target = BytesIO()
    template = sheet(target, title=title, author=author)
    story: list[Flowable] = [text_of(title, TITLE), Spacer(0, 4 * mm)]
    for section in sections:
        story.append(text_of(section.title, HEAD))
        if not section.facts:
            story.append(text_of(section.not_needed or _("Nothing is known of this.")))
            continue
        rows = [[text_of(label, SMALL), text_of(value)] for label, value in section.facts]
        story.append(Table(rows, colWidths=[50 * mm, WIDTH - 50 * mm], style=TIGHT))
    template.build(story, canvasmaker=partial(NumberedCanvas, f"{author} · {title}"))
    return target.getvalue()
