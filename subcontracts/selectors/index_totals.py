"""What a round of indexation comes to: for each contract, and what a contract's history says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Max, Q

from hoofdaannemer.core.money import ZERO, round_cents
from hoofdaannemer.core.scope import Scope
from subcontracts.models import FundingLine, IndexRound, IndexRoundLine, Subcontract


@dataclass(frozen=True)
class ContractTotal:
    """One subcontract in a round; `yearly` euros more a year for FTE, None where none is agreed."""

    subcontract_id: int
    number: str
    organisation: str
    taking_part: int
    left_out: int
    percent: Decimal | None
    yearly: Decimal | None


def by_contract(scope: Scope, row: IndexRound) -> list[ContractTotal]:
    """All subcontracts of a round, in two queries.

    What a tariff comes to in a year depends on volumes to come; an FTE line says it itself.
    """
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
        )
    )
    yearly = _yearly(scope, row)
    return [
        ContractTotal(pk, number, name, taking, out, percent, yearly.get(pk))
        for pk, number, name, taking, out, percent in counted
    ]


def _yearly(scope: Scope, row: IndexRound) -> dict[int, Decimal]:
    lines = (
        row.lines.visible_to(scope)
        .taking_part()
        .filter(origin__form=FundingLine.Form.FTE)
        .select_related("origin")
    )
    found: dict[int, Decimal] = {}
    for line in lines:
        fte = line.origin.parameters.get("fte") if line.origin else None
        if fte is None or line.new_amount is None:
            continue
        more = round_cents(Decimal(str(fte)) * (line.new_amount - line.old_amount))
        found[line.subcontract_id] = found.get(line.subcontract_id, ZERO) + more
    return found


def history(scope: Scope, subcontract: Subcontract) -> Sequence[IndexRoundLine]:
    """What was indexed of a contract and stands, newest first; empty for who reads no rounds."""
    rows = (
        IndexRoundLine.objects.visible_to(scope)
        .filter(subcontract=subcontract, is_applied=True)
        .select_related("product", "origin", "basis", "round")
    )
    return list(rows.order_by("-year", "product__name", "pk"))
