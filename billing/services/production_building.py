"""Builds a production statement: its lines as a set, its parts, and its totals with their hash."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext as _

from billing.models import (
    Entitlement,
    OwnTeamReport,
    OwnTeamRow,
    ProductionLine,
    ProductionPart,
    ProductionStatement,
)
from billing.models.entitlements import EntitlementQuerySet
from billing.selectors.invoiced import PLACED
from billing.selectors.production import established_before
from hoofdaannemer.accounts.models import User
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.money import ZERO, split
from hoofdaannemer.core.periods import Month
from hoofdaannemer.core.scope import Scope
from subcontracts.rules.divisions import averaged
from subcontracts.selectors.divisions import steps_of

# What a line says is what the declared line says: the text of `rules.production.text_of`.
_COLUMNS: Final = """
INSERT INTO billing_productionline (
    main_contractor_id, provider_organisation_id, statement_id, part_id, entitlement_id, key, month,
    form, code, name, unit, tariff, is_per_hour, volume, amount, reference, is_correction)
"""
_LINES: Final = f"""
{_COLUMNS}
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
"""  # noqa: S608  # our own text
# What was invoiced without a subcontract, each whole; its number and price are those invoiced.
_PLACED_HERE: Final = f"""
FROM ({PLACED}) placed
JOIN billing_entitlement one ON one.id = placed.entitlement_id
WHERE placed.contract_id = %(contract)s AND placed.municipality_id = %(municipality)s
"""
_INVOICED: Final = f"""
{_COLUMNS}
SELECT one.main_contractor_id, one.provider_organisation_id, part.statement_id, part.id, one.id,
    'R' || lpad(one.id::text, 10, '0'), one.month, one.form, product.code, product.name,
    product.unit, CASE WHEN product.unit <> '83' THEN care.price END, false,
    CASE WHEN product.unit <> '83' THEN CASE
        WHEN NOT given.is_credit THEN given.quantity
        WHEN one.corrects_id IS NOT NULL THEN -care.quantity
        -- At another price it takes back a part of the price, and no unit.
        WHEN given.price = care.price THEN -given.quantity END END,
    one.amount, one.reference, given.is_credit
FROM (SELECT one.* {_PLACED_HERE}) one
JOIN billing_invoiceline given ON given.id = one.invoice_line_id
JOIN billing_invoiceline care ON care.id = coalesce(given.credits_id, given.id)
JOIN subcontracts_product product ON product.id = one.product_id
JOIN billing_productionpart part
    ON part.statement_id = %(statement)s AND part.subcontractor_id = one.subcontractor_id
"""  # noqa: S608  # our own text
_INVOICED_KEYS: Final = f"""
SELECT one.id, one.subcontractor_id, one.provider_organisation_id {_PLACED_HERE}
"""  # our own text
_PARTS: Final = """
UPDATE billing_productionpart part SET amount = found.amount, corrected = found.corrected,
    line_count = found.lines
FROM (SELECT part_id, sum(amount) AS amount, count(*) AS lines,
        coalesce(sum(amount) FILTER (WHERE is_correction), 0) AS corrected
    FROM billing_productionline WHERE statement_id = %(statement)s GROUP BY part_id) found
WHERE found.part_id = part.id
"""
_FOR_NOBODY: Final = Q(entitlement=None) | Q(
    entitlement__placement=None, entitlement__invoice_line=None
)
_TOTALS: Final = """
SELECT count(*), coalesce(sum(amount), 0), coalesce(sum(amount) FILTER (WHERE is_correction), 0),
    encode(sha256(convert_to(coalesce(string_agg(
        concat_ws(';', key, to_char(month, 'YYYY-MM'), code, unit,
            coalesce(trim_scale(volume)::text, ''), coalesce(tariff::text, ''), amount::text),
        chr(10) ORDER BY key), ''), 'UTF8')), 'hex')
FROM billing_productionline WHERE statement_id = %(statement)s
"""


@dataclass(frozen=True, slots=True)
class Shared:
    """What is for no client, with the share of the statement's municipality in euros."""

    of: Entitlement | OwnTeamRow
    subcontractor: int
    amount: Decimal

    @property
    def key(self) -> str:
        """As the line is named in each version."""
        return f"{'R' if isinstance(self.of, Entitlement) else 'O'}{self.of.pk:010d}"


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
    shared = _shared(scope, row)
    parts = _parts(scope, row, shared)
    with connection.cursor() as cursor:
        cursor.execute(_LINES, _parameters(row))
        cursor.execute(_INVOICED, _parameters(row))
    ProductionLine.objects.bulk_create(
        _shared_line(row, parts[one.subcontractor], one) for one in shared
    )
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


def _invoiced(row: ProductionStatement) -> list[tuple[int, int, int]]:
    """Keys of what was invoiced for it: entitlement, subcontractor and organisation."""
    with connection.cursor() as cursor:
        cursor.execute(_INVOICED_KEYS, _parameters(row))
        return list(cursor.fetchall())


def _shared(scope: Scope, row: ProductionStatement) -> list[Shared]:
    """What is for no client, with this municipality's share: shares add up to the cent."""
    of_month = _Shares(row)
    entitled = _of_year(scope, row).filter(placement=None).select_related("product").order_by("pk")
    return [
        *(
            Shared(one, one.subcontractor_id, part)
            for one in entitled
            if (part := of_month.of(one.amount, one.month)) is not None
        ),
        *(
            Shared(one, one.report.subcontractor_id, part)
            for one in _own_care(scope, row)
            if (part := of_month.of(one.amount, one.report.month)) is not None
        ),
    ]


class _Shares:
    """The part of one municipality in amounts of a month, by the shares of that month."""

    def __init__(self, row: ProductionStatement) -> None:
        self._steps = steps_of(row.contract)
        parts = row.contract.municipalities.values_list("pk", "municipality", "municipality__code")
        self._codes = {pk: code for pk, _municipality, code in parts}
        self._own = next(pk for pk, town, _code in parts if town == row.municipality_id)

    def of(self, amount: Decimal, month: date) -> Decimal | None:
        """Euros, to the cent with those of the others; None where it took no part that month."""
        percents = averaged(self._steps, Month.of(month).period)
        if self._own not in percents:
            return None
        taking = sorted(percents, key=lambda pk: self._codes[pk])
        parts = split(amount, [percents[pk] for pk in taking])
        return parts[taking.index(self._own)]


def _own_care(scope: Scope, row: ProductionStatement) -> Iterable[OwnTeamRow]:
    """What own teams spent on care under the contract, of the reports that count now."""
    reports = (
        OwnTeamReport.objects.visible_to(scope)
        .counting()
        .filter(contract=row.contract_id, month__range=(date(row.year, 1, 1), row.last_month))
    )
    rows = OwnTeamRow.objects.visible_to(scope).filter(
        report__in=reports, kind__in=ProductionLine.OWN_CARE
    )
    return rows.select_related("report").order_by("pk")


def _parts(
    scope: Scope, row: ProductionStatement, shared: Iterable[Shared]
) -> dict[int, ProductionPart]:
    """A part for every subcontractor with something in it, by its key."""
    pairs = set(
        _of_municipality(scope, row)
        .order_by()
        .values_list("subcontractor", "provider_organisation")
        .distinct()
    )
    pairs |= {(subcontractor, provider) for _key, subcontractor, provider in _invoiced(row)}
    pairs |= {(one.subcontractor, one.of.provider_organisation_id) for one in shared}
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


def _shared_line(row: ProductionStatement, part: ProductionPart, one: Shared) -> ProductionLine:
    of = one.of
    made = ProductionLine(
        main_contractor_id=row.main_contractor_id,
        provider_organisation_id=of.provider_organisation_id,
        statement=row,
        part=part,
        key=one.key,
        amount=one.amount,
    )
    if isinstance(of, OwnTeamRow):
        made.own_team_row, made.month = of, of.report.month
        made.form = ProductionLine.OWN_CARE[OwnTeamRow.Kind(of.kind)]
        made.reference = of.description[:60]
        return made
    made.entitlement, made.month, made.form = of, of.month, of.form
    if of.product:
        made.code, made.name = of.product.code, of.product.name
    made.reference, made.is_correction = of.reference, of.corrects_id is not None
    return made


def check_fresh(scope: Scope, row: ProductionStatement) -> None:
    """Raises RuleError BIL-183 where something came in since it was built.

    Entitlements are only added, so that what is not in it came later. A report of an own team may
    be replaced, and a client may have moved before what was invoiced for it was established.
    """
    lines = ProductionLine.objects.filter(statement=row)
    came = _of_municipality(scope, row).exclude(
        pk__in=lines.exclude(entitlement=None).values("entitlement")
    )
    invoiced = lines.filter(form=Entitlement.INVOICE).values_list("entitlement", flat=True)
    for_nobody = lines.filter(_FOR_NOBODY).values_list("key", "amount")
    if (
        came.exists()
        or set(invoiced) != {key for key, _subcontractor, _provider in _invoiced(row)}
        or dict(for_nobody) != {one.key: one.amount for one in _shared(scope, row)}
    ):
        raise RuleError(
            "BIL-183", _("Amounts came in since this was built. Take it back and build it again.")
        )
