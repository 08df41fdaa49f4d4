"""The pages about a change: the form is filled in, its errors are precise, each state is told."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from hoofdaannemer.audit.models import AccessRecord
from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.scope import Role, Scope
from messaging.istandaard import Finding
from subcontracts import words
from subcontracts.models import Allocation, CareRequest, ChangedProduct, Placement
from subcontracts.services import answers
from subcontracts.views.requests import READERS
from tests import factories
from tests.conftest import become
from tests.factories import World
from tests.subcontracts.changing import by_office_of, in_portal_of
from tests.subcontracts.conftest import Browser as Browse
from tests.subcontracts.post import answered, up

TODAY = timezone.localdate()
NEXT_WEEK = TODAY + timedelta(days=7)
THIS_YEAR = Period(TODAY - timedelta(days=100), TODAY + timedelta(days=200))
_Status = CareRequest.Status


def care(system: Scope, **first: Any) -> tuple[World, Allocation, Placement, Allocation]:
    """Guidance placed below, and treatment of the same client that is not."""
    world = factories.world(system)
    who = factories.person()
    now = timezone.now()
    one = factories.allocate(world, who=who, period=THIS_YEAR, at=now, **first)
    two = factories.allocate(world, "treatment", who=who, period=THIS_YEAR, at=now)
    return world, one, factories.place(world, one, at=now), two


def filled(row: Allocation | Placement, **others: Any) -> dict[str, Any]:
    """What the browser sends of one line that nobody touched."""
    number = row.number
    typed = {
        f"volume_of_{number}": row.volume or "",
        f"end_date_of_{number}": row.end_date.isoformat() if row.end_date else "",
        f"from_of_{number}": "",
    }
    return typed | {f"{name}_of_{number}": value for name, value in others.items()}


def test_the_form_is_filled_in_with_all_that_is_current(system: Scope, browse: Browse) -> None:
    world, one, _placement, two = care(system)
    browser = browse(world, Role.CARE_COORDINATOR)
    form = browser.get(reverse("allocation_change", args=[one.pk])).context["form"]
    for row in (one, two):
        assert form[f"volume_of_{row.number}"].value() == str(row.volume)
        assert form[f"end_date_of_{row.number}"].value() == row.end_date
    assert form.count == 0
    become(system)
    assert AccessRecord.objects.filter(purpose="request.change").exists()


def test_a_subcontractor_finds_its_own_only(system: Scope, browse: Browse) -> None:
    world, one, placement, two = care(system)
    browser = browse(world, Role.SUBCONTRACTOR_USER, world.pxq)
    response = browser.get(reverse("placement_change", args=[placement.pk]))
    assert set(response.context["form"].current) == {placement.number}
    shown = response.content.decode()
    assert str(two.number) not in shown and str(one.number) not in shown


def test_the_office_asks_more_of_one_and_keeps_the_other(system: Scope, browse: Browse) -> None:
    world, one, _placement, two = care(system)
    browser = browse(world, Role.CARE_COORDINATOR)
    more = {"volume": 6, "from": NEXT_WEEK.isoformat()}
    typed = {"reason": "2", **filled(one, **more), **filled(two)}
    response = browser.post(reverse("allocation_change", args=[one.pk]), typed)
    assert response.status_code == 302, response.context["form"].errors
    become(system)
    request = CareRequest.objects.get()
    assert (request.kind, request.status) == (CareRequest.Kind.CHANGE, _Status.SENT)
    sent = ChangedProduct.objects.filter(stage="sent")
    assert {(line.allocation_id, line.what, line.volume) for line in sent} == {
        (one.pk, "changed", 6),
        (two.pk, "unchanged", None),
    }
    page = browser.get(response["Location"])
    compared = page.context["wanted"].changes[0].compared
    assert [row["changed"] for row in compared] == [True, True, False]
    assert words.line_text(sent.get(what="unchanged")) in page.context["wanted"].kept


def test_below_hands_in_and_the_office_sees_what_it_means(system: Scope, browse: Browse) -> None:
    world, one, placement, two = care(system)
    provider = browse(world, Role.SUBCONTRACTOR_USER, world.pxq)
    longer = (THIS_YEAR.end or TODAY) + timedelta(days=60)
    typed = {"reason": "1", **filled(placement, end_date=longer.isoformat())}
    response = provider.post(reverse("placement_change", args=[placement.pk]), typed)
    assert response.status_code == 302, response.context["form"].errors
    own = provider.get(response["Location"]).content.decode()
    assert str(placement.number) in own
    assert str(one.number) not in own and str(two.number) not in own

    become(system)
    request = CareRequest.objects.get()
    assert request.status == _Status.RECEIVED
    browser = browse(world, Role.CARE_COORDINATOR)
    page = browser.get(response["Location"])
    wanted = page.context["wanted"]
    assert page.context["problem"] == ""
    assert str(one.number) in wanted.changes[0].title
    assert str(placement.number) in wanted.below[0]
    assert str(two.number) in wanted.kept[0]
    browser.post(reverse("request_send", args=[request.pk]))
    become(system)
    request.refresh_from_db()
    assert request.status == _Status.SENT
    # What was sent of others stays the office's.
    after = provider.get(response["Location"]).content.decode()
    assert str(two.number) not in after


def test_a_product_is_added_and_taken_out_again(system: Scope, browse: Browse) -> None:
    world, one, _placement, two = care(system)
    browser = browse(world, Role.CARE_COORDINATOR)
    page = reverse("allocation_change", args=[one.pk])
    typed = {"reason": "2", **filled(one, volume=9), **filled(two)}
    form = browser.post(page, {**typed, "add": "1"}).context["form"]
    assert (form.count, form.errors) == (1, {})
    assert form[f"volume_of_{one.number}"].value() == "9"
    offered = {product.family for product in form.fields["product"].queryset}
    assert offered == {"jw"}
    new = {
        "rows": "1",
        "product": world.products["guidance"].pk,
        "start_date": NEXT_WEEK.isoformat(),
        "volume": "3",
        "frequency": "4",
    }
    form = browser.post(page, {**typed, **new, "remove": "1"}).context["form"]
    assert form.count == 0
    form = browser.post(page, {**typed, "add": "1"}).context["form"]
    assert not form["product"].value()


def test_a_new_product_is_sent(system: Scope, browse: Browse) -> None:
    world, one, _placement, two = care(system)
    after = (THIS_YEAR.end or TODAY) + timedelta(days=1)
    new = {
        "rows": "1",
        "product": world.products["guidance"].pk,
        "start_date": after.isoformat(),
        "volume": "3",
        "frequency": "4",
    }
    browser = browse(world, Role.CARE_COORDINATOR)
    typed = {"reason": "2", **filled(one), **filled(two), **new}
    response = browser.post(reverse("allocation_change", args=[one.pk]), typed)
    assert response.status_code == 302, response.context["form"].errors
    become(system)
    line = ChangedProduct.objects.get(stage="sent", what="new")
    assert (line.product, line.start_date) == (world.products["guidance"], after)


def test_a_subcontractor_asks_for_a_product_besides(system: Scope, browse: Browse) -> None:
    """Which other care the client has is not its to know: the office hears what is in the way."""
    world, _one, placement, two = care(system)
    new = {
        "rows": "1",
        "product": two.product_id,
        "start_date": NEXT_WEEK.isoformat(),
        "volume": "60",
        "frequency": "4",
    }
    provider = browse(world, Role.SUBCONTRACTOR_USER, world.pxq)
    typed = {"reason": "2", **filled(placement), **new}
    response = provider.post(reverse("placement_change", args=[placement.pk]), typed)
    assert response.status_code == 302, response.context["form"].errors
    become(system)
    page = browse(world, Role.CARE_COORDINATOR).get(response["Location"])
    assert "TR361" in page.context["problem"]
    assert not page.context["may_send"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"volume": 6}, "from"),
        ({"from": NEXT_WEEK.isoformat()}, "from"),
        ({"volume": 6, "from": TODAY.isoformat()}, "from"),
        ({"end_date": ""}, "end_date"),
        ({"end_date": (THIS_YEAR.start - timedelta(days=1)).isoformat()}, "end_date"),
        ({"volume": 0}, "volume"),
    ],
)
def test_what_is_wrong_stands_at_its_field(
    system: Scope, browse: Browse, change: dict[str, Any], field: str
) -> None:
    world, one, _placement, two = care(system)
    browser = browse(world, Role.CARE_COORDINATOR)
    typed = {"reason": "2", **filled(one, **change), **filled(two)}
    errors = browser.post(reverse("allocation_change", args=[one.pk]), typed).context["form"].errors
    assert set(errors) == {f"{field}_of_{one.number}"}
    become(system)
    assert not CareRequest.objects.exists()


def test_the_first_day_of_the_allocation_may_be_asked(system: Scope, browse: Browse) -> None:
    world, one, _placement, two = care(system)
    browser = browse(world, Role.CARE_COORDINATOR)
    whole = {"volume": 6, "from": THIS_YEAR.start.isoformat()}
    typed = {"reason": "2", **filled(one, **whole), **filled(two)}
    assert browser.post(reverse("allocation_change", args=[one.pk]), typed).status_code == 302


def test_a_total_is_asked_without_a_day(system: Scope, browse: Browse) -> None:
    """TR373: it holds from the first day, so nobody is asked from when."""
    world, one, _placement, two = care(system, frequency="6", volume=40)
    browser = browse(world, Role.CARE_COORDINATOR)
    page = reverse("allocation_change", args=[one.pk])
    assert f"from_of_{one.number}" not in browser.get(page).context["form"].fields
    typed = {"reason": "2", **filled(one, volume=50), **filled(two)}
    assert browser.post(page, typed).status_code == 302
    become(system)
    line = ChangedProduct.objects.get(stage="sent", what="changed")
    assert (line.start_date, line.volume) == (one.start_date, 50)


def test_a_budget_is_asked_in_euros(system: Scope, browse: Browse) -> None:
    world, one, _placement, two = care(system)
    Allocation.objects.filter(pk=one.pk).update(
        volume=None, unit="", frequency="", budget=Decimal("1000.00"), product=None, category="45"
    )
    one.refresh_from_db()
    browser = browse(world, Role.CARE_COORDINATOR)
    page = reverse("allocation_change", args=[one.pk])
    fields = browser.get(page).context["form"].fields
    names = {name for name in fields if name.endswith(f"_of_{one.number}")}
    assert names == {f"budget_of_{one.number}", f"end_date_of_{one.number}"}
    typed = {"reason": "2", **filled(one, budget="1.250,50"), **filled(two)}
    assert browser.post(page, typed).status_code == 302
    become(system)
    line = ChangedProduct.objects.get(stage="sent", what="changed")
    assert (line.budget, line.start_date) == (Decimal("1250.50"), one.start_date)


def test_what_is_not_on_the_page_stays(system: Scope, browse: Browse) -> None:
    """The second became current after the page was made."""
    world, one, _placement, two = care(system)
    browser = browse(world, Role.CARE_COORDINATOR)
    more = {"volume": 6, "from": NEXT_WEEK.isoformat()}
    typed = {"reason": "2", **filled(one, **more)}
    assert browser.post(reverse("allocation_change", args=[one.pk]), typed).status_code == 302
    become(system)
    line = ChangedProduct.objects.get(stage="sent", allocation=two)
    assert line.what == "unchanged"


def test_nothing_changed_is_nothing_to_ask(system: Scope, browse: Browse) -> None:
    world, one, _placement, two = care(system)
    browser = browse(world, Role.CARE_COORDINATOR)
    typed = {"reason": "2", **filled(one), **filled(two)}
    response = browser.post(reverse("allocation_change", args=[one.pk]), typed)
    assert set(response.context["form"].errors) == {"__all__"}
    no_reason = browser.post(
        reverse("allocation_change", args=[one.pk]), {**filled(one), **filled(two)}
    )
    assert "reason" in no_reason.context["form"].errors


def test_new_care_begins_after_today(system: Scope, browse: Browse) -> None:
    world, one, _placement, two = care(system)
    new = {
        "rows": "1",
        "product": world.products["guidance"].pk,
        "start_date": TODAY.isoformat(),
        "volume": "3",
        "frequency": "4",
    }
    browser = browse(world, Role.CARE_COORDINATOR)
    typed = {"reason": "2", **filled(one), **filled(two), **new}
    errors = browser.post(reverse("allocation_change", args=[one.pk]), typed).context["form"].errors
    assert set(errors) == {"start_date"}


def test_what_the_municipality_would_refuse_is_told(system: Scope, browse: Browse) -> None:
    """The same product beside itself: the page says which rule, and keeps what was typed."""
    world, one, _placement, two = care(system)
    new = {
        "rows": "1",
        "product": world.products["guidance"].pk,
        "start_date": NEXT_WEEK.isoformat(),
        "volume": "3",
        "frequency": "4",
    }
    browser = browse(world, Role.CARE_COORDINATOR)
    typed = {"reason": "2", **filled(one), **filled(two), **new}
    response = browser.post(reverse("allocation_change", args=[one.pk]), typed)
    assert response.status_code == 200
    assert "TR361" in response.content.decode()
    assert response.context["form"]["volume"].value() == "3"


def test_who_cannot_ask_now_reads_why(system: Scope, browse: Browse) -> None:
    world, one, placement, _two = care(system)
    in_portal_of(world, world.pxq, placement, timezone.now())
    provider = browse(world, Role.SUBCONTRACTOR_USER, world.pxq)
    page = provider.get(reverse("placement_change", args=[placement.pk]))
    assert "VOT-02" in page.context["refusal"]
    become(system)
    browser = browse(world, Role.CARE_COORDINATOR)
    # What waits with the office does not keep the office from asking.
    assert browser.get(reverse("allocation_change", args=[one.pk])).context["refusal"] == ""


def test_what_cannot_be_sent_any_more_says_why(system: Scope, browse: Browse) -> None:
    world, one, placement, _two = care(system)
    request = in_portal_of(world, world.pxq, placement, timezone.now())
    Allocation.objects.filter(pk=one.pk).update(end_date=TODAY - timedelta(days=1))
    page = browse(world, Role.CARE_COORDINATOR).get(reverse("request_detail", args=[request.pk]))
    assert "VOT-10" in page.context["problem"]
    assert not page.context["may_send"]


def test_what_waits_for_another_request_says_so(system: Scope, browse: Browse) -> None:
    world, one, placement, _two = care(system)
    request = in_portal_of(world, world.pxq, placement, timezone.now())
    by_office_of_all(world, one)
    browser = browse(world, Role.CARE_COORDINATOR)
    page = browser.get(reverse("request_detail", args=[request.pk]))
    assert "VOT-02" in page.context["problem"]
    assert not page.context["may_send"]
    become(system)
    provider = browse(world, Role.SUBCONTRACTOR_USER, world.pxq)
    below = provider.get(reverse("request_detail", args=[request.pk]))
    assert below.context["problem"] == ""


@pytest.mark.parametrize("role", sorted(READERS))
@pytest.mark.parametrize("state", ["received", "sent", "faulty", "dismissed"])
def test_every_reader_reads_every_state(
    system: Scope, browse: Browse, role: Role, state: str
) -> None:
    world, one, placement, _two = care(system)
    now = timezone.now()
    below = state in ("received", "dismissed")
    request = (
        in_portal_of(world, world.pxq, placement, now) if below else by_office_of_all(world, one)
    )
    if state == "dismissed":
        coordinator = world.at(Role.CARE_COORDINATOR, at=now)
        answers.dismiss(scope=coordinator, request=request, reason="4")
    if state == "faulty":
        assert request.message
        wrong = Finding("TR349", "9349", "/Bericht/Client/Verzoek", "")
        up(world, answered(request.message, wrong), now)
    is_provider = role in (Role.SUBCONTRACTOR_ADMIN, Role.SUBCONTRACTOR_USER)
    browser = browse(world, role, world.pxq if is_provider else None)
    response = browser.get(reverse("request_detail", args=[request.pk]))
    if is_provider and not below:
        assert response.status_code == 404
        return
    assert response.status_code == 200
    become(system)
    request.refresh_from_db()
    assert request.status == state
    assert response.context["lead"] == words.request_text(request, is_asker=is_provider)


def by_office_of_all(world: World, one: Allocation) -> CareRequest:
    Allocation.objects.exclude(pk=one.pk).update(is_deleted=True)
    return by_office_of(world, one, timezone.now())


def test_every_state_has_its_sentence() -> None:
    for is_asker in (True, False):
        texts = {
            words.request_text(CareRequest(status=status), is_asker=is_asker)
            for status in CareRequest.Status
        }
        assert len(texts) == len(CareRequest.Status)


def test_the_list_shows_and_filters_the_kind(system: Scope, browse: Browse) -> None:
    world, _one, placement, _two = care(system)
    request = in_portal_of(world, world.pxq, placement, timezone.now())
    browser = browse(world, Role.CARE_COORDINATOR)
    page = reverse("request_list")
    shown = browser.get(page, {"kind": "317"}).content.decode()
    assert request.number in shown
    assert str(placement.product) in shown
    assert request.number not in browser.get(page, {"kind": "315"}).content.decode()
    exported = b"".join(browser.get(page, {"_export": "csv"}).streaming_content).decode()
    assert str(placement.product) in exported


def test_the_list_takes_the_same_queries_whatever_its_length(system: Scope, browse: Browse) -> None:
    world = factories.world(system)
    browser = browse(world, Role.CARE_COORDINATOR)
    counts = []
    for _round in range(2):
        become(system)
        for _number in range(3):
            now = timezone.now()
            allocation = factories.allocate(world, period=THIS_YEAR, at=now)
            placement = factories.place(world, allocation, at=now)
            in_portal_of(world, world.pxq, placement, now)
        browser.get(reverse("request_list"))
        with CaptureQueriesContext(connection) as captured:
            browser.get(reverse("request_list"))
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_a_client_page_leads_to_the_form(system: Scope, browse: Browse) -> None:
    """One way for each municipality and law, from where one may ask."""
    world, one, placement, _two = care(system)
    page = reverse("client_detail", args=[one.client_id])
    browser = browse(world, Role.CARE_COORDINATOR)
    assert reverse("allocation_change", args=[one.pk]) in browser.get(page).content.decode()
    provider = browse(world, Role.SUBCONTRACTOR_USER, world.pxq)
    assert reverse("placement_change", args=[placement.pk]) in provider.get(page).content.decode()
    controller = browse(world, Role.CONTROLLER)
    assert "wijziging" not in controller.get(page).content.decode().lower()
    become(system)
    in_portal_of(world, world.pxq, placement, timezone.now())
    waiting = provider.get(page).context["changes"]
    assert waiting == []


def test_a_client_with_care_under_two_laws_has_two_ways(system: Scope, browse: Browse) -> None:
    world, one, _placement, _two = care(system)
    other = factories.allocate(
        world, "support", who=person_of(one), period=THIS_YEAR, at=timezone.now()
    )
    browser = browse(world, Role.CARE_COORDINATOR)
    ways = browser.get(reverse("client_detail", args=[one.client_id])).context["changes"]
    assert {way.url for way in ways} == {
        reverse("allocation_change", args=[one.pk]),
        reverse("allocation_change", args=[other.pk]),
    }
    assert len({way.label for way in ways}) == 2


def test_a_closed_change_shows_what_was_asked(system: Scope, browse: Browse) -> None:
    world, one, _placement, _two = care(system)
    request = by_office_of_all(world, one)
    longer = factories.allocated(
        world.products["guidance"],
        number=one.number,
        decided=timezone.now() + timedelta(seconds=5),
        change_reason="12",
        period=Period(one.start_date, date(2030, 1, 1)),
        provider_reference=request.number,
    )
    message = factories.allocation_message(world, person_of(one), longer, on=timezone.localdate())
    up(world, message, timezone.now())
    request.refresh_from_db()
    assert request.status == _Status.ANSWERED
    page = browse(world, Role.CARE_COORDINATOR).get(reverse("request_detail", args=[request.pk]))
    (line,) = page.context["wanted"].changes
    assert not line.compared and line.asked
    assert reverse("allocation_detail", args=[one.pk]) in page.content.decode()


def person_of(allocation: Allocation) -> factories.builders.Person:
    client = allocation.client
    return factories.builders.Person(
        bsn=client.bsn or "",
        birth_date=date.fromisoformat(client.birth_date),
        surname=client.surname,
        initials="A",
        first_names="Anna",
        sex="2",
    )
