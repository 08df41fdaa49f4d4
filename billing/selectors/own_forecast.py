"""What a year of one subcontract will come to, computed under the reader's own scope.

The same rules as the forecast of the municipal contract, over nothing but this subcontract: no
figure of another subcontractor comes into it, not even in a season.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from billing.rules.drivers import Driver, drivers, together
from billing.rules.forecast import USE_MONTHS, Key, Outlook, forecast, reached
from billing.selectors.forecast_facts import View, gather, measured
from hoofdaannemer.core.money import ZERO
from hoofdaannemer.core.periods import Month, Period
from hoofdaannemer.core.scope import Scope
from subcontracts.models import FundingLine, Product, Subcontract


@dataclass(frozen=True)
class Part:
    """A form, and a product where it divides by it; euros of the year."""

    form: str
    product: Product | None
    declared: Decimal
    committed: Decimal
    running: Decimal
    begins: Decimal
    #: Whole years from which its season was read; 0 for the plain average.
    years: int

    @property
    def expected(self) -> Decimal:
        """The year as it will probably be."""
        return self.declared + self.running + self.begins


@dataclass(frozen=True)
class OwnForecast:
    """The year of a subcontract as it is seen today."""

    year: int
    parts: Sequence[Part]
    #: So far and still expected, by month.
    months: Sequence[tuple[Month, Decimal, Decimal]]
    ceiling: Decimal | None
    #: What of the expectation the ceiling holds: no exempt care, no fee that is kept.
    counted: Decimal
    reached_in: Month | None
    driver: Driver
    #: The product that weighs most in what changed.
    product: Product | None

    @property
    def declared(self) -> Decimal:
        return sum((one.declared for one in self.parts), ZERO)

    @property
    def committed(self) -> Decimal:
        return self.declared + sum((one.committed for one in self.parts), ZERO)

    @property
    def expected(self) -> Decimal:
        return sum((one.expected for one in self.parts), ZERO)


def own_forecast(scope: Scope, subcontract: Subcontract) -> OwnForecast | None:
    """The running year of a contract that this scope sees; None where it does not run in it."""
    year = scope.today.year
    whole = Period(date(year, 1, 1), date(year, 12, 31))
    if not Period(subcontract.start_date, subcontract.end_date).overlaps(whole):
        return None
    view = View(year, scope.today, subcontract=subcontract.pk)
    outlooks = forecast(gather(view))
    lately = view.lately(USE_MONTHS)
    now, before = measured(view, lately), measured(view, view.before(lately))
    causes = drivers(before.get(subcontract.pk, {}), now.get(subcontract.pk, {}))
    driver = together(causes)
    sign = 1 if driver.total >= 0 else -1
    most = max(causes, key=lambda pk: causes[pk].total * sign, default=None)
    products = Product.objects.in_bulk({*causes, *(key.product for key in outlooks)})
    held = [
        one
        for key, one in outlooks.items()
        if not key.is_exempt and key.form != FundingLine.Form.MARGIN
    ]
    ceiling = subcontract.ceiling_on(date(year, 12, 31))
    return OwnForecast(
        year,
        _parts(outlooks, products),
        [(month, *_of_month(outlooks, month)) for month in whole.months()],
        ceiling,
        sum((one.expected for one in held), ZERO),
        None if ceiling is None else reached(ceiling, held, year),
        driver,
        products.get(most) if most else None,
    )


def _parts(outlooks: Mapping[Key, Outlook], products: Mapping[int, Product]) -> list[Part]:
    """By form and product, the largest first."""
    found: defaultdict[tuple[str, int], list[Outlook]] = defaultdict(list)
    for key, one in outlooks.items():
        found[key.form, key.product].append(one)
    parts = [
        Part(
            form,
            products.get(product),
            declared=sum((one.so_far for one in rows), ZERO),
            committed=sum((one.committed for one in rows), ZERO),
            running=sum((sum(one.running.values(), ZERO) for one in rows), ZERO),
            begins=sum((sum(one.begins.values(), ZERO) for one in rows), ZERO),
            years=max(one.years for one in rows),
        )
        for (form, product), rows in found.items()
    ]
    return sorted(parts, key=lambda one: (-one.expected, one.form))


def _of_month(outlooks: Mapping[Key, Outlook], month: Month) -> tuple[Decimal, Decimal]:
    rows = outlooks.values()
    known = sum((one.declared.get(month, ZERO) for one in rows), ZERO)
    return known, sum((one.in_month(month) for one in rows), ZERO) - known
