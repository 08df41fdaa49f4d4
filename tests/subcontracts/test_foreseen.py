"""Care that will end is seen coming, and somebody decides what happens then."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from hoofdaannemer.audit.models import AccessRecord
from hoofdaannemer.core.errors import ConflictError, RuleError
from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.scope import CARE, STAFF, Role, Scope
from subcontracts import worklist
from subcontracts.models import Allocation, ForeseenEnd
from subcontracts.rules import foreseen as rules
from subcontracts.services import foreseen
from tests.conftest import become
from tests.factories import NOW, World, allocate, moved, person, place, world

TODAY = NOW.date()
Browse = Callable[..., Browser]


@pytest.fixture
def here(system: Scope) -> World:
    return world(system)


def ending(here: World, days: int, **others: Any) -> Allocation:
    """An allocation with care under it that ends so many days from now."""
    period = Period(TODAY - timedelta(days=100), TODAY + timedelta(days=days))
    allocation = allocate(here, period=period, **others)
    place(here, allocation)
    return allocation


def swept(here: World, days: int = 0) -> list[tuple[int, str, date | None]]:
    """What is open after the sweep of the night so many days from now."""
    foreseen.sweep(scope=moved(here.system, NOW + timedelta(days=days)))
    rows = ForeseenEnd.objects.visible_to(here.system).open()
    return [(row.allocation_id, row.kind, row.day) for row in rows]


def born(day: date) -> Any:
    return replace(person(), birth_date=day)


def test_an_allocation_that_ends_soon_is_found_once(here: World) -> None:
    soon = ending(here, 70)
    ending(here, 71)
    allocate(here, period=Period(TODAY, TODAY + timedelta(days=10)))  # nobody gives care
    expected = [(soon.pk, "end", TODAY + timedelta(days=70))]
    assert swept(here) == expected
    assert swept(here) == expected
    assert len(swept(here, days=1)) == 2


def test_a_prolonged_allocation_needs_no_decision(here: World) -> None:
    allocation = ending(here, 20)
    swept(here)
    Allocation.objects.filter(pk=allocation.pk).update(end_date=TODAY + timedelta(days=300))
    assert swept(here) == []
    lapsed = ForeseenEnd.objects.visible_to(here.system).get()
    assert lapsed.lapsed_at is not None
    with pytest.raises(ConflictError):
        foreseen.decide(scope=here.system, row=lapsed, decision="stop")


def test_another_day_in_the_same_month_moves_it(here: World) -> None:
    allocation = ending(here, 20)
    swept(here)
    first = TODAY + timedelta(days=20)
    other = first.replace(day=1) if first.day != 1 else first.replace(day=2)
    Allocation.objects.filter(pk=allocation.pk).update(end_date=other)
    assert swept(here) == [(allocation.pk, "end", other)]
    assert ForeseenEnd.objects.visible_to(here.system).count() == 1


def test_youth_help_is_seen_to_reach_the_birthday(here: World) -> None:
    birthday = TODAY + timedelta(days=180)
    young = born(birthday.replace(year=birthday.year - 18))
    allocation = ending(here, 300, who=young)
    ending(here, 300, who=born(birthday.replace(year=birthday.year - 17)))
    ending(here, 300, who=born(rules.UNKNOWN_BIRTH))
    assert swept(here) == [(allocation.pk, "eighteen", None)]
    row = ForeseenEnd.objects.visible_to(here.system).get()
    # The day itself is personal: it stands with the client, encrypted.
    assert (row.month, row.day) == (birthday.replace(day=1), None)
    assert row.day_for_readers_of_client() == birthday


def test_a_decided_end_is_not_asked_again(here: World) -> None:
    ending(here, 20)
    swept(here)
    row = ForeseenEnd.objects.visible_to(here.system).get()
    scope = become(here.at(Role.CARE_COORDINATOR))
    foreseen.decide(scope=scope, row=row, decision="stop", note="Met moeder besproken.")
    become(here.system)
    assert swept(here, days=1) == []
    row.refresh_from_db()
    assert (row.decision, row.note, row.decided_by_id) == (
        "stop",
        "Met moeder besproken.",
        scope.user_id,
    )
    with pytest.raises(ConflictError):
        foreseen.decide(scope=here.system, row=row, decision="wmo")


def test_an_undecided_end_stays_for_a_month(here: World) -> None:
    allocation = ending(here, 5)
    swept(here)
    assert [found[0] for found in swept(here, days=36)] == [allocation.pk]
    assert swept(here, days=37) == []


def test_long_term_care_is_told_by_people(here: World) -> None:
    allocation = ending(here, 200)
    scope = become(here.at(Role.CARE_COORDINATOR, at=NOW))
    day = TODAY + timedelta(days=90)
    row = foreseen.tell(scope=scope, allocation=allocation, day=day)
    for wrong in (TODAY - timedelta(days=1), TODAY + timedelta(days=201)):
        with pytest.raises(RuleError, match="END-01"):
            foreseen.tell(scope=scope, allocation=allocation, day=wrong)
    with pytest.raises(RuleError, match="END-02"):
        foreseen.tell(scope=scope, allocation=allocation, day=day)
    with pytest.raises(ValueError, match="no decision"):
        foreseen.decide(scope=scope, row=row, decision="wmo")
    become(here.system)
    assert swept(here) == [(allocation.pk, "wlz", day)]


@pytest.mark.parametrize("role", sorted(STAFF))
def test_only_who_looks_after_clients_sees_and_decides(here: World, role: Role) -> None:
    ending(here, 20)
    swept(here)
    row = ForeseenEnd.objects.get()
    scope = become(here.at(role))
    seen = role in CARE
    assert ForeseenEnd.objects.visible_to(scope).exists() == seen
    assert ForeseenEnd.objects.exists() == seen  # row-level security says the same
    assert any(item.verb == "Besluit" for item in worklist.items(scope)) == seen
    if not seen:
        become(here.system)
        with pytest.raises(ForeseenEnd.DoesNotExist):
            foreseen.decide(scope=scope, row=row, decision="stop")


def test_a_sealed_client_stands_on_no_work_list(here: World) -> None:
    allocation = ending(here, 20)
    allocation.client.is_sealed = True
    allocation.client.save()
    assert len(swept(here)) == 1
    scope = become(here.at(Role.CARE_COORDINATOR))
    assert not any(item.verb == "Besluit" for item in worklist.items(scope))


def test_decided_on_its_page(here: World, browse: Browse) -> None:
    allocation = ending(here, 20)
    swept(here)
    row = ForeseenEnd.objects.get()
    browser = browse(here, Role.CARE_COORDINATOR)
    listed = browser.get("/voorzien-einde/?state=open").content.decode()
    assert str(allocation.client) in listed
    page = browser.get(f"/voorzien-einde/{row.pk}/")
    assert "Wat gebeurt er dan?" in page.content.decode()
    missing = browser.post(f"/voorzien-einde/{row.pk}/", {})
    assert "Dit veld" in missing.content.decode(), missing.content.decode()[-3500:]
    done = browser.post(f"/voorzien-einde/{row.pk}/", {"decision": "wmo"}, follow=True)
    assert "Je besluit is vastgelegd." in done.content.decode()
    assert "verder onder de Wmo" in done.content.decode()
    become(here.system)
    assert AccessRecord.objects.filter(purpose="foreseen.page").exists()


def test_long_term_care_is_told_on_a_page(here: World, browse: Browse) -> None:
    # Pages live today, and not at the moment of the other tests.
    allocation = ending(here, (timezone.localdate() - TODAY).days + 30)
    browser = browse(here, Role.CARE_COORDINATOR)
    address = f"/toewijzingen/{allocation.pk}/langdurige-zorg/"
    assert "Langdurige zorg aankondigen" in browser.get(address).content.decode()
    refused = browser.post(address, {"day": "01-01-2020"})
    assert "Kies een dag vanaf vandaag" in refused.content.decode()
    day = allocation.end_date
    assert day is not None
    told = browser.post(address, {"day": f"{day:%d-%m-%Y}"}, follow=True)
    assert "Het staat in de kalender" in told.content.decode()


@given(st.dates(date(1901, 1, 1), date(2100, 1, 1)))
def test_eighteen_years_after_the_birth(birth: date) -> None:
    adult = rules.adult_on(birth)
    assert adult is not None
    assert adult.year == birth.year + 18
    assert (adult.month, adult.day) == (birth.month, birth.day) or (birth.month, birth.day) == (
        2,
        29,
    )
    assert adult > birth
