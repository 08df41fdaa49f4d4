"""The way of messages to each party, chosen on a page: what waits goes along, nothing is lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone

from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.scope import Role, Scope
from messaging.exchange.services import channels, outtray
from messaging.exchange.tray import Party
from messaging.models import Channel, OutgoingMessage
from subcontracts.models import Subcontract
from tests import factories
from tests.billing.visitors import as_system, visitor
from tests.conftest import become
from tests.factories import World

WAY = Channel.Transport
State = OutgoingMessage.State


@pytest.fixture
def world(system: Scope) -> World:
    """One 301 waits in the mailbox of the subcontractor."""
    here = factories.world(system, relay=Subcontract.Relay.MESSAGES)
    channels.choose_transport(
        scope=system,
        main_contractor_id=here.main.pk,
        party=Party.of(here.pxq.organisation),
        transport=WAY.MAILBOX,
    )
    factories.place(here, factories.allocate(here))
    return here


def waiting(world: World) -> OutgoingMessage:
    return OutgoingMessage.objects.get(
        provider_organisation=world.pxq.organisation, message_type="301"
    )


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.CONTRACT_MANAGER])
def test_what_waits_is_told_and_counts_as_delivered_in_the_portal(world: World, role: Role) -> None:
    assert waiting(world).state == State.WAITING
    browser = visitor(world, role)
    listed = browser.get(reverse("channel_list"))
    rows = {row[0]: row for _caption, rows in listed.context["parts"] for row in rows}
    assert rows["Zorg in Beeld"][1] == str(WAY.MAILBOX.label)
    assert rows["Zorg in Beeld"][2].startswith("1 ")
    # Own teams get no messages, and each municipality of a contract stands there.
    assert set(rows) == {"Amersfoort", "Soest", "Zorg in Beeld", "Thuis Verder", "Praktijk De Brug"}
    page = reverse("channel_down_choose", args=[world.pxq.subcontractor.pk])
    asked = browser.post(page, {"transport": "portal"})
    assert len(asked.context["consequences"]) == 3
    as_system()
    assert waiting(world).state == State.WAITING
    browser.post(page, {"transport": "portal", "confirmed": "yes"})
    as_system()
    outtray.sweep(scope=factories.moved(world.system, timezone.now()))
    assert waiting(world).state == State.DELIVERED


def test_a_municipality_gets_the_mailbox_and_back(world: World) -> None:
    browser = visitor(world, Role.CONTRACT_MANAGER)
    page = reverse("channel_up_choose", args=[world.municipality.pk])
    # Without a connection no hub is offered, and a municipality has no portal.
    form = browser.get(page).context["form"]
    assert [value for value, _label in form.fields["transport"].choices] == ["folder", "mailbox"]
    for way in ("mailbox", "folder"):
        browser.post(page, {"transport": way, "confirmed": "yes"})
        as_system()
        assert Channel.objects.get(municipality=world.municipality).transport == way
    assert browser.post(page, {"transport": "ggk", "confirmed": "yes"}).context is not None
    as_system()
    assert Channel.objects.get(municipality=world.municipality).transport == "folder"
    with pytest.raises(RuleError, match="MSG-05"):
        channels.choose_transport(
            scope=world.system,
            main_contractor_id=world.main.pk,
            party=Party.of(world.municipality),
            transport=WAY.PORTAL,
        )


def test_what_waits_goes_out_by_folder_at_once(
    world: World, settings: object, tmp_path: Path
) -> None:
    settings.OUT_FOLDER = tmp_path  # type: ignore[attr-defined]
    scope = become(world.at(Role.ADMINISTRATOR))
    channels.choose_transport(
        scope=scope,
        main_contractor_id=world.main.pk,
        party=Party.of(world.pxq.organisation),
        transport=WAY.FOLDER,
    )
    become(world.system)
    outtray.sweep(scope=world.system)
    assert waiting(world).state == State.DELIVERED
    assert list(tmp_path.rglob("JW301-*.xml"))


def test_parties_of_others_are_not_there(world: World) -> None:
    browser = visitor(world, Role.CONTRACT_MANAGER)
    team = reverse("channel_down_choose", args=[world.own_team.subcontractor.pk])
    stranger = factories.municipality("0114", "Emmen")
    for page in (team, reverse("channel_up_choose", args=[stranger.pk])):
        assert browser.get(page).status_code == 404
    as_system()
