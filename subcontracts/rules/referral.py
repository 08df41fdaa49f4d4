"""Referrals that the own access hands in: what their cells say, and what is wrong with them.

A referral asks for one product or more for one client. Each product is a row; what is about the
referral itself may be left out in further rows. The same checks serve the file and the call of
software. No database: which products and municipalities there are is the service's question.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _

from subcontracts.rules.csvfiles import Fault, day_of
from subcontracts.rules.referralcells import (
    REFERRAL_COLUMNS,
    amount_of,
    first_of_each,
    guardian_of,
    initials_of,
    product_faults,
    referral_faults,
    text_faults,
    volume_of,
)

#: Another row of the referral is wrong, so that none of it is taken.
ANOTHER_ROW: Final = "VWZ-17"


@dataclass(frozen=True, kw_only=True)
class ReferredProduct:
    """Care that is asked for: a volume with frequency, or a budget in euros.

    Codes are those of the standard; without a unit that of the product is meant.
    """

    category: str
    code: str = ""
    start_date: date
    end_date: date | None = None
    volume: int | None = None
    unit: str = ""
    frequency: str = ""
    budget: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class ReferralDetails:
    """For whom, from which municipality, by whom referred, and what is asked."""

    reference: str
    family: str
    municipality: str
    bsn: str
    surname: str
    prefix: str = ""
    initials: str
    birth_date: date
    sex: str
    referrer_type: str
    referrer_name: str = ""
    referrer_agb: str = ""
    #: Youth: whether the municipality knows who has parental authority.
    guardian_known: bool | None = None
    comment: str = ""
    products: tuple[ReferredProduct, ...]


@dataclass(frozen=True)
class Line:
    """One product as handed in: the number of its row, every cell, and what is wrong with it."""

    number: int
    cells: Mapping[str, str]
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True)
class HandedIn:
    """One referral as handed in: its rows, and what they say where nothing is wrong."""

    lines: tuple[Line, ...]
    said: ReferralDetails | None

    @property
    def reference(self) -> str:
        """The reference, as far as it can be read."""
        return self.lines[0].cells["kenmerk"]

    def refused(self, *faults: tuple[int, Fault]) -> HandedIn:
        """The same, not taken because of what is wrong with the rows in these places."""
        lines = list(self.lines)
        for place, fault in faults:
            lines[place] = replace(lines[place], faults=(*lines[place].faults, fault))
        return HandedIn(_all_refused(lines), None)


def judged(lines: Sequence[Line]) -> HandedIn:
    """The referral of these rows, or all that is wrong with them.

    Rules: VWZ-01 to VWZ-14 and VWZ-17 of ours; CD041, CD066, CD067, CD068, CD075, CD076, CD077,
    CD095 and CS003 of the standard.
    """
    first = lines[0].cells
    seen = []
    for place, line in enumerate(lines):
        found = [*line.faults, *text_faults(line.cells)]
        found += _differing(first, line) if place else referral_faults(first)
        found += product_faults(line.cells)
        seen.append(replace(line, faults=first_of_each(found)))
    if any(line.faults for line in seen):
        return HandedIn(_all_refused(seen), None)
    return HandedIn(tuple(seen), _read(first, [line.cells for line in seen]))


def _all_refused(lines: Sequence[Line]) -> tuple[Line, ...]:
    text = _("Another row with this reference is wrong. Mend that one and hand in all of them.")
    other = (Fault("kenmerk", ANOTHER_ROW, text),)
    return tuple(line if line.faults else replace(line, faults=other) for line in lines)


def _differing(first: Mapping[str, str], line: Line) -> Iterator[Fault]:
    for column in REFERRAL_COLUMNS:
        said = line.cells[column]
        if said and said != first[column]:
            text = _(
                "This differs from the first row with the same reference. Make them equal, leave"
                " this cell empty, or use another reference."
            )
            yield Fault(column, "VWZ-14", text)


def _read(first: Mapping[str, str], rows: Sequence[Mapping[str, str]]) -> ReferralDetails:
    return ReferralDetails(
        reference=first["kenmerk"],
        family=first["wet"].lower(),
        municipality=first["gemeente"],
        bsn=first["bsn"],
        surname=first["achternaam"],
        prefix=first["voorvoegsel"],
        initials=initials_of(first["voorletters"]),
        birth_date=_day(first["geboortedatum"]),
        sex=first["geslacht"],
        referrer_type=first["type_verwijzer"],
        referrer_name=first["naam_verwijzer"],
        referrer_agb=first["agb_verwijzer"],
        guardian_known=guardian_of(first["gezag_bekend"]) if first["wet"].lower() == "jw" else None,
        comment=first["opmerking"],
        products=tuple(_product(cells) for cells in rows),
    )


def _product(cells: Mapping[str, str]) -> ReferredProduct:
    return ReferredProduct(
        category=cells["productcategorie"],
        code=cells["productcode"],
        start_date=_day(cells["begindatum"]),
        end_date=day_of(cells["einddatum"]),
        volume=volume_of(cells["volume"]),
        unit=cells["eenheid"],
        frequency=cells["frequentie"],
        budget=amount_of(cells["budget"]),
    )


def _day(text: str) -> date:
    day = day_of(text)
    if day is None:
        raise ValueError("a day was checked and is not there")
    return day
