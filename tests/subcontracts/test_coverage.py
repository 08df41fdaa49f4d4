"""Gaps in what was agreed: days without a tariff, and a product for a time under no line."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.scope import Role, Scope
from subcontracts.models import FundingLine, Subcontract, Tariff
from subcontracts.rules.coverage import uncovered
from subcontracts.selectors.contract_dates import DateKind, contract_dates
from subcontracts.selectors.coverage import Gap, Lacks, gaps_of
from subcontracts.services import contract_life, contracts, sunsets
from tests import factories
from tests.conftest import become
from tests.factories import World
from tests.subcontracts.conftest import Browser
from tests.subcontracts.setting_up import NEXT_YEAR, SIGNED, draft, manager, ready

LAST = date(2027, 12, 31)
MIDSUMMER = date(2027, 6, 30)


@pytest.fixture
def world(system: Scope) -> World:
    return factories.world(system)


def days(first: int, last: int | None) -> Period:
    start = date(2027, 1, 1)
    return Period(start.replace(day=first), None if last is None else start.replace(day=last))


@pytest.mark.parametrize(
    ("whole", "parts", "left"),
    [
        (days(1, 10), [], [days(1, 10)]),
        (days(1, 10), [days(1, 10)], []),
        (days(1, 10), [days(1, None)], []),
        (days(1, None), [days(1, 10)], [days(11, None)]),
        (days(1, 10), [days(2, 9)], [days(1, 1), days(10, 10)]),
        (days(5, 10), [days(1, 6), days(9, 20)], [days(7, 8)]),
        (days(5, 10), [days(9, 20), days(1, 6), days(2, 4)], [days(7, 8)]),
        (days(1, 10), [days(11, 20)], [days(1, 10)]),
        (days(1, 3), [days(1, 1), days(2, 2), days(3, 3)], []),
    ],
)
def test_what_no_part_covers(
    whole: Period, parts: Sequence[Period], left: Sequence[Period]
) -> None:
    assert uncovered(whole, parts) == left


def line_for(
    world: World, subcontract: Subcontract, period: Period, product: str = "guidance"
) -> FundingLine:
    return contracts.add_funding_line(
        scope=world.system,
        subcontract=subcontract,
        line=contracts.LineTerms(
            name=f"Regel {period.start}",
            form=FundingLine.Form.PXQ,
            period=period,
            products=[world.products[product]],
            parameters={},
        ),
    )


def tariff_for(world: World, subcontract: Subcontract, period: Period) -> None:
    contracts.set_tariff(
        scope=world.system,
        subcontract=subcontract,
        product=world.products["guidance"],
        amount=Decimal(70),
        period=period,
    )


def gaps(subcontract: Subcontract) -> list[tuple[Lacks, Period]]:
    found = gaps_of([subcontract]).get(subcontract.pk, [])
    return [(one.lacks, one.period) for one in found]


def signed(world: World, subcontract: Subcontract) -> Subcontract:
    scope = manager(world)
    contract_life.offer(scope=scope, subcontract=subcontract)
    return contract_life.sign(scope=scope, subcontract=subcontract, signature=SIGNED)


def half_a_tariff(world: World) -> Subcontract:
    """A contract of a year whose tariff ends halfway."""
    subcontract = ready(world, end_date=LAST)
    Tariff.objects.filter(subcontract=subcontract).update(end_date=MIDSUMMER)
    return subcontract


def test_a_tariff_that_ends_before_its_line_leaves_a_gap(world: World) -> None:
    subcontract = half_a_tariff(world)
    rest = Period(MIDSUMMER + timedelta(days=1), LAST)
    assert gaps(subcontract) == [(Lacks.TARIFF, rest)]
    Tariff.objects.filter(subcontract=subcontract).update(end_date=LAST)
    assert gaps(subcontract) == []


def test_a_tariff_that_begins_after_its_line_leaves_a_gap(world: World) -> None:
    subcontract = draft(world, end_date=LAST)
    line_for(world, subcontract, Period(NEXT_YEAR, LAST))
    tariff_for(world, subcontract, Period(date(2027, 2, 1), LAST))
    assert gaps(subcontract) == [(Lacks.TARIFF, Period(NEXT_YEAR, date(2027, 1, 31)))]


def test_a_product_between_two_lines_is_under_none(world: World) -> None:
    subcontract = draft(world, end_date=LAST)
    line_for(world, subcontract, Period(date(2027, 2, 1), date(2027, 4, 30)))
    line_for(world, subcontract, Period(date(2027, 6, 1), LAST))
    tariff_for(world, subcontract, Period(NEXT_YEAR, LAST))
    found = gaps_of([subcontract])[subcontract.pk]
    product = str(world.products["guidance"])
    assert found == [
        Gap(product, Lacks.LINE, Period(NEXT_YEAR, date(2027, 1, 31)), follows_line=False),
        Gap(product, Lacks.LINE, Period(date(2027, 5, 1), date(2027, 5, 31)), follows_line=True),
    ]


def test_of_which_it_is_recorded_what_follows_is_no_gap(world: World) -> None:
    subcontract = draft(world, end_date=LAST)
    found = line_for(world, subcontract, Period(NEXT_YEAR, MIDSUMMER))
    tariff_for(world, subcontract, Period(NEXT_YEAR, LAST))
    assert [lacks for lacks, _period in gaps(subcontract)] == [Lacks.LINE]
    plan = sunsets.Plan(follow_up="ends")
    sunsets.plan(scope=world.system, line=found, plan=plan)
    assert gaps(subcontract) == []


def test_what_is_paid_in_another_way_needs_no_tariff(world: World) -> None:
    assert world.fte.subcontract
    assert gaps(world.fte.subcontract) == []


@pytest.mark.parametrize("code", ["CON-240", "CON-241"])
def test_a_contract_does_not_begin_with_a_gap_that_nobody_saw(world: World, code: str) -> None:
    subcontract = half_a_tariff(world)
    if code == "CON-241":
        subcontract.funding_lines.get().line_products.update(end_date=MIDSUMMER)
    signed(world, subcontract)
    with pytest.raises(RuleError) as refusal:
        contract_life.activate(scope=manager(world), subcontract=subcontract)
    assert refusal.value.code == code
    begun = contract_life.activate(scope=manager(world), subcontract=subcontract, gaps_known=True)
    assert begun.status == Subcontract.Status.ACTIVE


def test_without_gaps_nobody_is_asked(world: World) -> None:
    subcontract = signed(world, ready(world))
    begun = contract_life.activate(scope=manager(world), subcontract=subcontract)
    assert begun.status == Subcontract.Status.ACTIVE


def test_whoever_lets_it_begin_ticks_that_the_gap_is_known(world: World, browse: Browser) -> None:
    subcontract = signed(world, half_a_tariff(world))
    page = reverse("subcontract_start", args=[subcontract.pk])
    browser = browse(world, Role.CONTRACT_MANAGER)
    assert "01-07-2027 t/m 31-12-2027" in browser.get(page).content.decode()
    assert browser.post(page).status_code == 200
    become(world.system)
    subcontract.refresh_from_db()
    assert subcontract.status == Subcontract.Status.SIGNED
    assert browser.post(page, {"gaps_known": "on"}).status_code == 302
    become(world.system)
    subcontract.refresh_from_db()
    assert subcontract.status == Subcontract.Status.ACTIVE
    shown = browser.get(reverse("subcontract_detail", args=[subcontract.pk])).content.decode()
    assert "Zorg zonder tarief kan niet worden betaald" in shown


def dates(world: World, today: date) -> list[date]:
    scope = become(
        world.at(
            Role.CONTRACT_MANAGER,
            at=factories.NOW.replace(year=today.year, month=today.month, day=today.day),
        )
    )
    found = contract_dates(scope, first=today, until=today + timedelta(days=400))
    return [one.day for one in found if one.kind is DateKind.GAP]


def test_a_gap_stands_among_the_dates_while_it_lasts(world: World) -> None:
    subcontract = half_a_tariff(world)
    first = MIDSUMMER + timedelta(days=1)
    # A draft says it on its own page.
    assert dates(world, NEXT_YEAR) == []
    signed(world, subcontract)
    assert dates(world, NEXT_YEAR) == [first]
    assert dates(world, date(2027, 9, 1)) == [first]
    assert dates(world, date(2028, 1, 1)) == []


def test_where_a_line_ends_there_is_one_day_not_two(world: World) -> None:
    subcontract = ready(world, end_date=LAST)
    found = subcontract.funding_lines.get()
    found.line_products.update(end_date=MIDSUMMER)
    FundingLine.objects.filter(pk=found.pk).update(end_date=MIDSUMMER)
    signed(world, subcontract)
    scope = become(world.at(Role.CONTRACT_MANAGER))
    told = contract_dates(scope, first=scope.today, until=LAST)
    kinds = [one.kind for one in told if subcontract.number in one.text]
    assert kinds == [DateKind.LINE, DateKind.END_BELOW]


def test_many_contracts_take_as_many_questions_as_one(
    world: World, django_assert_num_queries: object
) -> None:
    rows = [world.pxq.subcontract, world.fte.subcontract, half_a_tariff(world)]
    with django_assert_num_queries(3):  # type: ignore[operator]
        gaps_of([row for row in rows if row])
