"""A worker that ends in the middle of closing a month: another goes on, and nothing is twice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from django.utils import timezone

from billing.models import Entitlement, Hold, MonthRun, Statement, StatementLine
from billing.services import month_runs
from hoofdaannemer.core.scope import acting_as, system
from subcontracts.models import FundingLine
from tests import factories
from tests.billing.build import JANUARY, declare, moment, placement, priced
from tests.factories import NOW, world
from tests.traffic.seams import Seam, killed_at

pytestmark = pytest.mark.django_db(transaction=True)

AT = moment(date(2026, 2, 10))
#: Who declared and is closed in turn; one more has an FTE month, which waits for its report.
PARTIES = 4


def nth(start: str, number: int) -> Seam:
    """The `number`th statement that begins so."""
    met: list[str] = []

    def is_it(sql: str, _given: Sequence[object]) -> bool:
        met.extend([sql] if sql.startswith(start) else [])
        return len(met) == number

    return Seam(f"{start} {number}", is_it, after=True)


#: Within the work for one subcontractor, or between two of them.
STEPS = {
    "before anything": ('UPDATE "billing_monthrun"', 1),
    "entitlements recorded": ("\nINSERT INTO billing_entitlement", 3),
    "statement made, lines not": ('INSERT INTO "billing_statement"', 2),
    "lines written, not committed": ('INSERT INTO "billing_statementline"', 3),
    "progress not written": ('UPDATE "billing_monthrun"', 4),
}


def asked() -> MonthRun:
    with acting_as(system(NOW)) as scope:
        chain = world(scope)
        guidance = chain.products["guidance"]
        more = [
            factories.party(
                scope, chain.main, chain.youth, f"Zorg {name}", FundingLine.Form.PXQ, [guidance]
            )
            for name in "ABC"
        ]
        for party in (chain.pxq, *more):
            declare(chain, priced(placement(chain, party), 10), party=party)
    with acting_as(system(AT)) as scope:
        return month_runs.ask(scope=scope, main_contractor_id=chain.main.pk, month=JANUARY)


@pytest.mark.parametrize("step", STEPS)
def test_goes_on_where_it_was(step: str) -> None:
    run = asked()
    with killed_at(nth(*STEPS[step])) as met:
        month_runs.take_up(scope=system(AT), run_id=run.pk)
    assert met, "the work does not come to this step"
    with acting_as(system(AT)):
        before = set(Statement.objects.values_list("pk", "number", "pdf_digest"))
    assert len(before) < PARTIES

    later = system(timezone.now() + timedelta(hours=1))
    assert month_runs.waiting(later) == [run.pk]
    found = month_runs.take_up(scope=later, run_id=run.pk)
    assert (found.state, found.problems) == (MonthRun.State.DONE, [])
    assert month_runs.waiting(later) == []
    with acting_as(later):
        assert before <= set(Statement.objects.values_list("pk", "number", "pdf_digest"))
        assert_once()


def assert_once() -> None:
    """One statement each, numbered without a gap, with every entitlement and hold on one."""
    statements = Statement.objects.filter(payable__gt=0)
    assert sorted(map(str, statements.values_list("payable", flat=True))) == ["660.00"] * PARTIES
    numbers = sorted(int(one.number.rsplit("-", 1)[1]) for one in Statement.objects.light())
    assert numbers == list(range(1, len(numbers) + 1))
    lines = StatementLine.objects
    stated = list(lines.exclude(entitlement=None).values_list("entitlement", flat=True))
    assert sorted(stated) == sorted(Entitlement.objects.values_list("pk", flat=True))
    held = list(lines.exclude(hold=None).values_list("hold", flat=True))
    assert sorted(held) == sorted(Hold.objects.values_list("pk", flat=True))
