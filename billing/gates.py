"""What this app answers when contracts and allocations ask."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import ceil

from django.db.models import BigIntegerField, Case, Exists, F, Max, Q, Sum, When

from billing.forms import AGREED
from billing.models import DeclaredLine, Entitlement
from billing.rules.allocated import units_of
from billing.selectors.exempt import exempt_entitlements, exempt_lines, exempt_placements
from billing.selectors.running_care import running_care
from hoofdaannemer.core.money import ZERO, round_cents
from hoofdaannemer.core.periods import Month, Period
from subcontracts.gates import Declared, Used
from subcontracts.models import Allocation, FundingLine, Placement, Steers
from subcontracts.rules.committed import committed

#: Units of code list WJ756.
_MINUTE, _HOUR = "01", "04"


def spent(subcontract_ids: Sequence[int], year: int, today: date) -> Mapping[int, Decimal]:
    """Euros of a calendar year that are gone or committed, by subcontract.

    Gone: approved care, and the entitlements of other forms. Committed: what running care and
    lump sums will still cost to its end. What is declared or placed where messages are for steering
    only costs nothing by itself, and care that is exempt counts for no ceiling. Of a year that is
    over, care that was not declared is not expected any more.
    """
    total: dict[int, Decimal] = defaultdict(Decimal)
    last = date(year, 12, 31)
    rest = Period(max(today, date(year, 1, 1)), last) if today <= last else None
    for part in (
        _declared(subcontract_ids, year),
        _entitled(subcontract_ids, year),
        _running_care(subcontract_ids, rest) if rest else (),
        _lump_sums(subcontract_ids, year),
    ):
        for pk, amount in part:
            total[pk] += amount
    return total


def _declared(subcontract_ids: Sequence[int], year: int) -> Iterable[tuple[int, Decimal]]:
    """From the lines, for their entitlements follow a little later."""
    signed = Case(When(is_credit=True, then=-F("amount")), default=F("amount"))
    return (
        DeclaredLine.objects.paying()
        .filter(
            placement__subcontract__in=subcontract_ids,
            start_date__range=(date(year, 1, 1), date(year, 12, 31)),
        )
        .exclude(Steers("placement__subcontract", "start_date"))
        .exclude(Exists(exempt_lines()))
        .order_by()
        .values_list("placement__subcontract")
        .annotate(total=Sum(signed))
    )


def _entitled(subcontract_ids: Sequence[int], year: int) -> Iterable[tuple[int, Decimal]]:
    return (
        Entitlement.objects.filter(
            funding_line__subcontract__in=subcontract_ids,
            month__range=(date(year, 1, 1), date(year, 12, 1)),
            declared_line=None,
        )
        # What is kept of it for coordination was used all the same.
        .exclude(form=FundingLine.Form.MARGIN)
        .exclude(Exists(exempt_entitlements()))
        .order_by()
        .values_list("funding_line__subcontract")
        .annotate(total=Sum("amount"))
    )


def _running_care(subcontract_ids: Sequence[int], rest: Period) -> Iterable[tuple[int, Decimal]]:
    """Placements under price times quantity, from today or the first day not declared yet."""
    placements = Placement.objects.filter(subcontract__in=subcontract_ids).exclude(
        Exists(exempt_placements(rest.start))
    )
    for placed, running in running_care(placements, rest):
        yield placed.subcontract_id, committed(running)


def _lump_sums(subcontract_ids: Sequence[int], year: int) -> Iterable[tuple[int, Decimal]]:
    """The months of lines whose sums are agreed, as far as they are not recorded yet."""
    lines = FundingLine.objects.filter(
        subcontract__in=subcontract_ids, form__in=AGREED
    ).in_force_during(Period(date(year, 1, 1), date(year, 12, 31)))
    recorded = set(
        Entitlement.objects.of_months()
        .filter(funding_line__in=lines, month__year=year, corrects=None)
        .values_list("funding_line", "month")
    )
    for line in lines:
        for month in Period(date(year, 1, 1), date(year, 12, 31)).months():
            entry = AGREED[line.form](line, month)
            if entry and (line.pk, month.first) not in recorded:
                yield line.subcontract_id, entry.amount


def has_standing_lines(allocation: Allocation) -> bool:
    """Whether approved lines that were not credited rest on an allocation (TR385)."""
    return (
        DeclaredLine.objects.approved()
        .filter(placement__allocation=allocation, is_credit=False, is_credited=False)
        .exists()
    )


def turnover(main_contractor_id: int, period: Period) -> dict[tuple[int, int], Decimal]:
    """Euros by subcontract and product, of care begun in a period: approved and not credited, or
    recorded where what was allocated is paid.
    """
    found: defaultdict[tuple[int, int], Decimal] = defaultdict(Decimal)
    lines = (
        DeclaredLine.objects.paying()
        .filter(
            main_contractor=main_contractor_id,
            start_date__gte=period.start,
            start_date__lte=period.end,
            is_credit=False,
            is_credited=False,
        )
        .order_by()
        .values_list("placement__subcontract", "product")
        .annotate(Sum("amount"))
    )
    allocated = (
        Entitlement.objects.as_allocated()
        .filter(
            main_contractor=main_contractor_id,
            corrected_by=None,
            month__gte=period.start,
            month__lte=period.end,
        )
        .order_by()
        .values_list("funding_line__subcontract", "product")
        .annotate(Sum("amount"))
    )
    for subcontract, product, amount in (*lines, *allocated):
        if subcontract is not None and product is not None:
            found[subcontract, product] += amount
    return dict(found)


def paid_by_line(main_contractor_id: int, period: Period) -> dict[tuple[int, str, str], Decimal]:
    """Euros recorded about the months that begin in a period, but for what is declared."""
    line = "funding_line"
    rows = (
        Entitlement.objects.of_months()
        .filter(
            main_contractor=main_contractor_id,
            month__gte=period.start,
            month__lte=period.end,
        )
        .exclude(form=FundingLine.Form.PXQ)
        .order_by()
        .values_list(f"{line}__subcontract", f"{line}__form", f"{line}__name")
        .annotate(Sum("amount"))
    )
    return {(contract, form, name): amount for contract, form, name, amount in rows if contract}


def declared(allocation: Allocation) -> Declared:
    """What was declared of an allocation and not taken back, and what of it was approved.

    Minutes under an allocation in hours count as hours, rounded once to hundredths.
    """
    rows = (
        DeclaredLine.objects.filter(
            placement__allocation=allocation, is_credit=False, is_credited=False
        )
        .order_by()
        .values_list("is_approved", "unit")
        .annotate(Sum("volume"), Sum("amount"))
    )
    volumes: defaultdict[bool, Decimal] = defaultdict(Decimal)
    amounts: defaultdict[bool, Decimal] = defaultdict(Decimal)
    for is_approved, unit, volume, amount in rows:
        in_minutes = allocation.unit == _HOUR and unit == _MINUTE
        volumes[is_approved] += Decimal(volume) / (60 if in_minutes else 1)
        amounts[is_approved] += amount
    return Declared(
        declared_volume=round_cents(volumes[True] + volumes[False]),
        declared_amount=amounts[True] + amounts[False],
        approved_volume=round_cents(volumes[True]),
        approved_amount=amounts[True],
    )


def used(placement_ids: Sequence[int]) -> dict[int, Used]:
    """What of these placements was approved and not credited. Hours allocated, minutes declared:
    a begun hour counts. Where what was allocated is paid, that is what was used.
    """
    are_hours = Q(placement__unit=_HOUR, unit=_HOUR)
    in_smallest = Case(
        When(are_hours, then=F("volume") * 60),
        default=F("volume"),
        output_field=BigIntegerField(),
    )
    rows = (
        DeclaredLine.objects.paying()
        .filter(placement__in=placement_ids, is_credit=False, is_credited=False)
        .order_by()
        .values_list("placement", "placement__unit")
        .annotate(until=Max("end_date"), units=Sum(in_smallest), euros=Sum("amount"))
    )
    found = {
        placement: Used(until, -(-volume // 60) if unit == _HOUR else volume, amount)
        for placement, unit, until, volume, amount in rows
        if placement is not None
    }
    return found | _used_as_allocated(placement_ids)


def _used_as_allocated(placement_ids: Sequence[int]) -> dict[int, Used]:
    months: defaultdict[int, list[Entitlement]] = defaultdict(list)
    rows = Entitlement.objects.as_allocated().filter(placement__in=placement_ids, corrected_by=None)
    for row in rows.order_by("month"):
        months[row.placement_id or 0].append(row)
    return {
        placement: Used(
            Month.of(of[-1].month).last,
            ceil(sum((units_of(one.why) for one in of), Fraction(0))),
            sum((one.amount for one in of), ZERO),
        )
        for placement, of in months.items()
    }
