"""Whoever walks the demo is the municipality: a 301, a faulty one, and the answer to a 315."""

from __future__ import annotations

import io
import json
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from hoofdaannemer.core.errors import NotAllowedError
from hoofdaannemer.core.scope import Role, Scope
from hoofdaannemer.scenarios import play
from messaging.exchange.services import folders
from messaging.istandaard import parse
from messaging.models import IncomingMessage, OutgoingMessage
from subcontracts.models import Allocation, CareRequest, Client
from tests import factories
from tests.billing.visitors import as_system, visitor
from tests.factories import World

State = IncomingMessage.State


@pytest.fixture
def world(system: Scope, settings: Any, tmp_path: Path) -> World:
    settings.DEMO = True
    settings.WATCHED_FOLDER = tmp_path / "in"
    return factories.world(system)


def chosen(world: World, **changes: str) -> dict[str, str]:
    return {"seat": "0307-jw", "content": "right", "way": "at_once"} | changes


def test_a_301_brings_a_client_whom_nobody_knew(world: World) -> None:
    browser = visitor(world, Role.CARE_COORDINATOR)
    sent = browser.post(reverse("demo_municipality"), chosen(world))
    as_system()
    row = IncomingMessage.objects.get()
    assert (row.state, row.source) == (State.HANDLED, IncomingMessage.Source.UPLOAD)
    assert sent.url == row.get_absolute_url()  # type: ignore[attr-defined]
    assert OutgoingMessage.objects.get(message_type="302").in_reply_to == row
    assert (Client.objects.count(), Allocation.objects.count()) == (1, 1)
    browser.post(reverse("demo_municipality"), chosen(world, seat="0307-wmo"))
    as_system()
    assert Client.objects.count() == 2


def test_a_faulty_one_is_returned(world: World) -> None:
    browser = visitor(world, Role.CONTRACT_MANAGER)
    browser.post(reverse("demo_municipality"), chosen(world, content="faulty"))
    as_system()
    row = IncomingMessage.objects.get()
    assert row.state == State.REJECTED
    assert [one.rule for one in row.findings.all()] == ["CS002"]
    assert not Client.objects.exists()


def test_a_download_is_a_message_and_a_drop_is_taken_in(world: World, tmp_path: Path) -> None:
    browser = visitor(world, Role.CARE_COORDINATOR)
    taken = browser.post(reverse("demo_municipality"), chosen(world, way="download"))
    parsed = parse(taken.content)
    assert (parsed.message is not None, parsed.rejections) == (True, ())
    browser.post(reverse("demo_municipality"), chosen(world, way="drop"))
    as_system()
    assert not IncomingMessage.objects.exists()
    [dropped] = (tmp_path / "in").rglob("*.xml")
    # A file that was written this moment may still grow, and is left for the next time.
    os.utime(dropped, (0, 0))
    assert folders.take_in(scope=factories.moved(world.system, timezone.now())) == 1
    assert IncomingMessage.objects.get().state == State.HANDLED


def _asked(world: World) -> None:
    """A 315 that went up, made on the page of requests."""
    browser = visitor(world, Role.CARE_COORDINATOR)
    day = timezone.localdate()
    made = browser.post(
        reverse("request_new"),
        {
            "bsn": factories.bsn(),
            "birth_date": "2012-05-04",
            "sex": "2",
            "surname": "Kanarie",
            "initials": "A",
            "municipality": world.municipality.pk,
            "product": world.products["guidance"].pk,
            "start_date": day.strftime("%d-%m-%Y"),
            "end_date": (day + timedelta(days=90)).strftime("%d-%m-%Y"),
            "guardian_known": "1",
            "volume": "4",
            "frequency": "2",
            "unit": "04",
            "referrer_type": "02",
            "referrer_name": "Dr. De Wit",
        },
    )
    as_system()
    assert made.status_code == 302, made.context["form"].errors


def test_an_open_315_is_answered_and_allocated(world: World) -> None:
    _asked(world)
    request = OutgoingMessage.objects.get(message_type="315")
    browser = visitor(world, Role.CARE_COORDINATOR)
    page = browser.get(reverse("demo_municipality"))
    [listed] = page.context["requests"]
    browser.post(listed["answer_url"])
    as_system()
    request.refresh_from_db()
    assert request.accepted_at is not None
    assert Allocation.objects.get().product == world.products["guidance"]
    assert CareRequest.objects.get().status == CareRequest.Status.ANSWERED
    assert not browser.get(reverse("demo_municipality")).context["requests"]
    before = IncomingMessage.objects.count()
    browser.post(listed["answer_url"])
    as_system()
    assert IncomingMessage.objects.count() == before


def _run(*arguments: str) -> list[dict[str, Any]]:
    out = io.StringIO()
    call_command("play_municipality", *arguments, "--json", stdout=out, stderr=io.StringIO())
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_the_command_does_the_same(world: World, tmp_path: Path) -> None:
    kvk = world.main.organisation.kvk
    [told] = _run("allocate", "--municipality", "0342", "--law", "jw", "--main-contractor", kvk)
    assert told == {
        "municipality": "0342",
        "law": "jw",
        "type": "JW301",
        "accepted": True,
        "codes": [],
    }
    [wrong] = _run("faulty", "--main-contractor", kvk)
    assert (wrong["accepted"], wrong["codes"]) == (False, ["0001"])
    [dropped] = _run("allocate", "--drop", "--main-contractor", kvk)
    assert Path(dropped["file"]).parent.parent == tmp_path / "in" / kvk
    [written] = _run("allocate", "--out", str(tmp_path / "away"), "--main-contractor", kvk)
    assert parse(Path(written["file"]).read_bytes()).message is not None
    _asked(world)
    assert [one["type"] for one in _run("answer", "--main-contractor", kvk)] == ["JW316", "JW301"]
    assert _run("answer", "--main-contractor", kvk) == []


def test_the_watched_folders_are_made(world: World, tmp_path: Path) -> None:
    kvk = world.main.organisation.kvk
    assert play.make_folders(world.system) == [tmp_path / "in" / kvk]
    assert {one.name for one in (tmp_path / "in" / kvk).iterdir()} == {"0307", "0342"}


def test_outside_the_demo_there_is_nothing_of_it(world: World, settings: Any) -> None:
    settings.DEMO = False
    browser = visitor(world, Role.CARE_COORDINATOR)
    page = reverse("demo_municipality")
    assert browser.get(page).status_code == 404
    assert browser.post(page, chosen(world)).status_code == 404
    assert browser.post(reverse("demo_request_answer", args=[1])).status_code == 404
    as_system()
    with pytest.raises(CommandError):
        call_command("play_municipality", "allocate")
    with pytest.raises(NotAllowedError):
        play.seats(world.system, world.main)
    assert not IncomingMessage.objects.exists()
