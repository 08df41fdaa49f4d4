"""What the columns of a declaration file may mean, guessed from usual headings."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, Self

from hoofdaannemer.core.sheetcells import number_of
from hoofdaannemer.core.sheets import Cell, Line


class Field(StrEnum):
    """What a column may hold."""

    NUMBER = "number"
    PRODUCT = "product"
    MONTH = "month"
    START = "start"
    END = "end"
    VOLUME = "volume"
    UNIT = "unit"
    TARIFF = "tariff"
    AMOUNT = "amount"
    REFERENCE = "reference"
    CREDIT = "credit"
    PREVIOUS = "previous"
    BIRTH_DATE = "birth_date"
    SURNAME = "surname"
    MAIN = "main"


#: Columns that our own file of unreadable rows has more than the file it came from.
ADDED: Final = ("rij", "regel", "wat_is_er_mis")
#: Without an explanation of the placement no line can be found; the others may lack.
NEEDED: Final = (Field.NUMBER,)

_USUAL: Final[Mapping[Field, tuple[str, ...]]] = {
    Field.NUMBER: (
        *("plaatsingsnummer", "plaatsing", "toewijzingsnummer", "toewijzing", "toewijsnummer"),
        *("beschikkingsnummer", "toewijzingnr", "toewijzingsnr", "plaatsingsnr", "allocatienummer"),
    ),
    Field.PRODUCT: ("productcode", "product", "productcd", "artikelcode", "prestatiecode"),
    Field.MONTH: ("maand", "periode", "declaratiemaand", "declaratieperiode", "zorgmaand"),
    Field.START: (
        *("begindatum", "startdatum", "van", "datumvan", "periodevan", "vanaf", "begin"),
        *("ingangsdatum", "datumbegin", "begindatumzorg", "begindatumprestatie", "datum"),
    ),
    Field.END: (
        *("einddatum", "tot", "totenmet", "tm", "datumtot", "periodetot", "datumtotenmet", "eind"),
        *("datumeinde", "einddatumzorg", "einddatumprestatie", "periodetm", "datumtm"),
    ),
    Field.VOLUME: (
        *("volume", "aantal", "uren", "minuten", "hoeveelheid", "aantaluren", "aantalminuten"),
        *("aantaleenheden", "geleverdvolume", "etmalen", "dagdelen", "tijd"),
    ),
    Field.UNIT: ("eenheid", "eenh", "tijdseenheid"),
    Field.TARIFF: ("tarief", "prijs", "productarief", "producttarief", "uurtarief", "stuksprijs"),
    Field.AMOUNT: (
        *("bedrag", "totaal", "totaalbedrag", "ingediendbedrag", "regelbedrag", "bedraginclbtw"),
        *("factuurbedrag", "declaratiebedrag"),
    ),
    Field.REFERENCE: (
        *("referentie", "referentienummer", "regelnummer", "declaratieregel", "kenmerk", "regelid"),
        *("factuurregel", "factuurregelnummer", "regelreferentie", "uniekkenmerk", "prestatieid"),
    ),
    Field.CREDIT: ("credit", "debetcredit", "dc", "debitcredit", "cd", "creditregel"),
    Field.PREVIOUS: (
        *("vorigreferentienummer", "vorigereferentie", "creditvan", "oorspronkelijkereferentie"),
        *("gecrediteerdereferentie", "vorigkenmerk", "referentievorige"),
    ),
    Field.BIRTH_DATE: ("geboortedatum", "gebdatum", "geboren", "gebdat", "geboortedag"),
    Field.SURNAME: ("achternaam", "naam", "clientnaam", "geslachtsnaam", "naamclient", "client"),
    Field.MAIN: ("hoofdaannemer", "hoofdaannemerkvk", "kvkhoofdaannemer", "opdrachtgeverkvk"),
}
#: Headings that say the unit as well.
_UNITS: Final = {
    "uren": "04",
    "aantaluren": "04",
    "minuten": "01",
    "aantalminuten": "01",
    "etmalen": "14",
    "dagdelen": "16",
}
_MEANT: Final = {head: one for one, heads in _USUAL.items() for head in heads}


@dataclass(frozen=True)
class Layout:
    """Which heading holds what, and how numbers and days are written in texts.

    `unit` is that of the volumes where no column says it; empty for the contract's own.
    """

    columns: Mapping[Field, str] = field(default_factory=dict)
    has_point: bool = False
    month_first: bool = False
    unit: str = ""

    @classmethod
    def of_json(cls, stored: Mapping[str, Any]) -> Self:
        """As it was kept."""
        columns = {Field(name): head for name, head in stored["columns"].items()}
        return cls(columns, stored["has_point"], stored["month_first"], stored["unit"])

    @property
    def as_json(self) -> dict[str, Any]:
        """As it is kept."""
        return {
            "columns": {one.value: head for one, head in self.columns.items()},
            "has_point": self.has_point,
            "month_first": self.month_first,
            "unit": self.unit,
        }

    def head(self, one: Field) -> str:
        """The heading of a field; empty where the file has none."""
        return self.columns.get(one, "")


def plain(head: str) -> str:
    """A heading without case, accents, spaces and signs: `Begin-datum ` is `begindatum`."""
    letters = unicodedata.normalize("NFKD", head.lower())
    return re.sub("[^a-z0-9]", "", letters)


def is_known(head: str) -> bool:
    """Whether a heading is a usual one."""
    return plain(head) in _MEANT


def own_heads(heads: Sequence[str]) -> list[str]:
    """The headings of their administration, without what we added to a file to mend."""
    return [head for head in heads if head and head not in ADDED]


def signature(heads: Sequence[str]) -> str:
    """The same for files with the same headings, in whatever order and case."""
    told = "\n".join(sorted(plain(head) for head in own_heads(heads)))
    return hashlib.sha256(told.encode()).hexdigest()


def guess(heads: Sequence[str], lines: Sequence[Line]) -> Layout:
    """What a file probably means: each field by the most usual heading it has."""
    found: dict[Field, str] = {}
    by_plain = {plain(head): head for head in reversed(own_heads(heads))}
    for one, usual in _USUAL.items():
        head = next((by_plain[name] for name in usual if name in by_plain), "")
        if head:
            found[one] = head
    # One day in a row is the day of the care, and the only column of its name.
    units = [_UNITS[name] for name in [plain(found.get(Field.VOLUME, ""))] if name in _UNITS]
    days = _cells(heads, lines, found, (Field.START, Field.END, Field.BIRTH_DATE))
    numbers = _cells(heads, lines, found, (Field.AMOUNT, Field.TARIFF, Field.VOLUME))
    return Layout(
        columns=found,
        has_point=_has_point(list(numbers)),
        month_first=_month_first(list(days)),
        unit=units[0] if units and Field.UNIT not in found else "",
    )


def _cells(
    heads: Sequence[str], lines: Sequence[Line], found: Mapping[Field, str], asked: Sequence[Field]
) -> Iterator[str]:
    places = [list(heads).index(found[one]) for one in asked if one in found]
    for line in lines:
        for place in places:
            cell: Cell = line.cells[place]
            if isinstance(cell, str) and cell:
                yield cell


def _has_point(texts: Sequence[str]) -> bool:
    """Whether numbers only make sense with a point before the decimals, as `1,234.50`."""
    no_comma = sum(number_of(text, has_point=False) is None for text in texts)
    no_point = sum(number_of(text, has_point=True) is None for text in texts)
    return no_point < no_comma


def _month_first(texts: Sequence[str]) -> bool:
    """Whether days only make sense with the month first, as `10/31/2026`."""
    parts = [re.split("[-/. ]", text) for text in texts]
    pairs = [
        (int(p[0]), int(p[1])) for p in parts if len(p) == 3 and p[0].isdigit() and p[1].isdigit()
    ]
    return any(second > 12 for first, second in pairs if first <= 12) and not any(
        12 < first <= 31 for first, _second in pairs
    )
