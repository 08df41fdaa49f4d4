"""Builds a production statement: its lines as a set, its parts, and its totals with their hash."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.db import connection
from django.utils.translation import gettext as _

from billing.models import Entitlement, ProductionLine, ProductionPart, ProductionStatement
from billing.models.entitlements import EntitlementQuerySet
from billing.selectors.production import established_before
from hoofdaannemer.accounts.models import User
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.money import ZERO, split
from hoofdaannemer.core.scope import Scope

# What a line says is what the declared line says: the text of `rules.production.text_of`.
_LINES: Final = """
INSERT INTO billing_productionline (
    main_contractor_id, provider_organisation_id, statement_id, part_id, entitlement_id, key, month,
    form, code, name, unit, tariff, is_per_hour, volume, amount, reference, is_correction)
SELECT one.main_contractor_id, one.provider_organisation_id, part.statement_id, part.id, one.id,
    'R' || lpad(one.id::text, 10, '0'), one.month, one.form, product.code, product.name,
    coalesce(declared.unit, ''), coalesce(declared.hour_tariff, declared.tariff),
    declared.hour_tariff IS NOT NULL,
    CASE WHEN declared.unit <> '83' THEN
        CASE WHEN declared.is_credit THEN -declared.volume ELSE declared.volume END END,
    one.amount, one.reference, one.corrects_id IS NOT NULL
FROM billing_entitlement one
JOIN subcontracts_fundingline line ON line.id = one.funding_line_id
JOIN subcontracts_subcontract below ON below.id = line.subcontract_id
JOIN subcontracts_placement placement ON placement.id = one.placement_id
JOIN subcontracts_allocation allocation ON allocation.id = placement.allocation_id
JOIN subcontracts_product product ON product.id = coalesce(one.product_id, placement.product_id)
JOIN billing_productionpart part
    ON part.statement_id = %(statement)s AND part.subcontractor_id = one.subcontractor_id
LEFT JOIN billing_declaredline declared ON declared.id = one.declared_line_id
WHERE one.main_contractor_id = %(main)s AND one.month BETWEEN %(first)s AND %(last)s
  AND below.municipal_contract_id = %(contract)s AND allocation.municipality_id = %(municipality)s
"""
_PARTS: Final = """
UPDATE billing_productionpart part SET amount = found.amount, corrected = found.corrected,
    line_count = found.lines
FROM (SELECT part_id, sum(amount) AS amount, count(*) AS lines,
        coalesce(sum(amount) FILTER (WHERE is_correction), 0) AS corrected
    FROM billing_productionline WHERE statement_id = %(statement)s GROUP BY part_id) found
WHERE found.part_id = part.id
"""
_TOTALS: Final = """
SELECT count(*), coalesce(sum(amount), 0), coalesce(sum(amount) FILTER (WHERE is_correction), 0),
    encode(sha256(convert_to(coalesce(string_agg(
        concat_ws(';', key, to_char(month, 'YYYY-MM'), code, unit, coalesce(volume::text, ''),
            coalesce(tariff::text, ''), amount::text),
        chr(10) ORDER BY key), ''), 'UTF8')), 'hex')
FROM billing_productionline WHERE statement_id = %(statement)s
"""


def build(scope: Scope, row: ProductionStatement) -> None:
    """Lines, parts and totals from what is known now; the row is saved with them."""
    row.built_at, row.before = scope.at, established_before(row)
    row.built_by = User.objects.filter(pk=scope.user_id).first()
    row.proposed_by, row.proposed_at = None, None
    row.amount = row.corrected = ZERO
    row.line_count, row.digest = 0, ""
    row.save()
    row.lines.all().delete()
    row.parts.all().delete()
    shared = list(_shared(scope, row))
    parts = _parts(scope, row, shared)
    with connection.cursor() as cursor:
        cursor.execute(_LINES, _parameters(row))
    ProductionLine.objects.bulk_create(_shared_line(row, parts, *one) for one in shared)
    with connection.cursor() as cursor:
        cursor.execute(_PARTS, {"statement": row.pk})
        cursor.execute(_TOTALS, {"statement": row.pk})
        row.line_count, row.amount, row.corrected, row.digest = cursor.fetchone()
    row.save()


def _parameters(row: ProductionStatement) -> dict[str, Any]:
    return {
        "statement": row.pk,
        "main": row.main_contractor_id,
        "contract": row.contract_id,
        "municipality": row.municipality_id,
        "first": date(row.year, 1, 1),
        "last": row.last_month,
    }


def _of_year(scope: Scope, row: ProductionStatement) -> EntitlementQuerySet:
    found: EntitlementQuerySet = Entitlement.objects.visible_to(scope).filter(
        main_contractor=row.main_contractor_id,
        funding_line__subcontract__municipal_contract=row.contract_id,
        month__range=(date(row.year, 1, 1), row.last_month),
    )
    return found


def _of_municipality(scope: Scope, row: ProductionStatement) -> EntitlementQuerySet:
    found: EntitlementQuerySet = _of_year(scope, row).filter(
        placement__allocation__municipality=row.municipality_id
    )
    return found


def _shared(scope: Scope, row: ProductionStatement) -> Iterable[tuple[Entitlement, Decimal]]:
    """What is for no client, with this municipality's share: shares add up to the cent."""
    shares = list(
        row.contract.municipalities.order_by("municipality__code").values_list(
            "municipality", "share"
        )
    )
    place = [municipality for municipality, _share in shares].index(row.municipality_id)
    weights = [share for _municipality, share in shares]
    rows = _of_year(scope, row).filter(placement=None).select_related("product").order_by("pk")
    return [(one, split(one.amount, weights)[place]) for one in rows]


def _parts(
    scope: Scope, row: ProductionStatement, shared: Iterable[tuple[Entitlement, Decimal]]
) -> dict[int, ProductionPart]:
    """A part for every subcontractor with something in it, by its key."""
    pairs = set(
        _of_municipality(scope, row)
        .order_by()
        .values_list("subcontractor", "provider_organisation")
        .distinct()
    ) | {(one.subcontractor_id, one.provider_organisation_id) for one, _amount in shared}
    made = ProductionPart.objects.bulk_create(
        ProductionPart(
            main_contractor_id=row.main_contractor_id,
            provider_organisation_id=provider,
            statement=row,
            subcontractor_id=subcontractor,
            municipality_id=row.municipality_id,
            contract_name=row.contract_name,
            year=row.year,
            last_month=row.last_month,
            number=row.number,
            amount=ZERO,
            corrected=ZERO,
            line_count=0,
        )
        for subcontractor, provider in sorted(pairs)
    )
    return {one.subcontractor_id: one for one in made}


def _shared_line(
    row: ProductionStatement,
    parts: dict[int, ProductionPart],
    one: Entitlement,
    amount: Decimal,
) -> ProductionLine:
    return ProductionLine(
        main_contractor_id=row.main_contractor_id,
        provider_organisation_id=one.provider_organisation_id,
        statement=row,
        part=parts[one.subcontractor_id],
        entitlement=one,
        key=f"R{one.pk:010d}",
        month=one.month,
        form=one.form,
        code=one.product.code if one.product else "",
        name=one.product.name if one.product else "",
        amount=amount,
        reference=one.reference,
        is_correction=one.corrects_id is not None,
    )


def check_fresh(scope: Scope, row: ProductionStatement) -> None:
    """Raises RuleError BIL-183 where something came in since it was built.

    Entitlements are only added, so that what is not in it came later.
    """
    known = ProductionLine.objects.filter(statement=row).values("entitlement")
    if _of_municipality(scope, row).exclude(pk__in=known).exists():
        raise RuleError(
            "BIL-183", _("Amounts came in since this was built. Take it back and build it again.")
        )
    shared = dict(_shared(scope, row))
    lines = ProductionLine.objects.filter(statement=row, entitlement__placement=None)
    if dict(lines.values_list("entitlement", "amount")) != {
        one.pk: amount for one, amount in shared.items()
    }:
        raise RuleError(
            "BIL-183", _("Amounts came in since this was built. Take it back and build it again.")
        )
