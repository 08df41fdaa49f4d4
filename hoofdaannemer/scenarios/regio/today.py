"""What waits for somebody today, so that whoever opens the demo has something to do."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from hoofdaannemer.core.working_days import is_working_day
from hoofdaannemer.scenarios.regio.care import Care, Case
from hoofdaannemer.scenarios.regio.clock import Clock
from hoofdaannemer.scenarios.regio.parties import Party
from hoofdaannemer.scenarios.regio.software import stop_message
from subcontracts.rules.delivery import StopKey
from subcontracts.services import placements

#: Law and product of clients who were allocated on the last working day and are not placed.
UNPLACED = (
    ("jw", "behandeling"),
    ("jw", "begeleiding"),
    ("jw", "gezinstraject"),
    ("wmo", "ondersteuning"),
    ("wmo", "dagbesteding"),
)
#: Who was offered a client and has not replied, by name and product.
OFFERED = (
    ("Praktijk Zandloper", "jw", "behandeling"),
    ("De Springplank Jeugdzorg", "jw", "begeleiding"),
    ("GGZ Eemlanden", "jw", "behandeling"),
)
#: Who accepted a client and has not reported the start.
TO_START = (("Praktijk Zandloper", "jw", "behandeling"),)
#: Whose software sent a stop before its start.
OVERTAKEN = ("GGZ Eemlanden", "jw", "behandeling")


class Today:
    """Plans the last working day before `now`, or `now` itself."""

    def __init__(self, care: Care, clock: Clock, now: datetime) -> None:
        self.care, self.clock = care, clock
        day = now - timedelta(hours=4)
        while not is_working_day(day.date()):
            day -= timedelta(days=1)
        self.day = day

    def plan(self) -> None:
        """Plan everything that is left open."""
        for family, goods in UNPLACED:
            case = self.care.case(family, self.day.date(), goods)
            self.clock.plan(self.day, partial(self.care.allocate, case, ""))
        for name, family, goods in OFFERED:
            case = self.care.case(family, self.day.date(), goods)
            self.clock.plan(self.day, partial(self._offer, case, name))
        for name, family, goods in TO_START:
            case = self.care.case(family, self.day.date(), goods)
            self.clock.plan(self.day, partial(self._accept, case, name))
        name, family, goods = OVERTAKEN
        case = self.care.case(family, self.day.date(), goods)
        self.clock.plan(self.day, partial(self._overtake, case, name))
        faulty = self.care.case("wmo", self.day.date(), "ondersteuning")
        self.clock.plan(self.day, partial(self._faulty, faulty))

    def _party(self, name: str) -> Party:
        return next(one for one in self.care.region.parties if one.provider.name == name)

    def _offer(self, case: Case, name: str, at: datetime) -> None:
        self.care.allocate(case, "", at)
        case.party = self._party(name)
        case.placement = placements.place(
            scope=self.care.post.office.coordinating(at),
            allocation=self.care.allocated(case),
            subcontractor=case.party.subcontractor,
        )

    def _accept(self, case: Case, name: str, at: datetime) -> None:
        self._offer(case, name, at)
        scope = self.care.post.office.at(case.provider, at)
        placements.accept(scope=scope, placement=case.placed)

    def _overtake(self, case: Case, name: str, at: datetime) -> None:
        self._accept(case, name, at)
        day = at.date()
        raw = stop_message(case, case.placed, StopKey(day, day, "32"), at)
        self.care.post.from_software(case.provider, raw, at)

    def _faulty(self, case: Case, at: datetime) -> None:
        """A 301 with a product that the contract does not have (TR381)."""
        case.goods = replace(case.goods, code="02B99")
        self.care.allocate(case, "", at)
