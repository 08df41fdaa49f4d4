"""Each main contractor decided about next year's tariffs and ceilings, and has a later draft."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from hoofdaannemer.core.scope import Scope, acting_as
from hoofdaannemer.scenarios.canary.care import Care
from subcontracts.models import IndexSeries, Subcontract
from subcontracts.services import index_deciding, index_figures, index_rounds

#: As the VNG published them for 2025, with those of 2024 that they correct.
FIGURES = {"loon": ("90", "4.18", "4.94", "6.00"), "prijs": ("10", "1.82", "2.51", "3.10")}


def index(care: Care, at: datetime) -> None:
    """Prepared by one contract manager, decided by the other."""
    for main, row in care.parties.mains.items():
        with acting_as(care.cast.scope("contracten", main, at)) as scope:
            day = date(scope.today.year + 1, 1, 1)
            _follow(scope, main, row.pk, day)
            draft = index_rounds.prepare(
                scope=scope, main_contractor_id=row.pk, effective=day, has_ceilings=True
            )
        with acting_as(care.cast.scope("contracten2", main, at)) as second:
            index_deciding.decide(scope=second, row=draft)
            # All of it is indexed for that year already, which is what the draft says.
            index_rounds.prepare(
                scope=second, main_contractor_id=row.pk, effective=date(day.year, 4, 1)
            )


def _follow(scope: Scope, main: str, main_contractor_id: int, day: date) -> None:
    """One scheme with figures of two years, for all subcontracts of the main contractor."""
    weights: dict[IndexSeries, Decimal] = {}
    for name, (weight, now, before, definitive) in FIGURES.items():
        series = index_figures.create_series(
            scope=scope, main_contractor_id=main_contractor_id, name=f"{main} {name}", source="VNG"
        )
        index_figures.record_figure(
            scope=scope, series=series, year=day.year, provisional=Decimal(now)
        )
        index_figures.record_figure(
            scope=scope,
            series=series,
            year=day.year - 1,
            provisional=Decimal(before),
            definitive=Decimal(definitive),
        )
        weights[series] = Decimal(weight)
    scheme = index_figures.create_scheme(
        scope=scope,
        main_contractor_id=main_contractor_id,
        name=f"{main} mix",
        terms=index_figures.SchemeTerms(start_date=date(day.year - 1, 1, 1), method="difference"),
        weights=weights,
    )
    for subcontract in Subcontract.objects.visible_to(scope).order_by("pk"):
        index_figures.follow(
            scope=scope,
            subcontract=subcontract,
            scheme=scheme,
            start_date=date(day.year - 1, 1, 1),
        )
