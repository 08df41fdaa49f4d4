"""Which municipalities share a contract, on a day or over a period."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Exists, OuterRef, Q

from hoofdaannemer.accounts.models import Municipality
from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.scope import Scope
from subcontracts.models import (
    Allocation,
    ContractMunicipality,
    MunicipalContract,
    MunicipalDivision,
    MunicipalShare,
)
from subcontracts.rules.divisions import Percents, Step, averaged, held_on

#: From a day on, until the next turn, a municipality takes part or does not.
Turn = tuple[date, bool]


def steps_of(contract: MunicipalContract, as_known_on: datetime | None = None) -> list[Step]:
    """Every division of a contract, in order; the first, and what was recorded up to a moment.

    Prefetch `divisions__shares` for several contracts.
    """
    first, *later = _divisions(contract)
    known = [one for one in later if as_known_on is None or one.recorded_at <= as_known_on]
    return [Step(one.start_date, one.percents) for one in (first, *known)]


def _divisions(contract: MunicipalContract) -> Iterable[MunicipalDivision]:
    if "divisions" in getattr(contract, "_prefetched_objects_cache", {}):
        return contract.divisions.all()
    return contract.divisions.prefetch_related("shares")


def is_with(contract: MunicipalContract, municipality_id: int, day: date) -> bool:
    """Whether a contract runs on a day and a municipality then takes part in it.

    Prefetch `municipalities` and `divisions__shares` for several contracts.
    """
    if not Period(contract.start_date, contract.end_date).contains(day):
        return False
    held = held_on(steps_of(contract), day)
    parts = contract.municipalities.all()
    return any(one.municipality_id == municipality_id and one.pk in held for one in parts)


def turns_of(municipality: Municipality, **of: Any) -> dict[int, list[Turn]]:
    """When a municipality took part in its contracts and when not, by contract, in one query.

    `of` are filters on contracts.
    """
    rows = (
        MunicipalDivision.objects.filter(
            contract__in=MunicipalContract.objects.filter(
                municipalities__municipality=municipality, **of
            )
        )
        .annotate(
            takes_part=Exists(
                MunicipalShare.objects.filter(
                    division=OuterRef("pk"), part__municipality=municipality
                )
            )
        )
        .order_by("start_date", "pk")
    )
    found: defaultdict[int, list[Turn]] = defaultdict(list)
    for contract, start, takes_part in rows.values_list("contract", "start_date", "takes_part"):
        found[contract].append((start, takes_part))
    return found


def turns_of_all(main_contractor_id: int) -> dict[int, dict[int, list[Turn]]]:
    """The same for all municipalities of a main contractor, by municipality, in two queries."""
    parts: defaultdict[int, set[int]] = defaultdict(set)
    of_main = ContractMunicipality.objects.filter(main_contractor=main_contractor_id)
    for contract, town in of_main.values_list("contract", "municipality"):
        parts[contract].add(town)
    found: defaultdict[int, dict[int, list[Turn]]] = defaultdict(dict)
    divisions = MunicipalDivision.objects.filter(main_contractor=main_contractor_id)
    shared = divisions.annotate(
        towns=ArrayAgg("shares__part__municipality", filter=~Q(shares=None), default=[])
    ).order_by("start_date", "pk")
    for contract, start, towns in shared.values_list("contract", "start_date", "towns"):
        for town in parts[contract]:
            found[town].setdefault(contract, []).append((start, town in towns))
    return found


def shares_on(contract: MunicipalContract, day: date) -> list[tuple[ContractMunicipality, Decimal]]:
    """Who shares the contract on a day, with its percent, by name."""
    return _named(contract, held_on(steps_of(contract), day))


def shares_over(
    contract: MunicipalContract, period: Period
) -> list[tuple[ContractMunicipality, Decimal]]:
    """Who shares the contract in a period, with its percent by the days of each, by name."""
    return _named(contract, averaged(steps_of(contract), period))


def year_of(contract: MunicipalContract, year: int) -> Period:
    """The part of a year in which the contract runs; in no other year its nearest day."""
    runs = Period(contract.start_date, contract.end_date)
    whole = Period(date(year, 1, 1), date(year, 12, 31))
    if found := whole.intersection(runs):
        return found
    nearest = runs.start if year < runs.start.year else runs.end or runs.start
    return Period(nearest, nearest)


def _named(
    contract: MunicipalContract, percents: Percents
) -> list[tuple[ContractMunicipality, Decimal]]:
    rows = contract.municipalities.filter(pk__in=percents).select_related("municipality")
    return [(one, percents[one.pk]) for one in rows]


def history(scope: Scope, contract: MunicipalContract) -> list[MunicipalDivision]:
    """Every division that was recorded, for who reads contracts, the newest first."""
    rows = MunicipalDivision.objects.visible_to(scope).filter(contract=contract)
    related = rows.select_related("recorded_by").prefetch_related("shares__part__municipality")
    return list(related.order_by("-start_date", "-pk"))


def going_on(scope: Scope, contract: MunicipalContract, codes: Iterable[str], day: date) -> int:
    """Allocations of these municipalities under the contract that last until a day or longer."""
    rows = Allocation.objects.visible_to(scope).filter(
        municipal_contract=contract, municipality__code__in=codes, is_deleted=False
    )
    return rows.in_force_during(Period(day)).count()
