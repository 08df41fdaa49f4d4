"""Each main contractor builds its tariffs up, and asks its subcontractors about them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from hoofdaannemer.core.scope import Role, Scope, acting_as
from hoofdaannemer.scenarios.canary.cast import PROVIDER_NAMES, Cast
from hoofdaannemer.scenarios.canary.parties import Parties
from subcontracts.models import Product, Tariff, TariffBuildup, TariffRound, TariffRoundLine
from subcontracts.services import (
    buildups,
    tariff_publishing,
    tariff_reactions,
    tariff_rounds,
)
from subcontracts.services.buildups import ParameterFacts

#: Name, element, kind, value: a professional in scale 8 of the collective agreement.
LINES = (
    ("Bruto loon schaal 8", "professional", "yearly", "48600"),
    ("Vakantietoeslag en eindejaarsuitkering", "professional", "percent", "16.33"),
    ("Werkgeverslasten", "professional", "percent", "28.5"),
    ("Reizen en scholing", "travel", "yearly", "2150"),
    ("Overhead", "overhead", "percent", "22"),
    ("Uren per jaar", "professional", "hours", "1878"),
    ("Verlof en feestdagen", "unproductive", "hours_off", "254"),
    ("Ziekteverzuim", "unproductive", "hours_off_percent", "6.8"),
    ("Direct voor de cliënt", "unproductive", "productive", "72"),
    ("Risico en marge", "margin", "percent", "3"),
)


def build_up(parties: Parties, cast: Cast, at: datetime) -> None:
    """Drawn up by one contract manager, settled by the other, who begins a draft of one again.

    Every subcontractor reacted in a round that is decided; a second round is open still.
    """
    delegate = next(
        name for name, role in PROVIDER_NAMES.items() if role == Role.SUBCONTRACTOR_ADMIN
    )
    for main, row in parties.mains.items():
        settled = _settled(cast, main, row.pk, at)
        first = _opened(cast, main, settled, at - timedelta(days=20), "vorige ronde")
        for provider in dict.fromkeys(of for by, of in parties.subcontractors if by == main):
            if (delegate, provider) in cast.memberships:
                with acting_as(cast.scope(delegate, provider, at - timedelta(days=15))) as scope:
                    _react(scope, first, f"{provider} is akkoord")
        with acting_as(cast.scope("contracten", main, at)) as scope:
            tariff_rounds.submit(scope=scope, row=first)
        with acting_as(cast.scope("contracten2", main, at)) as second:
            tariff_publishing.decide(scope=second, row=first)
            buildups.draft(
                scope=second,
                product=settled[0].product,
                like=settled[0],
                note=f"{main} voor het jaar erna",
            )
        _opened(cast, main, settled, at, "nieuwe ronde")


def _settled(cast: Cast, main: str, main_contractor_id: int, at: datetime) -> list[TariffBuildup]:
    """A version of every product that some contract has a tariff for."""
    before = at - timedelta(days=25)
    with acting_as(cast.scope("contracten", main, before)) as scope:
        tariffs = Tariff.objects.visible_to(scope).filter(main_contractor=main_contractor_id)
        products = Product.objects.visible_to(scope).filter(pk__in=tariffs.values("product"))
        rows = [_drawn_up(scope, main, product) for product in products.order_by("pk")]
    with acting_as(cast.scope("contracten2", main, before)) as second:
        return [buildups.settle(scope=second, buildup=row) for row in rows]


def _opened(
    cast: Cast, main: str, settled: list[TariffBuildup], at: datetime, name: str
) -> TariffRound:
    with acting_as(cast.scope("contracten", main, at)) as scope:
        row = tariff_rounds.prepare(
            scope=scope,
            main_contractor_id=settled[0].main_contractor_id,
            facts=tariff_rounds.RoundFacts(
                title=f"{main} {name}",
                effective_date=date(scope.today.year + 1, 7, 1),
                closes_on=scope.today + timedelta(days=14),
            ),
            buildups=settled,
        )
        return tariff_rounds.open_round(scope=scope, row=row)


def _react(scope: Scope, row: TariffRound, reason: str) -> None:
    for line in TariffRoundLine.objects.visible_to(scope).filter(round=row):
        said = tariff_reactions.ReactionFacts(stance="agree", reason=reason)
        tariff_reactions.react(scope=scope, line=line, said=[said])


def _drawn_up(scope: Scope, main: str, product: Product) -> TariffBuildup:
    row = buildups.draft(scope=scope, product=product, note=f"{main} eerste versie")
    for name, element, kind, value in LINES:
        facts = ParameterFacts(
            name=name,
            element=element,
            kind=kind,
            value=Decimal(value),
            source=f"{main} cao",
            source_date=scope.today,
        )
        buildups.set_parameter(scope=scope, buildup=row, facts=facts)
    return row
