"""Tries an arrangement with synthetic care, from its allocation to its payment and report."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from math import ceil
from random import Random
from typing import Final

from hoofdaannemer.accounts.models import Organisation
from hoofdaannemer.core.periods import Month, Period
from hoofdaannemer.core.scope import acting_as
from hoofdaannemer.scenarios import people
from hoofdaannemer.scenarios.arrangements import allocating, ending, settling, staff
from hoofdaannemer.scenarios.arrangements.allocating import Case, Towns
from hoofdaannemer.scenarios.arrangements.building import Built
from hoofdaannemer.scenarios.arrangements.format import Trial
from hoofdaannemer.scenarios.arrangements.moments import at, office_day
from hoofdaannemer.scenarios.arrangements.staff import Staff
from subcontracts.models import FundingLine, Placement, Product, Professional, Subcontract
from subcontracts.rules.delivery import StopKey
from subcontracts.services import deliveries, placements, professionals

#: Reason of a stop as planned, by law.
AS_PLANNED: Final = {"jw": "31", "wmo": "19"}
#: Days after its allocation on which care starts.
STARTS_AFTER: Final = 4


@dataclass
class Tried:
    """One main contractor on trial."""

    built: Built
    staff: Staff
    trial: Trial
    towns: Towns
    cases: list[Case]
    #: By organisation: as many as its FTE ask for, one at least.
    workers: dict[int, list[Professional]]


def prepare(built: Built, office: Staff, trial: Trial, numbers: Iterator[str]) -> Tried:
    """Invent the clients and name a professional for each provider.

    `numbers` gives their BSNs, each once for all main contractors.
    """
    dice = Random(built.main.pk)  # noqa: S311  (a scenario, not a secret)
    towns = Towns(built.main.agb)
    cases: list[Case] = []
    for subcontract, product, organisation in _offered(built, trial):
        upward = next(
            one
            for one in built.contracts.values()
            if one.family == product.family
            and (subcontract is None or subcontract.municipal_contract_id == one.pk)
            and one.products.filter(product=product).exists()
        )
        named = list(upward.municipalities.select_related("municipality"))
        for number in range(trial.clients):
            town = named[(len(cases) + number) % len(named)].municipality
            cases.append(
                Case(
                    person=people.person(
                        dice,
                        next(numbers),
                        town=town.name,
                        born_between=_ages(product.family, trial.first_month.first),
                    ),
                    contract=upward,
                    product=product,
                    municipality=town,
                    organisation=organisation,
                    subcontractor=built.subcontractors[organisation.kvk],
                )
            )
    workers = {
        one.provider_organisation_id: [
            _worker(office, one.provider_organisation, trial, dice)
            for _number in range(_people_of(built, kvk))
        ]
        for kvk, one in built.subcontractors.items()
    }
    return Tried(built, office, trial, towns, cases, workers)


def _offered(
    built: Built, trial: Trial
) -> Iterator[tuple[Subcontract | None, Product, Organisation]]:
    """Every product that somebody delivers at the beginning, once a contract or own team."""
    first = trial.first_month.first
    for entry in built.entry.subcontracts:
        subcontract = built.subcontracts[entry.number]
        if not entry.is_running or not Period(entry.start_date, entry.end_date).contains(first):
            continue
        family = built.entry.above(entry).family
        codes = {
            code: None
            for line in entry.lines
            if line.period.contains(first)
            for code in line.products
        }
        for code in codes:
            organisation = subcontract.subcontractor.provider_organisation
            yield subcontract, built.product(family, code), organisation
    for kvk, codes_of_team in trial.own_teams.items():
        team = built.subcontractors.get(kvk)  # or of another main contractor in the file
        for product in built.products.values():
            if team is not None and product.code in codes_of_team:
                yield None, product, team.provider_organisation


def _people_of(built: Built, kvk: str) -> int:
    """How many it takes to work the FTE of all lines of a provider."""
    lines = [
        line
        for contract in built.entry.subcontracts
        if contract.provider == kvk
        for line in contract.lines
        if line.form == FundingLine.Form.FTE
    ]
    return max(1, sum(ceil(Decimal(line.parameters["fte"])) for line in lines))


def _ages(family: str, day: date) -> tuple[date, date]:
    if family == "wmo":
        return date(day.year - 80, 1, 1), date(day.year - 25, 1, 1)
    return date(day.year - 14, 1, 1), date(day.year - 5, 1, 1)


def _worker(office: Staff, organisation: Organisation, trial: Trial, dice: Random) -> Professional:
    first = trial.first_month.first
    with acting_as(office.nobody(at(first - timedelta(days=1)))) as scope:
        return professionals.add_professional(
            scope=scope,
            organisation_id=organisation.pk,
            name=people.full_name(dice),
            role="Begeleider",
            period=Period(first),
        )


def steps_of(tried: Tried) -> list[Callable[[], None]]:
    """What happens, in order; each step is one piece of progress."""
    months = list(_months(tried.trial))
    return [
        partial(_begin, tried),
        *(partial(_month, tried, month, is_last=month == months[-1]) for month in months),
        partial(_stop, tried, months[-1]),
        partial(ending.report, tried.staff, tried.built, months),
    ]


def _months(trial: Trial) -> Iterator[Month]:
    month = trial.first_month
    for _number in range(trial.months):
        yield month
        month = month.next()


def _begin(tried: Tried) -> None:
    """Allocate, place, accept and start everything in the first days of the first month."""
    day = office_day(tried.trial.first_month.first)
    begin = office_day(day + timedelta(days=STARTS_AFTER))
    for case in tried.cases:
        allocation = allocating.allocate(tried.staff, tried.towns, case, day)
        with acting_as(tried.staff.scope("zorg", at(day, 13))) as scope:
            case.placement = placements.place(
                scope=scope, allocation=allocation, subcontractor=case.subcontractor
            )
        _start(tried, case, begin)
    allocating.answer_all(tried.staff, tried.towns, at(begin, 17))


def _start(tried: Tried, case: Case, begin: date) -> None:
    placement = case.placed
    with acting_as(staff.provider(case.organisation.pk, at(begin, 10))) as scope:
        if placement.status == Placement.Status.OFFERED:
            placements.accept(scope=scope, placement=placement)
        placements.name_professional(
            scope=scope,
            placement=placement,
            professional=tried.workers[case.organisation.pk][0],
            period=Period(begin),
        )
        deliveries.report_start(scope=scope, placement=placement, begin=begin)
    case.begin = begin


def _month(tried: Tried, month: Month, *, is_last: bool) -> None:
    """Everybody hands in, the month is closed and paid; with the last of a year, the year settled.

    Not where it is the last of all: what the year comes to is stated in the month that follows.
    """
    handed_in = office_day(month.next().first + timedelta(days=2))
    for organisation_id, workers in tried.workers.items():
        ending.hand_in(organisation_id, workers, month, at(handed_in, 10))
    closed = office_day(handed_in + timedelta(days=7))
    ending.close(tried.staff, month, closed)
    allocating.answer_all(tried.staff, tried.towns, at(handed_in, 17))
    if month.next().year > month.year and not is_last:
        settling.settle(tried.staff, tried.built, month.year, closed)


def _stop(tried: Tried, last: Month) -> None:
    """The first client of each product ends as planned, on the last day of the months."""
    day = office_day(last.next().first)
    seen: set[tuple[int, int]] = set()
    for case in tried.cases:
        key = case.organisation.pk, case.product.pk
        if key in seen or case.begin is None:
            continue
        seen.add(key)
        stop = StopKey(case.begin, last.last, AS_PLANNED[case.product.family])
        with acting_as(staff.provider(case.organisation.pk, at(day, 9))) as scope:
            deliveries.report_stop(scope=scope, placement=case.placed, stop=stop)
    allocating.answer_all(tried.staff, tried.towns, at(day, 17))
