"""Buttons of the message pages: shown where the action is carried out, and only there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from hoofdaannemer.core import scope as scopes
from hoofdaannemer.core.scope import STAFF, SUBCONTRACTOR, Role
from messaging.exchange.models import IncomingMessage, OutgoingMessage
from messaging.exchange.services import outtray
from messaging.istandaard import serialize
from tests.conftest import become
from tests.messaging import parties
from tests.messaging.parties import World
from tests.messaging.test_pages import logged_in

ROLES = sorted(STAFF | SUBCONTRACTOR)
CARE = {Role.CARE_COORDINATOR, Role.CONTRACT_MANAGER}
Names = Mapping[Role, set[str]]


@pytest.fixture(autouse=True)
def out(settings: object, tmp_path: Path) -> None:
    settings.OUT_FOLDER = tmp_path / "out"  # type: ignore[attr-defined]


def is_done(browser: Client, url: str, typed: Mapping[str, object]) -> bool:
    browser.cookies.pop("messages", None)
    with transaction.atomic():
        response = browser.post(url, typed)
        told = [message.level_tag for message in get_messages(response.wsgi_request)]
        transaction.set_rollback(True)
    become(scopes.system())
    return response.status_code == 302 and "error" not in told


def offered(browser: Client, *pages: str) -> str:
    """The text of the pages that open for this browser."""
    texts = []
    for page in pages:
        response = browser.get(page)
        become(scopes.system())
        texts.append(response.content.decode() if response.status_code == 200 else "")
    return "".join(texts)


def walk(world: World, row: Any, names: Mapping[str, Mapping[str, object]]) -> Names:
    """What each role is offered about a message; asserts that this is what is done for it."""
    found: dict[Role, set[str]] = {}
    for role in ROLES:
        browser = logged_in(world, role)
        text = offered(browser, row.get_absolute_url(), reverse("message_attention"))
        urls = {name: reverse(name, args=[row.pk]) for name in names}
        shown = {name for name, url in urls.items() if f'"{url}"' in text}
        done = {name for name, url in urls.items() if is_done(browser, url, names[name])}
        assert shown == done, role
        if shown:
            found[role] = shown
    return found


# Received from a subcontractor


def received(state: str) -> Callable[[World], IncomingMessage]:
    def made(world: World) -> IncomingMessage:
        raw = serialize(parties.start(world, world.practice))
        row = parties.receive_down(world, world.practice, raw)
        row.state, row.next_try_at = state, None
        row.save(update_fields=["state", "next_try_at"])
        return row

    return made


def answered(world: World) -> IncomingMessage:
    """Rejected, and the sender was told so."""
    row = received("rejected")(world)
    row.refresh_from_db()
    message = parties.start(world, world.main.organisation)
    reply = parties.put_down(world, world.practice, message, "reply")
    reply.in_reply_to = row
    reply.save(update_fields=["in_reply_to"])
    return row


def settled_one(world: World) -> IncomingMessage:
    row = answered(world)
    row.settled_at = timezone.now()
    row.save(update_fields=["settled_at"])
    return row


RERUN, SETTLE = {"message_rerun"}, {"message_settle"}
ATTENDANTS = dict.fromkeys(CARE | {Role.ADMINISTRATOR}, RERUN)


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (received("handled"), {}),
        (received("parked"), ATTENDANTS),
        (received("failed"), ATTENDANTS),
        (received("unreadable"), ATTENDANTS),
        (received("rejected"), ATTENDANTS | dict.fromkeys(SUBCONTRACTOR, SETTLE)),
        (answered, dict.fromkeys(SUBCONTRACTOR, SETTLE)),
        (settled_one, {}),
    ],
    ids=["handled", "parked", "failed", "unreadable", "rejected", "answered", "settled"],
)
def test_received(world: World, made: Callable[[World], IncomingMessage], expected: Names) -> None:
    actions = {"message_rerun": {}, "message_settle": {"note": "Gebeld"}}
    assert walk(world, made(world), actions) == expected


# Sent to the municipality


def sent(world: World, **changes: Any) -> OutgoingMessage:
    row = parties.put_up(world, parties.start(world, world.main.organisation))
    outtray.sweep(scope=world.system)
    OutgoingMessage.objects.filter(pk=row.pk).update(**changes)
    row.refresh_from_db()
    return row


YESTERDAY = {"return_due_date": timezone.localdate() - timedelta(days=1)}
NOW = timezone.now()
AGAIN, DEALT = {"sent_message_resend"}, {"sent_message_settle"}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, {}),
        ({"accepted_at": NOW}, {}),
        (
            {"state": "failed", "delivered_at": None, "last_error": "vol"},
            dict.fromkeys(CARE | {Role.ADMINISTRATOR}, AGAIN),
        ),
        ({"refused_at": NOW}, dict.fromkeys(CARE, DEALT)),
        (YESTERDAY, dict.fromkeys(CARE, AGAIN | DEALT) | {Role.ADMINISTRATOR: AGAIN}),
        ({**YESTERDAY, "accepted_at": NOW}, {}),
        ({**YESTERDAY, "settled_at": NOW}, {}),
        ({"refused_at": NOW, "settled_at": NOW}, {}),
    ],
    ids=["new", "accepted", "failed", "refused", "late", "in time", "late settled", "settled"],
)
def test_sent(world: World, changes: dict[str, Any], expected: Names) -> None:
    actions = {"sent_message_resend": {}, "sent_message_settle": {"note": "Gebeld"}}
    assert walk(world, sent(world, **changes), actions) == expected
