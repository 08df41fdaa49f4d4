"""How a tariff is built up: what its lines give, who draws it up and who settles it."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from hoofdaannemer.core.errors import ConflictError, NotAllowedError, RuleError
from hoofdaannemer.core.money import round_exact
from hoofdaannemer.core.scope import Role, Scope
from subcontracts import worklist
from subcontracts.models import BuildupParameter, TariffBuildup
from subcontracts.rules.buildup import Fault, Kind, Line, differences, worked_out
from subcontracts.services import buildups
from tests import factories
from tests.conftest import become
from tests.factories import World
from tests.subcontracts.conftest import Browser as Browse
from tests.subcontracts.indexing import manager
from tests.subcontracts.tariffs import drawn_up, facts, settled


@pytest.fixture
def world(system: Scope) -> World:
    return factories.world(system)


def lines(*rows: tuple[str, str] | tuple[str, str, int]) -> list[Line]:
    """Kind, value, and the place of the line of which it is a percentage."""
    return [
        Line(f"{number}", Kind(kind), Decimal(value), rest[0] if rest else None)
        for number, (kind, value, *rest) in enumerate(rows)
    ]


# What the lines give


def test_costs_of_a_year_go_over_the_productive_hours_and_are_rounded_once() -> None:
    found = worked_out(
        lines(
            ("yearly", "48600"),
            ("percent", "16.33", 0),
            ("percent", "28.5"),
            ("hours", "1878"),
            ("hours_off", "254"),
            ("hours_off_percent", "6.8"),
            ("productive", "72"),
            ("percent", "22"),
            ("hourly", "1.75"),
        ),
        2,
    )
    # 48.600 × 1,1633 × 1,285 = 72.649,25; (1.878 – 254) × 0,932 × 0,72 = 1.089,77 hours;
    # 66,6647 × 1,22 + 1,75 = 83,0809.
    assert found.tariff == Decimal("83.08")
    assert found.steps[1].amount == Fraction("7936.38")
    assert found.steps[6].hours == Fraction("1089.76896")
    assert [step.divides for step in found.steps].index(True) == 7


@pytest.mark.parametrize(
    ("rows", "tariff"),
    [
        # A part of a day of four hours in a group of eight.
        ([("hourly", "50"), ("times", "4"), ("divided", "8")], "25.00"),
        # An hour in minutes: a cent and a half, of which the half counts.
        ([("hourly", "0.90"), ("divided", "60")], "0.02"),
        # A percentage of one line, and of everything above it.
        ([("hourly", "10"), ("hourly", "90"), ("percent", "10", 0)], "101.00"),
        ([("hourly", "10"), ("hourly", "90"), ("percent", "10")], "110.00"),
        # The hours stand last: the division comes at the end.
        ([("yearly", "60000"), ("hours", "1200")], "50.00"),
    ],
)
def test_from_an_hour_to_the_unit(rows: list[tuple[str, str]], tariff: str) -> None:
    assert worked_out(lines(*rows), 2).tariff == Decimal(tariff)


@pytest.mark.parametrize(
    ("rows", "fault", "at"),
    [
        ([], Fault.EMPTY, None),
        ([("yearly", "60000")], Fault.NO_HOURS, None),
        ([("yearly", "60000"), ("hourly", "3")], Fault.NO_HOURS, 1),
        ([("hours", "1500")], Fault.NO_COSTS, 0),
        ([("yearly", "1"), ("hours", "10"), ("hourly", "1"), ("hours", "5")], Fault.HOURS_LATE, 3),
        (
            [("yearly", "1"), ("hours", "10"), ("hourly", "1"), ("yearly", "5")],
            Fault.YEARLY_LATE,
            3,
        ),
        ([("hourly", "1"), ("yearly", "5")], Fault.YEARLY_LATE, 1),
        ([("yearly", "1"), ("hours", "10"), ("hours_off", "10")], Fault.NOTHING_LEFT, 2),
        # What a year costs is no amount of which an hour can have a percentage.
        ([("yearly", "9"), ("hours", "3"), ("percent", "10", 0)], Fault.NO_BASE, 2),
        ([("hourly", "0.001")], Fault.NO_TARIFF, None),
    ],
)
def test_lines_that_give_no_tariff(
    rows: list[tuple[str, str]], fault: Fault, at: int | None
) -> None:
    found = worked_out(lines(*rows), 2)
    assert (found.tariff, found.fault, found.at) == (None, fault, at)


@given(
    st.decimals("0.01", "500000", places=2),
    st.decimals("1", "2500", places=2),
    st.lists(st.decimals("0", "60", places=2), max_size=5),
)
def test_the_order_of_percentages_on_everything_is_all_one(
    costs: Decimal, hours: Decimal, percents: list[Decimal]
) -> None:
    def tariff(order: list[Decimal]) -> Decimal | None:
        on_top = [("percent", str(one)) for one in order]
        return worked_out(lines(("yearly", str(costs)), ("hours", str(hours)), *on_top), 4).tariff

    assert tariff(percents) == tariff(percents[::-1])


def test_half_a_cent_goes_up_and_a_third_stays_exact() -> None:
    assert round_exact(Fraction("0.005"), 2) == Decimal("0.01")
    assert round_exact(Fraction(-1, 200), 2) == Decimal("-0.01")
    assert round_exact(Fraction(1, 3) * 3, 2) == Decimal("1.00")


def test_what_differs_between_versions() -> None:
    then = lines(("yearly", "60000"), ("hours", "1500"))
    now = [then[0], Line("1", Kind.HOURS, Decimal(1450)), Line("reizen", Kind.HOURLY, Decimal(2))]
    found = {
        one.name: one for one in differences([*then, Line("oud", Kind.HOURLY, Decimal(1))], now)
    }
    assert not found["0"].is_changed
    assert found["1"].is_changed
    assert found["reizen"].before is None
    assert found["oud"].after is None


# Drawing up and settling


def test_a_version_is_drawn_up_by_one_and_settled_by_another(world: World) -> None:
    row = drawn_up(world)
    assert row.amount == Decimal("55.00")
    with pytest.raises(NotAllowedError):
        buildups.settle(scope=become(manager(world)), buildup=row)
    second = become(manager(world, "b"))
    (item,) = [one for one in worklist.items(second) if "vast" in str(one.kind)]
    assert item.url == reverse("buildup_detail", args=[row.pk])
    done = buildups.settle(scope=second, buildup=row)
    assert (done.status, done.settled_by_id) == ("settled", second.user_id)
    assert not [one for one in worklist.items(second) if "vast" in str(one.kind)]


def test_who_changed_a_line_last_does_not_settle(world: World) -> None:
    row = drawn_up(world)
    second = become(manager(world, "b"))
    line = row.parameters.get(name="Overhead")
    buildups.set_parameter(
        scope=second, buildup=row, parameter=line, facts=facts("Overhead", "percent", "12")
    )
    with pytest.raises(NotAllowedError):
        buildups.settle(scope=second, buildup=row)
    assert buildups.settle(scope=become(manager(world)), buildup=row).amount == Decimal("56.00")


def test_a_settled_version_no_longer_changes(world: World) -> None:
    row = settled(world)
    scope = become(manager(world))
    with pytest.raises(ConflictError):
        buildups.set_parameter(scope=scope, buildup=row, facts=facts("Extra", "hourly", "1"))
    with pytest.raises(ConflictError):
        buildups.remove_parameter(scope=scope, parameter=row.parameters.get(name="Overhead"))
    with pytest.raises(ConflictError):
        buildups.withdraw(scope=scope, buildup=row)


def test_a_new_version_begins_like_the_one_before(world: World) -> None:
    first = drawn_up(world)
    scope = become(manager(world))
    wages = first.parameters.get(name="Loonkosten")
    buildups.set_parameter(
        scope=scope,
        buildup=first,
        facts=facts("Vakantiegeld", "percent", "8", base=wages),
        position=2,
    )
    buildups.settle(scope=become(manager(world, "b")), buildup=first)
    scope = become(manager(world))
    later = buildups.draft(scope=scope, product=first.product, like=first)
    assert (later.number, later.amount) == (2, Decimal("59.40"))
    copy = later.parameters.get(name="Vakantiegeld")
    assert (copy.position, copy.base) == (2, later.parameters.get(name="Loonkosten"))
    with pytest.raises(RuleError, match="CON-105"):
        buildups.draft(scope=scope, product=first.product)


def test_what_does_not_fit_in_a_line(world: World) -> None:
    row = drawn_up(world)
    scope = become(manager(world))
    overhead = row.parameters.get(name="Overhead")
    for code, wrong in (
        ("CON-101", facts("Productief", "productive", "101")),
        ("CON-101", facts("Groep", "divided", "0")),
        ("CON-102", facts("Uren", "hours", "10", base=overhead)),
        ("CON-103", facts("overhead", "percent", "10")),
    ):
        with pytest.raises(RuleError, match=code):
            buildups.set_parameter(scope=scope, buildup=row, facts=wrong)
    with pytest.raises(RuleError, match="CON-102"):
        buildups.set_parameter(
            scope=scope,
            buildup=row,
            facts=facts("Deel", "percent", "10", base=overhead),
            position=1,
        )


def test_lines_move_and_go_and_the_tariff_follows(world: World) -> None:
    row = drawn_up(world)
    scope = become(manager(world))
    last = row.parameters.get(name="Overhead")
    buildups.set_parameter(
        scope=scope,
        buildup=row,
        parameter=last,
        facts=facts("Overhead", "percent", "10"),
        position=2,
    )
    assert list(row.parameters.values_list("name", "position")) == [
        ("Loonkosten", 1),
        ("Overhead", 2),
        ("Uren per jaar", 3),
        ("Direct voor de cliënt", 4),
    ]
    buildups.remove_parameter(scope=scope, parameter=row.parameters.get(name="Uren per jaar"))
    row.refresh_from_db()
    assert row.amount is None
    with pytest.raises(RuleError, match="CON-106"):
        buildups.settle(scope=become(manager(world, "b")), buildup=row)


# Pages


def test_drawn_up_on_pages_and_compared_with_the_version_before(
    world: World, browse: Browse
) -> None:
    first = settled(world)
    browser = browse(world, Role.CONTRACT_MANAGER)
    new = reverse("buildup_new")
    assert (
        f"{new}?like={first.pk}"
        in browser.get(reverse("buildup_detail", args=[first.pk])).content.decode()
    )
    typed = {"product": first.product_id, "like": first.pk, "decimals": 2}
    detail = browser.post(new, typed)["Location"]
    become(world.system)
    later = TariffBuildup.objects.get(status="draft")
    overhead = later.parameters.get(name="Overhead")
    page = reverse("parameter_change", args=[overhead.pk])
    typed = {
        "name": "Overhead",
        "element": "overhead",
        "kind": "percent",
        "value": "12,5",
        "source": "Benchmark Care",
        "source_date": "01-07-2025",
    }
    assert browser.post(page, typed)["Location"] == detail
    shown = browser.get(detail).content.decode()
    assert "56,25" in shown and "55,00" in shown and "1,25" in shown
    assert "Benchmark Care (" in shown and "01-07-2025" in shown
    assert "1 regel verschilt" in shown


def test_an_empty_draft_says_what_it_lacks(world: World, browse: Browse) -> None:
    row = drawn_up(world, None, ())
    shown = browse(world, Role.CONTRACT_MANAGER).get(reverse("buildup_detail", args=[row.pk]))
    assert "nog geen regels" in shown.content.decode()


def test_another_main_contractor_finds_nothing(world: World, system: Scope) -> None:
    drawn_up(world)
    become(system)
    stranger = factories.world(system)
    scope = become(manager(stranger))
    assert not TariffBuildup.objects.visible_to(scope).exists()
    # The second lock too.
    assert not TariffBuildup.objects.exists() and not BuildupParameter.objects.exists()
