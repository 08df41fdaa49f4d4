"""The software of the own access: its referrals, its key, and nobody else's."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.utils import timezone

from hoofdaannemer.accounts.models import AccessKey, ApiToken, Membership, User
from hoofdaannemer.audit.models import AccessRecord
from hoofdaannemer.core.limits import Limit
from hoofdaannemer.core.scope import Role, Scope
from messaging.exchange.mailbox import access
from messaging.exchange.services import municipal_keys
from subcontracts.models import AllocatedBy, CareRequest, Client, ReferralFile, RefusedReferralRow
from tests import factories
from tests.conftest import become
from tests.factories import NOW, World
from tests.subcontracts.access_software import CALLS, FILES, Software, key_for
from tests.subcontracts.allocating import under
from tests.subcontracts.post import codes, up
from tests.subcontracts.referring import call_of, cells, file_of, told
from tests.subcontracts.test_requests import allocated_by_town, answered_by_town


@pytest.fixture
def world(system: Scope) -> World:
    return factories.world(system)


@pytest.fixture
def software(world: World) -> Software:
    return Software(key_for(world))


def test_a_referral_becomes_a_request(world: World, software: Software) -> None:
    answer = software.tell(told())
    assert answer.status_code == 201
    assert answer["Cache-Control"] == "private, no-store"
    [one] = answer.json()["referrals"]
    become(world.system)
    request = CareRequest.objects.get()
    assert (one["kenmerk"], one["outcome"], one["findings"]) == ("WT-1", "taken", [])
    assert one["request"] == {
        "kenmerk": "WT-1",
        "number": request.number,
        "status": "sent",
        "url": f"{CALLS}WT-1/",
    }
    assert ReferralFile.objects.get().source == "api"
    assert AccessKey.objects.get().used_at is not None


def test_the_same_call_twice_is_one_request(world: World, software: Software) -> None:
    referral = told()
    first, again = software.tell(referral), software.tell(referral)
    assert (first.status_code, again.status_code) == (201, 200)
    [before], [after] = first.json()["referrals"], again.json()["referrals"]
    assert (after["outcome"], after["request"]) == ("known", before["request"])
    become(world.system)
    assert CareRequest.objects.count() == 1


def test_of_a_list_each_stands_by_itself(world: World, software: Software) -> None:
    answer = software.tell(told(bsn="1"), told(kenmerk="WT-2"), {"kenmerk": "WT 3"})
    assert answer.status_code == 201
    body = answer.json()
    assert (body["taken"], body["known"], body["refused"]) == (1, 0, 2)
    wrong, good, worse = body["referrals"]
    assert [(one["kenmerk"], one["outcome"]) for one in (wrong, good)] == [
        ("WT-1", "refused"),
        ("WT-2", "taken"),
    ]
    assert [(one["row"], one["field"], one["rule"]) for one in wrong["findings"]] == [
        (1, "bsn", "VWZ-04")
    ]
    assert (worse["kenmerk"], worse["request"]) == (None, None)
    become(world.system)
    assert list(RefusedReferralRow.objects.values_list("line", flat=True)) == [1, 3]


def test_where_all_is_wrong_nothing_is_lost(world: World, software: Software) -> None:
    answer = software.tell(told(gemeente="0001"))
    assert answer.status_code == 422
    assert answer.json()["referrals"][0]["findings"][0]["rule"] == "VWZ-03"
    become(world.system)
    assert ReferralFile.objects.get().refused_count == 1


def test_a_dry_run_makes_nothing(world: World, software: Software) -> None:
    answer = software.tell(told(), query="?proef=1")
    assert answer.status_code == 200
    [one] = answer.json()["referrals"]
    assert (one["outcome"], one["request"]) == ("taken", None)
    assert "id" not in answer.json()
    become(world.system)
    assert not CareRequest.objects.exists()
    assert not ReferralFile.objects.exists()
    assert not Client.objects.exists()


def test_the_file_of_the_page_goes_in_too(world: World, software: Software) -> None:
    raw = file_of(cells(), cells(kenmerk="WT-2", volume=""))
    dry = software.post(FILES + "?proef=1", raw, "text/csv")
    assert (dry.status_code, dry.json()["taken"]) == (200, 1)
    answer = software.post(FILES, raw, "text/csv")
    assert answer.status_code == 201
    _good, wrong = answer.json()["referrals"]
    assert [(one["row"], one["field"]) for one in wrong["findings"]] == [(3, "volume")]
    unreadable = software.post(FILES, b"kenmerk;bsn\n1;2", "text/csv")
    assert (unreadable.status_code, unreadable.json()["error"]["code"]) == (422, "CSV-03")


def test_what_became_of_a_referral(world: World, software: Software) -> None:
    referral = told()
    referral["producten"].append(
        {
            **referral["producten"][0],
            "productcategorie": "54",
            "productcode": "54001",
            "eenheid": "01",
            "volume": 120,
            "frequentie": "4",
        }
    )
    url = software.tell(referral).json()["referrals"][0]["request"]["url"]
    waiting = software.get(url).json()
    assert [one["answer"] for one in waiting["products"]] == ["awaited", "awaited"]
    become(world.system)
    first, second = CareRequest.objects.get().products.all()
    who = factories.person(number=referral["bsn"])
    assert codes(up(world, allocated_by_town(world, who, first))) == []
    assert codes(up(world, answered_by_town(world, second, "8", "0342"))) == []
    number = first.allocations.get().number
    answered = software.get(url).json()
    assert answered["status"] == "answered"
    given, refused = answered["products"]
    assert (given["answer"], given["allocations"]) == ("allocated", [number])
    assert (refused["answer"], refused["rejection_reason"]) == ("refused", "8")
    assert (refused["responsible_municipality"], refused["allocations"]) == ("0342", [])
    assert not {referral["bsn"], "Kanarie"} & set(json.dumps(answered).split('"'))


def test_each_look_is_logged_in_the_name_of_who_made_the_key(
    world: World, software: Software
) -> None:
    software.tell(told())
    software.get(f"{CALLS}WT-1/")
    become(world.system)
    record = AccessRecord.objects.get(purpose="request.fetched")
    assert record.client == CareRequest.objects.get().client_id
    assert record.user_id == AccessKey.objects.get().created_by_id


def test_under_a_mandate_it_waits(world: World, software: Software) -> None:
    under(world, AllocatedBy.MANDATE)
    assert software.tell(told()).json()["referrals"][0]["request"]["status"] == "received"


def test_a_client_that_is_sealed_later_is_not_there_any_more(
    world: World, software: Software
) -> None:
    referral = told()
    software.tell(referral)
    become(world.system)
    Client.objects.update(is_sealed=True)
    answer = software.get(f"{CALLS}WT-1/")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")
    [again] = software.tell(referral).json()["referrals"]
    assert (again["outcome"], again["request"]) == ("known", None)


def test_requests_of_others_are_not_there(world: World, system: Scope, software: Software) -> None:
    other = factories.world(system)
    theirs = Software(key_for(other))
    theirs.tell(told(kenmerk="Hun-1"))
    assert theirs.get(f"{CALLS}Hun-1/").status_code == 200
    assert software.get(f"{CALLS}Hun-1/").status_code == 404


@pytest.mark.parametrize(
    "reference", ["WT-9", "%00", "%0A", "%ED%A0%80", "a%20b", "x" * 300, "%C3%A9", "..%2F"]
)
def test_a_reference_that_nothing_has(software: Software, reference: str) -> None:
    answer = software.get(f"{CALLS}{reference}/")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")


@pytest.mark.parametrize("path", ["", "x", "verwijzingen", "verwijzingen/a/b/", "%0A"])
def test_an_address_that_is_not_there(software: Software, path: str) -> None:
    answer = software.get(f"/api/v1/toegang/{path}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "VWZ-20"),
        (b"{", "VWZ-20"),
        (b"[" * 5000, "VWZ-20"),
        (b"\xff\xfe", "VWZ-20"),
        (b'{"volume": Infinity}', "VWZ-20"),
        (b"[]", "CSV-04"),
    ],
)
def test_a_body_that_cannot_be_read(
    world: World, software: Software, body: bytes, code: str
) -> None:
    answer = software.post(CALLS, body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, code)
    become(world.system)
    assert not ReferralFile.objects.exists()


@pytest.mark.parametrize(
    "changes",
    [
        {"achternaam": "\x00"},
        {"achternaam": "\ud800"},
        {"achternaam": "K\nanarie"},
        {"achternaam": "K" * 100_000},
        {"kenmerk": "\x00"},
        {"kenmerk": {"a": 1}},
        {"\x00": 1},
        {"opmerking": "\x1b[0m"},
        {"bsn": 999900006},
        {"geboortedatum": "99999-01-01"},
        {"producten": [{"volume": 10**400}]},
        {"producten": None},
    ],
)
def test_what_no_message_can_hold_is_a_finding(
    world: World, software: Software, changes: dict[str, Any]
) -> None:
    answer = software.post(CALLS, call_of(told(**changes)))
    assert answer.status_code == 422
    assert answer.json()["referrals"][0]["findings"]
    become(world.system)
    assert RefusedReferralRow.objects.count() == 1


@pytest.mark.parametrize("path", [CALLS, FILES])
def test_a_body_that_is_too_large(software: Software, path: str) -> None:
    answer = software.post(path, b" " * (2 * 1024 * 1024 + 1))
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "too_large")


@pytest.mark.parametrize(
    ("path", "allowed"), [(CALLS, "POST"), (FILES, "POST"), (f"{CALLS}WT-1/", "GET")]
)
def test_other_methods(software: Software, path: str, allowed: str) -> None:
    for method in ("put", "patch", "delete", "options", "post", "get"):
        if method.upper() == allowed:
            continue
        answer = getattr(software.client, method)(path, headers=software.headers)
        assert (answer.status_code, answer["Allow"]) == (405, allowed), method


# Keys


@pytest.mark.parametrize("key", [None, "", "ht_", "ht_geraden", "iets anders"])
def test_without_a_valid_key(world: World, software: Software, key: str | None) -> None:
    for answer in (Software(key).tell(told()), Software(key).get(f"{CALLS}WT-1/")):
        assert (answer.status_code, answer.json()["error"]["code"]) == (401, "token")
        assert answer["WWW-Authenticate"] == 'Bearer realm="toegang"'
    assert software.get(f"{CALLS}WT-1/").status_code == 404


def test_a_login_opens_nothing(world: World, browse: Any) -> None:
    browser: Browser = browse(world, Role.CARE_COORDINATOR)
    assert browser.post(CALLS, call_of(told()), content_type="application/json").status_code == 401


@pytest.mark.parametrize("how", ["stopped", "blocked", "role ended"])
def test_a_key_ends(world: World, software: Software, how: str) -> None:
    assert software.get(f"{CALLS}WT-1/").status_code == 404
    become(world.system)
    if how == "stopped":
        AccessKey.objects.update(revoked_at=timezone.now())
    elif how == "blocked":
        User.objects.update(is_active=False)
    else:
        Membership.objects.update(ended_at=NOW)
    assert software.get(f"{CALLS}WT-1/").status_code == 401


def test_several_keys_live_side_by_side(world: World, software: Software) -> None:
    second = Software(key_for(world))
    assert {one.get(f"{CALLS}WT-1/").status_code for one in (software, second)} == {404}


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/postbus/berichten/",
        "/api/v1/postbus/afschriften/",
        "/api/v1/postbus/plaatsingen.csv",
        "/api/v1/postbus/meldingen.csv",
    ],
)
def test_the_mailbox_is_closed_to_the_own_access(software: Software, path: str) -> None:
    for answer in (software.get(path), software.post(path, b"x")):
        assert (answer.status_code, answer.json()["error"]["code"]) == (401, "token")


def test_pages_are_closed_to_the_own_access(software: Software) -> None:
    for path in ("/verzoeken/", "/clienten/"):
        assert software.get(path)["Location"].startswith("/inloggen/")


def test_the_own_access_is_closed_to_municipalities_and_subcontractors(
    world: World, software: Software
) -> None:
    software.tell(told())
    become(world.system)
    _key, of_town = municipal_keys.create(
        scope=world.system,
        main_contractor=world.main,
        municipality=world.municipality,
        label="zaaksysteem",
        may_send=True,
        may_fetch=True,
    )
    person = world.at(Role.SUBCONTRACTOR_ADMIN, world.pxq)
    Membership.objects.create(
        user_id=person.user_id,
        role=Role.SUBCONTRACTOR_ADMIN,
        organisation=world.pxq.organisation,
        started_at=NOW,
    )
    ApiToken.objects.create(
        organisation=world.pxq.organisation,
        label="software",
        token_hash=hashlib.sha256(b"ha_van-een-praktijk").digest(),
        created_by_id=person.user_id,
        created_at=timezone.now(),
    )
    for key in (of_town, "ha_van-een-praktijk"):
        stranger = Software(key)
        assert stranger.get("/api/v1/postbus/berichten/").status_code == 200
        answers = [
            stranger.tell(told(kenmerk="WT-2")),
            stranger.post(FILES, file_of(cells(kenmerk="WT-2")), "text/csv"),
            stranger.get(f"{CALLS}WT-1/"),
        ]
        assert [answer.status_code for answer in answers] == [401, 401, 401]
    become(world.system)
    assert CareRequest.objects.count() == 1


def test_too_many_calls(world: World, software: Software, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "CALLS", Limit("mailbox", 2, timedelta(minutes=1)))
    answers = [software.get(f"{CALLS}WT-1/") for _turn in range(3)]
    assert [answer.status_code for answer in answers] == [404, 404, 429]
    assert 0 < int(answers[-1]["Retry-After"]) <= 60
    assert Software(key_for(world)).get(f"{CALLS}WT-1/").status_code == 404


def test_too_many_wrong_keys(
    world: World, software: Software, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(access, "WRONG_TOKENS", Limit("wrong", 2, timedelta(minutes=1)))
    guesses = [Software(f"ht_{turn}").get(f"{CALLS}WT-1/").status_code for turn in range(3)]
    assert guesses == [401, 401, 429]
    assert software.get(f"{CALLS}WT-1/").status_code == 404


def test_the_description_names_every_address(world: World) -> None:
    described = json.loads(Browser().get("/api/v1/toegang/openapi.json").content)
    assert set(described["paths"]) == {CALLS, FILES, f"{CALLS}{{kenmerk}}/"}
