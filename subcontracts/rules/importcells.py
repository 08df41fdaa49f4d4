"""What the cells of a file with running care say, and what of them is wrong (IMP-01 to IMP-11)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _

from hoofdaannemer.core.periods import Period
from subcontracts.rules.csvfiles import Fault
from subcontracts.rules.importfile import Line
from subcontracts.rules.importreading import Cells
from subcontracts.rules.keys import person_key

_INITIALS: Final = re.compile("[A-Za-z]{0,6}")
_POSTCODE: Final = re.compile("[1-9][0-9]{3}[A-Z]{2}")
_HOUSE: Final = re.compile("([0-9]{1,5})[ -]?(.{0,10})")
#: What no message can carry.
_UNWRITABLE: Final = re.compile("[\x00-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
#: Code list WJ757: per day, week, four weeks or month, in total.
_FREQUENCIES: Final = ("1", "2", "4", "6")
_TARIFF_DECIMALS: Final = 4


@dataclass(frozen=True, kw_only=True)
class ClientSaid:
    """A person; the address is four lines, or empty. Without a BSN a reference says who."""

    bsn: str
    reference: str
    surname: str
    prefix: str
    initials: str
    birth_date: date
    sex: str
    address: str

    @property
    def person(self) -> bytes:
        """By which the rows of one client belong together."""
        return person_key(self.bsn, self.reference)


@dataclass(frozen=True, kw_only=True)
class AllocationSaid:
    """An allocation of a client; without code it is of a category, without both of anything."""

    family: str
    municipality: str
    number: int
    bsn: str
    reference: str
    category: str
    code: str
    #: We allocated it, in the municipality's name.
    is_granted_here: bool
    decided_on: date
    period: Period
    volume: int | None
    unit: str
    frequency: str
    budget: Decimal | None

    @property
    def person(self) -> bytes:
        """By which the rows of one client belong together."""
        return person_key(self.bsn, self.reference)

    @property
    def key(self) -> AllocationKey:
        """By what placements name it."""
        return self.family, self.municipality, self.number


AllocationKey = tuple[str, str, int]


@dataclass(frozen=True, kw_only=True)
class PlacementSaid:
    """Who delivers an allocation, or a part of it; since when, and under which number below."""

    allocation: AllocationKey
    provider: str
    category: str
    code: str
    period: Period
    volume: int | None
    budget: Decimal | None
    started_on: date | None
    paused_on: date | None
    number: int | None


@dataclass(frozen=True, kw_only=True)
class TariffSaid:
    """Euros a unit of a product under a subcontract."""

    contract: str
    category: str
    code: str
    unit: str
    amount: Decimal
    period: Period


Said = ClientSaid | AllocationSaid | PlacementSaid | TariffSaid


Judged = tuple[Said | None, Sequence[Fault]]


def client_of(line: Line) -> Judged:
    """Rules IMP-03 to IMP-05, IMP-10, IMP-11 and IMP-35."""
    cells = Cells(line)
    bsn, reference = cells.who()
    surname = cells.needed("achternaam", "IMP-04", _("Fill in the surname."))
    initials = line["voorletters"].replace(".", "").replace(" ", "").upper()
    if not _INITIALS.fullmatch(initials):
        cells.wrong("voorletters", "IMP-04", _("Initials are at most six letters."))
    if len(line["voorvoegsel"]) > 10:
        cells.wrong("voorvoegsel", "IMP-04", _("This is longer than ten signs. Shorten it."))
    birth_date = cells.day("geboortedatum", needed=True)
    if line["geslacht"] not in ("0", "1", "2"):
        text = _("Write 1 for male, 2 for female or 0 where it is not known.")
        cells.wrong("geslacht", "IMP-04", text)
    for column, most in (("achternaam", 200), ("straat", 24), ("plaats", 80)):
        if _UNWRITABLE.search(line[column]) or len(line[column]) > most:
            text = _("This has a sign that cannot be sent, or is too long. Type it anew.")
            cells.wrong(column, "IMP-11", text)
    address = _address(cells, line)
    if cells.faults or birth_date is None:
        return None, cells.faults
    return ClientSaid(
        bsn=bsn,
        reference=reference,
        surname=surname,
        prefix=line["voorvoegsel"],
        initials=initials,
        birth_date=birth_date,
        sex=line["geslacht"],
        address=address,
    ), ()


def _address(cells: Cells, line: Line) -> str:
    """Street, number, postcode and place; empty where nothing of it is filled in."""
    parts = [line[name] for name in ("straat", "huisnummer", "postcode", "plaats")]
    if not any(parts):
        return ""
    postcode = line["postcode"].replace(" ", "").upper()
    if not _POSTCODE.fullmatch(postcode):
        cells.wrong("postcode", "IMP-10", _("Write the postcode as 3811 AA."))
    house = _HOUSE.fullmatch(line["huisnummer"])
    if house is None:
        text = _("Write the number of the house first, then a letter or addition.")
        cells.wrong("huisnummer", "IMP-10", text)
        return ""
    number = f"{house[1]} {house[2]}".strip()
    return "\n".join([line["straat"], number, postcode, line["plaats"]])


def allocation_of(line: Line) -> Judged:
    """Rules IMP-01 to IMP-03, IMP-05 to IMP-08, IMP-35 and IMP-36."""
    cells = Cells(line)
    family, town = cells.law(), cells.town()
    bsn, reference = cells.who()
    is_granted_here = cells.is_granted_here()
    number = cells.number("toewijzingsnummer", needed=True)
    category, code = cells.product()
    decided_on, period = cells.day("besluitdatum"), cells.period()
    volume, budget = cells.volume(), cells.amount("budget", 2, "IMP-08")
    _check_extent(cells, volume, budget)
    if cells.faults or number is None or period is None:
        return None, cells.faults
    return AllocationSaid(
        family=family,
        municipality=town,
        number=number,
        bsn=bsn,
        reference=reference,
        category=category,
        code=code,
        is_granted_here=is_granted_here,
        decided_on=decided_on or period.start,
        period=period,
        volume=volume,
        unit=line["eenheid"].zfill(2) if volume else "",
        frequency=line["frequentie"] if volume else "",
        budget=budget,
    ), ()


def _check_extent(cells: Cells, volume: int | None, budget: Decimal | None) -> None:
    if volume and budget:
        cells.wrong("budget", "IMP-08", _("Fill in a volume or a budget, not both."))
    if not cells.text("volume"):
        return
    if cells.text("frequentie") not in _FREQUENCIES:
        text = _("Write the code of how often, such as 2 for per week.")
        cells.wrong("frequentie", "IMP-08", text)
    if not re.fullmatch("[0-9]{1,2}", cells.text("eenheid")):
        cells.wrong("eenheid", "IMP-08", _("Write the code of the unit, two digits such as 04."))


def placement_of(line: Line) -> Judged:
    """Rules IMP-01, IMP-02 and IMP-05 to IMP-08."""
    cells = Cells(line)
    family, town = cells.law(), cells.town()
    number = cells.number("toewijzingsnummer", needed=True)
    who = _("Write the number of the subcontract, or the name of your own team.")
    provider = cells.needed("uitvoerder", "IMP-24", who)
    category, code = cells.product()
    period, volume = cells.period(), cells.volume()
    budget = cells.amount("budget", 2, "IMP-08")
    started_on, paused_on = cells.day("gestart_op"), cells.day("onderbroken_na")
    if period and started_on and not period.contains(started_on):
        text = _("Care starts within the period of the placement.")
        cells.wrong("gestart_op", "IMP-05", text)
    if paused_on and (started_on is None or paused_on < started_on):
        text = _("Care is interrupted after it started. Fill in gestart_op, or mend the day.")
        cells.wrong("onderbroken_na", "IMP-05", text)
    own_number = cells.number("nummer")
    if cells.faults or number is None or period is None:
        return None, cells.faults
    return PlacementSaid(
        allocation=(family, town, number),
        provider=provider,
        category=category,
        code=code,
        period=period,
        volume=volume,
        budget=budget,
        started_on=started_on,
        paused_on=paused_on,
        number=own_number,
    ), ()


def tariff_of(line: Line) -> Judged:
    """Rules IMP-05, IMP-07 and IMP-09."""
    cells = Cells(line)
    contract = cells.needed("contractnummer", "IMP-24", _("Write the number of the subcontract."))
    category, code = cells.product(needed=True)
    cells.needed("tarief", "IMP-09", _("Write an amount such as 1.234,50."))
    amount, period = cells.amount("tarief", _TARIFF_DECIMALS, "IMP-09"), cells.period()
    if cells.faults or amount is None or period is None:
        return None, cells.faults
    unit = line["eenheid"]
    return TariffSaid(
        contract=contract,
        category=category,
        code=code,
        unit=unit.zfill(2) if unit else "",
        amount=amount,
        period=period,
    ), ()
