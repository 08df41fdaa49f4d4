"""The figures of the quarter's report of one municipal contract, per municipality and product.

And per municipality and provider, where the contract shows figures of subcontractors.

Source: domain description, section 6 (hours, cost, clients, waiting times, deployed FTE).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Q

from hoofdaannemer.accountability.definitions import quarter_sql
from hoofdaannemer.accountability.definitions.model import Snapshot
from hoofdaannemer.accountability.definitions.quarter_providers import (
    listed,
    named,
)
from hoofdaannemer.accountability.definitions.quarter_tables import (
    MONTHS,
    POLICY,
    Flow,
    Maker,
    Place,
    Shares,
    Spent,
    capacity,
    grid,
    people,
)
from hoofdaannemer.accountability.disclosure import TOTAL, Table
from hoofdaannemer.accounts.models import Municipality
from hoofdaannemer.core.money import round_cents
from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.planning import joining_sets
from subcontracts.models import (
    ContractMunicipality,
    ContractProduct,
    MunicipalContract,
    Product,
)
from subcontracts.rules.divisions import averaged
from subcontracts.rules.visibility import Visibility
from subcontracts.selectors.divisions import steps_of
from subcontracts.selectors.visibility import shown_on

Counts = tuple[Mapping[Place, Flow], Mapping[Place, Spent]]
"""What was counted and spent, by cell."""


def exact(contract: MunicipalContract, period: Period, as_known_on: datetime) -> Snapshot:
    """The exact figures, from what was recorded up to the moment.

    Of subcontractors as much as the contract shows on the last day of the period.
    """
    given = {
        "owner": contract.main_contractor_id,
        "contract": contract.pk,
        "start": period.start,
        "end": period.end,
        "moment": as_known_on,
        "largest": max(number for number, _share in POLICY.dominance),
    }
    visibility = shown_on(contract, period.end or period.start, as_known_on)
    with joining_sets():
        of_products = _counts(quarter_sql.CARE, quarter_sql.MONEY, given)
        of_providers = (
            _counts(quarter_sql.CARE_BY_PROVIDER, quarter_sql.MONEY_BY_PROVIDER, given)
            if visibility is Visibility.FIGURES
            else None
        )
        fte = [number for (number,) in _rows(quarter_sql.FTE, given)]
        fixed_sums = [amount for (amount,) in _rows(quarter_sql.FIXED_SUMS, given)]
    taking = averaged(steps_of(contract, as_known_on), period)
    labels = _labels(contract, period, taking, {*of_products[0], *of_products[1]})
    work = listed(contract, period) if visibility.shows(Visibility.LIST) else ()
    if of_providers is not None:
        seen = {provider for places in of_providers for _m, provider in places}
        labels["subcontractor"] = named(work, seen - {TOTAL})
    fixed = (
        ("contract", contract.number),
        ("period", f"{period.start.year}-Q{(period.start.month + 2) // 3}"),
    )
    tables = _tables(labels, of_products, of_providers, fixed)
    return Snapshot((*tables, capacity(fte, fixed_sums, fixed)), labels, visibility, work)


def _tables(
    labels: Mapping[str, Mapping[str, str]],
    of_products: Counts,
    of_providers: Counts | None,
    fixed: tuple[tuple[str, str], ...],
) -> list[Table]:
    """By product; and by provider where that was counted."""
    counted = {"product": of_products}
    if of_providers is not None:
        flows, spent = of_providers
        # Who left a provider is not told.
        there = {place: replace(one, departed=0) for place, one in flows.items()}
        counted["subcontractor"] = there, spent
    clients = people([(grid(labels, name), flows) for name, (flows, _spent) in counted.items()])
    made = {
        name: Maker(grid(labels, name), clients, *of, fixed, shows_providers=len(counted) > 1)
        for name, of in counted.items()
    }
    tables = [made["product"].care(), made["product"].entered(), made["product"].left()]
    if by := made.get("subcontractor"):
        tables += [by.by_provider(), by.entered_there()]
    return tables


def is_quarter(period: Period) -> bool:
    """Quarters only: two reports over days that overlap would give each other's figures away."""
    return (
        period.end is not None
        and period.start.day == 1
        and period.start.month % MONTHS == 1
        and [*period.months()][-1].last == period.end
        and len([*period.months()]) == MONTHS
    )


def _rows(query: str, given: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, given)
        return list(cursor.fetchall())


def _counts(care: str, money: str, given: Mapping[str, Any]) -> Counts:
    flows = {(m, o): Flow(*rest) for m, o, *rest in _rows(care, given)}
    spent = {(m, o): _spent(rest) for m, o, *rest in _rows(money, given)}
    return flows, _added_up(spent)


def _spent(row: Sequence[Any]) -> Spent:
    minutes, amount, *by_client, by_provider = row
    by_time, hours, most_hours, by_amount, euros, most_euros = by_client
    return Spent(
        _hours(minutes),
        amount,
        Shares(by_time, hours, tuple(most_hours)),
        Shares(by_amount, euros, tuple(most_euros)),
        tuple(by_provider),
    )


def _hours(minutes: Decimal) -> Decimal:
    return round_cents(Decimal(minutes) / 60)


def _added_up(spent: Mapping[Place, Spent]) -> dict[Place, Spent]:
    """Hours are rounded per cell; totals add rounded hours, so that the table adds up."""
    cells = {place: one for place, one in spent.items() if TOTAL not in place}
    found = {}
    for place, one in spent.items():
        parts = [
            cell.hours
            for own, cell in cells.items()
            if all(whole in {TOTAL, part} for whole, part in zip(place, own, strict=True))
        ]
        found[place] = replace(one, hours=sum(parts, Decimal(0)))
    return found


def _labels(
    contract: MunicipalContract,
    period: Period,
    taking: Collection[int],
    seen: Collection[Place],
) -> dict[str, dict[str, str]]:
    """Names of the municipalities that take part and of the products in the contract, and of
    others that had care. `taking` are keys of the parts.
    """
    covered = ContractProduct.objects.covered_during(period).filter(contract=contract)
    municipalities = Municipality.objects.filter(
        Q(pk__in=ContractMunicipality.objects.filter(pk__in=taking).values("municipality"))
        | Q(code__in={municipality for municipality, _product in seen})
    )
    products = Product.objects.filter(
        Q(pk__in=covered.values("product"))
        | Q(code__in={product for _municipality, product in seen}, family=contract.family),
        main_contractor=contract.main_contractor_id,
    )
    return {
        "municipality": dict(municipalities.order_by("name").values_list("code", "name")),
        "product": dict(products.order_by("code").values_list("code", "name")),
    }
