"""A price for a whole trajectory: a part at the start, the rest at the end, less where it stops."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from billing.rules import explain
from billing.rules.explain import Entry, Explanation
from billing.rules.results import Stake, Verdict, result_entry
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.money import ZERO, round_cents
from hoofdaannemer.core.periods import Period
from subcontracts.rules.trajectory_ends import EFFECTS, Effect, Law


@dataclass(frozen=True, slots=True)
class TrajectoryTerms:
    """What the contract says of one product: price in euros, start share as a part of one.

    `effects` overrides single end reasons of the general table. A start within `restart_days`
    calendar days after a final stop continues the trajectory. `result_share` is the part of one
    that depends on the result: of the price, or of what is paid at the end.
    """

    law: Law
    price: Decimal
    start_share: Decimal
    nominal_days: int
    restart_days: int = 90
    effects: Mapping[str, Effect] = field(default_factory=dict)
    result_share: Decimal = Decimal(0)
    is_of_end_part: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.start_share <= 1 or self.price < 0 or self.nominal_days < 1:
            raise ValueError("the terms of the trajectory do not fit")
        if not 0 <= self.result_share <= 1:
            raise ValueError("the part that depends on the result does not fit")

    @property
    def start_part(self) -> Decimal:
        return round_cents(self.price * self.start_share)

    @property
    def linked(self) -> Decimal:
        """What depends on the result: rounded once, and never more than the end part."""
        end_part = round_cents(self.price) - self.start_part
        whole = end_part if self.is_of_end_part else self.price
        return min(round_cents(whole * self.result_share), end_part)

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
    """An entitlement that a start, a final stop or a verdict brings about on a day.

    `care_day` is the day of care that it rests on.
    """

    day: date
    entry: Entry
    care_day: date

    @property
    def amount(self) -> Decimal:
        return self.entry.amount


@dataclass(frozen=True, slots=True)
class Course:
    """A trajectory so far: which one, its running spell, days of care, euros and its last stop.

    `number` counts the trajectories of a placement from 1.
    """

    number: int = 0
    running_since: date | None = None
    days: int = 0
    entitled: Decimal = ZERO
    stopped: Stop | None = None
    is_complete: bool = False
    stake: Stake | None = None


def steps(
    terms: TrajectoryTerms,
    events: Sequence[Start | Stop],
    verdicts: Mapping[int, Verdict] | None = None,
    carried: Course | None = None,
    *,
    goes_on: bool = False,
) -> tuple[Step, ...]:
    """The entitlements of one placement's starts and stops, given in the order they happened.

    `carried` is the course that they continue, of an earlier placement of the same care; where the
    last of their own `goes_on` at a later one, its result is judged there.

    A start begins a trajectory and brings the start part, unless it continues one: after a
    temporary stop always, after a final stop within the restart window. A final stop settles what
    is due in all, less what was entitled before, so steps add up to what is due at any moment.
    Only days of care count, both ends included. Once ended as planned, the price stays whole.
    What depends on the result waits for the verdict about the trajectory, by its number.

    Raises RuleError BIL-20 for an unknown end reason; ValueError where events do not follow each
    other.
    """
    found, at_stake, course = _walked(terms, events, carried)
    judged = [
        Step(verdict.day, result_entry(stake, verdict), stake.ended)
        for stake in _own(at_stake, course, goes_on)
        if (verdict := (verdicts or {}).get(stake.number))
    ]
    return (*found, *judged)


def stakes(
    terms: TrajectoryTerms,
    events: Sequence[Start | Stop],
    carried: Course | None = None,
    *,
    goes_on: bool = False,
) -> tuple[Stake, ...]:
    """What depends on a result, of every trajectory that ended so far. Raises as `steps` does."""
    _found, at_stake, course = _walked(terms, events, carried)
    return tuple(_own(at_stake, course, goes_on))


def _own(at_stake: Sequence[Stake], course: Course, goes_on: bool) -> Sequence[Stake]:
    return [one for one in at_stake if not (goes_on and one.number == course.number)]


def course_of(
    terms: TrajectoryTerms, events: Sequence[Start | Stop], carried: Course | None = None
) -> Course:
    """Where the last trajectory stands after these starts and stops. Raises as `steps` does."""
    return _walked(terms, events, carried)[2]


def continued(terms: TrajectoryTerms, course: Course, first: Start | Stop) -> Course | None:
    """The course that another placement of the same care continues with its first start.

    None where it begins one of its own: care still runs, or the restart window has passed.
    """
    stopped = course.stopped
    if not isinstance(first, Start) or course.running_since or stopped is None:
        return None
    if first.day <= stopped.day or not _continues(terms, stopped, first):
        return None
    # Each placement counts its own trajectories.
    return replace(course, number=1)


def _walked(
    terms: TrajectoryTerms, events: Sequence[Start | Stop], carried: Course | None
) -> tuple[list[Step], list[Stake], Course]:
    found: list[Step] = []
    at_stake: dict[int, Stake] = {}
    course = carried or Course()
    for event in events:
        before = course
        if isinstance(event, Start):
            course = _started(terms, course, event)
            if course.stopped is None:
                course = replace(course, entitled=terms.start_part)
                found.append(_start_step(terms, course, event))
        else:
            course = _stopped(terms, course, event)
            if (effect := terms.effect(event.reason)) is not Effect.PAUSE:
                course, step = _settled(terms, course, event, effect)
                found.append(step)
        if before.number == course.number:
            at_stake.pop(before.number, None)
        if course.stake:
            at_stake[course.number] = replace(
                course.stake, is_ended=course.running_since is None and _has_ended(terms, course)
            )
    return found, list(at_stake.values()), course


def _has_ended(terms: TrajectoryTerms, course: Course) -> bool:
    return course.stopped is not None and not _is_pause(terms, course.stopped)


def _started(terms: TrajectoryTerms, course: Course, event: Start) -> Course:
    if course.running_since or (course.stopped and event.day <= course.stopped.day):
        raise ValueError("a start follows a stop, on a later day")
    if course.stopped and _continues(terms, course.stopped, event):
        return replace(course, running_since=event.day)
    return Course(number=course.number + 1, running_since=event.day)


def _continues(terms: TrajectoryTerms, stopped: Stop, event: Start) -> bool:
    return _is_pause(terms, stopped) or (event.day - stopped.day).days <= terms.restart_days


def _is_pause(terms: TrajectoryTerms, stop: Stop) -> bool:
    return terms.effect(stop.reason) is Effect.PAUSE


def _stopped(terms: TrajectoryTerms, course: Course, event: Stop) -> Course:
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


def _start_step(terms: TrajectoryTerms, course: Course, event: Start) -> Step:
    inputs = (explain.share("share", terms.start_share), explain.euro("price", terms.price))
    why = Explanation("trajectory.start", inputs, terms.start_part)
    return Step(event.day, Entry(f"{course.number}:start:{event.day}", why), event.day)


def _settled(
    terms: TrajectoryTerms, course: Course, event: Stop, effect: Effect
) -> tuple[Course, Step]:
    """What is due at a final stop, but for what depends on the result."""
    rule = Effect.PLANNED if course.is_complete else effect
    due = _due(terms, course.days, rule)
    waits = max(due - (round_cents(terms.price) - terms.linked), ZERO)
    inputs = [
        explain.euro("price", terms.price),
        explain.number("days", course.days),
        explain.number("of_days", terms.nominal_days),
        explain.euro("earned", due),
        explain.euro("paid", course.entitled),
        explain.text("reason", event.reason),
    ]
    name = f"trajectory.{rule.value}"
    if waits:
        inputs.append(explain.euro("waits", waits))
        name += "_waits"
    why = Explanation(name, tuple(inputs), due - waits - course.entitled)
    step = Step(event.day, Entry(f"{course.number}:end:{event.day}", why), event.day)
    stake = Stake(course.number, event.day, waits, due) if waits else None
    after = replace(
        course,
        entitled=course.entitled + step.amount,
        is_complete=course.is_complete or effect is Effect.PLANNED,
        stake=stake,
    )
    return after, step


def _due(terms: TrajectoryTerms, days: int, effect: Effect) -> Decimal:
    """Euros due in all for a trajectory that ended after some days of care, rounded once."""
    price = round_cents(terms.price)
    by_days = round_cents(terms.price * min(days, terms.nominal_days) / terms.nominal_days)
    if effect is Effect.PLANNED:
        return price
    if effect is Effect.PROVIDER:
        return by_days
    return max(terms.start_part, by_days)
