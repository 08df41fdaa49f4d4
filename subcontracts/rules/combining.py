"""Starts and stops of several placements as the one history that the standard allows upward.

Towards the municipality there is one provider, so an allocation has at most one open start
(TR326), a stop only when nobody delivers any more, and a final stop only after the last. Sources:
flows.md sections 8 and 13.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

#: RedenBeeindiging 20 in both laws: delivery pauses.
TEMPORARY = "20"
#: RedenBeeindiging 38 in both laws: somebody else delivers from now on.
OTHER_PROVIDER = "38"
_DAY = timedelta(days=1)


@dataclass(frozen=True, order=True)
class Spell:
    """Care under one start of one placement, both ends included.

    `paused_on` is the end date of its temporary stop, `ended_on` and `reason` those of its final
    one. A later start of the same placement follows on a temporary stop.
    """

    begin: date
    placement: int
    paused_on: date | None = None
    ended_on: date | None = None
    reason: str = ""

    @property
    def last_day(self) -> date | None:
        """Last day of care; None while care goes on."""
        return self.paused_on or self.ended_on


@dataclass(frozen=True, order=True)
class Handover:
    """Care that was moved from one placement to another, whose first day is `day`."""

    day: date
    before: int
    after: int


@dataclass(frozen=True, order=True)
class Start:
    """A start as told to the municipality."""

    begin: date


@dataclass(frozen=True, order=True)
class Stop:
    """A stop as told to the municipality, of the start of that begin date."""

    begin: date
    end: date
    reason: str

    @property
    def is_final(self) -> bool:
        return self.reason != TEMPORARY


@dataclass(frozen=True)
class History:
    """What the municipality should know."""

    starts: tuple[Start, ...] = ()
    stops: tuple[Stop, ...] = ()


@dataclass(frozen=True)
class Changes:
    """What must be told so that the municipality knows the history, in the order of sending."""

    withdrawn_stops: tuple[Stop, ...] = ()
    withdrawn_starts: tuple[Start, ...] = ()
    new_starts: tuple[Start, ...] = ()
    new_stops: tuple[Stop, ...] = ()

    def __bool__(self) -> bool:
        return bool(
            self.withdrawn_stops or self.withdrawn_starts or self.new_starts or self.new_stops
        )


def handed_over(spells: Iterable[Spell], handovers: Iterable[Handover]) -> list[Spell]:
    """The spells with those of moved care joined to one, for towards the municipality it goes on.

    A stop because somebody else delivers (38) is none upward where the next begins the day after,
    or has not begun yet; where days lie between, it is a pause. A stop for another reason stays.
    Only handovers whose next placement was not declined or withdrawn are given.
    """
    known: dict[int, list[Spell]] = defaultdict(list)
    for spell in sorted(spells):
        known[spell.placement].append(spell)
    chain = sorted(handovers)
    moved_on = {one.before for one in chain}
    for one in chain:
        before = [replace(spell, placement=one.after) for spell in known.pop(one.before, [])]
        after = known[one.after]
        # Who never began and handed it on was never between them.
        is_link = not after and one.after in moved_on
        known[one.after] = [*before, *after]
        if before and not is_link:
            known[one.after] = _joined(before, after, one.day)
    return sorted(spell for found in known.values() for spell in found)


def _joined(before: Sequence[Spell], after: Sequence[Spell], day: date) -> list[Spell]:
    *earlier, last = before
    if last.ended_on is None or last.reason != OTHER_PROVIDER:
        return [*before, *after]
    if last.paused_on is not None:
        return [*earlier, replace(last, ended_on=None, reason=""), *after]
    begin = min((spell.begin for spell in after), default=day)
    if begin > last.ended_on + _DAY:
        pause = replace(last, paused_on=last.ended_on, ended_on=None, reason="")
        return [*earlier, pause, *after]
    if not after:
        return [*earlier, replace(last, ended_on=None, reason="")]
    first, *rest = after
    return [*earlier, replace(first, begin=min(last.begin, first.begin)), *rest]


def combined(spells: Iterable[Spell]) -> History:
    """One start for each stretch of care, whoever gave it, with the stop that ends it.

    Stretches that share a day are one; the first start counts as theirs.
    """
    stretches = _stretches(sorted(spells))
    everything = [spell for stretch in stretches for spell in stretch]
    starts, stops = [], []
    for number, stretch in enumerate(stretches):
        begin = stretch[0].begin
        starts.append(Start(begin))
        if any(spell.last_day is None for spell in stretch):
            continue
        is_last = number == len(stretches) - 1
        stops.append(_stop(begin, stretch, _latest(everything) if is_last else stretch))
    return History(tuple(starts), tuple(stops))


def _stretches(spells: Sequence[Spell]) -> list[list[Spell]]:
    stretches: list[list[Spell]] = []
    until = date.min
    for spell in spells:
        last_day = spell.last_day or date.max
        if stretches and spell.begin <= until:
            stretches[-1].append(spell)
            until = max(until, last_day)
        else:
            stretches.append([spell])
            until = last_day
    return stretches


def _latest(spells: Sequence[Spell]) -> list[Spell]:
    """The last spell of each placement: only these say whether care may still come back."""
    return list({spell.placement: spell for spell in sorted(spells)}.values())


def _stop(begin: date, stretch: Sequence[Spell], deciding: Sequence[Spell]) -> Stop:
    """Final when all that decide are final, temporary as long as one of them pauses."""
    last_day = max(spell.last_day or begin for spell in stretch)
    if any(spell.ended_on is None for spell in deciding):
        return Stop(begin, last_day, TEMPORARY)
    last = max(deciding, key=lambda spell: (spell.ended_on or begin, spell.placement))
    return Stop(begin, max(last_day, last.ended_on or begin), last.reason)


def changes(known: History, wanted: History) -> Changes:
    """What to tell so that what the municipality knows becomes what it should know.

    A temporary stop that a final one follows stays (flows.md section 8). Of a start that goes,
    its stops go first; of one that stays, they are taken back and told again.
    """
    final = {stop.begin: stop for stop in wanted.stops if stop.is_final}
    kept = {
        stop
        for stop in known.stops
        if stop in wanted.stops
        or (not stop.is_final and stop.begin in final and stop.end <= final[stop.begin].end)
    }
    return Changes(
        withdrawn_stops=tuple(sorted(set(known.stops) - kept)),
        withdrawn_starts=tuple(sorted(set(known.starts) - set(wanted.starts))),
        new_starts=tuple(sorted(set(wanted.starts) - set(known.starts))),
        new_stops=tuple(sorted(set(wanted.stops) - kept)),
    )
