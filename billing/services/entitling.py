"""Approved lines become entitlements: after the verdict, in a transaction of its own.

The verdict and its answer go out first; what they are worth follows within seconds. The row that
says so is the declaration, whose `entitled_at` is empty while that waits.
"""

from __future__ import annotations

from typing import Any, Final

from django.db import connection, transaction

from billing.models import Declaration
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.scope import Scope
from subcontracts.models import Subcontractor

# The explanations are those of `rules.pxq.line_amount`, which a test holds. Without a funding line
# it is care of an own team, which is worth nothing here: the join leaves it out. Where messages are
# for steering only, what is declared is worth nothing either.
_DEBITS: Final = """
INSERT INTO billing_entitlement (
    main_contractor_id, provider_organisation_id, subcontractor_id, funding_line_id, form, month,
    product_id, placement_id, declared_line_id, reference, amount, explanation, recorded_at)
SELECT line.main_contractor_id, line.provider_organisation_id, %(subcontractor)s,
    line.funding_line_id, 'pxq', date_trunc('month', line.start_date)::date, line.product_id,
    line.placement_id, line.id, line.reference, line.amount,
    jsonb_build_object('amount', line.amount::text,
        'rule', CASE WHEN line.unit = '83' THEN 'pxq.euro'
            WHEN line.hour_tariff IS NULL THEN 'pxq.unit'
            WHEN funding.parameters ->> 'minutes' IS NULL THEN 'pxq.hour_in_minutes'
            ELSE 'pxq.begun' END,
        'inputs', CASE WHEN line.unit = '83' THEN '[]'::jsonb ELSE jsonb_build_array(
            jsonb_build_array('volume', 'number', line.volume::text),
            jsonb_build_array('unit', 'word', 'unit.' || line.unit),
            jsonb_build_array('tariff', 'euro', coalesce(line.hour_tariff, line.tariff)::text))
            || CASE WHEN line.hour_tariff IS NULL OR funding.parameters ->> 'minutes' IS NULL
                THEN '[]'::jsonb ELSE jsonb_build_array(
                jsonb_build_array('part', 'word', 'minutes.' || (funding.parameters ->> 'minutes')),
                jsonb_build_array('paid', 'number',
                    billing_paid_minutes(line.volume, funding.parameters ->> 'minutes')::text))
                END
        END),
    %(recorded)s
FROM billing_declaredline line
JOIN subcontracts_placement placement ON placement.id = line.placement_id
JOIN subcontracts_fundingline funding ON funding.id = line.funding_line_id
WHERE line.declaration_id = %(declaration)s AND line.is_approved AND NOT line.is_credit
  -- Where it pays what was allocated, the month run records that (`forms.pxq`), and only that.
  AND funding.parameters ->> 'basis' IS DISTINCT FROM 'allocated'
  -- Most have no such agreement: then it is not asked line by line.
  AND NOT (EXISTS (SELECT 1 FROM subcontracts_messagepurpose)
           AND subcontracts_steers(placement.subcontract_id, line.start_date))
ORDER BY line.line
"""
_CREDITS: Final = """
INSERT INTO billing_entitlement (
    main_contractor_id, provider_organisation_id, subcontractor_id, funding_line_id, form, month,
    product_id, placement_id, declared_line_id, reference, amount, explanation, corrects_id,
    recorded_at)
SELECT line.main_contractor_id, line.provider_organisation_id, %(subcontractor)s,
    debited.funding_line_id, 'pxq', debited.month, debited.product_id, debited.placement_id,
    line.id, line.reference, -line.amount,
    jsonb_build_object('rule', 'pxq.credit', 'amount', (-line.amount)::text, 'inputs',
        jsonb_build_array(jsonb_build_array('line', 'text', debited.reference))),
    debited.id, %(recorded)s
FROM billing_declaredline line
JOIN billing_entitlement debited ON debited.declared_line_id = line.credits_id
WHERE line.declaration_id = %(declaration)s AND line.is_approved AND line.is_credit
ORDER BY line.line
"""
# Credits are always full, so that what is left is what was approved and not taken back.
_TOTALS: Final = """
INSERT INTO billing_declaredtotal AS total (
    placement_id, main_contractor_id, provider_organisation_id, hours, others, cents, last_end)
SELECT line.placement_id, line.main_contractor_id, line.provider_organisation_id,
    coalesce(sum(signed * line.volume) FILTER (WHERE line.unit = '04'), 0),
    coalesce(sum(signed * line.volume) FILTER (WHERE line.unit <> '04'), 0),
    sum(signed * line.amount) * 100, max(line.end_date)
FROM billing_declaredline line
CROSS JOIN LATERAL (SELECT CASE WHEN line.is_credit THEN -1 ELSE 1 END AS signed) sign
WHERE line.declaration_id = %(declaration)s AND line.is_approved
GROUP BY line.placement_id, line.main_contractor_id, line.provider_organisation_id
ON CONFLICT (placement_id) DO UPDATE SET
    hours = total.hours + excluded.hours, others = total.others + excluded.others,
    cents = total.cents + excluded.cents, last_end = greatest(total.last_end, excluded.last_end)
"""


@transaction.atomic
def entitle(*, scope: Scope, subcontractor: Subcontractor) -> int:
    """Record the entitlements of everything a subcontractor declared and was granted.

    In the order of receipt, since a credit takes back the entitlement of its debit. The totals of
    their placements move along. Returns the number of declarations; asked again it does nothing.
    """
    Subcontractor.objects.visible_to(scope).select_for_update(of=("self",)).get(pk=subcontractor.pk)
    waiting = list(
        Declaration.objects.visible_to(scope)
        .filter(subcontractor=subcontractor, entitled_at=None)
        .order_by("pk")
    )
    for declaration in waiting:
        _record(scope, declaration)
    return len(waiting)


def _record(scope: Scope, declaration: Declaration) -> None:
    parameters: dict[str, Any] = {
        "subcontractor": declaration.subcontractor_id,
        "declaration": declaration.pk,
        # The right is as old as the verdict, whenever it is written down.
        "recorded": declaration.recorded_at,
    }
    with connection.cursor() as cursor:
        cursor.execute(_DEBITS, parameters)
        recorded = cursor.rowcount
        cursor.execute(_CREDITS, parameters)
        recorded += cursor.rowcount
        cursor.execute(_TOTALS, parameters)
    declaration.entitled_at = scope.at
    declaration.save(update_fields=["entitled_at"])
    audit.record(scope, "declaration.entitled", declaration, lines=recorded)


def waiting(scope: Scope) -> list[Subcontractor]:
    """Subcontractors of whom declarations wait for their entitlements."""
    return list(
        Subcontractor.objects.visible_to(scope)
        .filter(declarations__entitled_at=None, declarations__isnull=False)
        .distinct()
        .order_by("pk")
    )
