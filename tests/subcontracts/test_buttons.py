"""A button is shown where its action is carried out, and only there: roles × states."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.db import transaction
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from hoofdaannemer.core import scope as scopes
from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.scope import STAFF, SUBCONTRACTOR, Role, Scope
from messaging.istandaard import Finding
from messaging.models import Leg, OutgoingMessage
from subcontracts.models import Allocation, CareRequest, Client, Placement
from subcontracts.rules.delivery import StopKey
from subcontracts.services import deliveries, placements, requests
from tests import factories
from tests.conftest import become
from tests.factories import Party, World, moved
from tests.subcontracts import changing
from tests.subcontracts.conftest import Browser as Browse
from tests.subcontracts.post import answered, up

ROLES = sorted(STAFF | SUBCONTRACTOR)
TODAY = timezone.localdate()
WEEK_AGO, YESTERDAY = TODAY - timedelta(days=7), TODAY - timedelta(days=1)
THIS_YEAR = Period(TODAY - timedelta(days=100), TODAY + timedelta(days=200))
Typed = Mapping[str, object]


def is_done(browser: Browser, url: str, typed: Typed) -> bool:
    """Whether a POST does what it says; whatever it did is undone."""
    # What an earlier answer said is not of this one.
    browser.cookies.pop("messages", None)
    with transaction.atomic():
        response = browser.post(url, typed)
        told = [message.level_tag for message in get_messages(response.wsgi_request)]
        transaction.set_rollback(True)
    become(scopes.system())
    # Back to a page, without words of a refusal.
    return response.status_code == 302 and "error" not in told


def shows(browser: Browser, page: str, url: str) -> bool:
    """Whether the page offers the action, as a link or a form; it is no offer where it is none."""
    response = browser.get(page)
    become(scopes.system())
    text = response.content.decode()
    return response.status_code == 200 and (f'"{url}"' in text)


@pytest.fixture
def browse(browse: Browse) -> Browse:
    """One browser for each role of a test."""
    known: dict[Role, Browser] = {}

    def one(world: World, role: Role, party: Party | None = None) -> Browser:
        if role not in known:
            known[role] = browse(world, role, party)
        return known[role]

    return one


def walk(
    browse: Browse, world: World, page: str, actions: Mapping[str, Typed]
) -> dict[str, set[str]]:
    """Names of the actions that each role is offered; asserts that those and no others are done."""
    offered: dict[str, set[str]] = {}
    for role in ROLES:
        browser = browse(world, role, world.pxq if role in SUBCONTRACTOR else None)
        shown = {url for url in actions if shows(browser, page, url)}
        done = {url for url, typed in actions.items() if is_done(browser, url, typed)}
        assert shown == done, role
        if shown:
            offered[role.value] = {url.rstrip("/").rsplit("/", 1)[-1] for url in shown}
    return offered


def now(world: World) -> Scope:
    return moved(world.system, timezone.now())


# Placements


def offered(world: World, *, period: Period = THIS_YEAR) -> Placement:
    allocation = factories.allocate(world, period=period, at=timezone.now())
    return factories.place(world, allocation, accepted=False, at=timezone.now())


def accepted(world: World, *, period: Period = THIS_YEAR) -> Placement:
    return placements.accept(scope=now(world), placement=offered(world, period=period))


def to_come(world: World) -> Placement:
    return accepted(world, period=Period(TODAY + timedelta(days=5), TODAY + timedelta(days=50)))


def started(world: World) -> Placement:
    placement = accepted(world)
    deliveries.report_start(scope=now(world), placement=placement, begin=WEEK_AGO)
    return placement


def _stopped(world: World, reason: str) -> Placement:
    placement = started(world)
    stop = StopKey(WEEK_AGO, YESTERDAY, reason)
    deliveries.report_stop(scope=now(world), placement=placement, stop=stop)
    return placement


def paused(world: World) -> Placement:
    return _stopped(world, "20")


def ended(world: World) -> Placement:
    return _stopped(world, "31")


def declined(world: World) -> Placement:
    return placements.decline(scope=now(world), placement=offered(world), reason="Vol")


def withdrawn(world: World) -> Placement:
    return placements.withdraw(scope=now(world), placement=accepted(world), reason="Fout")


def more_for(row: Allocation | Placement) -> Typed:
    """What the form about a change sends for one more unit, from tomorrow on."""
    number = row.number
    return {
        "reason": "1",
        f"volume_of_{number}": (row.volume or 0) + 1,
        f"from_of_{number}": (TODAY + timedelta(days=6)).isoformat(),
        f"end_date_of_{number}": row.end_date.isoformat() if row.end_date else "",
    }


def asked_below(world: World) -> Placement:
    placement = accepted(world)
    changing.in_portal_of(world, world.pxq, placement, timezone.now())
    return placement


CARE = {"care_coordinator", "contract_manager"}
OWN = {"subcontractor_admin", "subcontractor_user"}


@pytest.mark.parametrize(
    ("made", "own", "care"),
    [
        (offered, {"aannemen", "weigeren", "medewerker", "wijziging"}, {"intrekken"}),
        (accepted, {"start", "medewerker", "wijziging"}, {"intrekken"}),
        (to_come, {"medewerker", "wijziging"}, {"intrekken"}),
        (started, {"stop", "medewerker", "terugnemen", "wijziging"}, set()),
        (paused, {"start", "stop", "medewerker", "terugnemen", "wijziging"}, set()),
        (asked_below, {"start", "medewerker"}, {"intrekken"}),
        (ended, {"start", "medewerker", "terugnemen"}, set()),
        (declined, set(), set()),
        (withdrawn, set(), set()),
    ],
)
def test_placements(
    system: Scope,
    browse: Browse,
    made: Callable[[World], Placement],
    own: set[str],
    care: set[str],
) -> None:
    world = factories.world(system)
    placement = made(world)
    person = factories.professional(world.system, world.pxq)
    typed: dict[str, Typed] = {
        "placement_accept": {},
        "placement_decline": {"reason": "Vol"},
        "placement_withdraw": {"reason": "Fout"},
        "placement_name_professional": {
            "professional": person.pk,
            "start_date": placement.start_date.isoformat(),
        },
        "placement_start": {"begin": TODAY.isoformat()},
        "placement_stop": {
            "begin": WEEK_AGO.isoformat(),
            "end": TODAY.isoformat(),
            "reason": "31",
        },
        "placement_take_back": {"begin": WEEK_AGO.isoformat()},
        "placement_change": more_for(placement),
    }
    actions = {reverse(name, args=[placement.pk]): data for name, data in typed.items()}
    page = reverse("placement_detail", args=[placement.pk])
    found = walk(browse, world, page, actions)
    expected = dict.fromkeys(OWN, own) | dict.fromkeys(CARE, care)
    assert found == {role: names for role, names in expected.items() if names}


# Allocations


def unplaced(world: World) -> Allocation:
    return factories.allocate(world, period=THIS_YEAR, at=timezone.now())


def partly(world: World) -> Allocation:
    allocation = unplaced(world)
    part = placements.Part(volume=1)
    factories.place(world, allocation, at=timezone.now(), part=part)
    return allocation


def first_half(world: World) -> Allocation:
    allocation = unplaced(world)
    part = placements.Part(period=Period(THIS_YEAR.start, TODAY))
    factories.place(world, allocation, at=timezone.now(), part=part)
    return allocation


def wholly(world: World) -> Allocation:
    allocation = unplaced(world)
    factories.place(world, allocation, at=timezone.now())
    return allocation


def deleted(world: World) -> Allocation:
    allocation = unplaced(world)
    Allocation.objects.update(is_deleted=True)
    return allocation


def past(world: World) -> Allocation:
    period = Period(TODAY - timedelta(days=100), YESTERDAY)
    return factories.allocate(world, period=period, at=timezone.now())


def asked_above(world: World) -> Allocation:
    allocation = wholly(world)
    changing.by_office_of(world, allocation, timezone.now())
    return allocation


def returned(world: World) -> Allocation:
    allocation = started(world).allocation
    report = OutgoingMessage.objects.get(message_type="305", leg=Leg.UP)
    path = "/Bericht/Client/StartProducten/StartProduct[1]"
    up(world, answered(report, Finding("TR019", "9019", path, "")), timezone.now())
    return allocation


@pytest.mark.parametrize(
    ("made", "care"),
    [
        (unplaced, {"plaatsen", "wijziging"}),
        (partly, {"plaatsen", "wijziging"}),
        (first_half, {"plaatsen", "wijziging"}),
        (wholly, {"wijziging"}),
        (deleted, set()),
        (past, {"plaatsen"}),
        (asked_above, set()),
        (returned, {"opnieuw-melden", "wijziging"}),
    ],
)
def test_allocations(
    system: Scope, browse: Browse, made: Callable[[World], Allocation], care: set[str]
) -> None:
    world = factories.world(system)
    allocation = made(world)
    browser = browse(world, Role.CARE_COORDINATOR)
    place = reverse("allocation_place", args=[allocation.pk])
    actions: dict[str, Typed] = {
        place: _as_offered(browser, place, world.own_team.subcontractor.pk),
        reverse("allocation_tell_again", args=[allocation.pk]): {},
        reverse("allocation_change", args=[allocation.pk]): more_for(allocation),
    }
    page = reverse("allocation_detail", args=[allocation.pk])
    found = walk(browse, world, page, actions)
    assert found == (dict.fromkeys(CARE, care) if care else {})


def _as_offered(browser: Browser, page: str, subcontractor: int) -> dict[str, object]:
    """What the place page sends when one presses a button on it."""
    form = browser.get(page).context["form"]
    become(scopes.system())
    typed = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    return {**typed, "subcontractor": subcontractor}


@pytest.mark.parametrize("made", [unplaced, partly, first_half])
def test_the_place_page_offers_who_can_be_chosen(
    system: Scope, browse: Browse, made: Callable[[World], Allocation]
) -> None:
    """A button for each candidate of whom the placement is made, with what is left filled in."""
    world = factories.world(system)
    allocation = made(world)
    sleeping = factories.party(
        moved(world.system), world.main, world.youth, "Slaapt", "pxq", [world.products["day"]]
    )
    browser = browse(world, Role.CARE_COORDINATOR)
    page = reverse("allocation_place", args=[allocation.pk])
    text = browser.get(page).content.decode()
    become(scopes.system())
    parties = (world.pxq, world.fte, world.trajectory, world.own_team, sleeping)
    keys = [party.subcontractor.pk for party in parties]
    shown = {key for key in keys if f'name="subcontractor" value="{key}"' in text}
    done = {key for key in keys if is_done(browser, page, _as_offered(browser, page, key))}
    assert shown == done
    assert shown == {keys[0], keys[3]}


def test_the_place_page_of_what_is_placed_offers_nobody(system: Scope, browse: Browse) -> None:
    world = factories.world(system)
    page = reverse("allocation_place", args=[wholly(world).pk])
    browser = browse(world, Role.CARE_COORDINATOR)
    assert 'name="subcontractor" value=' not in browser.get(page).content.decode()
    become(scopes.system())
    other = world.own_team.subcontractor.pk
    assert not is_done(browser, page, _as_offered(browser, page, other))


# Requests


def _asked(world: World, scope: Scope, bsn: str = "") -> CareRequest:
    who = factories.person(number=bsn)
    return requests.request_allocation(
        scope=scope,
        main_contractor_id=world.main.pk,
        draft=requests.RequestDraft(
            person=requests.clients.PersonDetails(
                bsn=who.bsn, surname=who.surname, initials="A", birth_date=who.birth_date, sex="2"
            ),
            municipality=world.municipality,
            products=[
                requests.ProductDraft(
                    product=world.products["guidance"],
                    start_date=TODAY,
                    end_date=THIS_YEAR.end,
                    volume=4,
                    unit="04",
                    frequency="2",
                    referral=requests.Referral(type="02", name="Dr. Bos"),
                )
            ],
            guardian_known=True,
        ),
    )


def received(world: World) -> CareRequest:
    scope = world.at(Role.SUBCONTRACTOR_USER, world.pxq, at=timezone.now())
    return _asked(world, scope)


def sent(world: World) -> CareRequest:
    return _asked(world, now(world))


def faulty(world: World) -> CareRequest:
    request = sent(world)
    assert request.message
    path = "/Bericht/Client/AangevraagdeProducten/AangevraagdProduct[1]"
    up(world, answered(request.message, Finding("TR381", "S329", path, "")), timezone.now())
    return request


def sealed(world: World) -> CareRequest:
    request = received(world)
    Client.objects.update(is_sealed=True)
    return request


def while_another_is_open(world: World) -> CareRequest:
    number = factories.bsn()
    scope = world.at(Role.SUBCONTRACTOR_USER, world.pxq, at=timezone.now())
    request = _asked(world, scope, number)
    _asked(world, now(world), number)
    return request


def change_received(world: World) -> CareRequest:
    return changing.in_portal_of(world, world.pxq, accepted(world), timezone.now())


def change_sent(world: World) -> CareRequest:
    return changing.by_office_of(world, wholly(world), timezone.now())


def change_too_late(world: World) -> CareRequest:
    """What it was about has ended since."""
    request = change_received(world)
    Allocation.objects.update(end_date=YESTERDAY)
    return request


@pytest.mark.parametrize(
    ("made", "care"),
    [
        (change_received, {"versturen", "niet-overnemen"}),
        (change_sent, set()),
        (change_too_late, {"niet-overnemen"}),
        (received, {"versturen", "niet-overnemen"}),
        (sent, set()),
        (faulty, {"versturen", "niet-overnemen"}),
        (sealed, {"niet-overnemen"}),
        (while_another_is_open, {"niet-overnemen"}),
    ],
)
def test_requests(
    system: Scope, browse: Browse, made: Callable[[World], CareRequest], care: set[str]
) -> None:
    world = factories.world(system)
    request = made(world)
    actions: dict[str, Typed] = {
        reverse("request_send", args=[request.pk]): {},
        reverse("request_dismiss", args=[request.pk]): {"reason": "4"},
    }
    found = walk(browse, world, reverse("request_detail", args=[request.pk]), actions)
    assert found == (dict.fromkeys(CARE, care) if care else {})


# The work list


@pytest.mark.parametrize("made", [offered, accepted, to_come, started, paused, ended, declined])
def test_the_work_list_leads_to_what_can_be_done(
    system: Scope, browse: Browse, made: Callable[[World], Placement]
) -> None:
    world = factories.world(system)
    placement = made(world)
    browser = browse(world, Role.SUBCONTRACTOR_USER, world.pxq)
    home = browser.get(reverse("home")).content.decode()
    become(scopes.system())
    typed: dict[str, dict[str, Any]] = {
        "placement_start": {"begin": TODAY.isoformat()},
        "placement_stop": {
            "begin": WEEK_AGO.isoformat(),
            "end": TODAY.isoformat(),
            "reason": "31",
        },
    }
    for name, data in typed.items():
        url = reverse(name, args=[placement.pk])
        if f'"{url}"' in home:
            assert is_done(browser, url, data), name


@pytest.mark.parametrize("made", [accepted, declined, withdrawn])
def test_links_to_clients_open(
    system: Scope, browse: Browse, made: Callable[[World], Placement]
) -> None:
    world = factories.world(system)
    placement = made(world)
    page = reverse("placement_detail", args=[placement.pk])
    client = reverse("client_detail", args=[placement.client_id])
    for role in ROLES:
        browser = browse(world, role, world.pxq if role in SUBCONTRACTOR else None)
        opens = browser.get(client).status_code == 200
        become(scopes.system())
        response = browser.get(page)
        become(scopes.system())
        if response.status_code == 200:
            assert (f'"{client}"' in response.content.decode()) is opens, role
