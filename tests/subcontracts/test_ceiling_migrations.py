"""Ceilings that were agreed before they had days (0004 to 0007) come out as they were."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor

from hoofdaannemer.core import scope as scopes
from subcontracts.models import ContractCeiling, Subcontract, SubcontractVersion
from subcontracts.services import contract_life, contracts
from tests import factories
from tests.conftest import as_owner
from tests.factories import World
from tests.subcontracts.setting_up import manager, ready, terms

#: Back and forth through every later migration takes a minute, and what has run is never changed.
pytestmark = pytest.mark.long
BEFORE, AFTER = "0004_take_over", "0007_no_ceiling_of_contracts"


@pytest.fixture
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """The owner of the tables, in one transaction of which nothing stays."""
    with django_db_blocker.unblock(), as_owner(), transaction.atomic():
        scope = scopes.system()
        scopes.apply(scope)
        yield factories.world(scope)
        transaction.set_rollback(True)


def migrate_to(name: str) -> None:
    with connection.cursor() as cursor:
        # Tables with checks still to come cannot be altered.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    MigrationExecutor(connection).migrate([("subcontracts", name)])
    # A migration says for whom it works, and leaves nobody.
    scopes.apply(scopes.system())


def ask(sql: str, *values: object) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall()) if cursor.description else []


def agreed(amounts: dict[int, Decimal | None]) -> None:
    """Give contracts a ceiling as they had it before: one column, without days."""
    for pk, amount in amounts.items():
        ask("UPDATE subcontracts_subcontract SET ceiling = %s WHERE id = %s", amount, pk)


def test_each_holds_from_the_first_day_of_its_contract(world: World) -> None:
    offered = ready(world)
    contract_life.offer(scope=manager(world), subcontract=offered)
    told = SubcontractVersion.objects.filter(subcontract=offered).order_by("offered_at").last()
    assert told is not None
    others = [
        contracts.create_subcontract(
            scope=manager(world),
            subcontractor=world.fte.subcontractor,
            municipal_contract=world.youth,
            terms=terms(f"O-{number}"),
        )
        for number in range(2)
    ]
    nothing, without = others
    migrate_to(BEFORE)
    agreed({row.pk: None for row in Subcontract.objects.only("pk")})
    agreed({offered.pk: Decimal("250000.00"), nothing.pk: Decimal(0), without.pk: None})
    migrate_to(AFTER)
    found = ContractCeiling.objects.order_by("pk")
    assert {row.subcontract_id: row.amount for row in found} == {
        offered.pk: Decimal("250000.00"),
        nothing.pk: Decimal(0),
    }
    assert [row.start_date for row in found] == [offered.start_date, nothing.start_date]
    assert {(row.main_contractor_id, row.provider_organisation_id) for row in found} == {
        (row.main_contractor_id, row.provider_organisation_id) for row in (offered, nothing)
    }
    # We knew it when it was offered last; of a draft nothing says when.
    assert found[0].recorded_at == told.offered_at
    assert [(found[1].recorded_at,)] == ask("SELECT now()")
    columns = "SELECT column_name FROM information_schema.columns WHERE table_name = %s"
    assert ("ceiling",) not in ask(columns, "subcontracts_subcontract")


def test_going_back_a_contract_keeps_the_one_that_holds(world: World) -> None:
    row = world.pxq.subcontract
    assert row is not None
    ContractCeiling.objects.filter(subcontract=row).delete()
    owners = {
        "main_contractor_id": row.main_contractor_id,
        "provider_organisation_id": row.provider_organisation_id,
        "recorded_at": world.system.at,
    }
    for amount, year in ((Decimal(100), row.start_date.year), (Decimal(300), 2999)):
        day = row.start_date.replace(year=year)
        ContractCeiling.objects.create(subcontract=row, amount=amount, start_date=day, **owners)
    migrate_to(BEFORE)
    # The one of 2999 has not begun.
    sql = "SELECT ceiling FROM subcontracts_subcontract WHERE id = %s"
    assert ask(sql, row.pk) == [(Decimal(100),)]
