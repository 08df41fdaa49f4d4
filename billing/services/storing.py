"""What was judged, from the temporary tables into the real ones: three statements a declaration."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.db import connection

from billing.models import Declaration, DeclaredLine, WorkerShare
from billing.services.judging import FACTS

# A credit frees the place of its debit before a second debit takes it.
_CREDITED: Final = """
UPDATE billing_declaredline line SET is_credited = true
FROM billing_judged judged
WHERE judged.is_credit AND judged.debit_id = line.id
  AND NOT EXISTS (SELECT 1 FROM billing_found found WHERE found.line = judged.line)
"""
_LINES: Final = """
INSERT INTO billing_declaredline (
    main_contractor_id, provider_organisation_id, declaration_id, family, line, placement_id,
    client_id, product_id, number, reference, previous_reference, category, code, start_date,
    end_date, volume, unit, tariff, amount, is_credit, is_approved, credits_id, is_credited)
SELECT %(main)s, %(provider)s, %(declaration)s, %(family)s, j.line, j.placement_id,
    CASE WHEN j.placement_id IS NOT NULL THEN j.client_id END, j.product_id, j.number, j.reference,
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
# The explanations are those of `rules.pxq.line_amount`, which a test holds.
_ENTITLEMENTS: Final = """
INSERT INTO billing_entitlement (
    main_contractor_id, provider_organisation_id, subcontractor_id, funding_line_id, form, month,
    product_id, placement_id, declared_line_id, reference, amount, explanation, corrects_id,
    recorded_at)
SELECT %(main)s, %(provider)s, %(subcontractor)s, j.funding_line_id, 'pxq',
    date_trunc('month', j.start_date)::date, j.product_id, j.placement_id, stored.id, j.reference,
    stored.amount, jsonb_build_object('amount', stored.amount::text,
        'rule', CASE WHEN j.unit = '83' THEN 'pxq.euro'
            WHEN j.unit = '01' AND j.price_unit = '04' THEN 'pxq.hour_in_minutes'
            ELSE 'pxq.unit' END,
        'inputs', CASE WHEN j.unit = '83' THEN '[]'::jsonb ELSE jsonb_build_array(
            jsonb_build_array('volume', 'number', j.volume::text),
            jsonb_build_array('unit', 'word', 'unit.' || j.unit),
            jsonb_build_array('tariff', 'euro', CASE WHEN j.unit = '01' AND j.price_unit = '04'
                THEN j.price::text ELSE (j.tariff / 100.0)::numeric(12, 2)::text END)) END),
    NULL, %(at)s
FROM billing_judged j
JOIN billing_declaredline stored ON stored.declaration_id = %(declaration)s
    AND stored.line = j.line AND stored.is_approved AND NOT stored.is_credit
WHERE j.funding_line_id IS NOT NULL
UNION ALL
SELECT %(main)s, %(provider)s, %(subcontractor)s, debited.funding_line_id, 'pxq', debited.month,
    debited.product_id, debited.placement_id, stored.id, stored.reference, -stored.amount,
    jsonb_build_object('rule', 'pxq.credit', 'amount', (-stored.amount)::text, 'inputs',
        jsonb_build_array(jsonb_build_array('line', 'text', debited.reference))),
    debited.id, %(at)s
FROM billing_declaredline stored
JOIN billing_entitlement debited ON debited.declared_line_id = stored.credits_id
WHERE stored.declaration_id = %(declaration)s AND stored.is_approved AND stored.is_credit
"""


def store(declaration: Declaration) -> None:
    """Store lines, findings and entitlements of what `judging.judge` left behind."""
    parameters: dict[str, Any] = {
        "main": declaration.main_contractor_id,
        "provider": declaration.provider_organisation_id,
        "subcontractor": declaration.subcontractor_id,
        "declaration": declaration.pk,
        "family": declaration.family,
        "at": declaration.recorded_at,
    }
    with connection.cursor() as cursor:
        cursor.execute(_CREDITED)
        cursor.execute(_LINES, parameters)
        if declaration.rejected_count:
            cursor.execute(_FINDINGS, parameters)
        if declaration.rejected_count < declaration.line_count:
            cursor.execute(_ENTITLEMENTS, parameters)


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
