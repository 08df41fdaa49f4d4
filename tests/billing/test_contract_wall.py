"""Both contracts side by side: what comes in, what goes out, and what is left."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from billing import gates
from billing.models import OwnTeamRow
from billing.rules.division import percent_of
from billing.selectors.contract_wall import wall_of
from billing.services import months
from billing.services.own_teams import Spent
from hoofdaannemer.core.periods import Month
from hoofdaannemer.core.scope import Role, Scope
from subcontracts.models import Tariff
from subcontracts.services import upward_budgets, upward_terms
from tests.billing import invoices
from tests.billing.build import declare, placement, priced
from tests.billing.test_own_teams import handed_in
from tests.billing.visitors import visitor
from tests.conftest import become
from tests.factories import World, world

JANUARY = Month(2026, 1)


@pytest.fixture
def chain(system: Scope) -> World:
    return world(system)


def test_what_goes_out_adds_up_beside_what_comes_in(chain: World) -> None:
    upward_budgets.adjust_budget(
        scope=chain.system,
        contract=chain.youth,
        facts=upward_budgets.AdjusterFacts(
            year=2026,
            effective_date=JANUARY.first,
            kind="index",
            amount=Decimal("60000.00"),
        ),
    )
    upward_terms.set_terms(
        scope=chain.system,
        contract=chain.youth,
        start_date=JANUARY.first,
        values={"sub_share_max_percent": "60", "own_delivery_min_percent": "40"},
    )
    declare(chain, priced(placement(chain, end=date(2026, 1, 31)), 10, JANUARY), month=JANUARY)
    months.run_month(scope=chain.system, main_contractor_id=chain.main.pk, month=JANUARY)
    scope = become(chain.at(Role.CONTROLLER))
    wall = wall_of(scope, chain.youth, 2026)
    assert wall.budget.total == wall.comes_in == Decimal("1260000.00")
    # Ten hours at 66 euros; the care ended, so that nothing more is to come.
    [declared] = [one for one in wall.below if one.subcontract == chain.pxq.subcontract]
    assert declared.by_form == {"pxq": Decimal("660.00")}
    assert declared.so_far == declared.expected == Decimal("660.00")
    assert wall.so_far == sum(one.so_far for one in wall.below) == sum(wall.by_form().values())
    assert wall.left == wall.comes_in - wall.expected
    assert (wall.division.most_below, wall.division.least_own) == (Decimal(60), Decimal(40))
    # The Wmo contract has the FTE line, and nothing of it stands here.
    assert chain.fte.subcontract not in [one.subcontract for one in wall.below]
    below = wall_of(scope, chain.wmo, 2026)
    assert below.expected == Decimal("1176000.00")
    assert below.division.below_percent == 98


def test_it_says_so_where_more_goes_below_than_was_agreed(chain: World) -> None:
    page = reverse("municipal_contract_wall", args=[chain.wmo.pk])
    title = "Er gaat meer naar onderaannemers dan is afgesproken"
    assert title not in visitor(chain, Role.CONTROLLER).get(page).content.decode()
    become(chain.system)
    upward_terms.set_terms(
        scope=chain.system,
        contract=chain.wmo,
        start_date=JANUARY.first,
        values={"sub_share_max_percent": "90"},
    )
    # Of 1,200,000 euros 1,176,000 is for the FTE line.
    assert title in visitor(chain, Role.CONTROLLER).get(page).content.decode()


def test_a_gap_in_what_was_agreed_is_said_in_its_year(chain: World) -> None:
    page = reverse("municipal_contract_wall", args=[chain.youth.pk])
    title = f"Er zit een gat in {chain.pxq.subcontract}"
    assert title not in visitor(chain, Role.CONTROLLER).get(page).content.decode()
    become(chain.system)
    year = timezone.localdate().year
    Tariff.objects.filter(subcontract=chain.pxq.subcontract).update(end_date=date(year, 12, 31))
    assert title not in visitor(chain, Role.CONTROLLER).get(page).content.decode()
    next_year = visitor(chain, Role.CONTROLLER).get(page, {"year": year + 1}).content.decode()
    assert title in next_year


def test_it_looks_ahead_for_own_teams_and_invoices(chain: World) -> None:
    """Known months, and their average for those to come, as in the forecast."""
    for month, amount in ((JANUARY, 1000), (JANUARY.next(), 3000)):
        handed_in(chain, month, [Spent(OwnTeamRow.Kind.CARE, "Zorg", Decimal(amount))])
    party = invoices.party(chain)
    given = invoices.indication(chain, party)
    invoices.enter(chain, party, [invoices.line(given)])
    scope = become(chain.at(Role.CONTROLLER))
    wall = wall_of(scope, chain.youth, 2026)
    assert (wall.own_so_far, wall.own_expected) == (Decimal(4000), Decimal(24000))
    assert (wall.invoiced_so_far, wall.invoiced_expected) == (Decimal(240), Decimal(2880))
    assert wall.left == wall.comes_in - wall.expected - 24000 - 2880


def test_another_year_is_shown_by_choice(chain: World) -> None:
    """A year that is over is what it was; of the next one only running care and agreed sums."""
    handed_in(chain, JANUARY, [Spent(OwnTeamRow.Kind.CARE, "Zorg", Decimal(1000))])
    scope = chain.at(Role.CONTROLLER)
    later = become(replace(scope, at=datetime(2027, 3, 1, 9, tzinfo=UTC)))
    over, running = wall_of(later, chain.youth, 2026), wall_of(later, chain.youth, 2027)
    assert (over.own_so_far, over.own_expected) == (Decimal(1000), Decimal(1000))
    assert (running.own_so_far, running.own_expected) == (Decimal(0), Decimal(0))
    become(chain.system)
    placed = placement(chain, start=date(2026, 1, 1), end=None)
    assert placed.subcontract is not None
    key = placed.subcontract_id
    spent_now = gates.spent([key], 2026, date(2026, 12, 1))
    spent_next = gates.spent([key], 2027, date(2026, 12, 1))
    # Nothing was declared: the whole of each year is to come, and never the one in the other.
    assert spent_now[key] > 0
    assert abs(spent_next[key] - spent_now[key]) < spent_now[key] / 10
    assert gates.spent([key], 2026, date(2027, 3, 1)) == {}
    page = reverse("municipal_contract_wall", args=[chain.youth.pk])
    browser = visitor(chain, Role.CONTROLLER)
    this_year = timezone.localdate().year
    shown = browser.get(page)
    [chosen] = [one["label"] for one in shown.context["years"] if one["active"]]
    assert chosen == str(this_year)
    other = next(one for one in shown.context["years"] if not one["active"])
    assert f"in {other['label']}" in browser.get(page + other["url"]).content.decode()
    for wrong in ("1990", "x", "-1"):
        assert browser.get(page, {"year": wrong}).status_code == 404


def test_more_out_than_in_is_said(chain: World) -> None:
    become(chain.system)
    year = timezone.localdate().year
    month = Month(year, 1)
    handed_in(chain, month, [Spent(OwnTeamRow.Kind.CARE, "Zorg", Decimal(9000000))])
    page = reverse("municipal_contract_wall", args=[chain.youth.pk])
    shown = visitor(chain, Role.CONTROLLER).get(page, {"year": year}).content.decode()
    assert "Er gaat naar verwachting meer uit dan er binnenkomt" in shown


def test_of_nothing_there_is_no_share() -> None:
    assert percent_of(Decimal(5), Decimal(0)) is None
    assert percent_of(Decimal(5), None) is None
    assert percent_of(Decimal("199.99"), Decimal(200)) == 99


def test_it_is_for_who_reads_money(chain: World) -> None:
    page = reverse("municipal_contract_wall", args=[chain.youth.pk])
    year = timezone.localdate().year
    for role in (Role.CONTRACT_MANAGER, Role.CONTROLLER):
        shown = visitor(chain, role).get(page).content.decode()
        assert f"in {year}" in shown
        assert "Zorg in Beeld" in shown
        assert "Naast elkaar" in shown
    assert visitor(chain, Role.QUALITY_OFFICER).get(page).status_code == 403


def test_it_takes_a_fixed_number_of_questions(
    chain: World, django_assert_max_num_queries: object
) -> None:
    page = reverse("municipal_contract_wall", args=[chain.youth.pk])
    browser = visitor(chain, Role.CONTROLLER)
    with django_assert_max_num_queries(48):  # type: ignore[operator]
        browser.get(page)
