"""What the settlement of a year rests on, read from the database and ready to be frozen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q, Sum
from django.utils.translation import gettext as _

from billing.forms import capacity, fte
from billing.forms.base import choice, decimal
from billing.models import Entitlement, FteReport, Hold, PoolProduction
from billing.models.entitlements import EntitlementQuerySet
from billing.rules import fixed, settling
from billing.rules.capacity import OccupiedMonth
from billing.rules.explain import Explanation
from billing.rules.fte import WorkerMonth
from billing.rules.occupancy import place_days
from billing.rules.pool import Key, Member
from billing.rules.settling import (
    Aside,
    FteYear,
    Inputs,
    Method,
    PlacesYear,
    Produced,
    ReportedMonth,
)
from billing.selectors.occupancy import care_of, steered_months
from billing.selectors.settling import Part, Subject
from billing.selectors.vacancies import months_before
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.money import ZERO
from hoofdaannemer.core.periods import Month, Period
from qualifications.models import Requirement
from qualifications.selectors import Demand, Register, load_register
from subcontracts.models import FundingLine


@dataclass(frozen=True)
class Settled:
    """A line with what its year rests on and comes to."""

    part: Part
    inputs: Inputs
    why: Explanation
    aside: Aside


def settled(subject: Subject) -> list[Settled]:
    """Every line of a subject settled anew from what is known now.

    Raises RuleError BIL-02 for a line without good terms, BIL-80 and BIL-114 for a pool that
    cannot be shared.
    """
    found = _of_method(subject)
    return [
        Settled(part, inputs, why, _aside(part, subject.year))
        for part, (inputs, why) in zip(subject.parts, found, strict=True)
    ]


def _of_method(subject: Subject) -> Sequence[tuple[Inputs, Explanation]]:
    if subject.method is Method.POOL:
        return _pool(subject)
    if subject.method is Method.FTE:
        years = [_fte_year(part) for part in subject.parts]
        return [(year, settling.settle_fte(year)) for year in years]
    places = [_places_year(part) for part in subject.parts]
    return [(year, settling.settle_places(year)) for year in places]


def _fte_year(part: Part) -> FteYear:
    line, terms = part.line, fte.terms_of(part.line)
    register = load_register(line.main_contractor_id, [line.provider_organisation_id])
    demands = _demands(register, {one.product_id for one in line.line_products.all()})
    reports = FteReport.objects.handed_in().filter(
        funding_line=line, month__in=[month.first for month in part.months]
    )
    months = []
    for report in reports.order_by("month").prefetch_related("rows__professional"):
        month = report.calendar_month
        shared = part.period.intersection(month.period) or month.period
        counted = _counted_days(line, shared)
        workers = tuple(
            WorkerMonth(
                row.professional.reference,
                row.fte,
                _eligible_days(register, demands, line, row.professional_id, counted),
                counted.days,
                row.role if terms.roles else "",
            )
            for row in report.rows.all()
        )
        months.append(ReportedMonth(month, shared.days, report.pk, workers))
    return FteYear(terms, tuple(months), months_before(line, part.months[0], terms))


def _demands(register: Register, products: set[int]) -> list[Demand]:
    """What is asked of whoever works under the line, as far as it has a consequence."""
    return [
        demand
        for demand in register.demands
        if demand.applies_to == Requirement.AppliesTo.PROFESSIONAL
        and demand.on_lapse != Requirement.OnLapse.SIGNAL
        and (not demand.products or demand.products & products)
    ]


def _counted_days(line: FundingLine, shared: Period) -> Period:
    """The days on which it is asked whether somebody may work: all, or one that was agreed."""
    agreed = choice({"recognised": "days", **line.parameters}, "recognised", fte.Recognised)
    if agreed is fte.Recognised.FIRST:
        return Period(shared.start, shared.start)
    if agreed is fte.Recognised.LAST:
        return Period(shared.end or shared.start, shared.end)
    return shared


def _eligible_days(
    register: Register,
    demands: Sequence[Demand],
    line: FundingLine,
    professional_id: int,
    counted: Period,
) -> int:
    lacking = {
        day
        for demand in demands
        for day in register.days_lacking(
            demand, counted, line.provider_organisation_id, professional_id
        )
    }
    return counted.days - len(lacking)


def _places_year(part: Part) -> PlacesYear:
    line = part.line
    care = care_of(line, str(line.parameters.get("counted", "delivered")))
    spells = {client: one.spells for client, one in care.items()}
    steered = steered_months(line, part.months)
    paid = _paid_by_month(line)
    months = []
    for month in part.months:
        shared = part.period.intersection(month.period)
        if shared and month not in steered:
            occupied = place_days(spells, shared)
            months.append(OccupiedMonth(month, shared, occupied, paid[month]))
    return PlacesYear(capacity.terms_of(line), tuple(months), tuple(sorted(steered)))


def _paid_by_month(line: FundingLine) -> Mapping[Month, Decimal]:
    paid: defaultdict[Month, Decimal] = defaultdict(lambda: ZERO)
    for month, amount in _of_months(line).values_list("month").annotate(Sum("amount")):
        paid[Month.of(month)] = amount
    return paid


def _of_months(line: FundingLine) -> EntitlementQuerySet:
    return Entitlement.objects.of_months().filter(funding_line=line).order_by()


def _pool(subject: Subject) -> list[tuple[Inputs, Explanation]]:
    keys = {choice(part.line.parameters, "key", Key) for part in subject.parts}
    if len(keys) > 1:
        raise RuleError(
            "BIL-114",
            _("The contracts of this pool name different keys. Agree on one key, then settle."),
        )
    [key] = keys
    produced = [_produced(part, subject.year) for part in subject.parts]
    years = settling.pool_years(key, produced)
    shares = settling.settle_pool(list(years.values()))
    return [(years[one.member.number], shares[one.member.number]) for one in produced]


def _produced(part: Part, year: int) -> Produced:
    line = part.line
    recorded = PoolProduction.objects.standing().get(funding_line=line, year=year)
    advance = sum(
        (paid for month, paid in _paid_by_month(line).items() if month.year == year), ZERO
    )
    # Of equal parts of a cent the lowest number goes first: the one that was here first.
    number = f"{line.subcontract.subcontractor_id:010d}-{line.pk:010d}"
    member = Member(number, _expected(part), recorded.amount, advance)
    return Produced(member, recorded.source)


def _expected(part: Part) -> Decimal:
    """Expected production in the part of the year that is settled."""
    yearly = decimal(part.line.parameters, "production")
    entries = [fixed.advance(yearly, Decimal(1), month, part.period) for month in part.months]
    return sum((entry.amount for entry in entries if entry), ZERO)


def _aside(part: Part, year: int) -> Aside:
    contract = part.line.subcontract
    months = (date(year, 1, 1), date(year, 12, 1))
    paid = _of_months(part.line).filter(month__range=months)
    holds = Hold.objects.open().filter(
        entitlement__funding_line=part.line, entitlement__month__range=months
    )
    held = holds.aggregate(
        whole=Sum("amount"), above=Sum("amount", filter=Q(kind=Hold.Kind.CEILING))
    )
    kept = Entitlement.objects.filter(
        funding_line__subcontract=contract, month__range=months
    ).aggregate(
        discounts=Sum("amount", filter=Q(form=FundingLine.Form.SANCTION_DISCOUNT)),
        fees=Sum("amount", filter=Q(form=FundingLine.Form.MARGIN)),
    )
    return Aside(
        paid=paid.aggregate(total=Sum("amount"))["total"] or ZERO,
        held=held["whole"] or ZERO,
        above=held["above"] or ZERO,
        discounts=kept["discounts"] or ZERO,
        fees=kept["fees"] or ZERO,
        ceiling=contract.ceiling_on(date(year, 12, 31)),
    )
