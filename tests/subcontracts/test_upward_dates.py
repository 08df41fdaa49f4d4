"""Options of a municipal contract, reports that it asks for, and the days that matter."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from hoofdaannemer.core.errors import ConflictError
from hoofdaannemer.core.scope import Role, Scope
from subcontracts.rules.options import Fit
from subcontracts.selectors import contract_dates
from subcontracts.selectors.contract_dates import DateKind
from subcontracts.selectors.upward_dates import open_reports, subcontract_fits
from subcontracts.services import (
    contracts,
    drafting,
    upward_dates,
)
from tests import factories
from tests.conftest import become
from tests.factories import World
from tests.subcontracts.setting_up import manager, ready
from tests.subcontracts.upward import END, JANUARY, duty, ending, refused


@pytest.fixture
def world(system: Scope) -> World:
    return ending(system)


# Options


def option(world: World, months: int = 24, by: date = date(2026, 6, 30)) -> object:
    return upward_dates.add_option(
        scope=world.system, contract=world.youth, months=months, announce_by=by
    )


def test_a_taken_option_extends_the_contract(world: World) -> None:
    first, second = option(world), option(world, by=date(2028, 6, 30))
    assert (first.position, second.position) == (1, 2)  # type: ignore[attr-defined]
    with refused("CON-54"):
        decide(world, second, "taken")
    decide(world, first, "taken")
    world.youth.refresh_from_db()
    assert world.youth.end_date == date(2029, 12, 31)
    with pytest.raises(ConflictError):
        decide(world, first, "not_taken")
    decide(world, second, "not_taken")
    world.youth.refresh_from_db()
    assert world.youth.end_date == date(2029, 12, 31)


def decide(world: World, row: object, outcome: str, day: date | None = None) -> None:
    upward_dates.decide_option(
        scope=world.system,
        option=row,  # type: ignore[arg-type]
        outcome=outcome,
        decided_on=day or world.system.today,
    )


def test_an_option_is_decided_on_before_it_is_announced(world: World) -> None:
    add = {"scope": world.system, "contract": world.youth, "months": 24}
    announce = date(2026, 6, 30)
    with refused("CON-243"):
        upward_dates.add_option(**add, announce_by=announce, decide_by=date(2026, 7, 1))  # type: ignore[arg-type]
    row = upward_dates.add_option(**add, announce_by=announce, decide_by=announce)  # type: ignore[arg-type]

    def told() -> list[tuple[str, date]]:
        scope = become(world.at(Role.CONTRACT_MANAGER))
        found = contract_dates.contract_dates(scope, first=scope.today, until=announce)
        kinds = (DateKind.DECISION_ABOVE, DateKind.OPTION)
        return [(one.kind, one.day) for one in found if one.kind in kinds]

    assert told() == [(DateKind.DECISION_ABOVE, announce), (DateKind.OPTION, announce)]
    become(world.system)
    decide(world, row, "not_taken")
    assert told() == []


def test_options_have_an_order_and_a_contract_that_ends(world: World) -> None:
    row = option(world)
    with refused("CON-54"):
        option(world, by=date(2026, 6, 30))
    with refused("CON-55"):
        decide(world, row, "taken", world.system.today + timedelta(days=1))
    with refused("CON-53"):
        upward_dates.add_option(
            scope=world.system, contract=world.wmo, months=12, announce_by=JANUARY
        )


def test_subcontracts_that_end_on_another_day_are_shown(world: World) -> None:
    ready(world, "O-kort", end_date=date(2027, 6, 30))
    ready(world, "O-gelijk", end_date=END)
    fits = {row.number: how for row, how in subcontract_fits(world.system, world.youth)}
    assert fits.pop("O-kort") is Fit.SHORTER
    # Those of the usual world have no end.
    assert set(fits.values()) == {Fit.LONGER}
    assert "O-gelijk" not in fits


# Reports


def test_what_was_handed_in_is_no_longer_due(world: World) -> None:
    row = duty(world)
    until = date(2026, 5, 31)
    due = [one.due.day for one in open_reports(world.system, until=until)]
    assert due == [date(2025, 10, 30), date(2026, 1, 30), date(2026, 4, 30)]
    upward_dates.hand_in(
        scope=world.system,
        duty=row,
        period_start=date(2025, 7, 1),
        handed_in_on=date(2025, 10, 28),
    )
    left = [one.due.day for one in open_reports(world.system, until=until)]
    assert left == due[1:]
    with pytest.raises(ConflictError):
        upward_dates.hand_in(
            scope=world.system, duty=row, period_start=date(2025, 7, 1), handed_in_on=JANUARY
        )


def test_a_report_is_about_a_period_and_not_from_the_future(world: World) -> None:
    row = duty(world)
    with refused("CON-58"):
        upward_dates.hand_in(
            scope=world.system, duty=row, period_start=date(2025, 8, 1), handed_in_on=JANUARY
        )
    with refused("CON-55"):
        upward_dates.hand_in(
            scope=world.system,
            duty=row,
            period_start=date(2025, 7, 1),
            handed_in_on=world.system.today + timedelta(days=1),
        )


def test_a_report_ends_by_itself_or_with_the_contract(world: World) -> None:
    row = duty(world)
    far = date(2030, 1, 1)
    # Ten quarters up to the end of the contract.
    assert len(open_reports(world.system, until=far)) == 10
    upward_dates.end_duty(scope=world.system, duty=row, end_date=date(2025, 12, 31))
    assert len(open_reports(world.system, until=far)) == 2
    with refused("CON-57"):
        upward_dates.end_duty(scope=world.system, duty=row, end_date=JANUARY.replace(year=2025))


def test_what_is_asked_now_and_then_has_no_due_day(world: World) -> None:
    row = duty(world, rhythm="on_request")
    assert open_reports(world.system, until=date(2030, 1, 1)) == []
    upward_dates.hand_in(scope=world.system, duty=row, period_start=JANUARY, handed_in_on=JANUARY)
    assert row.handed_in.count() == 1


# Dates


def test_the_days_that_matter_in_their_order(world: World) -> None:
    option(world)
    duty(world, start_date=JANUARY)
    contract = ready(world, "O-dagen", end_date=date(2027, 6, 30), notice_months=3)
    line = contract.funding_lines.get()
    drafting.remove_line(scope=world.system, line=line)
    contracts.add_funding_line(
        scope=world.system,
        subcontract=contract,
        line=contracts.LineTerms(
            name="Tijdelijk",
            form="pxq",
            period=factories.Period(contract.start_date, date(2027, 3, 31)),
            products=[world.products["guidance"]],
        ),
    )
    scope = manager(world)
    first = scope.today
    found = contract_dates.contract_dates(scope, first=first, until=date(2028, 1, 1))
    about = [(one.kind, one.day) for one in found if one.kind is not DateKind.REPORT]
    assert about == [
        (DateKind.OPTION, date(2026, 6, 30)),
        (DateKind.LINE, date(2027, 3, 31)),
        (DateKind.NOTICE, date(2027, 3, 31)),
        (DateKind.END_BELOW, date(2027, 6, 30)),
        (DateKind.END_ABOVE, END),
    ]
    reports = [one.day for one in found if one.kind is DateKind.REPORT]
    assert reports[:2] == [date(2026, 4, 30), date(2026, 7, 30)]


def test_what_is_near_or_too_late_stands_on_the_work_list(world: World) -> None:
    now = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
    option(world)
    duty(world, start_date=date(2025, 10, 1))
    scope = become(world.at(Role.CONTRACT_MANAGER, at=now))
    due = [item.due for item in contract_dates.items(scope)]
    assert due == [date(2026, 1, 30), date(2026, 4, 30), date(2026, 6, 30)]
    assert not list(contract_dates.items(become(world.at(Role.CONTROLLER, at=now))))
