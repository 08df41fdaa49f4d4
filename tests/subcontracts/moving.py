"""Moves of care for tests: a second subcontractor to go to, and the worker that carries out."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from hoofdaannemer.core.scope import Role, Scope
from messaging.models import OutgoingMessage
from subcontracts.models import (
    CareMove,
    CareMoveItem,
    FundingLine,
    Placement,
    Subcontract,
    Subcontractor,
)
from subcontracts.services import moving, moving_out
from tests import factories
from tests.conftest import become
from tests.factories import NOW, Party, World

DAY = date(2026, 4, 1)
#: Some days after the move, when everybody reported.
AFTER = datetime(2026, 4, 8, 9, 0, tzinfo=UTC)


def other_party(world: World, name: str = "Nieuw Begin", **others: Any) -> Party:
    """Another subcontractor with a tariff for guidance and treatment."""
    goods = [world.products["guidance"], world.products["treatment"]]
    form = FundingLine.Form.PXQ
    return factories.party(world.system, world.main, world.youth, name, form, goods, **others)


def manager(world: World, at: datetime = NOW) -> Scope:
    return become(world.at(Role.CONTRACT_MANAGER, at=at))


def drafted(
    world: World, to: Subcontractor | None, *, day: date = DAY, at: datetime = NOW, **wish: Any
) -> CareMove:
    """The draft of a move of all care of the P*Q subcontractor."""
    assert world.pxq.subcontract is not None
    values: dict[str, Any] = {"day": day, "reason": "contract_end", "destination": to, **wish}
    return moving.prepare(
        scope=manager(world, at),
        subcontract=world.pxq.subcontract,
        wish=moving.Wish(**values),
    )


def carried_out(world: World, move: CareMove, *, at: datetime = NOW) -> CareMove:
    """The worker takes it up."""
    return moving_out.take_up(scope=become(world.system.moved_to(at)), move_id=move.pk)


def moved(world: World, to: Subcontractor | None, *, at: datetime = NOW, **wish: Any) -> CareMove:
    """Drawn up, confirmed and carried out."""
    move = drafted(world, to, at=at, **wish)
    moving.confirm(scope=manager(world, at), move=move)
    return carried_out(world, move, at=at)


def outcomes(move: CareMove) -> dict[int, tuple[str, str]]:
    """Status and code by the key of the old placement."""
    rows = CareMoveItem.objects.filter(move=move)
    return {row.placement_id: (row.status, row.code) for row in rows}


def next_of(placement: Placement) -> Placement:
    """Where a placement went."""
    found = CareMoveItem.objects.get(placement=placement, status="moved").new_placement
    assert found is not None
    return found


def told_up() -> list[str]:
    """Types of the messages to municipalities, in order."""
    rows = OutgoingMessage.objects.filter(leg="up").order_by("pk")
    return list(rows.values_list("message_type", flat=True))


def kept(party: Party) -> Subcontract:
    assert party.subcontract is not None
    return party.subcontract
