"""A message type that nobody makes yet: the 301, as a mandate would let staff make it."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.scope import CARE, Role, Scope
from messaging.exchange.entry import registry, typed
from messaging.exchange.entry.registry import Destination, Elsewhere, Maker
from messaging.istandaard import Family, Message
from messaging.istandaard.model.messages import AllocationMessage
from tests.messaging import parties
from tests.messaging.parties import World
from tests.messaging.test_pages import as_system, logged_in

PAGE = reverse("message_entry", args=["jw301"])


class Register:
    """Where a mandate would keep what was allocated."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.taken: list[tuple[Destination, Message]] = []
        self.refusal: RuleError | None = None

    def destinations(self, scope: Scope, family: Family) -> list[Destination]:
        if family != Family.JW:
            return []
        main, town = self.world.main, self.world.town
        return [Destination(main, town, family, sender=town.code, receiver=main.agb)]

    def take(self, scope: Scope, destination: Destination, message: Message) -> Any:
        if self.refusal:
            raise self.refusal
        self.taken.append((destination, message))
        return parties.put_up(self.world, parties.start(self.world, self.world.main.organisation))


@pytest.fixture
def mandate(world: World, monkeypatch: pytest.MonkeyPatch) -> Register:
    monkeypatch.setattr(registry, "_makers", {})
    monkeypatch.setattr(registry, "_elsewhere", {})
    register = Register(world)
    registry.register(
        Maker(
            number="301",
            roles=CARE,
            purpose="Allocate under the mandate.",
            usual="message_list",
            usual_label="Messages",
            destinations=register.destinations,
            send=register.take,
            next_text="It goes to the provider.",
        )
    )
    return register


def form(world: World, page: Any) -> dict[str, str]:
    desk = page.context["desk"]
    texts = typed.values_of(parties.allocation(world))
    return {**desk.values, **texts, "_number": desk.number, "_destination": desk.destination.key}


def test_one_call_lets_staff_make_a_301(world: World, mandate: Register) -> None:
    browser = logged_in(world, Role.CARE_COORDINATOR)
    page = browser.get(PAGE)
    assert page.status_code == 200
    facts = dict(page.context["facts"])
    assert world.town.code in facts.values()
    texts = form(world, page)
    as_system()
    answer = browser.post(PAGE, {**texts, "_send": "1"})
    assert answer.status_code == 302
    [(destination, message)] = mandate.taken
    assert isinstance(message, AllocationMessage)
    assert (message.header.sender, message.header.receiver) == (world.town.code, world.main.agb)
    assert message.client.allocated_products[0].product == parties.Product(
        category="45", code="45A04"
    )
    assert destination.municipality == world.town
    assert (
        browser.get(reverse("message_entry", args=["wmo301"])).context["desk"].destination is None
    )


def test_what_the_register_refuses_is_told_and_nothing_typed_is_lost(
    world: World, mandate: Register
) -> None:
    browser = logged_in(world, Role.CARE_COORDINATOR)
    texts = form(world, browser.get(PAGE))
    as_system()
    mandate.refusal = RuleError("MAN-01", "Nobody may allocate this.")
    answer = browser.post(PAGE, {**texts, "_send": "1"})
    assert answer.status_code == 200
    assert [str(one) for one in answer.context["messages"]] == [str(mandate.refusal)]
    assert answer.context["desk"].values.items() <= texts.items()


def test_what_is_done_elsewhere_is_named_until_it_can_be_made_here(
    world: World, mandate: Register
) -> None:
    done = Elsewhere("305", CARE, "From what is reported.", "message_list", "Messages")
    registry.register_elsewhere(done)
    staff = world.staff(Role.CARE_COORDINATOR)
    assert registry.elsewhere_for(staff) == [done]
    assert registry.maker_for(staff, "305") is None
    registry.register(
        Maker("305", CARE, "", "message_list", "", mandate.destinations, mandate.take, "")
    )
    assert registry.elsewhere_for(staff) == []
    assert [one.number for one in registry.makers_for(staff)] == ["301", "305"]
    assert registry.makers_for(world.staff(Role.CONTROLLER)) == []
