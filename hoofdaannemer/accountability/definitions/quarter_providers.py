"""Which subcontractors work under a municipal contract, as its municipalities may know it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date

from django.db.models import Min, QuerySet

from hoofdaannemer.accountability.definitions.model import Listed
from hoofdaannemer.accounts.models import Organisation
from hoofdaannemer.core.periods import Period
from subcontracts.models import FundingLineProduct, MunicipalContract, Subcontract

#: Stands for the main contractor's own teams together.
OWN = "own"


def listed(contract: MunicipalContract, period: Period) -> tuple[Listed, ...]:
    """Who has a contract that ran in the period, by name; since the first day of its first."""
    begun = Subcontract.objects.filter(municipal_contract=contract).exclude(
        status__in=Subcontract.NOT_BEGUN
    )
    ran = begun.in_force_during(period)
    since: dict[int, date] = dict(
        begun.values_list("provider_organisation").annotate(first=Min("start_date")).order_by()
    )
    products = _products(ran, period)
    found = Organisation.objects.filter(pk__in=ran.values("provider_organisation"))
    return tuple(
        Listed(one.kvk, one.name, tuple(products[one.pk]), since[one.pk])
        for one in found.order_by("name", "pk")
    )


def named(work: Sequence[Listed], seen: Collection[str]) -> dict[str, str]:
    """Names by code: who is listed, others that gave care, and own teams where they did.

    The name of own teams is left empty, for it is a word of the reader's language.
    """
    names = {one.kvk: one.name for one in work}
    others = Organisation.objects.filter(kvk__in={*seen} - {*names, OWN})
    names |= dict(others.order_by("name", "pk").values_list("kvk", "name"))
    return names | ({OWN: ""} if OWN in seen else {})


def _products(ran: QuerySet[Subcontract], period: Period) -> defaultdict[int, list[str]]:
    found: defaultdict[int, list[str]] = defaultdict(list)
    rows = (
        FundingLineProduct.objects.filter(subcontract__in=ran)
        .in_force_during(period)
        .order_by("product__name", "product__code")
        .values_list("provider_organisation", "product__name")
        .distinct()
    )
    for organisation, name in rows:
        found[organisation].append(name)
    return found
