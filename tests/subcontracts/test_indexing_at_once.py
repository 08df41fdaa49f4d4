"""Two contract managers who decide about two rounds of one year at the same moment."""

from __future__ import annotations

import pytest

from hoofdaannemer.core.errors import ConflictError
from hoofdaannemer.core.scope import acting_as, system
from subcontracts.models import IndexRound, Tariff
from subcontracts.services import index_deciding, index_rounds
from tests.factories import World, moved
from tests.messaging.test_two_workers import at_once
from tests.subcontracts.indexing import DAY, indexing_world, manager

pytestmark = pytest.mark.django_db(transaction=True)


def draft(world: World) -> IndexRound:
    with acting_as(manager(world)) as scope:
        return index_rounds.prepare(scope=scope, main_contractor_id=world.main.pk, effective=DAY)


def test_one_of_two_rounds_is_decided() -> None:
    with acting_as(system()) as scope:
        world = indexing_world(moved(scope))
        second, third = manager(world, "b"), manager(world, "c")
    first_draft, second_draft = draft(world), draft(world)

    def decide(number: int) -> str:
        row, scope = ((first_draft, second), (second_draft, third))[number]
        try:
            with acting_as(scope) as acting:
                return index_deciding.decide(scope=acting, row=row).status
        except ConflictError:
            return "refused"

    assert sorted(at_once(lambda: decide(0), lambda: decide(1))) == ["decided", "refused"]
    with acting_as(system()):
        new = Tariff.objects.filter(start_date=DAY, product=world.products["guidance"])
        assert new.count() == new.values("subcontract").distinct().count()
