"""What was judged, from the temporary tables into the real ones, in three statements."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.db import connection

from billing.models import Declaration, DeclaredLine, WorkerShare
from billing.services.judging import BY_HASH, BY_PROBE, FACTS

# A credit frees the place of its debit before a second debit takes it. An array, and not a join,
# which would read the whole history.
_CREDITED: Final = """
UPDATE billing_declaredline SET is_credited = true
WHERE id = ANY(ARRAY(
    SELECT judged.debit_id FROM billing_judged judged
    WHERE judged.is_credit AND judged.debit_id IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM billing_found found WHERE found.line = judged.line)))
"""
_LINES: Final = """
INSERT INTO billing_declaredline (
    main_contractor_id, provider_organisation_id, declaration_id, family, line, placement_id,
    client_id, product_id, funding_line_id, hour_tariff, number, reference, previous_reference,
    category, code, start_date, end_date, volume, unit, tariff, amount, is_credit, is_approved,
    credits_id, is_credited)
SELECT %(main)s, %(provider)s, %(declaration)s, %(family)s, j.line, j.placement_id,
    CASE WHEN j.placement_id IS NOT NULL THEN j.client_id END, j.product_id, j.funding_line_id,
    CASE WHEN j.unit = '01' AND j.price_unit = '04' THEN j.price END, j.number, j.reference,
    j.previous_reference, j.category, j.code, j.start_date, j.end_date, j.volume, j.unit,
    j.tariff / 100.0, j.amount / 100.0, j.is_credit, bad.line IS NULL,
    CASE WHEN bad.line IS NULL THEN j.debit_id END, false
FROM billing_judged j
LEFT JOIN (SELECT DISTINCT line FROM billing_found) bad ON bad.line = j.line
ORDER BY j.line
"""
_FINDINGS: Final = f"""
INSERT INTO billing_linefinding (
    main_contractor_id, provider_organisation_id, declared_line_id, rule, facts)
SELECT %(main)s, %(provider)s, stored.id, told.rule, told.facts
FROM ({FACTS}) told
JOIN billing_declaredline stored ON stored.declaration_id = %(declaration)s
    AND stored.line = told.line
"""  # noqa: S608  constant text


def store(declaration: Declaration) -> None:
    """Store lines and findings of what `judging.judge` left behind."""
    parameters: dict[str, Any] = {
        "main": declaration.main_contractor_id,
        "provider": declaration.provider_organisation_id,
        "declaration": declaration.pk,
        "family": declaration.family,
    }
    with connection.cursor() as cursor:
        cursor.execute(_CREDITED)
        cursor.execute(_LINES, parameters)
        if declaration.rejected_count:
            # Else each of thousands of lines would look through all findings.
            cursor.execute(BY_HASH)
            cursor.execute(_FINDINGS, parameters)
            cursor.execute(BY_PROBE)


def store_workers(declaration: Declaration, by_line: Mapping[int, Mapping[int, int]]) -> None:
    """Store volume per professional (ids) of lines, by their place in the document."""
    if not by_line:
        return
    stored = dict(
        DeclaredLine.objects.filter(declaration=declaration, line__in=by_line).values_list(
            "line", "pk"
        )
    )
    WorkerShare.objects.bulk_create(
        WorkerShare(
            main_contractor_id=declaration.main_contractor_id,
            provider_organisation_id=declaration.provider_organisation_id,
            declared_line_id=stored[line],
            professional_id=professional,
            volume=volume,
        )
        for line, shares in by_line.items()
        for professional, volume in shares.items()
        if volume
    )
