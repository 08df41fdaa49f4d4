"""Trajectories that go on at another placement: care that began anew under another number.

A contract pays a trajectory for the client, not for the allocation. Within the restart window no
second start part is due (domain, 3.3), whichever number the care has by then.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from billing.rules.results import Stake, Verdict
from billing.rules.trajectory import (
    Course,
    Start,
    Step,
    Stop,
    TrajectoryTerms,
    continued,
    course_of,
    stakes,
    steps,
)

_Of = TypeVar("_Of")
_Line = TypeVar("_Line")


@dataclass(frozen=True, slots=True)
class Part(Generic[_Of, _Line]):
    """The starts and stops of one placement, with the line that pays them.

    `care` tells what is the same care: the client, the product and the contract. `carried` is the
    course that it continues, and `goes_on` says that a later placement continues its last one.
    """

    of: _Of
    line: _Line
    terms: TrajectoryTerms
    care: Hashable
    events: Sequence[Start | Stop]
    carried: Course | None = None
    goes_on: bool = False

    def steps(self, verdicts: Mapping[int, Verdict] | None = None) -> tuple[Step, ...]:
        """Its entitlements. Raises as `trajectory.steps` does."""
        return steps(self.terms, self.events, verdicts, self.carried, goes_on=self.goes_on)

    def stakes(self) -> tuple[Stake, ...]:
        """What depends on results that are judged here. Raises as `steps` does."""
        return stakes(self.terms, self.events, self.carried, goes_on=self.goes_on)


def chained(parts: Iterable[Part[_Of, _Line]]) -> list[Part[_Of, _Line]]:
    """The parts in the order given, with what each continues, under the line it began under.

    A part whose starts and stops do not follow each other is continued by none: walking it raises.
    Raises RuleError BIL-20 for an unknown end reason.
    """
    given = list(parts)
    by_care: defaultdict[Hashable, list[int]] = defaultdict(list)
    for place, part in enumerate(given):
        if part.events:
            by_care[part.care].append(place)
    for places in by_care.values():
        if len(places) > 1:
            _chain(given, sorted(places, key=lambda place: given[place].events[0].day))
    return given


def _chain(given: list[Part[_Of, _Line]], places: Sequence[int]) -> None:
    ends: dict[int, Course] = {}
    for place in places:
        part = given[place]
        for earlier, course in list(ends.items()):
            before = given[earlier]
            if carried := continued(before.terms, course, part.events[0]):
                part = replace(part, line=before.line, terms=before.terms, carried=carried)
                given[earlier] = replace(before, goes_on=True)
                del ends[earlier]
                break
        given[place] = part
        try:
            ends[place] = course_of(part.terms, part.events, part.carried)
        except ValueError:
            continue
