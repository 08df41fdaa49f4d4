"""Care that was invoiced without a subcontract: the task and municipality to which it belongs.

An indication that rests on an allocation belongs to its contract and municipality. One that does
not belongs to the client's municipality, under the contract of its law that was in force when the
care began. What was established in a production statement stays where it stands, also after the
client has moved, and a credit goes with what it takes back.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Final

from django.db.models import QuerySet, Sum
from django.db.models.expressions import RawSQL

from billing.models import Entitlement
from hoofdaannemer.core.scope import Scope
from subcontracts.models import MunicipalContract

#: Entitlements of invoices from one month through another, each with its one contract and
#: municipality, and the line of care that it is about: of a credit the line that is taken back.
PLACED: Final = """
SELECT one.id AS entitlement_id, care.id AS line_id, care.indication_id, place.contract_id,
    place.municipality_id
FROM billing_entitlement one
JOIN billing_invoiceline given ON given.id = one.invoice_line_id
JOIN billing_invoiceline care ON care.id = coalesce(given.credits_id, given.id)
JOIN billing_indication indication ON indication.id = care.indication_id
JOIN subcontracts_product product ON product.id = indication.product_id
JOIN subcontracts_client client ON client.id = indication.client_id
LEFT JOIN subcontracts_allocation allocation ON allocation.id = indication.allocation_id
LEFT JOIN LATERAL (
    SELECT stated.contract_id, stated.municipality_id
    FROM billing_productionline line
    JOIN billing_productionstatement stated ON stated.id = line.statement_id
    WHERE line.entitlement_id IN (one.id, one.corrects_id, one.corrects_part_id)
      AND stated.status = 'locked'
    ORDER BY stated.id LIMIT 1) stood ON true
LEFT JOIN LATERAL (
    SELECT contract.id AS contract_id
    FROM subcontracts_municipalcontract contract
    JOIN subcontracts_contractmunicipality taking ON taking.contract_id = contract.id
        AND taking.municipality_id = client.municipality_id
    WHERE contract.main_contractor_id = one.main_contractor_id AND contract.family = product.family
      AND contract.start_date <= care.start_date
      AND (contract.end_date IS NULL OR contract.end_date >= care.start_date)
      AND subcontracts_share(contract.id, taking.municipality_id, care.start_date) IS NOT NULL
    ORDER BY contract.start_date DESC, contract.id LIMIT 1) running ON true
CROSS JOIN LATERAL (SELECT
    coalesce(allocation.municipal_contract_id, stood.contract_id, running.contract_id)
        AS contract_id,
    coalesce(allocation.municipality_id, stood.municipality_id, client.municipality_id)
        AS municipality_id) place
WHERE one.main_contractor_id = %(main)s AND one.form = 'invoice'
  AND one.month BETWEEN %(first)s AND %(last)s
"""
#: Of corrections alone: those whose contract's year was settled with municipalities before, and not
#: again since.
_SETTLED_CORRECTIONS: Final = f"""
SELECT entry.id FROM billing_entitlement entry
CROSS JOIN LATERAL ({
    PLACED % {"main": "entry.main_contractor_id", "first": "entry.month", "last": "entry.month"}
}) placed
WHERE entry.form = 'invoice'
  AND (entry.corrects_id IS NOT NULL OR entry.corrects_part_id IS NOT NULL)
  AND placed.entitlement_id = entry.id
  AND (SELECT max(settled.locked_at) FROM billing_upwardsettlement settled
      WHERE settled.contract_id = placed.contract_id AND settled.status = 'locked'
        AND settled.year = extract(year FROM entry.month)) < entry.recorded_at
"""  # noqa: S608  # our own text
_IN_ORDER: Final = PLACED % {"main": "%s", "first": "%s", "last": "%s"}
_OF_CONTRACT: Final = f"SELECT entitlement_id FROM ({_IN_ORDER}) placed WHERE contract_id = %s"  # noqa: S608  # our own text


def settled_corrections() -> RawSQL:
    """Keys of corrections of what was invoiced that came after the settlement of their year."""
    return RawSQL(_SETTLED_CORRECTIONS, ())  # noqa: S611  # our own text, asked without parameters


def invoiced_under(
    scope: Scope, contract: MunicipalContract, year: int
) -> list[tuple[str, Decimal]]:
    """Party and euros of a year, by name."""
    rows = (
        _of(scope, contract, year)
        .order_by()
        .values_list("provider_organisation__name")
        .annotate(total=Sum("amount"))
    )
    return sorted((name, total) for name, total in rows if total)


def invoiced_by_month(scope: Scope, contract: MunicipalContract, year: int) -> dict[date, Decimal]:
    """Euros by the first day of the month of care."""
    rows = _of(scope, contract, year).order_by().values_list("month").annotate(total=Sum("amount"))
    return dict(rows)


def _of(scope: Scope, contract: MunicipalContract, year: int) -> QuerySet[Entitlement]:
    asked = (contract.main_contractor_id, date(year, 1, 1), date(year, 12, 1), contract.pk)
    # Our own text; what is asked goes along as parameters.
    return Entitlement.objects.visible_to(scope).filter(pk__in=RawSQL(_OF_CONTRACT, asked))  # noqa: S611
