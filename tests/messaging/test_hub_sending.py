"""Sending by a hub over HTTPS: receipts, lost ones, faults for now and faults for good."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.scope import Role, system
from messaging.exchange import reasons, selectors
from messaging.exchange.hubmodels import Hub as Hubs
from messaging.exchange.models import Channel, OutgoingMessage, Party
from messaging.exchange.services import channels, outtray
from messaging.exchange.transports import multipart, stuf, vsp
from messaging.exchange.transports.envelopes import Envelope
from messaging.istandaard import serialize
from tests.messaging import hub_world, parties
from tests.messaging.hub_server import Authority, Hub, Request, running
from tests.messaging.hub_world import fault, receipt, silent
from tests.messaging.parties import World

State = OutgoingMessage.State


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path, "overheid")


@pytest.fixture
def hub(authority: Authority) -> Iterator[Hub]:
    with running(authority) as found:
        found.answers = [receipt]
        yield found


@pytest.fixture
def files(authority: Authority) -> dict[str, Path]:
    certificate, key = authority.issue("hoofdzorg")
    return {"certificate": certificate, "key": key, "authority": authority.path}


def use(world: World, settings: Any, tmp_path: Path, text: str, hub: str = "ggk") -> None:
    """The operator writes the file, the administrator chooses the way."""
    path = tmp_path / "hubs.toml"
    path.write_text(text)
    settings.HUBS = str(path)
    channels.choose_transport(
        scope=world.system,
        main_contractor_id=world.main.pk,
        party=Party.of(world.town),
        transport=Channel.Transport(hub),
    )


@pytest.fixture
def by_ggk(
    world: World, settings: Any, tmp_path: Path, hub: Hub, files: dict[str, Path]
) -> OutgoingMessage:
    """A start of care that waits to go by the GGk."""
    use(world, settings, tmp_path, hub_world.connection("ggk", f"{hub.url}/ggk", files))
    return put(world)


def put(world: World) -> OutgoingMessage:
    return parties.put_up(world, parties.start(world, world.main.organisation))


def try_again(row: OutgoingMessage, minutes: int = 0) -> OutgoingMessage:
    """The sweep comes by, so many minutes later."""
    outtray.sweep(scope=system(timezone.now() + timedelta(minutes=minutes)))
    row.refresh_from_db()
    return row


def envelopes_at(hub: Hub) -> list[Envelope]:
    opened = [stuf.decode(request.body) for request in hub.requests]
    return [one for one in opened if isinstance(one, Envelope)]


def test_delivered_with_a_receipt(world: World, hub: Hub, by_ggk: OutgoingMessage) -> None:
    row = try_again(by_ggk)
    assert (row.state, row.last_error) == (State.DELIVERED, "")
    [envelope] = envelopes_at(hub)
    assert (envelope.kind, envelope.sender, envelope.receiver) == ("JW305", "98000001", "0307")
    assert envelope.reference == str(row.reference)
    assert envelope.payload.startswith(b"<?xml")
    assert hub.requests[0].headers["SOAPAction"] == (
        '"http://www.stufstandaarden.nl/koppelvlak/ggk0210/ggk_Di01"'
    )


def test_a_lost_receipt_is_asked_for_again_with_the_same_reference(
    world: World, hub: Hub, by_ggk: OutgoingMessage
) -> None:
    hub.answers = [silent, receipt]
    row = try_again(by_ggk)
    assert (row.state, row.attempts) == (State.WAITING, 1)
    assert try_again(row, minutes=1).state == State.DELIVERED
    first, second = envelopes_at(hub)
    assert first.reference == second.reference
    assert first.payload == second.payload


@pytest.mark.parametrize("code", ["IB016"])
def test_a_hub_that_had_it_already_has_it(
    world: World, hub: Hub, by_ggk: OutgoingMessage, code: str
) -> None:
    """The reference is ours alone, so a hub that knows it took the message before."""
    hub.answers = [silent, fault(code)]
    try_again(by_ggk)
    assert try_again(by_ggk, minutes=1).state == State.DELIVERED


def test_a_reference_that_is_known_at_the_first_try_is_a_fault(
    world: World, hub: Hub, by_ggk: OutgoingMessage
) -> None:
    hub.answers = [fault("IB016")]
    row = try_again(by_ggk)
    assert (row.state, row.hub_code) == (State.FAILED, "IB016")


def test_a_worker_that_is_killed_before_the_receipt_is_stored(
    world: World, hub: Hub, by_ggk: OutgoingMessage, monkeypatch: pytest.MonkeyPatch
) -> None:
    class KilledError(BaseException):
        pass

    def killed(*_given: object, **_named: object) -> None:
        raise KilledError

    with monkeypatch.context() as patched:
        patched.setattr(outtray, "_concluded", killed)
        with pytest.raises(KilledError):
            outtray.deliver(scope=world.system, message_id=by_ggk.pk)
    row = try_again(by_ggk, minutes=1)
    assert row.state == State.DELIVERED
    first, second = envelopes_at(hub)
    assert first.reference == second.reference == str(row.reference)


@pytest.mark.parametrize(
    "answer",
    [
        lambda _request: (503, "text/plain", b"later"),
        lambda _request: (200, "text/xml", b"<a/>"),
        lambda _request: (200, "text/xml", b"<!DOCTYPE a><a/>"),
        lambda _request: (200, "text/xml", b"x" * 2_000_000),
        fault("StUF058", "server"),
    ],
)
def test_a_fault_for_now_is_tried_again_later(
    world: World, hub: Hub, by_ggk: OutgoingMessage, answer: Any
) -> None:
    hub.answers = [answer, receipt]
    row = try_again(by_ggk)
    assert (row.state, row.attempts, row.hub_code) == (State.WAITING, 1, "")
    assert row.last_error
    # Not before its time.
    assert try_again(row).attempts == 1
    assert try_again(row, minutes=1).state == State.DELIVERED


def test_after_five_tries_a_person_must_look(
    world: World, hub: Hub, by_ggk: OutgoingMessage
) -> None:
    hub.answers = [lambda _request: (503, "text/plain", b"later")]
    for minutes in (0, 1, 5, 30, 300):
        row = try_again(by_ggk, minutes=minutes)
    assert (row.state, row.attempts) == (State.FAILED, 5)
    # It is not known whether the hub has it: the same reference stays.
    reference = row.reference
    outtray.resend(scope=world.staff(Role.ADMINISTRATOR), message_id=row.pk)
    hub.answers = [receipt]
    assert try_again(row).state == State.DELIVERED
    assert row.reference == reference


def test_a_final_fault_waits_for_a_person_with_code_and_sentence(
    world: World, hub: Hub, by_ggk: OutgoingMessage
) -> None:
    hub.answers = [fault("IB005"), receipt]
    row = try_again(by_ggk)
    assert (row.state, row.hub_code, row.attempts) == (State.FAILED, "IB005", 1)
    assert "Gemeentecode is niet bekend bij het GGK" in reasons.why_sent(row, world.system.today)
    # What the hub writes by itself may quote a client.
    assert "999900006" not in row.last_error
    administrator = world.staff(Role.ADMINISTRATOR)
    assert [one.message.pk for one in selectors.attention(administrator)] == [row.pk]
    refused = row.reference
    outtray.resend(scope=administrator, message_id=row.pk)
    assert try_again(row).state == State.DELIVERED
    # The hub is done with the first reference.
    assert refused != row.reference
    assert [one.reference for one in envelopes_at(hub)] == [str(refused), str(row.reference)]


def test_the_wrong_certificate_is_refused(
    world: World, settings: Any, tmp_path: Path, hub: Hub, authority: Authority
) -> None:
    strange = Authority(tmp_path, "vreemd")
    certificate, key = strange.issue("hoofdzorg")
    files = {"certificate": certificate, "key": key, "authority": authority.path}
    use(world, settings, tmp_path, hub_world.connection("ggk", hub.url, files))
    row = try_again(put(world))
    assert (row.state, row.attempts) == (State.WAITING, 1)
    assert hub.requests == []


def test_a_hub_that_cannot_prove_itself_gets_nothing(
    world: World, settings: Any, tmp_path: Path, hub: Hub, files: dict[str, Path]
) -> None:
    files["authority"] = Authority(tmp_path, "vreemd").path
    use(world, settings, tmp_path, hub_world.connection("ggk", hub.url, files))
    row = try_again(put(world))
    assert row.state == State.WAITING
    assert "certificate" in row.last_error
    assert hub.requests == []


def test_without_a_connection_in_the_settings(
    world: World, settings: Any, tmp_path: Path, hub: Hub
) -> None:
    use(world, settings, tmp_path, "")
    row = try_again(put(world))
    assert (row.state, row.attempts) == (State.WAITING, 1)
    assert "ggk" in row.last_error


def test_only_the_municipal_leg_goes_by_a_hub(world: World) -> None:
    for hub in Hubs.values:
        with pytest.raises(RuleError, match=r"MSG-05|hub|knooppunt"):
            channels.choose_transport(
                scope=world.system,
                main_contractor_id=world.main.pk,
                party=Party.of(world.practice),
                transport=Channel.Transport(hub),
            )


# VECOZO


def accepted(_request: Request) -> tuple[int, str, bytes]:
    return 204, "", b""


def problem(status: int, text: str) -> Any:
    return lambda _request: (status, "application/json", text.encode())


@pytest.fixture
def by_vecozo(
    world: World, settings: Any, tmp_path: Path, hub: Hub, files: dict[str, Path]
) -> OutgoingMessage:
    text = hub_world.connection("vecozo", f"{hub.url}/berichten", files)
    use(world, settings, tmp_path, text, "vecozo")
    hub.answers = [accepted]
    return put(world)


def test_vecozo_gets_metadata_and_payload(
    world: World, hub: Hub, by_vecozo: OutgoingMessage
) -> None:
    row = try_again(by_vecozo)
    assert row.state == State.DELIVERED
    [request] = hub.requests
    parts = multipart.read(request.body, request.headers["Content-Type"])
    assert set(parts) == {"berichtMetadata", "payload"}
    envelope = vsp.decode(request.body, request.headers["Content-Type"])
    assert (envelope.kind, envelope.sender, envelope.receiver) == ("JW305", "98000001", "0307")
    assert (envelope.reference, envelope.conversation) == (str(row.reference),) * 2
    assert envelope.payload.startswith(b"<?xml")


def test_vecozo_refuses_for_good(world: World, hub: Hub, by_vecozo: OutgoingMessage) -> None:
    hub.answers = [problem(422, '{"errors": {"x": ["BRS04 Geadresseerde"]}}'), accepted]
    row = try_again(by_vecozo)
    assert (row.state, row.hub_code) == (State.FAILED, "BRS04")
    assert "is niet aangesloten bij VECOZO" in row.last_error


@pytest.mark.parametrize("status", [400, 422])
def test_vecozo_refuses_without_a_code(
    world: World, hub: Hub, by_vecozo: OutgoingMessage, status: int
) -> None:
    hub.answers = [problem(status, '{"title": "Kanarie 999900006"}')]
    row = try_again(by_vecozo)
    assert (row.state, row.hub_code) == (State.FAILED, str(status))
    assert "999900006" not in row.last_error


def test_vecozo_had_it_already(world: World, hub: Hub, by_vecozo: OutgoingMessage) -> None:
    hub.answers = [silent, problem(422, '{"errors": {"x": ["BRS114"]}}')]
    try_again(by_vecozo)
    assert try_again(by_vecozo, minutes=1).state == State.DELIVERED


def test_a_type_without_an_action_waits_for_the_operator(
    world: World, hub: Hub, by_vecozo: OutgoingMessage
) -> None:
    row = parties.put_up(world, parties.stop(world, world.main.organisation), "stop")
    row = try_again(row)
    assert (row.state, row.hub_code) == (State.FAILED, "action")
    assert "JW307" in row.last_error


def test_payload_arrives_to_the_byte(world: World) -> None:
    raw = serialize(parties.start(world, world.main.organisation)) + b"\r\n--x\r\n\r\n"
    envelope = hub_world.delivered(raw, kind="JW305")
    routing = vsp.Routing("Instelling", "Gemeente", {"JW305": "x"})
    assert vsp.decode(*vsp.encode(envelope, routing)).payload == raw
    opened = stuf.decode(stuf.encode(envelope, hub_world.APPLICATION))
    assert isinstance(opened, Envelope)
    assert opened.payload == raw
