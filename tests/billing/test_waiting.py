"""Declarations whose entitlements stay away: who is told, and where one sees them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from billing import tasks
from billing.models import Declaration
from billing.selectors.waiting import ENTITLE
from billing.services import entitling
from hoofdaannemer.core.models import Heartbeat
from hoofdaannemer.core.scope import STAFF, SUBCONTRACTOR, Role, Scope
from messaging.exchange import health
from subcontracts import worklist
from subcontracts.selectors import traffic
from tests.billing.build import declare, line, placement
from tests.billing.visitors import as_system, visitor
from tests.conftest import become
from tests.factories import NOW, World, world

MONEY = {Role.CONTRACT_MANAGER, Role.CONTROLLER}


@pytest.fixture
def chain(system: Scope, settings: Any) -> World:
    settings.WAITING_MINUTES = 30
    made = world(system)
    declare(made, line(placement(made)))
    return made


def later(chain: World, role: Role, minutes: int) -> Scope:
    declared = Declaration.objects.get().recorded_at
    party = chain.pxq if role in SUBCONTRACTOR else None
    return chain.at(role, party, at=declared + timedelta(minutes=minutes))


@pytest.mark.parametrize("role", sorted(STAFF | SUBCONTRACTOR))
def test_who_handles_money_is_told_after_the_setting(chain: World, role: Role) -> None:
    in_time, too_late = later(chain, role, 30), later(chain, role, 31)
    become(in_time)
    assert health.late(in_time) == []
    address = f"{reverse('declaration_list')}?entitled=waiting"
    expected = [address] if role in MONEY else []
    assert [one.url for one in health.late(too_late)] == expected
    shown = [item.url for item in worklist.items(too_late) if item.kind == traffic.KIND]
    assert shown == expected


def test_what_is_recorded_waits_no_longer(chain: World) -> None:
    entitling.entitle(scope=chain.system, subcontractor=chain.pxq.subcontractor)
    controller = later(chain, Role.CONTROLLER, 999)
    assert health.late(become(controller)) == []


def test_the_list_behind_the_number(chain: World) -> None:
    browser = visitor(chain, Role.CONTROLLER)
    found = {}
    for choice in ("waiting", "recorded"):
        page = browser.get(reverse("declaration_list"), {"entitled": choice})
        found[choice] = page.context["count"]
    assert found == {"waiting": 1, "recorded": 0}


def test_recording_gives_a_sign_of_life(chain: World) -> None:
    tasks.entitle_declared()
    as_system()
    assert Declaration.objects.get().entitled_at is not None
    row = Heartbeat.objects.get(name=ENTITLE)
    assert row.ended_at
    assert row.ended_at >= row.began_at > NOW
