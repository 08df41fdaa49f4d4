"""What a production statement shows: rows added up, versions compared, and what it waits for."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db.models import Q, Sum
from django.utils.translation import gettext as _

from billing.models import Declaration, ProductionLine, ProductionStatement
from billing.models.production import ProductionLineQuerySet
from billing.rules.production import NO_PRICE, Heading, LineText, Row
from billing.rules.settling import part_of_year
from billing.selectors.closing import first_closed, not_run
from billing.selectors.settling import named
from hoofdaannemer.core.money import ZERO
from hoofdaannemer.core.periods import Month, Period
from hoofdaannemer.core.scope import Scope

_HEADING = ("code", "form", "name", "unit", "tariff", "is_per_hour")


def rows_of(lines: ProductionLineQuerySet) -> list[Row]:
    """Lines added up by form, product, unit and tariff, in the order of product and form."""
    found = (
        lines.order_by()
        .values_list(*_HEADING)
        .annotate(
            Sum("volume"), Sum("amount"), corrected=Sum("amount", filter=Q(is_correction=True))
        )
    )
    return sorted((_row(*one) for one in found), key=lambda one: one.heading)


def _row(*values: Any) -> Row:
    code, form, name, unit, tariff, is_per_hour, number, amount, corrected = values
    price = NO_PRICE if tariff is None else tariff
    heading = Heading(code, form, name, unit, price, is_per_hour)
    return Row(heading, number, amount, corrected or ZERO)


def texts_of(lines: ProductionLineQuerySet) -> Iterable[LineText]:
    """Lines as they go into the digest."""
    values = ("key", "month", "code", "unit", "volume", "tariff", "amount")
    return (LineText(*one) for one in lines.order_by("key").values_list(*values).iterator())


def established_before(row: ProductionStatement) -> Decimal:
    """Euros of the version that was established last before this one; nothing for the first."""
    earlier = _earlier(row)
    return earlier.amount if earlier else ZERO


def _earlier(row: ProductionStatement) -> ProductionStatement | None:
    return (
        ProductionStatement.objects.established()
        .filter(
            contract=row.contract_id,
            municipality=row.municipality_id,
            year=row.year,
            number__lt=row.number,
        )
        .order_by("-number")
        .first()
    )


def rows_before(scope: Scope, row: ProductionStatement) -> list[Row]:
    """The rows of the version before."""
    earlier = _earlier(row)
    if earlier is None:
        return []
    return rows_of(ProductionLine.objects.visible_to(scope).filter(statement=earlier))


def not_ready(scope: Scope, row: ProductionStatement) -> list[str]:
    """Why it cannot be put before subcontractors yet, as sentences; nothing when it can."""
    until = Month.of(row.last_month)
    if scope.today <= until.last:
        return [_("The last month of it is not over.")]
    contract = row.contract
    in_force = Period(contract.start_date, min(contract.end_date or until.last, until.last))
    period = part_of_year(row.year, in_force, first_closed(row.main_contractor_id))
    months = period.months() if period else ()
    if lacking := not_run(row.main_contractor_id, months):
        return [_("Close %(months)s first.") % {"months": named(lacking)}]
    waiting = Declaration.objects.visible_to(scope).filter(
        main_contractor=row.main_contractor_id, family=contract.family, entitled_at=None
    )
    if waiting.exists():
        return [_("Amounts of declarations are being recorded. Try again in a minute.")]
    return []
