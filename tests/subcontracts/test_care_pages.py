"""What the pages of clients, allocations and placements tell, to whom."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.scope import Role, Scope
from hoofdaannemer.core.templatetags.core_format import date_long
from subcontracts import words
from subcontracts.funding_words import cost_text
from subcontracts.models import FundingLine
from subcontracts.services import contracts
from tests import factories
from tests.subcontracts.conftest import Browser as Browse
from tests.subcontracts.test_pages import chain


def test_a_client_page_shows_the_care_of_now(system: Scope, browse: Browse) -> None:
    world = factories.world(system)
    placement = chain(world)
    page = reverse("client_detail", args=[placement.client_id])
    staff = browse(world, Role.CARE_COORDINATOR).get(page)
    assert [row.record for row in staff.context["placements"].rows] == [placement]
    assert [row.record for row in staff.context["allocations"].rows] == [placement.allocation]
    assert reverse("placement_detail", args=[placement.pk]).encode() in staff.content
    # A subcontractor knows its placements, and no allocation of the municipality.
    own = browse(world, Role.SUBCONTRACTOR_USER, world.pxq).get(page)
    assert [row.record for row in own.context["placements"].rows] == [placement]
    assert own.context["allocations"] is None


def test_a_subcontractor_is_found_by_the_beginning_of_its_name(
    system: Scope, browse: Browse
) -> None:
    world = factories.world(system)
    name = world.pxq.organisation.name
    browser = browse(world, Role.CONTRACT_MANAGER)
    found = browser.get(reverse("subcontractor_list"), {"name": name[:6].lower()})
    assert name in [row.record.provider_organisation.name for row in found.context["table"].rows]
    nobody = browser.get(reverse("subcontractor_list"), {"name": "zzz"})
    assert not list(nobody.context["table"].rows)
    assert nobody.context["filtered"]


def test_a_price_on_the_place_page_says_of_what(system: Scope, browse: Browse) -> None:
    world = factories.world(system)
    allocation = chain(world).allocation
    page = browse(world, Role.CARE_COORDINATOR).get(
        reverse("allocation_place", args=[allocation.pk])
    )
    prices = {one.subcontractor: one.price for one in page.context["candidates"]}
    assert prices[world.pxq.subcontractor] == words.tariff_text(Decimal("66.00"), "04")


#: Form, its parameters, and what one more client costs under it.
COSTS = (
    ("trajectory", {"price": "6000.00"}, "€ 6.000,00 per traject"),
    ("profile", {"price": "850.00"}, "€ 850,00 per cliënt per maand"),
    ("capacity", {"price": "180.00"}, "€ 180,00 per plaats"),
    ("fte", {"fte": "12", "price": "98000.00"}, "fte-lumpsum, zonder meerkosten"),
    ("lump_sum", {"amount": "420000.00"}, "vast bedrag, zonder meerkosten"),
    ("advance_pool", {}, "aandeel in een pot met voorschotten"),
)


@pytest.mark.parametrize(("form", "parameters", "text"), COSTS)
def test_what_care_costs_under_a_form(form: str, parameters: dict[str, str], text: str) -> None:
    assert cost_text(FundingLine(form=form, parameters=parameters)) == text


def test_the_place_page_says_what_every_candidate_costs(system: Scope, browse: Browse) -> None:
    world = factories.world(system)
    of = [world.products["guidance"]]
    parties = {
        "trajectory": {"price": "6000.00", "start_share": "60.00", "nominal_days": "180"},
        "lump_sum": {"amount": "420000.00"},
    }
    made = {
        form: factories.party(
            system, world.main, world.youth, form, form, of, tariff=None, parameters=parameters
        )
        for form, parameters in parties.items()
    }
    # A tariff beside an agreed sum is no price of the care.
    contracts.set_tariff(
        scope=system,
        subcontract=made["lump_sum"].subcontract,
        product=of[0],
        amount=Decimal("66.00"),
        period=Period(date(2025, 1, 1)),
    )
    allocation = chain(world).allocation
    page = browse(world, Role.CARE_COORDINATOR).get(
        reverse("allocation_place", args=[allocation.pk])
    )
    prices = {one.subcontractor: one.price for one in page.context["candidates"]}
    for party in made.values():
        assert prices[party.subcontractor] == cost_text(party.line)
        assert prices[party.subcontractor] in page.content.decode()
    assert "€ 6.000,00" in prices[made["trajectory"].subcontractor]


@pytest.mark.parametrize(
    ("volume", "unit", "text"),
    [(1, "16", "1 dagdeel"), (2, "16", "2 dagdelen"), (1, "01", "1 minuut"), (3, "04", "3 uur")],
)
def test_units_are_inflected(volume: int, unit: str, text: str) -> None:
    assert words.volume_text(volume, unit) == text
    assert words.volume_text(1250, "83") == "€ 12,50"


def test_an_export_has_the_columns_of_the_screen(system: Scope, browse: Browse) -> None:
    world = factories.world(system)
    chain(world)
    heads = {}
    for role, party in (
        (Role.CARE_COORDINATOR, None),
        (Role.QUALITY_OFFICER, None),
        (Role.SUBCONTRACTOR_USER, world.pxq),
    ):
        browser = browse(world, role, party)
        answer = browser.get(reverse("placement_list"), {"_export": "csv"})
        first = b"".join(answer.streaming_content).decode("utf-8-sig").split("\r\n")[0]
        table = browser.get(reverse("placement_list")).context["table"]
        heads[role] = first.split(";")
        assert heads[role] == [str(column.header) for column in table.columns]
    left_out = set(heads[Role.CARE_COORDINATOR]) - set(heads[Role.QUALITY_OFFICER])
    assert left_out == {"Cliënt"}


def test_a_line_of_the_work_list_says_where_how_much_and_from_when(
    system: Scope, browse: Browse
) -> None:
    world = factories.world(system)
    allocation = factories.allocate(world, at=timezone.now())
    page = browse(world, Role.CARE_COORDINATOR).get(reverse("home"))
    details = [item.detail for _kind, items in page.context["groups"] for item in items]
    [said] = [text for text in details if world.municipality.name in text]
    assert words.extent_text(allocation) in said
    assert date_long(allocation.start_date) in said
