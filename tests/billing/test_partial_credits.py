"""Credits of a part of an invoice line: judged, entitled opposite in part, and upward alike."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal as D

import pytest
from django.db import IntegrityError, transaction

from billing.invoice_words import sentence
from billing.models import Entitlement, InvoiceLine, ReceivedInvoice
from billing.rules.received import Rule
from billing.rules.received_credits import Credit, Debit, judge_credits
from billing.services import invoices as service
from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.scope import Scope
from hoofdaannemer.invariants import check_promises, received
from tests.billing.invoices import codes, enter, first, indication, line, party, second
from tests.conftest import become
from tests.factories import world

JANUARY = Period(date(2026, 1, 1), date(2026, 1, 31))
OF = Debit(key=1, period=JANUARY, unit="04", price=D(80), quantity=D(3), amount=D(240))


def taking(quantity: str, price: str, amount: str, key: int = 7, **changes: object) -> Credit:
    one = Credit(
        key=key, period=JANUARY, quantity=D(quantity), price=D(price), amount=D(amount), of=OF
    )
    return replace(one, **changes)


@pytest.mark.parametrize(
    ("credit", "rules"),
    [
        (taking("1", "80", "80"), []),
        (taking("1.5", "80", "120"), []),
        # A part of the price of all three hours; and all that is left, however it is written.
        (taking("3", "10", "30"), []),
        (taking("1", "240", "240"), []),
        (taking("4", "80", "320"), [Rule.MORE]),
        (taking("4", "40", "160"), []),
        (taking("1", "80", "79"), [Rule.SUM]),
        (taking("1", "80", "80", period=Period(date(2026, 2, 1), date(2026, 2, 1))), ["INV-32"]),
        (taking("1", "80", "80", vat=D(1)), [Rule.CREDIT]),
        (taking("1", "80", "80", of=None), [Rule.CREDIT]),
        (taking("1.5", "80", "120", of=replace(OF, unit="82")), [Rule.UNITS]),
    ],
)
def test_a_part_is_of_one_line_and_no_more_than_is_left(credit: Credit, rules: list[str]) -> None:
    found = judge_credits([credit])[credit.key]
    assert [one.rule for one in found] == rules
    assert all(sentence(one.rule, one.facts) for one in found)


def test_parts_of_one_invoice_use_what_is_left_in_their_order() -> None:
    # After a cut of the price 200 euros are left, of which the three hours would be 240.
    three = [taking("4", "10", "40", 1), taking("3", "80", "240", 2), taking("3", "1", "200", 3)]
    assert [[one.rule for one in found] for found in judge_credits(three).values()] == [
        [],
        [Rule.MORE],
        [],
    ]
    two = [taking("2", "80", "160", 1), taking("2", "30", "60", 2), taking("1", "80", "80", 3)]
    assert [len(found) for found in judge_credits(two).values()] == [0, 0, 1]


def test_what_is_left_of_a_line_counts_and_the_rest_is_free_again(system: Scope) -> None:
    chain = world(system)
    of = party(chain)
    given = indication(chain, of)
    paid = enter(chain, of, [line(given, 8)]).lines.get()
    back = line("", 3, credits=paid.reference)
    part = enter(chain, of, [back], kind=ReceivedInvoice.Kind.CREDIT)
    assert codes(part) == [[]]
    right = Entitlement.objects.get(invoice_line__invoice=part)
    assert (right.amount, right.corrects, right.corrects_part) == (
        D("-240.00"),
        None,
        paid.entitlement,
    )
    assert "€ 400,00" in right.why.sentence()
    paid.refresh_from_db()
    assert (paid.is_credited, paid.left, paid.credited_quantity) == (False, D(400), D(3))
    # Of the ten hours five are used, but care of the same days still stands.
    day = date(2026, 2, 3)
    five, more = line(given, 5, start=day, end=day), line(given, 1, start=day, end=day)
    assert codes(enter(chain, of, [five, more])) == [[], ["INV-03", "INV-05"]]
    # More than is left waits, and nobody may accept it.
    much = enter(chain, of, [replace(back, quantity=D(6), amount=D(480))], kind="credit")
    assert codes(much) == [["INV-30"]]
    with pytest.raises(service.RuleError) as refused:
        service.accept_line(scope=become(second(chain)), line=much.lines.get(), ground="Toch")
    assert refused.value.code == "INV-24"
    # The last of it makes it credited in full.
    rest = enter(chain, of, [replace(back, quantity=D(5), amount=D(400))], kind="credit")
    assert (codes(rest), Entitlement.objects.filter(corrects_part=paid.entitlement).count()) == (
        [[]],
        2,
    )
    paid.refresh_from_db()
    assert (paid.is_credited, paid.left) == (True, D(0))
    statement = service.state(scope=become(first(chain)), party=of)
    assert statement.payable == D("400.00")
    broken = check_promises(received.PROMISES)
    assert [one.code for one in broken if not one.holds] == []
    with pytest.raises(IntegrityError), transaction.atomic():
        InvoiceLine.objects.filter(pk=paid.pk).update(credited_amount=D("640.01"))
