"""What a round of indexation would do on a day: read for all subcontracts at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.scope import Scope
from subcontracts.models import ContractCeiling, FundingLine, Subcontract, Tariff
from subcontracts.rules import index_lines, indexing
from subcontracts.rules.funding_parameters import INDEXED
from subcontracts.rules.index_lines import Amount, Line
from subcontracts.selectors.index_percentages import Before, Followed, Percentage, followed


@dataclass(frozen=True)
class Planned:
    """A line of the plan with what it is about: a tariff, a funding line with its origin, or a
    ceiling.
    """

    subcontract: Subcontract
    line: Line
    tariff: Tariff | None = None
    funding_line: FundingLine | None = None
    origin_id: int | None = None
    ceiling: ContractCeiling | None = None
    percentage: Percentage | None = None
    note: str = ""


def plan(
    scope: Scope, main_contractor_id: int, effective: date, *, with_ceilings: bool = False
) -> list[Planned]:
    """Every tariff and amount of the main contractor, in a number of queries that is fixed; and
    the ceilings, where the round takes them along.

    A contract that has not begun says what was offered, so it is not looked at.
    Raises RuleError IDX-02 where a figure that counts was not recorded.
    """
    subcontracts = {
        row.pk: row
        for row in Subcontract.objects.visible_to(scope)
        .filter(main_contractor=main_contractor_id)
        .exclude(status__in=Subcontract.NOT_BEGUN)
    }
    before = Before.read(scope, main_contractor_id, effective.year)
    following = followed(scope, subcontracts, before, effective)
    about: list[tuple[Tariff | FundingLine | ContractCeiling, Amount]] = [
        *_tariffs(scope, following, before),
        *_funding_lines(scope, following, before),
        *(_ceilings(scope, following, before) if with_ceilings else ()),
    ]
    rows = {amount.key: row for row, amount in about}
    contracts = {pk: one.contract for pk, one in following.items()}
    return [
        _planned(
            subcontracts[line.of.contract], following[line.of.contract], line, rows[line.of.key]
        )
        for line in index_lines.lines(contracts, [amount for _row, amount in about], effective)
    ]


def _planned(
    subcontract: Subcontract,
    standing: Followed,
    line: Line,
    row: Tariff | FundingLine | ContractCeiling,
) -> Planned:
    note = standing.note if line.left_out == index_lines.LeftOut.FROZEN else ""
    percentage = standing.percentage
    if isinstance(row, Tariff):
        return Planned(subcontract, line, tariff=row, percentage=percentage, note=note)
    if isinstance(row, ContractCeiling):
        return Planned(subcontract, line, ceiling=row, percentage=percentage, note=note)
    return Planned(
        subcontract,
        line,
        funding_line=row,
        origin_id=line.of.what[1],
        percentage=percentage,
        note=note,
    )


def _tariffs(
    scope: Scope, following: Mapping[int, Followed], before: Before
) -> Iterable[tuple[Tariff, Amount]]:
    rows = Tariff.objects.visible_to(scope).filter(subcontract__in=following)
    for row in rows.order_by("subcontract", "product", "start_date", "pk"):
        yield (
            row,
            Amount(
                ("tariff", row.pk),
                row.subcontract_id,
                ("product", row.product_id),
                row.amount,
                Period(row.start_date, row.end_date),
                following[row.subcontract_id].decimals,
                is_indexed=(row.subcontract_id, row.product_id) in before.tariffs,
            ),
        )


def _funding_lines(
    scope: Scope, following: Mapping[int, Followed], before: Before
) -> Iterable[tuple[FundingLine, Amount]]:
    rows = (
        FundingLine.objects.visible_to(scope)
        .filter(subcontract__in=following, form__in=INDEXED)
        .prefetch_related("line_products")
        .order_by("subcontract", "start_date", "pk")
    )
    for row in rows:
        price = price_of(row)
        if price is None:
            continue
        origin = before.origins.get(row.pk, row.pk)
        amount = Amount(
            ("line", row.pk),
            row.subcontract_id,
            ("line", origin),
            price,
            Period(row.start_date, row.end_date),
            indexing.CENTS,
            is_indexed=origin in before.lines,
            is_uneven=any(
                (one.start_date, one.end_date) != (row.start_date, row.end_date)
                for one in row.line_products.all()
            ),
        )
        yield row, amount


def _ceilings(
    scope: Scope, following: Mapping[int, Followed], before: Before
) -> Iterable[tuple[ContractCeiling, Amount]]:
    """Those that stand, each until the day before the next; no ceiling has no amount."""
    rows = ContractCeiling.objects.visible_to(scope).filter(subcontract__in=following)
    # Of two for one day the last that was recorded stands.
    standing = {(row.subcontract_id, row.start_date): row for row in rows.order_by("pk")}
    ordered = [standing[key] for key in sorted(standing)]
    for row, after in zip(ordered, [*ordered[1:], None], strict=True):
        if row.amount is None:
            continue
        is_last = after is None or after.subcontract_id != row.subcontract_id
        end = None if is_last or after is None else after.start_date - timedelta(days=1)
        yield (
            row,
            Amount(
                ("ceiling", row.pk),
                row.subcontract_id,
                ("ceiling", row.subcontract_id),
                row.amount,
                Period(row.start_date, end),
                indexing.CENTS,
                is_indexed=row.subcontract_id in before.ceilings,
            ),
        )


def price_of(line: FundingLine) -> Decimal | None:
    """The amount among the parameters of a funding line; None where it has no good one."""
    stored: dict[str, Any] = line.parameters
    try:
        price = Decimal(str(stored[INDEXED[line.form]]))
    except (KeyError, InvalidOperation):
        return None
    return price if price > 0 else None
