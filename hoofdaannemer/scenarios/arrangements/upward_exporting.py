"""Reads municipal contracts back from the database, as they would stand in a file."""

from __future__ import annotations

from datetime import date
from operator import itemgetter
from typing import Any

from hoofdaannemer.accounts.models import MainContractor
from hoofdaannemer.core.periods import Month
from hoofdaannemer.core.scope import Scope
from hoofdaannemer.scenarios.arrangements.moments import in_turn
from hoofdaannemer.scenarios.arrangements.rows_read import fields_of, in_order
from hoofdaannemer.scenarios.arrangements.upward import Upward
from subcontracts.models import MunicipalChange, MunicipalContract, MunicipalDivision

_FIELDS = (
    "number name family start_date budget_form yearly_budget "
    "relay_consent_on relay_consent_reference subcontractor_term_days"
).split()
_CHANGED = ("number", "name", "end_date", "subcontractor_term_days")
_DUTY = "name kind rhythm start_date end_date due_days due_in recipient is_passed_on".split()
_PLAN = ("planned_decisions", "variable_share", "corridor")


def contracts_of(scope: Scope, main: MainContractor) -> list[Upward]:
    """The municipal contracts of a main contractor."""
    rows = (
        MunicipalContract.objects.visible_to(scope)
        .filter(main_contractor=main)
        .prefetch_related(
            "divisions__shares__part__municipality",
            "products__product",
            "products__turns",
            "exchange_terms",
            "relay_consents",
            "budget_form_changes",
            "changes",
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
    content = fields_of(row, *_FIELDS)
    content |= _plans(row)
    content |= {
        **_began(row),
        "relay_consents": [
            fields_of(one, "start_date", "is_given", "reference")
            for one in row.relay_consents.all()
        ],
        "budget_forms": [
            fields_of(one, "first_year", "form", "source") for one in row.budget_form_changes.all()
        ],
        "changes": [_change(one) for one in row.changes.all()],
        "municipalities": _towns(first),
        "divisions": [
            fields_of(one, "start_date", "source") | {"municipalities": _towns(one)}
            for one in later
        ],
        **_products_of(row),
        **_exchanges(row),
        "authorities": [
            fields_of(one, "start_date", "allocated_by", "reference", "number_first", "number_last")
            for one in row.authorities.all()
        ],
        "purposes": [fields_of(one, "start_date", "purpose") for one in row.purposes.all()],
        "terms": [
            fields_of(one, "start_date", "values", "source") for one in row.terms_versions.all()
        ],
        "consortia": [
            {
                "start_date": one.start_date,
                "members": [
                    fields_of(member, "name", "kvk", "share", "is_lead")
                    for member in in_order(one.members.all())
                ],
            }
            for one in row.consortia.all()
        ],
        "options": [_option(one) for one in row.options.all()],
        "duties": [fields_of(one, *_DUTY) for one in in_order(row.reporting_duties.all())],
        "bases": [
            fields_of(one, "first_year", "number", "price", "variable_share", "corridor", "source")
            for one in row.budget_bases.all()
        ],
        "budgets": [
            fields_of(one, "year", "amount", "base", "note")
            for one in in_order(row.budget_years.all())
            if one.superseded_at is None
        ],
        "adjusters": [
            fields_of(one, "year", "effective_date", "kind", "amount", "note")
            for one in in_order(row.budget_adjusters.all())
        ],
        "declared": _declared(row),
    }
    return Upward.model_validate(content)


def first_number(row: MunicipalContract) -> str:
    """The number with which it began, which names it in a file."""
    return str(_began(row)["number"])


def _began(row: MunicipalContract) -> dict[str, Any]:
    """What it was called and how long it ran at first: what came later is done again."""
    began = fields_of(row, *_CHANGED)
    for one in reversed(row.changes.all()):
        began |= _read(one.before)
    # The first step that moved the end: a change or an option, in the order of their loading.
    changes = row.changes.all()
    ends = [
        (day, _read(one.before)["end_date"])
        for day, one in zip(in_turn(one.agreed_on for one in changes), changes, strict=True)
        if "end_date" in one.before
    ]
    ends += [
        (one.decided_on, one.end_before)
        for one in row.options.all()
        if one.end_before is not None and one.decided_on is not None
    ]
    if ends:
        began["end_date"] = min(ends, key=itemgetter(0))[1]
    return began


def _change(row: MunicipalChange) -> dict[str, Any]:
    after = _read(row.after)
    is_open = "end_date" in after and after["end_date"] is None
    return fields_of(row, "agreed_on", "source") | after | {"is_open": is_open}


def _read(values: dict[str, Any]) -> dict[str, Any]:
    """Fields as they were kept, with their last day as a day."""
    end = values.get("end_date")
    return values | ({"end_date": date.fromisoformat(end)} if end else {})


def _products_of(row: MunicipalContract) -> dict[str, Any]:
    """Those with which it begins, by code; what came in or left it later as a list."""
    begun, later = [], []
    for one in in_order(row.products.all()):
        first, *others = one.turns.all()
        turns = others
        if first.start_date > row.start_date:
            turns = [first, *others]
        else:
            begun.append(one.product.code)
        later += [(turn.pk, one.product.code, turn) for turn in turns]
    later.sort(key=lambda one: one[0])
    return {
        "products": begun,
        "product_turns": [
            fields_of(turn, "start_date", "is_covered", "source") | {"product": code}
            for _pk, code, turn in later
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
            fields_of(one, "start_date", "messages", "number_first", "number_last", "source")
            for one in later
        ],
    }


def _plans(row: MunicipalContract) -> dict[str, Any]:
    """The plan with which it begins, by itself; those of later years as a list."""
    plans = list(row.decision_plans.all())
    if not plans:
        return {}
    later = [fields_of(one, "first_year", *_PLAN, "source") for one in plans[1:]]
    return fields_of(plans[0], *_PLAN) | {"plans": later}


def _towns(division: MunicipalDivision) -> list[dict[str, Any]]:
    return [
        {
            "code": one.part.municipality.code,
            "name": one.part.municipality.name,
            "share": one.percent,
        }
        for one in in_order(division.shares.all())
    ]


def _option(row: Any) -> dict[str, Any]:
    return fields_of(row, "months", "announce_by", "decide_by", "note", "decided_on") | {
        "outcome": row.outcome or None
    }


def _declared(row: MunicipalContract) -> list[dict[str, Any]]:
    found = []
    for one in in_order(row.products.all()):
        if one.declared_from is None:
            continue
        prices = in_order(
            price for price in row.upward_tariffs.all() if price.product_id == one.product_id
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
