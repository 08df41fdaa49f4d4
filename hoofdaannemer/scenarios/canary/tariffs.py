"""Each main contractor builds a tariff up: one version is settled, a later one is a draft."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from hoofdaannemer.core.scope import Scope, acting_as
from hoofdaannemer.scenarios.canary.cast import Cast
from hoofdaannemer.scenarios.canary.parties import Parties
from subcontracts.models import Product, TariffBuildup
from subcontracts.services import buildups
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
    """Drawn up by one contract manager, settled by the other, who begins a draft like it."""
    for main, row in parties.mains.items():
        with acting_as(cast.scope("contracten", main, at)) as scope:
            products = Product.objects.visible_to(scope).filter(main_contractor=row)
            product = products.exclude(unit=Product.EUROS).order_by("pk").first()
            if product is None:
                raise LookupError(f"{main} buys nothing that has a tariff")
            drawn_up = _drawn_up(scope, main, product)
        with acting_as(cast.scope("contracten2", main, at)) as second:
            settled = buildups.settle(scope=second, buildup=drawn_up)
            buildups.draft(
                scope=second, product=product, like=settled, note=f"{main} voor het jaar erna"
            )


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
