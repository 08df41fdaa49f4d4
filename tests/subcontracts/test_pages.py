"""The pages: what they show, do, and to whom; and how many queries they take."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver, reverse
from django.utils import timezone

from hoofdaannemer.accessmatrix.subcontracts import ACCESS as EVERY_ADDRESS
from hoofdaannemer.accessmatrix.subcontracts import (
    DAY_ONE,
    ENDING,
    GOING_ON,
    MOVES,
    OPEN,
    SETUP,
    STEERING,
    TERMS,
)
from hoofdaannemer.audit.models import AccessRecord
from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.scope import Role, Scope
from subcontracts import gates, urls, words
from subcontracts.models import (
    Allocation,
    CareFile,
    CareRequest,
    Difference,
    Placement,
    PlacementFile,
    Professional,
    Reconciliation,
    ReferralFile,
    Tariff,
)
from subcontracts.services import decisions, foreseen, objections, requests
from tests import factories
from tests.conftest import become
from tests.factories import Party, World, moved
from tests.subcontracts.conftest import Browser as Browse
from tests.subcontracts.indexing import decided_for_next_year

#: Emergency access, contracts as they are set up, steered, moved from, ended and said, and what
#: knows no logins, have test files of their own.
ELSEWHERE = (
    *("emergency_", "mailbox_", "access_"),
    *(*SETUP, *STEERING, *MOVES, *DAY_ONE, *GOING_ON, *ENDING, *TERMS, *OPEN),
)
ACCESS = {name: row for name, row in EVERY_ADDRESS.items() if not name.startswith(ELSEWHERE)}
OURS_TO_DECIDE = ("request_grant", "allocation_decide", "allocation_delete")
ROLES = [role for role in Role if role not in (Role.SYSTEM, Role.NOBODY)]


def this_year() -> Period:
    """Pages have no other day than today."""
    today = timezone.localdate()
    return Period(today - timedelta(days=100), today + timedelta(days=200))


def chain(world: World, *, accepted: bool = True) -> Placement:
    allocation = factories.allocate(world, period=this_year(), at=timezone.now())
    return factories.place(world, allocation, accepted=accepted, at=timezone.now())


def party_of(world: World, role: Role) -> Party | None:
    return world.pxq if role in (Role.SUBCONTRACTOR_ADMIN, Role.SUBCONTRACTOR_USER) else None


def addresses(world: World, placement: Placement) -> dict[str, str]:
    """Every url name with the address of a row that all readers of the kind may see."""
    become(world.system)
    client = placement.client
    request = requests.received(
        scope=moved(world.system, timezone.now()),
        main_contractor_id=world.main.pk,
        organisation_id=world.pxq.organisation.pk,
        draft=requests.RequestDraft(
            person=requests.clients.PersonDetails(
                bsn=client.bsn,
                surname=client.surname,
                birth_date=date.fromisoformat(client.birth_date),
            ),
            municipality=world.municipality,
            products=[
                requests.ProductDraft(
                    product=world.products["guidance"],
                    start_date=placement.start_date,
                    referral=requests.Referral(type="06"),
                )
            ],
        ),
    )
    ending = foreseen.tell(
        scope=moved(world.system, timezone.now()),
        allocation=placement.allocation,
        day=timezone.localdate(),
    )
    decision = decisions.record(
        scope=moved(world.system, timezone.now()),
        subject=placement.allocation.versions.get(),
        facts=decisions.Facts(
            kind="granted", decision_date=timezone.localdate(), decided_by="municipality"
        ),
    )
    objection = objections.receive(
        scope=moved(world.system, timezone.now()),
        decision=decision,
        received=objections.Received(received_date=timezone.localdate()),
    )
    reconciliation = Reconciliation.objects.create(
        main_contractor=world.main,
        municipality=world.municipality,
        family="jw",
        content="",
        row_count=0,
        held_count=0,
        equal_count=0,
        recorded_at=timezone.now(),
    )
    difference = Difference.objects.create(
        main_contractor=world.main, reconciliation=reconciliation, kind=Difference.Kind.ONLY_THERE
    )
    index_round = decided_for_next_year(world)
    own = {"provider_organisation": world.pxq.organisation}
    fetched = PlacementFile.objects.create(taken_at=timezone.now(), **own)
    handed_in = CareFile.objects.create(
        source=CareFile.Source.PORTAL,
        handed_in_at=timezone.now(),
        taken_count=0,
        known_count=0,
        refused_count=0,
        **own,
    )
    referred = ReferralFile.objects.create(
        main_contractor=world.main,
        source=ReferralFile.Source.PORTAL,
        handed_in_at=timezone.now(),
        taken_count=0,
        known_count=0,
        refused_count=0,
    )
    rows = {
        "referral_file": referred.pk,
        "placement_file": fetched.pk,
        "care": handed_in.pk,
        "client": placement.client_id,
        "allocation": placement.allocation_id,
        "placement": placement.pk,
        "request": request.pk,
        "foreseen": ending.pk,
        "decision": decision.pk,
        "objection": objection.pk,
        "reconciliation": reconciliation.pk,
        "difference": difference.pk,
        "index_round": index_round.pk,
        "index_letter": index_round.letters.get(subcontract=world.pxq.subcontract).pk,
        "index_scheme": index_round.percents.get().terms.scheme_id,
        "subcontractor": world.pxq.subcontractor.pk,
        "subcontract": world.pxq.subcontract.pk if world.pxq.subcontract else 0,
        "municipal": world.youth.pk,
        "professional": factories.professional(world.system, world.pxq).pk,
    }
    plain = {"home", "contract_messages", "referral_file_template"} | {
        f"{kind}_new"
        for kind in (
            *("request", "professional", "placement_file", "reconciliation"),
            *("index_round", "index_figure", "index_series", "index_scheme"),
        )
    }
    return {
        name: reverse(name)
        if name in plain or name.endswith("_list")
        else reverse(name, args=[next(pk for kind, pk in rows.items() if name.startswith(kind))])
        for name in ACCESS
    }


def test_every_address_is_in_the_matrix() -> None:
    named = {pattern.name for pattern in urls.urlpatterns}
    assert named | {"access_nowhere"} == set(EVERY_ADDRESS)
    assert get_resolver()


# What the access matrix asks of another world, of every address and role.
@pytest.mark.long
@pytest.mark.parametrize("role", ROLES)
def test_matrix(system: Scope, browse: Browse, role: Role) -> None:
    world = factories.world(system)
    pages = addresses(world, chain(world))
    browser = browse(world, role, party_of(world, role))
    got = {}
    for name, (method, _expected) in ACCESS.items():
        got[name] = getattr(browser, method)(pages[name]).status_code
    wanted = {name: expected.get(role, 403) for name, (_method, expected) in ACCESS.items()}
    # The municipality decides here: back to where one came from, with the reason.
    wanted |= {name: 302 for name in OURS_TO_DECIDE if wanted[name] == 200}
    assert got == wanted


def test_nobody_gets_in_without_logging_in(system: Scope) -> None:
    world = factories.world(system)
    pages = addresses(world, chain(world))
    for name, (method, _expected) in ACCESS.items():
        response = getattr(Browser(), method)(pages[name])
        assert response.status_code == 302, name
        assert "inloggen" in response["Location"], name


def test_another_provider_finds_nothing(system: Scope, browse: Browse) -> None:
    world = factories.world(system)
    pages = addresses(world, chain(world))
    browser = browse(world, Role.SUBCONTRACTOR_USER, world.trajectory)
    own = {name for name in ACCESS if name.endswith(("_list", "_new"))}
    own |= {"home", "contract_messages"}
    for name, (method, expected) in ACCESS.items():
        if name in own or Role.SUBCONTRACTOR_USER not in expected:
            continue
        assert getattr(browser, method)(pages[name]).status_code == 404, name


def test_a_coordinator_places_and_the_provider_accepts_and_starts(
    system: Scope, browse: Browse
) -> None:
    world = factories.world(system)
    allocation = factories.allocate(world, period=this_year(), at=timezone.now())
    browser = browse(world, Role.CARE_COORDINATOR)
    page = reverse("allocation_place", args=[allocation.pk])
    assert page in browser.get("/").content.decode()
    shown = browser.get(page).content.decode()
    assert "Zorg in Beeld" in shown
    filled = {
        "subcontractor": world.pxq.subcontractor.pk,
        "start_date": allocation.start_date,
        "end_date": allocation.end_date,
        "volume": allocation.volume,
    }
    assert browser.post(page, filled).status_code == 302
    become(system)
    placement = Placement.objects.get()
    provider = browse(world, Role.SUBCONTRACTOR_USER, world.pxq)
    detail = reverse("placement_detail", args=[placement.pk])
    assert detail in provider.get("/").content.decode()
    provider.post(reverse("placement_accept", args=[placement.pk]))
    today = timezone.localdate()
    provider.post(reverse("placement_start", args=[placement.pk]), {"begin": today.isoformat()})
    provider.post(
        reverse("placement_stop", args=[placement.pk]),
        {"begin": today.isoformat(), "end": today.isoformat(), "reason": "31"},
    )
    become(system)
    placement.refresh_from_db()
    assert placement.status == Placement.Status.ENDED
    assert placement.starts.get().stops.get().reason == "31"


def test_search_in_three_ways_is_logged(system: Scope, browse: Browse) -> None:
    world = factories.world(system)
    who = factories.person("Kanarie")
    allocation = factories.allocate(world, who=who)
    browser = browse(world, Role.CARE_COORDINATOR)
    for typed in (
        {"bsn": who.bsn},
        {"number": allocation.number},
        {"birth_date": who.birth_date.isoformat(), "letters": "kan"},
    ):
        found = browser.post(reverse("client_list"), typed)
        assert "Kanarie" in found.content.decode(), typed
    become(system)
    assert AccessRecord.objects.filter(purpose="client.search").count() == 3


@pytest.mark.parametrize(
    "typed",
    [{}, {"bsn": "123456789"}, {"birth_date": "2012-05-04"}, {"bsn": "999900006", "number": 3}],
)
def test_a_search_that_cannot_be_done(
    system: Scope, browse: Browse, typed: dict[str, object]
) -> None:
    world = factories.world(system)
    browser = browse(world, Role.CARE_COORDINATOR)
    assert not browser.post(reverse("client_list"), typed).context["searched"]


def test_a_controller_sees_the_bsn_masked(system: Scope, browse: Browse) -> None:
    world = factories.world(system)
    who = factories.person()
    placement = factories.place(world, factories.allocate(world, who=who))
    page = reverse("client_detail", args=[placement.client_id])
    assert who.bsn not in browse(world, Role.CONTROLLER).get(page).content.decode()
    coordinator = browse(world, Role.CARE_COORDINATOR)
    assert who.bsn not in coordinator.get(page).content.decode()
    shown = coordinator.post(reverse("client_bsn", args=[placement.client_id]))
    assert who.bsn in shown.content.decode()
    become(system)
    assert AccessRecord.objects.filter(purpose="client.bsn").count() == 1


def test_sealed_clients_are_not_listed(system: Scope, browse: Browse) -> None:
    world = factories.world(system)
    placement = chain(world)
    placement.client.is_sealed = True
    placement.client.save(update_fields=["is_sealed"])
    browser = browse(world, Role.CARE_COORDINATOR)
    for name in ("allocation_list", "placement_list", "home"):
        assert placement.client.pseudonym not in browser.get(reverse(name)).content.decode(), name


def typed_request(world: World) -> dict[str, object]:
    """What is filled in for one product."""
    return {
        "bsn": factories.bsn(),
        "surname": "Kanarie",
        "initials": "A.B.",
        "birth_date": "04-05-2012",
        "sex": "2",
        "municipality": world.municipality.pk,
        "product": world.products["guidance"].pk,
        "start_date": "2026-12-01",
        "end_date": "2027-05-31",
        "volume": "4",
        "frequency": "2",
        "referrer_type": "02",
        "referrer_name": "Dr. Bos",
        "guardian_known": "1",
    }


def second_product(world: World, key: str = "treatment") -> dict[str, object]:
    return {
        "rows": "2",
        "product_2": world.products[key].pk,
        "start_date_2": "2026-12-01",
        "end_date_2": "2027-05-31",
        "volume_2": "120",
        "frequency_2": "4",
    }


def test_a_request_from_the_form(system: Scope, browse: Browse) -> None:
    world = factories.world(system)
    browser = browse(world, Role.CARE_COORDINATOR)
    response = browser.post(reverse("request_new"), typed_request(world))
    assert response.status_code == 302, response.context["form"].errors
    provider = browse(world, Role.SUBCONTRACTOR_USER, world.pxq)
    other = {**typed_request(world), **second_product(world)}
    assert provider.post(reverse("request_new"), other).status_code == 302
    become(system)
    made = CareRequest.objects.order_by("pk")
    assert [row.status for row in made] == ["sent", "received"]
    assert [row.products.count() for row in made] == [1, 2]
    volumes = made[1].products.values_list("product__code", "volume", "frequency")
    assert list(volumes) == [("45A04", 4, "2"), ("54001", 120, "4")]
    browser.post(reverse("request_send", args=[made[1].pk]))
    become(system)
    assert made.get(pk=made[1].pk).status == CareRequest.Status.SENT
    shown = browser.get(reverse("request_detail", args=[made[1].pk])).content.decode()
    assert all(row.reference in shown for row in made[1].products.all())


def test_a_request_is_not_sent_with_a_reason(system: Scope, browse: Browse) -> None:
    world = factories.world(system)
    provider = browse(world, Role.SUBCONTRACTOR_USER, world.pxq)
    provider.post(reverse("request_new"), typed_request(world))
    become(system)
    request = CareRequest.objects.get()
    browser = browse(world, Role.CARE_COORDINATOR)
    page = reverse("request_dismiss", args=[request.pk])
    assert "reason" in browser.post(page, {}).context["form"].errors
    assert browser.post(page, {"reason": "4"}).status_code == 302
    become(system)
    request.refresh_from_db()
    assert request.status == CareRequest.Status.DISMISSED
    shown = provider.get(reverse("request_detail", args=[request.pk])).content.decode()
    assert words.rejection_text("4") in shown


def test_products_are_added_and_taken_out_without_losing_what_was_typed(
    system: Scope, browse: Browse
) -> None:
    world = factories.world(system)
    browser = browse(world, Role.CARE_COORDINATOR)
    page = reverse("request_new")
    typed = typed_request(world) | {"surname": ""}
    form = browser.post(page, {**typed, "add": "1"}).context["form"]
    assert (form.count, form.errors) == (2, {})
    assert form["bsn"].value() == typed["bsn"]
    assert form["start_date_2"].value() == "2026-12-01"
    both = {**typed, **second_product(world)}
    form = browser.post(page, {**both, "remove": "1"}).context["form"]
    assert form.count == 1
    assert form["volume"].value() == "120"
    become(system)
    assert not CareRequest.objects.exists()


@pytest.mark.parametrize("rows", ["0", "x", "99", "-1", "1e9"])
def test_a_request_form_holds_a_sane_number_of_products(
    system: Scope, browse: Browse, rows: str
) -> None:
    world = factories.world(system)
    browser = browse(world, Role.CARE_COORDINATOR)
    typed = typed_request(world) | {"rows": rows}
    form = browser.post(reverse("request_new"), {**typed, "surname": ""}).context["form"]
    assert 1 <= form.count <= form.MOST


def test_a_request_form_keeps_to_one_law(system: Scope, browse: Browse) -> None:
    world = factories.world(system)
    browser = browse(world, Role.CARE_COORDINATOR)
    typed = {**typed_request(world), **second_product(world, "support")}
    response = browser.post(reverse("request_new"), typed)
    assert "product_2" in response.context["form"].errors


@pytest.mark.parametrize("missing", ["referrer_name", "guardian_known", "end_date", "end_date_2"])
def test_a_request_form_asks_what_the_standard_asks(
    system: Scope, browse: Browse, missing: str
) -> None:
    world = factories.world(system)
    typed = {
        "rows": "2",
        "product": world.products["guidance"].pk,
        "frequency": "2",
        "frequency_2": "2",
        "referrer_type": "02",
    }
    browser = browse(world, Role.CARE_COORDINATOR)
    response = browser.post(reverse("request_new"), typed)
    assert missing in response.context["form"].errors


def test_people_and_tariffs(system: Scope, browse: Browse) -> None:
    world = factories.world(system)
    delegate = browse(world, Role.SUBCONTRACTOR_ADMIN, world.pxq)
    typed = {"name": "Noor", "role": "Begeleider", "start_date": "01-01-2026"}
    assert delegate.post(reverse("professional_new"), typed).status_code == 302
    become(system)
    person = Professional.objects.get()
    page = reverse("professional_end", args=[person.pk])
    assert delegate.post(page, {"last_day": "31-12-2026"}).status_code == 302
    assert world.pxq.subcontract
    manager = browse(world, Role.CONTRACT_MANAGER)
    new = {"product": world.products["guidance"].pk, "amount": "70,50", "start_date": "01-01-2027"}
    page = reverse("subcontract_tariff", args=[world.pxq.subcontract.pk])
    assert manager.post(page, new).status_code == 302
    become(system)
    assert Tariff.objects.filter(amount="70.50").exists()


@pytest.mark.parametrize("name", ["allocation_list", "placement_list", "home"])
def test_lists_take_the_same_queries_whatever_their_length(
    system: Scope, browse: Browse, name: str
) -> None:
    world = factories.world(system)
    browser = browse(world, Role.CARE_COORDINATOR)
    counts = []
    for _round in range(2):
        become(system)
        for _number in range(3):
            factories.allocate(world, period=this_year(), at=timezone.now())
            chain(world)
        browser.get(reverse(name))
        with CaptureQueriesContext(
            connection,
        ) as captured:
            browser.get(reverse(name))
        counts.append(len(captured))
    assert counts[0] == counts[1]
    assert counts[0] <= 30


def test_the_place_page_takes_the_same_queries_whatever_the_number_of_candidates(
    system: Scope, browse: Browse
) -> None:
    world = factories.world(system)
    allocation = factories.allocate(world, period=this_year(), at=timezone.now())
    browser = browse(world, Role.CARE_COORDINATOR)
    page = reverse("allocation_place", args=[allocation.pk])
    counts = []
    for _round in range(2):
        become(system)
        for number in range(3):
            factories.party(
                factories.moved(system),
                world.main,
                world.youth,
                f"Extra {number}",
                "pxq",
                [world.products["guidance"]],
            )
        browser.get(page)
        with CaptureQueriesContext(connection) as captured:
            browser.get(page)
        counts.append(len(captured))
    assert Allocation.objects is not None
    assert counts[0] == counts[1]


def test_a_quality_officer_sees_references_only(system: Scope, browse: Browse) -> None:
    world = factories.world(system)
    placement = chain(world)
    officer = browse(world, Role.QUALITY_OFFICER)
    for page in (
        reverse("placement_list"),
        reverse("placement_detail", args=[placement.pk]),
        reverse("allocation_detail", args=[placement.allocation_id]),
    ):
        shown = officer.get(page).content.decode()
        assert str(placement.number) in shown
        assert placement.client.pseudonym not in shown


@pytest.mark.parametrize("blocks", [True, False])
def test_naming_says_what_is_lacking(
    system: Scope, browse: Browse, monkeypatch: pytest.MonkeyPatch, blocks: bool
) -> None:
    world = factories.world(system)
    placement = chain(world)
    person = factories.professional(world.system, world.pxq)
    lack = gates.Lack("QUA-12", "P-001 mist: Registratie SKJ.", blocks=blocks)
    monkeypatch.setattr(gates, "_professional_gates", {"test": lambda *asked: [lack]})
    browser = browse(world, Role.SUBCONTRACTOR_USER, world.pxq)
    response = browser.post(
        reverse("placement_name_professional", args=[placement.pk]),
        {"professional": person.pk, "start_date": timezone.localdate().isoformat()},
        follow=True,
    )
    assert "P-001 mist: Registratie SKJ." in response.content.decode()
    become(system)
    assert placement.professionals.exists() is not blocks
