"""Price times quantity paid on what was allocated: months, corrections, and what counts them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal as D

import pytest
from django.db import connection

from billing.forms import FORMS, MonthContext
from billing.forms.replay import own_months
from billing.gates import spent, turnover, used
from billing.models import DeclaredLine, Entitlement, Hold, LineFinding, Statement
from billing.rules.whatif.alternatives import replay
from billing.rules.whatif.facts import Facts
from billing.rules.whatif.frozen import freeze, thaw
from billing.rules.whatif.terms import Counted, Form, Terms
from billing.selectors import forecast_facts
from billing.selectors.month_cards import cards
from billing.selectors.unpaid import paid_as_allocated
from billing.selectors.whatif_facts import Asked, gather
from billing.services import months
from hoofdaannemer.accountability.definitions import quarter_sql
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.periods import Month, Period
from hoofdaannemer.core.scope import Role, Scope
from hoofdaannemer.invariants import check_promises, declarations
from subcontracts.models import FundingLine, Placement
from subcontracts.services import contracts, placements
from tests.billing.build import FEBRUARY, JANUARY, MARCH, credit, declare, moment, placement, priced
from tests.billing.funding import add_line
from tests.billing.test_months import begin, end
from tests.conftest import become
from tests.factories import World, agree_ceiling, allocate, world

WHOLE = Period(date(2026, 1, 1), date(2026, 12, 31))


@pytest.fixture
def chain(system: Scope) -> World:
    return world(system)


@pytest.fixture
def agreed(chain: World) -> FundingLine:
    """The usual contract pays guidance, 66 euros an hour, as it was allocated."""
    return add_line(chain, "pxq", basis="allocated")


def run(chain: World, *which: Month) -> None:
    scope = chain.system.moved_to(moment(date(2026, 9, 3)))
    for month in which:
        result = months.run_month(scope=scope, main_contractor_id=chain.main.pk, month=month)
        assert result.problems == []


def amounts() -> list[str]:
    return [str(one.amount) for one in Entitlement.objects.filter(form="pxq").order_by("pk")]


def holds_true() -> bool:
    return [one.code for one in check_promises(declarations.PROMISES) if not one.holds] == []


def test_what_was_allocated_is_paid_undeclared_for_the_days_of_care(
    chain: World, agreed: FundingLine
) -> None:
    placed = placement(chain)
    placement(chain)  # of which no start was reported
    begin(chain, placed, date(2026, 1, 18))
    run(chain, JANUARY, FEBRUARY)
    assert amounts() == ["357.68", "792.00"]  # 12 × 14 ÷ 31 × 66
    one = Entitlement.objects.filter(form="pxq").earliest("pk")
    assert (one.funding_line, one.placement, one.product) == (agreed, placed, placed.product)
    assert one.why.sentence() == (
        "Toegewezen: 12 uur per maand, 14 van 31 dagen zorg × € 66,00 per uur = € 357,68"
    )
    stated = Statement.objects.get(month=JANUARY.first, subcontractor=chain.pxq.subcontractor)
    assert stated.payable == D("357.68")
    run(chain, JANUARY, FEBRUARY)
    assert len(amounts()) == 2


def test_a_declaration_is_checked_and_shown_and_paid_never_beside_it(
    chain: World, agreed: FundingLine
) -> None:
    placed = placement(chain)
    begin(chain, placed, date(2026, 1, 1))
    good, too_much = priced(placed, 4), priced(placement(chain), 13)
    declare(chain, good, too_much)
    run(chain, JANUARY)
    declare(chain, credit(good), month=FEBRUARY)
    run(chain, FEBRUARY)
    assert amounts() == ["792.00", "792.00"]
    assert LineFinding.objects.filter(rule="TR321").exists()
    lines = list(DeclaredLine.objects.select_related("funding_line", "placement"))
    approved = {one.pk for one in lines if one.is_approved}
    assert len(approved) == 2  # the debit and its credit
    assert paid_as_allocated(lines) == approved
    assert holds_true()


def test_a_promise_is_broken_by_a_right_to_what_was_declared(
    chain: World, agreed: FundingLine
) -> None:
    placed = placement(chain)
    declare(chain, priced(placed, 4))
    agreed.parameters.pop("basis")
    agreed.save()
    run(chain, JANUARY)
    assert amounts() == ["264.00"]
    agreed.parameters["basis"] = "allocated"
    agreed.save()
    broken = {one.code for one in check_promises(declarations.PROMISES) if not one.holds}
    assert "DEC-16" in broken


def test_what_turns_out_otherwise_is_corrected_by_opposite_entries(
    chain: World, agreed: FundingLine
) -> None:
    placed = placement(chain)
    start = begin(chain, placed, date(2026, 1, 1))
    run(chain, JANUARY, FEBRUARY)
    # It stopped on the 14th of February, as is told in March.
    end(start, date(2026, 2, 14), "31")
    run(chain, MARCH)
    assert amounts() == ["792.00", "792.00", "-792.00", "396.00"]
    # The municipality allocated ten hours instead of twelve from the start.
    Placement.objects.filter(pk=placed.pk).update(volume=10)
    run(chain, Month(2026, 4))
    assert amounts()[4:] == ["-792.00", "-396.00", "660.00", "330.00"]
    taken_back = Entitlement.objects.exclude(corrects=None)
    assert all(one.amount == -one.corrects.amount for one in taken_back if one.corrects)
    # A placement that is gone takes all of it back.
    Placement.objects.filter(pk=placed.pk).update(status=Placement.Status.WITHDRAWN)
    run(chain, Month(2026, 5))
    assert sum(D(amount) for amount in amounts()) == 0


def test_two_placements_of_one_client_are_each_paid_their_volume(
    chain: World, agreed: FundingLine
) -> None:
    first = placement(chain)
    second = placement(chain, client=first.client, volume=5)
    for one in (first, second):
        begin(chain, one, date(2026, 1, 1))
    run(chain, JANUARY)
    assert amounts() == ["792.00", "330.00"]


def test_after_a_move_the_day_is_paid_once(chain: World, agreed: FundingLine) -> None:
    """Another contract line goes on with delivered volumes from the 11th of February."""
    contract = chain.pxq.subcontract
    assert contract
    placed = placement(chain)
    begin(chain, placed, date(2026, 1, 1))
    agreed.line_products.update(end_date=date(2026, 2, 10))
    FundingLine.objects.filter(pk=agreed.pk).update(end_date=date(2026, 2, 10))
    contracts.add_funding_line(
        scope=chain.system,
        subcontract=contract,
        line=contracts.LineTerms(
            name="geleverd",
            form="pxq",
            period=Period(date(2026, 2, 11), date(2026, 12, 31)),
            products=[placed.product],
        ),
    )
    run(chain, JANUARY, FEBRUARY, MARCH)
    assert amounts() == ["792.00", "282.86"]  # 12 × 10 ÷ 28 × 66
    declare(chain, priced(placed, 3, MARCH), month=MARCH)
    run(chain, Month(2026, 4))
    assert amounts()[2:] == ["198.00"]


def test_no_declaration_is_asked(chain: World, agreed: FundingLine) -> None:
    placement(chain)
    context = MonthContext(chain.pxq.subcontractor, JANUARY, [agreed], chain.system.at)
    assert list(FORMS["pxq"].needs(context)) == []
    delivered = FundingLine(form="pxq", start_date=WHOLE.start, end_date=WHOLE.end)
    context = MonthContext(chain.pxq.subcontractor, JANUARY, [agreed, delivered], chain.system.at)
    assert len(list(FORMS["pxq"].needs(context))) == 1
    scope = become(chain.at(Role.SUBCONTRACTOR_USER, chain.pxq))
    assert cards(scope, JANUARY) == []
    become(chain.system)
    FundingLine.objects.filter(pk=agreed.pk).update(parameters={})
    assert len(cards(become(scope), JANUARY)) == 1


def test_it_counts_once_for_the_ceiling_recorded_and_to_come(
    chain: World, agreed: FundingLine
) -> None:
    contract = chain.pxq.subcontract
    assert contract
    placed = placement(chain)
    declare(chain, priced(placed, 4))
    begin(chain, placed, date(2026, 1, 1))
    day = date(2026, 3, 18)
    # Nothing is recorded: 365 days of 12 hours a month of 30.4375 days.
    to_come = spent([contract.pk], 2026, day)[contract.pk]
    assert to_come == D("9497.49")
    run(chain, JANUARY, FEBRUARY)
    # Two months are, and 306 days are still to come.
    assert spent([contract.pk], 2026, day)[contract.pk] == D("1584.00") + D("7962.28")
    assert turnover(chain.main.pk, WHOLE) == {(contract.pk, placed.product_id): D("1584.00")}


def test_what_lies_above_the_ceiling_is_held(chain: World, agreed: FundingLine) -> None:
    assert chain.pxq.subcontract
    agree_ceiling(chain.pxq.subcontract, D("1000.00"))
    placed = placement(chain)
    begin(chain, placed, date(2026, 1, 1))
    run(chain, JANUARY, FEBRUARY)
    held = Hold.objects.get(subcontractor=chain.pxq.subcontractor)
    assert (held.kind, held.amount) == (Hold.Kind.CEILING, D("584.00"))
    [first, second] = Statement.objects.filter(subcontractor=chain.pxq.subcontractor).order_by(
        "month"
    )
    assert (first.payable, second.payable) == (D("792.00"), D("208.00"))


def test_a_total_is_spread_over_its_days_and_what_is_left_of_it_is_known(
    chain: World, agreed: FundingLine
) -> None:
    contract = chain.pxq.subcontract
    assert contract
    placed = placement(chain, volume=365, frequency="6")
    begin(chain, placed, date(2026, 1, 1))
    run(chain, JANUARY)
    assert amounts() == ["2046.00"]  # 365 × 31 ÷ 365 × 66
    found = used([placed.pk])[placed.pk]
    assert (found.until, found.volume, found.amount) == (JANUARY.last, 31, D("2046.00"))
    assert spent([contract.pk], 2026, date(2026, 2, 3))[contract.pk] == D("24090.00")


def test_a_forecast_expects_all_that_was_allocated(chain: World, agreed: FundingLine) -> None:
    contract = chain.pxq.subcontract
    assert contract
    placed = placement(chain)
    declare(chain, priced(placed, 1))
    begin(chain, placed, date(2026, 1, 1))
    run(chain, JANUARY, FEBRUARY, MARCH)
    view = forecast_facts.View(2026, date(2026, 4, 20), subcontract=contract.pk)
    facts = forecast_facts.gather(view)
    [running] = facts.running
    assert running.is_certain
    assert running.ahead == Period(date(2026, 4, 1), date(2026, 12, 31))
    assert sorted(facts.declared.values()) == [D("792.00")] * 3
    found = forecast_facts.measured(view, Period(JANUARY.first, MARCH.last))
    measured = found[contract.pk][placed.product_id]
    assert (measured.clients, measured.units, measured.euros) == (1, D(36 * 60), D("2376.00"))


def test_a_quarter_report_counts_what_is_owed_and_not_what_was_declared_beside_it(
    chain: World, agreed: FundingLine
) -> None:
    placed = placement(chain)
    declare(chain, priced(placed, 4))
    begin(chain, placed, date(2026, 1, 1))
    run(chain, JANUARY)
    asked = {
        "owner": chain.main.pk, "contract": chain.youth.pk, "start": WHOLE.start, "end": WHOLE.end,
        "moment": moment(date(2026, 9, 4)), "largest": 3,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(quarter_sql.MONEY, asked)
        rows = cursor.fetchall()
    # Hours are those delivered, euros those owed.
    assert {(row[2], row[3]) for row in rows} == {(240, D("792.00"))}


def test_a_what_if_computes_it_anew_and_offers_it_as_an_alternative(
    chain: World, agreed: FundingLine
) -> None:
    placed = placement(chain)
    begin(chain, placed, date(2026, 1, 18))
    run(chain, JANUARY, FEBRUARY)
    asked = Asked(chain.main.pk, [chain.pxq.subcontractor.pk], [JANUARY, FEBRUARY])
    facts = thaw(Facts, freeze(gather(asked)))
    [party] = facts.parties
    paid = [(JANUARY, D("357.68")), (FEBRUARY, D("792.00"))]
    assert [(one.month, one.why.amount) for one in own_months(facts, party)] == paid
    terms = Terms(form=Form.PXQ, counted=Counted.ALLOCATED, price=D(50))
    then = replay(facts, terms)
    halves = [sum(why.amount for why in then.months_of(party.pk)[month]) for month, _paid in paid]
    assert halves == [D("178.84"), D("396.00")]
    assert then.neutral == D(100)


class TestPlacing:
    """What cannot be paid by its volume is not placed under such a line."""

    @pytest.mark.parametrize(
        ("changed", "code"),
        [
            ({"volume": None, "unit": "", "frequency": ""}, "CON-230"),
            ({"frequency": "6", "end_date": None}, "CON-231"),
            ({"unit": "16"}, "CON-232"),
            ({"unit": "01"}, ""),
        ],
    )
    def test_is_refused(
        self, chain: World, agreed: FundingLine, changed: dict[str, object], code: str
    ) -> None:
        allocation = allocate(chain)
        for name, value in changed.items():
            setattr(allocation, name, value)
        allocation.save()
        if not code:
            assert placements.place(
                scope=chain.system, allocation=allocation, subcontractor=chain.pxq.subcontractor
            ).pk
            return
        with pytest.raises(RuleError, match=code):
            placements.place(
                scope=chain.system, allocation=allocation, subcontractor=chain.pxq.subcontractor
            )
