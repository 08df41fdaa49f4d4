"""The pages on which care is moved: for each role, and the story of a contract manager."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from hoofdaannemer.accessmatrix.subcontracts import MOVES
from hoofdaannemer.audit.models import AccessRecord
from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.scope import Role, Scope
from subcontracts import worklist
from subcontracts.models import CareMove, CareMoveItem, Placement
from subcontracts.services import moving, moving_out, placements
from tests import factories
from tests.conftest import become
from tests.factories import Party, World
from tests.subcontracts.conftest import Browser as Browse
from tests.subcontracts.moving import drafted, kept, other_party

ROLES = [role for role in Role if role not in (Role.SYSTEM, Role.NOBODY)]
TODAY = timezone.localdate()
DAY = TODAY + timedelta(days=30)


@pytest.fixture
def here(system: Scope) -> World:
    return factories.world(system)


def placed(here: World, count: int = 1, product: str = "guidance") -> list[Placement]:
    """Pages have no other day than today."""
    become(here.system)
    period = Period(TODAY - timedelta(days=100), TODAY + timedelta(days=200))
    now = timezone.now()
    return [
        factories.place(here, factories.allocate(here, product, period=period, at=now), at=now)
        for _number in range(count)
    ]


def sealed(placement: Placement) -> Placement:
    """Of a client whose data stay inside."""
    placement.client.is_sealed = True
    placement.client.save()
    return placement


def draft(here: World, to: Party | None) -> CareMove:
    party = to.subcontractor if to else None
    return drafted(here, party, day=DAY, at=timezone.now())


def work(here: World) -> None:
    become(here.system)
    for pk in moving_out.waiting(here.system.moved_to(timezone.now())):
        moving_out.take_up(scope=here.system.moved_to(timezone.now()), move_id=pk)


@pytest.mark.parametrize("role", ROLES)
def test_matrix(here: World, browse: Browse, role: Role) -> None:
    sealed(placed(here, 2)[0])
    move = draft(here, other_party(here))
    item = move.items.get()
    provider = role in (Role.SUBCONTRACTOR_ADMIN, Role.SUBCONTRACTOR_USER)
    browser = browse(here, role, here.pxq if provider else None)
    keys = {
        "subcontract_move": [kept(here.pxq).pk],
        "care_move_list": [],
        "care_move_item": [item.pk],
        "care_move_item_settle": [item.pk],
    }
    got = {
        name: getattr(browser, method)(reverse(name, args=keys.get(name, [move.pk]))).status_code
        for name, (method, _allowed) in MOVES.items()
    }
    assert got == {name: allowed.get(role, 403) for name, (_method, allowed) in MOVES.items()}


def test_another_main_contractor_finds_nothing(here: World, browse: Browse) -> None:
    placed(here)
    move = draft(here, other_party(here))
    item = move.items.get()
    become(here.system)
    elsewhere = factories.world(here.system)
    browser = browse(elsewhere, Role.CONTRACT_MANAGER)
    for name in MOVES:
        if name == "care_move_list":
            continue
        pk = kept(here.pxq).pk if name == "subcontract_move" else move.pk
        pk = item.pk if name.startswith("care_move_item") else pk
        assert browser.get(reverse(name, args=[pk])).status_code == 404, name
        assert browser.post(reverse(name, args=[pk])).status_code in (404, 405), name
    assert not browser.get(reverse("care_move_list")).context["table"].rows


def test_from_the_contract_to_a_settled_remainder(here: World, browse: Browse) -> None:
    first, second = placed(here, 2)
    cure = placed(here, product="treatment")[0]
    there = other_party(here)
    browser = browse(here, Role.CONTRACT_MANAGER)
    contract = reverse("subcontract_detail", args=[kept(here.pxq).pk])
    begin = reverse("subcontract_move", args=[kept(here.pxq).pk])
    assert begin in browser.get(contract).content.decode()
    wish = {
        "day": DAY.isoformat(),
        "reason": "merger",
        "destination": there.subcontractor.pk,
    }
    response = browser.post(begin, wish)
    move = CareMove.objects.get()
    page = reverse("care_move_detail", args=[move.pk])
    assert response.url == page
    # Another way for one product, none for one placement.
    chosen = {"product": cure.product_id, "destination": here.own_team.subcontractor.pk}
    assert browser.post(reverse("care_move_choose", args=[move.pk]), chosen).status_code == 302
    stays = CareMoveItem.objects.get(placement=second)
    browser.post(reverse("care_move_item", args=[stays.pk]), {"destination": ""})
    shown = browser.get(page, {"product": cure.product_id}).context["table"].rows
    assert [row.record.placement_id for row in shown] == [cure.pk]
    # The check names who stays; nothing has moved by looking.
    confirm = reverse("care_move_confirm", args=[move.pk])
    check = browser.get(confirm).context
    assert [row[0] for row in check["problems"]["rows"]] == [str(second.number)]
    assert sum(row[2] for row in check["totals"]["rows"]) == 2
    assert Placement.objects.count() == 3
    browser.post(confirm)
    assert browser.get(page).context["is_busy"]
    work(here)
    assert {row.placement_id: row.status for row in CareMoveItem.objects.filter(move=move)} == {
        first.pk: "moved",
        second.pk: "left",
        cure.pk: "moved",
    }
    listed = browser.get(contract).content.decode()
    assert page in listed
    assert (
        page in browser.get(reverse("subcontract_detail", args=[kept(there).pk])).content.decode()
    )
    scope = become(here.at(Role.CONTRACT_MANAGER, at=timezone.now()))
    assert page in [item.url for item in worklist.items(scope)]
    settle = reverse("care_move_item_settle", args=[stays.pk])
    assert "form" in browser.get(settle).context
    browser.post(settle, {"text": "De zorg stopt."})
    assert CareMove.objects.get().status == "finished"
    become(scope)
    assert page not in [item.url for item in worklist.items(scope)]


def test_what_remained_is_sent_somewhere_else(here: World, browse: Browse) -> None:
    placement = placed(here)[0]
    lacking, there = other_party(here, tariff=None), other_party(here, "Verderop")
    move = draft(here, lacking)
    browser = browse(here, Role.CONTRACT_MANAGER)
    # Nothing can go there, so that nothing can be confirmed on the page; the service still may.
    page = browser.get(reverse("care_move_confirm", args=[move.pk]))
    assert not page.context["may_confirm"]
    become(here.system)
    moving.confirm(scope=here.at(Role.CONTRACT_MANAGER, at=timezone.now()), move=move)
    work(here)
    item = reverse("care_move_item", args=[move.items.get().pk])
    assert "PLA-06" in browser.get(item).content.decode()
    again = {"destination": there.subcontractor.pk, "day": DAY.isoformat()}
    assert browser.post(item, again).status_code == 302
    work(here)
    assert Placement.objects.filter(subcontract=there.subcontract).count() == 1
    assert Placement.objects.get(pk=placement.pk).end_date == DAY - timedelta(days=1)
    # Dealt with, it is offered no more.
    assert "nothing" in browser.get(item).context


def test_a_refused_wish_is_told_on_the_form(here: World, browse: Browse) -> None:
    placed(here)
    browser = browse(here, Role.CONTRACT_MANAGER)
    begin = reverse("subcontract_move", args=[kept(here.pxq).pk])
    yesterday = (TODAY - timedelta(days=1)).isoformat()
    response = browser.post(begin, {"day": yesterday, "reason": "merger"})
    assert "CON-66" in response.content.decode()
    response = browser.post(begin, {"day": DAY.isoformat(), "reason": "other"})
    assert "CON-67" in response.content.decode()
    assert not CareMove.objects.exists()


def test_a_destination_of_somebody_else_is_no_choice(here: World, browse: Browse) -> None:
    placed(here)
    elsewhere = factories.world(become(here.system))
    browser = browse(here, Role.CONTRACT_MANAGER)
    for pk in (elsewhere.pxq.subcontractor.pk, here.pxq.subcontractor.pk):
        wish = {"day": DAY.isoformat(), "reason": "merger", "destination": pk}
        begin = reverse("subcontract_move", args=[kept(here.pxq).pk])
        assert browser.post(begin, wish).status_code == 200
    assert not CareMove.objects.exists()


def test_the_list_downloads_with_the_check_of_every_placement(here: World, browse: Browse) -> None:
    placed(here, 30)
    move = draft(here, other_party(here))
    browser = browse(here, Role.CARE_COORDINATOR)
    response = browser.get(reverse("care_move_detail", args=[move.pk]), {"_export": "csv"})
    lines = b"".join(response.streaming_content).decode().strip().split("\r\n")
    assert len(lines) == 31
    # The price of the destination stands behind each: all rows were checked.
    assert all(re.search(r"66,00", line) for line in lines[1:])


def test_clients_whose_data_stay_inside_are_counted_and_listed_for_few(
    here: World, browse: Browse
) -> None:
    shown, inside = placed(here, 2)
    sealed(inside)
    move = draft(here, other_party(here))
    page, others = (
        reverse(name, args=[move.pk]) for name in ("care_move_detail", "care_move_sealed")
    )
    # A care coordinator reads how many there are, and no more.
    seen = browse(here, Role.CARE_COORDINATOR).get(page)
    assert (seen.context["kept_apart"], seen.context["may_list"]) == (1, False)
    assert [row.record.placement_id for row in seen.context["table"].rows] == [shown.pk]
    browser = browse(here, Role.CONTRACT_MANAGER)
    assert others in browser.get(page).content.decode()
    text = browser.get(others).content.decode()
    assert str(inside.number) in text
    assert inside.client.surname not in text
    become(here.system)
    looks = AccessRecord.objects.filter(purpose="care_move.sealed_listed")
    assert {look.client for look in looks} == {inside.client_id}


def test_each_is_taken_along_to_an_own_team_by_hand(here: World, browse: Browse) -> None:
    shown, inside = placed(here, 2)
    sealed(inside)
    there, team = other_party(here), here.own_team.subcontractor
    move = draft(here, there)
    browser = browse(here, Role.CONTRACT_MANAGER)
    along = reverse("care_move_sealed", args=[move.pk])
    # Not offered: the data of this client may not go there.
    assert (
        browser.post(
            along, {"placement": inside.pk, "destination": there.subcontractor.pk}
        ).status_code
        == 200
    )
    assert browser.post(along, {"placement": inside.pk, "destination": team.pk}).status_code == 302
    become(here.system)
    item = move.items.get(placement=inside)
    # What is chosen for all goes round it, and no list shows it.
    browser.post(
        reverse("care_move_choose", args=[move.pk]), {"destination": there.subcontractor.pk}
    )
    table = browser.get(reverse("care_move_detail", args=[move.pk])).context["table"]
    assert [row.record.placement_id for row in table.rows] == [shown.pk]
    browser.post(reverse("care_move_confirm", args=[move.pk]))
    work(here)
    item.refresh_from_db()
    assert item.new_placement is not None
    assert item.new_placement.subcontractor == team
    seen = browser.get(reverse("care_move_detail", args=[move.pk]))
    assert seen.context["kept_apart"] == 0


def test_a_contract_with_nobody_else_left_can_still_be_emptied(here: World, browse: Browse) -> None:
    inside = sealed(placed(here)[0])
    move = draft(here, None)
    assert not move.items.exists()
    browser = browse(here, Role.CONTRACT_MANAGER)
    team = here.own_team.subcontractor
    along = reverse("care_move_sealed", args=[move.pk])
    browser.post(along, {"placement": inside.pk, "destination": team.pk})
    browser.post(reverse("care_move_confirm", args=[move.pk]))
    work(here)
    become(here.system)
    move.refresh_from_db()
    assert move.status == CareMove.Status.FINISHED
    seen = browser.get(along)
    assert seen.context["is_closed"]
    assert seen.context["form"] is None


def test_a_declined_placement_asks_to_be_placed_anew(here: World, browse: Browse) -> None:
    placed(here)
    there = other_party(here)
    move = draft(here, there)
    scope = here.at(Role.CONTRACT_MANAGER, at=timezone.now())
    moving.confirm(scope=become(scope), move=move)
    work(here)
    new = move.items.get().new_placement
    assert new is not None
    placements.decline(scope=here.system.moved_to(timezone.now()), placement=new, reason="vol")
    browser = browse(here, Role.CARE_COORDINATOR)
    page = browser.get(reverse("care_move_detail", args=[move.pk])).content.decode()
    assert f"{new.number} is afgewezen" in page


@pytest.mark.parametrize("name", ["care_move_detail", "care_move_confirm", "care_move_list"])
def test_queries_do_not_grow_with_the_placements(here: World, browse: Browse, name: str) -> None:
    there = other_party(here)
    placed(here, 2)
    browser = browse(here, Role.CONTRACT_MANAGER)

    def asked() -> int:
        move = draft(here, there)
        page = reverse(name, args=[] if name == "care_move_list" else [move.pk])
        browser.get(page)
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(page).status_code == 200
        become(here.system)
        moving.discard(scope=here.at(Role.CONTRACT_MANAGER), move=move)
        return len(queries)

    few = asked()
    placed(here, 15)
    assert asked() <= few
