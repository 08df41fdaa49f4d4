"""A subcontractor's look ahead: as its main contractor sees it, and nobody else's."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from billing.models import ForecastRow
from billing.selectors.own_forecast import OwnForecast, own_forecast
from billing.services import forecasts
from hoofdaannemer.core.mandates import Subject
from hoofdaannemer.core.periods import Month
from hoofdaannemer.core.scope import Role, Scope
from tests import factories
from tests.billing.balans import Office, withdrawn
from tests.billing.build import declare, placement, priced
from tests.billing.visitors import visitor
from tests.conftest import become
from tests.factories import Party, World, party, world

JULY = datetime(2026, 7, 16, 9, 0, tzinfo=UTC)
SPRING = [Month(2026, 4), Month(2026, 5), Month(2026, 6)]


@pytest.fixture
def chain(system: Scope) -> World:
    """Half of twelve hours a month was used in spring; the ceiling is 5,000 euros."""
    made = world(system)
    assert made.pxq.subcontract
    factories.agree_ceiling(made.pxq.subcontract, Decimal("4000.00"))
    care = placement(made)
    for month in SPRING:
        declare(made, priced(care, 6, month), month=month)
    return made


def of(chain: World, role: Role, one: Party) -> OwnForecast:
    scope = become(chain.at(role, one if role == Role.SUBCONTRACTOR_USER else None, at=JULY))
    assert one.subcontract
    found = own_forecast(scope, one.subcontract)
    become(chain.system)
    assert found
    return found


def test_it_is_what_the_main_contractor_expects_of_this_contract(chain: World) -> None:
    mine = of(chain, Role.SUBCONTRACTOR_USER, chain.pxq)
    # As the forecast of the whole municipal contract says of it (test_forecasts).
    assert mine.declared == Decimal("1188.00")
    assert mine.expected == Decimal("4417.94")
    assert mine.committed == Decimal("5975.78")
    assert sum(known + still for _month, known, still in mine.months) == mine.expected
    assert mine.reached_in == Month(2026, 12)
    assert mine == of(chain, Role.CONTROLLER, chain.pxq)
    scope = become(chain.at(Role.CONTROLLER, at=JULY))
    made = forecasts.make(scope=scope, contract=chain.youth)
    row = ForecastRow.objects.get(forecast=made, subcontract=chain.pxq.subcontract, form="pxq")
    assert (row.running, row.begins) == (mine.parts[0].running, mine.parts[0].begins)


def test_nothing_of_another_subcontractor_comes_into_it(chain: World) -> None:
    before = of(chain, Role.SUBCONTRACTOR_USER, chain.pxq)
    other = party(
        chain.system, chain.main, chain.youth, "Zorg Elders", "pxq", [chain.products["guidance"]]
    )
    care = placement(chain, other, start=date(2025, 1, 1), end=date(2026, 12, 31))
    for month in (*SPRING, Month(2025, 1), Month(2025, 12)):
        assert not declare(chain, priced(care, 12, month), month=SPRING[-1], party=other,
                           ).verdict.broken  # fmt: skip
    assert of(chain, Role.SUBCONTRACTOR_USER, chain.pxq) == before
    # Not even where somebody asks for the other's contract: the database shows nothing of it.
    scope = become(chain.at(Role.SUBCONTRACTOR_USER, chain.pxq, at=JULY))
    assert other.subcontract
    empty = own_forecast(scope, other.subcontract)
    assert empty is not None
    assert (empty.parts, empty.expected) == ([], 0)


def test_the_page_and_its_file(chain: World) -> None:
    assert chain.pxq.subcontract
    assert chain.fte.subcontract
    browser = visitor(chain, Role.SUBCONTRACTOR_USER)
    page = reverse("subcontract_forecast", args=[chain.pxq.subcontract.pk])
    shown = browser.get(page)
    assert shown.status_code == 200
    assert "gewoon gemiddelde" in shown.content.decode()
    book = browser.get(reverse("subcontract_forecast_xlsx", args=[chain.pxq.subcontract.pk]))
    assert book["Content-Type"].startswith("application/vnd")
    for name in ("subcontract_forecast", "subcontract_forecast_xlsx"):
        other = reverse(name, args=[chain.fte.subcontract.pk])
        assert browser.get(other).status_code == 404
    contract = browser.get(reverse("subcontract_detail", args=[chain.pxq.subcontract.pk]))
    assert page in contract.content.decode()


def test_an_office_reads_it_where_its_mandate_covers_statements(chain: World) -> None:
    """It finds it at the statements, for it opens no contract."""
    assert chain.pxq.subcontract
    office = Office(chain)
    page = reverse("subcontract_forecast", args=[chain.pxq.subcontract.pk])
    answers, browser = {}, office.browser()
    for subject in (Subject.STATEMENTS, Subject.DECLARE):
        mandate = office.held(chain.pxq, subject)
        browser.post(reverse("office_mandate_act", args=[mandate.pk]))
        if subject == Subject.STATEMENTS:
            assert page in browser.get(reverse("statement_list")).content.decode()
            assert chain.fte.subcontract
            other = reverse("subcontract_forecast", args=[chain.fte.subcontract.pk])
            assert browser.get(other).status_code == 404
            shown = browser.get(page)
            assert shown.context["back_url"] == reverse("statement_list")
            assert browser.get(shown.context["xlsx_url"]).status_code == 200
        answers[subject] = browser.get(page).status_code
        withdrawn(office, mandate, chain.pxq)
    assert answers == {Subject.STATEMENTS: 200, Subject.DECLARE: 403}
