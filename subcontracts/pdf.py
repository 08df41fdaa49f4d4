"""A subcontract as a PDF: a pure function of its text; the same text gives the same bytes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from io import BytesIO
from typing import Any, Final

from django.utils.translation import gettext as _
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, KeepTogether, PageBreak, Spacer, Table

from hoofdaannemer.core.paper import (
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
from subcontracts.rules.contracttext import ContractText, Section

_LABEL: Final = 58 * mm
_MANY: Final = 4
#: In signs: room beside a cell, and what a cell gets at least where it holds so much.
_PADDING: Final = 3
_ENOUGH: Final = 14


def contract_pdf(text: ContractText, *, author: str, mark: str = "") -> bytes:
    """The contract as A4 pages; `mark` under the title says what sort of copy it is."""
    target = BytesIO()
    template = sheet(target, title=text.title, author=author)
    template.build(_story(text, mark), canvasmaker=partial(NumberedCanvas, text.title))
    return target.getvalue()


def _story(text: ContractText, mark: str) -> list[Flowable]:
    story: list[Flowable] = [text_of(text.title, TITLE)]
    if mark:
        story.append(text_of(mark, SMALL))
    body = [one for one in text.sections if not one.is_annex]
    for number, section in enumerate(body, start=1):
        story += _section(f"{number}. {section.title}", section)
    story += _signing(text)
    annexes = [one for one in text.sections if one.is_annex]
    for number, section in enumerate(annexes, start=1):
        title = _("Annex %(number)s: %(title)s") % {"number": number, "title": section.title}
        story += [*([PageBreak()] if number == 1 else []), *_section(title, section)]
    return story


def _section(title: str, section: Section) -> list[Flowable]:
    head = text_of(title, HEAD)
    parts: list[Flowable] = []
    if section.facts:
        rows = [[text_of(label, SMALL), text_of(value)] for label, value in section.facts]
        parts.append(_table(rows, [_LABEL, WIDTH - _LABEL]))
    if section.rows:
        heads = [text_of(name, SMALL) for name in section.headers]
        rows = [heads, *([text_of(cell) for cell in row] for row in section.rows)]
        parts.append(_table(rows, _widths(section), has_heads=True))
    return [KeepTogether([head, parts[0]]), *parts[1:]]


def _widths(section: Section) -> list[float]:
    """Equal ones; of many columns each by what stands in it, so that no word is broken."""
    columns = len(section.headers)
    if columns <= _MANY:
        return [WIDTH / columns] * columns
    needs = [
        max(_need(text) for text in column)
        for column in zip(section.headers, *section.rows, strict=True)
    ]
    return [WIDTH * need / sum(needs) for need in needs]


def _need(text: str) -> int:
    """Signs of the longest word with the room around it, and of a short text all of it."""
    longest = max((len(word) for word in text.split()), default=0)
    return _PADDING + max(longest, min(len(text), _ENOUGH))


def _signing(text: ContractText) -> list[Flowable]:
    """A place to sign for each party, which the first table names."""
    parties = next((one.rows for one in text.sections if one.rows), ())
    cells = [
        [
            text_of(party[0], SMALL),
            text_of(party[1], BOLD),
            Spacer(0, 16 * mm),
            text_of(_("Name, day and signature"), SMALL),
        ]
        for party in parties
    ]
    if not cells:
        return []
    table = Table([cells], colWidths=[WIDTH / len(cells)] * len(cells))
    table.setStyle(
        [("BOX", (0, 0), (-1, -1), 0.5, LINE), ("INNERGRID", (0, 0), (-1, -1), 0.5, LINE)]
    )
    return [KeepTogether([text_of(_("Signing"), HEAD), table])]


def _table(
    rows: Sequence[Sequence[Any]], widths: Sequence[float], *, has_heads: bool = False
) -> Table:
    table = Table(list(map(list, rows)), colWidths=list(widths), repeatRows=1 if has_heads else 0)
    style: list[tuple[Any, ...]] = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LINEBELOW", (0, 0), (-1, -1), 0.4, LINE),
        ("TOPPADDING", (0, 0), (-1, -1), 2.5),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2.5),
    ]
    if has_heads:
        style.append(("BACKGROUND", (0, 0), (-1, 0), TINT))
    table.setStyle(style)
    return table
