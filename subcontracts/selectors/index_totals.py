"""What a round of indexation comes to: for each contract, and what a contract's history says."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from django.db.models import Count, Max, Q, Sum

from hoofdaannemer.core.money import ZERO, round_cents
from hoofdaannemer.core.periods import Period, add_months
from hoofdaannemer.core.scope import Scope
from subcontracts import gates
from subcontracts.models import IndexRound, IndexRoundLine, Subcontract
from subcontracts.rules.funding import units_a_year
from subcontracts.selectors.index_plans import Planned


@dataclass(frozen=True)
class Yearly:
    """Euros a year at the old amount, and at the new one."""

    old: Decimal
    new: Decimal


@dataclass(frozen=True)
class ContractTotal:
    """One subcontract in a round; `yearly` of what takes part, None where nothing is known."""

    subcontract_id: int
    number: str
    organisation: str
    taking_part: int
    left_out: int
    percent: Decimal | None
    yearly: Yearly | None


def yearly(
    scope: Scope, main_contractor_id: int, planned: Iterable[Planned]
) -> dict[Hashable, Yearly]:
    """What each new amount comes to in a year, by the key of the old one; where it is known.

    A tariff by what was approved of its product in the twelve months before today, as if all of
    it was declared at the old tariff; a funding line by the number that was agreed. How many
    trajectories, or clients of a profile, are to come is not known.
    """
    declared = gates.turnover(
        main_contractor_id,
        Period(add_months(scope.today, -12), scope.today - timedelta(days=1)),
    )
    found: dict[Hashable, Yearly] = {}
    for one in planned:
        before, after = one.line.of.amount, one.line.new
        volume = _volume(one, declared.get((one.subcontract.pk, one.line.of.what[1]), ZERO))
        if after is not None and volume:
            found[one.line.of.key] = Yearly(
                round_cents(volume * before), round_cents(volume * after)
            )
    return found


def _volume(one: Planned, declared: Decimal) -> Decimal | None:
    """Units in a year, or how often the price of a line is paid."""
    if one.tariff is not None:
        return declared / one.line.of.amount
    if one.funding_line is None:
        return None
    return units_a_year(one.funding_line.form, one.funding_line.parameters)


def by_contract(scope: Scope, row: IndexRound) -> list[ContractTotal]:
    """All subcontracts of a round, in one query."""
    taking_part = Q(left_out="")
    counted = (
        row.lines.visible_to(scope)
        .order_by("subcontract__number", "subcontract")
        .values_list("subcontract", "subcontract__number")
        .annotate(
            organisation=Max("subcontract__provider_organisation__name"),
            taking_part=Count("pk", filter=taking_part),
            out=Count("pk", filter=~taking_part),
            percent=Max("basis__percent", filter=taking_part),
            old=Sum("yearly_old", filter=taking_part),
            new=Sum("yearly_new", filter=taking_part),
        )
    )
    return [
        ContractTotal(
            *(pk, number, name, taking, out, percent),
            None if old is None or new is None else Yearly(old, new),
        )
        for pk, number, name, taking, out, percent, old, new in counted
    ]


def history(scope: Scope, subcontract: Subcontract) -> Sequence[IndexRoundLine]:
    """What was indexed of a contract and stands, newest first; empty for who reads no rounds."""
    rows = (
        IndexRoundLine.objects.visible_to(scope)
        .filter(subcontract=subcontract, is_applied=True)
        .select_related("product", "origin", "basis", "round")
    )
    return list(rows.order_by("-year", "product__name", "pk"))
