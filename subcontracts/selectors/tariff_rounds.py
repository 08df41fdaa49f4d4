"""What a tariff round does to each contract, in tariffs and in euros a year."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Count, Max, Q, Sum

from hoofdaannemer.core.money import ZERO, round_cents
from hoofdaannemer.core.periods import Period, add_months
from hoofdaannemer.core.scope import Scope
from subcontracts import gates
from subcontracts.models import (
    Subcontract,
    Tariff,
    TariffChange,
    TariffInvitation,
    TariffRound,
    TariffRoundLine,
)
from subcontracts.rules.tariff_changes import Change, Held, Offer, changes


@dataclass(frozen=True)
class Planned:
    """One contract and product with its tariff, the change, and euros a year where known."""

    line: TariffRoundLine
    tariff: Tariff
    change: Change
    yearly_old: Decimal | None
    yearly_new: Decimal | None


def plan(scope: Scope, row: TariffRound) -> list[Planned]:
    """Every tariff of the round's products in contracts that run, in a fixed number of queries.

    Before the round opens everybody with such a contract counts as asked.
    """
    lines = {
        one.product_id: one
        for one in TariffRoundLine.objects.visible_to(scope)
        .filter(round=row)
        .select_related("final", "product")
    }
    offers = {
        pk: Offer(one.final.amount, one.final.unit)
        for pk, one in lines.items()
        if one.final.amount is not None
    }
    tariffs = {
        one.pk: one
        for one in Tariff.objects.visible_to(scope)
        .filter(main_contractor=row.main_contractor_id, product__in=offers)
        .exclude(subcontract__status__in=[*Subcontract.NOT_BEGUN, Subcontract.Status.ENDED])
        .order_by("subcontract", "product", "start_date", "pk")
    }
    asked = set(
        TariffInvitation.objects.visible_to(scope)
        .filter(round=row)
        .values_list("line__product", "provider_organisation")
    )
    held = [
        Held(
            one.pk,
            one.subcontract_id,
            one.product_id,
            one.amount,
            one.unit,
            Period(one.start_date, one.end_date),
            row.opened_at is None or (one.product_id, one.provider_organisation_id) in asked,
        )
        for one in tariffs.values()
    ]
    declared = gates.turnover(
        row.main_contractor_id,
        Period(add_months(scope.today, -12), scope.today - timedelta(days=1)),
    )
    return [
        Planned(
            lines[one.of.product],
            tariffs[one.of.key],
            one,
            *_yearly(one, declared.get((one.of.contract, one.of.product), ZERO)),
        )
        for one in changes(held, row.effective_date, offers)
    ]


def _yearly(one: Change, declared: Decimal) -> tuple[Decimal | None, Decimal | None]:
    """What was approved in twelve months, and the same volume at the new tariff.

    As if all of it was declared at the tariff that holds; rounded once, here.
    """
    if one.new is None or not declared:
        return None, None
    volume = declared / one.of.amount
    return round_cents(declared), round_cents(volume * one.new)


@dataclass(frozen=True)
class Effect:
    """What a round means for one subcontractor; euros of what takes part, None if unknown."""

    organisation: str
    taking_part: int
    left_out: int
    old: Decimal | None
    new: Decimal | None


def by_subcontractor(scope: Scope, row: TariffRound) -> list[Effect]:
    """All subcontractors of a round, in one query."""
    taking_part = Q(left_out="")
    counted = (
        TariffChange.objects.visible_to(scope)
        .filter(round=row)
        .order_by("subcontract__provider_organisation__name", "subcontract__provider_organisation")
        .values_list("subcontract__provider_organisation")
        .annotate(
            name=Max("subcontract__provider_organisation__name"),
            taking_part=Count("pk", filter=taking_part),
            out=Count("pk", filter=~taking_part),
            old=Sum("yearly_old", filter=taking_part),
            new=Sum("yearly_new", filter=taking_part),
        )
    )
    return [Effect(name, taking, out, old, new) for _pk, name, taking, out, old, new in counted]


def total(effects: Iterable[Effect]) -> tuple[Decimal, Decimal]:
    """Euros a year of all of them at the old tariffs and at the new ones, as far as known."""
    known = [(one.old, one.new) for one in effects]
    return (
        sum((old for old, _new in known if old is not None), ZERO),
        sum((new for _old, new in known if new is not None), ZERO),
    )


def published_in(scope: Scope, subcontract: Subcontract) -> dict[tuple[int, date, Decimal], int]:
    """In which round a tariff was published, by its product, first day and amount.

    Only what one may read: a subcontractor the rounds in which it was asked.
    """
    lines = TariffRoundLine.objects.visible_to(scope).filter(
        main_contractor=subcontract.main_contractor_id,
        round__status=TariffRound.Status.DECIDED,
    )
    columns = ("product", "round__effective_date", "final__amount", "round")
    return {
        (product, day, amount): pk
        for product, day, amount, pk in lines.values_list(*columns)
        if amount is not None
    }
