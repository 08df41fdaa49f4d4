"""What an alternative needs of one subcontractor: only of the lines that are converted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from billing.rules.occupancy import days_in
from billing.rules.trajectory import Start, Stop
from billing.rules.whatif.care import days_of_care, events_of, value_of
from billing.rules.whatif.facts import Facts, Line, Party, Volume
from billing.rules.whatif.terms import CARE_FORMS, Converted, Form, Terms
from hoofdaannemer.core.money import ZERO
from hoofdaannemer.core.periods import Month, Period


@dataclass(frozen=True, slots=True)
class Course:
    """Starts and stops of one placement."""

    law: str
    events: tuple[Start | Stop, ...]


@dataclass(frozen=True, slots=True)
class Basis:
    """The converted part of a subcontractor's period.

    `months` are those in which a converted line was in force, `in_force` spans all of these lines,
    `actual` is what was recorded under them, in euros.
    """

    party: int
    name: str
    months: tuple[Month, ...]
    in_force: Period
    lines: tuple[Line, ...]
    actual: Mapping[Month, Decimal]
    volumes: tuple[Volume, ...] = ()
    care: Mapping[int, Sequence[Period]] | None = None
    courses: tuple[Course, ...] = ()
    reported: Mapping[Month, Decimal] | None = None

    @property
    def total(self) -> Decimal:
        """What was recorded in all months."""
        return sum(self.actual.values(), ZERO)

    def value(self, month: Month, share: Decimal = Decimal(1)) -> Decimal:
        """Declared care of a month at a part of its tariffs."""
        found = (value_of(one, share) for one in self.volumes if one.month == month)
        return sum(found, ZERO)

    def clients(self, within: Period) -> int:
        """Clients with a day of care."""
        return sum(1 for spells in (self.care or {}).values() if days_in(spells, within))

    def days(self, within: Period) -> int:
        """Days of care, of all clients together."""
        return sum(days_in(spells, within) for spells in (self.care or {}).values())

    def shared(self, month: Month) -> Period:
        """The days of a month on which the lines were in force."""
        return self.in_force.intersection(month.period) or month.period


def converted_lines(party: Party, converted: Converted) -> list[Line]:
    """Lines that are converted, of those that pay for care."""
    forms = {Form.PXQ.value} if converted is Converted.PXQ else CARE_FORMS
    return [line for line in party.lines if line.form in forms]


def basis_of(facts: Facts, party: Party, terms: Terms) -> Basis | None:
    """None for a subcontractor of whom nothing is converted."""
    lines = [
        line
        for line in converted_lines(party, terms.converted)
        if any(line.period.overlaps(month.period) for month in facts.months)
    ]
    if not lines:
        return None
    pks = {line.pk for line in converted_lines(party, terms.converted)}
    in_force = _span(lines)
    return Basis(
        party=party.pk,
        name=party.name,
        months=tuple(
            month
            for month in facts.months
            if any(line.period.overlaps(month.period) for line in lines)
        ),
        in_force=in_force,
        lines=tuple(lines),
        actual={month: party.recorded_of(month, pks) for month in facts.months},
        volumes=tuple(one for one in party.volumes if one.line in pks),
        care=days_of_care(party.cares, lines),
        courses=tuple(_courses(party, lines)),
        reported=_reported(party, pks),
    )


def _span(lines: Sequence[Line]) -> Period:
    ends = [line.period.end for line in lines]
    last = None if None in ends else max(end for end in ends if end)
    return Period(min(line.period.start for line in lines), last)


def _courses(party: Party, lines: Sequence[Line]) -> Iterable[Course]:
    """Of care on a product of the lines on its first day."""
    for care in party.cares:
        if care.spells and any(
            line.subcontract == care.subcontract
            and cover.product == care.product
            and cover.period.contains(care.spells[0].day)
            for line in lines
            for cover in line.covers
        ):
            yield Course(care.law, tuple(events_of(care)))


def _reported(party: Party, lines: Iterable[int]) -> Mapping[Month, Decimal]:
    chosen, found = frozenset(lines), dict[Month, Decimal]()
    for one in party.fte:
        if one.line in chosen:
            found[one.month] = found.get(one.month, Decimal(0)) + one.fte
    return found
