"""Files that go out: a template with the own placements of a month, and rows to mend."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from billing.models import DeclarationFileFinding
from billing.rules.filecolumns import ADDED
from billing.rules.sentences import WORDS
from billing.selectors.month_cards import Card
from hoofdaannemer.core import workbooks
from hoofdaannemer.core.export import KINDS, XLSX_TYPE
from hoofdaannemer.core.periods import Month
from hoofdaannemer.core.sheets import Sheet

CSV_TYPE: Final = "text/csv; charset=utf-8"
#: Headings of the template: in Dutch, as those that are recognised.
HEADS: Final = (
    *("Toewijzingsnummer", "Cliëntnummer", "Productcode", "Begindatum", "Einddatum"),
    *("Volume", "Eenheid", "Referentie", "Credit", "Vorig referentienummer", "Hoofdaannemer KvK"),
)


def template(month: Month, cards: Sequence[Card], kind: str) -> tuple[bytes, str]:
    """Bytes and media type of a template; only the volumes are to be filled in.

    Raises ValueError for another kind than CSV or XLSX.
    """
    rows: list[Sequence[object]] = [HEADS, *(_row(month, card) for card in cards)]
    return _file({"declaratie": rows}, kind)


def _row(month: Month, card: Card) -> Sequence[object]:
    placed = card.placement
    return (
        placed.number,
        placed.client.pseudonym,
        placed.product.code,
        card.period.start,
        card.period.end,
        None,
        str(WORDS.get(f"unit.{card.unit}", card.unit)),
        f"{month}-{placed.number}",
        None,
        None,
        placed.main_contractor.organisation.kvk,
    )


def to_mend(
    sheet: Sheet, findings: Sequence[DeclarationFileFinding], kind: str
) -> tuple[bytes, str]:
    """Bytes and media type of the rows that have findings, as they stood, with what is wrong."""
    by_row: dict[int, list[DeclarationFileFinding]] = {}
    for one in findings:
        by_row.setdefault(one.line, []).append(one)
    heads = [head for head in sheet.heads if head not in ADDED]
    places = [list(sheet.heads).index(head) for head in heads]
    rows: list[Sequence[object]] = [(*heads, *ADDED)]
    for line in sheet.lines:
        if told := by_row.get(line.number):
            rules = ", ".join(dict.fromkeys(one.rule for one in told))
            texts = " ".join(f"{one.column}: {one.text}".removeprefix(": ") for one in told)
            rows.append((*(line.cells[place] for place in places), line.number, rules, texts))
    return _file({"te herstellen": rows}, kind)


def _file(sheets: dict[str, list[Sequence[object]]], kind: str) -> tuple[bytes, str]:
    if kind not in KINDS:
        raise ValueError(f"unknown kind of file: {kind}")
    if kind == "xlsx":
        return workbooks.book(sheets), XLSX_TYPE
    [rows] = sheets.values()
    return workbooks.text(rows), CSV_TYPE
