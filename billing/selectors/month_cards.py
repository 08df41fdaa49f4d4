"""What a practice sees of a month: a card per placement, prefilled, with what it may declare."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.db.models import Prefetch, Q
from django.utils.translation import gettext as _

from billing.findings import EUROS, too_much
from billing.models import DeclaredLine, MonthDraft, Statement
from billing.rules.pxq import Minutes, Unit, line_amount, paid_minutes
from billing.rules.pxq import Tariff as Price
from hoofdaannemer.core.money import format_euro, from_cents, round_cents
from hoofdaannemer.core.periods import Month, Period
from hoofdaannemer.core.scope import Scope
from hoofdaannemer.core.working_days import add_working_days
from messaging.istandaard import Family
from messaging.istandaard.volumes import AllocatedVolume, in_declared_unit, line_cap
from subcontracts.models import (
    FundingLine,
    FundingLineProduct,
    Placement,
    PlacementProfessional,
    Tariff,
)
from subcontracts.rules.funding_parameters import EXACT, MINUTES
from subcontracts.words import frequency_text, volume_text

_MINUTES, _HOURS = "01", "04"
#: Working days after a month in which it is handed in.
HAND_IN_DAYS: Final = 8


def hand_in_by(month: Month) -> date:
    """The last day on which a month is handed in."""
    return add_working_days(month.last, HAND_IN_DAYS)


@dataclass(frozen=True)
class Card:
    """A placement in a month. Volumes are in `unit`, the price in euros a `price_unit`."""

    placement: Placement
    period: Period
    unit: str
    price: Decimal | None
    price_unit: str
    cap: int | None
    draft: MonthDraft | None
    approved: DeclaredLine | None
    #: The newest line of the month, where it was rejected.
    rejected: DeclaredLine | None
    last_volume: int | None
    #: How minutes are paid at a price an hour.
    how: Minutes = Minutes.EXACT
    named: Sequence[PlacementProfessional] = ()

    @property
    def volume(self) -> int | None:
        """What stands in the field: typed, else approved, else that of last month."""
        if self.draft:
            return self.draft.volume
        return self.approved.volume if self.approved else self.last_volume

    @property
    def workers(self) -> dict[int, int]:
        """Volume by professional: as typed, else as approved."""
        if self.draft:
            return {int(one): volume for one, volume in self.draft.workers.items()}
        return self.approved_workers

    @property
    def approved_workers(self) -> dict[int, int]:
        """Volume by professional of the line that was approved."""
        shares = self.approved.worker_shares.all() if self.approved else ()
        return {one.professional_id: one.volume for one in shares}

    @property
    def no_care(self) -> str:
        """The reason why no care was given; empty where care was."""
        return self.draft.no_care if self.draft else ""

    @property
    def last_month(self) -> str:
        """Where the number in the field comes from, while nothing was typed or approved yet."""
        if self.draft or self.approved or self.last_volume is None:
            return ""
        return _("Last month: %(volume)s.") % {"volume": volume_text(self.last_volume, self.unit)}

    @property
    def too_much(self) -> str:
        """What will be said of a number above the cap, with `{volume}` where that number goes."""
        return "" if self.cap is None else too_much(self.cap, self.unit)

    @property
    def rate(self) -> tuple[Decimal, int] | None:
        """Euros for so many units, as a line is priced; None where no price goes with a volume.

        Minutes of an hourly tariff are priced by 60 (IV081), any other unit by one, in whole cents.
        Of minutes those count that `paid_part` rounds them up to.
        """
        if self.price is None or self.unit == EUROS:
            return None
        if self._is_hourly:
            return self.price, 60
        return round_cents(self.price), 1

    @property
    def paid_part(self) -> int:
        """Minutes of the part that is paid as soon as it was begun; one where all count exactly."""
        return paid_minutes(1, self.how) if self._is_hourly else 1

    @property
    def _is_hourly(self) -> bool:
        return self.unit == _MINUTES and self.price_unit == _HOURS

    def amount(self, volume: int) -> Decimal | None:
        """Euros for a volume; None where no amount follows from it, as for an own team."""
        if self.unit == EUROS:
            return from_cents(volume)
        if self.rate is None:
            return None
        unit = Unit(self.unit)
        price = Price(Unit.HOUR if self._is_hourly else unit, self.rate[0])
        return line_amount(volume, unit, price, self.how).amount

    @property
    def allocated(self) -> str:
        """What was allocated, as a sentence."""
        placed = self.placement
        if placed.budget:
            return _("A budget of %(amount)s for the whole period.") % {
                "amount": format_euro(placed.budget)
            }
        if placed.volume is None or self.cap is None:
            return _("No number was agreed.")
        return _("%(volume)s %(frequency)s, so up to %(cap)s this month.") % {
            "volume": volume_text(placed.volume, placed.unit),
            "frequency": frequency_text(placed.frequency),
            "cap": volume_text(self.cap, self.unit),
        }


def months_to_show(today: date) -> tuple[Month, ...]:
    """The months a practice may still hand in, newest first: the last twelve that began."""
    months = [Month.of(today)]
    while len(months) < 12:
        months.append(months[-1].previous())
    return tuple(months)


def statements_of(scope: Scope, month: Month) -> list[Statement]:
    """The statements that closed a month for the own organisation, one a main contractor."""
    return list(
        Statement.objects.visible_to(scope)
        .light()
        .filter(provider_organisation=scope.organisation_id, month=month.first)
        .order_by("pk")
    )


def cards(scope: Scope, month: Month) -> list[Card]:
    """Placements of the own organisation that are paid per volume, or an own team's, in a month.

    A fixed number of queries, whatever the number of clients.
    """
    placements = list(_placements(scope, month))
    prices = _prices(placements, month)
    found = []
    for placement in placements:
        if placement.subcontract_id and placement.pk not in prices:
            continue
        found.append(_card(placement, month, prices.get(placement.pk)))
    return sorted(found, key=lambda card: (card.placement.client.initials, card.placement.pk))


def _placements(scope: Scope, month: Month) -> Any:
    before = month.previous().first
    lines = DeclaredLine.objects.filter(is_credit=False, start_date__range=(before, month.last))
    named = PlacementProfessional.objects.in_force_during(month.period)
    return (
        Placement.objects.visible_to(scope)
        .filter(provider_organisation=scope.organisation_id)
        .filter(status__in=[Placement.Status.ACCEPTED, Placement.Status.ENDED])
        .in_force_during(month.period)
        .exclude(client__is_sealed=True)
        .select_related("client", "product", "subcontractor")
        .prefetch_related(
            Prefetch(
                "drafts",
                MonthDraft.objects.filter(month__in=[month.first, before]),
                to_attr="near_drafts",
            ),
            Prefetch(
                "declared_lines",
                lines.order_by("pk").prefetch_related("findings", "worker_shares"),
                to_attr="near_lines",
            ),
            Prefetch(
                "professionals",
                named.select_related("professional").order_by("professional__reference"),
                to_attr="near_named",
            ),
        )
        .order_by("pk")
    )


#: Price, its unit and how minutes are paid.
_Priced = tuple[Decimal | None, str, Minutes]


def _prices(placements: Sequence[Placement], month: Month) -> dict[int, _Priced]:
    """By placement, for those that a price-times-quantity line pays by what is declared."""
    contracts = {one.subcontract_id for one in placements if one.subcontract_id}
    in_month = Q(end_date=None) | Q(end_date__gte=month.first)
    covered = {
        (one.subcontract_id, one.product_id): one
        for one in FundingLineProduct.objects.filter(
            in_month,
            subcontract__in=contracts,
            funding_line__form=FundingLine.Form.PXQ,
            start_date__lte=month.last,
        ).select_related("funding_line")
        if not one.funding_line.is_paid_as_allocated
    }
    tariffs: dict[tuple[int, int], list[Tariff]] = {}
    for tariff in Tariff.objects.filter(
        in_month, subcontract__in=contracts, start_date__lte=month.last
    ):
        tariffs.setdefault((tariff.subcontract_id, tariff.product_id), []).append(tariff)
    found: dict[int, _Priced] = {}
    for one in placements:
        key = (one.subcontract_id or 0, one.product_id)
        day = max(one.start_date, month.first)
        cover = covered.get(key)
        if cover and Period(cover.start_date, cover.end_date).contains(day):
            how = minutes_of(cover.funding_line)
            price = next(
                (t for t in tariffs.get(key, ()) if Period(t.start_date, t.end_date).contains(day)),
                None,
            )
            agreed = (price.amount, price.unit) if price else (None, one.product.unit)
            found[one.pk] = (*agreed, how)
    return found


def minutes_of(line: FundingLine) -> Minutes:
    """How a line pays minutes at a price an hour."""
    return Minutes(line.parameters.get(MINUTES, EXACT))


def _card(placement: Placement, month: Month, priced: _Priced | None) -> Card:
    period = Period(placement.start_date, placement.end_date).intersection(month.period)
    if period is None:
        raise ValueError("the placement is not in force in this month")
    price, price_unit, how = priced or (None, placement.product.unit, Minutes.EXACT)
    unit = declared_unit(placement, price_unit)
    drafts = {one.month: one for one in placement.near_drafts}  # type: ignore[attr-defined]
    lines: list[DeclaredLine] = placement.near_lines  # type: ignore[attr-defined]
    counting = {
        Month.of(one.start_date): one for one in lines if one.is_approved and not one.is_credited
    }
    newest = {Month.of(one.start_date): one for one in lines}.get(month)
    last_line = counting.get(month.previous())
    last_draft = drafts.get(month.previous().first)
    last = last_line.volume if last_line else last_draft.volume if last_draft else None
    return Card(
        placement=placement,
        period=period,
        unit=unit,
        price=price,
        price_unit=price_unit,
        cap=_cap(placement, period, unit),
        draft=drafts.get(month.first),
        approved=counting.get(month),
        rejected=newest if newest and not newest.is_approved else None,
        last_volume=last,
        how=how,
        named=placement.near_named,  # type: ignore[attr-defined]
    )


def declared_unit(placement: Placement, price_unit: str) -> str:
    """The unit to declare in: the contract's, where it fits what was allocated."""
    if not placement.unit or price_unit == placement.unit:
        return price_unit
    minutes_of_hours = placement.unit == _HOURS and price_unit == _MINUTES
    return price_unit if minutes_of_hours else placement.unit


def _cap(placement: Placement, period: Period, unit: str) -> int | None:
    if placement.volume is None:
        return None
    allocated = AllocatedVolume(
        family=Family(placement.family),
        category=placement.product.category,
        volume=placement.volume,
        unit=placement.unit,
        frequency=placement.frequency,
        period=Period(placement.start_date, placement.end_date),
    )
    return in_declared_unit(line_cap(allocated, period), unit, allocated)
