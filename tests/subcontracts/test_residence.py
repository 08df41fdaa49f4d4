"""Which municipality is responsible for a client is a dated fact, and requests keep to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client as Browser

from hoofdaannemer.accounts.models import Municipality
from hoofdaannemer.audit.models import AccessRecord
from hoofdaannemer.core.errors import NotAllowedError, RuleError
from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.scope import CARE, STAFF, SUBCONTRACTOR, Role, Scope
from messaging.istandaard import builders
from subcontracts.models import (
    Allocation,
    CareRequest,
    Client,
    ClientResidence,
    Deadline,
    ForeseenEnd,
)
from subcontracts.rules import residence as rules
from subcontracts.rules.raising import Terms
from subcontracts.selectors import instead, residences, work
from subcontracts.services import allocations, changes, elsewhere, requests
from subcontracts.services import residences as services
from tests import factories
from tests.conftest import become
from tests.factories import NOW, YEAR, World, allocate, moved, person, world
from tests.subcontracts.post import up
from tests.subcontracts.test_requests import answered_by_town, asked, draft, made

Browse = Callable[..., Browser]
JUNE = date(2026, 6, 1)


@pytest.fixture
def here(system: Scope) -> World:
    return world(system)


def fact(town: Municipality, start: date = JUNE, **others: Any) -> services.Fact:
    basis, source = ClientResidence.Basis.PRINCIPLE, ClientResidence.Source.TOLD
    return services.Fact(municipality=town, start_date=start, basis=basis, source=source, **others)


def stays(client: Client) -> list[tuple[str, date, date | None]]:
    """What counts about a client: town, first and last day."""
    rows = ClientResidence.objects.standing().filter(client=client)
    return [(row.municipality.name, row.start_date, row.end_date) for row in rows]


def town_of(client: Client) -> str:
    client.refresh_from_db()
    return str(client.municipality)


def sent_by(here: World, town: Municipality, who: builders.Person, **others: Any) -> int:
    """A 301 with one allocation of a municipality; returns its number."""
    one = factories.allocated(here.products["guidance"], **others)
    message = factories.allocation_message(here, who, one, of=town)
    scope = moved(here.system, others.get("decided", NOW))
    assert not allocations.receive(
        scope=scope, main_contractor_id=here.main.pk, municipality=town, message=message
    )
    return one.number


def test_who_allocates_anew_is_responsible_from_then_on(here: World) -> None:
    who = person()
    first, other = here.municipality, here.other_municipality
    number = sent_by(here, first, who)
    client = Client.objects.get()
    assert stays(client) == [("Amersfoort", YEAR.start, None)]
    sent_by(here, other, who, period=Period(JUNE, YEAR.end))
    expected = [("Amersfoort", YEAR.start, date(2026, 5, 31)), ("Soest", JUNE, None)]
    assert stays(client) == expected
    # It is March: the old one is still responsible.
    assert town_of(client) == "Amersfoort"
    # Who ends what it allocated does not become responsible again by that.
    later = NOW + timedelta(days=100)
    ended = Period(YEAR.start, date(2026, 5, 31))
    sent_by(here, first, who, number=number, period=ended, decided=later, change_reason="07")
    assert Allocation.objects.get(number=number).end_date == ended.end
    assert stays(client) == expected


def test_a_move_takes_effect_on_its_day(here: World) -> None:
    client = allocate(here).client
    services.tell(scope=here.system, client=client, fact=fact(here.other_municipality))
    assert town_of(client) == "Amersfoort"
    for days, town in ((-1, "Amersfoort"), (0, "Soest"), (1, "Soest")):
        at = datetime(2026, 6, 1, 4, tzinfo=UTC) + timedelta(days=days)
        services.put_in_force(scope=moved(here.system, at), clients=Client.objects.all())
        assert town_of(client) == town


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        # (town, month) in the order told; A is known from January
        ([("B", 6)], "AAAAABBBBBBB"),
        ([("B", 6), ("B", 3)], "AABBBBBBBBBB"),
        ([("B", 6), ("A", 6)], "AAAAAAAAAAAA"),
        ([("B", 6), ("A", 9)], "AAAAABBBAAAA"),
        ([("B", 6), ("A", 9), ("B", 3)], "AABBBBBBAAAA"),
        ([("B", 1)], "BBBBBBBBBBBB"),
    ],
)
def test_a_fact_counts_until_the_next_begins(
    here: World, told: list[tuple[str, int]], expected: str
) -> None:
    towns = {"A": here.municipality, "B": here.other_municipality}
    client = allocate(here).client
    for name, month in told:
        row = fact(towns[name], date(2026, month, 1))
        services.tell(scope=here.system, client=client, fact=row)
    rows = ClientResidence.objects.standing().filter(client=client)
    # One at a time and without gaps: exactly one is in force each month, and on its last day.
    found = [rows.in_force_on(date(2026, month, 1)).get() for month in range(1, 13)]
    assert [row.municipality for row in found] == [towns[name] for name in expected]
    for row in rows[: len(rows) - 1]:
        assert row.end_date
        follower = rows.in_force_on(row.end_date + timedelta(days=1)).get()
        assert follower.start_date == row.end_date + timedelta(days=1)
    assert rules.on_day(list(rows), date(2020, 1, 1)) == rows[0]


def test_what_was_replaced_is_kept(here: World) -> None:
    client = allocate(here).client
    services.tell(scope=here.system, client=client, fact=fact(here.other_municipality, YEAR.start))
    gone = ClientResidence.objects.get(replaced_at__isnull=False)
    assert (gone.municipality, gone.start_date) == (here.municipality, YEAR.start)
    with pytest.raises(RuleError, match="WPL-01"):
        services.tell(scope=here.system, client=client, fact=fact(here.other_municipality))


def test_the_database_refuses_two_at_a_time(here: World) -> None:
    client = allocate(here).client
    row = ClientResidence.objects.get(client=client)
    row.pk, row.start_date, row.municipality = None, JUNE, here.other_municipality
    with (
        pytest.raises(IntegrityError, match="client_residence_one_at_a_time"),
        transaction.atomic(),
    ):
        row.save(force_insert=True)


@pytest.mark.parametrize("role", sorted(STAFF | SUBCONTRACTOR))
def test_only_who_looks_after_clients_sees_and_tells(here: World, role: Role) -> None:
    allocation = allocate(here)
    factories.place(here, allocation)
    client = allocation.client
    scope = become(here.at(role, here.pxq if role in SUBCONTRACTOR else None))
    seen = role in CARE
    assert bool(residences.history(scope, client.pk)) == seen
    assert ClientResidence.objects.exists() == seen  # row-level security says the same
    if not seen:
        with pytest.raises((NotAllowedError, Client.DoesNotExist)):
            services.tell(scope=scope, client=client, fact=fact(here.other_municipality))


def test_a_request_goes_to_who_is_responsible_on_its_first_day(here: World) -> None:
    who = person()
    client = allocate(here, who=who).client
    services.tell(scope=here.system, client=client, fact=fact(here.other_municipality))
    may = asked(here, period=Period(date(2026, 5, 31), YEAR.end))
    june = asked(here, period=Period(JUNE, YEAR.end))
    with pytest.raises(RuleError, match="VOT-12") as refused:
        made(here, draft(here, may, june, who=who))
    assert "Soest" in refused.value.message
    wrong = replace(draft(here, may, who=who), municipality=here.other_municipality)
    with pytest.raises(RuleError, match="VOT-12"):
        made(here, wrong)
    # A refused request tells nothing about the client.
    assert [town for town, *_days in stays(client)] == ["Amersfoort", "Soest"]
    right = replace(draft(here, june, who=who), municipality=here.other_municipality)
    assert made(here, right).status == CareRequest.Status.SENT


def test_a_first_request_says_who_is_responsible(here: World) -> None:
    request = made(here, draft(here))
    assert stays(request.client) == [("Amersfoort", date(2026, 4, 1), None)]
    row = ClientResidence.objects.get()
    assert row.source == ClientResidence.Source.REQUEST


def test_a_subcontractors_request_is_checked_when_it_goes_up(here: World) -> None:
    who = person()
    client = allocate(here, who=who).client
    services.tell(scope=here.system, client=client, fact=fact(here.other_municipality))
    june = asked(here, period=Period(JUNE, YEAR.end))
    provider = become(here.at(Role.SUBCONTRACTOR_USER, here.pxq))
    # Whose client it is elsewhere is not a subcontractor's to learn.
    request = made(here, draft(here, june, who=who), provider)
    become(here.system)
    with pytest.raises(RuleError, match="VOT-12"):
        requests.send_up(scope=here.system, request=request)


def test_a_change_keeps_to_the_days_of_who_is_responsible(here: World) -> None:
    allocation = allocate(here)
    services.tell(scope=here.system, client=allocation.client, fact=fact(here.other_municipality))

    def change(start: date, end: date) -> CareRequest:
        terms = Terms(period=Period(start, end), volume=6, unit=allocation.unit, frequency="2")
        wanted = changes.ChangeDraft(reason="2", changed={allocation.number: terms})
        return changes.request_change(scope=here.system, allocation=allocation, draft=wanted)

    with pytest.raises(RuleError, match="VOT-12"), transaction.atomic():
        change(JUNE, YEAR.end or JUNE)
    assert change(date(2026, 4, 1), date(2026, 5, 31)).status == CareRequest.Status.SENT


def refused_for_residence(here: World, code: str = "") -> CareRequest:
    """A request whose one product is refused because another municipality is responsible."""
    request = made(here, draft(here, asked(here)))
    (product,) = request.products.all()
    up(here, answered_by_town(here, product, "8", code or here.other_municipality.code))
    return request


def clock(request: CareRequest) -> Deadline:
    return Deadline.objects.get(request=request, kind=Deadline.Kind.REASK)


def test_reason_8_says_who_is_responsible_and_starts_two_weeks(here: World) -> None:
    request = refused_for_residence(here)
    assert stays(request.client) == [("Soest", date(2026, 4, 1), None)]
    assert town_of(request.client) == "Soest"
    row = clock(request)
    assert (row.event_date, row.due_date) == (NOW.date(), NOW.date() + timedelta(days=14))
    scope = become(here.at(Role.CARE_COORDINATOR))
    (item,) = [one for one in work.items(scope) if one.kind == work.ELSEWHERE]
    assert (item.due, "Soest" in item.text) == (row.due_date, True)
    shown = instead.of(scope, request)
    assert shown is not None
    assert (shown.town, list(shown.uncovered)) == ("Soest", [])
    # A sealed client stands on no work list.
    become(here.system)
    Client.objects.update(is_sealed=True)
    scope = become(here.at(Role.CARE_COORDINATOR))
    assert work.ELSEWHERE not in [one.kind for one in work.items(scope)]


def test_other_reasons_start_no_clock(here: World) -> None:
    request = made(here, draft(here, asked(here)))
    (product,) = request.products.all()
    up(here, answered_by_town(here, product, "5"))
    assert not Deadline.objects.filter(kind=Deadline.Kind.REASK).exists()
    assert town_of(request.client) == "Amersfoort"


@pytest.mark.parametrize("way", ["asked", "allocated", "left"])
def test_the_clock_stops(here: World, way: str) -> None:
    request = refused_for_residence(here)
    client = request.client
    who = replace(person(number=client.bsn or ""), birth_date=date.fromisoformat(client.birth_date))
    if way == "asked":
        again = draft(here, asked(here), who=who)
        made(here, replace(again, municipality=here.other_municipality))
    elif way == "allocated":
        sent_by(here, here.other_municipality, who, period=Period(JUNE, YEAR.end))
    else:
        elsewhere.leave(scope=become(here.at(Role.CARE_COORDINATOR)), request=request)
        become(here.system)
    row = clock(request)
    assert (row.met_at is None, row.dropped_at is None) == (way == "left", way != "left")
    assert instead.of(here.system, request) is None
    scope = become(here.at(Role.CARE_COORDINATOR))
    assert work.ELSEWHERE not in [one.kind for one in work.items(scope)]


def test_a_municipality_that_was_unknown_is_known_from_then_on(here: World) -> None:
    request = refused_for_residence(here, "0363")
    assert town_of(request.client) == "Amsterdam"
    scope = become(here.at(Role.CARE_COORDINATOR))
    shown = instead.of(scope, request)
    assert shown is not None
    # There is no contract with it, which the page says.
    assert list(shown.uncovered) == [str(here.products["guidance"])]


def test_asked_again_from_a_form_that_is_filled_in(here: World, browse: Browse) -> None:
    request = refused_for_residence(here)
    browser = browse(here, Role.CARE_COORDINATOR)
    page = browser.get(f"/verzoeken/{request.pk}/").content.decode()
    address = f"/verzoeken/{request.pk}/andere-gemeente/"
    assert address in page
    assert "Vraag aan bij Soest" in page
    form = browser.get(address).context["form"]
    typed = {bound.name: bound.value() for bound in form}
    assert typed["bsn"] == request.client.bsn
    assert typed["product"] == str(here.products["guidance"].pk)
    assert typed["municipality"] == str(here.other_municipality.pk)
    sent = {name: value for name, value in typed.items() if value is not None}
    done = browser.post(address, sent, follow=True)
    assert "Het verzoek is verstuurd." in done.content.decode()
    become(here.system)
    again = CareRequest.objects.exclude(pk=request.pk).get()
    assert (again.municipality, again.status) == (here.other_municipality, "sent")
    before, after = request.products.get(), again.products.get()
    for name in ("product", "start_date", "end_date", "volume", "frequency", "referrer_name"):
        assert getattr(before, name) == getattr(after, name)
    assert clock(request).met_at is not None
    assert AccessRecord.objects.filter(purpose="request.elsewhere").exists()


def test_taken_off_the_work_list(here: World, browse: Browse) -> None:
    request = refused_for_residence(here, "0363")
    browser = browse(here, Role.CARE_COORDINATOR)
    page = browser.get(f"/verzoeken/{request.pk}/").content.decode()
    assert "geen contract met Amsterdam" in page
    assert "Vraag aan bij" not in page
    browser.post(f"/verzoeken/{request.pk}/laten/")
    become(here.system)
    assert clock(request).dropped_at is not None


def test_told_on_the_clients_page(here: World, browse: Browse) -> None:
    client = allocate(here).client
    browser = browse(here, Role.CARE_COORDINATOR)
    page = browser.get(f"/clienten/{client.pk}/").content.decode()
    address = f"/clienten/{client.pk}/gemeente/"
    assert address in page
    asked_for = browser.get(address).content.decode()
    assert "Is een andere gemeente verantwoordelijk?" in asked_for
    typed = {"town": "0342", "start_date": "01-06-2026", "basis": "address", "note": "Van oma."}
    done = browser.post(address, typed, follow=True).content.decode()
    assert "Vanaf 1 juni 2026 is Soest verantwoordelijk." in done
    assert "Van oma." in done
    again = browser.post(address, typed).content.decode()
    assert "WPL-01" in again
    become(here.system)
    assert stays(client)[-1] == ("Soest", JUNE, None)
    row = ClientResidence.objects.get(start_date=JUNE)
    assert (row.recorded_by is not None, row.source) == (True, ClientResidence.Source.TOLD)


def test_youth_help_and_wmo_may_rest_with_two_municipalities(here: World) -> None:
    """A fact of one law refuses no request, and opens no move, under the other."""
    who = person()
    allocation = allocate(here, who=who)
    factories.place(here, allocation)
    resident = replace(fact(here.other_municipality), basis=ClientResidence.Basis.RESIDENCE)
    services.tell(scope=here.system, client=allocation.client, fact=resident)
    june = asked(here, period=Period(JUNE, YEAR.end))
    assert made(here, draft(here, june, who=who)).status == CareRequest.Status.SENT
    assert not ForeseenEnd.objects.filter(kind=ForeseenEnd.Kind.MOVED).exists()
