"""Forecasts as they are read: the newest of a contract, grouped, and how it looked before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from billing.models import Forecast, ForecastRow, ForecastWarning
from hoofdaannemer.core.money import ZERO
from hoofdaannemer.core.scope import Scope
from subcontracts.models import FundingLine, MunicipalContract


class By(StrEnum):
    """What the rows of a forecast are added up by; the words stand in addresses."""

    SUBCONTRACT = "ondercontract"
    PRODUCT = "product"
    MUNICIPALITY = "gemeente"


@dataclass(frozen=True)
class Group:
    """Rows of a forecast together, in euros of the year."""

    name: str
    declared: Decimal
    committed: Decimal
    running: Decimal
    begins: Decimal
    #: Key of the subcontract, where that is what the group is.
    subcontract: int | None = None
    ceiling: Decimal | None = None
    #: What of it a ceiling holds: without exempt care and the fee that is kept.
    counted: Decimal = ZERO

    @property
    def expected(self) -> Decimal:
        """The year as it will probably be."""
        return self.declared + self.running + self.begins


def newest(scope: Scope, contract: MunicipalContract) -> Forecast | None:
    """The last forecast of the running year."""
    rows = Forecast.objects.visible_to(scope).filter(contract=contract, year=scope.today.year)
    return rows.select_related("contract").first()


def earlier(scope: Scope, forecast: Forecast) -> QuerySet[Forecast]:
    """How the same year was seen in each month up to this one, the oldest first."""
    return (
        Forecast.objects.visible_to(scope)
        .filter(contract=forecast.contract_id, year=forecast.year, seen_in__lte=forecast.seen_in)
        .order_by("seen_in")
    )


def groups(scope: Scope, forecast: Forecast, by: By) -> list[Group]:
    """The rows added up, the largest first."""
    rows = (
        ForecastRow.objects.visible_to(scope)
        .filter(forecast=forecast)
        .select_related("subcontract__provider_organisation", "product", "municipality")
        .prefetch_related("subcontract__ceilings")
    )
    found: defaultdict[str, list[ForecastRow]] = defaultdict(list)
    for row in rows:
        found[_name(row, by)].append(row)
    made = [_together(name, of_it, by, forecast.year) for name, of_it in found.items()]
    return sorted(made, key=lambda one: (-one.expected, one.name))


def _name(row: ForecastRow, by: By) -> str:
    if by is By.SUBCONTRACT:
        return f"{row.subcontract.number} · {row.subcontract.provider_organisation.name}"
    if by is By.PRODUCT and row.product:
        return f"{row.product.name} ({row.product.code})"
    if by is By.MUNICIPALITY and row.municipality:
        return row.municipality.name
    return _("not divided: %(form)s") % {"form": row.get_form_display()}


def _together(name: str, rows: Sequence[ForecastRow], by: By, year: int) -> Group:
    first = rows[0].subcontract if by is By.SUBCONTRACT else None
    held = [one for one in rows if not one.is_exempt and one.form != FundingLine.Form.MARGIN]
    return Group(
        name,
        declared=sum((one.declared for one in rows), ZERO),
        committed=sum((one.committed for one in rows), ZERO),
        running=sum((one.running for one in rows), ZERO),
        begins=sum((one.begins for one in rows), ZERO),
        subcontract=first.pk if first else None,
        ceiling=first.ceiling_on(date(year, 12, 31)) if first else None,
        counted=sum((one.declared + one.running + one.begins for one in held), ZERO),
    )


def open_warnings(scope: Scope) -> QuerySet[ForecastWarning]:
    """Warnings of this month's forecasts about which nobody wrote what is done."""
    return (
        ForecastWarning.objects.visible_to(scope)
        .filter(forecast__seen_in=date(scope.today.year, scope.today.month, 1), note="")
        .select_related("forecast__contract", "subcontract__provider_organisation")
    )
