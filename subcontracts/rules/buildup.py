"""How a tariff is built up: ordered lines of costs and hours, worked out step by step.

Costs a year come first, then the hours of a year over which they go, then what is added per hour
and what makes an hour the unit of the product. As soon as the hours are complete the costs are
divided by them. Everything is exact until the end: the tariff is rounded once, in `worked_out`.

The elements are those on which a real price must rest: art. 2.3 of the Besluit Jeugdwet (Stb.
2024, 69) and art. 5.4 of the Uitvoeringsbesluit Wmo 2015.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Final

from hoofdaannemer.core.money import round_exact


class Kind(StrEnum):
    """What a line does with what stands above it."""

    YEARLY = "yearly"
    HOURS = "hours"
    HOURS_OFF = "hours_off"
    HOURS_OFF_PERCENT = "hours_off_percent"
    PRODUCTIVE = "productive"
    HOURLY = "hourly"
    PERCENT = "percent"
    TIMES = "times"
    DIVIDED = "divided"


class Fault(StrEnum):
    """Why a build-up gives no tariff."""

    EMPTY = "empty"
    NO_HOURS = "no_hours"
    NO_COSTS = "no_costs"
    HOURS_LATE = "hours_late"
    YEARLY_LATE = "yearly_late"
    NO_BASE = "no_base"
    NOTHING_LEFT = "nothing_left"
    NO_TARIFF = "no_tariff"


#: Kinds that count hours of a year, and kinds for which an amount per hour must be there.
HOURS: Final = (Kind.HOURS, Kind.HOURS_OFF, Kind.HOURS_OFF_PERCENT, Kind.PRODUCTIVE)
_PER_UNIT: Final = (Kind.TIMES, Kind.DIVIDED)
#: Tariffs are kept with four decimals; what counts an amount of zero or less is no tariff.
MOST_DECIMALS: Final = 4


@dataclass(frozen=True)
class Line:
    """One parameter: euros, hours, a percentage or a number, as its kind says.

    `base` is the place (from 0) of the line of whose amount a percentage is taken; without one it
    is taken of everything above it.
    """

    name: str
    kind: Kind
    value: Decimal
    base: int | None = None


@dataclass(frozen=True)
class Step:
    """What a line came to: its own amount, and what stands after it.

    `amount` is in euros (a year, or per hour and later per unit), None for a line of hours; `total`
    and `hours` are what all lines so far come to.
    """

    amount: Fraction | None
    total: Fraction
    hours: Fraction | None
    #: Here the costs of a year were divided by its hours, before the line was counted.
    divides: bool = False


@dataclass(frozen=True)
class Outcome:
    """Every step, and the tariff in euros a unit; or why there is none, and at which line."""

    steps: Sequence[Step] = ()
    tariff: Decimal | None = None
    fault: Fault | None = None
    at: int | None = None


@dataclass
class _Sum:
    total: Fraction = Fraction(0)
    hours: Fraction | None = None
    is_divided: bool = False
    has_yearly: bool = False
    #: Amounts of lines of which a percentage can be taken, by their place; none after a division.
    amounts: dict[int, Fraction] = field(default_factory=dict)


class _FaultyError(Exception):
    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault = fault


def worked_out(lines: Sequence[Line], decimals: int) -> Outcome:
    """The tariff of these lines with each step, rounded half up once, at `decimals`."""
    so_far, steps = _Sum(), []
    place: int | None = None
    try:
        for place, line in enumerate(lines):
            steps.append(_step(so_far, place, line))
        place = None
        if not lines:
            raise _FaultyError(Fault.EMPTY)
        if so_far.has_yearly and not so_far.is_divided:
            _divide(so_far)
        tariff = round_exact(so_far.total, decimals)
        if tariff <= 0:
            raise _FaultyError(Fault.NO_TARIFF)
    except _FaultyError as error:
        return Outcome(steps, fault=error.fault, at=place)
    return Outcome(steps, tariff)


def _step(so_far: _Sum, place: int, line: Line) -> Step:
    if line.kind in HOURS:
        return _hours(so_far, line)
    # The first line after the hours: they are complete.
    divides = so_far.hours is not None and not so_far.is_divided
    if divides:
        _divide(so_far)
    amount = _amount(so_far, line)
    so_far.total += amount
    if line.kind in _PER_UNIT:
        so_far.amounts.clear()
    else:
        so_far.amounts[place] = amount
    return Step(amount, so_far.total, so_far.hours, divides)


def _hours(so_far: _Sum, line: Line) -> Step:
    if so_far.is_divided:
        raise _FaultyError(Fault.HOURS_LATE)
    if not so_far.has_yearly:
        raise _FaultyError(Fault.NO_COSTS)
    before, value = so_far.hours or Fraction(0), Fraction(line.value)
    so_far.hours = {
        Kind.HOURS: before + value,
        Kind.HOURS_OFF: before - value,
        Kind.HOURS_OFF_PERCENT: before * (100 - value) / 100,
        Kind.PRODUCTIVE: before * value / 100,
    }[line.kind]
    if so_far.hours <= 0:
        raise _FaultyError(Fault.NOTHING_LEFT)
    return Step(None, so_far.total, so_far.hours)


def _divide(so_far: _Sum) -> None:
    if so_far.hours is None:
        raise _FaultyError(Fault.NO_HOURS)
    so_far.total /= so_far.hours
    so_far.is_divided = True
    # What was a year's amount is none of an hour.
    so_far.amounts.clear()


def _amount(so_far: _Sum, line: Line) -> Fraction:
    """What a line adds to the total; less than nothing where it lowers it."""
    value = Fraction(line.value)
    if line.kind == Kind.YEARLY:
        if so_far.is_divided or (so_far.amounts and not so_far.has_yearly):
            raise _FaultyError(Fault.YEARLY_LATE)
        so_far.has_yearly = True
        return value
    if line.kind == Kind.PERCENT:
        return _base(so_far, line) * value / 100
    if so_far.has_yearly and not so_far.is_divided:
        raise _FaultyError(Fault.NO_HOURS)
    if line.kind == Kind.HOURLY:
        return value
    if line.kind == Kind.TIMES:
        return so_far.total * (value - 1)
    if value <= 0:
        raise _FaultyError(Fault.NOTHING_LEFT)
    return so_far.total / value - so_far.total


def _base(so_far: _Sum, line: Line) -> Fraction:
    if line.base is None:
        return so_far.total
    if line.base not in so_far.amounts:
        raise _FaultyError(Fault.NO_BASE)
    return so_far.amounts[line.base]


@dataclass(frozen=True)
class Difference:
    """One parameter in two versions; None where a version does not have it."""

    name: str
    before: Line | None
    after: Line | None

    @property
    def is_changed(self) -> bool:
        """Whether anything but its place differs."""
        if self.before is None or self.after is None:
            return True
        then, now = self.before, self.after
        return (then.kind, then.value) != (now.kind, now.value)


def differences(before: Sequence[Line], after: Sequence[Line]) -> list[Difference]:
    """Each parameter of either version by its name, those of the later one first."""
    then = {line.name: line for line in before}
    now = {line.name: line for line in after}
    return [
        *(Difference(name, then.get(name), line) for name, line in now.items()),
        *(Difference(name, line, None) for name, line in then.items() if name not in now),
    ]
