"""Funding lines that pay products of a tariff round without a tariff, and what would follow."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from statistics import median

from hoofdaannemer.core.money import ZERO
from hoofdaannemer.core.periods import Period, add_months
from hoofdaannemer.core.scope import Scope
from subcontracts import gates
from subcontracts.models import (
    FundingLine,
    Subcontract,
    TariffChange,
    TariffRound,
    TariffRoundLine,
)
from subcontracts.rules.funding import units_a_year
from subcontracts.rules.funding_parameters import INDEXED
from subcontracts.rules.tariff_lines import Followed, Move, followed

#: Where a contract has no tariff that may be compared with the new one.
_NO_TARIFF = (
    TariffChange.Reason.NONE,
    TariffChange.Reason.LATER,
    TariffChange.Reason.OTHER_UNIT,
)


@dataclass(frozen=True)
class LineEffect:
    """A funding line with its price, what it would be, and what that rests on.

    `times` is how often the price is paid a year; empty where the year is what was paid in the
    last twelve months. `follows` is empty where no contract has a tariff to compare with.
    """

    line: FundingLine
    price: Decimal
    moves: tuple[Move, ...]
    others: int
    times: Decimal | None
    follows: Followed | None


def line_effects(scope: Scope, row: TariffRound) -> list[LineEffect]:
    """Every line in force on the day that pays a product of the round otherwise than by a tariff.

    In a fixed number of queries, by subcontractor.
    """
    offers = {
        one.product_id: one
        for one in TariffRoundLine.objects.visible_to(scope)
        .filter(round=row)
        .select_related("final", "product")
        if one.final.amount is not None
    }
    own = _tariffs(scope, row)
    lines = (
        FundingLine.objects.visible_to(scope)
        .filter(
            main_contractor=row.main_contractor_id,
            form__in=INDEXED,
            line_products__product__in=offers,
        )
        .in_force_on(row.effective_date)
        .exclude(subcontract__status__in=[*Subcontract.NOT_BEGUN, Subcontract.Status.ENDED])
        .select_related("subcontract", "provider_organisation")
        .prefetch_related("line_products")
        .order_by("provider_organisation__name", "subcontract__number", "pk")
        .distinct()
    )
    year = Period(add_months(scope.today, -12), scope.today - timedelta(days=1))
    paid = gates.paid_by_line(row.main_contractor_id, year)
    return [one for line in lines if (one := _effect(line, row, offers, own, paid))]


def _tariffs(scope: Scope, row: TariffRound) -> Mapping[int, Mapping[int, Decimal]]:
    """Tariffs that hold on the day, by product and contract."""
    found: defaultdict[int, dict[int, Decimal]] = defaultdict(dict)
    changes = TariffChange.objects.visible_to(scope).filter(round=row)
    for product, contract, amount in changes.exclude(left_out__in=_NO_TARIFF).values_list(
        "line__product", "subcontract", "old_amount"
    ):
        if amount:
            found[product][contract] = amount
    return found


def _effect(
    line: FundingLine,
    row: TariffRound,
    offers: Mapping[int, TariffRoundLine],
    own: Mapping[int, Mapping[int, Decimal]],
    paid: Mapping[tuple[int, str, str], Decimal],
) -> LineEffect | None:
    """None for a line without a price, as an old contract may have it."""
    try:
        price = Decimal(str(line.parameters[INDEXED[line.form]]))
    except (KeyError, InvalidOperation):
        return None
    products = {
        one.product_id
        for one in line.line_products.all()
        if Period(one.start_date, one.end_date).contains(row.effective_date)
    }
    asked = sorted(products & offers.keys())
    moves = [_move(offers[pk], own.get(pk, {}), line.subcontract_id) for pk in asked]
    known = tuple(one for one in moves if one)
    others = len(products) - len(asked)
    times = units_a_year(line.form, line.parameters)
    if times is not None:
        yearly: Decimal | None = times * price
    else:
        yearly = paid.get((line.subcontract_id, line.form, line.name))
    is_known = bool(known) and len(known) == len(moves)
    follows = followed(price, known, others, yearly) if is_known else None
    return LineEffect(line, price, known, others, times, follows)


def _move(offer: TariffRoundLine, tariffs: Mapping[int, Decimal], contract: int) -> Move | None:
    new = offer.final.amount
    if new is None or not tariffs:
        return None
    name = str(offer.product)
    if contract in tariffs:
        return Move(name, tariffs[contract], new, is_own=True)
    return Move(name, Decimal(median(tariffs.values())), new, is_own=False)


@dataclass(frozen=True)
class Together:
    """What the lines of one subcontractor come to in a year, as far as known."""

    organisation: str
    lines: int
    old: Decimal
    new: Decimal


def together(effects: Iterable[LineEffect]) -> list[Together]:
    """By subcontractor, in the order of the lines."""
    found: defaultdict[str, list[LineEffect]] = defaultdict(list)
    for one in effects:
        found[one.line.provider_organisation.name].append(one)
    return [
        Together(
            name,
            len(of),
            sum((one.follows.yearly_old or ZERO for one in of if one.follows), ZERO),
            sum((one.follows.yearly_new or ZERO for one in of if one.follows), ZERO),
        )
        for name, of in found.items()
    ]
