"""A move opens a task at the old payer; care without an end is looked at now and then."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client as Browser

from hoofdaannemer.accounts.models import Municipality
from hoofdaannemer.core.periods import Period, add_months
from hoofdaannemer.core.scope import Role, Scope
from subcontracts.models import Allocation, ClientResidence, ForeseenEnd, RequestedProduct
from subcontracts.rules import foreseen as rules
from subcontracts.selectors import foreseen as selector
from subcontracts.services import foreseen
from subcontracts.services import residences as services
from tests.conftest import become
from tests.factories import NOW, World, allocate, moved, place, world

Browse = Callable[..., Browser]
JUNE = date(2026, 6, 1)
LAST = date(2026, 5, 31)
#: Long enough that no end of it comes near.
LONG = Period(date(2026, 1, 1), date(2027, 12, 31))


@pytest.fixture
def here(system: Scope) -> World:
    return world(system)


def cared_for(here: World, period: Period = LONG, **others: Any) -> Allocation:
    allocation = allocate(here, period=period, **others)
    place(here, allocation)
    return allocation


def moves(here: World, allocation: Allocation, town: Municipality, day: date = JUNE) -> None:
    fact = services.Fact(
        municipality=town,
        start_date=day,
        basis=ClientResidence.Basis.PRINCIPLE,
        source=ClientResidence.Source.TOLD,
    )
    services.tell(scope=here.system, client=allocation.client, fact=fact)


def standing(here: World, kind: str = "moved") -> list[tuple[int, date | None]]:
    rows = ForeseenEnd.objects.visible_to(here.system).open().filter(kind=kind)
    return sorted((row.allocation_id, row.day) for row in rows)


def swept(here: World, at: datetime = NOW, kind: str = "review") -> list[tuple[int, date | None]]:
    foreseen.sweep(scope=moved(here.system, at))
    return standing(here, kind)


def test_a_move_opens_a_task_at_once(here: World) -> None:
    allocation = cared_for(here)
    cared_for(here)  # somebody who does not move
    cared_for(here, Period(date(2026, 1, 1), LAST))
    moves(here, allocation, here.other_municipality)
    assert standing(here) == [(allocation.pk, LAST)]
    # The night finds the same and opens nothing twice.
    assert swept(here, kind="moved") == [(allocation.pk, LAST)]


def test_nothing_moves_that_ends_before_or_that_nobody_gives(here: World) -> None:
    ends = cared_for(here, Period(date(2026, 1, 1), LAST))
    moves(here, ends, here.other_municipality)
    unplaced = allocate(here, period=LONG)
    moves(here, unplaced, here.other_municipality)
    assert standing(here) == []


def test_the_task_goes_when_the_old_allocation_ends(here: World) -> None:
    allocation = cared_for(here)
    moves(here, allocation, here.other_municipality)
    Allocation.objects.filter(pk=allocation.pk).update(end_date=LAST)
    assert swept(here, kind="moved") == []
    assert ForeseenEnd.objects.get(kind="moved").lapsed_at is not None


def test_the_task_follows_what_is_told(here: World) -> None:
    allocation = cared_for(here)
    moves(here, allocation, here.other_municipality)
    moves(here, allocation, here.other_municipality, date(2026, 5, 1))
    assert standing(here) == [(allocation.pk, date(2026, 4, 30))]
    # It was a mistake: the client stays.
    moves(here, allocation, here.municipality, date(2026, 5, 1))
    moves(here, allocation, here.municipality, JUNE)
    assert standing(here) == []


def test_who_comes_back_leaves_nothing_to_do(here: World) -> None:
    allocation = cared_for(here)
    moves(here, allocation, here.other_municipality)
    moves(here, allocation, here.municipality, date(2026, 9, 1))
    assert standing(here) == []


def test_a_decided_move_is_not_asked_again(here: World) -> None:
    allocation = cared_for(here)
    moves(here, allocation, here.other_municipality)
    row = ForeseenEnd.objects.get(kind="moved")
    foreseen.decide(scope=become(here.at(Role.CARE_COORDINATOR)), row=row, decision="transfer")
    become(here.system)
    assert swept(here, NOW + timedelta(days=200), "moved") == []


def test_only_fitting_decisions_are_taken(here: World) -> None:
    allocation = cared_for(here)
    moves(here, allocation, here.other_municipality)
    row = ForeseenEnd.objects.get()
    with pytest.raises(ValueError, match="no decision"):
        foreseen.decide(scope=here.system, row=row, decision="wmo")


def test_the_page_says_what_must_happen(here: World, browse: Browse) -> None:
    allocation = cared_for(here)
    moves(here, allocation, here.other_municipality)
    row = ForeseenEnd.objects.get()
    page = browse(here, Role.CARE_COORDINATOR).get(f"/voorzien-einde/{row.pk}/").content.decode()
    assert "aan Amersfoort: laatste dag 31 mei 2026, reden 35" in page
    assert "bij Soest een nieuwe toewijzing aan vanaf 1 juni 2026" in page


def test_the_page_leads_to_the_request_at_the_new_municipality(here: World, browse: Browse) -> None:
    allocation = cared_for(here)
    moves(here, allocation, here.other_municipality)
    row = ForeseenEnd.objects.get()
    browser = browse(here, Role.CARE_COORDINATOR)
    page = f"/voorzien-einde/{row.pk}/aanvragen/"
    assert page in browser.get(f"/voorzien-einde/{row.pk}/").content.decode()
    form = browser.get(page).context["form"]
    assert (
        form.initial
        | {
            "bsn": allocation.client.bsn,
            "municipality": str(here.other_municipality.pk),
            "product": str(allocation.product_id),
            "start_date": JUNE.isoformat(),
            "end_date": LONG.end.isoformat(),
            "volume": str(allocation.volume),
            "frequency": allocation.frequency,
        }
        == form.initial
    )
    # Who referred stands in no allocation that nobody asked for.
    filled = form.initial | {
        "referrer_type": "02",
        "referrer_name": "Dr. Bos",
        "guardian_known": "1",
        "sex": "2",
    }
    assert browser.post(page, filled).status_code == 302
    become(here.system)
    asked = RequestedProduct.objects.get()
    assert (asked.request.municipality, asked.start_date, asked.request.client) == (
        here.other_municipality,
        JUNE,
        allocation.client,
    )


def test_a_sealed_client_is_not_listed(here: World, browse: Browse) -> None:
    allocation = cared_for(here)
    moves(here, allocation, here.other_municipality)
    scope = become(here.at(Role.CARE_COORDINATOR))
    assert len(list(selector.items(scope))) == 1
    become(here.system)
    allocation.client.is_sealed = True
    allocation.client.save()
    scope = become(here.at(Role.CARE_COORDINATOR))
    assert list(selector.items(scope)) == []
    page = browse(here, Role.CARE_COORDINATOR).get("/voorzien-einde/").content.decode()
    assert str(allocation.client) not in page


def test_care_without_an_end_is_reviewed_each_half_year(here: World) -> None:
    begin = date(2026, 1, 1)
    # A volume a week needs a last day, so what has none is allocated in total or not at all.
    endless = cared_for(here, Period(begin), frequency="6")
    shapeless = cared_for(here, Period(begin, LONG.end), volume=None)
    cared_for(here)  # with an end and a volume
    first = date(2026, 7, 1)
    assert swept(here) == []
    assert swept(here, NOW + (date(2026, 6, 2) - NOW.date())) == []
    both = [(endless.pk, first), (shapeless.pk, first)]
    assert swept(here, NOW + (date(2026, 6, 3) - NOW.date())) == both
    # Nobody decides: it stays the same task.
    late = NOW + timedelta(days=400)
    assert swept(here, late) == both
    row = ForeseenEnd.objects.get(allocation=endless, kind="review")
    coordinator = become(here.at(Role.CARE_COORDINATOR, at=late))
    foreseen.decide(scope=coordinator, row=row, decision="keep")
    become(here.system)
    assert swept(here, late) == [(shapeless.pk, first)]
    again = add_months(late.date(), 6)
    assert swept(here, late + timedelta(days=200)) == [(endless.pk, again), (shapeless.pk, first)]


def test_the_months_are_a_setting(here: World, settings: Any) -> None:
    allocation = cared_for(here, Period(date(2026, 1, 1)), frequency="6")
    settings.REVIEW_AFTER_MONTHS = 3
    assert swept(here) == [(allocation.pk, date(2026, 4, 1))]


@pytest.mark.parametrize(
    ("begin", "decided", "today", "expected"),
    [
        (date(2026, 1, 31), None, date(2026, 7, 3), date(2026, 7, 31)),
        (date(2025, 8, 31), None, date(2026, 2, 1), date(2026, 2, 28)),
        # What was missed for years is one review.
        (date(2020, 1, 1), None, date(2026, 3, 18), date(2026, 1, 1)),
        (date(2020, 1, 1), date(2026, 1, 10), date(2026, 3, 18), None),
        (date(2020, 1, 1), date(2026, 1, 10), date(2026, 6, 12), date(2026, 7, 10)),
        (date(2027, 1, 1), None, date(2026, 3, 18), None),
        (date(9999, 12, 31), None, date(2026, 3, 18), None),
        (date(1, 1, 1), None, date(2026, 3, 18), date(2026, 1, 1)),
    ],
)
def test_the_day_of_a_review(
    begin: date, decided: date | None, today: date, expected: date | None
) -> None:
    assert rules.review_on(begin, decided, 6, today) == expected
