"""Promises about results of trajectories and recovery plans: by two sides, never too much."""

from __future__ import annotations

from hoofdaannemer.invariants.promises import Promise, by_query

PROMISES: tuple[Promise, ...] = (
    by_query(
        "RES-01",
        "What depends on a result is paid by its verdict alone: once, and its part of it.",
        """
        SELECT 'step', step.id
        FROM billing_trajectorystep step
        LEFT JOIN billing_trajectoryresult one
            ON one.placement_id = step.placement_id
            AND one.number || ':result' = step.reference
        WHERE right(step.reference, 7) = ':result' AND step.reverses_id IS NULL
          AND NOT EXISTS (
              SELECT 1 FROM billing_trajectorystep back WHERE back.reverses_id = step.id)
          AND (one.id IS NULL OR one.share IS NULL
               OR step.amount > one.at_stake
               OR 1 < (SELECT count(*) FROM billing_trajectorystep other
                   WHERE other.placement_id = step.placement_id AND other.reference = step.reference
                     AND other.reverses_id IS NULL AND NOT EXISTS (
                       SELECT 1 FROM billing_trajectorystep back
                       WHERE back.reverses_id = other.id)))
        """,
    ),
    by_query(
        "RES-02",
        "Who judged a result did not show it, and who decided about an objection did not judge it.",
        """
        SELECT 'result', one.id
        FROM billing_trajectoryresult one
        WHERE one.judged_by_id = one.decided_by_id OR EXISTS (
            SELECT 1 FROM billing_resultentry entry
            WHERE entry.result_id = one.id AND entry.side = 'subcontractor'
              AND entry.author_id IN (one.judged_by_id, one.decided_by_id))
        """,
    ),
    by_query(
        "RES-03",
        "What stands of a result is what was said of it last.",
        """
        SELECT 'result', one.id
        FROM billing_trajectoryresult one
        LEFT JOIN LATERAL (
            SELECT outcome, share FROM billing_resultentry entry
            WHERE entry.result_id = one.id AND entry.outcome <> ''
            ORDER BY entry.id DESC LIMIT 1) said ON true
        WHERE (one.outcome, one.share) IS DISTINCT FROM (coalesce(said.outcome, ''), said.share)
        """,
    ),
    by_query(
        "RES-04",
        "A bonus that waits for a verdict is paid by it alone: once, and its part of it.",
        """
        SELECT 'entitlement', one.id
        FROM billing_entitlement one
        JOIN subcontracts_fundingline line ON line.id = one.funding_line_id
        LEFT JOIN billing_trajectoryresult judged
            ON judged.funding_line_id = line.id AND judged.placement_id IS NULL
        LEFT JOIN billing_assessment assessed ON assessed.entitlement_id = one.id
        WHERE one.form = 'bonus' AND jsonb_exists(line.parameters, 'result_days')
          AND one.corrects_id IS NULL
          AND NOT EXISTS (SELECT 1 FROM billing_entitlement back WHERE back.corrects_id = one.id)
          AND (assessed.id IS NOT NULL OR judged.share IS NULL OR one.amount > judged.at_stake
               OR 1 < (SELECT count(*) FROM billing_entitlement other
                   WHERE other.funding_line_id = line.id AND other.form = 'bonus'
                     AND other.corrects_id IS NULL AND NOT EXISTS (
                       SELECT 1 FROM billing_entitlement back WHERE back.corrects_id = other.id)))
        """,
    ),
    by_query(
        "REC-01",
        "No recovery plan takes more than its total, and none before it was agreed upon.",
        """
        SELECT 'plan', plan.id
        FROM billing_recoveryplan plan
        JOIN billing_statementline line ON line.plan_id = plan.id
        WHERE line.kind IN ('set_off', 'rest')
        GROUP BY plan.id
        HAVING sum(line.amount) > plan.total OR plan.agreed_at IS NULL
            OR plan.agreed_by_id = plan.proposed_by_id
        """,
    ),
    by_query(
        "REC-02",
        "A recovery plan takes no more than a statement has to give, less what it leaves to pay.",
        """
        SELECT 'statement', stated.id, 'plan', plan.id
        FROM billing_statementline line
        JOIN billing_statement stated ON stated.id = line.statement_id
        JOIN billing_recoveryplan plan ON plan.id = line.plan_id
        WHERE line.kind = 'set_off' AND (
            line.amount > plan.monthly
            OR NOT EXISTS (SELECT 1 FROM billing_statementline rest
                   WHERE rest.statement_id = stated.id AND rest.kind = 'rest')
               AND stated.payable < (
                   SELECT min(other.leaves) FROM billing_statementline beside
                   JOIN billing_recoveryplan other ON other.id = beside.plan_id
                   WHERE beside.statement_id = stated.id AND beside.kind = 'set_off')
            OR stated.month < plan.first_month)
        """,
    ),
    by_query(
        "REC-03",
        "What a plan puts aside is its total, and was owed on that statement.",
        """
        SELECT 'plan', plan.id
        FROM billing_statementline line
        JOIN billing_statement stated ON stated.id = line.statement_id
        JOIN billing_recoveryplan plan ON plan.id = line.plan_id
        LEFT JOIN billing_settlement settled ON settled.id = plan.settlement_id
        LEFT JOIN billing_statementline owed
            ON owed.entitlement_id = settled.entitlement_id AND owed.statement_id = stated.id
        WHERE line.kind = 'deferral' AND (line.amount <> plan.total OR plan.kind = 'claim'
            OR line.amount > CASE plan.kind WHEN 'balance' THEN -stated.carried_in
                             ELSE coalesce(-owed.amount, 0) END)
        """,
    ),
)
