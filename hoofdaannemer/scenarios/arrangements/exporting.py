"""Reads a main contractor's arrangement back from the database, as it would stand in a file."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from hoofdaannemer.accounts.models import MainContractor
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.periods import Month
from hoofdaannemer.core.scope import Scope
from hoofdaannemer.scenarios.arrangements.downward import Downward, Provider
from hoofdaannemer.scenarios.arrangements.format import Main, ProductEntry
from hoofdaannemer.scenarios.arrangements.upward import Upward
from subcontracts.models import (
    MunicipalContract,
    MunicipalDivision,
    Product,
    Subcontract,
    Subcontractor,
)

_UPWARD_FIELDS = (
    "number name family start_date budget_form yearly_budget "
    "relay_consent_on relay_consent_reference subcontractor_term_days"
).split()
_DOWNWARD_FIELDS = (
    "number start_date end_date consent_on consent_reference notice_months inactivity_months "
    "insured_event insured_year may_subcontract may_refuse_office ceiling_signal "
    "has_acceptance_duty reply_working_days client_stop_notice_days"
).split()


def export(scope: Scope, main: MainContractor) -> Main:
    """Everything that was agreed, without care, money or people.

    What an indexation or a change made of it since is in it; drafts and offers are drafts. Raises
    RuleError SCE-05 where two products of one law have the same code.
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
        municipal_contracts=_upward(scope, main),
        providers=_providers(scope, main),
        subcontracts=_downward(scope, main),
    )


def _products(scope: Scope, main: MainContractor) -> list[ProductEntry]:
    rows = Product.objects.visible_to(scope).filter(main_contractor=main).order_by("pk")
    found = [ProductEntry.model_validate(_fields(one, ProductEntry)) for one in rows]
    if len({(one.family, one.code) for one in found}) < len(found):
        raise RuleError(
            "SCE-05",
            _("Two products of one law have the same code. Such contracts cannot be exported."),
        )
    return found


def _upward(scope: Scope, main: MainContractor) -> list[Upward]:
    rows = (
        MunicipalContract.objects.visible_to(scope)
        .filter(main_contractor=main)
        .prefetch_related(
            "divisions__shares__part__municipality",
            "products__product",
            "products__turns",
            "exchange_terms",
            "upward_tariffs__product",
            "authorities",
            "purposes",
            "terms_versions",
            "consortia__members",
            "options",
            "reporting_duties",
            "budget_years",
            "decision_plans",
            "budget_bases",
            "budget_adjusters",
        )
        .order_by("pk")
    )
    return [_one_upward(row) for row in rows]


def _one_upward(row: MunicipalContract) -> Upward:
    first, *later = row.divisions.all()
    taken = [one for one in row.options.all() if one.end_before is not None]
    content: dict[str, Any] = {name: getattr(row, name) for name in _UPWARD_FIELDS}
    content |= _plans(row)
    content |= {
        # Options that were taken are taken again when it is loaded.
        "end_date": taken[0].end_before if taken else row.end_date,
        "municipalities": _towns(first),
        "divisions": [
            _of(one, "start_date source") | {"municipalities": _towns(one)} for one in later
        ],
        **_products_of(row),
        **_exchanges(row),
        "authorities": [
            _of(one, "start_date allocated_by reference number_first number_last")
            for one in row.authorities.all()
        ],
        "purposes": [_of(one, "start_date purpose") for one in row.purposes.all()],
        "terms": [_of(one, "start_date values source") for one in row.terms_versions.all()],
        "consortia": [
            {
                "start_date": one.start_date,
                "members": [
                    _of(member, "name kvk share is_lead")
                    for member in sorted(one.members.all(), key=_key)
                ],
            }
            for one in row.consortia.all()
        ],
        "options": [_option(one) for one in row.options.all()],
        "duties": [
            _of(
                one,
                "name kind rhythm start_date end_date due_days due_in recipient is_passed_on",
            )
            for one in sorted(row.reporting_duties.all(), key=_key)
        ],
        "bases": [
            _of(one, "first_year number price variable_share corridor source")
            for one in row.budget_bases.all()
        ],
        "budgets": [
            _of(one, "year amount base note")
            for one in sorted(row.budget_years.all(), key=_key)
            if one.superseded_at is None
        ],
        "adjusters": [
            _of(one, "year effective_date kind amount note")
            for one in sorted(row.budget_adjusters.all(), key=_key)
        ],
        "declared": _declared(row),
    }
    return Upward.model_validate(content)


def _products_of(row: MunicipalContract) -> dict[str, Any]:
    """Those with which it begins, by code; what came in or left it later as a list."""
    begun, later = [], []
    for one in sorted(row.products.all(), key=_key):
        first, *others = one.turns.all()
        turns = others
        if first.start_date > row.start_date:
            turns = [first, *others]
        else:
            begun.append(one.product.code)
        later += [(turn.pk, one.product.code, turn) for turn in turns]
    in_order = sorted(later, key=lambda one: one[0])
    return {
        "products": begun,
        "product_turns": [
            _of(turn, "start_date is_covered source") | {"product": code}
            for _pk, code, turn in in_order
        ],
    }


def _exchanges(row: MunicipalContract) -> dict[str, Any]:
    """What it begins with, by itself; what holds from a later day as a list."""
    first, *later = row.exchange_terms.all()
    return {
        "messages": first.messages,
        "relay_number_first": first.number_first,
        "relay_number_last": first.number_last,
        "exchanges": [
            _of(one, "start_date messages number_first number_last source") for one in later
        ],
    }


def _plans(row: MunicipalContract) -> dict[str, Any]:
    """The plan with which it begins, by itself; those of later years as a list."""
    plans = list(row.decision_plans.all())
    if not plans:
        return {}
    plan = "planned_decisions variable_share corridor"
    later = [_of(one, f"first_year {plan} source") for one in plans[1:]]
    return _of(plans[0], plan) | {"plans": later}


def _towns(division: MunicipalDivision) -> list[dict[str, Any]]:
    return [
        {
            "code": one.part.municipality.code,
            "name": one.part.municipality.name,
            "share": one.percent,
        }
        for one in sorted(division.shares.all(), key=_key)
    ]


def _option(row: Any) -> dict[str, Any]:
    return _of(row, "months announce_by decide_by note decided_on") | {
        "outcome": row.outcome or None
    }


def _declared(row: MunicipalContract) -> list[dict[str, Any]]:
    found = []
    for one in sorted(row.products.all(), key=_key):
        if one.declared_from is None:
            continue
        prices = sorted(
            (price for price in row.upward_tariffs.all() if price.product_id == one.product_id),
            key=_key,
        )
        found.append(
            {
                "product": one.product.code,
                "first_month": Month.of(one.declared_from),
                "last_month": Month.of(one.declared_until) if one.declared_until else None,
                "prices": [
                    {
                        "amount": price.amount,
                        "first_month": Month.of(price.start_date),
                        "last_month": Month.of(price.end_date) if price.end_date else None,
                    }
                    for price in prices
                ],
            }
        )
    return found


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
    content = _of(organisation, "kvk name kind agb street postcode city")
    content |= _of(row, "start_date end_date iban")
    # The account is the organisation's own unless said otherwise.
    if row.account_holder != organisation.name:
        content["account_holder"] = row.account_holder
    return Provider.model_validate(content)


def _downward(scope: Scope, main: MainContractor) -> list[Downward]:
    rows = (
        Subcontract.objects.visible_to(scope)
        .filter(main_contractor=main)
        .select_related("subcontractor__provider_organisation", "municipal_contract")
        .prefetch_related(
            "relay_modes",
            "purposes",
            "funding_lines__line_products__product",
            "tariffs__product",
            "clauses",
            "ceilings",
        )
        .order_by("pk")
    )
    return [_one_downward(row) for row in rows]


def _one_downward(row: Subcontract) -> Downward:
    content: dict[str, Any] = {name: getattr(row, name) for name in _DOWNWARD_FIELDS}
    content |= {
        "provider": row.subcontractor.provider_organisation.kvk,
        "municipal_contract": row.municipal_contract.number,
        "ceiling": row.ceiling_on(row.start_date),
        "ceilings": [
            {"start_date": day, "amount": row.ceiling_on(day)}
            for day in sorted({one.start_date for one in row.ceilings.all()} - {row.start_date})
        ],
        "is_running": not row.is_set_up,
        "relay": [_of(one, "start_date mode") for one in row.relay_modes.all()],
        "purposes": [_of(one, "start_date purpose") for one in row.purposes.all()],
        "lines": [
            _of(one, "name form parameters start_date end_date")
            | {
                "products": [
                    line.product.code for line in sorted(one.line_products.all(), key=_key)
                ]
            }
            for one in sorted(row.funding_lines.all(), key=_key)
        ],
        "tariffs": [
            _of(one, "amount start_date end_date") | {"product": one.product.code}
            for one in sorted(row.tariffs.all(), key=_key)
        ],
        "clauses": [
            _of(one, "code title text passes_on start_date end_date")
            for one in sorted(row.clauses.all(), key=_key)
        ],
    }
    return Downward.model_validate(content)


def _of(row: Any, names: str) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names.split()}


def _fields(row: Any, model: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in model.model_fields}


def _key(row: Any) -> int:
    key: int = row.pk
    return key
