"""Promises about statements and payments: everything reconciles to the cent."""

from __future__ import annotations

from hoofdaannemer.invariants.promises import Promise, by_queries, by_query

PROMISES: tuple[Promise, ...] = (
    by_query(
        "PAY-01",
        "A statement's sums are those of its lines.",
        """
        SELECT 'statement', stated.id
        FROM billing_statement stated
        LEFT JOIN LATERAL (
            SELECT coalesce(sum(amount) FILTER (WHERE kind = 'entitlement'), 0) AS entitled,
                   coalesce(sum(amount) FILTER (WHERE kind = 'deferral'), 0) AS deferred,
                   coalesce(sum(amount) FILTER (WHERE kind IN ('set_off', 'rest')), 0) AS set_off,
                   coalesce(sum(amount) FILTER (WHERE kind = 'correction'), 0) AS corrected,
                   coalesce(sum(amount) FILTER (WHERE kind = 'adjustment'), 0) AS adjusted,
                   coalesce(sum(amount) FILTER (WHERE kind = 'hold'), 0) AS held,
                   coalesce(sum(amount) FILTER (WHERE kind = 'release'), 0) AS released
            FROM billing_statementline line WHERE line.statement_id = stated.id) found ON true
        WHERE (stated.entitled, stated.corrected, stated.held, stated.released, stated.deferred,
               stated.set_off, stated.adjusted)
              IS DISTINCT FROM (found.entitled, found.corrected, found.held, found.released,
               found.deferred, found.set_off, found.adjusted)
        """,
    ),
    by_query(
        "PAY-02",
        "A statement pays its balance above zero, and carries one below zero over.",
        """
        SELECT 'statement', id FROM billing_statement
        WHERE payable + carried_out
              <> entitled + corrected - held + released + carried_in + deferred - set_off + adjusted
           OR payable < 0 OR carried_out > 0 OR (payable > 0 AND carried_out < 0)
        """,
    ),
    by_query(
        "PAY-03",
        "Each statement opens with what the one before it left, and no month is skipped back.",
        """
        SELECT 'statement', stated.id
        FROM billing_statement stated
        LEFT JOIN billing_statement before ON before.id = stated.previous_id
        WHERE stated.carried_in <> coalesce(before.carried_out, 0)
           OR before.subcontractor_id <> stated.subcontractor_id
           OR before.month >= stated.month
           OR (before.id IS NULL AND EXISTS (
                SELECT 1 FROM billing_statement other
                WHERE other.subcontractor_id = stated.subcontractor_id
                  AND other.month < stated.month))
        """,
    ),
    by_query(
        "PAY-04",
        "An entitlement stands on one statement at most, with its own amount and party.",
        """
        SELECT 'entitlement', entitled.id, 'line', line.id
        FROM billing_statementline line
        JOIN billing_entitlement entitled ON entitled.id = line.entitlement_id
        JOIN billing_statement stated ON stated.id = line.statement_id
        WHERE line.amount <> entitled.amount
           OR stated.subcontractor_id <> entitled.subcontractor_id
           OR entitled.month > stated.month
           OR 1 < (SELECT count(*) FROM billing_statementline other
                   WHERE other.entitlement_id = entitled.id)
        """,
    ),
    by_query(
        "PAY-05",
        "Holds and releases on statements are those of the holds, and none is released twice.",
        """
        SELECT 'hold', hold.id, 'line', line.id
        FROM billing_statementline line
        JOIN billing_hold hold ON hold.id = line.hold_id
        JOIN billing_statement stated ON stated.id = line.statement_id
        WHERE line.amount <> hold.amount
           OR stated.subcontractor_id <> hold.subcontractor_id
           OR (line.kind = 'release' AND hold.released_at IS NULL)
           OR 1 < (SELECT count(*) FROM billing_statementline other
                   WHERE other.hold_id = hold.id AND other.kind = line.kind)
        """,
    ),
    by_query(
        "PAY-06",
        "Of each subcontractor, entitlements are stated, or wait for their statement.",
        """
        SELECT 'subcontractor', party.id, entitled.amount, stated.amount, waiting.amount
        FROM subcontracts_subcontractor party
        LEFT JOIN LATERAL (SELECT coalesce(sum(amount), 0) AS amount FROM billing_entitlement
            WHERE subcontractor_id = party.id) entitled ON true
        LEFT JOIN LATERAL (SELECT coalesce(sum(entitled + corrected), 0) AS amount
            FROM billing_statement WHERE subcontractor_id = party.id) stated ON true
        LEFT JOIN LATERAL (SELECT coalesce(sum(amount), 0) AS amount FROM billing_entitlement one
            WHERE one.subcontractor_id = party.id AND NOT EXISTS (
                SELECT 1 FROM billing_statementline line WHERE line.entitlement_id = one.id)
            ) waiting ON true
        WHERE entitled.amount <> stated.amount + waiting.amount
        """,
    ),
    by_query(
        "PAY-07",
        "Of each subcontractor, what was stated is to be paid, held, carried over, or left to be"
        " paid back under a plan.",
        """
        SELECT 'subcontractor', subcontractor_id
        FROM (
            SELECT subcontractor_id, sum(entitled + corrected + adjusted) AS stated,
                   sum(payable) AS payable,
                   sum(held - released) AS held, sum(set_off - deferred) AS paid_back,
                   (array_agg(carried_out ORDER BY month DESC))[1] AS carried
            FROM billing_statement GROUP BY subcontractor_id) of_party
        WHERE stated <> payable + held + carried + paid_back
        """,
    ),
    by_query(
        "PAY-08",
        "A payment pays one statement in full, from a released run, into the account on the run.",
        """
        SELECT 'payment', paid.id
        FROM billing_payment paid
        JOIN billing_statement stated ON stated.id = paid.statement_id
        JOIN billing_paymentrun run ON run.id = paid.run_id
        LEFT JOIN billing_paymentrunitem item
            ON item.run_id = paid.run_id AND item.statement_id = paid.statement_id
            AND item.is_dropped = (paid.failed_at IS NOT NULL)
        WHERE paid.amount <> stated.payable OR run.status <> 'released'
           OR item.id IS NULL OR item.amount <> paid.amount OR item.iban <> paid.iban
        """,
    ),
    by_queries(
        "PAY-09",
        "A released run paid each of its statements; any other run paid nothing.",
        (
            """
            SELECT 'run', run.id, 'statement', item.statement_id
            FROM billing_paymentrun run
            JOIN billing_paymentrunitem item ON item.run_id = run.id AND NOT item.is_dropped
            LEFT JOIN billing_payment paid
                ON paid.run_id = run.id AND paid.statement_id = item.statement_id
            WHERE (run.status = 'released') <> (paid.id IS NOT NULL)
            """,
            """
            SELECT 'run', run.id, 'total', run.total
            FROM billing_paymentrun run
            LEFT JOIN billing_paymentrunitem item ON item.run_id = run.id
                AND (NOT item.is_dropped OR run.status = 'released')
            WHERE run.status <> 'cancelled'
            GROUP BY run.id HAVING run.total <> coalesce(sum(item.amount), 0)
            """,
        ),
    ),
    by_query(
        "PAY-10",
        "Who released a payment run is a controller, and not who prepared it.",
        """
        SELECT 'run', run.id
        FROM billing_paymentrun run
        WHERE run.status = 'released' AND (
            run.released_by_id IS NULL OR run.released_by_id = run.prepared_by_id
            OR NOT EXISTS (
                SELECT 1 FROM accounts_membership held
                WHERE held.user_id = run.released_by_id AND held.role = 'controller'
                  AND held.main_contractor_id = run.main_contractor_id))
        """,
    ),
    by_query(
        "PAY-11",
        "No statement is paid twice, and an own team is never paid.",
        """
        SELECT 'statement', paid.statement_id
        FROM billing_payment paid
        JOIN billing_statement stated ON stated.id = paid.statement_id
        JOIN subcontracts_subcontractor party ON party.id = stated.subcontractor_id
        GROUP BY paid.statement_id
        HAVING count(*) FILTER (WHERE paid.failed_at IS NULL) > 1 OR bool_or(party.is_own_team)
        """,
    ),
    by_query(
        "PAY-12",
        "An issued statement's PDF is the one that was issued.",
        """
        SELECT 'statement', id FROM billing_statement
        WHERE encode(sha256(pdf), 'hex') <> pdf_digest
        """,
    ),
    by_query(
        "PAY-13",
        "An entitlement has at most one open hold, and never holds more than it gives.",
        """
        SELECT 'entitlement', entitled.id
        FROM billing_entitlement entitled
        JOIN billing_hold hold ON hold.entitlement_id = entitled.id AND hold.released_at IS NULL
        GROUP BY entitled.id HAVING count(*) > 1 OR sum(hold.amount) > entitled.amount
        """,
    ),
    by_query(
        "PAY-14",
        "A payment came back only where the bank says so, and the bank's lines are about ours.",
        """
        SELECT 'payment', paid.id
        FROM billing_payment paid
        WHERE paid.failed_at IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM billing_bankentry entry
            WHERE entry.payment_id = paid.id AND entry.outcome IN ('rejected', 'returned')
              AND entry.oddity = '' AND entry.main_contractor_id = paid.main_contractor_id)
        """,
    ),
    by_query(
        "PAY-15",
        "Each account is the one that was approved last, or the one the subcontractor began with.",
        """
        SELECT 'subcontractor', party.id
        FROM subcontracts_subcontractor party
        JOIN LATERAL (
            SELECT * FROM billing_accountchange
            WHERE subcontractor_id = party.id AND status IN ('approved', 'undone')
            ORDER BY id DESC LIMIT 1) newest ON true
        WHERE party.iban <> CASE newest.status
            WHEN 'approved' THEN newest.iban ELSE newest.previous_iban END
        """,
    ),
    by_queries(
        "PAY-16",
        "What waits for a statement is exactly what stands on none, of its own subcontractor.",
        (
            """
            SELECT 'entitlement', entitled.id, 'waits', unstated.id, 'line', line.id
            FROM billing_entitlement entitled
            LEFT JOIN billing_unstatedentitlement unstated ON unstated.entitlement_id = entitled.id
            LEFT JOIN billing_statementline line ON line.entitlement_id = entitled.id
            WHERE (unstated.id IS NULL) = (line.id IS NULL)
               OR unstated.subcontractor_id <> entitled.subcontractor_id
            """,
            """
            SELECT 'waits', unstated.id, 'for no entitlement', unstated.entitlement_id
            FROM billing_unstatedentitlement unstated
            LEFT JOIN billing_entitlement entitled ON entitled.id = unstated.entitlement_id
            WHERE entitled.id IS NULL
            """,
        ),
    ),
    by_query(
        "PAY-17",
        "The total of a funding line and a year is what its entitlements come to.",
        """
        SELECT 'line', coalesce(total.funding_line_id, counted.funding_line_id),
            coalesce(total.year, counted.year), total.amount, counted.amount
        FROM billing_entitledtotal total
        FULL JOIN (
            SELECT funding_line_id, extract(year FROM month)::int AS year, form,
                sum(amount) AS amount
            FROM billing_entitlement WHERE funding_line_id IS NOT NULL
            GROUP BY 1, 2, 3) counted
            ON counted.funding_line_id = total.funding_line_id
            AND counted.year = total.year AND counted.form = total.form
        WHERE total.amount IS DISTINCT FROM counted.amount
        """,
    ),
    by_query(
        "PAY-18",
        "A correction is what a dispute that was agreed upon granted; two people decided about"
        " it and about interest, and what was accepted stands on one statement at most.",
        """
        SELECT 'adjustment', one.id, 'line', line.id
        FROM billing_adjustment one
        LEFT JOIN billing_statementline line ON line.adjustment_id = one.id
        LEFT JOIN billing_statement stated ON stated.id = line.statement_id
        LEFT JOIN billing_dispute dispute ON dispute.id = one.dispute_id
        LEFT JOIN billing_statementline disputed ON disputed.id = dispute.line_id
        LEFT JOIN billing_payment paid ON paid.id = one.payment_id
        LEFT JOIN billing_statement late ON late.id = paid.statement_id
        WHERE one.decided_by_id = one.proposed_by_id
           OR (one.status = 'accepted') <> (one.decided_at IS NOT NULL AND one.reason = '')
           OR (line.id IS NOT NULL AND (one.status <> 'accepted' OR line.amount <> one.amount
                OR stated.subcontractor_id <> one.subcontractor_id))
           OR (one.dispute_id IS NOT NULL AND (dispute.subcontractor_id <> one.subcontractor_id
                OR (one.status <> 'refused' AND (dispute.status <> 'agreed'
                    OR one.amount IS DISTINCT FROM (
                        SELECT said.becomes - disputed.amount FROM billing_disputeentry said
                        WHERE said.dispute_id = dispute.id AND said.side = 'main'
                        ORDER BY said.id DESC LIMIT 1)))))
           OR (one.payment_id IS NOT NULL AND late.subcontractor_id <> one.subcontractor_id)
        """,
    ),
    by_query(
        "PAY-19",
        "Everything unusual in a released run was seen by who released it, never by who prepared"
        " it, and is about a statement in that run.",
        """
        SELECT 'check', found.id, 'run', run.id
        FROM billing_paymentruncheck found
        JOIN billing_paymentrun run ON run.id = found.run_id
        LEFT JOIN billing_paymentrunitem item
            ON item.run_id = run.id AND item.statement_id = found.statement_id
        WHERE item.id IS NULL
           OR found.seen_by_id = run.prepared_by_id
           OR (run.status = 'released' AND found.seen_by_id IS DISTINCT FROM run.released_by_id)
           OR (run.status <> 'released' AND found.seen_by_id IS NOT NULL)
        """,
    ),
    by_query(
        "PAY-20",
        "Interest is over a payment that was made after the term of its statement, once.",
        """
        SELECT 'adjustment', one.id, 'payment', paid.id
        FROM billing_adjustment one
        JOIN billing_payment paid ON paid.id = one.payment_id
        JOIN billing_statement stated ON stated.id = paid.statement_id
        WHERE paid.execution_date
              <= (stated.issued_at AT TIME ZONE 'Europe/Amsterdam')::date + stated.term_days
           OR (one.status <> 'refused' AND 1 < (
                SELECT count(*) FROM billing_adjustment other
                WHERE other.payment_id = one.payment_id AND other.status <> 'refused'))
        """,
    ),
)
