"""Within how many days is paid, and interest that is posted where it took longer."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal as D
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction
from django.urls import reverse

from billing import worklist
from billing.models import (
    Adjustment,
    InterestRate,
    Payment,
    PaymentRun,
    PaymentTerm,
    Statement,
)
from billing.selectors import received
from billing.selectors.late_payments import late_payments, term_days
from billing.services import (
    adjustments,
    bank,
    interest,
    months,
    payment_terms,
    payments,
    run_checks,
)
from billing.services.payment_terms import Agreed
from billing.worklist import paying
from hoofdaannemer.accounts.models import User
from hoofdaannemer.core.errors import NotAllowedError, RuleError
from hoofdaannemer.core.periods import Month
from hoofdaannemer.core.scope import Role, Scope
from tests.billing.bank import status
from tests.billing.build import FEBRUARY, JANUARY, declare, moment, placement, priced
from tests.billing.test_adjustments import broken
from tests.billing.test_payments import controller
from tests.billing.visitors import as_system, visitor
from tests.conftest import become
from tests.factories import World, world

ISSUED = date(2026, 2, 10)
Size = PaymentTerm.Size


@pytest.fixture
def chain(system: Scope) -> World:
    return world(system)


def agree(
    chain: World,
    days: int,
    size: PaymentTerm.Size = Size.SMALL,
    start: date = date(2026, 1, 1),
    role: Role = Role.CONTRACT_MANAGER,
) -> PaymentTerm:
    become(chain.system)
    contract = chain.pxq.subcontract
    assert contract is not None
    scope = become(chain.at(role))
    agreed = Agreed(size=size, days=days, start=start, source="art. 9")
    return payment_terms.record(scope=scope, subcontract=contract, agreed=agreed)


def close(chain: World, month: Month = JANUARY, day: date = ISSUED) -> Statement:
    become(chain.system)
    scope = chain.system.moved_to(moment(day))
    months.run_month(scope=scope, main_contractor_id=chain.main.pk, month=month)
    return Statement.objects.get(subcontractor=chain.pxq.subcontractor, month=month.first)


def stated(chain: World) -> Statement:
    become(chain.system)
    declare(chain, priced(placement(chain), 10))
    return close(chain)


def known(chain: World, email: str) -> Scope:
    """A controller, made the first time."""
    user = User.objects.filter(email=email).first()
    if user is None:
        return controller(chain, email)
    return Scope(
        role=Role.CONTROLLER, user_id=user.pk, main_contractor_id=chain.main.pk, at=moment(ISSUED)
    )


def pay(chain: World, day: date) -> Payment:
    """By two people, the day before it is carried out."""
    become(chain.system)
    first, second = known(chain, "een@example.nl"), known(chain, "twee@example.nl")
    at = moment(day - timedelta(days=1))
    scope = become(first.moved_to(at))
    run = payments.prepare_run(scope=scope, main_contractor_id=chain.main.pk)
    scope = become(second.moved_to(at))
    payments.release_run(scope=scope, run=run, seen=run_checks.keys(scope, run))
    become(chain.system)
    return Payment.objects.get(run=run)


def rate(chain: World, start: date = date(2026, 1, 1)) -> InterestRate:
    become(chain.system)
    return interest.record_rate(scope=chain.system, start=start, percent=D("10.15"), source="proef")


def person(chain: World, role: Role = Role.CONTROLLER) -> Scope:
    become(chain.system)
    return become(chain.at(role))


def test_thirty_days_where_nothing_was_agreed(chain: World) -> None:
    statement = stated(chain)
    assert (statement.term_days, statement.pay_date) == (30, date(2026, 2, 24))


def test_an_agreed_term_holds_from_its_day_and_is_kept_with_the_statement(chain: World) -> None:
    agree(chain, 14)
    agree(chain, 10, start=date(2026, 3, 1))
    statement = stated(chain)
    assert (statement.term_days, statement.pay_date) == (14, date(2026, 2, 24))
    assert term_days(chain.pxq.subcontractor, date(2026, 2, 28)) == 14
    assert term_days(chain.pxq.subcontractor, date(2026, 3, 1)) == 10
    assert term_days(chain.fte.subcontractor, date(2026, 3, 1)) == 30


def test_what_ends_in_a_weekend_is_paid_before_it(chain: World) -> None:
    agree(chain, 11)  # 21 February is a Saturday
    assert stated(chain).pay_date == date(2026, 2, 20)


@pytest.mark.parametrize(
    ("size", "good", "bad"), [(Size.SMALL, 30, 31), (Size.LARGE, 60, 61), (Size.SMALL, 1, 0)]
)
def test_no_longer_than_the_law_leaves(
    chain: World, size: PaymentTerm.Size, good: int, bad: int
) -> None:
    with pytest.raises(RuleError, match="PAY-21"):
        agree(chain, bad, size)
    made = agree(chain, good, size)
    become(chain.system)
    with pytest.raises(DatabaseError, match="payment_term_within_the_law"), transaction.atomic():
        PaymentTerm.objects.create(
            main_contractor=chain.main,
            provider_organisation=chain.pxq.organisation,
            subcontract=made.subcontract,
            start_date=date(2026, 5, 1),
            size=size,
            days=bad,
            source="x",
            recorded_at=chain.system.at,
        )


def test_one_term_from_a_day_and_by_who_manages_contracts(chain: World) -> None:
    agree(chain, 14)
    with pytest.raises(RuleError, match="PAY-22"):
        agree(chain, 20)
    with pytest.raises(NotAllowedError):
        agree(chain, 20, start=date(2026, 4, 1), role=Role.QUALITY_OFFICER)


def test_interest_is_proposed_accepted_and_posted(chain: World) -> None:
    stated(chain)
    rate(chain)
    # The last day was 12 March: ten days late at 10.15 percent of 660 euros.
    payment = pay(chain, date(2026, 3, 20))
    assert payment.execution_date == date(2026, 3, 20)
    one = interest.propose(scope=person(chain), payment=payment)
    assert (one.amount, one.status, one.month) == (D("1.47"), "proposed", JANUARY.first)
    with pytest.raises(NotAllowedError):
        adjustments.decide(scope=person(chain), adjustment=one, is_accepted=True)
    become(chain.system)
    other = become(controller(chain, "drie@example.nl"))
    adjustments.decide(scope=other, adjustment=one, is_accepted=True)
    following = close(chain, FEBRUARY, date(2026, 4, 7))
    assert (following.adjusted, following.payable) == (D("1.47"), D("1.47"))
    line = following.lines.get()
    assert "8 dagen te laat" in line.sentence
    assert broken(chain) == {}


def test_once_a_payment_and_not_for_one_in_time(chain: World) -> None:
    stated(chain)
    rate(chain)
    payment = pay(chain, date(2026, 3, 20))
    interest.propose(scope=person(chain), payment=payment)
    with pytest.raises(RuleError, match="PAY-24"):
        interest.propose(scope=person(chain), payment=payment)
    become(chain.system)
    one = Adjustment.objects.get()
    one.pk = None
    with pytest.raises(DatabaseError, match="adjustment_payment_once"), transaction.atomic():
        one.save()


def test_what_was_proposed_hides_nothing_on_the_work_list(
    chain: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many were proposed before: as many as fit are those that wait."""
    monkeypatch.setattr(received, "MOST", 1)
    stated(chain)
    rate(chain)
    waits = pay(chain, date(2026, 3, 20))
    declare(chain, priced(placement(chain), 5, FEBRUARY), month=FEBRUARY)
    close(chain, FEBRUARY, date(2026, 3, 10))
    newer = pay(chain, date(2026, 4, 20))
    interest.propose(scope=person(chain), payment=newer)
    [item] = paying.interest(person(chain))
    assert item.url == reverse("payment_interest", args=[waits.pk])


def test_not_for_a_payment_in_time(chain: World) -> None:
    stated(chain)
    rate(chain)
    payment = pay(chain, date(2026, 3, 12))
    scope = person(chain)
    assert list(late_payments(Payment.objects.visible_to(scope), scope)) == []
    with pytest.raises(RuleError, match="PAY-24"):
        interest.propose(scope=scope, payment=payment)


def test_an_agreed_term_makes_the_same_payment_late(chain: World) -> None:
    agree(chain, 14)
    stated(chain)
    rate(chain)
    payment = pay(chain, date(2026, 3, 12))
    scope = person(chain)
    [found] = late_payments(Payment.objects.visible_to(scope), scope)
    assert (found.pk, found.last_day) == (payment.pk, date(2026, 2, 24))
    assert interest.propose(scope=scope, payment=payment).amount == D("2.94")


def test_not_while_a_rate_is_unknown(chain: World) -> None:
    stated(chain)
    payment = pay(chain, date(2026, 3, 20))
    with pytest.raises(RuleError, match="PAY-23"):
        interest.propose(scope=person(chain), payment=payment)
    rate(chain)
    interest.propose(scope=person(chain), payment=payment)


def test_what_came_back_brings_the_rest_only(chain: World) -> None:
    stated(chain)
    rate(chain)
    first = pay(chain, date(2026, 3, 20))
    before = interest.propose(scope=person(chain), payment=first)
    come_back(chain, first)
    with pytest.raises(RuleError, match="PAY-24"):
        interest.propose(scope=person(chain), payment=first)
    again = pay(chain, date(2026, 3, 30))
    rest = interest.propose(scope=person(chain), payment=again)
    # 18 days in all: 3.30 euros, of which 1.47 was proposed.
    assert before.amount + rest.amount == D("3.30")


def come_back(chain: World, payment: Payment) -> None:
    """The bank did not carry it out."""
    scope = person(chain).moved_to(moment(date(2026, 3, 21)))
    data = status("x", "PART", [(payment.end_to_end_id, "RJCT", "MS03")])
    become(scope)
    bank.take_in(scope=scope, main_contractor_id=chain.main.pk, name="bank.xml", data=data)
    become(chain.system)


def test_only_by_a_controller(chain: World) -> None:
    stated(chain)
    rate(chain)
    payment = pay(chain, date(2026, 3, 20))
    for role in (Role.CONTRACT_MANAGER, Role.ADMINISTRATOR):
        with pytest.raises(NotAllowedError):
            interest.propose(scope=person(chain, role), payment=payment)
    become(chain.system)
    with pytest.raises(NotAllowedError):
        interest.propose(scope=chain.system, payment=payment)


def test_rates_are_recorded_by_half_year_once_by_command(chain: World) -> None:
    out = StringIO()
    call_command("interest_rate", stdout=out)
    assert "2025-07-01 10.15" in out.getvalue()
    assert "2026" not in out.getvalue()
    call_command("interest_rate", "2026-01-01", "10.15", "--source", "Staatscourant", stdout=out)
    become(chain.system)
    assert InterestRate.objects.get(start_date=date(2026, 1, 1)).source == "Staatscourant"
    for wrong in (
        ("2026-01-01", "10.15", "--source", "x"),
        ("2026-02-01", "10.15", "--source", "x"),
        ("2026-07-01", "0", "--source", "x"),
        ("2026-07-01", "tien", "--source", "x"),
        ("2026-07-01", "10.15"),
    ):
        with pytest.raises(CommandError):
            call_command("interest_rate", *wrong, stdout=out)
    become(chain.system)
    with pytest.raises(NotAllowedError):
        interest.record_rate(scope=person(chain), start=date(2026, 7, 1), percent=D(10), source="x")


def test_on_pages(chain: World) -> None:
    stated(chain)
    rate(chain)
    payment = pay(chain, date(2026, 3, 20))
    here = visitor(chain, Role.CONTROLLER)
    listed = here.get(reverse("late_payment_list"))
    assert "1,47" in listed.content.decode()
    page = reverse("payment_interest", args=[payment.pk])
    assert page in listed.content.decode()
    assert here.get(page).status_code == 200
    here.post(page)
    as_system()
    one = Adjustment.objects.get()
    after = here.get(reverse("late_payment_list")).content.decode()
    assert one.get_absolute_url() in after
    assert page not in after
    there = visitor(chain, Role.SUBCONTRACTOR_USER)
    statement = there.get(payment.statement.get_absolute_url()).content.decode()
    assert "1,47" in statement
    new = reverse("payment_term_new")
    form = here.get(new).context["form"]
    typed = {
        "subcontract": chain.pxq.subcontract.pk,  # type: ignore[union-attr]
        "size": "small",
        "days": "31",
        "start_date": "01-05-2026",
        "source": "art. 9",
    }
    assert "PAY-21" in here.post(new, typed).content.decode()
    here.post(new, {**typed, "days": "14"})
    assert form.fields["size"].choices
    assert there.get(reverse("payment_term_list")).context["count"] == 1
    other = visitor(chain, Role.SUBCONTRACTOR_USER, chain.fte)
    assert other.get(reverse("payment_term_list")).context["count"] == 0


def test_it_is_work_of_controllers_until_it_is_proposed(chain: World) -> None:
    stated(chain)
    rate(chain)
    payment = pay(chain, date(2026, 3, 20))

    def waits() -> int:
        scope = person(chain).moved_to(moment(date(2026, 3, 25)))
        page = reverse("payment_interest", args=[payment.pk])
        return len([item for item in worklist.items(scope) if item.url == page])

    assert waits() == 1
    interest.propose(scope=person(chain), payment=payment)
    assert waits() == 0
    assert PaymentRun.objects.count() == 1
