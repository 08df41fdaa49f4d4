"""A tariff that was built up, for the tests of tariffs in the open."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from subcontracts.models import Product, TariffBuildup
from subcontracts.services import buildups
from subcontracts.services.buildups import ParameterFacts
from tests.conftest import become
from tests.factories import World
from tests.subcontracts.indexing import manager

#: Name, kind, value: € 60.000 a year over 1.200 hours is € 50,00; with 10 percent on top € 55,00.
SIMPLE = (
    ("Loonkosten", "yearly", "60000"),
    ("Uren per jaar", "hours", "1500"),
    ("Direct voor de cliënt", "productive", "80"),
    ("Overhead", "percent", "10"),
)


def facts(name: str, kind: str, value: str, **changes: Any) -> ParameterFacts:
    """One line, from the collective agreement."""
    values: dict[str, Any] = {"element": "professional", "source": "cao Jeugdzorg"}
    return ParameterFacts(name=name, kind=kind, value=Decimal(value), **values | changes)


def drawn_up(
    world: World,
    product: Product | None = None,
    lines: tuple[tuple[str, str, str], ...] = SIMPLE,
    **changes: Any,
) -> TariffBuildup:
    """A draft by the first contract manager."""
    scope = become(manager(world, **changes))
    row = buildups.draft(scope=scope, product=product or world.products["guidance"])
    for one in lines:
        buildups.set_parameter(scope=scope, buildup=row, facts=facts(*one))
    row.refresh_from_db()
    return row


def settled(world: World, *args: Any, **changes: Any) -> TariffBuildup:
    """Settled by the second."""
    row = drawn_up(world, *args, **changes)
    return buildups.settle(scope=become(manager(world, "b", **changes)), buildup=row)
