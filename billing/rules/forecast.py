"""What a year will come to: declared, committed, and expected to its end.

*Declared* is what is approved so far. *Committed* is what running care and agreed sums will still
cost if all of it is delivered. *Expected* is what is likely: running care as far as such care was
used lately, and care that will begin as it began lately. Where the season of a product is known
(`billing.rules.seasons`), what it comes to in a month is set against the months in which use was
measured. An estimate to steer by, never a claim; euros, rounded to cents once a key and month.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final

from billing.rules.seasons import Season
from hoofdaannemer.core.money import ZERO, round_cents, split
from hoofdaannemer.core.periods import Month, Period

#: Whole months over which use is measured, and over which beginnings are counted.
USE_MONTHS: Final = 3
BEGIN_MONTHS: Final = 6
#: Care that begins is taken to last a year at most: the year ends before that matters.
LONGEST: Final = Decimal(12)
_HALF: Final = Decimal("0.5")
#: The form of which the season of a product is known.
_BY_UNIT: Final = "pxq"


@dataclass(frozen=True, order=True)
class Key:
    """What a forecast is divided by; zero and empty where it does not divide."""

    subcontract: int
    form: str
    product: int = 0
    municipality: int = 0
    #: No ceiling holds it.
    is_exempt: bool = False


@dataclass(frozen=True)
class Running:
    """Care or an agreed sum that goes on: what it costs over `ahead` (closed) if all is given."""

    key: Key
    ahead: Period
    most: Decimal
    #: An agreed sum comes whatever is used.
    is_certain: bool = False


@dataclass(frozen=True)
class Flow:
    """How a key went lately."""

    #: Euros declared in the months of use, and what all of that care would have cost.
    used: Decimal = ZERO
    allocated: Decimal = ZERO
    #: Placements that began in the months of beginnings.
    begun: int = 0
    #: Euros that a placement cost in a month, on average.
    a_month: Decimal = ZERO
    #: Months that such care lasts, on average.
    lasting: Decimal = LONGEST
    #: Euros that come every month of what follows events, such as trajectories.
    every_month: Decimal = ZERO

    @property
    def use(self) -> Decimal:
        """Part of what was allocated that was used, from 0 to 1; all of it where nothing is known.

        More than all is not taken over: volumes are capped (TR410 and beyond).
        """
        if self.allocated <= 0:
            return Decimal(1)
        return min(max(self.used / self.allocated, ZERO), Decimal(1))


@dataclass
class Outlook:
    """One key of the forecast; what is to come stands by month."""

    declared: dict[Month, Decimal] = field(default_factory=lambda: defaultdict(lambda: ZERO))
    committed: Decimal = ZERO
    #: Whole years from which its season was read; 0 for the plain average.
    years: int = 0
    running: dict[Month, Decimal] = field(default_factory=lambda: defaultdict(lambda: ZERO))
    begins: dict[Month, Decimal] = field(default_factory=lambda: defaultdict(lambda: ZERO))

    @property
    def so_far(self) -> Decimal:
        """Declared, and the months of agreed sums that are recorded."""
        return sum(self.declared.values(), ZERO)

    @property
    def still(self) -> Decimal:
        """Expected on top of it to the end of the year."""
        return sum(self.running.values(), ZERO) + sum(self.begins.values(), ZERO)

    @property
    def expected(self) -> Decimal:
        """The year as it will probably be."""
        return self.so_far + self.still

    def in_month(self, month: Month) -> Decimal:
        """Euros of one month, known and expected together."""
        known = self.declared.get(month, ZERO) + self.running.get(month, ZERO)
        return known + self.begins.get(month, ZERO)


@dataclass(frozen=True)
class Facts:
    """Everything a forecast rests on. `now` is the running month of `year`."""

    year: int
    now: Month
    declared: Mapping[tuple[Key, Month], Decimal]
    running: Sequence[Running]
    flows: Mapping[Key, Flow]
    #: By product, of price times quantity; and the months in which its use was measured.
    seasons: Mapping[int, Season] = field(default_factory=dict)
    measured: Sequence[Month] = ()

    @property
    def ahead(self) -> list[Month]:
        """Months of the year after the running one."""
        last = Month(self.year, 12)
        return list(Period(self.now.next().first, last.last).months()) if self.now < last else []

    def season(self, key: Key) -> Season | None:
        """That of a key, where one is known and can be compared with what was measured."""
        found = self.seasons.get(key.product) if key.form == _BY_UNIT else None
        return found if found and found.beside(self.now, self.measured) is not None else None

    def part(self, key: Key, month: Month) -> Decimal:
        """What a month comes to, of one like those in which use was measured."""
        known = self.season(key)
        beside = known.beside(month, self.measured) if known else None
        return Decimal(1) if beside is None else beside


def forecast(facts: Facts) -> dict[Key, Outlook]:
    """The year by key. Property: what is expected adds up over the months, to the cent."""
    found: dict[Key, Outlook] = defaultdict(Outlook)
    for (key, month), amount in facts.declared.items():
        found[key].declared[month] += amount
    for one in facts.running:
        outlook = found[one.key]
        outlook.committed += one.most
        for month, amount in _expected(facts, one):
            outlook.running[month] += amount
    for key, flow in facts.flows.items():
        for number, month in enumerate(facts.ahead, start=1):
            if amount := begins(flow, number, facts.part(key, month)):
                found[key].begins[month] += amount
    for key, outlook in found.items():
        known = facts.season(key)
        outlook.years = known.years if known else 0
    return dict(found)


def _expected(facts: Facts, one: Running) -> Iterable[tuple[Month, Decimal]]:
    """What running care comes to by month; in no season to more than was allocated."""
    if one.is_certain:
        return _spread(one.ahead, round_cents(one.most))
    use = facts.flows.get(one.key, Flow()).use
    if facts.season(one.key) is None:
        return _spread(one.ahead, round_cents(one.most * use))
    return [
        (month, min(most, round_cents(most * use * facts.part(one.key, month))))
        for month, most in _spread(one.ahead, round_cents(one.most))
    ]


def begins(flow: Flow, number: int, part: Decimal = Decimal(1)) -> Decimal:
    """Euros in the so many-th month ahead of care that has not begun yet.

    As much begins each month as did lately, half-way through it, and lasts as long; `part` is what
    the month comes to by its season. What follows events goes on as it went.
    """
    a_month = Decimal(flow.begun) / BEGIN_MONTHS
    lasting = min(flow.lasting, LONGEST)
    by_unit = a_month * min(number - _HALF, lasting) * flow.a_month * part
    return round_cents(by_unit + flow.every_month)


def _spread(ahead: Period, amount: Decimal) -> Iterable[tuple[Month, Decimal]]:
    """An amount over the months of a period by their days, to the cent."""
    parts = [(month, month.period.intersection(ahead)) for month in ahead.months()]
    days = [Decimal(part.days) if part else ZERO for _month, part in parts]
    if not amount or not any(days):
        return []
    return zip((month for month, _part in parts), split(amount, days), strict=True)


def reached(limit: Decimal, outlooks: Iterable[Outlook], year: int) -> Month | None:
    """The first month in which what is known and expected passes a limit; None where none does."""
    rows = list(outlooks)
    total = ZERO
    for month in Period(Month(year, 1).first, Month(year, 12).last).months():
        total += sum((one.in_month(month) for one in rows), ZERO)
        if total > limit:
            return month
    return None


def go_on(by_month: Mapping[date, Decimal], until: date) -> Outlook:
    """What is paid without a subcontract: known months, and their average for those after them.

    Up to and including the month of `until`. Of nothing known nothing is expected.
    """
    outlook = Outlook()
    for day, total in by_month.items():
        outlook.declared[Month.of(day)] += total
    if by_month:
        last = Month.of(max(by_month))
        average = round_cents(sum(by_month.values(), ZERO) / len(by_month))
        for month in Period(last.first, max(until, last.first)).months():
            if month > last:
                outlook.running[month] += average
    return outlook
