"""What in an FTE report one would look at twice: signals for people, which refuse nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

#: Hours a week of one FTE in the collective agreements of the field.
FULL_TIME: Final = 36
#: FTE by which one person, and all together, may differ from last month without being asked.
PERSON_STEP: Final = Decimal("0.3")
TOTAL_STEP: Final = Decimal("0.3")
#: And the part of last month's total that must be passed as well.
TOTAL_PART: Final = Decimal("0.2")
#: Part of the hours of the FTE, and hours at least, that may lack or be too many.
HOURS_PART: Final = Decimal("0.2")
HOURS_STEP: Final = Decimal(8)
_NONE: Final = Decimal(0)


@dataclass(frozen=True, kw_only=True)
class WorkerFacts:
    """One person in a report. `before` is None where last month had no report or not this person.

    `elsewhere` is FTE on other lines of the same main contractor; hours are of the month.
    """

    person: int
    fte: Decimal
    before: Decimal | None = None
    elsewhere: Decimal = _NONE
    hours: Decimal | None = None
    absence: Decimal | None = None
    qualified_at_start: bool = True
    qualified_at_end: bool = True
    #: Whether the contract pays for the job.
    has_role: bool = True


@dataclass(frozen=True, kw_only=True)
class ReportFacts:
    """A report: `before` is the total of last month, `clients` those in care on the line.

    `days` are the calendar days of the month.
    """

    workers: Sequence[WorkerFacts]
    before: Decimal | None
    clients: int
    days: int


@dataclass(frozen=True)
class Signal:
    """What is odd, about whom (None: the whole), with the figures that say so, as texts."""

    kind: str
    person: int | None
    facts: dict[str, str]


def signals(report: ReportFacts) -> list[Signal]:
    """Everything odd in a report, person by person and then as a whole."""
    found = [one for worker in report.workers for one in _of_person(worker, report.days)]
    return [*found, *_of_whole(report)]


def usual_hours(fte: Decimal, days: int) -> Decimal:
    """Hours that go with an FTE in a month of so many days."""
    return fte * FULL_TIME * days / 7


def _of_person(one: WorkerFacts, days: int) -> Iterator[Signal]:
    if one.before is not None and abs(one.fte - one.before) >= PERSON_STEP:
        yield Signal("person_changed", one.person, _texts(before=one.before, now=one.fte))
    if one.fte + one.elsewhere > 1:
        yield Signal("over_one", one.person, _texts(total=one.fte + one.elsewhere))
    if one.hours is not None:
        usual = usual_hours(one.fte, days)
        told = one.hours + (one.absence or _NONE)
        if abs(told - usual) > max(usual * HOURS_PART, HOURS_STEP):
            facts = _texts(hours=one.hours, absence=one.absence or _NONE)
            yield Signal("hours", one.person, facts | {"usual": f"{usual:.0f}"})
    if one.qualified_at_start and not one.qualified_at_end:
        yield Signal("lapsed", one.person, {})
    if not one.has_role:
        yield Signal("other_job", one.person, {})


def _of_whole(report: ReportFacts) -> Iterator[Signal]:
    total = sum((one.fte for one in report.workers), _NONE)
    if report.before is not None:
        step = abs(total - report.before)
        if step >= TOTAL_STEP and step > report.before * TOTAL_PART:
            yield Signal("total_changed", None, _texts(before=report.before, now=total))
    if total and not report.clients:
        yield Signal("no_care", None, _texts(now=total))
    if report.clients and not total:
        yield Signal("no_fte", None, {"clients": str(report.clients)})


def _texts(**figures: Decimal) -> dict[str, str]:
    return {name: f"{figure.normalize():f}" for name, figure in figures.items()}
