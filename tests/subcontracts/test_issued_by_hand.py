"""A 301 that somebody wrote, issued under a mandate."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.scope import Role, Scope
from messaging.istandaard.model.values import Product as MessageProduct
from messaging.models import MessageCopy
from subcontracts.models import AllocatedBy, Allocation, Subcontract
from tests import factories
from tests.factories import NOW, World
from tests.subcontracts.allocating import (
    by_hand,
    granted,
    under,
)


@pytest.fixture
def world(system: Scope) -> World:
    made = factories.world(system, relay=Subcontract.Relay.MESSAGES)
    under(made, AllocatedBy.MANDATE)
    return made


def test_a_301_by_hand_allocates_and_changes(world: World) -> None:
    who = factories.person()
    guidance = world.products["guidance"]
    row = by_hand(world, factories.allocated(guidance, number=800_000_000), who=who)
    assert (row.source, row.identification[:2]) == ("mandate", "HA")
    allocation = Allocation.objects.get()
    assert allocation.origin == AllocatedBy.MANDATE
    later = NOW + timedelta(seconds=5)
    shorter = Period(allocation.start_date, date(2026, 6, 30))
    by_hand(
        world,
        factories.allocated(
            guidance, number=800_000_000, period=shorter, decided=later, change_reason="05"
        ),
        who=who,
    )
    allocation.refresh_from_db()
    assert allocation.end_date == shorter.end
    # The next number is the one that nobody took.
    assert granted(world).number == 800_000_001


def test_a_301_by_hand_keeps_to_the_mandate(world: World) -> None:
    who = factories.person()
    guidance = world.products["guidance"]
    unagreed = MessageProduct(category="41", code="41A01")
    with pytest.raises(RuleError, match="MAN-08"):
        by_hand(world, factories.allocated(guidance, number=5), who=who)
    with pytest.raises(RuleError, match="TR381"):
        by_hand(world, replace(factories.allocated(guidance), product=unagreed), who=who)
    allocation = granted(world, who=who)
    other = Period(allocation.start_date, date(2026, 5, 31))
    with pytest.raises(RuleError, match="MAN-08"):
        by_hand(
            world,
            factories.allocated(
                guidance,
                number=allocation.number,
                period=other,
                decided=NOW - timedelta(days=1),
                change_reason="05",
            ),
            who=who,
        )
    assert MessageCopy.objects.count() == 1


def test_the_301_stands_among_the_messages_by_hand(world: World, browse: Any) -> None:
    page = browse(world, Role.CARE_COORDINATOR).get("/berichten/maken/")
    assert "301" in page.content.decode()
