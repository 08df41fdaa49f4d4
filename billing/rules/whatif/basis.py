"""What an alternative needs of one subcontractor: only of the lines that are converted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from billing.rules.allocated import month_entry
from billing.rules.occupancy import days_in
from billing.rules.trajectory import Start, Stop
from billing.rules.whatif.care import allocated_care, days_of_care, events_of, value_of
from billing.rules.whatif.facts import Facts, Line, Party, Volume
from billing.rules.whatif.terms import CARE_FORMS, Converted, Counted, Form, Terms
from hoofdaannemer.core.money import ZERO
from hoofdaannemer.core.periods import Month, Period


@dataclass(frozen=True, slots=True)
class Course:
    """Starts and stops of the same care of a client."""

    law: str
    events: tuple[Start | Stop, ...]


@dataclass(frozen=True, slots=True)
class Basis:
    """The converted part of a subcontractor's period.

    `months` are those in which a converted line was in force, `in_force` spans all of these lines,
    `actual` is what was recorded under them, in euros, and `partial` what of it the converted part
    is of: a pool takes in whole who is in a pool now.
    """

    party: int
    name: str
    months: tuple[Month, ...]
    in_force: Period
    lines: tuple[Line, ...]
    actual: Mapping[Month, Decimal]
    partial: Mapping[Month, Decimal]
    volumes: tuple[Volume, ...] = ()
    #: Days of care by client, under all of these lines and under those of a pool.
    care: Mapping[int, Sequence[Period]] | None = None
    pool_care: Mapping[int, Sequence[Period]] | None = None
    courses: tuple[Course, ...] = ()
    reported: Mapping[Month, Decimal] | None = None
    #: What was allocated comes to at its tariffs, where that is counted.
    allocated: Mapping[Month, Decimal] | None = None

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


def converted_lines(party: Party, terms: Terms) -> list[Line]:
    """Lines that are converted, of those that pay for care; into a pool those of pools as well."""
    forms = {Form.PXQ.value} if terms.converted is Converted.PXQ else set(CARE_FORMS)
    if terms.form is Form.ADVANCE_POOL:
        forms.add(Form.ADVANCE_POOL.value)
    return [line for line in party.lines if line.form in forms]


def basis_of(facts: Facts, party: Party, terms: Terms) -> Basis | None:
    """None for a subcontractor of whom nothing is converted."""
    known = converted_lines(party, terms)
    lines = [line for line in known if _in_force_in(line, facts.months)]
    if not lines:
        return None
    pks = {line.pk for line in known}
    whole = {line.pk for line in known if _joins_whole(line, terms)}
    return Basis(
        party=party.pk,
        name=party.name,
        months=tuple(
            month for month in facts.months if any(_in_force_in(line, [month]) for line in lines)
        ),
        in_force=_span(lines),
        lines=tuple(lines),
        actual={month: party.recorded_of(month, pks) for month in facts.months},
        partial={month: party.recorded_of(month, pks - whole) for month in facts.months},
        volumes=tuple(one for one in party.volumes if one.line in pks),
        care=days_of_care(party.cares, lines),
        pool_care=days_of_care(
            party.cares, [line for line in lines if line.form == Form.ADVANCE_POOL]
        ),
        courses=tuple(_courses(party, lines)),
        reported=_reported(party, pks),
        allocated=_allocated(party, lines, facts.months)
        if terms.counted is Counted.ALLOCATED
        else None,
    )


def _in_force_in(line: Line, months: Iterable[Month]) -> bool:
    return any(line.period.overlaps(month.period) for month in months)


def _joins_whole(line: Line, terms: Terms) -> bool:
    return terms.form.value == line.form == Form.ADVANCE_POOL.value


def _span(lines: Sequence[Line]) -> Period:
    ends = [line.period.end for line in lines]
    last = None if None in ends else max(end for end in ends if end)
    return Period(min(line.period.start for line in lines), last)


def _courses(party: Party, lines: Sequence[Line]) -> Iterable[Course]:
    """Of care on a product of the lines on its first day.

    The same care of a client under several numbers is one course, where one follows the other.
    """
    found: defaultdict[Hashable, list[list[Start | Stop]]] = defaultdict(list)
    laws: dict[Hashable, str] = {}
    for care in sorted(party.cares, key=lambda one: [spell.day for spell in one.spells]):
        if care.spells and any(
            line.subcontract == care.subcontract
            and cover.product == care.product
            and cover.period.contains(care.spells[0].day)
            for line in lines
            for cover in line.covers
        ):
            same = care.client, care.product, care.subcontract
            laws[same] = care.law
            events = events_of(care)
            before = next((one for one in found[same] if _follows(one, events)), None)
            if before is None:
                found[same].append(events)
            else:
                before += events
    for of_care, courses in found.items():
        yield from (Course(laws[of_care], tuple(events)) for events in courses)


def _follows(before: Sequence[Start | Stop], after: Sequence[Start | Stop]) -> bool:
    return isinstance(before[-1], Stop) and before[-1].day < after[0].day


def _allocated(
    party: Party, lines: Iterable[Line], months: Sequence[Month]
) -> Mapping[Month, Decimal]:
    """By month, in euros; nothing while messages are for steering only."""
    found: defaultdict[Month, Decimal] = defaultdict(lambda: ZERO)
    for line in lines:
        for care in allocated_care(party.cares, [line]):
            for month in months:
                if month not in line.steered and (entry := month_entry(care, month)):
                    found[month] += entry.amount
    return found


def _reported(party: Party, lines: Iterable[int]) -> Mapping[Month, Decimal]:
    chosen, found = frozenset(lines), dict[Month, Decimal]()
    for one in party.fte:
        if one.line in chosen:
            found[one.month] = found.get(one.month, Decimal(0)) + one.fte
    return found
