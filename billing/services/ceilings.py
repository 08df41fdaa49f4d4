"""Rights above the ceiling of their contract and year, of one subcontractor at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Exists, Q, Sum

from billing.models import EntitledTotal, Entitlement, Hold
from billing.rules import explain
from billing.rules.above_ceiling import Holdable, above
from billing.rules.explain import Explanation
from billing.selectors.exempt import exempt_entitlements
from hoofdaannemer.core.money import ZERO
from subcontracts.models import CeilingExemption, FundingLine, Subcontract


@dataclass(frozen=True)
class Room:
    """The ceiling of a contract in a year, and what counts for it, in euros."""

    ceiling: Decimal
    used: Decimal
    year: int


def held_above(
    entitlements: Sequence[Entitlement],
    standing: Mapping[int, Hold],
    unstated: Set[int],
    today: date,
) -> dict[int, Explanation]:
    """What of each entitlement lies above its ceiling, by key.

    `standing` are the open holds by entitlement, `unstated` the keys of what stands on no statement
    yet. The ceiling of a year is the one that holds today; of a year that has passed, its last.
    Care that is exempt counts for nothing here. What a statement gave without a hold was paid.
    """
    groups: defaultdict[tuple[int, int], list[Entitlement]] = defaultdict(list)
    for one in entitlements:
        if one.funding_line is None:
            continue
        if one.form != FundingLine.Form.MARGIN:
            groups[one.funding_line.subcontract_id, one.month.year].append(one)
    contracts = Subcontract.objects.prefetch_related("ceilings").in_bulk(
        {contract_id for contract_id, _year in groups}
    )
    found: dict[int, Explanation] = {}
    for (contract_id, year), rows in groups.items():
        ceiling = contracts[contract_id].ceiling_of(year, today)
        if ceiling is None:
            continue
        room = Room(ceiling, _used(contract_id, year), year)
        if room.used > room.ceiling:
            most = {one.pk: _most(one, standing.get(one.pk), unstated) for one in rows}
            found |= _above(room, rows, most)
    return found


def _used(contract_id: int, year: int) -> Decimal:
    """Euros that count for the ceiling of a year; the fee for coordination was used all the same.

    The totals hold what is exempt too, and are corrected for it: an exemption may be agreed upon
    afterwards, and end.
    """
    totals = EntitledTotal.objects.filter(funding_line__subcontract=contract_id, year=year)
    entitled = totals.exclude(form=FundingLine.Form.MARGIN).aggregate(total=Sum("amount"))["total"]
    return (entitled or ZERO) - _exempt(contract_id, year)


def _exempt(contract_id: int, year: int) -> Decimal:
    """Euros of a year that are exempt. Only products and placements with an exemption are read."""
    exemptions = CeilingExemption.objects.filter(subcontract=contract_id)
    products, placements = set[int](), set[int]()
    for product, placement in exemptions.order_by().values_list("product", "placement"):
        (placements if product is None else products).add(product or placement)
    if not products and not placements:
        return ZERO
    rows = Entitlement.objects.filter(
        Q(product__in=products) | Q(placement__in=placements),
        Exists(exempt_entitlements()),
        ~Q(form=FundingLine.Form.MARGIN),
        funding_line__subcontract=contract_id,
        month__range=(date(year, 1, 1), date(year, 12, 1)),
    )
    return rows.order_by().aggregate(total=Sum("amount"))["total"] or ZERO


def _above(
    room: Room, rows: Sequence[Entitlement], most: Mapping[int, Decimal]
) -> dict[int, Explanation]:
    """What of these lies above; `most` is what may be held of each at most, in euros."""
    by_key = {one.pk: one for one in rows}
    counted = set(
        Entitlement.objects.filter(~Exists(exempt_entitlements()), pk__in=by_key)
        .order_by()
        .values_list("pk", flat=True)
    )
    holdable = [
        Holdable(one.pk, most[one.pk])
        for one in sorted(rows, key=lambda one: one.pk)
        if one.pk in counted and not hasattr(one, "corrected_by")
    ]
    return {
        key: Explanation(
            "hold.ceiling",
            (
                explain.euro("used", room.used),
                explain.text("year", str(room.year)),
                explain.euro("ceiling", room.ceiling),
                explain.euro("line", by_key[key].amount),
            ),
            amount,
        )
        for key, amount in above(room.ceiling, room.used, holdable).items()
    }


def _most(one: Entitlement, hold: Hold | None, unstated: Set[int]) -> Decimal:
    if one.pk in unstated:
        return one.amount
    return hold.amount if hold else ZERO
