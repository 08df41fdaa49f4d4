"""The quarter's report of one municipal contract beside plain SQL over the same rows."""

from __future__ import annotations

from typing import Any, Final

from hoofdaannemer.accountability.definitions import KWARTAAL
from hoofdaannemer.accountability.services.building import protected_beside
from hoofdaannemer.core.periods import parse_period
from hoofdaannemer.core.scope import acting_as
from tests.bench.cluster import bare_connection
from tests.bench.history import History
from tests.bench.measuring import Measured, in_turns

RUNS: Final = 5
AIM: Final = 3.0
QUARTER: Final = parse_period("2025-Q3")

# The same figures as directly as SQL can say it: no moment of knowledge, no withdrawn facts, no
# contributors for disclosure control.
_CARE: Final = """
SELECT m.code, g.code, count(DISTINCT p.client_id) AS clients,
    count(DISTINCT p.client_id) FILTER (WHERE s.begin_date >= %(start)s) AS entered,
    count(DISTINCT p.client_id) FILTER (WHERE stop.end_date <= %(end)s AND stop.reason <> '20')
        AS departed,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY s.begin_date - a.received_at::date)
        FILTER (WHERE s.begin_date >= %(start)s) AS waited
FROM subcontracts_deliverystart s
JOIN subcontracts_placement p ON p.id = s.placement_id
JOIN subcontracts_allocation a ON a.id = p.allocation_id
JOIN accounts_municipality m ON m.id = a.municipality_id
JOIN subcontracts_product g ON g.id = p.product_id
LEFT JOIN subcontracts_deliverystop stop ON stop.start_id = s.id
WHERE a.municipal_contract_id = %(contract)s AND s.begin_date <= %(end)s
  AND (stop.end_date IS NULL OR stop.end_date >= %(start)s)
GROUP BY CUBE (m.code, g.code)
"""
_MONEY: Final = """
SELECT m.code, g.code, sum(l.volume) AS hours, sum(e.amount) AS amount
FROM billing_declaredline l
LEFT JOIN billing_entitlement e ON e.declared_line_id = l.id
JOIN subcontracts_placement p ON p.id = l.placement_id
JOIN subcontracts_allocation a ON a.id = p.allocation_id
JOIN accounts_municipality m ON m.id = a.municipality_id
JOIN subcontracts_product g ON g.id = p.product_id
WHERE a.municipal_contract_id = %(contract)s AND l.is_approved
  AND l.start_date BETWEEN %(start)s AND %(end)s
GROUP BY CUBE (m.code, g.code)
"""


def measure(past: History) -> list[Measured]:
    """Figures alone, which have the aim, and with disclosure control and its attack."""
    given = {"contract": past.contract.pk, "start": QUARTER.start, "end": QUARTER.end}

    def figures() -> Any:
        with acting_as(past.scope):
            return KWARTAAL.exact(past.contract, QUARTER, past.scope.at)

    def protected() -> Any:
        return protected_beside(figures(), KWARTAAL.policy, ())

    with bare_connection() as bare:

        def plain() -> list[list[tuple[Any, ...]]]:
            return [bare.execute(query, given).fetchall() for query in (_CARE, _MONEY)]

        _check(figures(), plain())
        exact, whole, sql = in_turns(figures, protected, plain, runs=RUNS)
    lines = f"on {past.lines} lines"
    return [
        Measured("report", f"quarter report: figures, {lines} / plain SQL", exact, sql, AIM),
        Measured(
            "report_protected",
            "quarter report: figures, disclosure control, attack / plain SQL",
            whole,
            sql,
        ),
    ]


def _check(snapshot: Any, plain: list[list[tuple[Any, ...]]]) -> None:
    """Both count the same thing: hours and euros of every cell are equal."""
    [care] = [table for table in snapshot.tables if table.code == "zorg"]
    ours = {(cell.keys, cell.measure): cell.value for cell in care.cells}
    for municipality, product, hours, amount in plain[1]:
        place = (municipality or "*", product or "*")
        assert (ours[place, "hours"], ours[place, "cost"]) == (hours, amount), place
