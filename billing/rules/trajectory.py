"""A price for a whole trajectory: a part at the start, the rest at the end, less where it stops."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from billing.rules import explain
from billing.rules.explain import Entry, Explanation
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.money import ZERO, round_cents
from hoofdaannemer.core.periods import Period
from subcontracts.rules.trajectory_ends import EFFECTS, Effect, Law


@dataclass(frozen=True, slots=True)
class TrajectoryTerms:
    """What the contract says of one product: price in euros, start share as a part of one.

    `effects` overrides single end reasons of the general table. A start within `restart_days`
    calendar days after a final stop continues the trajectory.
    """

    law: Law
    price: Decimal
    start_share: Decimal
    nominal_days: int
    restart_days: int = 90
    effects: Mapping[str, Effect] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not 0 <= self.start_share <= 1 or self.price < 0 or self.nominal_days < 1:
            raise ValueError("the terms of the trajectory do not fit")

    @property
    def start_part(self) -> Decimal:
        return round_cents(self.price * self.start_share)

    def effect(self, reason: str) -> Effect:
        """Raises RuleError BIL-20 for a reason that is not in the code list of the law."""
        found = self.effects.get(reason) or EFFECTS.get((self.law, reason))
        if found is None:
            raise RuleError(
                "BIL-20",
                _("End reason %(reason)s does not exist under this law. Correct the stop.")
                % {"reason": reason},
            )
        return found


@dataclass(frozen=True, slots=True)
class Start:
    """The first day of care."""

    day: date


@dataclass(frozen=True, slots=True)
class Stop:
    """The last day of care and the end reason's code. May follow a temporary stop at once."""

    day: date
    reason: str


@dataclass(frozen=True, slots=True)
class Step:
    """An entitlement that a start or a final stop brings about on a day."""

    day: date
    entry: Entry

    @property
    def amount(self) -> Decimal:
        return self.entry.amount


@dataclass(frozen=True, slots=True)
class _Course:
    """A trajectory so far: which one, its running spell, days of care, euros and its last stop."""

    number: int = 0
    running_since: date | None = None
    days: int = 0
    entitled: Decimal = ZERO
    stopped: Stop | None = None
    is_complete: bool = False


def steps(terms: TrajectoryTerms, events: Sequence[Start | Stop]) -> tuple[Step, ...]:
    """The entitlements of one placement's starts and stops, given in the order they happened.

    A start begins a trajectory and brings the start part, unless it continues one: after a
    temporary stop always, after a final stop within the restart window. A final stop settles what
    is due in all, less what was entitled before, so steps add up to what is due at any moment.
    Only days of care count, both ends included. Once ended as planned, the price stays whole.

    Raises RuleError BIL-20 for an unknown end reason; ValueError where events do not follow each
    other.
    """
    return tuple(_steps(terms, events))


def _steps(terms: TrajectoryTerms, events: Sequence[Start | Stop]) -> Iterator[Step]:
    course = _Course()
    for event in events:
        if isinstance(event, Start):
            course = _started(terms, course, event)
            if course.stopped is None:
                course = replace(course, entitled=terms.start_part)
                yield _start_step(terms, course, event)
            continue
        course = _stopped(terms, course, event)
        if (effect := terms.effect(event.reason)) is not Effect.PAUSE:
            step = _settlement(terms, course, event, effect)
            is_complete = course.is_complete or effect is Effect.PLANNED
            course = replace(
                course, entitled=course.entitled + step.amount, is_complete=is_complete
            )
            yield step


def _started(terms: TrajectoryTerms, course: _Course, event: Start) -> _Course:
    if course.running_since or (course.stopped and event.day <= course.stopped.day):
        raise ValueError("a start follows a stop, on a later day")
    if course.stopped and _continues(terms, course.stopped, event):
        return replace(course, running_since=event.day)
    return _Course(number=course.number + 1, running_since=event.day)


def _continues(terms: TrajectoryTerms, stopped: Stop, event: Start) -> bool:
    return _is_pause(terms, stopped) or (event.day - stopped.day).days <= terms.restart_days


def _is_pause(terms: TrajectoryTerms, stop: Stop) -> bool:
    return terms.effect(stop.reason) is Effect.PAUSE


def _stopped(terms: TrajectoryTerms, course: _Course, event: Stop) -> _Course:
    if course.running_since:
        days = course.days + Period(course.running_since, event.day).days
        return replace(course, running_since=None, days=days, stopped=event)
    before = course.stopped
    if before is None or before.day > event.day or not _is_pause(terms, before):
        raise ValueError("a stop follows a start or a temporary stop")
    if _is_pause(terms, event):
        raise ValueError("care that is paused cannot be paused again")
    # A final stop of paused care: no care was given since, so no day is added.
    return replace(course, stopped=event)


def _start_step(terms: TrajectoryTerms, course: _Course, event: Start) -> Step:
    inputs = (explain.share("share", terms.start_share), explain.euro("price", terms.price))
    why = Explanation("trajectory.start", inputs, terms.start_part)
    return Step(event.day, Entry(f"{course.number}:start:{event.day}", why))


def _settlement(terms: TrajectoryTerms, course: _Course, event: Stop, effect: Effect) -> Step:
    rule = Effect.PLANNED if course.is_complete else effect
    due = _due(terms, course.days, rule)
    inputs = (
        explain.euro("price", terms.price),
        explain.number("days", course.days),
        explain.number("of_days", terms.nominal_days),
        explain.euro("earned", due),
        explain.euro("paid", course.entitled),
        explain.text("reason", event.reason),
    )
    why = Explanation(f"trajectory.{rule.value}", inputs, due - course.entitled)
    return Step(event.day, Entry(f"{course.number}:end:{event.day}", why))


def _due(terms: TrajectoryTerms, days: int, effect: Effect) -> Decimal:
    """Euros due in all for a trajectory that ended after some days of care, rounded once."""
    price = round_cents(terms.price)
    by_days = round_cents(terms.price * min(days, terms.nominal_days) / terms.nominal_days)
    if effect is Effect.PLANNED:
        return price
    if effect is Effect.PROVIDER:
        return by_days
    return max(terms.start_part, by_days)
