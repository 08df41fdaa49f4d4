"""Whether the traffic moves: what waits too long, silent workers, and who is told."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from hoofdaannemer.audit.models import ChangeRecord
from hoofdaannemer.core import heartbeats
from hoofdaannemer.core.models import Heartbeat
from hoofdaannemer.core.scope import STAFF, SUBCONTRACTOR, Role, Scope
from messaging.exchange import dispatcher, health, reasons, selectors, tasks
from messaging.exchange.dispatcher import Outcome, Park
from messaging.exchange.hubmodels import HubEnvelope
from messaging.exchange.models import Channel, IncomingMessage, Leg, OutgoingMessage
from messaging.exchange.services import intake, outtray
from messaging.istandaard import serialize
from subcontracts import worklist
from subcontracts.selectors import traffic
from tests.conftest import become
from tests.messaging import parties
from tests.messaging.parties import World
from tests.messaging.test_pages import as_system, logged_in

ATTENDANTS = {Role.CONTRACT_MANAGER, Role.CARE_COORDINATOR, Role.ADMINISTRATOR}
WORK = {health.SWEEP_INCOMING, health.SWEEP_OUTGOING, health.WATCH_FOLDERS}


@pytest.fixture(autouse=True)
def folders(settings: Any, tmp_path: Path) -> None:
    settings.OUT_FOLDER, settings.WATCHED_FOLDER = tmp_path / "out", tmp_path / "in"
    settings.WAITING_MINUTES, settings.PICK_UP_HOURS, settings.WORKER_SILENT_MINUTES = 30, 72, 5


def later(scope: Scope, **passed: float) -> Scope:
    return scope.moved_to(scope.at + timedelta(**passed))


def late(scope: Scope) -> list[tuple[str, int]]:
    return [(one.label, one.count) for one in health.late(scope)]


def start_of(world: World) -> bytes:
    return serialize(parties.start(world, world.practice))


# What waits


def test_a_message_that_nobody_handles_is_late_after_the_setting(world: World) -> None:
    parties.receive_down(world, world.practice, start_of(world))
    coordinator = world.staff(Role.CARE_COORDINATOR)
    (first, *_rest) = health.waiting(coordinator)
    assert (first.count, first.oldest) == (1, world.system.at)
    assert late(later(coordinator, minutes=30)) == []
    assert len(late(later(coordinator, minutes=31))) == 1


def test_what_waits_to_be_sent_is_told_apart(world: World) -> None:
    """Ours to deliver is late in minutes, theirs to take in days."""
    Channel.objects.create(
        main_contractor=world.main,
        leg="down",
        provider_organisation=world.practice,
        transport=Channel.Transport.MAILBOX,
    )
    parties.put_up(world, parties.start(world, world.main.organisation), "up")
    relayed = parties.allocation(world, receiver=world.practice.agb)
    parties.put_down(world, world.practice, relayed, "down")
    manager = world.staff(Role.CONTRACT_MANAGER)
    assert [one.count for one in health.waiting(manager)[:6]] == [0, 0, 0, 1, 1, 0]
    ours = late(later(manager, minutes=31))
    assert len(ours) == 1
    both = late(later(manager, hours=73))
    assert len(both) == 2
    assert ours[0] in both


def test_a_parked_message_is_late_after_its_own_moment(world: World) -> None:
    row = parties.receive_down(world, world.practice, start_of(world))
    until = world.system.at + timedelta(days=3)
    IncomingMessage.objects.filter(pk=row.pk).update(state="parked", parked_until=until)
    manager = world.staff(Role.CONTRACT_MANAGER)
    assert late(later(manager, days=3, minutes=29)) == []
    assert len(late(later(manager, days=3, minutes=31))) == 1


def test_an_envelope_that_was_refused_is_for_a_person_at_once(world: World) -> None:
    HubEnvelope.objects.create(
        main_contractor=world.main,
        hub="ggk",
        state="refused",
        digest=b"1" * 32,
        content=b"",
        received_at=world.system.at,
        receipt=uuid4(),
    )
    found = health.late(later(world.staff(Role.ADMINISTRATOR), seconds=1))
    assert [(one.count, one.url) for one in found] == [(1, reverse("message_attention"))]


@pytest.mark.parametrize("model", [IncomingMessage, OutgoingMessage])
def test_what_failed_is_for_a_person_at_once(world: World, model: Any) -> None:
    if model is IncomingMessage:
        parties.receive_down(world, world.practice, start_of(world))
    else:
        parties.put_up(world, parties.start(world, world.main.organisation))
    model.objects.update(state="failed", next_try_at=None, last_error="vol")
    found = health.late(later(world.staff(Role.ADMINISTRATOR), seconds=1))
    assert [one.url for one in found] == [reverse("message_attention")]


def test_another_main_contractors_messages_do_not_count(world: World) -> None:
    parties.receive_down(world, world.practice, start_of(world))
    other = become(world.staff(Role.ADMINISTRATOR, world.other_main))
    assert {one.count for one in health.waiting(other)} == {0}
    assert late(later(other, days=9)) == []


# Signs of life


def test_work_that_ends_gives_a_sign_and_work_that_fails_does_not(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    tasks.sweep_incoming()
    tasks.sweep_outgoing()
    tasks.watch_folders()
    signs = heartbeats.last(WORK)
    assert set(signs) == WORK
    assert all(row.ended_at and row.ended_at >= row.began_at for row in signs.values())

    def broken(**_given: object) -> int:
        raise ZeroDivisionError

    monkeypatch.setattr(outtray, "sweep", broken)
    before = signs[health.SWEEP_OUTGOING].ended_at
    with pytest.raises(ZeroDivisionError):
        tasks.sweep_outgoing()
    after = Heartbeat.objects.get(name=health.SWEEP_OUTGOING)
    assert after.ended_at == before
    assert after.began_at > after.ended_at


def test_a_worker_is_silent_after_the_setting(world: World) -> None:
    tasks.sweep_incoming()
    ended = Heartbeat.objects.get(name=health.SWEEP_INCOMING).ended_at
    assert ended
    scope = world.staff(Role.ADMINISTRATOR)

    def silent(minutes: int) -> list[str]:
        moment = scope.moved_to(ended + timedelta(minutes=minutes))
        return [one.label for one in health.signs(moment) if one.is_silent]

    # The work of others, and what never ran, is silent all the time.
    assert len(silent(6)) == len(silent(5)) + 1


# Who is told


def test_the_work_list_of_who_must_act(world: World) -> None:
    parties.receive_down(world, world.practice, start_of(world))
    tasks.sweep_outgoing()
    ended = timezone.now()
    for role in sorted(STAFF):
        scope = become(world.staff(role).moved_to(ended + timedelta(hours=1)))
        found = list(traffic.items(scope))
        kinds = {str(item.kind) for item in worklist.items(scope)}
        # That a worker fell silent is for who can start it.
        expected = 1 + (role == Role.ADMINISTRATOR) if role in ATTENDANTS else 0
        assert len(found) == expected, role
        assert (str(traffic.KIND) in kinds) is (role in ATTENDANTS)
    for role in sorted(SUBCONTRACTOR):
        mine = Scope(role, organisation_id=world.practice.pk, at=ended + timedelta(hours=1))
        assert list(traffic.items(become(mine))) == []


def test_a_fresh_installation_raises_no_alarm(world: World) -> None:
    assert not Heartbeat.objects.exists()
    assert list(traffic.items(world.staff(Role.ADMINISTRATOR))) == []


def opened(browser: Client, name: str, *args: int) -> str:
    response = browser.get(reverse(name, args=args))
    assert response.status_code == 200
    as_system()
    return response.content.decode()


def test_the_page_shows_counts_and_no_content(world: World) -> None:
    row = parties.receive_down(world, world.practice, start_of(world))
    IncomingMessage.objects.update(state="failed", last_error="ValueError (x.py:3)")
    browser = logged_in(world, Role.ADMINISTRATOR)
    text = opened(browser, "message_health")
    assert "ha-alert--negative" in text, "no worker ever ran"
    assert "ha-alert--warning" in text
    assert reverse("message_attention") in text
    assert parties.BSN not in text
    assert "ValueError" not in text
    IncomingMessage.objects.filter(pk=row.pk).update(state="received")
    text = opened(browser, "message_health")
    # The board is not the administrator's to open.
    assert f"{reverse('message_list')}?state=received" not in text


# Trying again


def failed(world: World) -> OutgoingMessage:
    row = parties.put_up(world, parties.start(world, world.main.organisation))
    OutgoingMessage.objects.update(
        state="failed", attempts=5, next_try_at=None, last_error="No space left (/out)"
    )
    row.refresh_from_db()
    return row


def test_trying_again_is_asked_first_and_recorded(world: World) -> None:
    row = failed(world)
    browser = logged_in(world, Role.CARE_COORDINATOR)
    text = opened(browser, "sent_message_resend", row.pk)
    assert "No space left" in text
    assert text.count("<li>") >= 3
    row.refresh_from_db()
    assert row.state == "failed"
    assert browser.post(reverse("sent_message_resend", args=[row.pk])).status_code == 302
    as_system()
    row.refresh_from_db()
    assert (row.state, row.attempts) == ("waiting", 0)
    assert ChangeRecord.objects.filter(verb="message.resent", row=row.pk).count() == 1
    # Somebody else was first: nothing to confirm any more.
    text = opened(browser, "sent_message_resend", row.pk)
    assert "ha-empty" in text


def test_a_parked_message_may_be_judged_before_its_time(world: World) -> None:
    """It parks again until the same moment, where what it waits for has not come."""
    until = world.system.at + timedelta(hours=5)
    known = False

    def handler(scope: Scope, incoming: IncomingMessage, message: object) -> Outcome:
        if not known:
            raise Park(max(until, scope.at + timedelta(hours=5)), "De start ontbreekt.")
        return Outcome()

    dispatcher.register(Leg.DOWN, "305", handler)
    row = parties.handled(world, parties.receive_down(world, world.practice, start_of(world)))
    assert (row.state, row.parked_until) == ("parked", until)
    coordinator = world.staff(Role.CARE_COORDINATOR)
    assert "De start ontbreekt." in selectors.attention(coordinator)[0].reason
    intake.rerun(scope=later(coordinator, hours=1), message_id=row.pk)
    intake.sweep(scope=later(world.system, hours=1))
    row.refresh_from_db()
    assert (row.state, row.parked_until) == ("parked", until)
    known = True
    intake.rerun(scope=later(coordinator, hours=2), message_id=row.pk)
    intake.sweep(scope=later(world.system, hours=2))
    row.refresh_from_db()
    assert row.state == "handled"


@pytest.mark.parametrize(
    ("state", "error", "told"),
    [
        ("failed", "ZeroDivisionError (care.py:12)", "ZeroDivisionError (care.py:12)"),
        ("failed", "ZeroDivisionError", "ZeroDivisionError"),
        ("failed", "Een zin voor een mens.", "Een zin voor een mens."),
        ("parked", "De start ontbreekt.", "De start ontbreekt."),
        ("unreadable", "", ""),
        ("rejected", "", ""),
    ],
)
def test_the_reason_is_a_sentence(state: str, error: str, told: str) -> None:
    row = IncomingMessage(state=state, last_error=error, attempts=5, parked_until=timezone.now())
    reason = reasons.why_received(row)
    assert told in reason
    assert len(reason.split()) >= 4
    assert reason.endswith(".")
