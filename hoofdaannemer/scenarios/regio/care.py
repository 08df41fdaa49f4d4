"""The life of each client: referral, allocation, placement, start, stop, as services make it."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial

from hoofdaannemer.accounts.models import Municipality
from hoofdaannemer.core.errors import DomainError
from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.scope import Scope
from hoofdaannemer.scenarios import people
from hoofdaannemer.scenarios.municipality import Decision
from hoofdaannemer.scenarios.regio.catalogue import GOODS, WMO_MUNICIPALITY, YOUTH_REGION, Goods
from hoofdaannemer.scenarios.regio.clock import Clock, later, moment
from hoofdaannemer.scenarios.regio.offices import PRACTICES
from hoofdaannemer.scenarios.regio.parties import Party, Region
from hoofdaannemer.scenarios.regio.post import Post
from hoofdaannemer.scenarios.regio.software import start_message, stop_message
from subcontracts.models import Allocation, Placement, Professional
from subcontracts.rules.delivery import StopKey
from subcontracts.services import clients, deliveries, placements, requests

#: Number of clients by law, and the share of them that arrives in the first six weeks.
YOUTH_CLIENTS, WMO_CLIENTS, STOCK = 284, 124, 0.42
#: Shares of the ways in which things go.
BY_REQUEST, DECLINED, SILENT, STOPPED, PAUSED = 0.3, 0.04, 0.06, 0.5, 0.03
#: Practices that the tour visits, and how many clients each has before others get any.
TOUR = ("Praktijk Zandloper", "Praktijk Sterrenkijker", "Begeleiding Aan Huis Smit")
FEW = 4
#: Who logs in there, and for whom the administration office does.
TOURED = frozenset({*TOUR, *PRACTICES})
TERM_DAYS = 364
TRAJECTORY_DAYS = 178
#: Stop reasons: as planned, by the client, by agreement; by law.
REASONS = {"jw": ("31", "31", "31", "32", "34"), "wmo": ("19", "19", "19", "21", "23")}


@dataclass
class Spell:
    """Care given under a placement from a day up to and including another, if it ended."""

    begin: date
    end: date | None = None


@dataclass
class Case:
    """One client with one allocation, as the simulation follows it."""

    person: people.Person
    goods: Goods
    town: tuple[str, str]
    arrives: date
    allocation: int = 0
    placement: Placement | None = None
    party: Party | None = None
    spells: list[Spell] = field(default_factory=list)

    @property
    def placed(self) -> Placement:
        """The placement. Raises LookupError before there is one."""
        if self.placement is None:
            raise LookupError("not placed yet")
        return self.placement

    @property
    def provider(self) -> Party:
        """The party that delivers. Raises LookupError before there is one."""
        if self.party is None:
            raise LookupError("not placed yet")
        return self.party


class Care:
    """Plans and carries out the events of all clients."""

    def __init__(self, region: Region, post: Post, clock: Clock, dice: random.Random) -> None:
        self.region = region
        self.post = post
        self.clock = clock
        self.dice = dice
        self.cases: list[Case] = []
        self._numbers = people.test_bsns()
        self.towns = {m.code: m for m in Municipality.objects.all()}

    def plan(self, begin: date, today: date) -> None:
        """Plan the arrival of every client between `begin` and `today`."""
        for family, total in (("jw", YOUTH_CLIENTS), ("wmo", WMO_CLIENTS)):
            for _client in range(total):
                span = 42 if self.dice.random() < STOCK else (today - begin).days
                arrives = later(begin, self.dice.randrange(max(span, 1)))
                case = self.case(family, arrives)
                self.cases.append(case)
                hour = self.dice.randrange(8, 11)
                self.clock.plan(moment(case.arrives, hour), partial(self._arrive, case))

    def delivering(self, party: Party, period: Period) -> Iterator[tuple[Case, Period]]:
        """Cases of a party with each stretch of care within the period (closed)."""
        for case in self.cases:
            if case.party is party:
                for spell in case.spells:
                    within = Period(spell.begin, spell.end).intersection(period)
                    if within:
                        yield case, within

    def case(self, family: str, arrives: date, goods_key: str = "") -> Case:
        """A new client with what is to be allocated; of that product where one is named."""
        if family == "wmo":
            town: tuple[str, str] = WMO_MUNICIPALITY
            born = (date(arrives.year - 90, 1, 1), date(arrives.year - 19, 1, 1))
        else:
            weights = [float(share) for _code, _name, share in YOUTH_REGION]
            chosen = self.dice.choices(YOUTH_REGION, weights)[0]
            town = (chosen[0], chosen[1])
            born = (date(arrives.year - 17, 1, 1), date(arrives.year - 4, 1, 1))
        goods = [one for one in GOODS if one.family == family and goods_key in ("", one.key)]
        number = next(self._numbers)
        return Case(
            person=people.person(self.dice, number, town=town[1], born_between=born),
            goods=self.dice.choices(goods, [one.weight for one in goods])[0],
            town=town,
            arrives=arrives,
        )

    def _arrive(self, case: Case, at: datetime) -> None:
        if self.dice.random() < BY_REQUEST:
            reference = self._request(case, at)
            decided = moment(later(at.date(), self.dice.randrange(2, 7)), 9)
            self.clock.plan(decided, partial(self._allocate, case, reference))
        else:
            self._allocate(case, "", at)

    def _request(self, case: Case, at: datetime) -> str:
        """Ask the municipality of the case for its product; the reference to answer."""
        request = requests.request_allocation(
            scope=self.post.office.coordinating(at),
            main_contractor_id=self.region.main.pk,
            draft=self.asked(case, at, case.goods),
        )
        return request.products.get().reference

    def asked(self, case: Case, at: datetime, *goods: Goods) -> requests.RequestDraft:
        """A request of these products for the client of a case, from today on."""
        person = case.person
        youth = case.goods.family == "jw"
        referral = requests.Referral(
            type="02" if youth else "01",
            name="Huisartsenpraktijk Lindenhof" if youth else "",
        )
        return requests.RequestDraft(
            person=clients.PersonDetails(
                bsn=person.bsn,
                surname=person.surname,
                prefix=person.prefix,
                initials=person.initials,
                birth_date=person.birth_date,
                sex=person.sex,
            ),
            municipality=self.towns[case.town[0]],
            products=[
                requests.ProductDraft(
                    product=self.region.products[one.key],
                    start_date=at.date(),
                    end_date=at.date() + timedelta(days=TERM_DAYS),
                    volume=one.volume[0],
                    unit=one.unit,
                    frequency=one.frequency,
                    referral=referral,
                )
                for one in goods
            ],
            guardian_known=True if youth else None,
        )

    def _allocate(self, case: Case, reference: str, at: datetime) -> None:
        self.allocate(case, reference, at)
        day = later(at.date(), self.dice.randrange(0, 4))
        self.clock.plan(moment(day, 13, 30), partial(self._place, case, ()))

    def allocate(self, case: Case, reference: str, at: datetime) -> None:
        """The municipality's decision comes in; who delivers is for somebody to decide."""
        goods = case.goods
        start = at.date() + timedelta(days=self.dice.randrange(0, 8))
        term = TRAJECTORY_DAYS + 30 if goods.frequency == "6" else TERM_DAYS
        town = self.post.municipalities[case.town[0], goods.family]
        case.allocation, raw = town.allocate(
            case.person,
            Decision(
                category=goods.category,
                code=goods.code,
                start_date=start,
                end_date=start + timedelta(days=term),
                volume=self.dice.randint(*goods.volume),
                unit=goods.unit,
                frequency=goods.frequency,
                reference=reference,
            ),
            at,
        )
        self.post.from_municipality(town.code, raw, at)

    def _place(self, case: Case, refused: tuple[int, ...], at: datetime) -> None:
        allocation = self.allocated(case)
        offering = [
            party
            for party in self.region.offering(case.goods.key)
            if party.subcontractor.pk not in refused
        ]
        while offering:
            party = self._chosen(offering)
            offering.remove(party)
            try:
                case.placement = placements.place(
                    scope=self.post.office.coordinating(at),
                    allocation=allocation,
                    subcontractor=party.subcontractor,
                )
            except DomainError:
                continue  # not qualified on that day: the next one
            case.party = party
            self._await_reply(case, refused, at)
            return

    def _chosen(self, offering: list[Party]) -> Party:
        """Whose months are handed in on the tour as long as it has few clients, else by size."""
        placed = Counter(case.party.provider.name for case in self.cases if case.party)
        for party in offering:
            if party.provider.name in TOURED and placed[party.provider.name] < FEW:
                return party
        return self.dice.choices(offering, [len(party.people) for party in offering])[0]

    def allocated(self, case: Case) -> Allocation:
        """The allocation of a case as the platform holds it."""
        return Allocation.objects.get(
            main_contractor=self.region.main,
            family=case.goods.family,
            municipality=self.towns[case.town[0]],
            number=case.allocation,
        )

    def _await_reply(self, case: Case, refused: tuple[int, ...], at: datetime) -> None:
        day = later(at.date() + timedelta(days=1), self.dice.randrange(0, 2))
        chance = self.dice.random()
        if chance < DECLINED and len(refused) < 2:
            self.clock.plan(moment(day, 15), partial(self._decline, case, refused))
        elif chance >= DECLINED + SILENT:
            self.clock.plan(moment(day, 15), partial(self._accept, case))
        else:
            day = later(case.placed.reply_due_date, 1)
            self.clock.plan(moment(day, 3), partial(self._silence, case))

    def _decline(self, case: Case, refused: tuple[int, ...], at: datetime) -> None:
        party = case.provider
        placements.decline(
            scope=self.post.office.at(party, at),
            placement=case.placed,
            reason="Wij hebben op dit moment geen plaats.",
        )
        case.party = None
        again = moment(later(at.date(), 1), 10)
        passed = (*refused, party.subcontractor.pk)
        self.clock.plan(again, partial(self._place, case, passed))

    def _silence(self, case: Case, at: datetime) -> None:
        placements.accept_by_silence(scope=self.post.office.nobody(at))
        self._agree_start(case, at)

    def _accept(self, case: Case, at: datetime) -> None:
        placements.accept(scope=self.post.office.at(case.provider, at), placement=case.placed)
        self._agree_start(case, at)

    def _agree_start(self, case: Case, at: datetime) -> None:
        first = max(case.placed.start_date, at.date())
        begin = later(first, self.dice.randrange(2, 18))
        end = case.placed.end_date
        if end and begin >= end:
            return
        reported = later(begin, self.dice.choice((0, 0, 1, 2, 4)))
        hour = self.dice.randrange(9, 17)
        self.clock.plan(moment(reported, hour), partial(self._start, case, begin))

    def _start(self, case: Case, begin: date, at: datetime) -> None:
        party, placement = case.provider, case.placed
        scope = self.post.office.at(party, at)
        person = self.dice.choice(party.people)
        if not case.spells:
            self._name(party, placement, person, scope, begin)
        if party.organisation.pk in self.post.software:
            self.post.from_software(party, start_message(case, placement, begin, at), at)
        else:
            deliveries.report_start(scope=scope, placement=placement, begin=begin)
        case.spells.append(Spell(begin))
        self._plan_end(case, begin)

    def _name(
        self, party: Party, placement: Placement, first: Professional, scope: Scope, begin: date
    ) -> None:
        """Name the first choice, or a colleague where that person is not qualified any more."""
        for person in (first, *(one for one in party.people if one != first)):
            try:
                placements.name_professional(
                    scope=scope, placement=placement, professional=person, period=Period(begin)
                )
            except DomainError:
                continue
            return

    def _plan_end(self, case: Case, begin: date) -> None:
        latest = case.placed.end_date or begin + timedelta(days=TERM_DAYS)
        reason = self.dice.choice(REASONS[case.goods.family])
        if case.goods.frequency == "6":
            days = TRAJECTORY_DAYS if reason in ("31", "19") else self.dice.randrange(40, 120)
        elif self.dice.random() < PAUSED:
            days, reason = self.dice.randrange(30, 90), "20"
        elif self.dice.random() < STOPPED:
            days = self.dice.randrange(60, 330)
        else:
            return
        end = min(begin + timedelta(days=days), latest)
        reported = later(end, self.dice.choice((0, 1, 1, 3)))
        self.clock.plan(moment(reported, 16), partial(self._stop, case, end, reason))

    def _stop(self, case: Case, end: date, reason: str, at: datetime) -> None:
        party, placement, spell = case.provider, case.placed, case.spells[-1]
        if party.organisation.pk in self.post.software:
            raw = stop_message(case, placement, StopKey(spell.begin, end, reason), at)
            self.post.from_software(party, raw, at)
        else:
            deliveries.report_stop(
                scope=self.post.office.at(party, at),
                placement=placement,
                stop=StopKey(spell.begin, end, reason),
            )
        spell.end = end
        if reason == "20":
            begin = later(end, self.dice.randrange(14, 40))
            if not placement.end_date or begin < placement.end_date:
                self.clock.plan(moment(begin, 11), partial(self._start, case, begin))
