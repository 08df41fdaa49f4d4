"""Promises about production statements and samples: to the cent, by two, drawn again alike."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from billing.models import AuditSample, ProductionLine
from billing.rules.sampling import Drawn, Item, Way, draw
from hoofdaannemer.invariants.promises import Promise, by_queries, by_query

_LINES_BY_PART = """
    SELECT part_id, sum(amount) AS amount, count(*) AS lines,
        coalesce(sum(amount) FILTER (WHERE is_correction), 0) AS corrected
    FROM billing_productionline GROUP BY part_id
"""


def _drawn_otherwise() -> Iterator[str]:
    """Samples that their seed does not draw from the population any more."""
    populations: dict[int, list[Item]] = {}
    drawn: defaultdict[int, list[Drawn]] = defaultdict(list)
    samples = AuditSample.objects.prefetch_related("lines__line").order_by("pk")
    for sample in samples:
        drawn[sample.pk] = [
            Drawn(one.line.key, one.hits)
            for one in sorted(sample.lines.all(), key=lambda one: one.place)
        ]
        if sample.statement_id not in populations:
            rows = ProductionLine.objects.filter(statement=sample.statement_id)
            pairs = rows.values_list("key", "amount")
            populations[sample.statement_id] = [Item(*pair) for pair in pairs]
        population = populations[sample.statement_id]
        if draw(Way(sample.way), population, sample.size, sample.seed) != drawn[sample.pk]:
            yield f"audit_sample {sample.pk}"


PROMISES: tuple[Promise, ...] = (
    by_queries(
        "AUD-01",
        "A production statement is the sum of its subcontractors' parts, and each part that of its"
        " lines, to the cent.",
        (
            f"""
            SELECT 'part', part.id
            FROM billing_productionpart part
            LEFT JOIN ({_LINES_BY_PART}) found ON found.part_id = part.id
            WHERE (part.amount, part.corrected, part.line_count)
                IS DISTINCT FROM (found.amount, found.corrected, found.lines)
            """,  # noqa: S608  # our own text
            """
            SELECT 'statement', one.id
            FROM billing_productionstatement one
            LEFT JOIN LATERAL (
                SELECT coalesce(sum(amount), 0) AS amount, coalesce(sum(corrected), 0) AS corrected,
                    coalesce(sum(line_count), 0) AS lines
                FROM billing_productionpart part WHERE part.statement_id = one.id) found ON true
            WHERE (one.amount, one.corrected, one.line_count)
                IS DISTINCT FROM (found.amount, found.corrected, found.lines)
            """,
        ),
    ),
    by_queries(
        "AUD-02",
        "A line for a client is its whole entitlement, with the municipality that allocated it; the"
        " shares of what is for no client, also of an own team's costs, add up to it. What was"
        " invoiced is established whole, under one contract and with one municipality.",
        (
            """
            SELECT 'line', line.id
            FROM billing_productionline line
            JOIN billing_productionstatement one ON one.id = line.statement_id
            JOIN billing_entitlement entitled ON entitled.id = line.entitlement_id
            LEFT JOIN subcontracts_placement placement ON placement.id = entitled.placement_id
            LEFT JOIN subcontracts_allocation allocation ON allocation.id = placement.allocation_id
            WHERE (entitled.placement_id IS NOT NULL OR entitled.invoice_line_id IS NOT NULL)
              AND (line.amount <> entitled.amount
                   OR one.municipality_id <> allocation.municipality_id)
            """,
            """
            SELECT 'entitlement', entitled.id
            FROM billing_entitlement entitled
            JOIN billing_productionline line ON line.entitlement_id = entitled.id
            JOIN billing_productionstatement one ON one.id = line.statement_id
            WHERE entitled.placement_id IS NULL AND entitled.invoice_line_id IS NULL
            GROUP BY entitled.id, one.contract_id, one.number
            HAVING count(*) = (SELECT count(*) FROM subcontracts_sharing_in(
                                   one.contract_id, entitled.month,
                                   (entitled.month + interval '1 month - 1 day')::date))
               AND sum(line.amount) <> entitled.amount
            """,
            """
            SELECT 'own_team_row', spent.id
            FROM billing_ownteamrow spent
            JOIN billing_productionline line ON line.own_team_row_id = spent.id
            JOIN billing_productionstatement one ON one.id = line.statement_id
            GROUP BY spent.id, one.contract_id, one.number, line.month
            HAVING count(*) = (SELECT count(*) FROM subcontracts_sharing_in(
                                   one.contract_id, line.month,
                                   (line.month + interval '1 month - 1 day')::date))
               AND sum(line.amount) <> spent.amount
            """,
            """
            SELECT 'invoiced', entitled.id
            FROM billing_entitlement entitled
            JOIN billing_productionline line ON line.entitlement_id = entitled.id
            JOIN billing_productionstatement one ON one.id = line.statement_id
            WHERE entitled.invoice_line_id IS NOT NULL AND one.status = 'locked'
            GROUP BY entitled.id
            HAVING count(DISTINCT (one.contract_id, one.municipality_id)) > 1
            """,
        ),
    ),
    by_query(
        "AUD-03",
        "A production statement is established by a controller who did not put it forward, and no"
        " subcontractor objected to its part.",
        """
        SELECT 'statement', one.id
        FROM billing_productionstatement one
        WHERE one.status = 'locked' AND (
            one.locked_by_id IS NOT DISTINCT FROM one.proposed_by_id
            OR NOT EXISTS (
                SELECT 1 FROM accounts_membership held
                WHERE held.user_id = one.locked_by_id AND held.role = 'controller'
                  AND held.main_contractor_id = one.main_contractor_id)
            OR EXISTS (
                SELECT 1 FROM billing_productionpart part WHERE part.statement_id = one.id
                  AND (part.state IN ('draft', 'objected') OR part.established_at IS NULL
                       OR (part.state = 'proposed' AND one.unconfirmed_reason = ''))))
        """,
    ),
    by_query(
        "AUD-04",
        "The lines of a production statement are those of which the hash was taken.",
        """
        SELECT 'statement', one.id
        FROM billing_productionstatement one
        LEFT JOIN billing_productionline line ON line.statement_id = one.id
        GROUP BY one.id
        HAVING one.digest <> encode(sha256(convert_to(coalesce(string_agg(
            concat_ws(';', key, to_char(month, 'YYYY-MM'), code, unit,
                coalesce(trim_scale(volume)::text, ''), coalesce(tariff::text, ''),
                line.amount::text),
            chr(10) ORDER BY key), ''), 'UTF8')), 'hex')
        """,
    ),
    Promise(
        "AUD-05",
        "A sample holds the lines that its seed, method and size draw from its statement.",
        _drawn_otherwise,
    ),
)
