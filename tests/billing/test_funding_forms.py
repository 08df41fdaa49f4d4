"""The funding forms through the database: a month closed, closed again, and put right later."""

from __future__ import annotations

from datetime import date
from decimal import Decimal as D

import pytest

from billing.gates import spent
from billing.models import Entitlement, Hold, Statement
from billing.services import entitling, months
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.periods import Month, Period
from hoofdaannemer.core.scope import Scope
from subcontracts.models import DeliveryStart, FundingLine, Placement, Subcontract
from subcontracts.services import contracts
from tests.billing.build import (
    FEBRUARY,
    JANUARY,
    MARCH,
    credit,
    declare,
    line,
    moment,
    placement,
    priced,
)
from tests.billing.funding import USUAL, add_line
from tests.billing.test_months import begin, end
from tests.factories import World, world

APRIL = Month(2026, 4)


@pytest.fixture
def chain(system: Scope) -> World:
    return world(system)


def run(chain: World, *which: Month) -> None:
    """Close months, in order; none may fail."""
    scope = chain.system.moved_to(moment(date(2026, 9, 3)))
    for month in which:
        result = months.run_month(scope=scope, main_contractor_id=chain.main.pk, month=month)
        assert result.problems == []


def amounts(of: FundingLine | str) -> list[str]:
    """What was recorded of a line or form, in the order of recording."""
    rows = Entitlement.objects.order_by("pk")
    rows = rows.filter(form=of) if isinstance(of, str) else rows.filter(funding_line=of)
    return [str(one.amount) for one in rows]


def payable(chain: World, month: Month) -> D:
    return Statement.objects.get(subcontractor=chain.pxq.subcontractor, month=month.first).payable


@pytest.mark.parametrize(
    ("form", "january"),
    [
        ("lump_sum", "10000.00"),
        ("capacity", "46500.00"),
        ("function", "5500.00"),
        ("population", "45937.50"),
        ("advance_pool", "375000.00"),
        ("availability", "2500.00"),
        ("subsidy", "250.00"),
        ("one_off", "750.00"),
    ],
)
def test_a_month_of_an_agreed_amount_is_paid_once(chain: World, form: str, january: str) -> None:
    agreed = add_line(chain, form)
    run(chain, JANUARY, JANUARY)
    assert amounts(agreed) == [january]
    assert payable(chain, JANUARY) == D(january)
    stated = Statement.objects.get(subcontractor=chain.pxq.subcontractor).document
    assert [len(table["lines"]) for table in stated["tables"]] == [1]


@pytest.mark.parametrize("form", sorted(USUAL))
def test_every_form_says_what_it_needs_and_what_it_pays(chain: World, form: str) -> None:
    add_line(chain, form)
    run(chain, JANUARY)
    for one in Entitlement.objects.all():
        assert "%(" not in one.why.sentence()


def test_a_contract_entered_late_is_paid_from_its_start(chain: World) -> None:
    declare(chain, priced(placement(chain), 10))
    run(chain, JANUARY)
    assert chain.trajectory.subcontract
    late = add_line(chain, "availability", party=chain.trajectory)
    run(chain, FEBRUARY)
    assert amounts(late) == ["2500.00", "2500.00"]
    months_of = Entitlement.objects.filter(funding_line=late).values_list("month", flat=True)
    assert sorted(months_of) == [JANUARY.first, FEBRUARY.first]


def test_what_was_before_the_installation_is_not_paid(chain: World) -> None:
    old = add_line(chain, "availability", period=Period(date(2025, 1, 1)))
    run(chain, JANUARY, FEBRUARY)
    assert amounts(old) == ["2500.00", "2500.00"]


def test_a_line_that_ended_earlier_pays_back(chain: World) -> None:
    agreed = add_line(chain, "lump_sum")
    run(chain, JANUARY, FEBRUARY)
    FundingLine.objects.filter(pk=agreed.pk).update(end_date=date(2026, 2, 14))
    run(chain, MARCH)
    assert amounts(agreed) == ["10000.00", "10000.00", "-10000.00", "5000.00"]
    run(chain, APRIL)
    assert len(amounts(agreed)) == 4


def test_a_draft_pays_nothing(chain: World) -> None:
    declare(chain, priced(placement(chain), 10))
    assert chain.pxq.subcontract
    agreed = add_line(chain, "lump_sum", products=[chain.products["treatment"]])
    Subcontract.objects.filter(pk=chain.pxq.subcontract.pk).update(status=Subcontract.Status.DRAFT)
    run(chain, JANUARY)
    assert amounts(agreed) == []


def test_care_under_a_lump_sum_is_not_paid_by_the_unit(chain: World) -> None:
    add_line(chain, "lump_sum")
    handed_in = declare(chain, line(placement(chain)))
    [codes] = handed_in.verdict.broken.values()
    assert "TR418" in codes
    entitling.entitle(scope=chain.system, subcontractor=chain.pxq.subcontractor)
    assert amounts("pxq") == []


def test_places_by_occupancy_and_a_start_that_is_told_late(chain: World) -> None:
    product = chain.products["guidance"]
    agreed = add_line(chain, "capacity", places="2", settled="month", products=[product])
    first, second = placement(chain), placement(chain)
    begin(chain, first, date(2026, 1, 1))
    run(chain, JANUARY)
    assert amounts(agreed) == ["4650.00"]  # 31 of 62 place-days
    begin(chain, second, date(2026, 1, 22))
    run(chain, FEBRUARY)
    assert sorted(map(D, amounts(agreed))) == [D("-4650"), D("4650"), D("6150"), D("8400")]
    references = Entitlement.objects.filter(funding_line=agreed).values_list("reference", flat=True)
    assert set(references) == {"2026-01", "2026-01:-", "2026-01:2", "2026-02"}
    run(chain, MARCH)
    assert amounts(agreed)[-1] == "9300.00"
    assert len(amounts(agreed)) == 5


def test_places_are_counted_by_placement_where_that_was_agreed(chain: World) -> None:
    product = chain.products["guidance"]
    agreed = add_line(
        chain, "capacity", places="2", settled="month", counted="placed", products=[product]
    )
    placement(chain, start=date(2026, 1, 22))
    offered = placement(chain)
    Placement.objects.filter(pk=offered.pk).update(status=Placement.Status.OFFERED)
    run(chain, JANUARY)
    assert amounts(agreed) == ["1500.00"]


def test_a_client_by_profile_counts_once(chain: World) -> None:
    agreed = add_line(
        chain,
        "profile",
        products=[chain.products["guidance"], chain.products["treatment"]],
    )
    first = placement(chain)
    again = placement(chain, product=chain.products["treatment"], client=first.client, unit="01")
    begin(chain, again, date(2026, 1, 10))
    start = begin(chain, first, date(2026, 1, 17))
    begin(chain, placement(chain), date(2026, 2, 2))
    run(chain, JANUARY)
    [one] = Entitlement.objects.filter(funding_line=agreed)
    assert (one.amount, one.placement) == (D("660.00"), again)  # 22 of 31 days
    assert one.product == chain.products["treatment"]
    run(chain, FEBRUARY)
    assert amounts(agreed) == ["660.00", "930.00", "896.79"]
    # Care that began later than was told takes days back.
    DeliveryStart.objects.filter(placement=again).update(withdrawn_at=moment(date(2026, 3, 1)))
    end(start, date(2026, 3, 31), "31")
    run(chain, MARCH)
    assert amounts(agreed)[3:] == ["-660.00", "450.00", "930.00", "930.00"]


def test_a_discount_follows_what_becomes_known_later(chain: World) -> None:
    product = chain.products["treatment"]
    add_line(chain, "lump_sum", products=[product])
    discount = add_line(
        chain, "sanction_discount", period=Period(date(2026, 1, 1), date(2026, 2, 28))
    )
    placed = placement(chain)
    first = priced(placed, 10)
    declare(chain, first)
    run(chain, JANUARY)
    assert amounts(discount) == ["-533.00"]  # 5% of 10,000 + 660
    assert payable(chain, JANUARY) == D("10127.00")
    declare(chain, credit(first), month=FEBRUARY)
    run(chain, FEBRUARY)
    assert amounts(discount) == ["-533.00", "533.00", "-500.00", "-500.00"]
    run(chain, MARCH)
    assert len(amounts(discount)) == 4
    assert payable(chain, MARCH) == D("10000.00")


def test_a_fee_is_kept_of_everything_and_a_discount_is_of_what_is_left(chain: World) -> None:
    """Of 10.000 + 660 eight percent is kept; five percent of the rest is taken off."""
    add_line(chain, "lump_sum", products=[chain.products["treatment"]])
    discount = add_line(chain, "sanction_discount")
    fee = add_line(chain, "margin")
    first = priced(placement(chain), 10)
    declare(chain, first)
    run(chain, JANUARY)
    assert amounts(fee) == ["-852.80"]
    assert amounts(discount) == ["-490.36"]
    assert payable(chain, JANUARY) == D("10660.00") - D("852.80") - D("490.36")
    declare(chain, credit(first), month=FEBRUARY)
    run(chain, FEBRUARY)
    assert amounts(fee) == ["-852.80", "852.80", "-800.00", "-800.00"]
    assert amounts(discount) == ["-490.36", "490.36", "-460.00", "-460.00"]


def test_a_fee_of_part_of_a_month_counts_its_days(chain: World) -> None:
    add_line(chain, "availability")
    fee = add_line(chain, "margin", period=Period(date(2026, 1, 11), date(2026, 12, 31)))
    run(chain, JANUARY)
    assert amounts(fee) == ["-135.48"]  # 8% of 2,500 for 21 of 31 days


def test_what_a_fee_keeps_back_was_used_of_the_ceiling(chain: World) -> None:
    assert chain.pxq.subcontract
    pk = chain.pxq.subcontract.pk
    add_line(chain, "lump_sum")
    add_line(chain, "margin")
    run(chain, JANUARY)
    assert spent([pk], 2026, date(2026, 3, 18))[pk] == D("120000.00")


def test_a_discount_of_another_contract_takes_nothing(chain: World) -> None:
    add_line(chain, "availability")
    other = add_line(chain, "sanction_discount", party=chain.trajectory)
    run(chain, JANUARY)
    assert amounts(other) == []


def test_agreed_sums_are_committed_under_the_ceiling(chain: World) -> None:
    assert chain.pxq.subcontract
    pk = chain.pxq.subcontract.pk
    add_line(chain, "lump_sum")
    add_line(chain, "availability")
    add_line(chain, "subsidy")
    assert spent([pk], 2026, date(2026, 3, 18))[pk] == D("151000.00")
    run(chain, JANUARY)
    assert spent([pk], 2026, date(2026, 3, 18))[pk] == D("151000.00")


def test_an_unsigned_contract_holds_every_form(chain: World) -> None:
    assert chain.pxq.subcontract
    add_line(chain, "availability")
    Subcontract.objects.filter(pk=chain.pxq.subcontract.pk).update(signed_on=None)
    run(chain, JANUARY)
    held = Hold.objects.get(subcontractor=chain.pxq.subcontractor)
    assert (held.kind, held.amount) == ("unsigned", D("2500.00"))


@pytest.mark.parametrize(
    ("form", "code", "changed"),
    [
        ("lump_sum", "CON-36", {"products": []}),
        ("bonus", "CON-37", {"products": ["guidance"]}),
        ("subsidy", "CON-38", {"period": Period(date(2026, 1, 1))}),
    ],
)
def test_a_line_that_does_not_fit_its_form_is_refused(
    chain: World, form: str, code: str, changed: dict[str, object]
) -> None:
    assert chain.pxq.subcontract
    names = changed.get("products", [])
    terms = contracts.LineTerms(
        name=form,
        form=form,
        period=changed.get("period", Period(date(2026, 1, 1), date(2026, 12, 31))),  # type: ignore[arg-type]
        products=[chain.products[name] for name in names],  # type: ignore[attr-defined]
        parameters=USUAL[form],
    )
    with pytest.raises(RuleError) as refused:
        contracts.add_funding_line(
            scope=chain.system, subcontract=chain.pxq.subcontract, line=terms
        )
    assert refused.value.code == code
