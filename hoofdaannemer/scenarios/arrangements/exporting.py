"""Reads a main contractor's arrangement back from the database, as it would stand in a file."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from hoofdaannemer.accounts.models import MainContractor
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.scope import Scope
from hoofdaannemer.scenarios.arrangements import downward_exporting, upward_exporting
from hoofdaannemer.scenarios.arrangements.downward import Provider
from hoofdaannemer.scenarios.arrangements.format import Main, ProductEntry
from hoofdaannemer.scenarios.arrangements.indexes import Scheme, Series
from hoofdaannemer.scenarios.arrangements.rows_read import fields_of, in_order
from subcontracts.models import IndexScheme, IndexSeries, IndexTerms, Product, Subcontractor


def export(scope: Scope, main: MainContractor) -> Main:
    """Everything that was agreed, without care, money or people.

    What an indexation or a change made of it since is in it; drafts and offers are drafts, and the
    texts that were signed are not kept. Raises RuleError SCE-05 where two products of one law have
    the same code.
    """
    organisation = main.organisation
    return Main(
        kvk=organisation.kvk,
        name=organisation.name,
        agb=organisation.agb,
        street=organisation.street,
        postcode=organisation.postcode,
        city=organisation.city,
        iban=main.iban,
        bic=main.bic,
        products=_products(scope, main),
        index_series=_series(scope, main),
        index_schemes=_schemes(scope, main),
        municipal_contracts=upward_exporting.contracts_of(scope, main),
        providers=_providers(scope, main),
        subcontracts=downward_exporting.contracts_of(scope, main),
    )


def _products(scope: Scope, main: MainContractor) -> list[ProductEntry]:
    rows = Product.objects.visible_to(scope).filter(main_contractor=main).order_by("pk")
    found = [
        ProductEntry.model_validate(fields_of(one, *ProductEntry.model_fields)) for one in rows
    ]
    if len({(one.family, one.code) for one in found}) < len(found):
        raise RuleError(
            "SCE-05",
            _("Two products of one law have the same code. Such contracts cannot be exported."),
        )
    return found


def _series(scope: Scope, main: MainContractor) -> list[Series]:
    rows = IndexSeries.objects.visible_to(scope).filter(main_contractor=main).order_by("pk")
    return [
        Series.model_validate(
            fields_of(row, "name", "source")
            | {
                "figures": [
                    fields_of(one, "year", "provisional", "definitive", "source")
                    for one in in_order(row.figures.all())
                    if one.superseded_at is None
                ]
            }
        )
        for row in rows.prefetch_related("figures")
    ]


def _schemes(scope: Scope, main: MainContractor) -> list[Scheme]:
    rows = IndexScheme.objects.visible_to(scope).filter(main_contractor=main).order_by("pk")
    return [
        Scheme.model_validate({"name": row.name, "terms": [_terms(one) for one in row.terms.all()]})
        for row in rows.prefetch_related("terms__weights__series")
    ]


def _terms(row: IndexTerms) -> dict[str, Any]:
    names = "start_date method first_year percent_decimals amount_decimals".split()
    return fields_of(row, *names) | {
        "weights": [
            {"series": one.series.name, "percent": one.weight}
            for one in in_order(row.weights.all())
        ]
    }


def _providers(scope: Scope, main: MainContractor) -> list[Provider]:
    rows = (
        Subcontractor.objects.visible_to(scope)
        .filter(main_contractor=main)
        .select_related("provider_organisation")
        .order_by("pk")
    )
    return [_provider(row) for row in rows]


def _provider(row: Subcontractor) -> Provider:
    organisation = row.provider_organisation
    content = fields_of(organisation, *"kvk name kind agb street postcode city".split())
    content |= fields_of(row, "start_date", "end_date", "iban")
    # The account is the organisation's own unless said otherwise.
    if row.account_holder != organisation.name:
        content["account_holder"] = row.account_holder
    return Provider.model_validate(content)
