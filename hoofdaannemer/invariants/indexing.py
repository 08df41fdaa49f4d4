"""Promises about indexation: nothing twice, and every new amount is what the rules make of it."""

from __future__ import annotations

from collections.abc import Iterator

from hoofdaannemer.invariants.promises import Promise, by_queries, by_query
from subcontracts.models import IndexPercent, IndexRoundLine
from subcontracts.rules import indexing as rules
from subcontracts.rules.index_lines import LeftOut


def _calculated_otherwise() -> Iterator[str]:
    """Percentages and new amounts that the figures do not give."""
    percents = IndexPercent.objects.select_related("terms").order_by("pk")
    for row in percents:
        figures = rules.from_stored(row.figures)
        outcome = rules.percentage(row.terms.as_rules, figures, corrects=row.corrects)
        if outcome.percent != row.percent:
            yield f"percentage {row.pk} is {row.percent}, figures give {outcome.percent}"
    taking_part = IndexRoundLine.objects.filter(left_out__in=["", LeftOut.TAKEN_OUT])
    for line in taking_part.select_related("basis__terms").order_by("pk"):
        if line.basis is None:
            continue
        decimals = line.basis.terms.amount_decimals if line.product_id else rules.CENTS
        new = rules.indexed(line.old_amount, line.basis.percent, decimals)
        if new != line.new_amount:
            yield f"line {line.pk} becomes {line.new_amount}, the percentage gives {new}"


PROMISES: tuple[Promise, ...] = (
    by_queries(
        "IND-01",
        "No tariff, no amount of a funding line and no ceiling is indexed twice in a year.",
        (
            """
            SELECT 'subcontract', subcontract_id, 'product', product_id, year
            FROM subcontracts_indexroundline WHERE is_applied AND product_id IS NOT NULL
            GROUP BY subcontract_id, product_id, year HAVING count(*) > 1
            """,
            """
            SELECT 'funding line', origin_id, year
            FROM subcontracts_indexroundline WHERE is_applied AND origin_id IS NOT NULL
            GROUP BY origin_id, year HAVING count(*) > 1
            """,
            """
            SELECT 'ceiling', subcontract_id, year
            FROM subcontracts_indexroundline WHERE is_applied AND is_ceiling
            GROUP BY subcontract_id, year HAVING count(*) > 1
            """,
        ),
    ),
    Promise(
        "IND-02",
        "Percentages and new amounts of a round are what its figures and terms give.",
        _calculated_otherwise,
    ),
    by_queries(
        "IND-03",
        "A decided round's amounts begin on its day, and the ones before ended the day before.",
        (
            """
            SELECT 'line', line.id, 'tariff', new.id
            FROM subcontracts_indexroundline line
            JOIN subcontracts_indexround round ON round.id = line.round_id
            JOIN subcontracts_tariff new ON new.id = line.new_tariff_id
            JOIN subcontracts_tariff old ON old.id = line.tariff_id
            WHERE line.is_applied AND (round.status <> 'decided'
                OR new.start_date <> round.effective_date
                OR old.end_date IS DISTINCT FROM round.effective_date - 1
                OR new.amount <> line.new_amount OR old.amount <> line.old_amount)
            """,
            """
            SELECT 'line', line.id, 'funding line', new.id
            FROM subcontracts_indexroundline line
            JOIN subcontracts_indexround round ON round.id = line.round_id
            JOIN subcontracts_fundingline new ON new.id = line.new_line_id
            JOIN subcontracts_fundingline old ON old.id = line.funding_line_id
            WHERE line.is_applied AND (round.status <> 'decided'
                OR new.start_date <> round.effective_date
                OR old.end_date IS DISTINCT FROM round.effective_date - 1
                OR (new.parameters ->> 'price')::numeric <> line.new_amount
                OR (old.parameters ->> 'price')::numeric <> line.old_amount)
            """,
            """
            SELECT 'line', line.id, 'ceiling', new.id
            FROM subcontracts_indexroundline line
            JOIN subcontracts_indexround round ON round.id = line.round_id
            JOIN subcontracts_contractceiling new ON new.id = line.new_ceiling_id
            LEFT JOIN subcontracts_contractceiling old ON old.id = line.ceiling_id
            WHERE line.is_applied AND (round.status <> 'decided' OR NOT round.has_ceilings
                OR new.start_date <> round.effective_date
                OR new.subcontract_id <> line.subcontract_id
                OR old.subcontract_id IS DISTINCT FROM line.subcontract_id
                OR new.amount <> line.new_amount OR old.amount <> line.old_amount)
            """,
        ),
    ),
    by_query(
        "IND-04",
        "Weights of an index scheme are 100 percent together.",
        """
        SELECT 'terms', terms.id, sum(weight.weight)
        FROM subcontracts_indexterms terms
        LEFT JOIN subcontracts_indexweight weight ON weight.terms_id = terms.id
        GROUP BY terms.id HAVING sum(weight.weight) IS DISTINCT FROM 100
        """,
    ),
    by_query(
        "IND-05",
        "An index letter is what was issued, and every contract that was indexed has one.",
        """
        SELECT 'letter', letter.id FROM subcontracts_indexletter letter
        WHERE encode(sha256(letter.pdf), 'hex') <> letter.pdf_digest
        UNION ALL
        SELECT 'line without letter', min(line.id) FROM subcontracts_indexroundline line
        WHERE line.is_applied AND NOT EXISTS (
            SELECT 1 FROM subcontracts_indexletter letter
            WHERE letter.round_id = line.round_id AND letter.subcontract_id = line.subcontract_id
              AND letter.withdrawn_at IS NULL)
        HAVING count(*) > 0
        """,
    ),
)
