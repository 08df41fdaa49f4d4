"""What the cells of a file with running care say, and what of them is wrong (IMP-01 to IMP-11)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _

from subcontracts.rules.csvfiles import Fault
from subcontracts.rules.importfile import Line
from subcontracts.rules.importreading import TASK, Cells
from subcontracts.rules.importsaid import (
    AllocationKey,
    AllocationSaid,
    ClientSaid,
    PlacementSaid,
    Said,
    TariffSaid,
)
from subcontracts.rules.keys import person_key

_INITIALS: Final = re.compile("[A-Za-z]{0,6}")
_POSTCODE: Final = re.compile("[1-9][0-9]{3}[A-Z]{2}")
_HOUSE: Final = re.compile("([0-9]{1,5})[ -]?(.{0,10})")
#: What no message can carry.
_UNWRITABLE: Final = re.compile("[\x00-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
#: Code list WJ757: per day, week, four weeks or month, in total.
_FREQUENCIES: Final = ("1", "2", "4", "6")
_TARIFF_DECIMALS: Final = 4


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
    """Rules IMP-01 to IMP-03, IMP-05 to IMP-08, IMP-35, IMP-36 and IMP-42."""
    cells = Cells(line)
    family, town = cells.law(), cells.town()
    bsn, reference = cells.who()
    granted_by = cells.granted_by()
    if is_task := granted_by == TASK:
        cells.no_number()
    number = None if is_task else cells.number("toewijzingsnummer", needed=True)
    category, code = cells.product(needed=is_task)
    decided_on, period = cells.day("besluitdatum"), cells.period()
    volume, budget = cells.volume(), cells.amount("budget", 2, "IMP-08")
    _check_extent(cells, volume, budget)
    if cells.faults or period is None:
        return None, cells.faults
    return AllocationSaid(
        family=family,
        municipality=town,
        number=number,
        bsn=bsn,
        reference=reference,
        category=category,
        code=code,
        granted_by=granted_by,
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
    """Rules IMP-01 to IMP-03, IMP-05 to IMP-08, and IMP-35."""
    cells = Cells(line)
    family, town = cells.law(), cells.town()
    names_client = bool(line["bsn"] or line["kenmerk"])
    number = cells.number("toewijzingsnummer", needed=not names_client)
    bsn, reference = cells.who() if names_client else ("", "")
    who = _("Write the number of the subcontract, or the name of your own team.")
    provider = cells.needed("uitvoerder", "IMP-24", who)
    # What no number tells apart, client and product do.
    category, code = cells.product(needed=names_client and not line["toewijzingsnummer"])
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
    if cells.faults or period is None:
        return None, cells.faults
    return PlacementSaid(
        allocation=AllocationKey.of(
            (family, town), number, person_key(bsn, reference), (category, code)
        ),
        bsn=bsn,
        reference=reference,
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
