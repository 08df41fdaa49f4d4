"""Looking ahead: known, committed and expected; a limit that will be passed, and why."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from billing.models import Forecast, ForecastWarning
from billing.selectors.forecasts import By, groups, open_warnings
from billing.services import forecasts
from hoofdaannemer.core.errors import NotAllowedError, RuleError
from hoofdaannemer.core.periods import Month
from hoofdaannemer.core.scope import Role, Scope
from subcontracts.models import CeilingExemption
from subcontracts.services import ceiling_exemptions
from subcontracts.worklist import items
from tests import factories
from tests.billing.build import declare, placement, priced
from tests.billing.visitors import as_system, visitor
from tests.conftest import become
from tests.factories import World, world

JULY = datetime(2026, 7, 16, 9, 0, tzinfo=UTC)
AUGUST = datetime(2026, 8, 3, 9, 0, tzinfo=UTC)
SPRING = [Month(2026, 4), Month(2026, 5), Month(2026, 6)]


@pytest.fixture
def chain(system: Scope) -> World:
    return world(system)


def look(chain: World, at: datetime = JULY) -> Forecast:
    """The forecast of the youth contract by its controller."""
    made = forecasts.make(scope=become(chain.at(Role.CONTROLLER, at=at)), contract=chain.youth)
    become(chain.system)
    return made


def limit(chain: World, euros: str) -> None:
    contract = chain.pxq.subcontract
    assert contract is not None
    factories.agree_ceiling(contract, Decimal(euros))


def test_the_three_figures_of_a_year(chain: World) -> None:
    care = placement(chain)  # 12 hours a month at 66 euros, until December
    for month in SPRING:
        declare(chain, priced(care, 6, month), month=month)  # half of it is used
    made = look(chain)
    [row] = [one for one in groups(chain.system, made, By.SUBCONTRACT) if one.declared]
    assert row.declared == Decimal("1188.00")
    # 184 days from 1 July at 12 hours a month are 72.54 hours.
    assert row.committed == Decimal("4787.78")
    # Of 91 days in spring, 18 of 35.88 hours were given.
    assert row.running == Decimal("2402.11")
    # One such care began in half a year, at 397.36 a month: from August 12.5 half months of it.
    assert row.begins == Decimal("827.83")
    assert made.expected == made.declared + sum(
        one.running + one.begins for one in groups(chain.system, made, By.PRODUCT)
    )
    assert sum(Decimal(known) + Decimal(still) for _m, known, still in made.months) == made.expected
    by_town = groups(chain.system, made, By.MUNICIPALITY)
    assert chain.municipality.name in [one.name for one in by_town]
    assert sum(one.expected for one in by_town) == made.expected


def test_care_begins_as_it_began_lately(chain: World) -> None:
    for month in SPRING:
        care = placement(chain, start=month.first, end=date(2026, 6, 30))
        declare(chain, priced(care, 12, month), month=month)
    [row] = [one for one in groups(chain.system, look(chain), By.SUBCONTRACT) if one.declared]
    assert row.running == 0
    assert row.begins > Decimal("1000.00")


def test_a_ceiling_that_will_be_passed_is_told_with_its_cause(chain: World) -> None:
    limit(chain, "9000.00")
    # One client in winter, three in spring.
    first = placement(chain)
    for month in (Month(2026, 1), Month(2026, 2), Month(2026, 3)):
        declare(chain, priced(first, 12, month), month=month)
    others = [placement(chain, start=date(2026, 4, 1)) for _ in range(2)]
    for month in SPRING:
        for care in (first, *others):
            declare(chain, priced(care, 12, month), month=month)
    warning = look(chain).warnings.get(kind=ForecastWarning.Kind.CEILING)
    # 9 × 792 + 3 × 792 by June is 9,504.
    assert warning.reached_in == date(2026, 6, 1)
    assert (warning.driver.main, warning.clients) == ("clients", Decimal("4752.00"))
    assert warning.product == chain.products["guidance"]
    for role in (Role.CONTROLLER, Role.CONTRACT_MANAGER):
        texts = [one.text for one in items(become(chain.at(role, at=JULY)))]
        assert any("wordt in juni 2026 overschreden" in text for text in texts), texts


def test_care_that_no_ceiling_holds_passes_none(chain: World) -> None:
    limit(chain, "2000.00")
    care = placement(chain)
    for month in SPRING:
        declare(chain, priced(care, 12, month), month=month)
    assert look(chain).warnings.filter(kind="ceiling").exists()
    assert care.subcontract is not None
    ceiling_exemptions.exempt(
        scope=chain.system,
        subcontract=care.subcontract,
        facts=ceiling_exemptions.ExemptionFacts(
            ground=CeilingExemption.Ground.CRISIS,
            note="Afgesproken in januari",
            start_date=date(2026, 1, 1),
            product=chain.products["guidance"],
        ),
    )
    assert not look(chain).warnings.filter(kind="ceiling").exists()


def test_what_is_done_about_it_stays_until_it_comes_nearer(chain: World) -> None:
    limit(chain, "2500.00")
    care = placement(chain)
    for month in SPRING:
        declare(chain, priced(care, 6, month), month=month)
    first = look(chain).warnings.get(kind="ceiling")
    scope = become(chain.at(Role.CONTRACT_MANAGER, at=JULY))
    with pytest.raises(RuleError, match="BIL-228"):
        forecasts.note(scope=scope, warning=first, text="  ")
    forecasts.note(scope=scope, warning=first, text="Gesprek op 20 juli")
    assert not open_warnings(scope).exists()
    # The same month again, and the next: the words go along.
    again = look(chain).warnings.get(kind="ceiling")
    assert (again.note, Forecast.objects.count()) == ("Gesprek op 20 juli", 1)
    become(chain.system)
    later = look(chain, AUGUST).warnings.get(kind="ceiling")
    assert (later.note, Forecast.objects.count()) == ("Gesprek op 20 juli", 2)
    limit(chain, "1000.00")
    nearer = look(chain, AUGUST).warnings.get(kind="ceiling")
    assert nearer.reached_in < later.reached_in
    assert nearer.note == ""


def test_only_who_reads_money_looks_ahead(chain: World) -> None:
    scope = become(chain.at(Role.QUALITY_OFFICER))
    with pytest.raises(NotAllowedError):
        forecasts.make(scope=scope, contract=chain.youth)
    become(chain.system)
    before = chain.system.moved_to(datetime(2019, 1, 5, tzinfo=UTC))
    with pytest.raises(RuleError, match="BIL-227"):
        forecasts.make(scope=before, contract=chain.youth)


def test_the_page_begins_empty_and_shows_what_was_computed(
    chain: World, django_assert_max_num_queries: Any
) -> None:
    page = reverse("municipal_contract_forecast", args=[chain.youth.pk])
    browser = visitor(chain, Role.CONTROLLER)
    assert "Nog geen prognose van dit jaar" in browser.get(page).content.decode()
    browser.post(reverse("municipal_contract_forecast_make", args=[chain.youth.pk]))
    as_system()
    made = Forecast.objects.get()
    with django_assert_max_num_queries(45):
        shown = browser.get(page).content.decode()
    assert "Zo werd het eerder verwacht" in shown
    for by in By:
        other = browser.get(f"{made.get_absolute_url()}?per={by}")
        assert other.status_code == 200
