"""Care that no ceiling holds, as conditions on lines, placements and entitlements."""

from __future__ import annotations

from datetime import date

from django.db.models import DateField, Expression, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from subcontracts.models import CeilingExemption


def exempt_entitlements() -> QuerySet[CeilingExemption]:
    """Exemptions of an outer entitlement: on the day of its care, or the first of its month."""
    day = Coalesce(OuterRef("declared_line__start_date"), OuterRef("step__day"), OuterRef("month"))
    return _exempt("funding_line__subcontract", "placement", day)


def exempt_lines() -> QuerySet[CeilingExemption]:
    """Exemptions of an outer declared line, on its first day."""
    return _exempt("placement__subcontract", "placement", OuterRef("start_date"))


def exempt_placements(day: date) -> QuerySet[CeilingExemption]:
    """Exemptions of an outer placement on a day."""
    return _exempt("subcontract", "pk", Value(day, DateField()))


def _exempt(subcontract: str, placement: str, day: Expression | F) -> QuerySet[CeilingExemption]:
    return CeilingExemption.objects.filter(
        Q(product=OuterRef("product")) | Q(placement=OuterRef(placement)),
        Q(end_date=None) | Q(end_date__gte=day),
        subcontract=OuterRef(subcontract),
        start_date__lte=day,
    )
