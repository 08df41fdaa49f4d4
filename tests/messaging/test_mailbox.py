"""The mailbox for software: tokens, other people's messages, and the same message twice."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, assume, given
from hypothesis import settings as trying
from hypothesis import strategies as st

from hoofdaannemer.accounts.models import ApiToken, MainContractorLink, Membership, Organisation
from hoofdaannemer.core import scope as scopes
from hoofdaannemer.core.limits import Limit
from hoofdaannemer.core.scope import Role
from messaging.exchange.mailbox import access
from messaging.exchange.mailbox import views as mailbox_views
from messaging.exchange.models import Channel, IncomingMessage, Leg, OutgoingMessage, Party
from messaging.exchange.services import channels, intake
from messaging.istandaard import MAX_BYTES, parse, serialize
from tests.messaging import parties
from tests.messaging.parties import World

LIST = "/api/v1/postbus/berichten/"
Accepting = Callable[[Leg, str], list[object]]


def token_for(world: World, organisation: Organisation, **changes: Any) -> str:
    """A token of the organisation, made by its administrator."""
    membership = Membership.objects.create(
        user=world.user,
        role=Role.SUBCONTRACTOR_ADMIN,
        organisation=organisation,
        started_at=timezone.now(),
    )
    secret = f"token-of-{organisation.kvk}"
    ApiToken.objects.create(
        organisation=organisation,
        label="software",
        token_hash=hashlib.sha256(secret.encode()).digest(),
        created_by=membership.user,
        created_at=timezone.now(),
        **changes,
    )
    return secret


class Software:
    """A subcontractor's software with its token."""

    def __init__(self, token: str | None) -> None:
        self.client = Client(enforce_csrf_checks=True)
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}

    def get(self, path: str = LIST, **headers: str) -> Any:
        return self.client.get(path, headers={**self.headers, **headers})

    def post(self, path: str = LIST, body: bytes = b"", **headers: str) -> Any:
        return self.client.post(
            path, data=body, content_type="application/xml", headers={**self.headers, **headers}
        )


@pytest.fixture
def practice(world: World) -> Software:
    for organisation in (world.practice, world.institution):
        channels.choose_transport(
            scope=world.system,
            main_contractor_id=world.main.pk,
            party=Party.of(organisation),
            transport=Channel.Transport.MAILBOX,
        )
    return Software(token_for(world, world.practice))


def waiting(world: World, organisation: Organisation, key: str = "k") -> OutgoingMessage:
    message = parties.allocation(world, receiver=organisation.agb)
    return parties.put_down(world, organisation, message, key)


def as_system() -> None:
    """After a request the test looks around as the system again."""
    scopes.apply(scopes.system())


@pytest.mark.parametrize("token", [None, "", "something else", "token-of-20000001 x"])
def test_without_a_valid_token(world: World, practice: Software, token: str | None) -> None:
    response = Software(token).get()
    assert response.status_code == 401
    assert response["WWW-Authenticate"].startswith("Bearer")
    assert response.json()["error"]["code"] == "token"
    assert practice.get().status_code == 200


def test_a_token_for_fetching_hands_nothing_in(world: World, practice: Software) -> None:
    ApiToken.objects.update(may_send=False)
    assert practice.get().status_code == 200
    for path in (LIST, "/api/v1/postbus/meldingen.csv"):
        refused = practice.post(path, b"<x/>")
        assert (refused.status_code, refused.json()["error"]["code"]) == (403, "scope")


def test_a_token_for_sending_reads_nothing(world: World, practice: Software) -> None:
    row = waiting(world, world.practice)
    ApiToken.objects.update(may_fetch=False)
    for path in (LIST, f"{LIST}{row.pk}/", "/api/v1/postbus/plaatsingen.csv"):
        assert practice.get(path).status_code == 403
    assert practice.post(f"{LIST}{row.pk}/ontvangen/").status_code == 403
    # Refused for what is not in it, and not for who sends it.
    assert practice.post().status_code == 400


def test_revoked_token(world: World, practice: Software) -> None:
    assert practice.get().status_code == 200
    as_system()
    ApiToken.objects.update(revoked_at=timezone.now())
    assert practice.get().status_code == 401


@pytest.mark.parametrize("how", ["deactivated", "role ended"])
def test_token_ends_with_its_maker(world: World, practice: Software, how: str) -> None:
    assert practice.get().status_code == 200
    as_system()
    if how == "deactivated":
        world.user.is_active = False
        world.user.save()
    else:
        Membership.objects.update(ended_at=timezone.now())
    assert practice.get().status_code == 401


def test_fetch_and_acknowledge(world: World, practice: Software) -> None:
    row = waiting(world, world.practice)
    listed = practice.get().json()["messages"]
    assert [one["id"] for one in listed] == [row.pk]
    assert listed[0]["type"] == "JW301"
    assert listed[0]["main_contractor"] == "10000001"
    fetched = practice.get(listed[0]["url"])
    assert parse(fetched.content).is_valid
    assert fetched["Cache-Control"] == "private, no-store"
    assert [one["id"] for one in practice.get().json()["messages"]] == [row.pk]
    for _turn in range(2):
        assert practice.post(f"{LIST}{row.pk}/ontvangen/").status_code == 204
    assert practice.get().json() == {"messages": []}
    as_system()
    row.refresh_from_db()
    assert row.state == OutgoingMessage.State.DELIVERED
    assert row.tries.count() == 1


def test_other_organisations_message_is_not_there(world: World, practice: Software) -> None:
    theirs = waiting(world, world.institution)
    assert practice.get().json() == {"messages": []}
    for response in (
        practice.get(f"{LIST}{theirs.pk}/"),
        practice.post(f"{LIST}{theirs.pk}/ontvangen/"),
        practice.get(f"{LIST}{10**9}/"),
    ):
        assert response.status_code == 404
        assert response.json()["error"]["code"] == "not_found"
    as_system()
    theirs.refresh_from_db()
    assert theirs.state == OutgoingMessage.State.WAITING


def test_post_twice(world: World, practice: Software, accepting: Accepting) -> None:
    got = accepting(Leg.DOWN, "305")
    raw = serialize(parties.start(world, world.practice))
    first = practice.post(body=raw)
    assert first.status_code == 201, first.content
    verdict = first.json()
    assert (verdict["state"], verdict["type"], verdict["findings"]) == ("handled", "JW305", [])
    again = practice.post(body=raw)
    assert again.status_code == 200
    assert again.json() == verdict
    assert len(got) == 1
    answer = parse(practice.get(verdict["answer"]["url"]).content).message
    assert answer is not None and answer.type.number == "306"


def test_post_in_the_name_of_another(
    world: World, practice: Software, accepting: Accepting
) -> None:
    got = accepting(Leg.DOWN, "305")
    response = practice.post(body=serialize(parties.start(world, world.institution)))
    verdict = response.json()
    assert (verdict["state"], verdict["answer"]) == ("rejected", None)
    assert [one["rule"] for one in verdict["findings"]] == ["provider"]
    assert not got


def test_post_what_only_a_municipality_sends(
    world: World, practice: Software, accepting: Accepting
) -> None:
    got = accepting(Leg.UP, "301")
    verdict = practice.post(body=serialize(parties.allocation(world))).json()
    assert verdict["state"] == "rejected"
    assert not got


@pytest.mark.parametrize("body", [b"<a", b"{}", b"\x1f\x8b", b"<!DOCTYPE a><a/>"])
def test_post_nonsense(world: World, practice: Software, body: bytes) -> None:
    verdict = practice.post(body=body).json()
    assert (verdict["state"], verdict["answer"]) == ("unreadable", None)
    assert verdict["findings"]


def test_long_message_is_judged_by_a_worker(
    world: World, practice: Software, accepting: Accepting, monkeypatch: pytest.MonkeyPatch
) -> None:
    got = accepting(Leg.DOWN, "323")
    monkeypatch.setattr(mailbox_views, "AT_ONCE", 100)
    raw = serialize(parties.declaration(world, world.practice))
    response = practice.post(body=raw)
    assert (response.status_code, response.json()["state"]) == (201, "received")
    assert not got
    assert intake.sweep(scope=scopes.system()) == 1
    assert len(got) == 1


def test_post_nothing(world: World, practice: Software) -> None:
    assert practice.post().status_code == 400


def test_which_main_contractor(world: World, practice: Software, accepting: Accepting) -> None:
    accepting(Leg.DOWN, "305")
    MainContractorLink.objects.create(main_contractor=world.other_main, organisation=world.practice)
    raw = serialize(parties.start(world, world.practice))
    assert practice.post(body=raw).json()["error"]["code"] == "main_contractor"
    wrong = practice.post(body=raw, **{"Hoofdaannemer-KvK": "20000002"})
    assert wrong.status_code == 404
    right = practice.post(body=raw, **{"Hoofdaannemer-KvK": "10000002"})
    assert right.status_code == 201
    as_system()
    assert IncomingMessage.objects.get().main_contractor == world.other_main


def test_not_for_a_main_contractor_of_others(world: World, practice: Software) -> None:
    response = practice.post(body=b"<a/>", **{"Hoofdaannemer-KvK": "10000002"})
    assert response.status_code == 404
    assert response.json()["error"]["code"] == "main_contractor"


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options"])
def test_other_methods(world: World, practice: Software, method: str) -> None:
    response = getattr(practice.client, method)(LIST, headers=practice.headers)
    assert response.status_code == 405
    assert response["Allow"] == "GET, POST"


def test_too_many_calls(world: World, practice: Software, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "CALLS", Limit("mailbox", 3, timedelta(minutes=1)))
    assert [practice.get().status_code for _turn in range(4)] == [200, 200, 200, 429]
    refused = practice.get()
    assert refused.json()["error"]["code"] == "too_many_calls"
    assert 0 < int(refused["Retry-After"]) <= 60
    other = Software(token_for(world, world.institution))
    assert other.get().status_code == 200


def test_too_many_wrong_tokens(
    world: World, practice: Software, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(access, "WRONG_TOKENS", Limit("wrong", 2, timedelta(minutes=1)))
    # A guess is counted by where it comes from, whatever it is.
    assert [Software(f"guess {turn}").get().status_code for turn in range(3)] == [401, 401, 429]
    assert "Retry-After" in Software("guess").get()
    # Who has a right token is not held up by others behind the same proxy.
    assert practice.get().status_code == 200


def test_who_gives_no_token_guesses_nothing(
    world: World, practice: Software, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(access, "WRONG_TOKENS", Limit("wrong", 2, timedelta(minutes=1)))
    nobody = Software(None)
    assert [nobody.get().status_code for _turn in range(4)] == [401] * 4


def test_every_wrong_token_costs_the_same(world: World, practice: Software) -> None:
    revoked = token_for(world, world.institution, revoked_at=timezone.now())
    costs = []
    for token in ("guess", "token-of-", revoked):
        Software(token).get()
        as_system()
        with CaptureQueriesContext(connection) as captured:
            Software(token).get()
        costs.append([query["sql"].split()[0] for query in captured.captured_queries])
    assert costs[0] == costs[1] == costs[2] == ["SELECT", "INSERT"]


def test_description_names_every_address(world: World) -> None:
    described = json.loads(Client().get("/api/v1/postbus/openapi.json").content)
    assert set(described["paths"]) == {
        LIST,
        f"{LIST}{{id}}/",
        f"{LIST}{{id}}/ontvangen/",
        *(f"/api/v1/postbus/afschriften/{rest}" for rest in ("", "{id}/", "{id}/ontvangen/")),
        "/api/v1/postbus/plaatsingen.csv",
        "/api/v1/postbus/meldingen.csv",
    }


# What a conformance run found

SOME = trying(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@SOME
@given(number=st.text(st.characters(min_codepoint=32, max_codepoint=126)))
def test_a_header_that_is_no_trade_register_number(
    world: World, practice: Software, number: str
) -> None:
    """The header is read in both functions as it is described: 8 digits or nothing."""
    assume(not re.fullmatch("[0-9]{8}", number))
    for response in (
        practice.get(**{"Hoofdaannemer-KvK": number}),
        practice.post(body=b"<a/>", **{"Hoofdaannemer-KvK": number}),
    ):
        assert response.status_code == 422
        assert response.json()["error"]["code"] == "main_contractor"


@SOME
@given(number=st.one_of(st.integers(max_value=-1), st.integers(min_value=2**31)))
def test_a_number_that_no_message_has(world: World, practice: Software, number: int) -> None:
    for response in (
        practice.get(f"{LIST}{number}/"),
        practice.post(f"{LIST}{number}/ontvangen/"),
        practice.get(f"{LIST}{number}/ontvangen/en/verder/"),
    ):
        known = response.status_code == 405
        assert known or (response.status_code, response.json()["error"]["code"]) == (
            404,
            "not_found",
        )
        assert response["Content-Type"] == "application/json"


@pytest.mark.parametrize("rest", ["nergens", "", "berichten/0%0A$/", "a%0D%0Ab"])
def test_an_address_that_is_none(world: World, practice: Software, rest: str) -> None:
    assert practice.get(f"/api/v1/postbus/{rest}").json()["error"]["code"] == "not_found"
    assert Software(None).get("/api/v1/postbus/nergens").status_code == 401


def test_a_message_of_more_than_25_mb(world: World, practice: Software) -> None:
    response = practice.post(body=b"x" * (MAX_BYTES + 1))
    assert (response.status_code, response.json()["error"]["code"]) == (413, "too_large")
    assert not IncomingMessage.objects.exists()
