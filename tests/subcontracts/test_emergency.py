"""Emergency access: one client, half an hour, with a reason, and others know at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import F
from django.test import Client as Browser
from django.utils import timezone

from hoofdaannemer.accounts.models import Membership, User
from hoofdaannemer.accounts.tasks import sweep_mail
from hoofdaannemer.audit.models import AccessRecord, ChangeRecord
from hoofdaannemer.core import scope as scopes
from hoofdaannemer.core.errors import ConflictError, NotAllowedError, RuleError
from hoofdaannemer.core.scope import STAFF, Role, Scope
from messaging.exchange.services import intake
from messaging.istandaard import serialize
from messaging.models import IncomingMessage, Leg
from subcontracts import worklist
from subcontracts.models import Allocation, Client, EmergencyAccess, Placement
from subcontracts.models.clients import EMERGENCY_LASTS
from subcontracts.services import clients, emergency
from subcontracts.services.emergency import Sought
from tests.conftest import become
from tests.factories import (
    World,
    allocate,
    allocated,
    allocation_message,
    main_contractor,
    person,
    place,
    world,
)

REASON = "De politie zoekt een vermiste cliënt."
OPEN = "/noodtoegang/openen/"
Browse = Callable[..., Browser]


@pytest.fixture
def here(system: Scope) -> World:
    return world(system)


@pytest.fixture
def wanted(here: World) -> Client:
    """A client with an allocation and a placement; there is another one too."""
    allocate(here)
    allocation = allocate(here)
    place(here, allocation)
    return allocation.client


def now_as(here: World, role: Role) -> Scope:
    """The scope of this role at this moment: the database goes by its own clock."""
    as_system()
    return here.at(role, at=timezone.now())


def as_system() -> None:
    become(scopes.system())


def opened(scope: Scope, client: Client) -> EmergencyAccess:
    sought = Sought(bsn=client.bsn or "")
    with scopes.acting_as(scope):
        return emergency.open_access(scope=scope, sought=sought, reason=REASON)


def shown_to(scope: Scope) -> list[int]:
    """All clients that the database shows to this scope, whatever the code would filter."""
    with scopes.acting_as(scope):
        found = sorted(Client.objects.values_list("pk", flat=True))
        assert found == sorted(Client.objects.visible_to(scope).values_list("pk", flat=True))
    return found


# What the database shows


def test_the_database_shows_this_client_to_this_person(here: World, wanted: Client) -> None:
    scope = now_as(here, Role.ADMINISTRATOR)
    assert shown_to(scope) == []
    opened(scope, wanted)
    assert shown_to(scope) == [wanted.pk]
    with scopes.acting_as(scope):
        assert not Allocation.objects.exists()
        assert not Placement.objects.exists()
        with pytest.raises(DatabaseError), transaction.atomic():
            Client.objects.update(is_sealed=True)
    others = [
        replace(scope, user_id=now_as(here, Role.CONTROLLER).user_id),
        replace(scope, main_contractor_id=main_contractor("Elders").pk),
        replace(scope, role=Role.QUALITY_OFFICER),
        replace(scope, role=Role.MUNICIPAL_VIEWER, municipality_id=here.municipality.pk),
    ]
    for other in others[:3]:
        assert shown_to(other) == [], other
    with scopes.acting_as(others[3]), pytest.raises(DatabaseError), transaction.atomic():
        Client.objects.count()


def test_it_ends_by_itself(here: World, wanted: Client) -> None:
    scope = now_as(here, Role.ADMINISTRATOR)
    access = opened(scope, wanted)
    late = scope.moved_to(scope.at + EMERGENCY_LASTS)
    assert not access.is_open(late)
    with scopes.acting_as(late):
        assert not Client.objects.visible_to(late).exists()
    # The database goes by its own clock.
    earlier = timedelta(minutes=31)
    EmergencyAccess.objects.update(
        opened_at=F("opened_at") - earlier, ends_at=F("ends_at") - earlier
    )
    with scopes.acting_as(scope):
        assert not Client.objects.exists()


def test_it_ends_when_the_person_is_done(here: World, wanted: Client) -> None:
    scope = now_as(here, Role.ADMINISTRATOR)
    access = opened(scope, wanted)
    colleague = replace(scope, user_id=now_as(here, Role.CONTROLLER).user_id)
    with scopes.acting_as(colleague), pytest.raises(NotAllowedError):
        emergency.end(scope=colleague, access=access)
    for _twice in range(2):
        with scopes.acting_as(scope):
            emergency.end(scope=scope, access=access)
    assert shown_to(scope) == []
    assert ChangeRecord.objects.filter(verb="emergency.ended").count() == 1


def test_one_client_at_a_time(here: World, wanted: Client) -> None:
    scope = now_as(here, Role.ADMINISTRATOR)
    first = opened(scope, wanted)
    second = opened(scope, allocate(here).client)
    assert shown_to(scope) == [second.client_id]
    first.refresh_from_db()
    assert first.ended_at == scope.at
    with pytest.raises(IntegrityError), transaction.atomic():
        EmergencyAccess.objects.filter(pk=first.pk).update(ended_at=None)


def test_nobody_opens_it_for_longer(here: World, wanted: Client) -> None:
    opened(now_as(here, Role.ADMINISTRATOR), wanted)
    with pytest.raises(IntegrityError), transaction.atomic():
        EmergencyAccess.objects.update(ends_at=F("ends_at") + timedelta(seconds=1))


def test_nobody_opens_it_in_anothers_name(here: World, wanted: Client) -> None:
    scope = now_as(here, Role.ADMINISTRATOR)
    other = now_as(here, Role.CONTRACT_MANAGER)
    access = opened(scope, wanted)
    colleague = replace(scope, user_id=other.user_id)
    with scopes.acting_as(colleague), pytest.raises(DatabaseError), transaction.atomic():
        EmergencyAccess.objects.filter(pk=access.pk).update(reason="Anders")
    for role in sorted(STAFF - {Role.ADMINISTRATOR, Role.CONTRACT_MANAGER}):
        with scopes.acting_as(replace(scope, role=role)):
            assert not EmergencyAccess.objects.exists(), role


# Asking for it


@pytest.mark.parametrize("role", sorted(STAFF - {Role.ADMINISTRATOR}))
def test_no_other_role_opens_it(here: World, wanted: Client, role: Role) -> None:
    with pytest.raises(NotAllowedError):
        opened(now_as(here, role), wanted)


@pytest.mark.parametrize("reason", ["", "nodig", "test test test test", "noodsituatiebijdecliënt"])
def test_a_reason_is_a_sentence(here: World, wanted: Client, reason: str) -> None:
    scope = now_as(here, Role.ADMINISTRATOR)
    with scopes.acting_as(scope), pytest.raises(RuleError) as refusal:
        emergency.open_access(scope=scope, sought=Sought(bsn=wanted.bsn or ""), reason=reason)
    assert refusal.value.code == "ACC-09"
    assert not EmergencyAccess.objects.exists()


@pytest.mark.parametrize("way", ["bsn", "allocation", "placement", "pseudonym"])
def test_ways_to_name_the_client(here: World, wanted: Client, way: str) -> None:
    sought = {
        "bsn": Sought(bsn=wanted.bsn or ""),
        "allocation": Sought(number=Allocation.objects.get(client=wanted).number),
        "placement": Sought(number=Placement.objects.get(client=wanted).number),
        "pseudonym": Sought(pseudonym=wanted.pseudonym),
    }[way]
    scope = now_as(here, Role.ADMINISTRATOR)
    with scopes.acting_as(scope):
        access = emergency.open_access(scope=scope, sought=sought, reason=REASON)
    assert access.client_id == wanted.pk


def test_a_number_of_several_clients_opens_none(here: World, wanted: Client) -> None:
    number = Allocation.objects.get(client=wanted).number
    allocate(here, "support", number=number)
    scope = now_as(here, Role.ADMINISTRATOR)
    with scopes.acting_as(scope), pytest.raises(RuleError) as refusal:
        emergency.open_access(scope=scope, sought=Sought(number=number), reason=REASON)
    assert refusal.value.code == "NOOD-02"


def test_a_search_in_vain_is_on_record_and_has_an_end(here: World, wanted: Client) -> None:
    scope = now_as(here, Role.ADMINISTRATOR)
    elsewhere = world(scopes.system())
    stranger = allocate(elsewhere).client  # a client of another main contractor is nobody's here
    clients.seal(scope=scopes.system(), client=wanted)
    for turn in range(emergency.MOST_MISSES):
        assert opened(scope, stranger if turn % 2 else wanted).client_id is None
    with pytest.raises(RuleError) as refusal:
        opened(scope, stranger)
    assert refusal.value.code == "NOOD-01"
    assert ChangeRecord.objects.filter(verb="emergency.found_nobody").count() == 5
    assert not AccessRecord.objects.filter(purpose__startswith="break_glass").exists()
    assert shown_to(scope) == []
    later = scope.moved_to(scope.at + timedelta(hours=1))
    with scopes.acting_as(later):
        assert opened(later, stranger).client_id is None


def test_others_know_at_once(here: World, wanted: Client) -> None:
    scope = now_as(here, Role.ADMINISTRATOR)
    managers = [now_as(here, Role.CONTRACT_MANAGER), now_as(here, Role.CONTROLLER)]
    for one in managers:
        Membership.objects.create(
            user_id=one.user_id,
            role=Role.CONTRACT_MANAGER,
            main_contractor=here.main,
            started_at=one.at,
        )
    opened(scope, wanted)
    sweep_mail()
    told = {User.objects.get(pk=one.user_id).email for one in managers}
    assert {message.to[0] for message in mail.outbox} == told
    text = str([(message.subject, message.body) for message in mail.outbox])
    for secret in (REASON, wanted.surname, wanted.pseudonym, wanted.bsn or "-"):
        assert secret not in text
    record = AccessRecord.objects.get(client=wanted.pk)
    assert (record.user_id, record.reason) == (scope.user_id, REASON)
    for one in managers:
        acting = replace(one, role=Role.CONTRACT_MANAGER)
        with scopes.acting_as(acting):
            items = worklist.items(acting)
        assert [item.url for item in items if "noodtoegang" in item.url]
        assert not any(secret in str(items) for secret in (wanted.surname, REASON))


def test_a_manager_reviews_it_once_and_never_the_own_use(here: World, wanted: Client) -> None:
    scope = now_as(here, Role.ADMINISTRATOR)
    access = opened(scope, wanted)
    manager = now_as(here, Role.CONTRACT_MANAGER)
    for wrong in (replace(scope, role=Role.CONTRACT_MANAGER), now_as(here, Role.ADMINISTRATOR)):
        with scopes.acting_as(wrong), pytest.raises(NotAllowedError):
            emergency.review(scope=wrong, access=access)
    with scopes.acting_as(manager):
        emergency.review(scope=manager, access=access)
        with pytest.raises(ConflictError):
            emergency.review(scope=manager, access=access)
        assert not [item for item in worklist.items(manager) if "noodtoegang" in item.url]
    with pytest.raises(IntegrityError), transaction.atomic():
        EmergencyAccess.objects.update(reviewed_by=scope.user_id)


def test_the_reason_is_encrypted(here: World, wanted: Client) -> None:
    opened(now_as(here, Role.ADMINISTRATOR), wanted)
    with connection.cursor() as cursor:
        cursor.execute("SELECT reason FROM subcontracts_emergencyaccess")
        assert REASON.encode() not in bytes(cursor.fetchone()[0])


# The pages


def asked(browser: Browser, **data: str) -> Any:
    return browser.post(OPEN, {"reason": REASON, **data})


def test_from_search_to_client_and_back(here: World, wanted: Client, browse: Browse) -> None:
    browser = browse(here, Role.ADMINISTRATOR)
    assert browser.get("/clienten/").status_code == 403
    page = asked(browser, bsn=wanted.bsn or "")
    assert page.context["consequences"]
    as_system()
    assert not EmergencyAccess.objects.exists()  # asked, not opened
    answer = asked(browser, bsn=wanted.bsn or "", confirmed="yes")
    as_system()
    access = EmergencyAccess.objects.get()
    url = f"/noodtoegang/{access.pk}/"
    assert answer.headers["Location"] == url
    page = browser.get(url)
    text = page.content.decode()
    assert wanted.full_name in text
    assert (wanted.bsn or "-") in text
    assert "no-store" in page.headers["Cache-Control"]
    # Nothing else opens with it.
    assert browser.get(f"/clienten/{wanted.pk}/").status_code == 403
    assert browser.post(f"/clienten/{wanted.pk}/bsn/").status_code == 403
    as_system()
    looks = AccessRecord.objects.filter(client=wanted.pk).order_by("pk")
    assert [(one.purpose, one.reason) for one in looks] == [
        ("break_glass.opened", REASON),
        ("break_glass.client", REASON),
    ]
    # The list names nobody, neither on the page nor in its file.
    listed = browser.get("/noodtoegang/")
    export = browser.get("/noodtoegang/?_export=csv")
    for shown in (listed.content, b"".join(export.streaming_content)):  # type: ignore[attr-defined]
        for secret in (wanted.surname, wanted.pseudonym, wanted.bsn or "-"):
            assert secret not in shown.decode()
    assert browser.get(f"{url}beeindigen/").status_code == 405
    browser.post(f"{url}beeindigen/")
    page = browser.get(url)
    assert page.context["is_over"]
    assert wanted.full_name not in page.content.decode()
    as_system()
    assert AccessRecord.objects.filter(client=wanted.pk).count() == 2


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"bsn": "999900006", "number": "12"},
        {"bsn": "123456789"},
        {"number": "1; --"},
        {"number": "C-1"},
        {"number": "12", "reason": "nodig"},
    ],
)
def test_the_form_says_what_is_missing(here: World, browse: Browse, data: dict[str, str]) -> None:
    browser = browse(here, Role.ADMINISTRATOR)
    for more in ({}, {"confirmed": "yes"}):
        page = asked(browser, **{**data, **more})
        assert page.context["form"].errors
    as_system()
    assert not EmergencyAccess.objects.exists()


def test_nobody_found_is_said_and_kept(here: World, browse: Browse) -> None:
    browser = browse(here, Role.ADMINISTRATOR)
    page = asked(browser, number="C-99999", confirmed="yes")
    assert page.context["form"].errors
    as_system()
    access = EmergencyAccess.objects.get()
    assert access.client_id is None
    assert browser.get(f"/noodtoegang/{access.pk}/").status_code == 200


def test_messages_of_this_client_open_with_it(here: World, browse: Browse) -> None:
    as_system()
    rows = [_received(here, surname) for surname in ("Kanarie-Gezocht", "Kanarie-Ander")]
    client = Client.objects.get(bsn_hash=bytes(rows[0].client_hash or b""))
    browser = browse(here, Role.ADMINISTRATOR)
    asked(browser, bsn=client.bsn or "", confirmed="yes")
    as_system()
    url = f"/noodtoegang/{EmergencyAccess.objects.get().pk}/"
    page = browser.get(url)
    lines = page.context["message_lines"]
    assert f"in:{rows[0].pk}" in [line.key for line in lines]
    assert f"in:{rows[1].pk}" not in [line.key for line in lines]
    read = browser.post(f"{url}bericht/", {"message": f"in:{rows[0].pk}"})
    assert "Kanarie-Gezocht" in read.content.decode()
    raw = browser.post(f"{url}bericht/", {"message": f"in:{rows[0].pk}", "xml": "1"})
    assert b"Kanarie-Gezocht" in raw.content
    assert "attachment" in raw.headers["Content-Disposition"]
    for wrong in (f"in:{rows[1].pk}", f"out:{rows[0].pk}", "in:", "in:x", "", "in:" + "9" * 40):
        answer = browser.post(f"{url}bericht/", {"message": wrong})
        assert answer.headers["Location"] == url, wrong
    assert browser.get(f"{url}bericht/").status_code == 405
    as_system()
    purposes = AccessRecord.objects.filter(client=client.pk).values_list("purpose", flat=True)
    assert {"break_glass.message", "break_glass.xml"} <= set(purposes)
    # What somebody else opened is not one's own.
    colleague = browse(here, Role.CONTROLLER)
    as_system()
    Membership.objects.filter(user=now_as(here, Role.CONTROLLER).user_id).update(
        role=Role.ADMINISTRATOR
    )
    page = colleague.get(url)
    assert page.status_code == 200
    assert not page.context["client"]
    answer = colleague.post(f"{url}bericht/", {"message": f"in:{rows[0].pk}"})
    assert answer.headers["Location"] == url
    assert colleague.post(f"{url}beeindigen/").status_code == 403
    browser.post(f"{url}beeindigen/")
    answer = browser.post(f"{url}bericht/", {"message": f"in:{rows[0].pk}"})
    assert answer.headers["Location"] == url


def _received(here: World, surname: str) -> IncomingMessage:
    good = here.products["guidance"]
    message = allocation_message(here, person(surname), allocated(good))
    row = intake.receive(
        scope=here.system,
        raw=serialize(message),
        main_contractor_id=here.main.pk,
        leg=Leg.UP,
        municipality_id=here.municipality.pk,
        source=IncomingMessage.Source.UPLOAD,
    )
    return intake.handle(scope=here.system, message_id=row.pk)


def test_a_manager_sees_who_and_why_and_reviews(
    here: World, wanted: Client, browse: Browse
) -> None:
    access = opened(now_as(here, Role.ADMINISTRATOR), wanted)
    manager = browse(here, Role.CONTRACT_MANAGER)
    url = f"/noodtoegang/{access.pk}/"
    assert url in manager.get("/").content.decode()
    assert wanted.pseudonym in manager.get("/noodtoegang/").content.decode()
    page = manager.get(url)
    text = page.content.decode()
    assert REASON in text
    assert f"/clienten/{wanted.pk}/" in text
    assert wanted.full_name not in text
    assert manager.get(OPEN).status_code == 403
    assert manager.post(f"{url}bericht/").status_code == 403
    manager.post(f"{url}beoordelen/")
    assert not manager.get(url).context["may_review"]
    assert url not in manager.get("/").content.decode()
    coordinator = browse(here, Role.CARE_COORDINATOR)
    assert coordinator.get("/noodtoegang/").status_code == 403
    assert "noodtoegang" not in coordinator.get("/").content.decode()
