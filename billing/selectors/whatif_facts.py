"""What a what-if rests on, read for all subcontractors and months at once: one query a kind."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.db.models import Case, Count, F, Q, Sum, When
from django.db.models.functions import Coalesce

from billing.models import Entitlement, FteReport, Statement
from billing.rules.pxq import Minutes, paid_minutes
from billing.rules.results import SUFFIX
from billing.rules.whatif.facts import (
    Cover,
    Facts,
    Fte,
    Line,
    Party,
    Recorded,
    RecordedKind,
    Stated,
    Volume,
)
from billing.selectors.whatif_care import cares
from billing.selectors.whatif_traffic import traffic
from hoofdaannemer.core.money import ZERO
from hoofdaannemer.core.periods import Month, Period
from subcontracts.models import (
    FundingLine,
    FundingLineProduct,
    MessagePurpose,
    Subcontract,
    Subcontractor,
)
from subcontracts.models.contracts import FundingLineQuerySet
from subcontracts.rules.funding_parameters import MINUTES
from subcontracts.selectors.purposes import steering_of

_PXQ: Final = FundingLine.Form.PXQ


@dataclass(frozen=True)
class Asked:
    """Which subcontractors of a main contractor, and which whole months."""

    main_contractor_id: int
    subcontractors: Sequence[int]
    months: Sequence[Month]

    @property
    def period(self) -> Period:
        """All months together."""
        return Period(self.months[0].first, self.months[-1].last)


def gather(asked: Asked) -> Facts:
    """Read the facts under the caller's scope; nothing is changed."""
    stated = Statement.objects.filter(main_contractor=asked.main_contractor_id)
    stated_in = [
        Month.of(one) for one in stated.order_by("month").values_list("month", flat=True).distinct()
    ]
    found: dict[str, Mapping[int, Sequence[Any]]] = {
        "lines": _lines(asked),
        "volumes": _volumes(asked),
        "cares": cares(asked.subcontractors),
        "fte": _fte(asked),
        "recorded": _recorded(asked),
        "stated": _stated(asked),
        "traffic": traffic(asked.subcontractors, asked.period),
    }
    names = Subcontractor.objects.filter(
        main_contractor=asked.main_contractor_id, pk__in=asked.subcontractors
    ).values_list("pk", "provider_organisation__name")
    parties = [
        Party(pk, name, **{kind: tuple(rows.get(pk, ())) for kind, rows in found.items()})
        for pk, name in names.order_by("provider_organisation__name", "pk")
    ]
    return Facts(
        months=tuple(asked.months),
        since=stated_in[0] if stated_in else None,
        closed=tuple(month for month in stated_in if month in asked.months),
        parties=tuple(parties),
    )


def in_parties(main_contractor_id: int, period: Period) -> list[int]:
    """Subcontractors with a contract that ran in a period; no own teams."""
    rows = _agreed(period).in_force_during(period)
    rows = rows.filter(
        main_contractor=main_contractor_id, subcontract__subcontractor__is_own_team=False
    )
    return sorted(set(rows.values_list("subcontract__subcontractor", flat=True)))


def _agreed(period: Period) -> FundingLineQuerySet:
    """Lines that began by the end of a period; ended ones may still have been corrected in it."""
    rows = FundingLine.objects.filter(start_date__lte=period.end or date.max)
    return rows.exclude(subcontract__status=Subcontract.Status.DRAFT)


def _lines(asked: Asked) -> Mapping[int, list[Line]]:
    rows = list(
        _agreed(asked.period)
        .filter(subcontract__subcontractor__in=asked.subcontractors)
        .select_related("subcontract")
        .order_by("pk")
    )
    covers: defaultdict[int, list[Cover]] = defaultdict(list)
    products = FundingLineProduct.objects.filter(funding_line__in=rows).order_by("pk")
    for line, product, start, end in products.values_list(
        "funding_line", "product", "start_date", "end_date"
    ):
        covers[line].append(Cover(product, Period(start, end)))
    steered = _steered(rows, asked.months)
    found: defaultdict[int, list[Line]] = defaultdict(list)
    for row in rows:
        found[row.subcontract.subcontractor_id].append(
            Line(
                row.pk,
                row.subcontract_id,
                row.subcontract.municipal_contract_id,
                row.name,
                row.form,
                row.parameters,
                Period(row.start_date, row.end_date),
                tuple(covers[row.pk]),
                frozenset(steered[row.pk]),
            )
        )
    return found


def _steered(rows: Iterable[FundingLine], months: Sequence[Month]) -> Mapping[int, set[Month]]:
    """By line, the months in which messages are for steering only, as the forms judge it."""
    steered: defaultdict[int, set[Month]] = defaultdict(set)
    if not MessagePurpose.objects.exists():
        return steered
    days = {
        (row.pk, month): (row.subcontract_id, max(month.first, row.start_date))
        for row in rows
        for month in months
    }
    found = steering_of(set(days.values()))
    for (line, month), moment in days.items():
        if moment in found:
            steered[line].add(month)
    return steered


def _volumes(asked: Asked) -> Mapping[int, list[Volume]]:
    """Debits that stand. A credit and what it takes back are nothing together."""
    line = "declared_line__"
    rows = (
        Entitlement.objects.filter(
            subcontractor__in=asked.subcontractors,
            form=_PXQ,
            corrects=None,
            corrected_by=None,
            declared_line__isnull=False,
            month__range=(asked.period.start, asked.period.end),
        )
        .order_by()
        .values_list("subcontractor", "month", "funding_line", f"{line}unit")
        .annotate(
            how=F(f"funding_line__parameters__{MINUTES}"),
            tariff=Coalesce(f"{line}hour_tariff", f"{line}tariff"),
            is_hour=Q(**{f"{line}hour_tariff__isnull": False}),
            # Only there a line has a part of a cent, so that its own volume matters.
            each=Case(When(**{f"{line}hour_tariff__isnull": False}, then=f"{line}volume")),
            volume=Sum(f"{line}volume"),
            count=Count("pk"),
            recorded=Sum("amount"),
        )
        .order_by("subcontractor", "month", "funding_line", f"{line}unit", "tariff", "each")
    )
    found: defaultdict[int, list[Volume]] = defaultdict(list)
    for party, month, funding, unit, how, tariff, is_hour, each, volume, count, recorded in rows:
        # What is paid of minutes: parts that were begun, where the line says so.
        counted = volume if each is None else paid_minutes(each, Minutes(how or Minutes.EXACT))
        found[party].append(
            Volume(Month.of(month), funding, unit, tariff, is_hour, int(counted), count, recorded)
        )
    return found


def _fte(asked: Asked) -> Mapping[int, list[Fte]]:
    rows = (
        FteReport.objects.handed_in()
        .filter(
            funding_line__subcontract__subcontractor__in=asked.subcontractors,
            month__range=(asked.period.start, asked.period.end),
        )
        .order_by("month", "funding_line")
        .values_list("funding_line__subcontract__subcontractor", "month", "funding_line")
        .annotate(fte=Sum("rows__fte"), count=Count("rows"))
    )
    found: defaultdict[int, list[Fte]] = defaultdict(list)
    for party, month, line, fte, count in rows:
        found[party].append(Fte(Month.of(month), line, fte or Decimal(0), count))
    return found


def _recorded(asked: Asked) -> Mapping[int, list[Recorded]]:
    """What is about a month of the period, and what else its statements hold."""
    stated = "statement_lines__statement__month"
    within = (asked.period.start, asked.period.end)
    rows = (
        Entitlement.objects.filter(subcontractor__in=asked.subcontractors)
        # What a pool still gives is computed on both sides, settled already or not.
        .exclude(form=FundingLine.Form.ADVANCE_POOL, settlement__isnull=False)
        .filter(Q(month__range=within) | Q(**{f"{stated}__range": within}))
        .order_by()
        .values_list("subcontractor", "month", "funding_line", "form", stated)
        .annotate(
            assessed=Q(assessment__isnull=False)
            | Q(corrects__assessment__isnull=False)
            | Q(settlement__isnull=False)
            # What was found of a result is taken as it was; so is what a verdict gave of a bonus.
            | Q(step__reference__endswith=SUFFIX)
            | Q(form=FundingLine.Form.BONUS),
            amount=Sum("amount"),
        )
        .order_by("subcontractor", "month", "funding_line", stated)
    )
    found: defaultdict[int, list[Recorded]] = defaultdict(list)
    for party, month, line, form, stated_in, assessed, amount in rows:
        kind = RecordedKind.ASSESSED if assessed else RecordedKind.MONTH
        on = Month.of(stated_in) if stated_in else None
        found[party].append(Recorded(Month.of(month), line, form, kind.value, on, amount or ZERO))
    return found


def _stated(asked: Asked) -> Mapping[int, list[Stated]]:
    rows = Statement.objects.filter(
        subcontractor__in=asked.subcontractors,
        month__range=(asked.period.start, asked.period.end),
    ).order_by("month")
    found: defaultdict[int, list[Stated]] = defaultdict(list)
    sums = ("entitled", "corrected", "held", "released", "carried_in", "payable", "carried_out")
    beside = ("deferred", "set_off", "adjusted")
    for row in rows.values("subcontractor", "month", "number", *beside, *sums):
        amounts = {name: row[name] for name in sums}
        # What recovery plans put aside and take, and what was granted beside the contracts, is no
        # care of the month: it counts as what is carried in.
        amounts["carried_in"] += row["deferred"] - row["set_off"] + row["adjusted"]
        found[row["subcontractor"]].append(
            Stated(month=Month.of(row["month"]), number=row["number"], **amounts)
        )
    return found
