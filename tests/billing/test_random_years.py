"""Random years of random contracts through the services and the database, month by month.

What is entitled is what is stated; what is stated is paid, held, carried over or under a plan: to
the cent, for every subcontractor and month, as a second calculator (`second_calculator`) says and
as SQL over the tables says. `RANDOM_MONTHS` sets how many months the long run takes.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from random import Random

import pytest
from django.db import connection

from billing.services import months, payments, run_checks
from hoofdaannemer.core.periods import Month
from hoofdaannemer.core.scope import Scope
from tests.billing.build import moment
from tests.billing.random_years import (
    Life,
    after,
    agree_on_plans,
    agreement,
    controllers,
    enter,
    live,
)
from tests.billing.second_calculator import YEAR, Stated
from tests.conftest import become
from tests.factories import World, world

FEW, MANY = 30, int(os.environ.get("RANDOM_MONTHS", "10000"))
#: The long run in parts, which the workers share: each is one transaction, and the locks of one
#: that declares for many hundreds of months do not fit in what PostgreSQL keeps for them.
PARTS = 80

_STATED = """
SELECT s.subcontractor_id, s.entitled + s.corrected, s.released - s.held, s.deferred, s.set_off,
    s.payable, s.carried_out,
    (SELECT coalesce(sum(e.amount), 0) FROM billing_statementline l
        JOIN billing_entitlement e ON e.id = l.entitlement_id WHERE l.statement_id = s.id),
    (SELECT coalesce(sum(p.amount), 0) FROM billing_payment p WHERE p.statement_id = s.id),
    (SELECT coalesce(sum(h.amount), 0) FROM billing_hold h
        WHERE h.subcontractor_id = s.subcontractor_id AND h.released_at IS NULL),
    (SELECT coalesce(sum(e.amount), 0) FROM billing_entitlement e
        WHERE e.subcontractor_id = s.subcontractor_id),
    (SELECT coalesce(sum(t.payable), 0) FROM billing_statement t
        WHERE t.subcontractor_id = s.subcontractor_id),
    (SELECT coalesce(sum(t.deferred - t.set_off), 0) FROM billing_statement t
        WHERE t.subcontractor_id = s.subcontractor_id)
FROM billing_statement s WHERE s.month = %s AND s.main_contractor_id = %s
"""


def test_random_years(system: Scope) -> None:
    live_through(system, seed=0, of=FEW)


@pytest.mark.long
@pytest.mark.parametrize("part", range(1, PARTS + 1))
def test_ten_thousand_random_months(system: Scope, part: int) -> None:
    live_through(system, seed=part, of=MANY // PARTS)


def live_through(system: Scope, *, seed: int, of: int) -> None:
    """So many months: whole years of as many subcontractors as that takes, at least a few."""
    random = Random(seed)
    chain = world(system)
    until = 12 if of >= 120 else 6
    people = controllers(chain)
    lives = [enter(chain, agreement(random), number) for number in range(-(-of // until))]
    agree_on_plans(chain, lives, 0)
    for month in range(1, until + 1):
        for life in lives:
            live(chain, life, month)
        close(chain, month)
        expected = {life.party.subcontractor.pk: life.ledger.close(month) for life in lives}
        pay(chain, people, month)
        assert list(differences(chain, lives, month, expected)) == []
        if month < until:
            agree_on_plans(chain, lives, month)


def close(chain: World, month: int) -> None:
    scope = become(chain.system.moved_to(moment(after(month))))
    result = months.run_month(
        scope=scope, main_contractor_id=chain.main.pk, month=Month(YEAR, month)
    )
    assert result.problems == []


def pay(chain: World, people: tuple[Scope, Scope], month: int) -> None:
    """Everything that is due, by two people."""
    first, second = (one.moved_to(moment(after(month))) for one in people)
    become(first)
    if payments.due(scope=first, main_contractor_id=chain.main.pk).payable:
        run = payments.prepare_run(scope=first, main_contractor_id=chain.main.pk)
        become(second)
        payments.release_run(scope=second, run=run, seen=run_checks.keys(second, run))


def differences(
    chain: World, lives: Sequence[Life], month: int, expected: dict[int, Stated | None]
) -> Iterator[object]:
    """Where the statements of a month are not as expected, or do not add up."""
    become(chain.system)
    with connection.cursor() as cursor:
        cursor.execute(_STATED, [Month(YEAR, month).first, chain.main.pk])
        found = {row[0]: [int(amount * 100) for amount in row[1:]] for row in cursor.fetchall()}
    for life in lives:
        key = life.party.subcontractor.pk
        wanted, row = expected[key], found.get(key)
        if (wanted is None) != (row is None):
            yield month, life.agreed, wanted, row
        if wanted is None or row is None:
            continue
        entitled, _held, deferred, set_off, payable, carried, of_lines, paid, held, *sums = row
        stated = Stated(entitled, held, deferred, set_off, payable, carried)
        if stated != wanted or (of_lines, paid) != (entitled, payable):
            yield month, life.agreed, wanted, stated, of_lines, paid
        all_entitled, all_paid, lent = sums
        if all_entitled != all_paid + held + carried - lent:
            yield month, life.agreed, "does not add up", row
