"""Recovery plans through the database: agreed by two sides, taken by statements, never too much."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal as D

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from billing import worklist
from billing.models import EInvoice, RecoveryPlan, Statement, StatementLine
from billing.rules.statement import reconcile
from billing.services import (
    documents,
    invoicing,
    months,
    payments,
    recovery_plans,
    settlements,
    statements,
)
from billing.services.recovery_plans import PlanTerms
from hoofdaannemer.core.errors import ConflictError, NotAllowedError, RuleError
from hoofdaannemer.core.money import ZERO
from hoofdaannemer.core.periods import Month, Period
from hoofdaannemer.core.scope import Role, Scope
from hoofdaannemer.invariants import PROMISES, check_promises
from tests.billing.build import FEBRUARY, JANUARY, MARCH, credit, declare, moment, placement, priced
from tests.billing.funding import add_line
from tests.billing.visitors import as_system, visitor
from tests.conftest import become
from tests.factories import World, world

APRIL, MAY = Month(2026, 4), Month(2026, 5)
Kind = RecoveryPlan.Kind
Status = RecoveryPlan.Status
PDF = b"%PDF-1.7 getekend"


@pytest.fixture
def chain(system: Scope) -> World:
    return world(system)


@pytest.fixture
def owing(chain: World) -> World:
    """660 euros of January were paid; in February they were taken back, so 660 euros is owed."""
    good = priced(placement(chain), 10)
    declare(chain, good)
    run(chain, JANUARY)
    declare(chain, credit(good), month=JANUARY)
    run(chain, FEBRUARY)
    assert stated(chain, FEBRUARY).carried_out == D("-660.00")
    return chain


def run(chain: World, month: Month) -> None:
    scope = become(chain.system.moved_to(moment(month.next().first.replace(day=5))))
    months.close_month(scope=scope, subcontractor=chain.pxq.subcontractor, month=month)


def earn(chain: World, month: Month, hours: int) -> None:
    """So many hours of 66 euros on the statement of a month."""
    become(chain.system)
    declare(chain, priced(placement(chain), hours, month), month=month)
    run(chain, month)


def stated(chain: World, month: Month) -> Statement:
    return Statement.objects.get(subcontractor=chain.pxq.subcontractor, month=month.first)


def controller(chain: World, day: date = date(2026, 3, 10)) -> Scope:
    return become(chain.at(Role.CONTROLLER, at=moment(day)))


def provider(chain: World, day: date = date(2026, 3, 11)) -> Scope:
    return become(chain.at(Role.SUBCONTRACTOR_USER, chain.pxq, at=moment(day)))


def second(chain: World, day: date = date(2026, 3, 10)) -> Scope:
    """Another controller."""
    other = chain.at(Role.CONTRACT_MANAGER).user_id
    return become(replace(chain.at(Role.CONTROLLER, at=moment(day)), user_id=other))


def terms(**changed: object) -> PlanTerms:
    found = {
        "kind": Kind.BALANCE,
        "total": D("660.00"),
        "monthly": D("200.00"),
        "first_month": MARCH,
        "ground": "Te veel gedeclareerd in januari",
        **changed,
    }
    return PlanTerms(**found)  # type: ignore[arg-type]


def proposed(chain: World, **changed: object) -> RecoveryPlan:
    return recovery_plans.propose(
        scope=controller(chain), subcontractor=chain.pxq.subcontractor, terms=terms(**changed)
    )


def agreed(chain: World, **changed: object) -> RecoveryPlan:
    plan = proposed(chain, **changed)
    return recovery_plans.agree(scope=provider(chain), plan=plan)


def lines(plan: RecoveryPlan) -> list[tuple[str, str]]:
    rows = StatementLine.objects.filter(plan=plan).order_by("pk")
    return [(one.kind, str(one.amount)) for one in rows]


def holds_all() -> None:
    """Statements, payments and plans reconcile to the cent."""
    checked = [one for one in PROMISES if one.code.startswith(("PAY-0", "REC-"))]
    assert [one for one in check_promises(checked) if not one.holds] == []


def test_without_a_plan_a_debt_is_set_off_at_once(owing: World) -> None:
    earn(owing, MARCH, 4)
    assert (stated(owing, MARCH).payable, stated(owing, MARCH).carried_out) == (D(0), D("-396.00"))


def test_a_plan_takes_its_part_each_month_until_it_is_paid_back(owing: World) -> None:
    plan = agreed(owing)
    earn(owing, MARCH, 10)
    march = stated(owing, MARCH)
    assert (march.carried_in, march.deferred, march.set_off) == (D(-660), D(660), D(200))
    assert (march.payable, march.carried_out) == (D("460.00"), D("0.00"))
    earn(owing, APRIL, 5)
    earn(owing, MAY, 5)
    earn(owing, MAY.next(), 5)
    assert lines(plan) == [
        ("deferral", "660.00"),
        ("set_off", "200.00"),
        ("set_off", "200.00"),
        ("set_off", "200.00"),
        ("set_off", "60.00"),
    ]
    plan.refresh_from_db()
    assert (plan.status, plan.recovered) == (Status.FINISHED, D("660.00"))
    earn(owing, MAY.next().next(), 5)
    assert len(lines(plan)) == 5
    rows = Statement.objects.filter(subcontractor=owing.pxq.subcontractor).order_by("month")
    chain = [documents.totals_from_json(one.document["totals"]) for one in rows]
    entitled = sum((one.entitled + one.corrected for one in chain), ZERO)
    paid = sum((one.payable for one in rows), ZERO)
    assert reconcile(chain, entitled=entitled, paid=paid) == []
    for one in rows:
        assert statements.made_again(one) == bytes(one.pdf)
    for line in StatementLine.objects.filter(plan=plan):
        assert "%(" not in line.sentence
    holds_all()


def test_a_statement_pays_at_least_what_the_plan_leaves(owing: World) -> None:
    plan = agreed(owing, leaves=D("500.00"))
    earn(owing, MARCH, 8)
    earn(owing, APRIL, 7)
    assert [stated(owing, one).payable for one in (MARCH, APRIL)] == [D("500.00"), D("462.00")]
    assert lines(plan) == [("deferral", "660.00"), ("set_off", "28.00")]


def test_an_e_invoice_sets_off_what_the_plan_takes(owing: World) -> None:
    agreed(owing)
    become(owing.system)
    invoicing.agree(
        scope=owing.system, subcontractor=owing.pxq.subcontractor, tax_number="123456782"
    )
    earn(owing, MARCH, 10)
    xml = bytes(EInvoice.objects.get(statement=stated(owing, MARCH)).xml).decode()
    for element, amount in (("TaxInclusiveAmount", "660.00"), ("PayableAmount", "460.00")):
        assert f'<cbc:{element} currencyID="EUR">{amount}</cbc:{element}>' in xml
    assert "plan-" not in xml


def test_the_payment_run_pays_what_is_left(owing: World) -> None:
    agreed(owing)
    earn(owing, MARCH, 10)
    scope = controller(owing, date(2026, 4, 7))
    run_made = payments.prepare_run(scope=scope, main_contractor_id=owing.main.pk)
    assert run_made.total == D("660.00") + D("460.00")


def test_nothing_is_taken_before_the_first_month_or_while_paused(owing: World) -> None:
    plan = agreed(owing, first_month=APRIL)
    earn(owing, MARCH, 5)
    assert lines(plan) == [("deferral", "660.00")]
    recovery_plans.pause(scope=controller(owing), plan=plan, remark="Ziekte")
    earn(owing, APRIL, 5)
    assert lines(plan) == [("deferral", "660.00")]
    recovery_plans.resume(scope=controller(owing), plan=plan)
    earn(owing, MAY, 5)
    assert lines(plan)[1:] == [("set_off", "200.00")]


def test_an_ended_plan_owes_the_rest_at_once_and_carries_it(owing: World) -> None:
    plan = agreed(owing)
    earn(owing, MARCH, 10)
    recovery_plans.end(scope=controller(owing), plan=plan, remark="Zorg stopt")
    earn(owing, APRIL, 5)
    april = stated(owing, APRIL)
    assert lines(plan)[-1] == ("rest", "460.00")
    assert (april.payable, april.carried_out) == (D(0), D("-130.00"))
    plan.refresh_from_db()
    assert plan.status == Status.FINISHED
    holds_all()


def test_a_claim_is_only_taken_off(chain: World) -> None:
    plan = agreed(chain, kind=Kind.CLAIM, total=D("300.00"), ground="Boete artikel 9")
    earn(chain, MARCH, 10)
    march = stated(chain, MARCH)
    assert (march.deferred, march.set_off, march.payable) == (D(0), D(200), D("460.00"))
    assert lines(plan) == [("set_off", "200.00")]
    holds_all()


def test_a_settled_year_is_put_aside_with_the_statement_that_has_it(chain: World) -> None:
    places = add_line(
        chain,
        "capacity",
        period=Period(JANUARY.first, JANUARY.last),
        products=[chain.products["treatment"]],
        settled="year",
        places="1",
    )
    run(chain, JANUARY)
    scope = controller(chain, date(2026, 2, 9))
    made = settlements.begin(scope=scope, funding_line=places, year=2026)
    settlements.propose(scope=scope, settlement_round=made)
    settled = made.settlements.get()
    settlements.record_agreement(
        scope=scope, settlement=settled, reason="geen account", signed_file=PDF
    )
    settlements.lock(scope=second(chain, date(2026, 2, 9)), settlement_round=made)
    settled.refresh_from_db()
    back = -settled.amount
    assert back == D("4650.00")
    with pytest.raises(RuleError, match="BIL-201"):
        proposed(chain, kind=Kind.SETTLEMENT, settlement=settled, total=back + 1)
    plan = agreed(chain, kind=Kind.SETTLEMENT, settlement=settled, total=back)
    earn(chain, MARCH, 10)
    march = stated(chain, MARCH)
    assert (march.deferred, march.set_off, march.payable) == (back, D(200), D("460.00"))
    assert lines(plan)[0] == ("deferral", str(back))
    holds_all()


def test_no_more_is_planned_than_is_owed(owing: World) -> None:
    with pytest.raises(RuleError, match="BIL-201"):
        proposed(owing, total=D("660.01"))
    plan = proposed(owing)
    with pytest.raises(RuleError, match="BIL-201"):
        proposed(owing, total=D("0.01"), monthly=D("0.01"))
    # A statement that came between has set it off already.
    earn(owing, MARCH, 5)
    with pytest.raises(RuleError, match="BIL-201"):
        recovery_plans.agree(scope=provider(owing, date(2026, 4, 8)), plan=plan)


def test_terms_that_do_not_fit(owing: World) -> None:
    for changed, code in (
        ({"monthly": D("700.00")}, "BIL-200"),
        ({"monthly": ZERO}, "BIL-200"),
        ({"kind": Kind.SETTLEMENT}, "BIL-200"),
        ({"first_month": FEBRUARY}, "BIL-202"),
        ({"ground": " "}, "BIL-203"),
    ):
        with pytest.raises(RuleError, match=code):
            proposed(owing, **changed)
    with pytest.raises(RuleError, match="BIL-204"):
        recovery_plans.propose(
            scope=controller(owing), subcontractor=owing.own_team.subcontractor, terms=terms()
        )


def test_on_paper_by_another_controller(owing: World) -> None:
    plan = proposed(owing)
    with pytest.raises(NotAllowedError):
        recovery_plans.record_agreement(
            scope=controller(owing), plan=plan, reason="brief", signed_file=PDF
        )
    with pytest.raises(RuleError, match="BIL-205"):
        recovery_plans.record_agreement(
            scope=second(owing), plan=plan, reason="brief", signed_file=b"PK"
        )
    plan = recovery_plans.record_agreement(
        scope=second(owing), plan=plan, reason="brief", signed_file=PDF
    )
    assert plan.status == Status.RUNNING


Step = Callable[[World, RecoveryPlan], object]
AGREE: Step = lambda chain, one: recovery_plans.agree(scope=controller(chain), plan=one)  # noqa: E731
PAUSE: Step = lambda chain, one: recovery_plans.pause(  # noqa: E731
    scope=provider(chain), plan=one, remark="x"
)
WITHDRAW: Step = lambda chain, one: recovery_plans.withdraw(  # noqa: E731
    scope=become(chain.at(Role.CONTRACT_MANAGER)), plan=one
)


def test_each_side_does_its_own_part(owing: World) -> None:
    plan = proposed(owing)
    for step in (AGREE, PAUSE, WITHDRAW):
        with pytest.raises(NotAllowedError):
            step(owing, plan)


def test_what_is_refused_or_withdrawn_takes_nothing(owing: World) -> None:
    plan = proposed(owing)
    recovery_plans.refuse(scope=provider(owing), plan=plan, remark="Klopt niet")
    with pytest.raises(ConflictError):
        recovery_plans.agree(scope=provider(owing), plan=plan)
    again = proposed(owing)
    recovery_plans.withdraw(scope=controller(owing), plan=again)
    earn(owing, MARCH, 12)
    assert (stated(owing, MARCH).set_off, stated(owing, MARCH).payable) == (D(0), D("132.00"))


def test_the_database_lets_no_plan_take_more(owing: World) -> None:
    plan = agreed(owing)
    earn(owing, MARCH, 10)
    become(owing.system)
    more = StatementLine.objects.filter(plan=plan, kind="set_off").get()
    more.pk, more.statement, more.amount = None, stated(owing, FEBRUARY), D("460.01")
    with pytest.raises(DatabaseError, match="BIL-206"), transaction.atomic():
        more.save(force_insert=True)
    with pytest.raises(DatabaseError, match="BIL-207"), transaction.atomic():
        RecoveryPlan.objects.filter(pk=plan.pk).update(total=D("700.00"))


def test_a_plan_is_on_the_work_list_until_it_is_agreed_upon(owing: World) -> None:
    def count(scope: Scope) -> int:
        return sum("terugbetaling" in str(item.url) for item in worklist.items(scope))

    plan = proposed(owing)
    assert (count(provider(owing)), count(controller(owing))) == (1, 0)
    recovery_plans.agree(scope=provider(owing), plan=plan)
    assert count(provider(owing)) == 0


def test_on_pages_from_the_proposal_to_the_statement(owing: World) -> None:
    here, there = visitor(owing, Role.CONTROLLER), visitor(owing, Role.SUBCONTRACTOR_USER)
    typed = {
        "subcontractor": owing.pxq.subcontractor.pk,
        "kind": "balance",
        "total": "660,00",
        "months": "3",
        "first_month": str(Month.of(timezone.localdate())),
        "ground": "Te veel gedeclareerd",
    }
    both = here.post(reverse("recovery_plan_new"), {**typed, "monthly": "100,00"})
    assert "monthly" in both.context["form"].errors
    shown = here.post(reverse("recovery_plan_new"), typed, follow=True)
    assert "220,00" in shown.content.decode()
    as_system()
    plan = RecoveryPlan.objects.get()
    assert there.get(plan.get_absolute_url()).context["may"]["agree"]
    there.post(reverse("recovery_plan_agree", args=[plan.pk]))
    earn(owing, MARCH, 10)
    page = here.get(plan.get_absolute_url())
    assert len(page.context["table"]["rows"]) == 1
    as_system()
    statement = there.get(stated(owing, MARCH).get_absolute_url()).content.decode()
    assert f"plan-{plan.pk}" in statement
    as_system()
    sheet = there.get(reverse("statement_xlsx", args=[stated(owing, MARCH).pk]))
    assert b"".join(sheet.streaming_content).startswith(b"PK")  # type: ignore[attr-defined]
    as_system()
    here.post(reverse("recovery_plan_end", args=[plan.pk]), {"remark": "Zorg stopt"})
    as_system()
    plan.refresh_from_db()
    assert (plan.status, plan.remark) == (Status.ENDED, "Zorg stopt")
