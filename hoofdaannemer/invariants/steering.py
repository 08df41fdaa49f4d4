"""Promises about how much care a subcontractor takes: client stops, and the clock of a ceiling."""

from __future__ import annotations

from hoofdaannemer.invariants.promises import Promise, by_query

PROMISES: tuple[Promise, ...] = (
    by_query(
        "STE-01",
        "Of client stops that were asked or granted for the same care one holds at a time.",
        """
        SELECT 'client stop', stop.id
        FROM subcontracts_clientstop stop
        JOIN subcontracts_clientstop other ON other.subcontract_id = stop.subcontract_id
            AND other.id < stop.id AND other.status IN ('asked', 'granted')
            AND (other.product_id IS NULL OR stop.product_id IS NULL
                OR other.product_id = stop.product_id)
            AND daterange(other.start_date, other.end_date, '[]')
                && daterange(stop.start_date, stop.end_date, '[]')
        WHERE stop.status IN ('asked', 'granted')
        """,
    ),
    by_query(
        "STE-02",
        "Notice of a ceiling is given at its signal, and its steps are due two weeks apart.",
        """
        SELECT 'signal', signal.id
        FROM subcontracts_ceilingsignal signal
        WHERE signal.talk_due <> signal.noticed_on + 14
           OR signal.decision_due <> coalesce(signal.talked_on, signal.talk_due) + 14
           OR signal.used <= 0
        """,
    ),
)
