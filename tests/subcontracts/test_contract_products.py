"""Products, messages and numbers of a municipal contract, from day to day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse

from hoofdaannemer.core.errors import NotAllowedError
from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.scope import Role, Scope
from hoofdaannemer.core.templatetags.core_format import period_nl
from hoofdaannemer.invariants import check_all
from subcontracts.models import (
    AllocatedBy,
    ContractProduct,
    MunicipalContract,
    Placement,
    Product,
    UpwardReport,
)
from subcontracts.rules.product_turns import spans
from subcontracts.selectors.contract_products import covered_products
from subcontracts.selectors.exchange_terms import exchange_on, using
from subcontracts.selectors.readiness import facts_of
from subcontracts.services import (
    authorities,
    contract_products,
    exchange_terms,
    requests,
)
from subcontracts.services.allocation_checks import contract_for, findings_about, known_of
from tests import factories
from tests.conftest import become
from tests.factories import NOW, World, moved
from tests.subcontracts.conftest import Browser as Browse
from tests.subcontracts.numbers import numbered
from tests.subcontracts.test_requests import asked, draft
from tests.subcontracts.test_requests import made as requested
from tests.subcontracts.upward import refused

JUNE, JULY = date(2026, 6, 30), date(2026, 7, 1)
FIRST = date(2025, 1, 1)
TODAY = NOW.date()


@pytest.fixture
def world(system: Scope) -> World:
    """The youth contract has guidance and treatment, from 2025 on."""
    return factories.world(system)


def taken_out(world: World, name: str = "guidance", last_day: date = JUNE) -> None:
    contract_products.take_out(
        scope=moved(world.system),
        contract=world.youth,
        product=world.products[name],
        last_day=last_day,
    )


def taken_in(world: World, product: Product, first_day: date = JULY) -> None:
    contract_products.take_in(
        scope=moved(world.system), contract=world.youth, product=product, first_day=first_day
    )


def another(world: World) -> Product:
    """A youth product that is not in the contract."""
    return Product.objects.create(
        main_contractor=world.main, family="jw", category="41", code="41A22", name="Dyslexie"
    )


def covered(world: World, day: date) -> set[str]:
    rows = ContractProduct.objects.filter(contract=world.youth).covered_on(day)
    return set(rows.values_list("product__code", flat=True))


G, T = "45A04", "54001"


def test_a_product_has_a_first_and_a_last_day(world: World) -> None:
    taken_out(world)
    taken_in(world, another(world))
    assert covered(world, JUNE) == {G, T}
    assert covered(world, JULY) == {T, "41A22"}
    # Before the contract it is what that begins with.
    assert covered(world, date(2020, 1, 1)) == {G, T}
    periods = {
        product.code: found for product, found in covered_products(world.system, world.youth)
    }
    assert periods == {
        G: [Period(FIRST, JUNE)],
        T: [Period(FIRST, world.youth.end_date)],
        "41A22": [Period(JULY, world.youth.end_date)],
    }


def test_what_comes_back_is_the_same_product_of_the_contract(world: World) -> None:
    taken_out(world)
    taken_in(world, world.products["guidance"], date(2026, 10, 1))
    assert world.youth.products.count() == 2
    assert covered(world, date(2026, 9, 30)) == {T}
    assert covered(world, date(2026, 10, 1)) == {G, T}


def test_in_the_contract_on_one_day_of_a_period_at_least(world: World) -> None:
    taken_out(world)
    taken_in(world, another(world))

    def during(first: date, last: date) -> set[str]:
        rows = world.youth.products.covered_during(Period(first, last))
        return set(rows.values_list("product__code", flat=True))

    assert during(JULY, date(2026, 9, 30)) == {T, "41A22"}
    assert during(JUNE, JULY) == {G, T, "41A22"}
    assert during(FIRST, JUNE) == {G, T}


def test_spans_follow_the_last_that_was_recorded_for_a_day() -> None:
    runs = Period(FIRST, date(2027, 12, 31))
    turns = [(FIRST, True), (JULY, False), (JULY, True), (date(2027, 1, 1), False)]
    assert spans(turns, runs) == [Period(FIRST, date(2026, 12, 31))]
    assert spans([], runs) == []


@pytest.mark.parametrize(
    ("code", "what"),
    [
        ("CON-201", lambda w: taken_in(w, w.products["guidance"])),
        ("CON-42", lambda w: taken_in(w, another(w), date(2024, 12, 31))),
        ("CON-204", lambda w: taken_in(w, w.products["support"])),
        ("CON-202", lambda w: (taken_out(w), taken_out(w))),
        ("CON-202", lambda w: taken_out(w, "support")),
        ("CON-42", lambda w: taken_out(w, last_day=date(2024, 12, 31))),
    ],
)
def test_refused(world: World, code: str, what: object) -> None:
    with refused(code):
        what(world)  # type: ignore[operator]


def test_only_a_contract_manager_changes_products_and_numbers(world: World) -> None:
    for role in (Role.CONTROLLER, Role.QUALITY_OFFICER, Role.CARE_COORDINATOR):
        of = {"scope": world.at(role), "contract": world.youth}
        with pytest.raises(NotAllowedError):
            contract_products.take_out(**of, product=world.products["guidance"], last_day=JUNE)
        with pytest.raises(NotAllowedError):
            exchange_terms.use_messages(**of, messages=["301"])


def test_an_allocation_is_judged_by_its_first_day(world: World) -> None:
    given = factories.allocated(world.products["guidance"])
    message = factories.allocation_message(world, factories.person(), given)
    [product] = message.client.allocated_products

    def wrong() -> int:
        known = known_of(world.main.pk, world.municipality, message)
        assert contract_for(known, product) == world.youth
        return len(findings_about(known, product))

    assert wrong() == 0
    taken_out(world, last_day=product.start_date)
    assert wrong() == 0
    taken_in(world, world.products["guidance"], product.start_date + timedelta(days=1))
    taken_out(world, last_day=product.start_date - timedelta(days=1))
    assert wrong() == 1


def test_care_is_asked_of_a_product_that_is_in_the_contract_on_its_first_day(world: World) -> None:
    taken_out(world, last_day=date(2026, 4, 30))
    requested(world, draft(world, asked(world)))
    late = Period(date(2026, 5, 1), date(2026, 9, 30))
    with refused("VOT-01"):
        requested(world, draft(world, asked(world, period=late)))
    guidance = world.products["guidance"]
    of = (world.system, world.main.pk, world.municipality, guidance)
    assert requests.is_covered(*of, date(2026, 4, 30))
    assert not requests.is_covered(*of, date(2026, 5, 1))


def test_what_was_allocated_in_time_is_placed_after_the_last_day(world: World) -> None:
    allocation = factories.allocate(world)
    taken_out(world, last_day=max(TODAY, allocation.start_date))
    assert factories.place(world, allocation).product_id == world.products["guidance"].pk


def test_what_was_allocated_when_it_was_not_in_the_contract_is_not_placed(world: World) -> None:
    allocation = factories.allocate(world)
    taken_out(world, last_day=allocation.start_date - timedelta(days=1))
    with refused("CON-203"):
        factories.place(world, allocation)
    taken_in(world, world.products["guidance"], allocation.start_date)
    assert factories.place(world, allocation).status == Placement.Status.ACCEPTED


def test_a_product_is_missed_in_a_subcontract_only_where_both_hold(world: World) -> None:
    taken_in(world, another(world))
    subcontract = world.pxq.subcontract
    assert subcontract
    assert "Dyslexie" in " ".join(facts_of(subcontract).uncovered)
    subcontract.end_date = JUNE
    assert facts_of(subcontract).uncovered == []


def test_messages_are_in_use_from_a_day_on(world: World) -> None:
    exchange_terms.use_messages(
        scope=moved(world.system), contract=world.youth, messages=["301", "323"], start_date=JULY
    )
    assert exchange_on(world.youth, JUNE).messages == ["301", "305", "307", "315"]
    assert exchange_on(world.youth, JULY).messages == ["301", "323"]
    assert exchange_on(world.youth, date(2020, 1, 1)).messages == ["301", "305", "307", "315"]
    assert set(using("323", JUNE)) == set()
    assert set(using("323", JULY)) == {world.youth}
    assert set(using("305", JULY)) == {world.wmo}


def test_a_start_goes_up_only_where_its_message_is_in_use(world: World) -> None:
    exchange_terms.use_messages(
        scope=moved(world.system), contract=world.youth, messages=["301"], start_date=TODAY
    )
    factories.start(world, factories.place(world, factories.allocate(world)))
    assert not UpwardReport.objects.exists()
    assert not [one for one in check_all() if not one.holds and one.code.startswith("CARE")]


def test_numbers_come_from_the_range_of_the_day_and_those_given_stay(world: World) -> None:
    before = factories.place(world, factories.allocate(world))
    numbered(moved(world.system), world.youth, 500_000_000, 500_000_009)
    after = factories.place(world, factories.allocate(world))
    assert (before.number, after.number) == (900_000_000, 500_000_000)
    assert not [one for one in check_all() if not one.holds and one.code == "CARE-09"]


def test_a_mandate_keeps_out_of_every_range_that_was_ever_given(world: World) -> None:
    numbered(moved(world.system), world.youth, 500_000_000, 500_000_009)
    for first in (500_000_000, 900_000_000):
        with refused("CON-15"):
            authorities.set_authority(
                scope=moved(world.system),
                contract=world.youth,
                allocated_by=AllocatedBy.MANDATE,
                start_date=TODAY,
                mandate=authorities.Mandate(
                    reference="besluit", number_first=first, number_last=first + 5
                ),
            )


@pytest.mark.parametrize(
    ("code", "exchange"),
    [
        ("CON-12", exchange_terms.Exchange(messages=["999"])),
        ("CON-205", exchange_terms.Exchange(messages=["301"], number_first=9, number_last=8)),
        ("CON-205", exchange_terms.Exchange(messages=["301"], number_first=0)),
        ("CON-206", exchange_terms.Exchange(messages=["315", "301", "305", "307"])),
    ],
)
def test_an_exchange_that_cannot_be(
    world: World, code: str, exchange: exchange_terms.Exchange
) -> None:
    with refused(code):
        exchange_terms.agree_exchange(
            scope=moved(world.system), contract=world.youth, start_date=JULY, exchange=exchange
        )
    assert world.youth.exchange_terms.count() == 1


def test_on_the_page_what_changes_is_shown_before_it_is_kept(world: World, browse: Browse) -> None:
    placement = factories.place(world, factories.allocate(world))
    browser = browse(world, Role.CONTRACT_MANAGER)
    page = reverse("municipal_contract_products", args=[world.youth.pk])
    last = placement.allocation.end_date - timedelta(days=30)
    filled = {
        "product": str(world.products["guidance"].pk),
        "change": "out",
        "day": f"{last:%d-%m-%Y}",
        "source": "Addendum 4",
    }
    looked = browser.post(page, filled)
    text = looked.content.decode()
    assert "1 toewijzing ervan loopt na die dag door" in text
    assert "ondercontract" in text
    become(world.system)
    assert world.youth.products.get(product=world.products["guidance"]).turns.count() == 1
    assert browser.post(page, filled | {"seen": looked.context["seen"]}).status_code == 302
    shown = browser.get(reverse("municipal_contract_duration", args=[world.youth.pk]))
    assert "Addendum 4" in shown.content.decode()
    detail = browser.get(reverse("municipal_contract_detail", args=[world.youth.pk]))
    assert period_nl(Period(FIRST, last)) in detail.content.decode()
    assert browse(world, Role.CONTROLLER).get(page).status_code == 403


def test_the_page_of_messages_and_numbers(world: World, browse: Browse) -> None:
    browser = browse(world, Role.CONTRACT_MANAGER)
    page = reverse("municipal_contract_messages_in_use", args=[world.youth.pk])
    first = browser.get(page).content.decode()
    assert 'value="900000000"' in first
    filled = {
        "start_date": "01-07-2026",
        "messages": ["301", "323"],
        "number_first": "500000000",
        "number_last": "400000000",
        "source": "Brief van 1 juni",
    }
    assert "lager dan het eerste" in browser.post(page, filled).content.decode()
    assert browser.post(page, filled | {"number_last": "600000000"}).status_code == 302
    become(world.system)
    held = exchange_on(world.youth, JULY)
    assert (held.messages, held.number_first) == (["301", "323"], 500_000_000)
    shown = browser.get(reverse("municipal_contract_duration", args=[world.youth.pk]))
    assert "Brief van 1 juni" in shown.content.decode()


def test_a_contract_that_is_new_begins_with_its_own(world: World) -> None:
    made = factories.municipal_contract(
        moved(world.system),
        world.main,
        "jw",
        {world.municipality: 100},
        [world.products["guidance"]],
    )
    assert isinstance(made, MunicipalContract)
    [row] = made.products.all()
    assert [(turn.start_date, turn.is_covered) for turn in row.turns.all()] == [
        (made.start_date, True)
    ]
    assert made.exchange_terms.count() == 1
