"""What is known of a subcontract that decides whether it may take its next step."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db.models import Exists, F, OuterRef, Q

from hoofdaannemer.accounts.models import Organisation
from hoofdaannemer.core.periods import Period
from subcontracts.models import FundingLine, FundingLineProduct, Product, Subcontract, Tariff
from subcontracts.rules.consent import Consent, lacking
from subcontracts.rules.funding_parameters import NOT_ALONE
from subcontracts.rules.readiness import Facts
from subcontracts.selectors.consents import consents_of
from subcontracts.selectors.coverage import Gap, Lacks, gaps_of
from subcontracts.selectors.upward_terms import values_on


def facts_of(subcontract: Subcontract, day: date | None = None) -> Facts:
    """The facts, for who was found to see the contract.

    What the municipal contract says is taken on `day`, or on the first day of the subcontract;
    gaps that were over before it do not count.
    """
    upper, subcontractor = subcontract.municipal_contract, subcontract.subcontractor
    terms = values_on(upper, day or subcontract.start_date)
    limit = terms.get("subcontractor_limit")
    found = gaps_of([subcontract]).get(subcontract.pk, [])
    given = consents_of([subcontract]).get(subcontract.pk, [])
    gaps = [one for one in found if one.lasts_on(day or subcontract.start_date)]
    return Facts(
        lines=subcontract.funding_lines.exclude(form__in=NOT_ALONE).count(),
        pays_care=FundingLineProduct.objects.filter(subcontract=subcontract).exists(),
        without_tariff=[str(product) for product in _without_tariff(subcontract)],
        uncovered=[str(product) for product in _uncovered(subcontract)],
        tariff_gaps=_texts(gaps, Lacks.TARIFF),
        line_gaps=_texts(gaps, Lacks.LINE),
        is_practice=subcontract.provider_organisation.kind == Organisation.Kind.PRACTICE,
        without_consent=[str(product) for product in _without_consent(subcontract, given)],
        has_consent=lacking(given, subcontract.start_date) is None,
        has_account=bool(subcontractor.iban),
        start_date=subcontract.start_date,
        end_date=subcontract.end_date,
        upper_start=upper.start_date,
        upper_end=upper.end_date,
        consent_duty=str(terms.get("consent_duty", "")),
        subcontractor_limit=limit if isinstance(limit, int) else None,
        upper_accepts=terms.get("acceptance_duty") is True,
        subcontractors=0 if limit is None else _others(subcontract),
        has_acceptance_duty=subcontract.has_acceptance_duty,
    )


def _without_consent(subcontract: Subcontract, given: Sequence[Consent]) -> list[Product]:
    """Products under its lines for which no consent holds on its first day."""
    rows = FundingLineProduct.objects.filter(subcontract=subcontract).select_related("product")
    products = dict.fromkeys(row.product for row in rows.order_by("product__name", "pk"))
    day = subcontract.start_date
    return [one for one in products if lacking(given, day, product=one.pk) is not None]


def _texts(gaps: Sequence[Gap], lacks: Lacks) -> list[str]:
    return [one.text for one in gaps if one.lacks is lacks]


def _others(subcontract: Subcontract) -> int:
    """Other subcontractors under the same municipal contract on its first day."""
    rows = Subcontract.objects.running_on(subcontract.start_date)
    beside = rows.filter(municipal_contract=subcontract.municipal_contract_id)
    others = beside.exclude(subcontractor=subcontract.subcontractor_id)
    return others.values("subcontractor").distinct().order_by().count()


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
    """Products in the municipal contract while it runs, under none of its lines."""
    covered = FundingLineProduct.objects.filter(subcontract=subcontract).values("product")
    runs = Period(subcontract.start_date, subcontract.end_date)
    held = subcontract.municipal_contract.products.covered_during(runs)
    products = held.exclude(product__in=covered)
    rows = products.select_related("product").order_by(F("product__name"), "pk")
    return [row.product for row in rows]
