"""Client stops: asked, consented to or set; and whom they keep out."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from hoofdaannemer.accessmatrix.subcontracts import STEERING
from hoofdaannemer.core.errors import ConflictError, NotAllowedError, RuleError
from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.scope import Role, Scope
from subcontracts import worklist
from subcontracts.models import Allocation, ClientStop, Placement, Subcontract
from subcontracts.rules.client_stops import is_new
from subcontracts.selectors.candidates import candidates
from subcontracts.services import client_stops
from subcontracts.services.client_stops import StopFacts
from tests import factories
from tests.conftest import become
from tests.factories import NOW, Party, World
from tests.subcontracts.conftest import Browser as Browse

TODAY = timezone.localdate(NOW)
ROLES = [role for role in Role if role not in (Role.SYSTEM, Role.NOBODY)]
Status = ClientStop.Status


@pytest.fixture
def world(system: Scope) -> World:
    return factories.world(system)


def contract_of(party: Party) -> Subcontract:
    assert party.subcontract is not None
    return party.subcontract


def manager(world: World) -> Scope:
    return become(world.at(Role.CONTRACT_MANAGER))


def provider(world: World) -> Scope:
    return become(world.at(Role.SUBCONTRACTOR_USER, world.pxq))


def facts(**changes: Any) -> StopFacts:
    return StopFacts(**{"start_date": TODAY, "reason": "De agenda is vol", **changes})


def imposed(world: World, **changes: Any) -> ClientStop:
    stop = client_stops.impose(
        scope=manager(world), subcontract=contract_of(world.pxq), facts=facts(**changes)
    )
    become(world.system)
    return stop


def asked(world: World, **changes: Any) -> ClientStop:
    return client_stops.ask(
        scope=provider(world), subcontract=contract_of(world.pxq), facts=facts(**changes)
    )


def new_allocation(world: World, product: str = "guidance") -> Allocation:
    become(world.system)
    return factories.allocate(world, product)


def refused(world: World, allocation: Allocation) -> str:
    with pytest.raises(RuleError) as error:
        factories.place(world, allocation)
    return error.value.code


# Whom it keeps out


def test_no_new_client_is_placed_while_it_holds(world: World) -> None:
    imposed(world)
    assert refused(world, new_allocation(world)) == "PLA-18"


def test_the_page_on_which_one_places_says_why(world: World) -> None:
    imposed(world, end_date=TODAY + timedelta(days=60))
    allocation = new_allocation(world)
    scope = become(world.at(Role.CARE_COORDINATOR))
    found = {one.subcontractor.pk: one for one in candidates(scope, allocation)}
    (reason,) = found[world.pxq.subcontractor.pk].reasons
    assert "cliëntenstop" in reason


def test_another_subcontractor_takes_clients_as_before(world: World) -> None:
    imposed(world)
    allocation = new_allocation(world, "treatment")
    assert factories.place(world, allocation, world.trajectory).status == "accepted"


def test_of_another_product_clients_are_taken(world: World) -> None:
    imposed(world, product=world.products["treatment"])
    assert factories.place(world, new_allocation(world)).status == "accepted"
    assert refused(world, new_allocation(world, "treatment")) == "PLA-18"


def test_asked_with_the_notice_that_was_agreed(world: World) -> None:
    contract = contract_of(world.pxq)
    Subcontract.objects.filter(pk=contract.pk).update(client_stop_notice_days=14)
    contract.refresh_from_db()
    with pytest.raises(RuleError, match="CON-91"):
        asked(world, start_date=TODAY + timedelta(days=13))
    assert asked(world, start_date=TODAY + timedelta(days=14)).status == Status.ASKED
    become(world.system)
    # The main contractor may set one at once.
    assert imposed(world, product=world.products["treatment"], start_date=TODAY, end_date=TODAY)


def test_a_product_that_the_contract_does_not_cover(world: World) -> None:
    with pytest.raises(RuleError, match="CON-81"):
        imposed(world, product=world.products["support"])


def test_who_is_in_care_there_stays_and_gets_what_follows(world: World) -> None:
    who = factories.person()
    first = factories.allocate(world, who=who)
    factories.place(world, first)
    imposed(world)
    again = factories.allocate(world, who=who)
    assert factories.place(world, again).status == Placement.Status.ACCEPTED


def test_what_was_only_asked_holds_nobody_back(world: World) -> None:
    asked(world)
    assert factories.place(world, new_allocation(world)).status == "accepted"


def test_before_its_first_day_clients_are_taken(world: World) -> None:
    imposed(world, start_date=TODAY + timedelta(days=10))
    assert factories.place(world, new_allocation(world)).status == "accepted"


def test_an_own_team_has_no_contract_and_no_stop(world: World) -> None:
    imposed(world)
    allocation = new_allocation(world)
    assert factories.place(world, allocation, world.own_team).status == "accepted"


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ([], True),
        ([Period(date(2026, 1, 1), None)], False),
        ([Period(date(2026, 1, 1), date(2026, 2, 28))], False),
        ([Period(date(2026, 1, 1), date(2026, 2, 27))], True),
        ([Period(date(2026, 3, 2), None)], True),
    ],
)
def test_who_is_new(before: list[Period], expected: bool) -> None:
    assert is_new(date(2026, 3, 1), before) is expected


def test_many_stops_take_as_many_queries_as_one(world: World) -> None:
    allocation = new_allocation(world)
    counts = []
    for party in (world.pxq, world.fte, world.trajectory):
        contract = contract_of(party)
        client_stops.impose(scope=manager(world), subcontract=contract, facts=facts())
        scope = become(world.at(Role.CARE_COORDINATOR))
        with CaptureQueriesContext(connection) as queries:
            candidates(scope, allocation)
        counts.append(len(queries))
    assert counts[1] == counts[2] <= counts[0]


# Asking and deciding


def test_asked_by_the_subcontractor_and_granted_by_the_manager(world: World) -> None:
    stop = asked(world)
    assert stop.status == Status.ASKED
    scope = manager(world)
    (item,) = [one for one in worklist.items(scope) if "Cliëntenstop" in str(one.kind)]
    assert item.due == TODAY
    granted = client_stops.decide(
        scope=scope, stop=stop, is_granted=True, answer="Tot het voorjaar"
    )
    assert (granted.status, granted.decided_by_id) == (Status.GRANTED, scope.user_id)
    assert refused(world, new_allocation(world)) == "PLA-18"
    become(scope)
    assert not [one for one in worklist.items(scope) if "Cliëntenstop" in str(one.kind)]


def test_a_refusal_says_why_and_changes_nothing(world: World) -> None:
    stop = asked(world)
    scope = manager(world)
    with pytest.raises(RuleError, match="CON-83"):
        client_stops.decide(scope=scope, stop=stop, is_granted=False, answer=" ")
    client_stops.decide(scope=scope, stop=stop, is_granted=False, answer="Er is acceptatieplicht")
    assert factories.place(world, new_allocation(world)).status == "accepted"


def test_it_is_decided_once(world: World) -> None:
    stop = asked(world)
    scope = manager(world)
    client_stops.decide(scope=scope, stop=stop, is_granted=True, answer="")
    with pytest.raises(ConflictError):
        client_stops.decide(scope=scope, stop=stop, is_granted=False, answer="Toch niet")


def test_a_subcontractor_does_not_consent_to_its_own(world: World) -> None:
    stop = asked(world)
    with pytest.raises(NotAllowedError):
        client_stops.decide(scope=provider(world), stop=stop, is_granted=True, answer="")
    with pytest.raises(NotAllowedError):
        client_stops.impose(
            scope=provider(world), subcontract=contract_of(world.pxq), facts=facts()
        )


def test_nobody_asks_in_the_name_of_another(world: World) -> None:
    other = become(world.at(Role.SUBCONTRACTOR_USER, world.trajectory))
    with pytest.raises(NotAllowedError):
        client_stops.ask(scope=other, subcontract=contract_of(world.pxq), facts=facts())


@pytest.mark.parametrize(
    "changes",
    [
        {"start_date": TODAY - timedelta(days=1)},
        {"start_date": TODAY, "end_date": TODAY - timedelta(days=1)},
        {"start_date": date(2040, 1, 1)},
    ],
)
def test_days_that_cannot_be(world: World, changes: dict[str, Any]) -> None:
    scope = manager(world)
    Subcontract.objects.filter(pk=contract_of(world.pxq).pk).update(end_date=date(2030, 12, 31))
    with pytest.raises(RuleError, match="CON-80"):
        client_stops.impose(scope=scope, subcontract=contract_of(world.pxq), facts=facts(**changes))


def test_one_at_a_time(world: World) -> None:
    imposed(world, end_date=TODAY + timedelta(days=30))
    with pytest.raises(RuleError, match="CON-82"):
        imposed(world, start_date=TODAY + timedelta(days=30))
    imposed(world, start_date=TODAY + timedelta(days=31))


# Ending


def test_ended_today_clients_are_taken_again(world: World) -> None:
    stop = imposed(world)
    ClientStop.objects.filter(pk=stop.pk).update(start_date=TODAY - timedelta(days=20))
    client_stops.end(scope=manager(world), stop=stop)
    stop.refresh_from_db()
    assert stop.end_date == TODAY - timedelta(days=1)
    assert factories.place(world, new_allocation(world)).status == "accepted"


def test_one_that_had_not_begun_goes_altogether(world: World) -> None:
    stop = imposed(world, start_date=TODAY + timedelta(days=5))
    ended = client_stops.end(scope=manager(world), stop=stop)
    assert ended.status == Status.WITHDRAWN
    with pytest.raises(ConflictError):
        client_stops.end(scope=manager(world), stop=stop)


def test_a_subcontractor_ends_what_it_asked_and_nothing_else(world: World) -> None:
    stop = asked(world)
    client_stops.decide(scope=manager(world), stop=stop, is_granted=True, answer="")
    ended = client_stops.end(scope=provider(world), stop=stop, last_day=TODAY + timedelta(days=3))
    assert ended.end_date == TODAY + timedelta(days=3)
    with pytest.raises(RuleError, match="CON-80"):
        client_stops.end(scope=provider(world), stop=stop, last_day=TODAY + timedelta(days=9))
    ours = imposed(world, start_date=TODAY + timedelta(days=10))
    with pytest.raises(NotAllowedError):
        client_stops.end(scope=provider(world), stop=ours)


# Pages


def pages_of(world: World) -> dict[str, str]:
    become(world.system)
    stop = ClientStop.objects.create(
        main_contractor=world.main,
        provider_organisation=world.pxq.organisation,
        subcontract=contract_of(world.pxq),
        status=Status.ASKED,
        start_date=timezone.localdate(),
        reason="vol",
        is_asked=True,
        recorded_at=NOW,
    )
    return {
        "subcontract_client_stop": reverse(
            "subcontract_client_stop", args=[contract_of(world.pxq).pk]
        ),
        "client_stop_list": reverse("client_stop_list"),
        "client_stop_decide": reverse("client_stop_decide", args=[stop.pk]),
        "client_stop_end": reverse("client_stop_end", args=[stop.pk]),
    }


@pytest.mark.parametrize("role", ROLES)
def test_matrix(world: World, browse: Browse, role: Role) -> None:
    pages = pages_of(world)
    is_provider = role in (Role.SUBCONTRACTOR_ADMIN, Role.SUBCONTRACTOR_USER)
    browser = browse(world, role, world.pxq if is_provider else None)
    got = {name: browser.get(url).status_code for name, url in pages.items()}
    assert got == {name: STEERING[name][1].get(role, 403) for name in pages}


def test_another_subcontractor_finds_nothing(world: World, browse: Browse) -> None:
    pages = pages_of(world)
    browser = browse(world, Role.SUBCONTRACTOR_USER, world.trajectory)
    for name in ("subcontract_client_stop", "client_stop_end"):
        assert browser.get(pages[name]).status_code == 404, name
    assert "vol" not in browser.get(pages["client_stop_list"]).content.decode().split("<main")[1]


def test_the_list_leads_only_who_may_read_contracts_to_them(world: World, browse: Browse) -> None:
    page = pages_of(world)["client_stop_list"]
    contract = reverse("subcontract_detail", args=[contract_of(world.pxq).pk])
    assert contract in browse(world, Role.CONTRACT_MANAGER).get(page).content.decode()
    shown = browse(world, Role.CARE_COORDINATOR).get(page).content.decode()
    assert world.pxq.organisation.name in shown
    assert contract not in shown


def test_asked_on_one_page_and_granted_on_another(world: World, browse: Browse) -> None:
    contract = contract_of(world.pxq)
    detail = reverse("subcontract_detail", args=[contract.pk])
    there = browse(world, Role.SUBCONTRACTOR_USER, world.pxq)
    page = reverse("subcontract_client_stop", args=[contract.pk])
    assert page in there.get(detail).content.decode()
    day = timezone.localdate() + timedelta(days=14)
    typed = {"start_date": day.isoformat(), "reason": "Ziekte in het team"}
    assert there.post(page, typed)["Location"] == detail
    become(world.system)
    stop = ClientStop.objects.get()
    here = browse(world, Role.CONTRACT_MANAGER)
    decide = reverse("client_stop_decide", args=[stop.pk])
    assert decide in here.get("/").content.decode()
    assert here.post(decide, {"outcome": "refuse"}).status_code == 200
    assert here.post(decide, {"outcome": "grant", "answer": "Akkoord"})["Location"] == detail
    shown = there.get(detail).content.decode()
    assert "Akkoord" in shown and reverse("client_stop_end", args=[stop.pk]) in shown
