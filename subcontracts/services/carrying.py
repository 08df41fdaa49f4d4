"""Options and temporary funding of a contract, as they would be in one that is made like it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from hoofdaannemer.core.periods import Period
from subcontracts.models import (
    FundingLine,
    FundingSunset,
    Subcontract,
    SubcontractClause,
    Tariff,
)
from subcontracts.rules.carrying import Moved, after_start, before_end, moved
from subcontracts.rules.options import extended
from subcontracts.services.extensions import OptionFacts
from subcontracts.services.sunsets import Plan

_FollowUp = FundingSunset.FollowUp


@dataclass(frozen=True, kw_only=True)
class CarriedLine:
    """A temporary line with the last day it gets, and what follows on it."""

    line: FundingLine
    end_date: date
    plan: Plan


@dataclass(frozen=True, kw_only=True)
class Carried:
    """What comes along beside lines, tariffs and clauses that hold to the end."""

    options: Sequence[OptionFacts] = ()
    lines: Sequence[CarriedLine] = ()
    #: Keys of temporary lines that stay behind.
    left: frozenset[int] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.options or self.lines)


def carried(source: Subcontract, whole: Period) -> Carried:
    """Options with days as long before the ends that they extend, temporary lines as long after
    the first day of the contract.

    Without a last day there is nothing to extend. A line that would outlast the new contract is
    no longer temporary in it.
    """
    return Carried(options=_options(source, whole), lines=_lines(source, whole))


def _options(source: Subcontract, whole: Period) -> list[OptionFacts]:
    if source.end_date is None or whole.end is None:
        return []
    options = list(source.options.order_by("position"))
    taken = [one.end_before for one in options if one.end_before is not None]
    end, new_end = (taken[0] if taken else source.end_date), whole.end
    found = []
    for one in options:
        facts = OptionFacts(
            months=one.months,
            announce_by=before_end(one.announce_by, end, new_end),
            decide_by=before_end(one.decide_by, end, new_end) if one.decide_by else None,
        )
        found.append(facts)
        end, new_end = extended(end, one.months), extended(new_end, one.months)
    return found


def _lines(source: Subcontract, whole: Period) -> list[CarriedLine]:
    found = []
    sunsets = source.sunsets.select_related("line").order_by("line__start_date", "pk")
    for sunset in sunsets:
        if sunset.line.end_date is None:
            continue
        end = after_start(sunset.line.end_date, source.start_date, whole.start)
        if whole.end is None or end <= whole.end:
            found.append(CarriedLine(line=sunset.line, end_date=end, plan=_plan(sunset, end)))
    return found


def _plan(sunset: FundingSunset, end: date) -> Plan:
    """As it was agreed: an evaluation that was held is to be held again."""
    if sunset.evaluate_by is None or sunset.line.end_date is None:
        return Plan(follow_up=sunset.follow_up, next_form=sunset.next_form)
    return Plan(
        follow_up=_FollowUp.EVALUATION,
        evaluate_by=before_end(sunset.evaluate_by, sunset.line.end_date, end),
        evaluator=sunset.evaluator,
    )


def _first_day(line: FundingLine, source: Subcontract, whole: Period) -> date:
    """The first day that a temporary line gets."""
    if line.start_date <= source.start_date:
        return whole.start
    eve = line.start_date - timedelta(days=1)
    return after_start(eve, source.start_date, whole.start) + timedelta(days=1)


def new_days(one: CarriedLine, source: Subcontract, whole: Period) -> tuple[date, date]:
    """The first and the last day that a temporary line gets."""
    first = _first_day(one.line, source, whole)
    return first, max(first, one.end_date)


def tariffs_along(
    source: Subcontract, whole: Period, along: Carried
) -> list[tuple[Tariff, Period | None]]:
    """Tariffs in the order of product and time, with the days that they get; None where no day of
    it is left.

    Those of the products of temporary lines move with the days of these.
    """
    lines = _days_by_product(source, whole, along)
    found = []
    for tariff in source.tariffs.select_related("product").order_by("product", "start_date"):
        if tariff.product_id in lines:
            held = Period(tariff.start_date, tariff.end_date)
            days = moved(
                held, lines[tariff.product_id], start=source.start_date, end=source.end_date
            )
            found.append((tariff, days.intersection(whole) if days else None))
        else:
            found.append((tariff, shared(tariff, source, whole)))
    return found


def tariffs_left(source: Subcontract, whole: Period, along: Carried) -> list[Tariff]:
    """Tariffs beside a temporary line of which no day is left once the line has its new days."""
    moving = _days_by_product(source, whole, along)
    return [
        tariff
        for tariff, days in tariffs_along(source, whole, along)
        if days is None and tariff.product_id in moving
    ]


def _days_by_product(source: Subcontract, whole: Period, along: Carried) -> dict[int, list[Moved]]:
    """Days of temporary lines before and after, by product in the order of time."""
    found: defaultdict[int, list[Moved]] = defaultdict(list)
    for one in sorted(along.lines, key=lambda one: (one.line.start_date, one.line.pk)):
        if one.line.end_date is None:
            continue
        days = Moved(one.line.start_date, one.line.end_date, *new_days(one, source, whole))
        for product in sorted({row.product_id for row in one.line.line_products.all()}):
            found[product].append(days)
    return dict(found)


def shared(
    row: FundingLine | Tariff | SubcontractClause, source: Subcontract, whole: Period
) -> Period | None:
    """The part of its time that falls in the new contract.

    What held until the end of the old contract holds until the end of the new one.
    """
    until = None if row.end_date == source.end_date else row.end_date
    return Period(row.start_date, until).intersection(whole)
