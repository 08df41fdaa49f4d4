"""Funding lines of any form under a contract that runs, for the tests of billing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from hoofdaannemer.core.periods import Period
from subcontracts.models import FundingLine, FundingLineProduct, Product
from subcontracts.rules.funding_parameters import Products, products_of
from subcontracts.services import contracts
from tests.factories import Party, World

#: A usual contract of each form.
USUAL: Mapping[str, Mapping[str, object]] = {
    "pxq": {},
    "fte": {"fte": "2", "price": "98000"},
    "trajectory": {"price": "6000", "start_share": "60", "nominal_days": "180"},
    "lump_sum": {"amount": "120000"},
    "capacity": {"places": "10", "price": "150", "per": "day", "settled": "never"},
    "function": {"users": "412.5", "price": "160"},
    "profile": {"profile": "licht", "price": "930"},
    "population": {"group": "inwoners", "heads": "49000", "price": "11.25"},
    "advance_pool": {"pool": "Jeugd", "production": "5000000", "advance": "90", "key": "k1"},
    "availability": {"amount": "2500"},
    "subsidy": {"amount": "1000", "instalments": "4"},
    "one_off": {"amount": "750"},
    "bonus": {"amount": "5000", "judged_by": "cliënttevredenheid boven 8"},
    "margin": {"percent": "8"},
    "sanction_discount": {"percent": "5"},
}
YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))


def add_line(
    world: World,
    form: str,
    *,
    party: Party | None = None,
    period: Period = YEAR,
    products: Sequence[Product] = (),
    **changed: object,
) -> FundingLine:
    """A line of a form with its usual terms; for products only where its form pays for some."""
    party = party or world.pxq
    assert party.subcontract
    needed = products_of(form) is Products.NEEDED
    if needed and not products:
        products = [world.products["guidance"]]
    if products:
        free_products(party, products)
    return contracts.add_funding_line(
        scope=world.system,
        subcontract=party.subcontract,
        line=contracts.LineTerms(
            name=form,
            form=form,
            period=period,
            products=list(products),
            parameters={**USUAL[form], **changed},
        ),
    )


def free_products(party: Party, products: Sequence[Product]) -> None:
    """Let no other line of the contract pay these products."""
    FundingLineProduct.objects.filter(subcontract=party.subcontract, product__in=products).delete()
