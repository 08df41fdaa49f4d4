"""Contracts both ways: what may exist together, and who may change it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from hoofdaannemer.core.errors import NotAllowedError, RuleError
from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.scope import Role, Scope
from subcontracts.models import FundingLine, Tariff
from subcontracts.services import contracts
from tests import factories
from tests.conftest import become


def test_shares_must_add_up(system: Scope) -> None:
    main = factories.main_contractor()
    half = {factories.municipality("0307", "Amersfoort"): Decimal("50")}
    with pytest.raises(RuleError, match="CON-01"):
        factories.municipal_contract(system, main, "jw", half, [])


def test_one_line_for_a_product_at_a_time(system: Scope) -> None:
    world = factories.world(system)
    assert world.pxq.subcontract
    line = contracts.LineTerms(
        name="Tweede",
        form=FundingLine.Form.FTE,
        period=factories.YEAR,
        parameters={"fte": "2", "price": "98000"},
        products=[world.products["guidance"]],
    )
    with pytest.raises(RuleError, match="CON-03"):
        contracts.add_funding_line(scope=world.system, subcontract=world.pxq.subcontract, line=line)


def test_new_tariff_ends_the_open_one_the_day_before(system: Scope) -> None:
    world = factories.world(system)
    assert world.pxq.subcontract
    contracts.set_tariff(
        scope=world.system,
        subcontract=world.pxq.subcontract,
        product=world.products["guidance"],
        amount=Decimal("69.27"),
        period=Period(date(2026, 4, 1)),
    )
    rows = Tariff.objects.filter(product=world.products["guidance"]).order_by("start_date")
    assert [(row.amount, row.end_date) for row in rows] == [
        (Decimal("66.0000"), date(2026, 3, 31)),
        (Decimal("69.2700"), None),
    ]


@pytest.mark.parametrize("amount", [Decimal(0), Decimal("-1")])
def test_tariff_is_more_than_zero(system: Scope, amount: Decimal) -> None:
    world = factories.world(system)
    assert world.pxq.subcontract
    with pytest.raises(RuleError, match="CON-04"):
        contracts.set_tariff(
            scope=world.system,
            subcontract=world.pxq.subcontract,
            product=world.products["guidance"],
            amount=amount,
            period=factories.YEAR,
        )


@pytest.mark.parametrize("role", [Role.CARE_COORDINATOR, Role.CONTROLLER, Role.SUBCONTRACTOR_ADMIN])
def test_only_contract_managers_change_tariffs(system: Scope, role: Role) -> None:
    world = factories.world(system)
    assert world.pxq.subcontract
    scope = become(world.at(role, world.pxq if role == Role.SUBCONTRACTOR_ADMIN else None))
    with pytest.raises(NotAllowedError):
        contracts.set_tariff(
            scope=scope,
            subcontract=world.pxq.subcontract,
            product=world.products["guidance"],
            amount=Decimal("70"),
            period=Period(date(2026, 4, 1)),
        )
