"""What a forecast rests on, read for a municipal contract or one subcontract: one query a kind."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from django.db.models import BigIntegerField, Case, Count, Exists, F, Q, Sum, When
from django.db.models.functions import TruncMonth

from billing.forms import AGREED
from billing.models import DeclaredLine, Entitlement
from billing.rules.allocated import units_of
from billing.rules.drivers import Measured
from billing.rules.forecast import (
    BEGIN_MONTHS,
    LONGEST,
    USE_MONTHS,
    Facts,
    Flow,
    Key,
    Running,
)
from billing.rules.monthly import as_decimal
from billing.rules.seasons import MOST_YEARS, Season, season
from billing.selectors.exempt import exempt_entitlements, exempt_lines, exempt_placements
from billing.selectors.running_care import running_care
from hoofdaannemer.core.money import ZERO
from hoofdaannemer.core.periods import Month, Period, add_months
from subcontracts.models import FundingLine, Placement, Steers, Tariff
from subcontracts.rules.committed import DAYS, committed

_PXQ: Final = FundingLine.Form.PXQ
#: Of which nothing is agreed for the months to come, and that go on as they went.
_AS_BEFORE: Final = frozenset(
    {FundingLine.Form.TRAJECTORY, FundingLine.Form.PROFILE, FundingLine.Form.MARGIN}
)
#: Day of a month from which the month before it is declared, for as good as everybody.
DECLARED_DAY: Final = 15
_HOUR, _EURO = "04", "83"
_SIGNED: Final = Case(When(is_credit=True, then=-F("amount")), default=F("amount"))
_DAYS_A_MONTH: Final = Decimal("30.4375")


@dataclass(frozen=True)
class View:
    """Which contract and year, seen from which day; `day` lies in the year.

    Keys: of a municipal contract with all that is under it, or of one subcontract.
    """

    year: int
    day: date
    contract: int = 0
    subcontract: int = 0

    def under(self, path: str) -> dict[str, int]:
        """What a filter asks of the subcontract that a path leads to."""
        if self.subcontract:
            return {path: self.subcontract}
        return {f"{path}__municipal_contract": self.contract}

    @property
    def rest(self) -> Period:
        """From the day to the end of the year."""
        return Period(self.day, date(self.year, 12, 31))

    @property
    def now(self) -> Month:
        """The running month."""
        return Month.of(self.day)

    def lately(self, months: int) -> Period:
        """So many whole months back, of which the declarations are in."""
        until = self.now.previous()
        if self.day.day < DECLARED_DAY:
            until = until.previous()
        return Period(Month.of(add_months(until.first, 1 - months)).first, until.last)

    def before(self, period: Period) -> Period:
        """As many months, right before a period."""
        months = sum(1 for _month in period.months())
        last = Month.of(period.start).previous()
        return Period(Month.of(add_months(last.first, 1 - months)).first, last.last)


def gather(view: View) -> Facts:
    """Read the facts under the caller's scope."""
    declared: defaultdict[tuple[Key, Month], Decimal] = defaultdict(lambda: ZERO)
    for key, month, amount in (*_declared(view), *_entitled(view)):
        declared[key, month] += amount
    return Facts(
        year=view.year,
        now=view.now,
        declared=declared,
        running=[*_running_care(view), *_agreed(view)],
        flows={**_flows(view), **_as_before(view, declared)},
        seasons=_seasons(view),
        measured=list(view.lately(USE_MONTHS).months()),
    )


def _in_year(view: View) -> tuple[date, date]:
    return date(view.year, 1, 1), date(view.year, 12, 31)


def _declared(view: View) -> Iterator[tuple[Key, Month, Decimal]]:
    """Approved lines, net of credits; their entitlements follow a little later."""
    rows = (
        _lines(view)
        .filter(start_date__range=_in_year(view))
        .annotate(is_exempt=Exists(exempt_lines()), of_month=TruncMonth("start_date"))
        .order_by()
        .values_list(
            *("placement__subcontract", "product", "placement__allocation__municipality"),
            *("is_exempt", "of_month"),
        )
        .annotate(total=Sum(_SIGNED))
    )
    for subcontract, product, municipality, is_exempt, month, total in rows:
        key = Key(subcontract, _PXQ, product or 0, municipality, is_exempt=is_exempt)
        yield key, Month.of(month), total


def _seasons(view: View) -> dict[int, Season]:
    """By product, from approved lines of the years before."""
    behind = (date(view.year - MOST_YEARS, 1, 1), date(view.year - 1, 12, 31))
    rows = (
        _lines(view)
        .filter(start_date__range=behind, product__isnull=False)
        .annotate(of_month=TruncMonth("start_date"))
        .order_by()
        .values_list("product", "of_month")
        .annotate(total=Sum(_SIGNED))
    )
    found: defaultdict[int, dict[Month, Decimal]] = defaultdict(dict)
    for product, month, total in rows:
        found[product][Month.of(month)] = total
    known = {product: season(months, view.year) for product, months in found.items()}
    return {product: one for product, one in known.items() if one}


def _lines(view: View) -> Any:
    return (
        DeclaredLine.objects.paying()
        .filter(**view.under("placement__subcontract"))
        .exclude(Steers("placement__subcontract", "start_date"))
    )


def _entitled(view: View) -> Iterator[tuple[Key, Month, Decimal]]:
    """Rights of the other forms, that of a year's settlement in the month it is about."""
    first, last = _in_year(view)
    rows = (
        Entitlement.objects.filter(
            **view.under("funding_line__subcontract"),
            month__range=(first, last),
            declared_line=None,
        )
        .annotate(is_exempt=Exists(exempt_entitlements()))
        .order_by()
        .values_list(
            *("funding_line__subcontract", "form", "product"),
            *("placement__allocation__municipality", "is_exempt", "month"),
        )
        .annotate(total=Sum("amount"))
    )
    for subcontract, form, product, municipality, is_exempt, month, total in rows:
        key = Key(subcontract, form, product or 0, municipality or 0, is_exempt=is_exempt)
        yield key, Month.of(month), total


def _running_care(view: View) -> Iterator[Running]:
    placements = (
        Placement.objects.filter(**view.under("subcontract"))
        .annotate(is_exempt=Exists(exempt_placements(view.day)))
        .select_related("allocation")
    )
    for placed, running in running_care(placements, view.rest):
        if running.ahead is not None and (most := committed(running)):
            # What was allocated is paid whatever is used of it.
            is_certain = running.paid_over is not None
            ahead = _within(running.ahead, view)
            yield Running(_key(placed), ahead, most, is_certain=is_certain)


def _key(placed: Any) -> Key:
    return Key(
        placed.subcontract_id,
        _PXQ,
        placed.product_id,
        placed.allocation.municipality_id,
        is_exempt=placed.is_exempt,
    )


def _within(ahead: Period, view: View) -> Period:
    """What was given last year and not declared yet comes in this one."""
    first = date(view.year, 1, 1)
    if ahead.end is not None and ahead.end < first:
        return view.now.period
    return Period(max(ahead.start, first), ahead.end)


def _agreed(view: View) -> Iterator[Running]:
    """The months of agreed sums, as far as they are not recorded yet."""
    year = Period(*_in_year(view))
    lines = FundingLine.objects.filter(
        form__in=AGREED, **view.under("subcontract")
    ).in_force_during(year)
    recorded = set(
        Entitlement.objects.of_months()
        .filter(funding_line__in=lines, month__year=view.year, corrects=None)
        .values_list("funding_line", "month")
    )
    for line in lines:
        for month in year.months():
            entry = AGREED[line.form](line, month)
            if entry and entry.amount and (line.pk, month.first) not in recorded:
                key = Key(line.subcontract_id, line.form)
                yield Running(key, month.period, entry.amount, is_certain=True)


def _flows(view: View) -> dict[Key, Flow]:
    """How price times quantity went lately, by key."""
    used = _used(view)
    begun = _begun(view)
    lasting = _lasting(view)
    return {
        key: Flow(
            used=one.used,
            allocated=one.allocated,
            begun=begun.get(key, 0),
            a_month=one.euros / one.months if one.months else ZERO,
            lasting=lasting.get(key.product, LONGEST),
        )
        for key, one in used.items()
    }


@dataclass
class _Use:
    used: Decimal = ZERO
    allocated: Decimal = ZERO
    #: All that was declared, and in how many months of placements.
    euros: Decimal = ZERO
    months: Decimal = ZERO


def _used(view: View) -> dict[Key, _Use]:
    """What placements of the last months cost, beside what all of it would have cost.

    That is known where a volume was allocated by day, week or month.
    """
    lately = view.lately(USE_MONTHS)
    euros = dict(
        _lines(view)
        .filter(start_date__range=(lately.start, lately.end))
        .order_by()
        .values_list("placement")
        .annotate(total=Sum(_SIGNED))
    )
    allocated = _allocated(view, lately).order_by().values_list("placement")
    euros |= dict(allocated.annotate(total=Sum("amount")))
    prices = {
        (row.subcontract_id, row.product_id): row.amount
        for row in Tariff.objects.in_force_on(lately.end or view.day).filter(
            **view.under("subcontract")
        )
    }
    found: defaultdict[Key, _Use] = defaultdict(_Use)
    for placed in _delivered(view, lately):
        part = Period(placed.start_date, placed.end_date).intersection(lately)
        price = prices.get((placed.subcontract_id, placed.product_id))
        if part is None or price is None:
            continue
        use, given = found[_key(placed)], euros.get(placed.pk, ZERO)
        use.euros += given
        use.months += part.days / _DAYS_A_MONTH
        days = DAYS.get(placed.frequency)
        if placed.volume is not None and days is not None:
            use.used += given
            use.allocated += part.days / days * placed.volume * price
    return found


def _allocated(view: View, period: Period) -> Any:
    """What stands of months that are paid by what was allocated."""
    return Entitlement.objects.as_allocated().filter(
        **view.under("funding_line__subcontract"),
        corrected_by=None,
        month__range=(period.start, period.end),
    )


def _delivered(view: View, period: Period) -> Iterable[Any]:
    return (
        Placement.objects.filter(
            **view.under("subcontract"),
            status__in=(*Placement.LIVE, Placement.Status.ENDED),
        )
        .filter(Q(end_date=None) | Q(end_date__gte=period.start), start_date__lte=period.end)
        .exclude(Steers("subcontract", "start_date"))
        .annotate(is_exempt=Exists(exempt_placements(view.day)))
        .select_related("allocation")
    )


def _begun(view: View) -> dict[Key, int]:
    """Placements that began in the last months, those that go on after another one too."""
    lately = view.lately(BEGIN_MONTHS)
    rows = (
        Placement.objects.filter(
            **view.under("subcontract"),
            status__in=(*Placement.LIVE, Placement.Status.ENDED),
            start_date__range=(lately.start, lately.end),
        )
        .annotate(is_exempt=Exists(exempt_placements(view.day)))
        .order_by()
        .values_list("subcontract", "product", "allocation__municipality", "is_exempt")
        .annotate(number=Count("pk"))
    )
    return {
        Key(subcontract, _PXQ, product, municipality, is_exempt=is_exempt): number
        for subcontract, product, municipality, is_exempt, number in rows
    }


def _lasting(view: View) -> dict[int, Decimal]:
    """Months that placements of a product last by their days, of those that began in two years."""
    since = add_months(view.day, -24)
    rows = Placement.objects.filter(
        **view.under("subcontract"),
        status__in=(*Placement.LIVE, Placement.Status.ENDED),
        start_date__range=(since, view.day),
        end_date__isnull=False,
    ).values_list("product", "start_date", "end_date")
    days: defaultdict[int, list[int]] = defaultdict(list)
    for product, start, end in rows:
        if end is not None:
            days[product].append((end - start).days + 1)
    return {
        product: Decimal(sum(each)) / len(each) / _DAYS_A_MONTH for product, each in days.items()
    }


def _as_before(view: View, declared: dict[tuple[Key, Month], Decimal]) -> dict[Key, Flow]:
    """Forms that follow events, such as trajectories: as much a month as in the last months."""
    lately = {*view.lately(BEGIN_MONTHS).months()}
    months = [month for month in lately if month.year == view.year]
    totals: defaultdict[Key, Decimal] = defaultdict(lambda: ZERO)
    for (key, month), amount in declared.items():
        if key.form in _AS_BEFORE and month in months:
            totals[key] += amount
    return {key: Flow(every_month=total / len(months)) for key, total in totals.items() if total}


def measured(view: View, period: Period) -> dict[int, dict[int, Measured]]:
    """Clients, units and euros by subcontract and product in a period: declared, or allocated."""
    hour = F("volume") * 60
    signed = Case(
        When(is_credit=True, unit=_HOUR, then=-1 * hour),
        When(is_credit=True, then=-1 * F("volume")),
        When(unit=_HOUR, then=hour),
        default=F("volume"),
        output_field=BigIntegerField(),
    )
    rows = (
        _lines(view)
        .filter(start_date__range=(period.start, period.end))
        .order_by()
        .values_list("placement__subcontract", "product")
        .annotate(
            clients=Count("client", distinct=True, filter=Q(is_credit=False, is_credited=False)),
            units=Sum(signed),
            euros=Sum(_SIGNED),
        )
    )
    found: defaultdict[int, dict[int, Measured]] = defaultdict(dict)
    for subcontract, product, clients, units, total in rows:
        if product is not None:
            found[subcontract][product] = Measured(clients, Decimal(units), total)
    for key, given in _measured_as_allocated(view, period).items():
        subcontract, product = key
        known = found[subcontract].get(product, Measured())
        found[subcontract][product] = Measured(
            known.clients + given.clients, known.units + given.units, known.euros + given.euros
        )
    return found


def _measured_as_allocated(view: View, period: Period) -> dict[tuple[int, int], Measured]:
    months: defaultdict[tuple[int, int], list[Entitlement]] = defaultdict(list)
    rows = _allocated(view, period).select_related("placement", "funding_line")
    for row in rows.filter(product__isnull=False):
        months[row.funding_line.subcontract_id, row.product_id].append(row)
    return {
        key: Measured(
            len({one.placement.client_id for one in of if one.placement}),
            as_decimal(sum((_smallest(one) for one in of), Fraction(0))),
            sum((one.amount for one in of), ZERO),
        )
        for key, of in months.items()
    }


def _smallest(one: Entitlement) -> Fraction:
    is_hour = one.placement is not None and one.placement.unit == _HOUR
    return units_of(one.why) * (60 if is_hour else 1)
