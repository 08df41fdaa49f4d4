"""Payment runs: two people, one way to pay, and the database that checks by itself."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import Error, connection, transaction

from billing import worklist
from billing.models import Payment, PaymentRun, PaymentRunCheck, PaymentRunItem, Statement
from billing.services import account_changes, months, payments, run_checks
from billing.services.account_changes import NewAccount
from hoofdaannemer.accounts.models import Membership, User
from hoofdaannemer.core.errors import NotAllowedError, RuleError
from hoofdaannemer.core.scope import Role, Scope
from tests.billing.build import JANUARY, declare, moment, placement, priced
from tests.conftest import become
from tests.factories import World, world

AT = moment(date(2026, 2, 10))


def controller(chain: World, email: str) -> Scope:
    user = User.objects.create_user(email, name=email)
    Membership.objects.create(
        user=user, role=Role.CONTROLLER, main_contractor=chain.main, started_at=AT
    )
    return Scope(role=Role.CONTROLLER, user_id=user.pk, main_contractor_id=chain.main.pk, at=AT)


@pytest.fixture
def chain(system: Scope) -> World:
    made = world(system)
    declare(made, priced(placement(made), 10))
    months.run_month(scope=made.system.moved_to(AT), main_contractor_id=made.main.pk, month=JANUARY)
    return made


@pytest.fixture
def first(chain: World) -> Scope:
    return controller(chain, "een@example.nl")


@pytest.fixture
def second(chain: World) -> Scope:
    return controller(chain, "twee@example.nl")


def prepared(chain: World, scope: Scope) -> PaymentRun:
    become(scope)
    return payments.prepare_run(scope=scope, main_contractor_id=chain.main.pk)


def test_prepare_and_release_by_two_people(chain: World, first: Scope, second: Scope) -> None:
    run = prepared(chain, first)
    # The FTE month is held for want of its report, so only the declared care is due.
    assert (run.total, run.items.count()) == (Decimal("660.00"), 1)
    become(second)
    run = payments.release_run(scope=second, run=run, seen=run_checks.keys(second, run))
    payment = Payment.objects.get()
    assert (run.status, payment.amount) == ("released", Decimal("660.00"))
    assert b"pain.001.001.03" in bytes(run.file)
    assert payment.end_to_end_id.encode() in bytes(run.file)
    with pytest.raises(RuleError) as refused:
        payments.release_run(scope=second, run=run, seen=run_checks.keys(second, run))
    assert refused.value.code == "PAY-02"
    with pytest.raises(RuleError) as refused:
        prepared(chain, first)
    assert refused.value.code == "PAY-07"


def test_not_by_who_prepared_it(chain: World, first: Scope) -> None:
    run = prepared(chain, first)
    with pytest.raises(NotAllowedError):
        payments.release_run(scope=first, run=run, seen=run_checks.keys(first, run))


@pytest.mark.parametrize("role", [Role.CONTRACT_MANAGER, Role.ADMINISTRATOR, Role.QUALITY_OFFICER])
def test_not_by_another_role(chain: World, role: Role) -> None:
    with pytest.raises(NotAllowedError):
        payments.prepare_run(scope=chain.at(role), main_contractor_id=chain.main.pk)


def test_not_by_the_system(chain: World) -> None:
    with pytest.raises(NotAllowedError):
        payments.prepare_run(scope=chain.system, main_contractor_id=chain.main.pk)


def test_cancelled_run_frees_its_statements(chain: World, first: Scope) -> None:
    run = payments.cancel(scope=first, run=prepared(chain, first))
    assert run.status == "cancelled"
    assert prepared(chain, first).total == Decimal("660.00")


def other_account(chain: World, approver: Scope) -> None:
    """The subcontractor's administrator asks for another account, and a controller approves."""
    delegate = chain.at(Role.SUBCONTRACTOR_ADMIN, chain.pxq, at=AT)
    become(delegate)
    account = NewAccount(iban="NL91ABNA0417164300", account_holder="Praktijk", reason="Bank")
    change = account_changes.ask(
        scope=delegate, subcontractor=chain.pxq.subcontractor, account=account
    )
    become(approver)
    account_changes.decide(scope=approver, change=change, is_approved=True, checked="Gebeld")


def test_cooling_account_waits(chain: World, first: Scope) -> None:
    other_account(chain, first)
    found = payments.due(scope=first, main_contractor_id=chain.main.pk)
    assert (found.payable, len(found.left)) == ((), 1)


def test_changed_account_stops_the_release(chain: World, first: Scope, second: Scope) -> None:
    run = prepared(chain, first)
    other_account(chain, first)
    become(second)
    with pytest.raises(RuleError) as refused:
        payments.release_run(scope=second, run=run, seen=run_checks.keys(second, run))
    assert refused.value.code == "PAY-05"


def in_database(run: PaymentRun) -> None:
    """Call the function past the service's own checks."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT billing_release_run(%s, %s, %s)", [run.pk, date(2026, 2, 11), AT])


def test_application_cannot_insert_payments(chain: World, first: Scope, second: Scope) -> None:
    run = prepared(chain, first)
    statement = Statement.objects.light().get(payable__gt=0)
    for scope in (first, second, chain.system):
        become(scope)
        with pytest.raises(Error, match="permission denied"), transaction.atomic():
            Payment.objects.create(
                main_contractor=chain.main,
                provider_organisation=chain.pxq.organisation,
                run=run,
                statement=statement,
                amount=statement.payable,
                iban="NL20INGB0001234567",
                account_holder="x",
                end_to_end_id="x",
                execution_date=AT.date(),
                recorded_at=AT,
            )


def test_function_refuses_the_preparer(chain: World, first: Scope) -> None:
    run = prepared(chain, first)
    with pytest.raises(Error, match="PAY-04"):
        in_database(run)


def test_function_refuses_other_roles(chain: World, first: Scope, second: Scope) -> None:
    run = prepared(chain, first)
    become(
        Scope(
            role=Role.CONTRACT_MANAGER,
            user_id=second.user_id,
            main_contractor_id=chain.main.pk,
            at=AT,
        )
    )
    with pytest.raises(Error, match="PAY-03"):
        in_database(run)
    become(chain.system)
    with pytest.raises(Error, match="PAY-03"):
        in_database(run)


def test_function_refuses_an_ended_membership(chain: World, first: Scope, second: Scope) -> None:
    run = prepared(chain, first)
    Membership.objects.filter(user=second.user_id).update(ended_at=AT)
    become(second)
    with pytest.raises(Error, match="PAY-03"):
        in_database(run)


def test_function_does_not_see_another_main_contractors_run(
    chain: World, first: Scope, second: Scope
) -> None:
    run = prepared(chain, first)
    become(Scope(role=Role.CONTROLLER, user_id=second.user_id, main_contractor_id=0, at=AT))
    with pytest.raises(Error, match="PAY-01"):
        in_database(run)


WRONG = {
    "PAY-05": {"amount": Decimal("661.00")},
    "PAY-05 account": {"iban": "NL91ABNA0417164300"},
}


@pytest.mark.parametrize("case", WRONG)
def test_function_checks_items_against_statements(
    chain: World, first: Scope, second: Scope, case: str
) -> None:
    run = prepared(chain, first)
    PaymentRunItem.objects.filter(run=run).update(**WRONG[case])
    become(second)
    with pytest.raises(Error, match="PAY-05"):
        in_database(run)


def test_function_checks_total_state_and_emptiness(
    chain: World, first: Scope, second: Scope
) -> None:
    run = prepared(chain, first)
    become(second)
    PaymentRun.objects.filter(pk=run.pk).update(total=Decimal("1.00"))
    with pytest.raises(Error, match="PAY-06"):
        in_database(run)
    PaymentRun.objects.filter(pk=run.pk).update(total=Decimal("660.00"))
    PaymentRunCheck.objects.update(seen_by=second.user_id, seen_at=AT)
    in_database(run)
    with pytest.raises(Error, match="PAY-02"):
        in_database(run)
    empty = PaymentRun.objects.create(
        main_contractor=chain.main,
        number="X",
        execution_date=AT,
        total=0,
        prepared_by_id=first.user_id,
        prepared_at=AT,
    )
    with pytest.raises(Error, match="PAY-07"):
        in_database(empty)


def test_subcontractor_sees_its_own_payments_only(
    chain: World, first: Scope, second: Scope
) -> None:
    run = prepared(chain, first)
    become(second)
    payments.release_run(scope=second, run=run, seen=run_checks.keys(second, run))
    for party, count in ((chain.pxq, 1), (chain.fte, 0)):
        scope = become(chain.at(Role.SUBCONTRACTOR_USER, party))
        assert Payment.objects.visible_to(scope).count() == count
        assert Payment.objects.count() == count  # the second lock
        assert Statement.objects.filter(payable__gt=0).count() == count
        assert PaymentRun.objects.count() == 0


def test_what_was_not_paid_in_time_is_work_with_its_interest(chain: World, first: Scope) -> None:
    def waits(days: int) -> list[str]:
        later = first.moved_to(AT + timedelta(days=days))
        become(later)
        return [one.text for one in worklist.items(later) if "660,00" in str(one.text)]

    assert (waits(22), len(waits(23))) == ([], 1)
    prepared(chain, first)
    assert len(waits(40)) == 1, "prepared is not paid"
