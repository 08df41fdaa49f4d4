"""How the budget of a municipal contract is formed, in its settlement and in what comes in.

The amounts are worked by hand in the comments.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal as D

import pytest
from django.urls import reverse

from billing.rules.explain import Explanation
from billing.rules.upward_settlement import Counted, SplitBy
from billing.rules.upward_year import Agreed, over_municipalities
from billing.selectors.contract_wall import wall_of
from billing.services import upward_settlements
from hoofdaannemer.core.errors import NotAllowedError, RuleError
from hoofdaannemer.core.periods import Month
from hoofdaannemer.core.scope import Role, Scope
from subcontracts.models import MunicipalContract
from subcontracts.selectors.upward_budgets import basis_of, budget_of
from subcontracts.services import upward_budgets
from tests.billing.build import declare, placement, priced
from tests.billing.upward import after, pay_by_unit, send
from tests.conftest import become
from tests.factories import World, moved, world
from tests.subcontracts.conftest import Browser as Browse
from tests.subcontracts.conftest import browse  # noqa: F401  # a fixture
from tests.subcontracts.upward import refused

Form = MunicipalContract.BudgetForm
JANUARY = Month(2026, 1)
AGREED = Agreed(
    counted=Counted.DECISIONS,
    least=D(0),
    cap=None,
    share_back=D(1),
    split_by=SplitBy.SOLIDARITY,
    own_cost=D(0),
    own_source="geen",
    coordination=D(0),
    coordination_source="geen",
)


@pytest.fixture
def chain(system: Scope) -> World:
    return world(system)


def of_form(chain: World, form: str) -> None:
    MunicipalContract.objects.filter(pk=chain.youth.pk).update(budget_form=form)
    chain.youth.refresh_from_db()


def formed(chain: World, number: str, price: str, year: int = 2026, **shares: str) -> None:
    basis = upward_budgets.Basis(
        number=D(number), price=D(price), **{name: D(share) for name, share in shares.items()}
    )
    upward_budgets.form_budget(
        scope=moved(chain.system), contract=chain.youth, first_year=year, basis=basis
    )


def settled(chain: World, realised: str | None, source: str = "opgave") -> Explanation:
    """The adjustment of 2026; that the settlement is the adjustment is checked here."""
    agreed = replace(
        AGREED,
        realised=None if realised is None else D(realised),
        realised_source=source if realised else "",
    )
    made = upward_settlements.begin(
        scope=chain.at(Role.CONTROLLER), contract=chain.youth, year=2026, agreed=agreed
    )
    found = Explanation.from_dict(made.adjustment)
    assert made.amount == found.amount
    figures = upward_settlements.frozen_figures(made)
    shared = over_municipalities(agreed, figures, made.amount)
    assert sum(one.amount for one in shared.values()) == made.amount
    return found


def comes_in(chain: World) -> D:
    become(chain.at(Role.CONTROLLER))
    found = wall_of(chain.at(Role.CONTROLLER), chain.youth, 2026).comes_in
    become(chain.system)
    return found


def test_by_fte(chain: World) -> None:
    """12,5 FTE at 98.000,00 are 1.225.000,00; 11,9 worked: 0,6 less, 58.800,00 goes back."""
    of_form(chain, Form.FTE)
    formed(chain, "12.5", "98000.00")
    assert comes_in(chain) == D("1225000.00")
    found = settled(chain, "11.9", "urenregistratie")
    assert found.amount == D("-58800.00")
    assert "fte" in found.sentence().lower()


def test_by_place_with_a_corridor_and_a_part_that_is_settled(chain: World) -> None:
    """20 places at 45.500,00 are 910.000,00. There were 22: one within the corridor of 5 %, one
    outside it, of which half: 22.750,00.
    """
    of_form(chain, Form.PLACES)
    formed(chain, "20", "45500.00", corridor="5", variable_share="50")
    assert comes_in(chain) == D("910000.00")
    assert settled(chain, "22").amount == D("22750.00")


def test_by_inhabitant(chain: World) -> None:
    """82.345 inhabitants at 127,50 are 10.498.987,50; 656 more are 83.640,00 more."""
    of_form(chain, Form.INHABITANTS)
    formed(chain, "82345", "127.50")
    assert comes_in(chain) == D("10498987.50")
    assert settled(chain, "83001").amount == D("83640.00")


def test_price_times_quantity_alone(chain: World) -> None:
    """Ten hours declared at 70,00 are 700,00: that is all that comes in, and nothing is settled."""
    of_form(chain, Form.PXQ)
    assert budget_of(chain.system, chain.youth, 2026).table.total == 0
    pay_by_unit(chain, price=D("70.00"))
    declare(chain, priced(placement(chain), 10, JANUARY), month=JANUARY)
    send(chain)
    assert comes_in(chain) == D("700.00")
    controller = chain.at(Role.CONTROLLER, at=after(JANUARY))
    made = upward_settlements.begin(
        scope=controller, contract=chain.youth, year=2026, agreed=AGREED
    )
    figures = upward_settlements.frozen_figures(made)
    assert (figures.lump_sum, figures.by_unit, figures.sum_of_year) == (0, D("700.00"), D("700.00"))
    assert made.amount == 0
    assert Explanation.from_dict(made.returned).sentence().count("700,00")


def test_a_cap_on_profit_looks_at_what_is_paid_by_the_unit(chain: World) -> None:
    """700,00 comes in and nothing goes out yet: above 3 % (21,00) lies 679,00."""
    of_form(chain, Form.PXQ)
    pay_by_unit(chain, price=D("70.00"))
    declare(chain, priced(placement(chain), 10, JANUARY), month=JANUARY)
    send(chain)
    made = upward_settlements.begin(
        scope=chain.at(Role.CONTROLLER, at=after(JANUARY)),
        contract=chain.youth,
        year=2026,
        agreed=replace(AGREED, cap=D("0.03")),
    )
    costs = upward_settlements.frozen_figures(made).subcontracted
    assert made.amount == -(D("679.00") - costs)


def test_a_lump_sum_stays_as_it_was(chain: World) -> None:
    """What is paid by the unit beside a lump sum is no part of its settlement."""
    pay_by_unit(chain, price=D("70.00"))
    declare(chain, priced(placement(chain), 10, JANUARY), month=JANUARY)
    send(chain)
    assert comes_in(chain) == D("1200700.00")
    scope = chain.at(Role.CONTROLLER, at=after(JANUARY))
    made = upward_settlements.begin(scope=scope, contract=chain.youth, year=2026, agreed=AGREED)
    assert upward_settlements.frozen_figures(made).sum_of_year == D("1200000.00")


def test_a_year_keeps_its_own_basis(chain: World) -> None:
    """10 FTE at 100.000,00 up to 2026, 11 at 104.000,00 from 2027 on."""
    of_form(chain, Form.FTE)
    formed(chain, "10", "100000.00", 2025)
    formed(chain, "11", "104000.00", 2027)
    totals = [budget_of(chain.system, chain.youth, year).table.total for year in (2025, 2026, 2027)]
    assert totals == [D("1000000.00"), D("1000000.00"), D("1144000.00")]
    assert settled(chain, "10.5").amount == D("50000.00")


def test_adjusters_come_on_top_and_a_recorded_budget_goes_before(chain: World) -> None:
    of_form(chain, Form.PLACES)
    formed(chain, "20", "45500.00")
    index = upward_budgets.AdjusterFacts(
        year=2026, effective_date=JANUARY.first, kind="index", amount=D("9100.00")
    )
    upward_budgets.adjust_budget(scope=moved(chain.system), contract=chain.youth, facts=index)
    assert comes_in(chain) == D("919100.00")
    upward_budgets.set_budget(
        scope=moved(chain.system), contract=chain.youth, year=2026, amount=D("900000.00")
    )
    assert comes_in(chain) == D("909100.00")


@pytest.mark.parametrize("realised", [None, ""])
def test_what_there_really_was_is_filled_in_with_its_source(
    chain: World, realised: str | None
) -> None:
    of_form(chain, Form.FTE)
    formed(chain, "12.5", "98000.00")
    with refused("BIL-125"):
        settled(chain, realised or None)
    with refused("BIL-125"):
        settled(chain, "11.9", source="")


@pytest.mark.parametrize(
    ("code", "form", "what"),
    [
        ("CON-208", Form.LUMP_SUM, lambda c: formed(c, "1", "1")),
        ("CON-208", Form.PXQ, lambda c: formed(c, "1", "1")),
        ("CON-207", Form.FTE, lambda c: formed(c, "0", "1")),
        ("CON-207", Form.FTE, lambda c: formed(c, "1", "-1")),
        ("CON-207", Form.FTE, lambda c: formed(c, "1", "1", corridor="101")),
        ("CON-46", Form.FTE, lambda c: formed(c, "1", "1", 2024)),
        ("CON-209", Form.FTE, lambda c: (formed(c, "1", "1", 2025), formed(c, "1", "1", 2026))),
        (
            "CON-208",
            Form.PXQ,
            lambda c: upward_budgets.set_budget(
                scope=moved(c.system), contract=c.youth, year=2026, amount=D(1)
            ),
        ),
    ],
)
def test_refused(chain: World, code: str, form: str, what: object) -> None:
    of_form(chain, form)
    with pytest.raises(RuleError, match=rf"\({code}\)"):
        what(chain)  # type: ignore[operator]


def test_only_a_contract_manager_says_of_what_it_is_formed(chain: World) -> None:
    of_form(chain, Form.FTE)
    basis = upward_budgets.Basis(number=D(1), price=D(1))
    for role in (Role.CONTROLLER, Role.QUALITY_OFFICER, Role.CARE_COORDINATOR):
        with pytest.raises(NotAllowedError):
            upward_budgets.form_budget(
                scope=chain.at(role), contract=chain.youth, first_year=2026, basis=basis
            )


def test_on_the_page_the_new_budget_is_shown_before_it_is_kept(
    chain: World,
    browse: Browse,  # noqa: F811  # the fixture
) -> None:
    of_form(chain, Form.FTE)
    browser = browse(chain, Role.CONTRACT_MANAGER)
    page = reverse("municipal_contract_budget_basis", args=[chain.youth.pk])
    filled = {
        "first_year": "2026",
        "number": "12,5",
        "price": "98.000,00",
        "variable_share": "100",
        "corridor": "0",
        "source": "Brief over 2026",
    }
    looked = browser.post(page, filled)
    assert "1.225.000,00" in looked.content.decode()
    become(chain.system)
    assert basis_of(chain.youth, 2026) is None
    assert browser.post(page, filled | {"seen": looked.context["seen"]}).status_code == 302
    shown = browser.get(reverse("municipal_contract_budget", args=[chain.youth.pk]))
    text = shown.content.decode()
    assert "Brief over 2026" in text
    assert "1.225.000,00" in text
    assert browse(chain, Role.CONTROLLER).get(page).status_code == 403
