"""The same care invoiced by many at the same moment: accepted, stated and paid once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import partial

import pytest

from billing.models import Entitlement, InvoiceLine, Payment, Statement
from billing.services import invoices, payments, run_checks
from billing.services.invoices import InvoiceHead
from hoofdaannemer.core.scope import acting_as, system
from hoofdaannemer.invariants import check_promises, received
from hoofdaannemer.invariants import payments as paying
from tests.billing import invoices as made
from tests.billing.test_at_once_money import WORKERS, refusals
from tests.factories import NOW, world
from tests.messaging.test_two_workers import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_same_care_is_paid_once_over_several_connections() -> None:
    with acting_as(system(NOW)) as scope:
        chain = world(scope)
        party = made.party(chain)
        given = made.indication(chain, party)
        first, second = made.first(chain), made.second(chain)
    line = made.line(given)
    head = InvoiceHead(
        number="",
        kind="invoice",  # type: ignore[arg-type]
        invoice_date=date(2026, 2, 2),
        received_date=made.RECEIVED,
        total=line.amount,
    )

    def enter(number: str) -> None:
        with acting_as(first):
            of = replace(head, number=number)
            invoices.enter(scope=first, party=party, head=of, lines=[line])

    # The same number over and over, and the same care under other numbers.
    numbers = ["F-1"] * WORKERS + [f"F-{one}" for one in range(2, WORKERS)]
    told = refusals(*[partial(enter, number) for number in numbers])
    assert told.count("INV-20") == WORKERS - 1

    def state() -> None:
        with acting_as(first):
            invoices.state(scope=first, party=party)

    assert refusals(*[state] * WORKERS) == ["", *["INV-29"] * (WORKERS - 1)]

    def pay() -> None:
        with acting_as(first):
            run = payments.prepare_run(scope=first, main_contractor_id=chain.main.pk)
        with acting_as(second):
            payments.release_run(scope=second, run=run, seen=run_checks.keys(second, run))

    refusals(*[pay] * WORKERS)
    with acting_as(system(NOW)):
        assert InvoiceLine.objects.standing().count() == 1
        assert InvoiceLine.objects.filter(state="waiting").count() == WORKERS - 2
        assert Entitlement.objects.filter(form="invoice").count() == 1
        assert Statement.objects.get().payable == line.amount
        assert [one.amount for one in Payment.objects.all()] == [line.amount]
    found = check_promises((*received.PROMISES, *paying.PROMISES))
    assert [(one.code, one.examples) for one in found if not one.holds] == []


def test_a_waiting_line_is_decided_once() -> None:
    with acting_as(system(NOW)) as scope:
        chain = world(scope)
        party = made.party(chain)
        given = made.indication(chain, party)
        waiting = made.enter(chain, party, [made.line(given, 11)]).lines.get()
        second = made.second(chain)

    def decide(call: object) -> str:
        with acting_as(second):
            try:
                call(scope=second, line=waiting, ground="Reden")  # type: ignore[operator]
            except Exception as refusal:  # noqa: BLE001  what it is is asserted below
                return type(refusal).__name__
        return ""

    calls = [invoices.accept_line, invoices.refuse_line] * 4
    told = at_once(*[partial(decide, call) for call in calls])
    assert sorted(str(one) for one in told) == ["", *["ConflictError"] * 7]
