"""What waits for somebody today, so that whoever opens the demo has something to do."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from django.utils import timezone

from hoofdaannemer.core.working_days import add_working_days, is_working_day
from hoofdaannemer.scenarios.regio.care import Care, Case
from hoofdaannemer.scenarios.regio.catalogue import GOODS, Goods
from hoofdaannemer.scenarios.regio.clock import Clock, moment
from hoofdaannemer.scenarios.regio.parties import Party
from hoofdaannemer.scenarios.regio.software import (
    change_message,
    request_message,
    start_message,
    stop_message,
)
from subcontracts.rules.delivery import StopKey
from subcontracts.services import client_stops, placements, requests

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
#: Whose software asked for these products at once, which nobody has taken up.
ASKED = ("Kompas Jeugd", "jw", ("begeleiding", "behandeling"))
#: Whose software wants more care for a client, which nobody has taken up.
CHANGED = ("Kompas Jeugd", "jw", "begeleiding")
#: Products of a request of which the municipality has answered the first only.
HALF_ANSWERED = ("jw", ("begeleiding", "dagbehandeling"))
#: Whose start the municipality returned with an error.
RETURNED = ("GGZ Eemlanden", "jw", "behandeling")
#: Whose start the municipality has not answered for this many working days.
SILENT, SILENT_DAYS = ("Kompas Jeugd", "jw", "begeleiding"), 5
#: Whose software sent a stop before its start.
OVERTAKEN = ("GGZ Eemlanden", "jw", "behandeling")
#: Who asks to be sent no new clients for three months, from in two weeks.
FULL = "Praktijk Klein Geluk"
FULL_FROM, FULL_DAYS = timedelta(days=14), timedelta(days=92)


def _goods(keys: tuple[str, ...]) -> list[Goods]:
    return [next(one for one in GOODS if one.key == key) for key in keys]


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
        name, family, goods = RETURNED
        case = self.care.case(family, self.day.date(), goods)
        self.clock.plan(self.day, partial(self._return, case, name))
        name, family, goods = SILENT
        before = moment(add_working_days(self.day.date(), -SILENT_DAYS), 11)
        case = self.care.case(family, before.date(), goods)
        self.clock.plan(before, partial(self._stay_silent, case, name))
        name, family, goods = OVERTAKEN
        case = self.care.case(family, self.day.date(), goods)
        self.clock.plan(self.day, partial(self._overtake, case, name))
        name, family, asked = ASKED
        case = self.care.case(family, self.day.date(), asked[0])
        self.clock.plan(self.day, partial(self._ask, case, name, asked))
        family, asked = HALF_ANSWERED
        case = self.care.case(family, self.day.date(), asked[0])
        self.clock.plan(self.day, partial(self._answer_first, case, asked))
        faulty = self.care.case("wmo", self.day.date(), "ondersteuning")
        self.clock.plan(self.day, partial(self._faulty, faulty))
        name, family, goods = CHANGED
        case = self.care.case(family, self.day.date(), goods)
        self.clock.plan(self.day, partial(self._ask_more, case, name))
        self.clock.plan(self.day, self._ask_stop)

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

    def _return(self, case: Case, name: str, at: datetime) -> None:
        self._accept(case, name, at)
        raw = start_message(case, case.placed, at.date(), at)
        self.care.post.from_software(case.provider, raw, at)
        self.care.post.refuse_start(case.allocation, at)

    def _stay_silent(self, case: Case, name: str, at: datetime) -> None:
        self._accept(case, name, at)
        self.care.post.silent.add(case.allocation)
        raw = start_message(case, case.placed, at.date(), at)
        self.care.post.from_software(case.provider, raw, at)

    def _overtake(self, case: Case, name: str, at: datetime) -> None:
        self._accept(case, name, at)
        day = at.date()
        raw = stop_message(case, case.placed, StopKey(day, day, "32"), at)
        self.care.post.from_software(case.provider, raw, at)

    def _ask(self, case: Case, name: str, keys: tuple[str, ...], at: datetime) -> None:
        draft = self.care.asked(case, at, *_goods(keys))
        case.party = self._party(name)
        raw = request_message(case, draft.products, at)
        self.care.post.from_software(case.party, raw, at)

    def _ask_more(self, case: Case, name: str, at: datetime) -> None:
        self._accept(case, name, at)
        first_day = max(at.date() + timedelta(days=14), case.placed.start_date)
        raw = change_message(case, case.placed, first_day, at)
        self.care.post.from_software(case.provider, raw, at)

    def _ask_stop(self, at: datetime) -> None:
        party = self._party(FULL)
        if party.subcontract is None:
            raise ValueError("an own team has no contract")
        first = timezone.localdate(at) + FULL_FROM
        client_stops.ask(
            scope=self.care.post.office.at(party, at),
            subcontract=party.subcontract,
            facts=client_stops.StopFacts(
                start_date=first,
                end_date=first + FULL_DAYS,
                reason="Verlof; vervanging lukt niet voor nieuwe cliënten",
            ),
        )

    def _answer_first(self, case: Case, keys: tuple[str, ...], at: datetime) -> None:
        request = requests.request_allocation(
            scope=self.care.post.office.coordinating(at),
            main_contractor_id=self.care.region.main.pk,
            draft=self.care.asked(case, at, *_goods(keys)),
        )
        first = request.products.all()[0]
        self.care.allocate(case, first.reference, at)

    def _faulty(self, case: Case, at: datetime) -> None:
        """A 301 with a product that the contract does not have (TR381)."""
        case.goods = replace(case.goods, code="02B99")
        self.care.allocate(case, "", at)
