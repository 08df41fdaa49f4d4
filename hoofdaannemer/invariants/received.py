"""Promises about invoices of parties without a subcontract."""

from __future__ import annotations

from hoofdaannemer.invariants.promises import Promise, by_query

PROMISES: tuple[Promise, ...] = (
    by_query(
        "INV-01",
        "An invoice line gives one entitlement of its amount where it was accepted, else none.",
        """
        SELECT 'line', line.id, 'entitlement', entitled.id
        FROM billing_invoiceline line
        LEFT JOIN billing_entitlement entitled ON entitled.invoice_line_id = line.id
        WHERE (line.state = 'accepted') <> (entitled.id IS NOT NULL)
           OR entitled.amount <> CASE WHEN line.is_credit THEN -line.amount ELSE line.amount END
           OR entitled.subcontractor_id <> line.subcontractor_id
        """,
    ),
    by_query(
        "INV-02",
        "What accepted credits take back is of one accepted line, and together never more than it;"
        " each entitlement of a credit names what it takes back, in full or in part.",
        """
        SELECT 'line', debit.id
        FROM billing_invoiceline debit
        LEFT JOIN billing_entitlement taken ON taken.invoice_line_id = debit.id
        LEFT JOIN LATERAL (
            SELECT count(*) AS lines, coalesce(sum(credit.amount), 0) AS amount,
                bool_or(coalesce(back.corrects_id, back.corrects_part_id)
                        IS DISTINCT FROM taken.id) AS is_other,
                bool_or((back.corrects_id IS NULL) = (credit.amount = debit.amount)) AS is_wrong
            FROM billing_invoiceline credit
            LEFT JOIN billing_entitlement back ON back.invoice_line_id = credit.id
            WHERE credit.credits_id = debit.id AND credit.state = 'accepted') given ON true
        WHERE NOT debit.is_credit AND (
            debit.credited_amount <> given.amount OR given.amount > debit.amount
            OR debit.is_credited <> (given.lines > 0 AND given.amount = debit.amount)
            OR (given.lines > 0 AND debit.state <> 'accepted')
            OR given.is_other OR given.is_wrong)
        """,
    ),
    by_query(
        "INV-03",
        "Of the same indication no two days that stand are paid for twice.",
        """
        SELECT 'line', one.id, 'line', other.id
        FROM billing_invoiceline one
        JOIN billing_invoiceline other ON other.indication_id = one.indication_id
            AND other.id > one.id
            AND other.start_date <= one.end_date AND one.start_date <= other.end_date
        WHERE one.state = 'accepted' AND NOT one.is_credit AND NOT one.is_credited
          AND other.state = 'accepted' AND NOT other.is_credit AND NOT other.is_credited
        """,
    ),
    by_query(
        "INV-04",
        "To each party no more is paid for its invoices than was accepted of them.",
        """
        SELECT 'subcontractor', paid.subcontractor_id, paid.amount, accepted.amount
        FROM (
            -- What was credited in part is set off against what is paid later.
            SELECT entitled.subcontractor_id, sum(entitled.amount + coalesce((
                SELECT sum(part.amount) FROM billing_entitlement part
                WHERE part.corrects_part_id = entitled.id), 0)) AS amount
            FROM billing_payment payment
            JOIN billing_statementline stated ON stated.statement_id = payment.statement_id
            JOIN billing_entitlement entitled ON entitled.id = stated.entitlement_id
            WHERE payment.failed_at IS NULL AND entitled.invoice_line_id IS NOT NULL
              AND entitled.amount > 0 AND NOT EXISTS (
                SELECT 1 FROM billing_entitlement back WHERE back.corrects_id = entitled.id)
            GROUP BY entitled.subcontractor_id) paid
        LEFT JOIN (
            SELECT subcontractor_id, sum(CASE WHEN is_credit THEN -amount ELSE amount END) AS amount
            FROM billing_invoiceline WHERE state = 'accepted' GROUP BY subcontractor_id) accepted
            ON accepted.subcontractor_id = paid.subcontractor_id
        WHERE paid.amount > coalesce(accepted.amount, 0)
        """,
    ),
    by_query(
        "INV-05",
        "A line was accepted without a person only where nothing was wrong, and by another person"
        " than who entered the invoice where something was.",
        """
        SELECT 'line', line.id
        FROM billing_invoiceline line
        JOIN billing_receivedinvoice invoice ON invoice.id = line.invoice_id
        WHERE line.state = 'accepted' AND (
            line.decided_by_id = invoice.entered_by_id
            OR (line.decided_by_id IS NULL AND EXISTS (
                SELECT 1 FROM billing_invoicefinding finding
                WHERE finding.invoice_line_id = line.id)))
        """,
    ),
    by_query(
        "INV-06",
        "An accepted line is about an indication of the same party, and waits on no invoice that"
        " is handled.",
        """
        SELECT 'line', line.id
        FROM billing_invoiceline line
        JOIN billing_receivedinvoice invoice ON invoice.id = line.invoice_id
        LEFT JOIN billing_indication indication ON indication.id = line.indication_id
        WHERE line.subcontractor_id <> invoice.subcontractor_id
           OR indication.subcontractor_id <> line.subcontractor_id
           OR (line.state = 'accepted' AND NOT line.is_credit AND indication.id IS NULL)
           OR (line.state = 'waiting' AND invoice.status = 'handled')
        """,
    ),
)
