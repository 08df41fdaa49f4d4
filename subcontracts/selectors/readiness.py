"""What is known of a subcontract that decides whether it may take its next step."""

from __future__ import annotations

from django.db.models import Exists, F, OuterRef, Q

from hoofdaannemer.accounts.models import Organisation
from subcontracts.models import FundingLine, FundingLineProduct, Product, Subcontract, Tariff
from subcontracts.rules.funding_parameters import NOT_ALONE
from subcontracts.rules.readiness import Facts


def facts_of(subcontract: Subcontract) -> Facts:
    """The facts, for who was found to see the contract."""
    upper, subcontractor = subcontract.municipal_contract, subcontract.subcontractor
    return Facts(
        lines=subcontract.funding_lines.exclude(form__in=NOT_ALONE).count(),
        pays_care=FundingLineProduct.objects.filter(subcontract=subcontract).exists(),
        without_tariff=[str(product) for product in _without_tariff(subcontract)],
        uncovered=[str(product) for product in _uncovered(subcontract)],
        is_practice=subcontract.provider_organisation.kind == Organisation.Kind.PRACTICE,
        consent_on=subcontract.consent_on,
        has_account=bool(subcontractor.iban),
        start_date=subcontract.start_date,
        end_date=subcontract.end_date,
        upper_start=upper.start_date,
        upper_end=upper.end_date,
    )


def _without_tariff(subcontract: Subcontract) -> list[Product]:
    """Products that are paid by the unit, and have no tariff on the first day of their line."""
    in_force = Tariff.objects.filter(
        Q(end_date=None) | Q(end_date__gte=OuterRef("start_date")),
        subcontract=OuterRef("subcontract"),
        product=OuterRef("product"),
        start_date__lte=OuterRef("start_date"),
    )
    # What is counted in euros has the amount itself as its volume.
    rows = (
        FundingLineProduct.objects.filter(
            ~Exists(in_force), subcontract=subcontract, funding_line__form=FundingLine.Form.PXQ
        )
        .exclude(product__unit=Product.EUROS)
        .select_related("product")
    )
    return list(dict.fromkeys(row.product for row in rows.order_by("product__name", "pk")))


def _uncovered(subcontract: Subcontract) -> list[Product]:
    """Products of the municipal contract under none of its lines."""
    covered = FundingLineProduct.objects.filter(subcontract=subcontract).values("product")
    products = subcontract.municipal_contract.products.exclude(product__in=covered)
    rows = products.select_related("product").order_by(F("product__name"), "pk")
    return [row.product for row in rows]
