"""Promises about the settlement of a year: agreed, locked by a second person, and paid once."""

from __future__ import annotations

from hoofdaannemer.invariants.promises import Promise, by_query

# Frozen inputs are lists in the order of `billing.rules.settling`.
PROMISES: tuple[Promise, ...] = (
    by_query(
        "SET-01",
        "A locked settlement has exactly its entitlement, and no other settlement has one.",
        """
        SELECT 'settlement', one.id
        FROM billing_settlement one
        LEFT JOIN billing_entitlement entitled ON entitled.id = one.entitlement_id
        WHERE (one.state = 'locked') <> (entitled.id IS NOT NULL)
           OR entitled.amount <> one.amount
           OR entitled.funding_line_id <> one.funding_line_id
           OR entitled.subcontractor_id <> one.subcontractor_id
           OR entitled.month <> date_trunc('month', one.end_date)::date
           OR entitled.corrects_id IS NOT NULL
        """,
    ),
    by_query(
        "SET-02",
        "What is locked was agreed upon, and locked by a controller who did not propose it.",
        """
        SELECT 'round', round.id
        FROM billing_settlementround round
        WHERE round.status = 'locked' AND (
            round.locked_by_id IS NULL OR round.locked_by_id = round.proposed_by_id
            OR NOT EXISTS (
                SELECT 1 FROM accounts_membership held
                WHERE held.user_id = round.locked_by_id AND held.role = 'controller'
                  AND held.main_contractor_id = round.main_contractor_id)
            OR EXISTS (
                SELECT 1 FROM billing_settlement one WHERE one.round_id = round.id
                  AND (one.agreed_at IS NULL OR one.agreed_at > round.locked_at)))
        """,
    ),
    by_query(
        "SET-03",
        "The settlements of a pool add up to what was expected of it less its advances.",
        """
        SELECT 'round', round.id
        FROM billing_settlementround round
        JOIN billing_settlement one ON one.round_id = round.id
        WHERE round.method = 'pool'
        GROUP BY round.id
        HAVING sum(one.outcome) IS DISTINCT FROM
            max((one.inputs ->> 3)::numeric) - max((one.inputs ->> 5)::numeric)
        """,
    ),
    by_query(
        "SET-04",
        "A settlement starts from what was locked of its line and year before it.",
        """
        SELECT 'settlement', one.id
        FROM billing_settlement one
        LEFT JOIN LATERAL (
            SELECT coalesce(sum(amount), 0) AS amount FROM billing_settlement earlier
            WHERE earlier.funding_line_id = one.funding_line_id AND earlier.year = one.year
              AND earlier.number < one.number AND earlier.state = 'locked') known ON true
        WHERE one.before <> known.amount OR one.amount <> one.outcome - one.before
        """,
    ),
    by_query(
        "SET-05",
        "The settlements of a round are as far as the round itself.",
        """
        SELECT 'settlement', one.id, 'round', round.id
        FROM billing_settlement one
        JOIN billing_settlementround round ON round.id = one.round_id
        WHERE (round.status, one.state) NOT IN (
            ('draft', 'draft'), ('proposed', 'proposed'), ('proposed', 'agreed'),
            ('locked', 'locked'))
           OR (one.year, one.number, one.method) <> (round.year, round.number, round.method)
        """,
    ),
    by_query(
        "SET-06",
        "What a member of a pool is said to have produced was recorded with its source.",
        """
        SELECT 'settlement', one.id
        FROM billing_settlement one
        WHERE one.method = 'pool' AND NOT EXISTS (
            SELECT 1 FROM billing_poolproduction produced
            WHERE produced.funding_line_id = one.funding_line_id AND produced.year = one.year
              AND produced.amount = (one.inputs #>> '{1,2}')::numeric)
        """,
    ),
    by_query(
        "SET-07",
        "A year with municipalities is adjusted and given back as explained, from what was locked"
        " of it before.",
        """
        SELECT 'upward_settlement', one.id
        FROM billing_upwardsettlement one
        LEFT JOIN LATERAL (
            SELECT coalesce(sum(amount), 0) AS amount FROM billing_upwardsettlement earlier
            WHERE earlier.contract_id = one.contract_id AND earlier.year = one.year
              AND earlier.number < one.number AND earlier.status = 'locked') known ON true
        WHERE one.outcome <> (one.adjustment ->> 'amount')::numeric
                           - (one.returned ->> 'amount')::numeric
           OR one.before <> known.amount
        """,
    ),
    by_query(
        "SET-08",
        "A year with municipalities is locked by a controller who did not fill it in.",
        """
        SELECT 'upward_settlement', one.id
        FROM billing_upwardsettlement one
        WHERE one.status = 'locked' AND (
            one.locked_by_id IS NOT DISTINCT FROM one.filled_in_by_id
            OR NOT EXISTS (
                SELECT 1 FROM accounts_membership held
                WHERE held.user_id = one.locked_by_id AND held.role = 'controller'
                  AND held.main_contractor_id = one.main_contractor_id))
        """,
    ),
)
