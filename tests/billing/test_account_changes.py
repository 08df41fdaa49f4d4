"""Another account for a subcontractor: two sides, a week of cooling, and the database's own no."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from django.db import Error, transaction

from billing.models import AccountChange
from billing.services import account_changes, months, payments
from billing.services.account_changes import NewAccount
from hoofdaannemer.accounts.models import Membership, OutgoingMail
from hoofdaannemer.core import scope as scopes
from hoofdaannemer.core.errors import ConflictError, NotAllowedError, RuleError
from hoofdaannemer.core.scope import Role, Scope
from subcontracts.models import Subcontractor
from tests.billing.build import JANUARY, declare, moment, placement, priced
from tests.billing.test_payments import controller
from tests.conftest import become
from tests.factories import World, world

AT = moment(date(2026, 2, 10))
NEW = NewAccount(iban="NL91 ABNA 0417 1643 00", account_holder="Praktijk Anders", reason="Bank")
Status = AccountChange.Status


@dataclass(frozen=True)
class Cast:
    """Who acts, with a paid month behind them."""

    chain: World
    party: Subcontractor
    delegate: Scope
    colleague: Scope
    first: Scope
    second: Scope

    def now(self) -> Subcontractor:
        become(scopes.system())
        return Subcontractor.objects.get(pk=self.party.pk)


@pytest.fixture
def cast(system: Scope) -> Cast:
    chain = world(system)
    declare(chain, priced(placement(chain), 10))
    months.run_month(
        scope=chain.system.moved_to(AT), main_contractor_id=chain.main.pk, month=JANUARY
    )
    return Cast(
        chain,
        chain.pxq.subcontractor,
        chain.at(Role.SUBCONTRACTOR_ADMIN, chain.pxq, at=AT),
        chain.at(Role.SUBCONTRACTOR_USER, chain.pxq, at=AT),
        controller(chain, "een@example.nl"),
        controller(chain, "twee@example.nl"),
    )


def asked(cast: Cast, scope: Scope, account: NewAccount = NEW) -> AccountChange:
    become(scope)
    return account_changes.ask(scope=scope, subcontractor=cast.party, account=account)


def approved(cast: Cast) -> AccountChange:
    change = asked(cast, cast.delegate)
    become(cast.first)
    return account_changes.decide(
        scope=cast.first, change=change, is_approved=True, checked="Gebeld op het bekende nummer"
    )


def refusal(code: str, call: object, *args: object, **kwargs: object) -> None:
    with pytest.raises(RuleError) as refused:
        call(*args, **kwargs)  # type: ignore[operator]
    assert refused.value.code == code


def test_the_administrator_asks_and_a_controller_approves(cast: Cast) -> None:
    change = approved(cast)
    party = cast.now()
    assert (party.iban, party.account_holder) == ("NL91ABNA0417164300", "Praktijk Anders")
    assert (change.status, change.previous_iban) == (Status.APPROVED, "NL20INGB0001234567")
    assert change.cooling_until == date(2026, 2, 16)


def test_nothing_is_paid_to_it_for_a_week(cast: Cast) -> None:
    approved(cast)
    for later, payable in ((6, 0), (7, 1)):
        scope = cast.first.moved_to(AT + timedelta(days=later))
        become(scope)
        found = payments.due(scope=scope, main_contractor_id=cast.chain.main.pk)
        assert len(found.payable) == payable


def test_a_colleague_asks_and_the_administrator_confirms(cast: Cast) -> None:
    change = asked(cast, cast.colleague)
    assert change.status == Status.TO_CONFIRM
    with pytest.raises(NotAllowedError):
        account_changes.confirm(scope=cast.colleague, change=change)
    become(cast.first)
    with pytest.raises(ConflictError):
        account_changes.decide(scope=cast.first, change=change, is_approved=True, checked="x")
    become(cast.delegate)
    assert account_changes.confirm(scope=cast.delegate, change=change).status == Status.TO_DECIDE


def test_who_asked_does_not_decide(cast: Cast) -> None:
    change = asked(cast, cast.first)
    become(cast.delegate)
    account_changes.confirm(scope=cast.delegate, change=change)
    become(cast.first)
    with pytest.raises(NotAllowedError):
        account_changes.decide(scope=cast.first, change=change, is_approved=True, checked="x")
    become(cast.second)
    done = account_changes.decide(
        scope=cast.second, change=change, is_approved=False, checked="Directeur weet van niets"
    )
    assert (done.status, cast.now().iban) == (Status.REFUSED, "NL20INGB0001234567")


def test_what_is_refused_at_once(cast: Cast) -> None:
    wrong = NewAccount(iban="NL92ABNA0417164300", account_holder="x", reason="x")
    refusal("BIL-160", asked, cast, cast.delegate, wrong)
    same = NewAccount(iban="NL20INGB0001234567", account_holder="x", reason="x")
    refusal("BIL-161", asked, cast, cast.delegate, same)
    change = asked(cast, cast.delegate)
    refusal("BIL-162", asked, cast, cast.colleague)
    become(cast.first)
    refusal(
        *("BIL-164", account_changes.decide),
        scope=cast.first,
        change=change,
        is_approved=True,
        checked=" ",
    )
    become(cast.delegate)
    account_changes.withdraw(scope=cast.delegate, change=change)
    assert asked(cast, cast.delegate).status == Status.TO_DECIDE


def test_undone_while_it_cools_and_then_no_more(cast: Cast) -> None:
    change = approved(cast)
    late = cast.delegate.moved_to(AT + timedelta(days=7))
    become(late)
    refusal("BIL-165", account_changes.undo, scope=late, change=change, reason="Niet wij")
    early = cast.delegate.moved_to(AT + timedelta(days=6))
    become(early)
    account_changes.undo(scope=early, change=change, reason="Niet wij")
    party = cast.now()
    assert (party.iban, party.iban_since) == ("NL20INGB0001234567", date(2026, 2, 16))


def test_each_administrator_hears_of_it(cast: Cast) -> None:
    become(scopes.system())
    Membership.objects.create(
        user_id=cast.delegate.user_id,
        role=Role.SUBCONTRACTOR_ADMIN,
        organisation=cast.chain.pxq.organisation,
        started_at=AT,
    )
    change = approved(cast)
    become(cast.first)
    account_changes.undo(scope=cast.first, change=change, reason="Fout")
    become(scopes.system())
    mails = OutgoingMail.objects.filter(kind=OutgoingMail.Kind.ACCOUNT_CHANGE)
    assert [one.user_id for one in mails] == [cast.delegate.user_id] * 3
    assert all("NL91" not in one.text for one in mails)


def test_the_database_lets_no_other_way(cast: Cast) -> None:
    change = asked(cast, cast.delegate)
    for scope in (cast.first, cast.delegate, scopes.system()):
        become(scope)
        with pytest.raises(Error, match="BIL-166"), transaction.atomic():
            Subcontractor.objects.filter(pk=cast.party.pk).update(iban="NL91ABNA0417164300")
    become(scopes.system())
    with pytest.raises(Error, match="account_change_two_people"), transaction.atomic():
        AccountChange.objects.filter(pk=change.pk).update(
            status=Status.APPROVED, decided_by=change.confirmed_by, checked="x"
        )
