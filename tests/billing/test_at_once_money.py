"""Money asked for by many at the same moment: declared, stated and paid once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import partial
from itertools import repeat

import pytest

from billing.models import (
    Declaration,
    DeclaredLine,
    Entitlement,
    Payment,
    PaymentRun,
    PaymentRunItem,
    Statement,
    StatementLine,
)
from billing.services import entitling, months, payments, run_checks, uploads
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.scope import Role, Scope, acting_as, system
from hoofdaannemer.invariants import check_promises, declarations
from hoofdaannemer.invariants import payments as paying
from messaging.models import IncomingMessage, OutgoingMessage
from tests.billing.build import JANUARY, declare, line, moment, placement, priced
from tests.billing.messages import declaration
from tests.billing.test_payments import controller
from tests.factories import NOW, World, world
from tests.messaging.test_two_workers import at_once

pytestmark = pytest.mark.django_db(transaction=True)

AT = moment(date(2026, 2, 10))
#: Connections, and how often something is asked over all of them together.
FEW, MANY = (8, 60), pytest.param(32, 1000, marks=pytest.mark.long)
WORKERS = 8


def shared_out(connections: int, times: int, work: Callable[[], object]) -> list[object]:
    """What `work` gave, asked so many times from so many connections."""
    turns = repeat(None, times)

    def some() -> list[object]:
        return [work() for _turn in turns]

    return [one for found in at_once(*[some] * connections) for one in found]  # type: ignore[attr-defined]


def refusals(*work: Callable[[], object]) -> list[str]:
    """All at once: the code with which each was refused, empty for who was not."""

    def told(one: Callable[[], object]) -> str:
        try:
            one()
        except RuleError as refusal:
            return refusal.code
        return ""

    return sorted(str(one) for one in at_once(*[partial(told, one) for one in work]))


def hold() -> None:
    """Every promise about money holds."""
    found = check_promises((*declarations.PROMISES, *paying.PROMISES))
    assert [(one.code, one.examples) for one in found if not one.holds] == []


@pytest.mark.parametrize(("connections", "times"), [FEW, MANY])
def test_one_declaration_handed_in_over_and_over(connections: int, times: int) -> None:
    with acting_as(system(NOW)) as scope:
        chain = world(scope)
        good, too_much = placement(chain), placement(chain)
        raw = declaration(
            chain,
            JANUARY,
            (str(good.client.bsn), line(good)),
            (str(too_much.client.bsn), priced(too_much, 13)),
        )
        sender = chain.at(Role.SUBCONTRACTOR_USER, chain.pxq, at=AT)

    def hand_in() -> int:
        with acting_as(sender):
            return uploads.receive(scope=sender, raw=raw).pk

    found = shared_out(connections, times, hand_in)
    assert (len(found), len(set(found))) == (times, 1)
    entitled(chain)
    with acting_as(system(AT)):
        assert IncomingMessage.objects.get(message_type="323").state == "handled"
        assert (Declaration.objects.get().granted, DeclaredLine.objects.count()) == (198, 2)
        assert OutgoingMessage.objects.filter(message_type="325").count() == 1
        assert [one.amount for one in Entitlement.objects.all()] == [Decimal("198.00")]
    hold()


def test_the_same_lines_under_other_numbers_are_granted_once() -> None:
    with acting_as(system(NOW)) as scope:
        chain = world(scope)
        placed = placement(chain)
        one = (str(placed.client.bsn), line(placed))
        documents = [declaration(chain, JANUARY, one) for _turn in range(WORKERS)]
        sender = chain.at(Role.SUBCONTRACTOR_USER, chain.pxq, at=AT)

    def hand_in(raw: bytes) -> None:
        with acting_as(sender):
            uploads.receive(scope=sender, raw=raw)

    at_once(*[partial(hand_in, raw) for raw in documents])
    entitled(chain)
    with acting_as(system(AT)):
        assert Declaration.objects.count() == WORKERS
        assert DeclaredLine.objects.filter(is_approved=True).count() == 1
        assert [one.amount for one in Entitlement.objects.all()] == [Decimal("198.00")]
    hold()


def entitled(chain: World) -> None:
    """Several workers record the rights of what was declared, at once."""

    def work() -> None:
        with acting_as(system(AT)) as scope:
            entitling.entitle(scope=scope, subcontractor=chain.pxq.subcontractor)

    at_once(*[work] * WORKERS)


def declared() -> World:
    """A main contractor with care of January for ten hours of each of three clients."""
    with acting_as(system(NOW)) as scope:
        chain = world(scope)
        for _client in range(3):
            declare(chain, priced(placement(chain), 10))
    return chain


def closed() -> tuple[World, list[Scope]]:
    """Its January closed, and two controllers."""
    chain = declared()
    close(chain)
    with acting_as(system(AT)):
        return chain, [controller(chain, f"{name}@example.nl") for name in ("een", "twee", "drie")]


def close(chain: World) -> months.MonthResult:
    return months.run_month(scope=system(AT), main_contractor_id=chain.main.pk, month=JANUARY)


def prepare(chain: World, scope: Scope) -> PaymentRun:
    with acting_as(scope):
        return payments.prepare_run(scope=scope, main_contractor_id=chain.main.pk)


def release(run: PaymentRun, scope: Scope) -> PaymentRun:
    with acting_as(scope):
        return payments.release_run(scope=scope, run=run, seen=run_checks.keys(scope, run))


def cancel(run: PaymentRun, scope: Scope) -> PaymentRun:
    with acting_as(scope):
        return payments.cancel(scope=scope, run=run)


def test_month_closed_by_several_workers() -> None:
    chain = declared()
    results = at_once(*[partial(close, chain)] * WORKERS)
    issued = [pk for one in results for pk in one.issued]  # type: ignore[attr-defined]
    with acting_as(system(AT)):
        assert sorted(issued) == sorted(Statement.objects.values_list("pk", flat=True))
        of = list(Statement.objects.values_list("subcontractor", "month"))
        assert len(set(of)) == len(of) == len(issued) > 0
        stated = StatementLine.objects.exclude(entitlement=None)
        entitlements = list(stated.values_list("entitlement", flat=True))
        assert len(set(entitlements)) == len(entitlements) == Entitlement.objects.count()
    hold()


def test_prepared_by_several_at_once_puts_a_statement_in_one_run() -> None:
    chain, people = closed()
    found = refusals(*[partial(prepare, chain, one) for one in people * 3])
    assert found == ["", *["PAY-07"] * 8]
    with acting_as(system(AT)):
        assert PaymentRun.objects.get().total == Decimal("1980.00")
        assert PaymentRunItem.objects.count() == 1
    hold()


def test_released_by_two_controllers_at_once_pays_once() -> None:
    chain, (preparer, *others) = closed()
    run = prepare(chain, preparer)
    found = refusals(*[partial(release, run, one) for one in others * 4])
    assert found == ["", *["PAY-02"] * 7]
    with acting_as(system(AT)):
        assert [one.amount for one in Payment.objects.all()] == [Decimal("1980.00")]
        assert PaymentRun.objects.get().status == PaymentRun.Status.RELEASED
    hold()


def test_released_cancelled_and_prepared_anew_at_once_pays_once() -> None:
    """Either it is paid, or it is free and in one other run: never both."""
    chain, (preparer, second, third) = closed()
    run = prepare(chain, preparer)
    refusals(
        partial(release, run, second),
        partial(cancel, run, preparer),
        partial(release, run, third),
        *[partial(prepare, chain, second)] * 2,
    )
    with acting_as(system(AT)):
        run.refresh_from_db()
        paid = Payment.objects.count()
        assert paid == (run.status == PaymentRun.Status.RELEASED)
        assert PaymentRunItem.objects.filter(is_dropped=False).count() <= 1
    hold()
