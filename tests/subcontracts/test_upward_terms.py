"""What a municipal contract says as rows: versions of terms, consortia and budgets."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from hoofdaannemer.core.errors import NotAllowedError
from hoofdaannemer.core.scope import Role, Scope
from subcontracts.selectors.upward_budgets import budget_of, shared
from subcontracts.selectors.upward_terms import consortium_on, steps, values_on
from subcontracts.services import (
    upward_budgets,
    upward_terms,
)
from subcontracts.services.upward_budgets import AdjusterFacts
from subcontracts.services.upward_terms import Member
from tests import factories
from tests.conftest import become
from tests.factories import World, moved
from tests.subcontracts.upward import END, JANUARY, ending, refused, says


@pytest.fixture
def world(system: Scope) -> World:
    return ending(system)


# Terms


def test_versions_are_added_and_the_later_holds(world: World) -> None:
    says(world, acceptance_duty=True, talks=["account, twee weken"])
    says(world, JANUARY, acceptance_duty=True, bridging=True)
    assert values_on(world.youth, date(2024, 12, 31)) == {}
    assert values_on(world.youth, date(2025, 12, 31)) == {
        "acceptance_duty": True,
        "talks": ["account, twee weken"],
    }
    assert values_on(world.youth, JANUARY) == {"acceptance_duty": True, "bridging": True}
    changed = [[one.name for one in step.changes] for step in steps(world.system, world.youth)]
    assert changed == [["acceptance_duty", "talks"], ["bridging", "talks"]]


def test_of_two_for_one_day_the_last_recorded_holds(world: World) -> None:
    says(world, bridging=True)
    says(world, bridging=False)
    assert values_on(world.youth, JANUARY) == {"bridging": False}
    assert world.youth.terms_versions.count() == 2


def test_the_terms_keep_to_the_contract(world: World) -> None:
    with refused("CON-42"):
        says(world, date(2024, 12, 31), bridging=True)
    with refused("CON-42"):
        says(world, END + timedelta(days=1), bridging=True)
    with refused("CON-43"):
        says(world)


def test_only_a_contract_manager_records(world: World) -> None:
    for role in (Role.CONTROLLER, Role.QUALITY_OFFICER, Role.CARE_COORDINATOR):
        scope = become(world.at(role))
        with pytest.raises(NotAllowedError):
            upward_terms.set_terms(
                scope=scope, contract=world.youth, start_date=JANUARY, values={"bridging": True}
            )


def test_nobody_else_reads_it(world: World) -> None:
    says(world, bridging=True)
    upward_budgets.set_budget(
        scope=world.system, contract=world.youth, year=2026, amount=Decimal("1.00")
    )
    readers = {
        Role.CONTRACT_MANAGER: (1, 1),
        Role.CONTROLLER: (1, 1),
        Role.QUALITY_OFFICER: (1, 0),
        Role.CARE_COORDINATOR: (0, 0),
        Role.ADMINISTRATOR: (0, 0),
    }
    versions, budgets = world.youth.terms_versions, world.youth.budget_years
    for role, expected in readers.items():
        scope = become(world.at(role))
        found = (versions.visible_to(scope).count(), budgets.visible_to(scope).count())
        assert found == expected, role
        # The database holds the same without the first lock.
        assert (versions.count(), budgets.count()) == expected, role
    scope = become(world.at(Role.SUBCONTRACTOR_USER, world.pxq))
    assert (versions.count(), budgets.count()) == (0, 0)


# A consortium


def members(*shares: str) -> list[Member]:
    return [
        Member(name=f"Lid {number}", share=Decimal(share), is_lead=number == 0)
        for number, share in enumerate(shares)
    ]


def test_a_consortium_of_three(world: World) -> None:
    found = members("50", "25", "25")
    upward_terms.set_consortium(
        scope=world.system, contract=world.youth, start_date=JANUARY, members=found
    )
    assert consortium_on(world.system, world.youth, date(2025, 12, 31)) is None
    held = consortium_on(world.system, world.youth, JANUARY)
    assert held
    assert [(row.name, row.is_lead) for row in held.members.all()] == [
        ("Lid 0", True),
        ("Lid 1", False),
        ("Lid 2", False),
    ]


@pytest.mark.parametrize(
    ("found", "code"),
    [
        (members("50", "25"), "CON-44"),
        (members("120", "-20"), "CON-44"),
        ([], "CON-44"),
        ([replace(one, is_lead=True) for one in members("50", "50")], "CON-44"),
        ([replace(one, name="Zelfde") for one in members("50", "50")], "CON-44"),
        ([replace(one, kvk="123") for one in members("50", "50")], "CON-45"),
    ],
)
def test_a_consortium_adds_up_and_has_one_lead(
    world: World, found: list[Member], code: str
) -> None:
    with refused(code):
        upward_terms.set_consortium(
            scope=world.system, contract=world.youth, start_date=JANUARY, members=found
        )


# The budget


def adjust(world: World, amount: str, **changed: object) -> None:
    facts = AdjusterFacts(year=2026, effective_date=JANUARY, kind="index", amount=Decimal(amount))
    upward_budgets.adjust_budget(
        scope=world.system,
        contract=world.youth,
        facts=replace(facts, **changed),  # type: ignore[arg-type]
    )


def test_a_year_begins_with_the_budget_of_the_contract(world: World) -> None:
    assert budget_of(world.system, world.youth, 2026).table.total == Decimal("1200000.00")
    adjust(world, "50000.00", effective_date=date(2026, 7, 1))
    adjust(world, "-20000.50", kind="pgb_deducted")
    upward_budgets.set_budget(
        scope=world.system, contract=world.youth, year=2026, amount=Decimal("900000.00")
    )
    upward_budgets.set_budget(
        scope=world.system,
        contract=world.youth,
        year=2026,
        amount=Decimal("1000000.00"),
        base="inhabitants",
    )
    table = budget_of(world.system, world.youth, 2026).table
    assert [line.after for line in table.lines] == [Decimal("979999.50"), Decimal("1029999.50")]
    assert table.total == Decimal("1029999.50")
    assert world.youth.budget_years.count() == 2
    assert budget_of(world.system, world.youth, 2027).table.total == Decimal("1200000.00")


def test_a_budget_keeps_to_the_years_of_the_contract(world: World) -> None:
    for year in (2024, 2028):
        with refused("CON-46"):
            adjust(world, "1.00", year=year)
    with refused("CON-47"):
        upward_budgets.set_budget(
            scope=world.system, contract=world.youth, year=2026, amount=Decimal(-1)
        )
    with refused("CON-48"):
        adjust(world, "0")


def test_sixteen_municipalities_share_a_budget_to_the_cent(system: Scope) -> None:
    """A region with four parts: sixteen municipalities in one contract, three members."""
    main = factories.main_contractor()
    towns = [
        factories.municipality(f"{number:04d}", f"Gemeente {number:02d}")
        for number in range(9001, 9017)
    ]
    # 15 times 6.2499 and the rest.
    shares = dict.fromkeys(towns[:-1], Decimal("6.2499"))
    shares[towns[-1]] = 100 - sum(shares.values(), Decimal(0))
    goods = list(factories.products(moved(system), main).values())[:2]
    contract = factories.municipal_contract(moved(system), main, "jw", shares, goods)
    upward_budgets.set_budget(
        scope=moved(system), contract=contract, year=2026, amount=Decimal("1234567.89")
    )
    total = budget_of(moved(system), contract, 2026).table.total
    found = shared(contract, 2026, total)
    assert len(found) == 16
    assert sum(amount for _name, _share, amount in found) == Decimal("1234567.89")
