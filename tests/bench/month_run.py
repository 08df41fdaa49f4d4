"""A month closed for fifty subcontractors: entitlements, holds and statements of its care.

At two sizes side by side, so that a line that costs more among many shows.
"""

from __future__ import annotations

from collections.abc import Iterator
from time import perf_counter
from typing import Final

from django.db import connection
from django.db.models import Count

from billing.models import Entitlement, Statement
from billing.services import months
from hoofdaannemer.core.scope import acting_as
from tests.bench import history
from tests.bench.history import History, Size
from tests.bench.measuring import Measured, Rate

PARTIES: Final = 50
#: Clients of each subcontractor, who have two lines each in the month: 25,000 and 100,000 lines.
CLIENTS: Final = (250, 1000)
#: A line among four times as many may cost this much more.
AIM: Final = 1.2


def measure() -> Iterator[Rate | Measured]:
    """Each size for a main contractor of its own."""
    a_line = []
    for clients in CLIENTS:
        past = history.make(
            Size(
                months=1,
                others=PARTIES - 1,
                own_clients=clients,
                other_clients=(PARTIES - 1) * clients,
                is_entitled=False,
            )
        )
        seconds = _closed(past)
        a_line.append(seconds / past.lines)
        what = f"month of {PARTIES} subcontractors with {past.lines:,} granted lines closed"
        yield Rate(f"month_run_{past.lines}", what, past.lines, seconds)
    fewer, more = (2 * PARTIES * clients for clients in CLIENTS)
    yield Measured(
        "month_run_line",
        f"1,000 lines of a month among {more:,} / among {fewer:,}",
        a_line[1] * 1000,
        a_line[0] * 1000,
        AIM,
    )


def _closed(past: History) -> float:
    begin = perf_counter()
    result = months.run_month(
        scope=past.scope, main_contractor_id=past.main.pk, month=history.FIRST
    )
    seconds = perf_counter() - begin
    assert (len(result.issued), result.problems) == (PARTIES, [])
    with acting_as(past.scope):
        of_main = Entitlement.objects.filter(main_contractor=past.main)
        assert of_main.count() == past.lines
        assert not of_main.without_statement().exists()
        statements = Statement.objects.filter(main_contractor=past.main)
        assert set(statements.annotate(n=Count("lines")).values_list("n", flat=True)) == {
            past.lines // PARTIES
        }
    connection.close()
    return seconds
