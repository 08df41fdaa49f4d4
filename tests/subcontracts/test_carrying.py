"""Options and temporary funding come along with a copy, on days of the new period."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.scope import Role, Scope
from subcontracts.models import FundingLine, Subcontract
from subcontracts.rules.carrying import after_start, before_end
from subcontracts.services import carrying, contracts, drafting, extensions, sunsets
from subcontracts.services.extensions import OptionFacts
from tests import factories
from tests.conftest import become
from tests.factories import World
from tests.subcontracts.conftest import Browser as Browse
from tests.subcontracts.setting_up import draft, manager, terms

FTE = {"fte": "3.0", "price": "98000.00", "tolerance": "5.00"}
NEW = Period(date(2028, 7, 1), date(2029, 6, 30))


@pytest.fixture
def world(system: Scope) -> World:
    return factories.world(system)


@pytest.mark.parametrize(
    ("day", "new"),
    [
        (date(2027, 9, 30), date(2029, 3, 31)),
        (date(2027, 8, 31), date(2029, 2, 28)),
        (date(2027, 12, 31), date(2029, 6, 30)),
        (date(2027, 12, 21), date(2029, 6, 20)),
        (date(2028, 1, 10), date(2029, 7, 10)),
    ],
    ids=["quarter", "february", "last day", "ten days", "after it"],
)
def test_as_long_before_the_end(day: date, new: date) -> None:
    assert before_end(day, date(2027, 12, 31), date(2029, 6, 30)) == new


@pytest.mark.parametrize(
    ("day", "new"),
    [
        (date(2027, 6, 30), date(2028, 12, 31)),
        (date(2027, 1, 31), date(2028, 7, 31)),
        (date(2027, 1, 15), date(2028, 7, 15)),
    ],
    ids=["half a year", "a month", "days"],
)
def test_as_long_after_the_first_day(day: date, new: date) -> None:
    assert after_start(day, date(2027, 1, 1), date(2028, 7, 1)) == new


def source(world: World) -> Subcontract:
    """A year with a pilot of six months that goes on by the hour, and two options of a year."""
    row = draft(world, "O-2027", end_date=date(2027, 12, 31))
    scope, products = manager(world), [world.products["guidance"]]
    pilot = contracts.LineTerms(
        name="Proef",
        form=FundingLine.Form.FTE,
        period=Period(date(2027, 1, 1), date(2027, 6, 30)),
        products=products,
        parameters=FTE,
    )
    line = contracts.add_funding_line(scope=scope, subcontract=row, line=pilot)
    plan = sunsets.Plan(follow_up="line", next_form="pxq")
    sunset = sunsets.plan(scope=scope, line=line, plan=plan)
    hourly = contracts.LineTerms(
        name="Per uur",
        form=FundingLine.Form.PXQ,
        period=Period(date(2027, 7, 1), date(2027, 12, 31)),
        products=products,
    )
    sunsets.go_on(scope=scope, sunset=sunset, terms=hourly)
    for year in (2027, 2028):
        facts = OptionFacts(months=12, announce_by=date(year, 9, 30), decide_by=date(year, 8, 31))
        extensions.add(scope=scope, subcontract=row, facts=facts)
    return row


def test_a_copy_takes_options_and_temporary_funding_along(world: World) -> None:
    like = source(world)
    made = drafting.copy(
        scope=manager(world),
        source=like,
        subcontractor=world.fte.subcontractor,
        terms=terms("O-copy", start_date=NEW.start, end_date=NEW.end),
        along=carrying.carried(like, NEW),
    )
    assert list(made.options.values_list("position", "months", "announce_by", "decide_by")) == [
        (1, 12, date(2029, 3, 31), date(2029, 2, 28)),
        (2, 12, date(2030, 3, 31), date(2030, 2, 28)),
    ]
    pilot, hourly = made.funding_lines.order_by("start_date")
    assert (pilot.start_date, pilot.end_date) == (NEW.start, date(2028, 12, 31))
    assert (hourly.start_date, hourly.end_date) == (date(2029, 1, 1), NEW.end)
    assert pilot.sunset.next_line == hourly


def test_without_a_last_day_nothing_extends_it(world: World) -> None:
    found = carrying.carried(source(world), Period(NEW.start))
    assert not found.options
    assert len(found.lines) == 1


def test_the_days_are_shown_and_corrected_before_the_draft_is_made(
    world: World, browse: Browse
) -> None:
    like = source(world)
    line = like.sunsets.get().line
    browser = browse(world, Role.CONTRACT_MANAGER)
    page = reverse("subcontract_new")
    said: dict[str, Any] = {
        "subcontractor": world.fte.subcontractor.pk,
        "municipal_contract": world.youth.pk,
        "like": like.pk,
        "number": "O-kopie",
        "start_date": "01-07-2028",
        "end_date": "30-06-2029",
        "consent_on": "01-07-2028",
        "reply_working_days": "3",
        "ceiling_signal": "70",
        "relay": "portal",
    }
    shown = browser.post(page, said)
    assert shown.status_code == 200
    assert ("number", "O-kopie") in shown.context["hidden"]
    assert shown.context["form"]["option0_announce"].initial == date(2029, 3, 31)
    become(world.system)
    assert not Subcontract.objects.filter(number="O-kopie").exists()
    # Back to what was filled in before, as it stood there.
    back = browser.post(page, said | {"carry": "1", "back": "1"})
    assert back.context["form"]["number"].value() == "O-kopie"
    days = {
        "carry": "1",
        "option0_months": "6",
        "option0_announce": "30-04-2029",
        "option0_decide": "",
        "option1_months": "12",
        "option1_announce": "",
        "option1_decide": "",
        f"line{line.pk}_end": "",
    }
    made = browser.post(page, said | days)
    assert made.status_code == 302, made.context["form"].errors
    become(world.system)
    row = Subcontract.objects.get(number="O-kopie")
    option = row.options.get()
    assert (option.months, option.announce_by) == (6, date(2029, 4, 30))
    assert not row.sunsets.exists()
    # The pilot stays behind; what holds to the end of the old contract holds from the first day.
    assert row.funding_lines.get().form == FundingLine.Form.PXQ


def asked_on_page(world: World, like: Subcontract) -> dict[str, Any]:
    """What is filled in to make a contract like another, in the period of `NEW`."""
    return {
        "subcontractor": world.fte.subcontractor.pk,
        "municipal_contract": world.youth.pk,
        "like": like.pk,
        "number": "O-kopie",
        "start_date": "01-07-2028",
        "end_date": "30-06-2029",
        "consent_on": "01-07-2028",
        "reply_working_days": "3",
        "ceiling_signal": "70",
        "relay": "portal",
    }


@pytest.fixture
def priced(world: World) -> Subcontract:
    """As `source`, with € 60 in the first quarter, € 66 in the second, and € 70 after the pilot."""
    row = source(world)
    for amount, first in ((60, date(2027, 1, 1)), (66, date(2027, 4, 1)), (70, date(2027, 7, 1))):
        contracts.set_tariff(
            scope=manager(world),
            subcontract=row,
            product=world.products["guidance"],
            amount=Decimal(amount),
            period=Period(first),
        )
    other = world.products["treatment"]
    contracts.set_tariff(
        scope=manager(world),
        subcontract=row,
        product=other,
        amount=Decimal(90),
        period=Period(date(2027, 5, 1)),
    )
    return row


def test_tariffs_move_with_the_days_of_a_temporary_line(world: World, priced: Subcontract) -> None:
    made = drafting.copy(
        scope=manager(world),
        source=priced,
        subcontractor=world.fte.subcontractor,
        terms=terms("O-copy", start_date=NEW.start, end_date=NEW.end),
        along=carrying.carried(priced, NEW),
    )
    guidance = world.products["guidance"]
    found = made.tariffs.filter(product=guidance).order_by("start_date")
    assert [(one.amount, one.start_date, one.end_date) for one in found] == [
        (60, NEW.start, date(2028, 9, 30)),
        (66, date(2028, 10, 1), date(2028, 12, 31)),
        (70, date(2029, 1, 1), NEW.end),
    ]
    # That of a product of no temporary line holds as it did.
    [other] = made.tariffs.exclude(product=guidance)
    assert (other.amount, other.start_date, other.end_date) == (90, NEW.start, NEW.end)


def test_tariffs_follow_the_days_that_were_corrected(world: World, priced: Subcontract) -> None:
    found = carrying.carried(priced, NEW)
    [line] = found.lines
    shorter = replace(found, lines=[replace(line, end_date=date(2028, 8, 31))])
    made = drafting.copy(
        scope=manager(world),
        source=priced,
        subcontractor=world.fte.subcontractor,
        terms=terms("O-copy", start_date=NEW.start, end_date=NEW.end),
        along=shorter,
    )
    found_days = made.tariffs.filter(product=world.products["guidance"]).order_by("start_date")
    assert [(one.amount, one.start_date, one.end_date) for one in found_days] == [
        (60, NEW.start, date(2028, 8, 31)),
        (70, date(2028, 9, 1), NEW.end),
    ]


def test_which_tariffs_have_no_day_left_is_told(
    world: World, priced: Subcontract, browse: Browse
) -> None:
    line = priced.sunsets.get().line
    browser = browse(world, Role.CONTRACT_MANAGER)
    page, said = reverse("subcontract_new"), asked_on_page(world, priced)
    days = {"carry": "1", "option0_months": "12", "option1_months": "12"}
    # The € 66 of the second quarter lies outside a pilot of two months; the € 60 does not.
    made = browser.post(page, said | days | {f"line{line.pk}_end": "31-08-2028"}, follow=True)
    [told] = [str(one) for one in made.context["messages"] if one.level_tag == "warning"]
    assert "€ 66,00" in told
    assert not any(kept in told for kept in ("€ 60,00", "€ 70,00", "€ 90,00"))
    become(world.system)
    row = Subcontract.objects.get(number="O-kopie")
    assert sorted(row.tariffs.values_list("amount", flat=True)) == [60, 70, 90]


def test_nothing_is_told_where_every_tariff_keeps_a_day(
    world: World, priced: Subcontract, browse: Browse
) -> None:
    line = priced.sunsets.get().line
    browser = browse(world, Role.CONTRACT_MANAGER)
    said = asked_on_page(world, priced) | {
        "carry": "1",
        "option0_months": "12",
        "option1_months": "12",
        f"line{line.pk}_end": "31-12-2028",
    }
    made = browser.post(reverse("subcontract_new"), said, follow=True)
    assert [one.level_tag for one in made.context["messages"]] == ["success"]
