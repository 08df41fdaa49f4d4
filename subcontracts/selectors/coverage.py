"""Where subcontracts leave a gap: care without a tariff, or a product for a time under no line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.templatetags.core_format import days_of
from subcontracts.models import (
    FundingLine,
    FundingLineProduct,
    FundingSunset,
    Product,
    Subcontract,
    Tariff,
)
from subcontracts.rules.coverage import uncovered

_DAY: Final = timedelta(days=1)


class Lacks(StrEnum):
    """What there is none of."""

    TARIFF = "tariff"
    LINE = "line"


@dataclass(frozen=True)
class Gap:
    """Days of a contract on which a product lacks something, though it has it on others."""

    product: str
    lacks: Lacks
    period: Period
    #: Whether a line ended on the day before, which the dates of contracts tell by themselves.
    follows_line: bool = False

    def lasts_on(self, day: date) -> bool:
        """Whether it is still to come, or goes on."""
        return self.period.end is None or self.period.end >= day

    @property
    def text(self) -> str:
        """The product with the days."""
        return f"{self.product} ({days_of(self.period.start, self.period.end)})"


def gaps_of(subcontracts: Iterable[Subcontract]) -> dict[int, list[Gap]]:
    """The gaps of contracts that one was found to see, by their key; without key where there are
    none. In order of time.

    Paid by the unit without a tariff: on any day of the line. Under no line: on any day of the
    contract, of a product that has a line on other days, unless it was recorded that nothing
    follows on a temporary line or what does.
    """
    whole = {row.pk: Period(row.start_date, row.end_date) for row in subcontracts}
    lines = _lines(whole)
    tariffs = _tariffs(whole)
    foreseen = _foreseen(whole)
    found: defaultdict[int, list[Gap]] = defaultdict(list)
    for (contract, product), covered in lines.items():
        ends = {one.period.end + _DAY for one in covered if one.period.end is not None}
        for period in uncovered(whole[contract], (one.period for one in covered)):
            if (contract, period.start - _DAY) not in foreseen:
                follows = period.start in ends
                found[contract].append(Gap(covered[0].name, Lacks.LINE, period, follows))
        for one in covered:
            if one.needs_tariff:
                for period in uncovered(one.period, tariffs.get((contract, product), ())):
                    found[contract].append(Gap(one.name, Lacks.TARIFF, period))
    return {
        contract: sorted(gaps, key=lambda one: (one.period.start, one.product, one.lacks))
        for contract, gaps in found.items()
    }


@dataclass(frozen=True, slots=True)
class _Covered:
    name: str
    period: Period
    #: What is counted in euros has the amount itself as its volume.
    needs_tariff: bool


def _lines(whole: Mapping[int, Period]) -> dict[tuple[int, int], list[_Covered]]:
    rows = (
        FundingLineProduct.objects.filter(subcontract__in=whole)
        .order_by("start_date", "pk")
        .select_related("product", "funding_line")
    )
    found: defaultdict[tuple[int, int], list[_Covered]] = defaultdict(list)
    for row in rows:
        by_unit = row.funding_line.form == FundingLine.Form.PXQ
        needs = by_unit and row.product.unit != Product.EUROS
        period = Period(row.start_date, row.end_date)
        found[row.subcontract_id, row.product_id].append(_Covered(str(row.product), period, needs))
    return found


def _tariffs(whole: Mapping[int, Period]) -> dict[tuple[int, int], list[Period]]:
    rows = Tariff.objects.filter(subcontract__in=whole).order_by()
    found: defaultdict[tuple[int, int], list[Period]] = defaultdict(list)
    for contract, product, start, end in rows.values_list(
        "subcontract", "product", "start_date", "end_date"
    ):
        found[contract, product].append(Period(start, end))
    return found


def _foreseen(whole: Mapping[int, Period]) -> set[tuple[int, date]]:
    """Last days of temporary lines, by contract: what follows on them is recorded."""
    rows = FundingSunset.objects.filter(subcontract__in=whole).order_by()
    found = rows.values_list("subcontract", "line__end_date")
    return {(contract, end) for contract, end in found if end is not None}
