"""The cells of a referral, one by one: their columns, how they are read, and what is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _

from hoofdaannemer.core.forms import read_number
from hoofdaannemer.core.numbers import is_agb, is_bsn, is_municipality_code
from subcontracts.rules.csvfiles import Fault, day_of

#: About the referral: in every row of it the same, or left out after the first.
REFERRAL_COLUMNS: Final = (
    "kenmerk",
    "wet",
    "gemeente",
    "bsn",
    "achternaam",
    "voorvoegsel",
    "voorletters",
    "geboortedatum",
    "geslacht",
    "type_verwijzer",
    "naam_verwijzer",
    "agb_verwijzer",
    "gezag_bekend",
    "opmerking",
)
#: About one product.
PRODUCT_COLUMNS: Final = (
    "productcategorie",
    "productcode",
    "begindatum",
    "einddatum",
    "volume",
    "eenheid",
    "frequentie",
    "budget",
)
COLUMNS: Final = REFERRAL_COLUMNS + PRODUCT_COLUMNS
#: As the standard's messages and the form have them.
_LONGEST: Final[Mapping[str, int]] = {
    "kenmerk": 36,
    "achternaam": 80,
    "voorvoegsel": 10,
    "naam_verwijzer": 64,
    "opmerking": 200,
}
_LONGEST_OTHER: Final = 30
#: In an address too, so without anything that means something there.
_REFERENCE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,35}")
# What an XML document cannot hold, and signs that no keyboard gives.
_UNWRITABLE: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]"
)
_BREAKS: Final = re.compile("[\t\n\r\x85\u2028\u2029]")
_INITIALS: Final = re.compile("[a-zA-ZÀ-ỳ]{1,6}")
#: A professional referrer has a name or an AGB code (CD066, CD067).
_PROFESSIONAL: Final = ("02", "03", "04", "05")
_YES, _NO = ("ja", "1"), ("nee", "2")
_YEARS: Final = range(1900, 2201)
_MOST_UNITS: Final = 99_999_999
#: LDT_Budget: 99,999,999 eurocents.
_MOST_EUROS: Final = Decimal("999999.99")
_PER_WEEK: Final = "2"


def whole(cells: Mapping[str, str]) -> dict[str, str]:
    """Every column, empty where nothing was handed in."""
    return {column: cells.get(column, "") for column in COLUMNS}


def is_reference(text: str) -> bool:
    """Whether it can be the reference of a referral."""
    return _REFERENCE.fullmatch(text) is not None


def initials_of(text: str) -> str:
    """As the form reads them: capitals, without dots and blanks."""
    return text.replace(".", "").replace(" ", "").upper()


def guardian_of(text: str) -> bool | None:
    """Yes or no; None for anything else."""
    word = text.lower()
    return None if word not in (*_YES, *_NO) else word in _YES


def volume_of(text: str) -> int | None:
    """A whole number of units, at least one; None for anything else."""
    number = read_number(text)
    if number is None or number != number.to_integral_value():
        return None
    return int(number) if 1 <= number <= _MOST_UNITS else None


def amount_of(text: str) -> Decimal | None:
    """More than nothing, in euros and cents; None for anything else."""
    number = read_number(text)
    if number is None or not 0 < number <= _MOST_EUROS:
        return None
    return None if number * 100 % 1 else number


def first_of_each(faults: Iterable[Fault]) -> tuple[Fault, ...]:
    """The first fault of each column: what follows from it needs no mending."""
    found: dict[str, Fault] = {}
    for fault in faults:
        found.setdefault(fault.column, fault)
    return tuple(found.values())


def text_faults(cells: Mapping[str, str]) -> Iterator[Fault]:
    """Text that no message can carry, in whatever column (VWZ-13)."""
    for column, text in cells.items():
        longest = _LONGEST.get(column, _LONGEST_OTHER)
        if len(text) > longest:
            said = _("This is longer than %(most)s signs. Shorten it.") % {"most": longest}
            yield Fault(column, "VWZ-13", said)
        elif _UNWRITABLE.search(text):
            said = _("There is a sign in this that cannot be sent. Type it anew.")
            yield Fault(column, "VWZ-13", said)
        elif column != "opmerking" and _BREAKS.search(text):
            yield Fault(column, "VWZ-13", _("There is a line break or tab in this. Remove it."))


def referral_faults(cells: Mapping[str, str]) -> Iterator[Fault]:
    """What is wrong with whom it is for and who referred (VWZ-01 to VWZ-07, VWZ-10 to VWZ-12)."""
    reference = cells["kenmerk"]
    if not is_reference(reference):
        text = _(
            "Write your own reference: at most 36 letters, digits, dots, dashes and underscores."
        )
        yield Fault("kenmerk", "VWZ-01", text)
    elif is_bsn(cells["bsn"]) and cells["bsn"] in reference:
        yield Fault("kenmerk", "VWZ-01", _("A reference holds no BSN. Use another one."))
    if cells["wet"].lower() not in ("jw", "wmo"):
        yield Fault("wet", "VWZ-02", _("Write jw or wmo."))
    if not is_municipality_code(cells["gemeente"]):
        text = _("Write the code of the municipality, four digits such as 0307.")
        yield Fault("gemeente", "VWZ-03", text)
    yield from _person_faults(cells)
    yield from _referrer_faults(cells)
    if cells["wet"].lower() == "jw" and guardian_of(cells["gezag_bekend"]) is None:
        text = _("Does the municipality know who has parental authority? Write ja or nee.")
        yield Fault("gezag_bekend", "VWZ-12", text)


def _person_faults(cells: Mapping[str, str]) -> Iterator[Fault]:
    if not is_bsn(cells["bsn"]):
        yield Fault("bsn", "VWZ-04", _("This is not a BSN. Check the nine digits."))
    if not cells["achternaam"].strip():
        yield Fault("achternaam", "VWZ-05", _("Fill in the surname."))
    if not _INITIALS.fullmatch(initials_of(cells["voorletters"])):
        yield Fault("voorletters", "VWZ-05", _("Fill in the initials, at most six letters."))
    if not _is_day(cells["geboortedatum"]):
        yield Fault("geboortedatum", "VWZ-06", _not_a_day())
    if cells["geslacht"] not in ("0", "1", "2"):
        text = _("Write 1 for male, 2 for female or 0 where it is not known.")
        yield Fault("geslacht", "VWZ-07", text)


def _referrer_faults(cells: Mapping[str, str]) -> Iterator[Fault]:
    kind, name, agb = (
        cells[column] for column in ("type_verwijzer", "naam_verwijzer", "agb_verwijzer")
    )
    if agb and not is_agb(agb):
        yield Fault("agb_verwijzer", "VWZ-11", _("An AGB code has eight digits."))
    if name and agb:
        text = _("Fill in the name or the AGB code of the referrer, not both.")
        yield Fault("naam_verwijzer", "CD066", text)
    if not re.fullmatch("[0-9]{2}", kind):
        text = _("Write the code of the kind of referrer, two digits such as 02.")
        yield Fault("type_verwijzer", "VWZ-10", text)
    elif kind in _PROFESSIONAL and not name and not agb:
        text = _("Fill in the AGB code or the name of the referrer.")
        yield Fault("agb_verwijzer", "CD067", text)
    elif kind not in _PROFESSIONAL and agb:
        text = _("Only a referrer of type 02 to 05 has an AGB code. Remove it or mend the type.")
        yield Fault("agb_verwijzer", "CD068", text)


def product_faults(cells: Mapping[str, str]) -> Iterator[Fault]:
    """What is wrong with one product (VWZ-06, VWZ-08, VWZ-09 and rules of the standard)."""
    if not re.fullmatch("[0-9A-Z]{2}", cells["productcategorie"]):
        text = _("Write the category of the product, two signs such as 45.")
        yield Fault("productcategorie", "VWZ-08", text)
    if cells["productcode"] and not re.fullmatch("[0-9A-Z]{1,5}", cells["productcode"]):
        text = _("Write the code of the product, at most five signs such as 45A04.")
        yield Fault("productcode", "VWZ-08", text)
    yield from _period_faults(cells)
    yield from (_budget_faults if cells["budget"] else _volume_faults)(cells)


def _period_faults(cells: Mapping[str, str]) -> Iterator[Fault]:
    start, end = day_of(cells["begindatum"]), day_of(cells["einddatum"])
    if not _is_day(cells["begindatum"]):
        yield Fault("begindatum", "VWZ-06", _not_a_day())
    if cells["einddatum"] and not _is_day(cells["einddatum"]):
        yield Fault("einddatum", "VWZ-06", _not_a_day())
    if start and end and end < start:
        yield Fault("einddatum", "CS003", _("The last day cannot be before the first."))
    if not cells["einddatum"] and cells["frequentie"] == _PER_WEEK:
        yield Fault("einddatum", "CD076", _("A volume per week needs a last day."))
    if not cells["einddatum"] and cells["budget"]:
        yield Fault("einddatum", "CD075", _("A budget needs a last day."))


def _budget_faults(cells: Mapping[str, str]) -> Iterator[Fault]:
    if cells["productcode"]:
        text = _("A product with a code has a volume with frequency, and no budget.")
        yield Fault("budget", "CD041", text)
    elif cells["volume"]:
        yield Fault("budget", "CD077", _("Fill in a volume or a budget, not both."))
    elif amount_of(cells["budget"]) is None:
        yield Fault("budget", "VWZ-09", _("Write an amount such as 1.234,50."))
    for column in ("eenheid", "frequentie"):
        if cells[column]:
            yield Fault(column, "VWZ-09", _("Only a volume has this. Leave it empty."))


def _volume_faults(cells: Mapping[str, str]) -> Iterator[Fault]:
    if not cells["productcode"]:
        text = _("Without a code of a product only a budget can be asked for.")
        yield Fault("productcode", "CD095", text)
    if not cells["volume"]:
        yield Fault("volume", "CD041", _("Fill in how much care is asked for."))
    elif volume_of(cells["volume"]) is None:
        text = _("Write a whole number from 1 to 99,999,999, such as 4.")
        yield Fault("volume", "VWZ-09", text)
    if not re.fullmatch("[0-9]", cells["frequentie"]):
        text = _("Write the code of how often, such as 2 for per week.")
        yield Fault("frequentie", "VWZ-09", text)
    if cells["eenheid"] and not re.fullmatch("[0-9]{2}", cells["eenheid"]):
        text = _("Write the code of the unit, two digits such as 04, or nothing.")
        yield Fault("eenheid", "VWZ-09", text)


def _is_day(text: str) -> bool:
    day: date | None = day_of(text)
    return day is not None and day.year in _YEARS


def _not_a_day() -> str:
    return _("Write a day that exists, such as 22-11-2026, between 1900 and 2200.")
