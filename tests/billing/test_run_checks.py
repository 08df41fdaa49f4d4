"""Before money leaves: what is unusual is seen, by name, or nothing is released."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from billing.models import Payment, PaymentRun, PaymentRunCheck
from billing.selectors.run_checks import items_of, unusual
from billing.services import months, payments, run_checks
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.scope import Scope
from subcontracts.models import Subcontract
from tests.billing.build import FEBRUARY, declare, moment, placement, priced
from tests.billing.test_payments import AT, prepared
from tests.billing.test_payments import chain as chain  # noqa: PLC0414
from tests.billing.test_payments import first as first  # noqa: PLC0414
from tests.billing.test_payments import second as second  # noqa: PLC0414
from tests.billing.visitors import as_system, visitor
from tests.conftest import become
from tests.factories import World


def kinds(run: PaymentRun) -> set[str]:
    return set(PaymentRunCheck.objects.filter(run=run).values_list("kind", flat=True))


def released(chain: World, first: Scope, second: Scope) -> PaymentRun:
    run = prepared(chain, first)
    become(second)
    return payments.release_run(scope=second, run=run, seen=run_checks.keys(second, run))


def test_a_first_payment_is_seen_by_name_before_it_is_released(
    chain: World, first: Scope, second: Scope
) -> None:
    run = prepared(chain, first)
    assert kinds(run) == {"first_payment"}
    become(second)
    with pytest.raises(RuleError, match="PAY-19"):
        payments.release_run(scope=second, run=run, seen=frozenset())
    assert not Payment.objects.exists()
    payments.release_run(scope=second, run=run, seen=run_checks.keys(second, run))
    check = PaymentRunCheck.objects.get()
    assert (check.seen_by_id, check.seen_at) == (second.user_id, AT)


def test_what_came_up_since_it_was_prepared_is_to_be_seen_too(
    chain: World, first: Scope, second: Scope
) -> None:
    run = prepared(chain, first)
    become(second)
    before = run_checks.keys(second, run)
    become(chain.system)
    Subcontract.objects.filter(pk=chain.pxq.subcontract.pk).update(
        end_date=date(2026, 2, 1), status=Subcontract.Status.ENDED
    )
    become(second)
    with pytest.raises(RuleError, match="PAY-19"):
        payments.release_run(scope=second, run=run, seen=before)
    now = run_checks.keys(second, run)
    assert len(now - before) == 1
    payments.release_run(scope=second, run=run, seen=now)
    assert kinds(run) == {"first_payment", "no_contract"}
    assert not PaymentRunCheck.objects.filter(seen_by=None).exists()


def test_the_database_releases_nothing_that_was_not_seen(
    chain: World, first: Scope, second: Scope
) -> None:
    run = prepared(chain, first)
    become(second)

    def release() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT billing_release_run(%s, %s, %s)", [run.pk, AT.date(), AT])

    with pytest.raises(DatabaseError, match="PAY-19"):
        release()
    PaymentRunCheck.objects.update(seen_by=first.user_id, seen_at=AT)
    with pytest.raises(DatabaseError, match="PAY-19"):
        release()
    PaymentRunCheck.objects.update(seen_by=second.user_id, seen_at=AT)
    release()
    assert Payment.objects.count() == 1


def test_the_next_month_is_compared_with_what_was_paid(
    chain: World, first: Scope, second: Scope
) -> None:
    released(chain, first, second)
    become(chain.system)
    declare(chain, priced(placement(chain, volume=40), 30, FEBRUARY), month=FEBRUARY)
    later = AT + timedelta(days=28)
    scope = chain.system.moved_to(later)
    months.run_month(scope=scope, main_contractor_id=chain.main.pk, month=FEBRUARY)
    become(first)
    run = payments.prepare_run(
        scope=first.moved_to(later + timedelta(days=40)), main_contractor_id=chain.main.pk
    )
    assert kinds(run) == {"jump", "late"}
    said = {one.kind: one.why.sentence() for one in PaymentRunCheck.objects.filter(run=run)}
    assert "1.980,00" in said["jump"]
    assert "660,00" in said["jump"]


def test_many_payments_ask_no_more_than_few(chain: World, first: Scope) -> None:
    become(chain.system)
    run = prepared(chain, first)
    item = run.items.get()

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            unusual(first, run, items_of(run))
        return len(queries)

    few = asked()
    become(chain.system)
    scope = chain.system.moved_to(moment(date(2026, 3, 10)))
    declare(chain, priced(placement(chain), 5, FEBRUARY), month=FEBRUARY)
    months.run_month(scope=scope, main_contractor_id=chain.main.pk, month=FEBRUARY)
    become(first)
    payments.cancel(scope=first, run=run)
    run = prepared(chain, first.moved_to(scope.at))
    assert run.items.count() > 1
    assert item.statement_id in {one.key for one in unusual(first, run, items_of(run))}
    assert asked() == few


def test_on_pages_each_is_ticked(chain: World, first: Scope) -> None:
    run = prepared(chain, first)
    as_system()
    other = visitor(chain, first.role)
    url, release = run.get_absolute_url(), reverse("payment_run_release", args=[run.pk])
    assert "eerste betaling" in other.get(url).content.decode()
    page = other.get(release)
    [(key, text)] = page.context["form"].fields["checks"].choices
    assert "eerste betaling" in text
    refused = other.post(release, {"version": "03"})
    assert "checks" in refused.context["form"].errors
    as_system()
    assert not Payment.objects.exists()
    shown = other.post(release, {"version": "03", "checks": [key]}, follow=True).content.decode()
    assert "Kim de Wit" in shown
    as_system()
    assert Payment.objects.count() == 1


def test_nothing_unusual_asks_nothing(chain: World, first: Scope, second: Scope) -> None:
    released(chain, first, second)
    become(chain.system)
    declare(chain, priced(placement(chain), 11, FEBRUARY), month=FEBRUARY)
    later = AT + timedelta(days=28)
    months.run_month(
        scope=chain.system.moved_to(later), main_contractor_id=chain.main.pk, month=FEBRUARY
    )
    run = prepared(chain, first.moved_to(later))
    assert kinds(run) == set()
    become(second.moved_to(later))
    payments.release_run(scope=second.moved_to(later), run=run, seen=frozenset())
    assert Payment.objects.count() == 2
