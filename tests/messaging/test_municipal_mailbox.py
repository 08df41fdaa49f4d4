"""A municipality's software in the mailbox: what its key is for, whose messages, and a new key."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from hoofdaannemer.core.errors import NotAllowedError
from hoofdaannemer.core.scope import Role, system
from messaging.exchange.keymodels import MunicipalKey
from messaging.exchange.models import Channel, Leg, OutgoingMessage, Party
from messaging.exchange.services import channels, municipal_keys
from messaging.istandaard import parse, serialize
from tests.messaging import parties
from tests.messaging.parties import World
from tests.messaging.test_mailbox import LIST, Software, as_system

Accepting = Callable[[Leg, str], list[object]]


def key_for(world: World, *, town: Any = None, **may: Any) -> tuple[MunicipalKey, Software]:
    values = {"may_send": True, "may_fetch": True, **may}
    key, raw = municipal_keys.create(
        scope=values.pop("scope", system()),
        main_contractor=values.pop("main", world.main),
        municipality=town or world.town,
        label="zaaksysteem",
        **values,
    )
    return key, Software(raw)


@pytest.fixture
def start(world: World) -> OutgoingMessage:
    """A start of care that waits in the mailbox of the town."""
    channels.choose_transport(
        scope=world.system,
        main_contractor_id=world.main.pk,
        party=Party.of(world.town),
        transport=Channel.Transport.MAILBOX,
    )
    return parties.put_up(world, parties.start(world, world.main.organisation))


def test_fetch_and_acknowledge_a_start(world: World, start: OutgoingMessage) -> None:
    _key, town = key_for(world)
    [listed] = town.get().json()["messages"]
    assert (listed["id"], listed["type"]) == (start.pk, "JW305")
    assert parse(town.get(listed["url"]).content).is_valid
    assert town.post(f"{LIST}{start.pk}/ontvangen/").status_code == 204
    assert town.get().json() == {"messages": []}
    as_system()
    start.refresh_from_db()
    assert start.state == OutgoingMessage.State.DELIVERED


def test_hand_in_an_allocation(world: World, accepting: Accepting) -> None:
    got = accepting(Leg.UP, "301")
    _key, town = key_for(world)
    raw = serialize(parties.allocation(world))
    first, again = town.post(body=raw), town.post(body=raw)
    assert (first.status_code, first.json()["state"]) == (201, "handled")
    assert again.json() == first.json()
    assert len(got) == 1
    answer = parse(town.get(first.json()["answer"]["url"]).content).message
    assert answer is not None and answer.type.number == "302"


def test_in_the_name_of_another_municipality(world: World, accepting: Accepting) -> None:
    got = accepting(Leg.UP, "301")
    _key, village = key_for(world, town=world.village)
    verdict = village.post(body=serialize(parties.allocation(world))).json()
    assert (verdict["state"], verdict["answer"]) == ("rejected", None)
    assert not got


def test_messages_of_others_are_not_there(world: World, start: OutgoingMessage) -> None:
    down = parties.put_down(
        world, world.practice, parties.allocation(world, receiver=world.practice.agb), "down"
    )
    _key, village = key_for(world, town=world.village)
    _key, elsewhere = key_for(world, main=world.other_main)
    for software in (village, elsewhere):
        assert software.get().json() == {"messages": []}
        for row in (start, down):
            assert software.get(f"{LIST}{row.pk}/").status_code == 404
            assert software.post(f"{LIST}{row.pk}/ontvangen/").status_code == 404


@pytest.mark.parametrize("may", ["may_send", "may_fetch"])
def test_a_key_is_for_what_it_is_for(
    world: World, start: OutgoingMessage, accepting: Accepting, may: str
) -> None:
    accepting(Leg.UP, "301")
    _key, town = key_for(world, **{"may_send": False, "may_fetch": False, may: True})
    sent = town.post(body=serialize(parties.allocation(world)))
    taken = [town.get(), town.get(f"{LIST}{start.pk}/"), town.post(f"{LIST}{start.pk}/ontvangen/")]
    refused = taken if may == "may_send" else [sent]
    assert {one.status_code for one in refused} == {403}
    assert {one.json()["error"]["code"] for one in refused} == {"scope"}
    assert all(one.status_code < 300 for one in {sent, *taken} - set(refused))


def test_a_new_key_and_the_old_one_work_side_by_side_for_a_while(world: World) -> None:
    first, old = key_for(world)
    _second, new = key_for(world, overlap=timedelta(days=7))
    assert old.get().status_code == new.get().status_code == 200
    as_system()
    first.refresh_from_db()
    assert first.valid_until is not None
    MunicipalKey.objects.filter(pk=first.pk).update(valid_until=timezone.now())
    assert (old.get().status_code, new.get().status_code) == (401, 200)


def test_a_stopped_key(world: World) -> None:
    key, town = key_for(world)
    municipal_keys.revoke(scope=world.system, key=key)
    assert town.get().status_code == 401


def test_only_the_operator_makes_keys(world: World) -> None:
    with pytest.raises(NotAllowedError):
        key_for(world, scope=world.staff(Role.ADMINISTRATOR))


def test_the_command(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("municipal_key", "make", "10000001", "0307", "zaaksysteem", "--fetch")
    raw = capsys.readouterr().out.strip()
    assert Software(raw).get().status_code == 200
    as_system()
    call_command("municipal_key", "list")
    shown = capsys.readouterr().out
    assert "0307\tzaaksysteem\tfetch" in shown
    assert raw not in shown
    call_command("municipal_key", "stop", str(MunicipalKey.objects.get().pk))
    assert Software(raw).get().status_code == 401
    with pytest.raises(CommandError):
        call_command("municipal_key", "make", "10000001", "0307", "zaaksysteem")


@pytest.mark.parametrize("name", ["mailbox_placements", "mailbox_reports"])
def test_what_is_for_subcontractors_is_closed_to_a_municipality(world: World, name: str) -> None:
    """A key acts as staff of the main contractor, and must not read its clients by that."""
    _key, town = key_for(world)
    answers = [town.get(reverse(name)), town.post(reverse(name), body=b"plaatsing\n1\n")]
    assert [answer.status_code for answer in answers] == [403, 403]
    assert {answer.json()["error"]["code"] for answer in answers} == {"scope"}
