"""Options and temporary funding of a contract, as they would be in one that is made like it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from hoofdaannemer.core.periods import Period
from subcontracts.models import FundingLine, FundingSunset, Subcontract
from subcontracts.rules.carrying import after_start, before_end
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


def first_day(line: FundingLine, source: Subcontract, whole: Period) -> date:
    """The first day that a temporary line gets."""
    if line.start_date <= source.start_date:
        return whole.start
    eve = line.start_date - timedelta(days=1)
    return after_start(eve, source.start_date, whole.start) + timedelta(days=1)
