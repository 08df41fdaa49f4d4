"""What is wrong with an invoice: of each line everything at once, on values alone.

A line without a finding may be paid. Lines are judged in their order: a line that has a finding
uses nothing of what was decided, so that it stands in no other's way.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from hoofdaannemer.core.money import ZERO, round_cents
from hoofdaannemer.core.periods import Month, Period, add_months

#: Unit 83: the amount is the quantity, and there is no price.
EUROS: Final = "83"
#: Units that a part may be delivered of: the hour, and the euro.
DIVISIBLE: Final = frozenset({"04", EUROS})


class Rule(StrEnum):
    """What may be wrong; the sentences are in `invoice_words`."""

    UNKNOWN = "INV-01"
    OUTSIDE = "INV-02"
    VOLUME = "INV-03"
    PRICE = "INV-04"
    DOUBLE = "INV-05"
    SUM = "INV-06"
    VAT = "INV-07"
    ACCOUNT = "INV-08"
    TOTAL = "INV-09"
    OLD = "INV-10"
    EARLY = "INV-11"
    OTHER = "INV-12"
    BUDGET = "INV-13"
    CREDIT = "INV-14"
    SAME_PERSON = "INV-15"
    MONTHS = "INV-16"
    UNITS = "INV-17"
    ALSO_CONTRACT = "INV-18"
    MORE = "INV-30"
    MORE_UNITS = "INV-31"
    OTHER_DAYS = "INV-32"


#: What no person may accept in spite of it: it is put right, or refused. The care is not known,
#: or is paid already, or the line is no sum that can be paid.
STANDS_IN_THE_WAY: Final = frozenset(
    {Rule.UNKNOWN, Rule.DOUBLE, Rule.VAT, Rule.EARLY, Rule.CREDIT, Rule.OTHER}
    | {Rule.MORE, Rule.MORE_UNITS}
)
#: About the invoice as a whole: all its lines wait for who sets it aside.
OF_THE_WHOLE: Final = frozenset({Rule.ACCOUNT, Rule.TOTAL})


@dataclass(frozen=True, slots=True)
class Found:
    """One finding, with the figures that its sentence names, as text."""

    rule: Rule
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Bounds:
    """What an indication allows; `volume` in units of the product, euros for the rest.

    `volume` counts for each calendar month where `is_monthly`, and else for all of the period, as
    the `budget` does. `is_by_same_person` says that who recorded it entered the invoice too.
    """

    key: int
    period: Period
    unit: str
    volume: Decimal | None
    price: Decimal | None
    budget: Decimal | None
    is_monthly: bool = False
    is_by_same_person: bool = False


@dataclass(frozen=True, slots=True)
class Billed:
    """Care that was accepted before: of which indication, when, how much, in euros, and where."""

    indication: int
    period: Period
    quantity: Decimal
    amount: Decimal
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line as invoiced; `bounds` is the indication it means, None where there is none.

    `is_other` says that client or product are not those of the indication; `contract` names the
    subcontract's declared line that is about the same care.
    """

    key: int
    period: Period
    quantity: Decimal
    price: Decimal
    amount: Decimal
    vat: Decimal = ZERO
    bounds: Bounds | None = None
    is_other: bool = False
    contract: str = ""

    @property
    def last_day(self) -> date:
        """An invoice is about days that have a last one."""
        return self.period.end or self.period.start


@dataclass
class _Used:
    """What is gone of one indication."""

    periods: list[tuple[Period, str]] = field(default_factory=list)
    quantity: Decimal = Decimal(0)
    by_month: defaultdict[Month, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    amount: Decimal = ZERO

    def add(self, period: Period, quantity: Decimal, amount: Decimal, reference: str) -> None:
        self.periods.append((period, reference))
        self.quantity += quantity
        self.by_month[Month.of(period.start)] += quantity
        self.amount += amount


def judge(
    lines: Sequence[Line],
    billed: Sequence[Billed],
    *,
    received: date,
    today: date,
    oldest_months: int,
    number: str,
) -> dict[int, list[Found]]:
    """The findings of each line, by its key; without one it has an empty list.

    `billed` is what stands of the same indications; `number` is that of this invoice.
    """
    used: defaultdict[int, _Used] = defaultdict(_Used)
    for one in billed:
        used[one.indication].add(one.period, one.quantity, one.amount, one.reference)
    found: dict[int, list[Found]] = {}
    for line in lines:
        of_line = [*_of_itself(line, received, today, oldest_months)]
        if line.bounds:
            of_line += _of_indication(line, line.bounds, used[line.bounds.key])
            if not of_line:
                used[line.bounds.key].add(line.period, line.quantity, line.amount, number)
        found[line.key] = sorted(of_line, key=lambda one: one.rule)
    return found


def _of_itself(line: Line, received: date, today: date, oldest_months: int) -> Iterator[Found]:
    yield from _of_what(line)
    wanted = line_amount(line.quantity, line.price)
    if wanted != line.amount:
        yield Found(Rule.SUM, {"wanted": str(wanted), "amount": str(line.amount)})
    if line.vat:
        yield Found(Rule.VAT, {"vat": str(line.vat)})
    if line.last_day > today:
        yield Found(Rule.EARLY, {"day": line.last_day.isoformat()})
    if Month.of(line.period.start) != Month.of(line.last_day):
        yield Found(Rule.MONTHS)
    if received > (last := latest_receipt(line.last_day, oldest_months)):
        yield Found(Rule.OLD, {"day": last.isoformat(), "months": str(oldest_months)})


def _of_what(line: Line) -> Iterator[Found]:
    if line.bounds is None:
        yield Found(Rule.UNKNOWN)
    if line.is_other:
        yield Found(Rule.OTHER)
    if line.contract:
        yield Found(Rule.ALSO_CONTRACT, {"line": line.contract})


def line_amount(quantity: Decimal, price: Decimal) -> Decimal:
    """What a line comes to: quantity times price, rounded once to cents."""
    return round_cents(quantity * price)


def latest_receipt(last_day: date, oldest_months: int) -> date:
    """The last day on which care that ended on `last_day` is invoiced in time.

    That of the month so many months after the month of the care.
    """
    return Month.of(add_months(Month.of(last_day).first, oldest_months)).last


def _of_indication(line: Line, bounds: Bounds, used: _Used) -> Iterator[Found]:
    if bounds.is_by_same_person:
        yield Found(Rule.SAME_PERSON)
    if not (bounds.period.contains(line.period.start) and bounds.period.contains(line.last_day)):
        yield Found(Rule.OUTSIDE, days_of(bounds.period))
    if bounds.unit not in DIVISIBLE and line.quantity != line.quantity.to_integral_value():
        yield Found(Rule.UNITS, {"quantity": str(line.quantity)})
    if bounds.price is not None and line.price > bounds.price:
        yield Found(Rule.PRICE, {"price": str(line.price), "most": str(bounds.price)})
    if known := next((name for one, name in used.periods if one.overlaps(line.period)), ""):
        yield Found(Rule.DOUBLE, {"invoice": known})
    yield from _above(line, bounds, used)


def _above(line: Line, bounds: Bounds, used: _Used) -> Iterator[Found]:
    if bounds.volume is not None:
        before = used.by_month[Month.of(line.period.start)] if bounds.is_monthly else used.quantity
        if before + line.quantity > bounds.volume:
            left = max(bounds.volume - before, Decimal(0))
            yield Found(Rule.VOLUME, {"quantity": str(line.quantity), "left": str(left)})
    if bounds.budget is not None and used.amount + line.amount > bounds.budget:
        left = max(bounds.budget - used.amount, ZERO)
        yield Found(Rule.BUDGET, {"amount": str(line.amount), "left": str(left)})


def days_of(period: Period) -> dict[str, str]:
    return {"start": period.start.isoformat(), "end": period.end.isoformat() if period.end else ""}


def judge_whole(
    *, total: Decimal, amounts: Sequence[Decimal], iban: str, known_iban: str
) -> list[Found]:
    """What is wrong with the invoice as a whole: another account, or another total.

    `amounts` are those of the lines with their VAT. An invoice that names no account is paid into
    the one that is known.
    """
    found = []
    if iban and iban != known_iban:
        found.append(Found(Rule.ACCOUNT, {"last": iban[-4:]}))
    wanted = sum(amounts, ZERO)
    if wanted != total:
        found.append(Found(Rule.TOTAL, {"total": str(total), "wanted": str(wanted)}))
    return found
