"""Rights above the ceiling of their contract and year, of one subcontractor at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Exists, Q, QuerySet, Sum

from billing.models import Entitlement, Hold
from billing.rules import explain
from billing.rules.above_ceiling import Holdable, above
from billing.rules.explain import Explanation
from billing.selectors.exempt import exempt_entitlements
from hoofdaannemer.core.money import ZERO
from subcontracts.models import FundingLine


@dataclass(frozen=True)
class Room:
    """The ceiling of a contract in a year, and what counts for it, in euros."""

    ceiling: Decimal
    used: Decimal
    year: int


def held_above(
    entitlements: Sequence[Entitlement], standing: Mapping[int, Hold]
) -> dict[int, Explanation]:
    """What of each entitlement lies above its ceiling, by key; `standing` are the open holds.

    Care that is exempt counts for nothing here. What a statement gave without a hold was paid.
    """
    groups: defaultdict[tuple[int, int], list[Entitlement]] = defaultdict(list)
    ceilings: dict[tuple[int, int], Decimal] = {}
    for one in entitlements:
        if one.funding_line is None:
            continue
        contract = one.funding_line.subcontract
        if contract.ceiling is not None and one.form != FundingLine.Form.MARGIN:
            groups[contract.pk, one.month.year].append(one)
            ceilings[contract.pk, one.month.year] = contract.ceiling
    found: dict[int, Explanation] = {}
    for (contract_id, year), rows in groups.items():
        used = _counted(contract_id, year).aggregate(total=Sum("amount"))["total"] or ZERO
        room = Room(ceilings[contract_id, year], used, year)
        if room.used > room.ceiling:
            found |= _above(room, contract_id, rows, standing)
    return found


def _counted(contract_id: int, year: int) -> QuerySet[Entitlement]:
    """What counts for the ceiling of a year; the fee for coordination was used all the same."""
    return Entitlement.objects.filter(
        ~Q(form=FundingLine.Form.MARGIN),
        ~Exists(exempt_entitlements()),
        funding_line__subcontract=contract_id,
        month__range=(date(year, 1, 1), date(year, 12, 1)),
    ).order_by()


def _above(
    room: Room, contract_id: int, rows: Sequence[Entitlement], standing: Mapping[int, Hold]
) -> dict[int, Explanation]:
    by_key = {one.pk: one for one in rows}
    stated = set(
        Entitlement.objects.filter(pk__in=by_key, statement_lines__isnull=False)
        .order_by()
        .values_list("pk", flat=True)
    )
    counted = set(
        _counted(contract_id, room.year).filter(pk__in=by_key).values_list("pk", flat=True)
    )
    holdable = [
        Holdable(one.pk, _most(one, standing.get(one.pk), is_stated=one.pk in stated))
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


def _most(one: Entitlement, hold: Hold | None, *, is_stated: bool) -> Decimal:
    if not is_stated:
        return one.amount
    return hold.amount if hold else ZERO
