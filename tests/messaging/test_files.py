"""Watched folder and commands: files in, files out."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from messaging.exchange.models import IncomingMessage, Leg, OutgoingMessage
from messaging.exchange.services import folders
from messaging.istandaard import parse, serialize
from tests.messaging import parties
from tests.messaging.parties import World

State = IncomingMessage.State
Accepting = Callable[[Leg, str], list[object]]


@pytest.fixture(autouse=True)
def home(settings: object, tmp_path: Path) -> Path:
    settings.OUT_FOLDER = tmp_path / "out"  # type: ignore[attr-defined]
    settings.WATCHED_FOLDER = tmp_path / "in"  # type: ignore[attr-defined]
    return tmp_path


def drop(home: Path, party: str, name: str, raw: bytes, *, kvk: str = "10000001") -> Path:
    path = home / "in" / kvk / party / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(raw)
    long_ago = time.time() - 60
    os.utime(path, (long_ago, long_ago))
    return path


def test_file_is_taken_answered_and_put_away(
    world: World, home: Path, accepting: Accepting
) -> None:
    accepting(Leg.UP, "301")
    path = drop(home, "0307", "a.xml", serialize(parties.allocation(world)))
    assert folders.take_in(scope=world.system) == 1
    row = IncomingMessage.objects.get()
    assert (row.state, row.source, row.municipality) == (State.HANDLED, "folder", world.town)
    assert not path.exists()
    assert (path.parent / "done" / "a.xml").exists()
    assert folders.take_in(scope=world.system) == 0


def test_file_of_a_subcontractor(world: World, home: Path, accepting: Accepting) -> None:
    accepting(Leg.DOWN, "305")
    drop(home, "94000001", "a.xml", serialize(parties.start(world, world.practice)))
    folders.take_in(scope=world.system)
    row = IncomingMessage.objects.get()
    assert (row.state, row.provider_organisation) == (State.HANDLED, world.practice)


def test_every_bad_file_is_kept_and_stops_no_good_one(
    world: World, home: Path, accepting: Accepting
) -> None:
    accepting(Leg.UP, "301")
    for place in range(3):
        drop(home, "0307", f"bad{place}.xml", b"\x1f\x8b" + bytes([place]))
        drop(home, "0307", f"good{place}.xml", serialize(parties.allocation(world)))
    assert folders.take_in(scope=world.system) == 6
    states = list(IncomingMessage.objects.values_list("state", flat=True))
    assert states.count(State.UNREADABLE) == states.count(State.HANDLED) == 3


@pytest.mark.parametrize(
    ("kvk", "party"), [("99999999", "0307"), ("10000001", "9999"), ("10000001", "94000003")]
)
def test_folder_of_nobody_is_left_alone(world: World, home: Path, kvk: str, party: str) -> None:
    path = drop(home, party, "a.xml", b"<a/>", kvk=kvk)
    assert folders.take_in(scope=world.system) == 0
    assert path.exists()


def test_file_that_is_being_written_is_left_alone(world: World, home: Path) -> None:
    path = drop(home, "0307", "a.xml", b"<half")
    os.utime(path)
    assert folders.take_in(scope=world.system) == 0
    assert path.exists()


def test_link_is_left_alone(world: World, home: Path) -> None:
    secret = home / "secret"
    secret.write_text("not for you")
    path = drop(home, "0307", "a.xml", b"")
    path.unlink()
    path.symlink_to(secret)
    assert folders.take_in(scope=world.system) == 0


def test_same_file_again_gives_the_first_answer_again(
    world: World, home: Path, accepting: Accepting
) -> None:
    got = accepting(Leg.UP, "301")
    raw = serialize(parties.allocation(world))
    _code, line = import_files(drop(home, "0307", "a.xml", raw))
    answer = Path(str(line["return_message"]))
    before = answer.read_bytes()
    answer.unlink()
    drop(home, "0307", "again.xml", raw)
    folders.take_in(scope=world.system)
    assert answer.read_bytes() == before
    assert len(got) == 1
    assert OutgoingMessage.objects.count() == 1


def import_files(*paths: Path, **options: str) -> tuple[int, dict[str, object]]:
    """Exit code and the last line."""
    out = StringIO()
    code = 0
    try:
        call_command("import_messages", *map(str, paths), json=True, stdout=out, **options)
    except SystemExit as end:
        code = int(end.code or 0)
    return code, json.loads(out.getvalue().splitlines()[-1])


def test_import_gives_the_answer(world: World, home: Path, accepting: Accepting) -> None:
    accepting(Leg.UP, "301")
    path = home / "a.xml"
    path.write_bytes(serialize(parties.allocation(world)))
    code, line = import_files(path)
    assert code == 0
    assert set(line) == {"file", "type", "accepted", "findings", "return_message"}
    assert (line["file"], line["type"], line["accepted"]) == (str(path), "JW301", True)
    assert line["findings"] == []
    answer = parse(Path(str(line["return_message"])).read_bytes()).message
    assert answer is not None and answer.type.number == "302"
    assert OutgoingMessage.objects.get().state == OutgoingMessage.State.DELIVERED
    again = import_files(path)
    assert again == (code, line)


def test_import_of_a_faulty_message(world: World, home: Path) -> None:
    path = home / "a.xml"
    path.write_bytes(serialize(parties.allocation(world, bsn="123456789")))
    code, line = import_files(home)
    assert code == 1
    assert line["accepted"] is False
    found = line["findings"]
    assert isinstance(found, list) and found[0]["code"] == "0001"
    assert set(found[0]) == {"rule", "code", "path", "message"}


def test_import_of_what_the_schema_refuses_is_kept(world: World, home: Path) -> None:
    raw = serialize(parties.allocation(world)).replace(b"Geslacht>", b"Kleur>")
    (home / "a.xml").write_bytes(raw)
    code, line = import_files(home)
    assert (code, line["type"], line["return_message"]) == (1, "JW301", None)
    assert IncomingMessage.objects.get().state == State.UNREADABLE


def test_import_of_no_message_at_all(world: World, home: Path) -> None:
    (home / "a.xml").write_bytes(b"<a/>")
    code, line = import_files(home)
    assert (code, line["type"], line["accepted"]) == (1, None, False)
    assert not IncomingMessage.objects.exists()


def test_import_from_a_subcontractor(world: World, home: Path, accepting: Accepting) -> None:
    accepting(Leg.DOWN, "305")
    (home / "a.xml").write_bytes(serialize(parties.start(world, world.practice)))
    assert import_files(home)[0] == 0
    reply = OutgoingMessage.objects.get()
    assert reply.provider_organisation == world.practice


def test_export_writes_what_waits(world: World, home: Path) -> None:
    message = parties.start(world, world.main.organisation)
    row = parties.put_up(world, message)
    out = StringIO()
    call_command("export_messages", str(home / "x"), json=True, stdout=out)
    line = json.loads(out.getvalue())
    assert Path(line["file"]).read_bytes() == serialize(message)
    assert (line["type"], line["party"], line["main_contractor"]) == ("JW305", "0307", "10000001")
    row.refresh_from_db()
    assert row.state == OutgoingMessage.State.WAITING
    call_command("export_messages", str(home / "x"), deliver=True, stdout=StringIO())
    row.refresh_from_db()
    assert row.state == OutgoingMessage.State.DELIVERED
    last = StringIO()
    call_command("export_messages", str(home / "x"), stdout=last)
    assert not last.getvalue()
