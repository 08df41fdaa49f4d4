"""The month's end: declarations, FTE reports, statements, payments.

The last whole month is left for whoever walks the story: everybody handed in but two and the
practices of the administration office, and the controller has not closed it.
"""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import datetime
from decimal import Decimal
from functools import partial

from billing.models import OwnTeamRow
from billing.selectors.month_cards import Card, cards
from billing.services import forecasts, fte, month_page, months, own_teams, payments, run_checks
from billing.services.own_teams import Spent
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.money import round_cents
from hoofdaannemer.core.periods import Month
from hoofdaannemer.core.scope import acting_as
from hoofdaannemer.scenarios.regio.care import Care, Case
from hoofdaannemer.scenarios.regio.clock import Clock, later, moment
from hoofdaannemer.scenarios.regio.office import Office
from hoofdaannemer.scenarios.regio.parties import Party
from hoofdaannemer.scenarios.regio.post import Post
from hoofdaannemer.scenarios.regio.software import Volume, declaration_message

#: Days of the next month on which things happen.
DECLARE_DAY, CLOSE_DAY, PREPARE_DAY, RELEASE_DAY = 3, 10, 12, 14
#: Days before the last whole month in which the year is looked ahead.
RECENT_DAYS = 130
#: Share of the lines in which more is declared than was allocated.
TOO_MUCH = 0.02
#: Who has not handed in the last whole month.
LATE = ("Praktijk Zandloper", "De Springplank Jeugdzorg")


class MonthEnds:
    """Plans and carries out the end of every month up to the last whole one."""

    def __init__(self, care: Care, post: Post, clock: Clock, dice: random.Random) -> None:
        self.care, self.post, self.clock, self.dice = care, post, clock, dice
        self.office: Office = post.office
        self.last: Month | None = None

    def plan(self, first: Month, current: Month) -> None:
        """Plan the months from `first` up to the one before `current`."""
        month, self.last = first, current.previous()
        while month < current:
            last = month == self.last
            for party in self.care.region.parties:
                if not (last and party.provider.name in LATE):
                    self._plan_party(party, month)
            if not last:
                self._plan_money(month)
            month = month.next()

    def _plan_party(self, party: Party, month: Month) -> None:
        day = later(month.next().first, DECLARE_DAY - 1 + self.dice.randrange(0, 3))
        handed_in = {
            "fte": self._report,
            "pxq": self._by_software if party.provider.relay == "messages" else self._on_page,
            "": self._on_page,
        }.get(party.provider.form)
        if handed_in:
            hour = self.dice.randrange(9, 16)
            self.clock.plan(moment(day, hour), partial(handed_in, party, month))

    def _plan_money(self, month: Month) -> None:
        first = month.next().first
        for day, event in (
            (CLOSE_DAY, partial(self._close, month)),
            (CLOSE_DAY + 1, partial(self._look_ahead, month)),
            (PREPARE_DAY, self._prepare),
            (RELEASE_DAY, self._release),
        ):
            self.clock.plan(moment(later(first, day - 1), 10), event)

    def _report(self, party: Party, month: Month, at: datetime) -> None:
        if party.line is None:
            return
        scope = self.office.at(party, at)
        report = fte.open_report(scope=scope, funding_line=party.line, month=month)
        share = party.provider.size / len(party.people)
        worked = share * Decimal(self.dice.randint(90, 101)) / 100
        rows = {person.pk: round_cents(worked) for person in party.people}
        fte.save(scope=scope, report=report, rows=rows)
        fte.hand_in(scope=scope, report=report)

    def _on_page(self, party: Party, month: Month, at: datetime) -> None:
        scope = self.office.declaring(party, at)
        volumes = self._volumes(party, month)
        entries = {
            card.placement.pk: self._entry(card, volumes.get(card.placement.number, 0))
            for card in cards(scope, month)
        }
        # The dice fall for everybody, also for who leaves the month to the story.
        waits = party.organisation.pk in self.office.mandates and month == self.last
        if any(entry.volume for entry in entries.values()) and not waits:
            month_page.hand_in(scope=scope, month=month, entries=entries)

    def _entry(self, card: Card, volume: int) -> month_page.Entry:
        if volume <= 0:
            return month_page.Entry(no_care="not_started")
        if self.dice.random() < TOO_MUCH and card.cap:
            return month_page.Entry(volume=card.cap + 2)
        return month_page.Entry(volume=min(volume, card.cap or volume))

    def _by_software(self, party: Party, month: Month, at: datetime) -> None:
        scope = self.office.at(party, at)
        cases = {case.placed.number: case for case, _days in self._delivering(party, month)}
        volumes = self._volumes(party, month)
        by_town: dict[str, list[Volume]] = defaultdict(list)
        for card in cards(scope, month):
            case = cases.get(card.placement.number)
            if case and card.price is not None:
                units = self._entry(card, volumes[case.placed.number]).volume
                if units:
                    line = Volume(case, card.period, units, card.price)
                    by_town[case.town[0]].append(line)
        for _code, lines in sorted(by_town.items()):
            self.post.from_software(party, declaration_message(month, lines, at), at)

    def _delivering(self, party: Party, month: Month) -> list[tuple[Case, int]]:
        return [(case, within.days) for case, within in self.care.delivering(party, month.period)]

    def _volumes(self, party: Party, month: Month) -> dict[int, int]:
        """Units delivered by placement number: most of what was allocated for the days of care."""
        days: dict[int, int] = defaultdict(int)
        allocated: dict[int, Decimal] = {}
        for case, number_of_days in self._delivering(party, month):
            placement = case.placed
            days[placement.number] += number_of_days
            a_day = {"2": Decimal(7), "4": Decimal(month.last.day)}.get(placement.frequency)
            if a_day and placement.volume:
                allocated[placement.number] = placement.volume / a_day
        return {
            number: int(a_day * days[number] * self.dice.randint(78, 100) / 100)
            for number, a_day in allocated.items()
        }

    def _close(self, month: Month, at: datetime) -> None:
        scope = self.office.controlling(at)
        with acting_as(scope):
            result = months.run_month(
                scope=scope, main_contractor_id=self.office.main_contractor_id, month=month
            )
        if result.problems:
            problem = result.problems[0]
            raise RuleError(problem.code, problem.text)

    def _look_ahead(self, month: Month, at: datetime) -> None:
        """The own teams' month by the controller, and what the year will come to from then on."""
        scope = self.office.controlling(at)
        region = self.care.region
        with acting_as(scope):
            for party in region.parties:
                if party.provider.kind == "own_team":
                    contract = region.youth if party.provider.family == "jw" else region.wmo
                    report = own_teams.begin(
                        scope=scope, team=party.subcontractor, contract=contract, month=month
                    )
                    own_teams.save(scope=scope, report=report, rows=self._team_costs(party))
                    own_teams.hand_in(scope=scope, report=report)
            # How it was seen before is shown by some months; each costs the loading its time.
            is_recent = self.last is not None and (self.last.first - month.first).days < RECENT_DAYS
            for contract in (region.youth, region.wmo) if is_recent else ():
                forecasts.make(scope=scope, contract=contract)

    def _team_costs(self, party: Party) -> list[Spent]:
        """What people, access and a building cost; a little more or less each month."""
        fte = len(party.people) * Decimal(self.dice.randint(85, 95)) / 100
        kinds = OwnTeamRow.Kind
        return [
            Spent(kinds.CARE, "Begeleiders", round_cents(fte * 6400), fte, round_cents(fte * 140)),
            Spent(kinds.COORDINATION, "Toegang en regie", Decimal("5200.00"), Decimal("0.8")),
            Spent(kinds.OVERHEAD, "Huur en administratie", Decimal("2900.00")),
        ]

    def _prepare(self, at: datetime) -> None:
        scope = self.office.controlling(at)
        with acting_as(scope):
            self._run = payments.prepare_run(
                scope=scope, main_contractor_id=self.office.main_contractor_id
            )

    def _release(self, at: datetime) -> None:
        scope = self.office.controlling(at, second=True)
        with acting_as(scope):
            payments.release_run(scope=scope, run=self._run, seen=run_checks.keys(scope, self._run))
