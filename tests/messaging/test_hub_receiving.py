"""What a hub delivers: kept before it is confirmed, taken once, and refused with a reason."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from lxml import etree

from hoofdaannemer.core import scope as scopes
from hoofdaannemer.core.limits import Limit
from hoofdaannemer.core.scope import Role
from messaging.exchange import content, selectors
from messaging.exchange.hub import access
from messaging.exchange.hubmodels import HubEnvelope
from messaging.exchange.models import Channel, IncomingMessage, Leg, OutgoingMessage, Party
from messaging.exchange.services import channels, hubs, intake, outtray
from messaging.exchange.transports import stuf, vsp
from messaging.istandaard import MAX_BYTES, serialize
from tests.conftest import become
from tests.messaging import hub_world, parties
from tests.messaging.hub_server import Authority
from tests.messaging.hub_world import APPLICATION, TOKEN, delivered
from tests.messaging.parties import World

GGK = "/api/v1/knooppunt/10000001/ggk/"
VECOZO = "/api/v1/knooppunt/10000001/vecozo/berichten"
Accepting = Callable[[Leg, str], list[object]]


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    certificate, key = Authority(tmp_path, "overheid").issue("hoofdzorg")
    return {"certificate": certificate, "key": key}


@pytest.fixture(autouse=True)
def connected(settings: Any, tmp_path: Path, files: dict[str, Path]) -> Callable[..., None]:
    def write(**changes: Any) -> None:
        path = tmp_path / "hubs.toml"
        path.write_text(
            hub_world.connection("ggk", "https://ggk.example/", files, **changes)
            + hub_world.connection("vecozo", "https://vecozo.example/", files, **changes)
        )
        settings.HUBS = str(path)

    write()
    return write


def post(body: bytes, path: str = GGK, **headers: str) -> Any:
    given = {"Authorization": f"Bearer {TOKEN}", **headers}
    content_type = given.pop("Content-Type", stuf.XML)
    response = Client(enforce_csrf_checks=True).post(
        path, data=body, content_type=content_type, headers=given
    )
    scopes.apply(scopes.system())
    return response


def envelope(world: World, **changes: Any) -> bytes:
    payload = changes.pop("payload", None) or serialize(parties.allocation(world))
    return stuf.encode(delivered(payload, **changes), APPLICATION)


def text(response: Any, name: str) -> str:
    return etree.fromstring(response.content).findtext(f".//{{{stuf.STUF}}}{name}") or ""


def test_receipt_once_it_is_stored(world: World, accepting: Accepting) -> None:
    got = accepting(Leg.UP, "301")
    body = envelope(world)
    response = post(body)
    assert (response.status_code, text(response, "berichtcode")) == (200, "Bv03")
    assert text(response, "crossRefnummer") == hub_world.REFERENCE
    row = HubEnvelope.objects.get()
    assert content.opened(row) == body
    assert row.message is not None
    assert (row.message.source, row.message.municipality) == ("ggk", world.town)
    assert intake.sweep(scope=scopes.system()) == 1
    assert len(got) == 1


def test_no_receipt_for_what_could_not_be_stored(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_given: object, **_named: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(hubs.audit, "record", broken)
    with pytest.raises(OSError, match="disk full"):
        post(envelope(world))
    assert not HubEnvelope.objects.exists()
    assert not IncomingMessage.objects.exists()


def test_the_same_reference_again_has_no_second_effect(world: World, accepting: Accepting) -> None:
    got = accepting(Leg.UP, "301")
    body = envelope(world)
    first, second = post(body), post(body)
    assert text(first, "referentienummer") == text(second, "referentienummer")
    intake.sweep(scope=scopes.system())
    assert HubEnvelope.objects.count() == IncomingMessage.objects.count() == len(got) == 1


def test_the_same_reference_for_another_message(world: World) -> None:
    post(envelope(world))
    response = post(envelope(world))
    assert (response.status_code, text(response, "berichtcode")) == (500, "Fo03")
    assert "reference_reused" in text(response, "details")
    assert IncomingMessage.objects.count() == 1
    assert HubEnvelope.objects.unopened().count() == 1


def test_a_lost_answer_goes_out_again(
    world: World, accepting: Accepting, settings: Any, tmp_path: Path
) -> None:
    """Whoever lost our return message sends its own again, under a new reference."""
    settings.OUT_FOLDER = tmp_path / "out"
    accepting(Leg.UP, "301")
    raw = serialize(parties.allocation(world))
    post(envelope(world, payload=raw))
    intake.sweep(scope=scopes.system())
    outtray.sweep(scope=scopes.system())
    answer = OutgoingMessage.objects.get()
    assert answer.state == OutgoingMessage.State.DELIVERED
    post(envelope(world, payload=raw, reference=hub_world.REFERENCE.replace("9c0f", "aaaa")))
    answer.refresh_from_db()
    assert answer.state == OutgoingMessage.State.WAITING
    assert IncomingMessage.objects.count() == 1


def test_our_answer_names_what_it_answers(
    world: World, accepting: Accepting, settings: Any
) -> None:
    accepting(Leg.UP, "301")
    channels.choose_transport(
        scope=world.system,
        main_contractor_id=world.main.pk,
        party=Party.of(world.town),
        transport=Channel.Transport.GGK,
    )
    post(envelope(world))
    intake.sweep(scope=scopes.system())
    row = OutgoingMessage.objects.get(message_type="302")
    row.reference = "b6e9f182-bc44-4f27-9863-9a5ccc1e1cf0"
    parcel = outtray.parcel_of(row)
    assert parcel.answers == hub_world.REFERENCE
    made = delivered(parcel.content, kind=parcel.kind, answers=parcel.answers)
    assert b"envelopRetourbericht-ggk_Du01" in stuf.encode(made, APPLICATION)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"receiver": "98000002"}, "receiver"),
        ({"sender": "9999"}, "sender"),
        ({"kind": "JW305"}, "message_type"),
        ({"kind": "JW399"}, "message_type"),
        ({"kind": ""}, "message_type"),
        ({"reference": "1"}, "reference"),
        ({"reference": hub_world.REFERENCE.upper()}, "reference"),
    ],
)
def test_an_envelope_that_does_not_fit_is_kept_and_listed(
    world: World, changes: dict[str, str], code: str
) -> None:
    body = envelope(world, **changes)
    response = post(body)
    assert (response.status_code, text(response, "berichtcode")) == (500, "Fo03")
    assert text(response, "details").split()[0] == code
    row = HubEnvelope.objects.get()
    assert (row.state, row.code) == ("refused", code)
    assert content.opened(row) == body
    assert not IncomingMessage.objects.exists()
    listed = selectors.unopened_envelopes(become(world.staff(Role.ADMINISTRATOR)))
    assert [one.pk for one in listed] == [row.pk]
    others = become(world.staff(Role.ADMINISTRATOR, world.other_main))
    assert not selectors.unopened_envelopes(others).exists()
    assert not HubEnvelope.objects.exists()


POISONS = """nothing|no xml|something else|doctype|entity|zero bytes|deep|no base64|two payloads
payload in a comment|large without payload|moment|code""".replace("\n", "|").split("|")


def poisoned(world: World) -> dict[str, bytes]:
    body = envelope(world)
    return {
        "nothing": b"",
        "no xml": b"<a",
        "something else": b"<a/>",
        "doctype": b'<!DOCTYPE a [<!ENTITY b "c">]>' + body.split(b"?>", 1)[1],
        "entity": body.replace(b"98000001", b"&b;"),
        "zero bytes": body.replace(b"98000001", b"9800\x000001"),
        "deep": b"<a>" * 5_000 + b"</a>" * 5_000,
        "no base64": body.replace(b"xmlBestand>", b"xmlBestand>!!", 1),
        "two payloads": body.replace(b"</GGK:bericht>", b"<GGK:xmlBestand/></GGK:bericht>"),
        "payload in a comment": body.replace(
            b"<GGK:parameters>", b"<!--<xmlBestand>AAAA</xmlBestand>--><GGK:parameters>"
        ),
        "large without payload": body.replace(b"GGk<", b"G" * 200_000 + b"<"),
        "moment": body.replace(b"tijdstipBericht>2", b"tijdstipBericht>9999"),
        "code": body.replace(b">Di01<", b">Du01<"),
    }


@pytest.mark.parametrize("what", POISONS)
def test_a_poisoned_envelope_is_kept_and_stops_nobody(world: World, what: str) -> None:
    body = poisoned(world)[what]
    response = post(body)
    assert (response.status_code, text(response, "berichtcode")) == (500, "Fo03")
    row = HubEnvelope.objects.get()
    assert content.opened(row) == body
    assert row.text
    post(body)
    assert HubEnvelope.objects.count() == 1
    assert post(envelope(world)).status_code == 200


def test_a_payload_of_more_than_25_mb(world: World) -> None:
    response = post(envelope(world, payload=b"x" * (MAX_BYTES + 1)))
    assert text(response, "details").startswith("too_large")


def test_a_payload_of_25_mb_is_taken(world: World) -> None:
    raw = serialize(parties.allocation(world))
    response = post(envelope(world, payload=raw + b" " * (MAX_BYTES - len(raw))))
    assert text(response, "berichtcode") == "Bv03"


def test_a_poisoned_message_in_a_good_envelope_is_judged_like_any_other(world: World) -> None:
    response = post(envelope(world, payload=b"<!DOCTYPE a><a/>"))
    assert text(response, "berichtcode") == "Bv03"
    intake.sweep(scope=scopes.system())
    assert IncomingMessage.objects.get().state == "unreadable"


def test_what_was_our_fault_is_taken_when_it_comes_again(world: World) -> None:
    world.main.organisation.agb = "98000009"
    world.main.organisation.save()
    body = envelope(world)
    assert post(body).status_code == 500
    world.main.organisation.agb = "98000001"
    world.main.organisation.save()
    assert post(body).status_code == 200
    assert [row.state for row in HubEnvelope.objects.all()] == ["taken"]


def test_a_person_says_that_it_is_dealt_with(world: World) -> None:
    post(envelope(world, receiver="98000002"))
    row = HubEnvelope.objects.get()
    scope = become(world.staff(Role.CARE_COORDINATOR))
    assert selectors.attention_count(scope) == 1
    hubs.settle(scope=scope, envelope_id=row.pk)
    assert selectors.attention_count(scope) == 0


# A fault that comes later


def sent(world: World, reference: str) -> OutgoingMessage:
    row = parties.put_up(world, parties.start(world, world.main.organisation))
    OutgoingMessage.objects.filter(pk=row.pk).update(
        state="delivered", reference=reference, delivered_at=world.system.at, next_try_at=None
    )
    return row


def test_a_later_fault_puts_the_message_before_a_person(world: World) -> None:
    row = sent(world, hub_world.REFERENCE)
    body = hub_world.fault_text("IB010", "client", "Fo01", hub_world.REFERENCE).encode()
    for _turn in range(2):
        assert text(post(body), "berichtcode") == "Bv03"
    row.refresh_from_db()
    assert (row.state, row.hub_code) == ("failed", "IB010")
    assert "niet aangesloten bij VECOZO" in row.last_error
    assert row.tries.count() == 1


def test_a_later_fault_about_nothing_of_ours(world: World) -> None:
    other = sent(world, hub_world.REFERENCE)
    OutgoingMessage.objects.filter(pk=other.pk).update(main_contractor=world.other_main)
    body = hub_world.fault_text("IB010", "client", "Fo01", hub_world.REFERENCE).encode()
    assert text(post(body), "berichtcode") == "Fo03"
    assert HubEnvelope.objects.get().code == "fault"


# Who may deliver


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        (GGK, {"Authorization": ""}),
        (GGK, {"Authorization": "Bearer wrong"}),
        ("/api/v1/knooppunt/10000002/ggk/", {}),
        ("/api/v1/knooppunt/x/ggk/", {}),
    ],
)
def test_who_proves_nothing_delivers_nothing(
    world: World, path: str, headers: dict[str, str]
) -> None:
    assert post(envelope(world), path, **headers).status_code == 401
    assert not HubEnvelope.objects.exists()


def test_a_certificate_that_the_proxy_checked(
    world: World, settings: Any, connected: Callable[..., None]
) -> None:
    connected(token_sha256=None, client_sha256=["ab" * 32])
    shown = {"Authorization": "", "X-Client-Sha256": ":".join(["AB"] * 32)}
    # Without the setting the header is anybody's.
    assert post(envelope(world), **shown).status_code == 401
    settings.CLIENT_CERTIFICATE_HEADER = "X-Client-Sha256"
    assert post(envelope(world), **shown).status_code == 200
    assert post(envelope(world), **{**shown, "X-Client-Sha256": "cd" * 32}).status_code == 401


def test_without_a_proof_in_the_settings_nobody_delivers(
    world: World, connected: Callable[..., None]
) -> None:
    connected(token_sha256=None)
    assert post(envelope(world), Authorization="").status_code == 401


def test_too_many_deliveries(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "CALLS", Limit("hub", 2, timedelta(minutes=1)))
    statuses = [post(envelope(world)).status_code for _turn in range(3)]
    assert statuses[-1] == 429
    assert Client().get(GGK).status_code == 405


# VECOZO


def vecozo(world: World, **changes: Any) -> tuple[bytes, str]:
    made = delivered(
        changes.pop("payload", None) or serialize(parties.allocation(world)), **changes
    )
    return vsp.encode(made, vsp.Routing("Gemeente", "Instelling", {"JW301": "Toewijzen"}))


def test_vecozo_delivers(world: World, accepting: Accepting) -> None:
    got = accepting(Leg.UP, "301")
    raw = serialize(parties.allocation(world))
    for _turn in range(2):
        # The boundary differs each time, the message does not.
        body, content_type = vecozo(world, payload=raw)
        assert post(body, VECOZO, **{"Content-Type": content_type}).status_code == 204
    intake.sweep(scope=scopes.system())
    assert len(got) == HubEnvelope.objects.count() == 1


def test_vecozo_is_told_why_not(world: World) -> None:
    body, content_type = vecozo(world, receiver="98000002")
    response = post(body, VECOZO, **{"Content-Type": content_type})
    assert response.status_code == 422
    assert list(response.json()["errors"]) == ["ontvanger"]


@pytest.mark.parametrize(
    "change",
    [
        lambda body: b"",
        lambda body: body[:-20],
        lambda body: body.replace(b"berichtMetadata", b"metadata"),
        lambda body: body.replace(b'{"routeringgegevens"', b'{"routeringgegevens" 1'),
        lambda body: body.replace(b'"geadresseerden": [', b'"geadresseerden": [1, '),
        lambda body: body.replace(b'{"routeringgegevens"', b"[" * 3_000 + b'{"routeringgegevens"'),
        lambda body: body.replace(b'"code": "0307"', b'"code": 7'),
        lambda body: body.replace(b'"code": "0307"', b'"code": "\\u0000"'),
    ],
)
def test_vecozo_poisoned(world: World, change: Callable[[bytes], bytes]) -> None:
    body, content_type = vecozo(world)
    response = post(change(body), VECOZO, **{"Content-Type": content_type})
    assert response.status_code == 422
    assert json.loads(response.content)["title"]
    assert HubEnvelope.objects.unopened().count() == 1
