"""The pages of the traffic, by what each role gets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_otp import DEVICE_ID_SESSION_KEY

from hoofdaannemer.accessmatrix.messaging import ACCESS
from hoofdaannemer.accounts.models import AuthenticatorApp, Membership, Organisation, User
from hoofdaannemer.accounts.services.second_factor import new_key
from hoofdaannemer.audit.models import AccessRecord
from hoofdaannemer.core import scope as scopes
from hoofdaannemer.core.crypto import keyed_hash
from hoofdaannemer.core.scope import SECOND_FACTOR, STAFF, SUBCONTRACTOR, Role, Scope
from messaging.exchange import client_lookup, content, dispatcher, selectors
from messaging.exchange.copymodels import MessageCopy
from messaging.exchange.dispatcher import Outcome
from messaging.exchange.hubmodels import Hub, HubEnvelope
from messaging.exchange.models import IncomingMessage, Leg, OutgoingMessage
from messaging.exchange.services import intake
from messaging.istandaard import Finding, serialize
from tests.factories import office
from tests.messaging import parties
from tests.messaging.parties import World

Accepting = Callable[[Leg, str], list[object]]
State = IncomingMessage.State


def logged_in(world: World, role: Role, organisation: Organisation | None = None) -> Client:
    """A browser of somebody in this role, with the second factor given."""
    user = User.objects.create_user(f"{role}-{User.objects.count()}@example.org", name="Kanarie")
    provider = role in SUBCONTRACTOR
    Membership.objects.create(
        user=user,
        role=role,
        main_contractor=None if provider else world.main,
        organisation=office()
        if role == Role.OFFICE_USER
        else (organisation or world.practice)
        if provider
        else None,
        municipality=world.town if role == Role.MUNICIPAL_VIEWER else None,
        started_at=timezone.now(),
    )
    device = AuthenticatorApp.objects.create(user=user, name="app", key=new_key())
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    session[DEVICE_ID_SESSION_KEY] = device.persistent_id
    session.save()
    return client


def as_system() -> None:
    scopes.apply(scopes.system())


@pytest.fixture
def rows(world: World, accepting: Accepting) -> dict[str, Any]:
    """One message of every kind, between the town, the main contractor and the practice."""
    accepting(Leg.UP, "301")
    accepting(Leg.DOWN, "323")
    made: dict[str, Any] = {"301": parties.judged(world, parties.allocation(world))}
    raw = serialize(parties.declaration(world, world.practice))
    made["323"] = parties.handled(world, parties.receive_down(world, world.practice, raw))
    to_practice = parties.allocation(world, receiver="94000001")
    made["down"] = parties.put_down(world, world.practice, to_practice, "down")
    made["up"] = parties.put_up(world, parties.start(world, world.main.organisation), "up")
    made["envelope"] = HubEnvelope.objects.create(
        main_contractor=world.main,
        hub=Hub.GGK,
        state=HubEnvelope.State.REFUSED,
        digest=b"d" * 32,
        content=content.sealed(b"<x/>"),
        received_at=timezone.now(),
        receipt=uuid4(),
    )
    made["copy"] = MessageCopy.objects.create(
        main_contractor=world.main,
        municipality=world.town,
        sent=made["down"],
        created_at=timezone.now(),
    )
    return made


WITHOUT_ROW = ("_list", "_upload", "_attention", "_description", "_health", "mailbox", "_copies")
ROLES = [*sorted(SECOND_FACTOR), Role.MUNICIPAL_VIEWER]


@pytest.mark.parametrize("role", ROLES)
def test_access_by_role(world: World, rows: dict[str, Any], role: Role) -> None:
    """Each address answers each role as the policy says, on a row that the role may see."""
    incoming = rows["323"]
    outgoing = OutgoingMessage.objects.get(in_reply_to=incoming)
    browser = logged_in(world, role)
    for name, (method, expected) in ACCESS.items():
        args = _address_of(name, rows, outgoing)
        response = getattr(browser, method)(reverse(name, args=args))
        assert response.status_code == expected.get(role, 403), name


def _address_of(name: str, rows: dict[str, Any], outgoing: OutgoingMessage) -> list[object]:
    """What the address of a page names: a row of its kind, a main contractor, or nothing."""
    if name.endswith(WITHOUT_ROW):
        return []
    if name.startswith("message_entry"):
        return ["jw315"]
    if name.startswith("hub_"):
        return [rows["envelope"].main_contractor.organisation.kvk]
    if name.startswith(("copy_", "mailbox_copy")):
        return [rows["copy"].pk]
    if name == "envelope_settle":
        return [rows["envelope"].pk]
    return [(outgoing if name.startswith(("sent_", "mailbox_")) else rows["323"]).pk]


def test_every_address_has_a_line_in_the_access_table() -> None:
    from messaging.urls import urlpatterns

    # What is left over below the mailbox comes after the addresses of all apps.
    assert {pattern.name for pattern in urlpatterns} | {"mailbox_nowhere"} == set(ACCESS)


def test_a_stranger_is_led_to_the_login(world: World, rows: dict[str, Any]) -> None:
    for name in ("message_list", "message_upload", "message_attention"):
        response = Client().get(reverse(name))
        assert response.status_code == 302
        assert "volgende" in response["Location"] or "next=" in response["Location"]


@pytest.mark.parametrize(
    ("role", "kind", "status"),
    [
        (Role.CARE_COORDINATOR, "301", 200),
        (Role.CONTROLLER, "301", 404),
        (Role.CONTROLLER, "323", 200),
        (Role.SUBCONTRACTOR_USER, "301", 404),
        (Role.SUBCONTRACTOR_USER, "323", 200),
    ],
)
def test_which_message_a_role_opens(
    world: World, rows: dict[str, Any], role: Role, kind: str, status: int
) -> None:
    browser = logged_in(world, role)
    assert browser.get(reverse("message_detail", args=[rows[kind].pk])).status_code == status


def test_other_subcontractors_message_is_not_there(world: World, rows: dict[str, Any]) -> None:
    browser = logged_in(world, Role.SUBCONTRACTOR_USER, world.institution)
    for name, kind in (
        ("message_detail", "323"),
        ("message_download", "323"),
        ("sent_message_detail", "down"),
        ("sent_message_download", "down"),
    ):
        assert browser.get(reverse(name, args=[rows[kind].pk])).status_code == 404, name
    assert b"JW" not in browser.get(reverse("message_list")).content.split(b"<main")[1]
    own = logged_in(world, Role.SUBCONTRACTOR_USER)
    assert own.get(reverse("sent_message_detail", args=[rows["down"].pk])).status_code == 200
    assert own.get(reverse("sent_message_detail", args=[rows["up"].pk])).status_code == 404


def test_each_look_is_logged(world: World, rows: dict[str, Any]) -> None:
    asked: list[set[bytes]] = []

    def lookup(scope: Scope, hashes: Any) -> list[int]:
        asked.append(set(hashes))
        return [42]

    client_lookup.register(lookup)
    browser = logged_in(world, Role.CARE_COORDINATOR)
    browser.get(reverse("message_list"))
    as_system()
    assert not AccessRecord.objects.exists(), "the board shows no client"
    for kind in ("301", "323"):
        browser.get(reverse("message_detail", args=[rows[kind].pk]))
        browser.get(reverse("message_download", args=[rows[kind].pk]))
    browser.get(reverse("sent_message_detail", args=[rows["down"].pk]))
    as_system()
    purposes = AccessRecord.objects.order_by("pk").values_list("client", "purpose")
    read, downloaded = (42, "message.read"), (42, "message.downloaded")
    assert list(purposes) == [read, downloaded, read, downloaded, read]
    # A declaration names its clients inside; the others have the hash of theirs.
    assert asked == [{keyed_hash(parties.BSN)}] * 5


def test_detail_is_readable(world: World, rows: dict[str, Any]) -> None:
    browser = logged_in(world, Role.CARE_COORDINATOR)
    page = browser.get(reverse("message_detail", args=[rows["301"].pk])).content.decode()
    assert "Toegewezen product 1" in page
    assert "12-01-2026" in page
    assert "999900006" in page
    assert "JW302" in page, "the answer is linked"


def test_controller_sees_no_bsn(world: World, rows: dict[str, Any]) -> None:
    browser = logged_in(world, Role.CONTROLLER)
    page = browser.get(reverse("message_detail", args=[rows["323"].pk])).content.decode()
    assert "999900006" not in page
    assert "006" in page


def test_download_gives_the_bytes_as_they_came(world: World, rows: dict[str, Any]) -> None:
    raw = serialize(parties.allocation(world)) + b"\n"
    row = parties.receive(world, raw)
    browser = logged_in(world, Role.CARE_COORDINATOR)
    response = browser.get(reverse("message_download", args=[row.pk]))
    assert response.content == raw
    assert response["Content-Disposition"].startswith("attachment")


def test_findings_stand_with_rule_code_and_place(world: World) -> None:
    path = "/Bericht/Client/ToegewezenProducten/ToegewezenProduct[1]"
    dispatcher.register(
        Leg.UP,
        "301",
        lambda scope, incoming, message: Outcome(
            findings=[Finding("TR019", "9019", path, "Cannot be tied.")]
        ),
    )
    row = parties.judged(world, parties.allocation(world))
    browser = logged_in(world, Role.CONTRACT_MANAGER)
    page = browser.get(reverse("message_detail", args=[row.pk])).content.decode()
    for text in ("TR019", "9019", path, "Cannot be tied.", "kan niet gekoppeld worden"):
        assert text in page


def test_unreadable_document_has_a_page(world: World) -> None:
    row = parties.handled(world, parties.receive(world, b"\x1f\x8b nonsense"))
    browser = logged_in(world, Role.CARE_COORDINATOR)
    page = browser.get(reverse("message_detail", args=[row.pk]))
    assert page.status_code == 200
    assert b"compressed" in page.content


def file(raw: bytes, name: str = "a.xml") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, raw, content_type="text/xml")


def test_upload_of_several_files(world: World, accepting: Accepting) -> None:
    accepting(Leg.UP, "301")
    good = serialize(parties.allocation(world))
    bad = serialize(parties.allocation(world, bsn="123456789"))
    browser = logged_in(world, Role.CARE_COORDINATOR)
    response = browser.post(
        reverse("message_upload"),
        {"documents": [file(good, "goed.xml"), file(bad, "fout.xml"), file(b"<a/>", "niets.xml")]},
    )
    page = response.content.decode()
    assert response.status_code == 200
    for name in ("goed.xml", "fout.xml", "niets.xml"):
        assert name in page
    as_system()
    states = sorted(IncomingMessage.objects.values_list("state", "source"))
    assert states == [(State.HANDLED, "upload"), (State.REJECTED, "upload")]


def test_upload_by_a_subcontractor_is_its_own(world: World, accepting: Accepting) -> None:
    got = accepting(Leg.DOWN, "305")
    browser = logged_in(world, Role.SUBCONTRACTOR_USER)
    raws = [
        serialize(parties.start(world, world.practice)),
        serialize(parties.start(world, world.institution)),
    ]
    browser.post(reverse("message_upload"), {"documents": [file(raw) for raw in raws]})
    as_system()
    assert len(got) == 1
    rows = IncomingMessage.objects.all()
    assert {row.provider_organisation_id for row in rows} == {world.practice.pk}
    assert sorted(row.state for row in rows) == [State.HANDLED, State.REJECTED]


def test_upload_without_a_file(world: World) -> None:
    browser = logged_in(world, Role.CARE_COORDINATOR)
    response = browser.post(reverse("message_upload"), {})
    assert response.status_code == 200
    assert response.context["form"].errors


def failed(world: World) -> IncomingMessage:
    row = parties.judged(world, parties.allocation(world))
    assert row.state == State.FAILED
    return row


@pytest.mark.parametrize("role", [Role.CARE_COORDINATOR, Role.ADMINISTRATOR])
def test_attention_is_run_again(world: World, accepting: Accepting, role: Role) -> None:
    row = failed(world)
    browser = logged_in(world, role)
    page = browser.get(reverse("message_attention")).content.decode()
    assert "JW301" in page
    assert "999900006" not in page
    link = reverse("message_detail", args=[row.pk])
    assert (f'href="{link}"' in page) is (role == Role.CARE_COORDINATOR)
    assert browser.get(link).status_code == (200 if role == Role.CARE_COORDINATOR else 403)
    accepting(Leg.UP, "301")
    assert browser.post(reverse("message_rerun", args=[row.pk])).status_code == 302
    as_system()
    intake.sweep(scope=scopes.system())
    row.refresh_from_db()
    assert row.state == State.HANDLED


def test_nothing_changes_by_get(world: World) -> None:
    row = failed(world)
    browser = logged_in(world, Role.CARE_COORDINATOR)
    for name in ("message_rerun", "sent_message_resend"):
        assert browser.get(reverse(name, args=[row.pk])).status_code in (200, 404)
    as_system()
    row.refresh_from_db()
    assert row.state == State.FAILED


def test_attention_of_another_main_contractor(world: World) -> None:
    row = failed(world)
    world.main = world.other_main
    browser = logged_in(world, Role.ADMINISTRATOR)
    assert browser.post(reverse("message_rerun", args=[row.pk])).status_code == 404
    assert b"JW301" not in browser.get(reverse("message_attention")).content


def test_attention_for_the_work_list(world: World) -> None:
    row = failed(world)
    for role in sorted(STAFF):
        found = selectors.attention(world.staff(role))
        expected = role in {Role.CONTRACT_MANAGER, Role.CARE_COORDINATOR, Role.ADMINISTRATOR}
        assert [one.message.pk for one in found] == ([row.pk] if expected else [])
        assert selectors.attention_count(world.staff(role)) == len(found)


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("family=jw", True),
        ("family=wmo", False),
        ("message_type=301", True),
        ("message_type=323", False),
        ("state=handled", True),
        ("state=failed", False),
        ("leg=up", True),
        ("leg=down", False),
        ("period=2020", False),
        ("period=nonsense", False),
    ],
)
def test_filters(world: World, accepting: Accepting, query: str, shown: bool) -> None:
    accepting(Leg.UP, "301")
    row = parties.judged(world, parties.allocation(world))
    browser = logged_in(world, Role.CARE_COORDINATOR)
    page = browser.get(f"{reverse('message_list')}?{query}").content.decode()
    assert (row.identification in page) is shown


def test_period_filter_finds_this_month(world: World, accepting: Accepting) -> None:
    accepting(Leg.UP, "301")
    row = parties.judged(world, parties.allocation(world))
    month = timezone.localdate().strftime("%Y-%m")
    browser = logged_in(world, Role.CARE_COORDINATOR)
    page = browser.get(f"{reverse('message_list')}?period={month}").content.decode()
    assert row.identification in page


def test_export_of_the_board(world: World, rows: dict[str, Any]) -> None:
    browser = logged_in(world, Role.CARE_COORDINATOR)
    response = browser.get(f"{reverse('message_list')}?_export=csv")
    text = b"".join(response.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    lines = text.splitlines()
    assert len(lines) == 3
    assert any("JW301" in line and "Amersfoort" in line for line in lines)


def test_board_takes_as_many_queries_for_many_rows(
    world: World, accepting: Accepting, django_assert_max_num_queries: Any
) -> None:
    accepting(Leg.UP, "301")
    for _turn in range(30):
        parties.judged(world, parties.allocation(world))
    browser = logged_in(world, Role.CARE_COORDINATOR)
    with django_assert_max_num_queries(30):
        assert browser.get(reverse("message_list")).status_code == 200
