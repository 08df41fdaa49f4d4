"""A contract that turns to standard messages begins with what runs already."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.scope import Role, Scope
from messaging.exchange.content import opened
from messaging.istandaard import parse
from messaging.istandaard.model.messages import AllocationMessage
from messaging.models import Leg, OutgoingMessage
from subcontracts.models import Placement, RelayMode, Subcontract
from subcontracts.services import first_relay, placements, relays
from tests import factories
from tests.conftest import become
from tests.factories import NOW, World, moved

Browse = Callable[..., Browser]
RELAY = Subcontract.Relay
TODAY = NOW.date()


@pytest.fixture
def here(system: Scope) -> World:
    return factories.world(system)


def turn(here: World, day: date = TODAY, mode: str = RELAY.MESSAGES) -> RelayMode:
    assert here.pxq.subcontract is not None
    return relays.set_mode(
        scope=moved(here.system), subcontract=here.pxq.subcontract, mode=mode, start_date=day
    )


def sent_numbers() -> list[list[int]]:
    """Numbers in each 301 downward, in order."""
    found = []
    for row in OutgoingMessage.objects.filter(message_type="301", leg=Leg.DOWN).order_by("pk"):
        message = parse(opened(row)).message
        assert isinstance(message, AllocationMessage)
        assert {one.change_reason for one in message.client.allocated_products} == {""}
        found.append([one.number for one in message.client.allocated_products])
    return found


def test_each_client_comes_once_with_all_that_runs(here: World) -> None:
    who = factories.person()
    first = factories.place(here, factories.allocate(here, who=who))
    second = factories.place(here, factories.allocate(here, "treatment", who=who), accepted=False)
    other = factories.place(here, factories.allocate(here))
    turn(here)
    assert first_relay.send_first(scope=moved(here.system)) == 2
    assert sent_numbers() == [[first.number, second.number], [other.number]]
    assert not Placement.objects.live().filter(message=None).exists()
    # The next hour there is nothing left to tell.
    assert first_relay.send_first(scope=moved(here.system)) == 0
    assert len(sent_numbers()) == 2


def test_it_begins_on_the_first_day(here: World) -> None:
    factories.place(here, factories.allocate(here))
    turn(here, TODAY + timedelta(days=2))
    for days, count in ((0, 0), (1, 0), (2, 1)):
        scope = moved(here.system, NOW + timedelta(days=days))
        assert first_relay.send_first(scope=scope) == count


def test_what_is_over_and_what_may_not_leave_stays(here: World) -> None:
    past = Period(date(2026, 1, 1), TODAY - timedelta(days=1))
    factories.place(here, factories.allocate(here, period=past))
    declined = factories.place(here, factories.allocate(here), accepted=False)
    placements.decline(scope=moved(here.system), placement=declined, reason="vol")
    sealed = factories.place(here, factories.allocate(here)).client
    sealed.is_sealed = True
    sealed.save()
    factories.place(here, factories.allocate(here, "support"), here.fte)  # stays in the portal
    turn(here)
    assert first_relay.send_first(scope=moved(here.system)) == 0


def test_without_consent_nothing_goes(here: World) -> None:
    factories.place(here, factories.allocate(here))
    here.youth.relay_consent_on = None
    here.youth.save()
    turn(here)
    assert first_relay.send_first(scope=moved(here.system)) == 0


def test_who_turned_back_hears_nothing(here: World) -> None:
    factories.place(here, factories.allocate(here))
    turn(here)
    turn(here, mode=RELAY.PORTAL)
    assert first_relay.send_first(scope=moved(here.system)) == 0


def test_the_page_says_how_many_will_go(here: World, browse: Browse) -> None:
    assert here.pxq.subcontract is not None
    page = reverse("subcontract_relay", args=[here.pxq.subcontract.pk])
    browser = browse(here, Role.CONTRACT_MANAGER)
    assert "301" not in browser.get(page).context["next_text"]
    become(here.system)
    period = Period(date(2026, 1, 1), date(2030, 12, 31))
    factories.place(here, factories.allocate(here, period=period))
    assert "301" in browser.get(page).context["next_text"]


def test_one_client_that_fails_stops_no_other(here: World, monkeypatch: pytest.MonkeyPatch) -> None:
    bad = factories.place(here, factories.allocate(here))
    good = factories.place(here, factories.allocate(here))
    turn(here)
    relay = first_relay.sending.relay

    def refusing(**about: Any) -> OutgoingMessage:
        if bad.pk in {row.pk for row in about["placements"]}:
            raise ValueError("broken")
        return relay(**about)

    monkeypatch.setattr(first_relay.sending, "relay", refusing)
    with pytest.raises(ExceptionGroup):
        first_relay.send_first(scope=moved(here.system))
    assert sent_numbers() == [[good.number]]
    monkeypatch.undo()
    assert first_relay.send_first(scope=moved(here.system)) == 1
