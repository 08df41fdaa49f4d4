"""What the bank says of our payments: read, held beside them, and paid again where it must."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import Error, connection, transaction

from billing.models import BankEntry, BankReport, Payment, PaymentRun, Statement
from billing.services import bank, payments, run_checks
from hoofdaannemer.core.errors import NotAllowedError, RuleError
from hoofdaannemer.core.scope import Role, Scope
from tests.billing.bank import account, status
from tests.billing.test_payments import AT, chain, first, prepared, second
from tests.conftest import become
from tests.factories import World

__all__ = ["chain", "first", "second"]
EUROS = Decimal("660.00")
Outcome, Oddity = BankEntry.Outcome, BankEntry.Oddity


@pytest.fixture
def paid(chain: World, first: Scope, second: Scope) -> Payment:
    """A payment of a released run."""
    run = prepared(chain, first)
    become(second)
    payments.release_run(scope=second, run=run, seen=run_checks.keys(second, run))
    return Payment.objects.get()


def take(chain: World, scope: Scope, data: bytes) -> BankReport:
    become(scope)
    return bank.take_in(scope=scope, main_contractor_id=chain.main.pk, name="bank.xml", data=data)


def due(chain: World, scope: Scope) -> payments.Due:
    become(scope)
    return payments.due(scope=scope, main_contractor_id=chain.main.pk)


def run_number(paid: Payment) -> str:
    return PaymentRun.objects.defer("file").get(pk=paid.run_id).number


@pytest.mark.parametrize("version", ["03", "10"])
def test_accepted_changes_nothing(chain: World, first: Scope, paid: Payment, version: str) -> None:
    data = status(run_number(paid), "ACCP", version=version)
    entry = take(chain, first, data).entries.get()
    assert (entry.outcome, entry.payment_id) == (Outcome.ACCEPTED, paid.pk)
    assert due(chain, first) == payments.Due((), ())


def test_a_rejected_payment_is_paid_by_the_next_run(
    chain: World, first: Scope, second: Scope, paid: Payment
) -> None:
    take(chain, first, status("x", "PART", [(paid.end_to_end_id, "RJCT", "MS03")]))
    paid.refresh_from_db()
    assert (paid.failed_at, paid.failure_code) == (AT, "MS03")
    again = prepared(chain, first)
    become(second)
    payments.release_run(scope=second, run=again, seen=run_checks.keys(second, again))
    amounts = Payment.objects.standing().values_list("amount", flat=True)
    assert (list(amounts), Payment.objects.count()) == ([EUROS], 2)


def test_not_to_an_account_that_the_bank_refused(chain: World, first: Scope, paid: Payment) -> None:
    take(chain, first, status("x", lines=[(paid.end_to_end_id, "RJCT", "AC04")]))
    found = due(chain, first)
    assert (found.payable, len(found.left)) == ((), 1)
    assert "rekening" in found.left[0].reason


def test_a_file_that_is_refused_as_a_whole(chain: World, first: Scope, paid: Payment) -> None:
    take(chain, first, status(run_number(paid), "RJCT"))
    assert Payment.objects.standing().count() == 0


@pytest.mark.parametrize("version", ["02", "08"])
def test_booked_and_sent_back(chain: World, first: Scope, paid: Payment, version: str) -> None:
    ours = paid.end_to_end_id
    booked = account([(ours, "DBIT", EUROS, ""), ("HUUR", "DBIT", EUROS, "")], version=version)
    report = take(chain, first, booked)
    assert (report.entries.get().outcome, report.others) == (Outcome.BOOKED, 1)
    take(chain, first, account([(ours, "CRDT", EUROS, "MS02")], version=version))
    paid.refresh_from_db()
    assert paid.failure_code == "MS02"


@pytest.mark.parametrize("sides", [("DBIT", "CRDT"), ("CRDT", "DBIT")])
def test_booked_and_sent_back_on_one_day(
    chain: World, first: Scope, paid: Payment, sides: tuple[str, str]
) -> None:
    lines = [(paid.end_to_end_id, side, EUROS, "MS02" if side == "CRDT" else "") for side in sides]
    report = take(chain, first, account(lines))
    told = report.entries.values_list("outcome", "oddity")
    assert list(told) == [(Outcome.BOOKED, ""), (Outcome.RETURNED, "")]
    paid.refresh_from_db()
    assert (paid.failure_code, len(due(chain, first).payable)) == ("MS02", 1)


def test_the_same_file_twice_does_nothing_twice(chain: World, first: Scope, paid: Payment) -> None:
    data = account([(paid.end_to_end_id, "DBIT", EUROS, "")])
    assert take(chain, first, data) == take(chain, first, data)
    assert BankEntry.objects.count() == 1


ODD = {
    Oddity.AMOUNT: [account([("{ours}", "DBIT", Decimal("659.00"), "")])],
    Oddity.TWICE: [
        status("x", lines=[("{ours}", "RJCT", "MS03")]),
        account([("{ours}", "DBIT", EUROS, "")]),
    ],
    Oddity.REJECTED_LATE: [
        account([("{ours}", "DBIT", EUROS, "")]),
        status("x", lines=[("{ours}", "RJCT", "MS03")]),
    ],
}


@pytest.mark.parametrize("oddity", ODD)
def test_what_does_not_fit_waits_for_a_person(
    chain: World, first: Scope, paid: Payment, oddity: str
) -> None:
    for data in ODD[Oddity(oddity)]:
        report = take(chain, first, data.replace(b"{ours}", paid.end_to_end_id.encode()))
    entry = report.entries.get()
    assert entry.oddity == oddity
    if oddity == Oddity.TWICE:
        assert [one.reason for one in due(chain, first).left] != []
    bank.settle(scope=first, entry=entry, finding="Bank herstelt")
    assert not BankEntry.objects.to_find_out().exists()
    if oddity == Oddity.TWICE:
        assert len(due(chain, first).payable) == 1


def test_what_cannot_be_read_names_the_place(chain: World, first: Scope, paid: Payment) -> None:
    cases = {
        "BNK-01": b"<Document>",
        "BNK-02": b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.03"/>',
        "BNK-03": account([(paid.end_to_end_id, "DBIT", EUROS, "")]).replace(b"660.00", b"veel"),
        "BNK-04": account([("HUUR", "DBIT", EUROS, "")]),
    }
    for code, data in cases.items():
        with pytest.raises(RuleError) as refused:
            take(chain, first, data)
        assert refused.value.code == code
    assert not BankReport.objects.exists()


def test_only_a_controller_takes_it_in(chain: World, first: Scope, paid: Payment) -> None:
    data = status(run_number(paid), "ACCP")
    for role in (Role.CONTRACT_MANAGER, Role.ADMINISTRATOR):
        with pytest.raises(NotAllowedError):
            take(chain, chain.at(role, at=AT), data)


def test_the_database_pays_again_only_what_came_back(
    chain: World, first: Scope, second: Scope, paid: Payment
) -> None:
    become(first)
    with pytest.raises(Error, match="permission denied"), transaction.atomic():
        Payment.objects.filter(pk=paid.pk).update(failed_at=AT)
    run = PaymentRun.objects.create(
        main_contractor=chain.main,
        number="BR-X",
        execution_date=AT.date(),
        total=EUROS,
        prepared_by_id=first.user_id,
        prepared_at=AT,
    )
    paid.run.items.update(is_dropped=True)
    run.items.create(
        main_contractor=chain.main,
        statement=Statement.objects.light().get(pk=paid.statement_id),
        amount=EUROS,
        iban=paid.iban,
        account_holder="x",
    )
    become(second)
    with pytest.raises(Error, match="PAY-05"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT billing_release_run(%s, %s, %s)", [run.pk, AT.date(), AT])


def test_the_file_of_2019(chain: World, first: Scope, second: Scope) -> None:
    run = prepared(chain, first)
    become(second)
    run = payments.release_run(
        scope=second, run=run, version=PaymentRun.Version.V09, seen=run_checks.keys(second, run)
    )
    assert b"pain.001.001.09" in bytes(run.file or b"")
    assert payments.usual_version(second, chain.main.pk) == PaymentRun.Version.V09
