"""From what a row says and what was agreed to the line that is declared; pure calculation."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _

from billing.rules.filecells import PIECES, Fault, Said
from billing.rules.filecolumns import Field
from billing.rules.pxq import Unit, minute_tariff
from hoofdaannemer.core.money import round_cents, to_cents
from hoofdaannemer.core.periods import Month, Period

_PIECES: Final = (Unit.OUTPUT_PIECE, Unit.EFFORT_PIECE)
_MINUTES: Final = 60


@dataclass(frozen=True)
class Quantity:
    """A volume in whole units (cents where the unit is the euro), and its tariff in cents.

    The tariff is that of the row, and empty where it says none.
    """

    volume: int
    unit: str
    tariff: int | None


def quantity_of(said: Said, unit: str) -> Quantity | Fault:
    """How much care a row says, where `unit` is the one to declare in.

    A part of an hour goes in minutes, and hours do where the contract counts minutes.
    """
    given = _unit_of(said, unit)
    volume, tariff = said.volume, said.tariff
    if given == Unit.EURO:
        euros = said.amount if volume is None else volume
        if euros is None:
            return Fault(Field.AMOUNT, "BIL-147", _("Fill in the amount of this line."))
        if said.amount is not None and said.amount != euros:
            text = _("Volume and amount differ, while both are in euros. Make them the same.")
            return Fault(Field.AMOUNT, "BIL-147", text)
        return Quantity(to_cents(round_cents(euros)), given, None)
    if volume is None:
        return Fault(Field.VOLUME, "BIL-147", _("Fill in how much care was given."))
    if given == Unit.HOUR and (unit == Unit.MINUTE or volume % 1):
        volume, given = volume * _MINUTES, Unit.MINUTE
        tariff = None if tariff is None else minute_tariff(tariff)
    if not volume:
        text = _("This row has no care. Take it out.")
        return Fault(Field.VOLUME, "BIL-147", text)
    if volume % 1:
        text = _("A volume is a whole number of units. Parts of an hour can be given in minutes.")
        return Fault(Field.VOLUME, "BIL-147", text)
    return Quantity(int(volume), given, _cents(tariff))


def _unit_of(said: Said, unit: str) -> str:
    """What the row says, pieces being of the agreed kind; else the unit to declare in."""
    if said.unit == PIECES:
        return unit if unit in _PIECES else Unit.OUTPUT_PIECE
    return said.unit or unit


def _cents(amount: Decimal | None) -> int | None:
    return None if amount is None else to_cents(round_cents(amount))


def period_of(said: Said, placed: Period) -> Period:
    """The days of a line: as the row says, else the part of its month that was placed."""
    start = said.start or (said.month.first if said.month else placed.start)
    whole = (said.month or Month.of(start)).period
    usual = placed.intersection(whole) or whole
    first, last = said.start or usual.start, said.end or usual.end or start
    # A last day before the first is for the rules to refuse, not for us to mend.
    return Period(first, max(first, last))
