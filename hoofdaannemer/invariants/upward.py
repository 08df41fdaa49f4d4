"""Promises about what is declared to municipalities by the unit."""

from __future__ import annotations

from hoofdaannemer.invariants.promises import Promise, by_query

_STANDS = "NOT {0}.is_credit AND NOT {0}.is_credited AND {0}.status IN ('sent', 'awarded')"

PROMISES: tuple[Promise, ...] = (
    by_query(
        "UPW-01",
        "Of an allocation, product and month at most one debit stands with the municipality.",
        f"""
        SELECT 'allocation', line.allocation_id, 'month', line.month, count(*)
        FROM billing_upwardline line WHERE {_STANDS.format("line")}
        GROUP BY line.allocation_id, line.product_id, line.month HAVING count(*) > 1
        """,  # noqa: S608  (constants of this module)
    ),
    by_query(
        "UPW-02",
        "A debit is the sum of the lines it was built from, rounded once.",
        """
        SELECT 'line', line.id, line.volume, built.minutes
        FROM billing_upwardline line
        JOIN LATERAL (
            SELECT coalesce(sum(one.volume * CASE
                       WHEN one.unit = '04' THEN 60 ELSE 1 END), 0) AS minutes,
                   coalesce(sum(one.volume), 0) AS units
            FROM (
                SELECT declared.unit, declared.volume
                FROM billing_upwardcontribution contribution
                JOIN billing_declaredline declared ON declared.id = contribution.declared_line_id
                WHERE contribution.line_id = line.id
                UNION ALL
                SELECT billing_invoiced_unit(product.unit, invoiced.quantity),
                    billing_invoiced_volume(product.unit, invoiced.quantity, invoiced.amount)
                FROM billing_upwardcontribution contribution
                JOIN billing_invoiceline invoiced ON invoiced.id = contribution.invoice_line_id
                JOIN billing_indication indication ON indication.id = invoiced.indication_id
                JOIN subcontracts_product product ON product.id = indication.product_id
                WHERE contribution.line_id = line.id) one) built ON true
        WHERE NOT line.is_credit AND line.volume <> CASE line.unit
            -- Whole hours of all minutes together, at least one (IV079).
            WHEN '04' THEN greatest(1, floor(built.minutes / 60 + 0.5))
            WHEN '01' THEN built.minutes
            ELSE built.units END
        """,
    ),
    by_query(
        "UPW-03",
        "A line belongs to an allocation of its contract and municipality.",
        """
        SELECT 'line', line.id, 'allocation', allocation.id
        FROM billing_upwardline line
        JOIN billing_upwarddeclaration declaration ON declaration.id = line.declaration_id
        JOIN subcontracts_allocation allocation ON allocation.id = line.allocation_id
        WHERE allocation.municipal_contract_id <> declaration.contract_id
           OR allocation.municipality_id <> declaration.municipality_id
           OR allocation.family <> declaration.family
           OR allocation.main_contractor_id <> declaration.main_contractor_id
           OR line.main_contractor_id <> declaration.main_contractor_id
        """,
    ),
    by_query(
        "UPW-04",
        "A declaration's sums and counts are those of its lines.",
        """
        SELECT 'declaration', declaration.id
        FROM billing_upwarddeclaration declaration
        LEFT JOIN LATERAL (
            SELECT coalesce(sum(CASE WHEN is_credit THEN -amount ELSE amount END), 0) AS submitted,
                   coalesce(sum(CASE WHEN is_credit THEN -amount ELSE amount END)
                            FILTER (WHERE status = 'awarded'), 0) AS awarded,
                   count(*) AS lines,
                   count(*) FILTER (WHERE status IN ('refused', 'void')) AS rejected,
                   count(*) FILTER (WHERE status = 'sent') AS waiting
            FROM billing_upwardline line WHERE line.declaration_id = declaration.id) found ON true
        WHERE (declaration.submitted, declaration.line_count, declaration.rejected_count)
              IS DISTINCT FROM (found.submitted, found.lines, found.rejected)
           OR (declaration.status <> 'sent' AND declaration.awarded <> found.awarded)
           OR (declaration.status = 'sent') <> (found.waiting > 0)
        """,
    ),
    by_query(
        "UPW-05",
        "A credit repeats its debit, and a debit is marked as credited only by one that stands.",
        """
        SELECT 'line', credit.id, 'credits', debit.id
        FROM billing_upwardline credit
        JOIN billing_upwardline debit ON debit.id = credit.credits_id
        WHERE (credit.allocation_id, credit.product_id, credit.month, credit.start_date,
               credit.end_date, credit.volume, credit.unit, credit.amount)
              IS DISTINCT FROM
              (debit.allocation_id, debit.product_id, debit.month, debit.start_date,
               debit.end_date, debit.volume, debit.unit, debit.amount)
           OR (credit.status IN ('sent', 'awarded') AND NOT debit.is_credited)
        UNION ALL
        SELECT 'line', debit.id, 'credits', NULL
        FROM billing_upwardline debit
        WHERE debit.is_credited AND NOT EXISTS (
            SELECT 1 FROM billing_upwardline credit
            WHERE credit.credits_id = debit.id AND credit.status IN ('sent', 'awarded'))
        """,
    ),
    by_query(
        "UPW-06",
        "What stands with the municipality was built from approved lines of the same allocation.",
        f"""
        SELECT 'line', line.id, 'declared_line', one.id
        FROM billing_upwardline line
        JOIN billing_upwardcontribution contribution ON contribution.line_id = line.id
        JOIN billing_declaredline one ON one.id = contribution.declared_line_id
        JOIN subcontracts_placement placement ON placement.id = one.placement_id
        WHERE {_STANDS.format("line")} AND (
            NOT one.is_approved OR one.is_credit
            OR placement.allocation_id <> line.allocation_id
            OR date_trunc('month', one.start_date)::date <> line.month)
        UNION ALL
        SELECT 'line', line.id, 'invoice_line', one.id
        FROM billing_upwardline line
        JOIN billing_upwardcontribution contribution ON contribution.line_id = line.id
        JOIN billing_invoiceline one ON one.id = contribution.invoice_line_id
        JOIN billing_indication indication ON indication.id = one.indication_id
        WHERE {_STANDS.format("line")} AND (
            one.state <> 'accepted' OR one.is_credit
            OR indication.allocation_id IS DISTINCT FROM line.allocation_id
            OR date_trunc('month', one.start_date)::date <> line.month)
        """,  # noqa: S608  (constants of this module)
    ),
)
