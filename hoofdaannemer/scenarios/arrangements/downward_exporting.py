"""Reads subcontracts back from the database, as they would stand in a file."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import timezone

from hoofdaannemer.accounts.models import MainContractor
from hoofdaannemer.core.scope import Scope
from hoofdaannemer.scenarios.arrangements.downward import Downward
from hoofdaannemer.scenarios.arrangements.rows_read import fields_of, in_order
from hoofdaannemer.scenarios.arrangements.upward_exporting import first_number
from subcontracts.models import (
    ClientStop,
    FundingLine,
    FundingSunset,
    Product,
    Subcontract,
    SubcontractConsent,
    SubcontractNotice,
    Tariff,
)

_FIELDS = (
    "number start_date consent_on consent_reference notice_months inactivity_months "
    "insured_event insured_year may_subcontract may_refuse_office ceiling_signal "
    "has_acceptance_duty reply_working_days client_stop_notice_days"
).split()
_LINE = ("name", "form", "parameters", "start_date", "end_date")
_CLAUSE = ("code", "title", "text", "passes_on", "start_date", "end_date")
_OPTION = ("months", "announce_by", "decide_by", "note", "decided_on")


def contracts_of(scope: Scope, main: MainContractor) -> list[Downward]:
    """The subcontracts of a main contractor."""
    rows = (
        Subcontract.objects.visible_to(scope)
        .filter(main_contractor=main)
        .select_related("subcontractor__provider_organisation", "municipal_contract")
        .prefetch_related(
            "municipal_contract__changes",
            "municipal_contract__options",
            "relay_modes",
            "purposes",
            "funding_lines__line_products__product",
            "funding_lines__sunset",
            "tariffs__product",
            "clauses",
            "ceilings",
            "options",
            "consents",
            "ceiling_exemptions__product",
            "client_stops__product",
            "indexing__scheme",
        )
        .order_by("pk")
    )
    products = Product.objects.visible_to(scope).filter(main_contractor=main)
    codes = dict(products.values_list("pk", "code"))
    notices = {
        one.subcontract_id: one
        for one in SubcontractNotice.objects.visible_to(scope).standing().light()
    }
    return [_contract(row, codes, notices.get(row.pk)) for row in rows]


def _contract(
    row: Subcontract, codes: dict[int, str], notice: SubcontractNotice | None
) -> Downward:
    content = fields_of(row, *_FIELDS) | {
        "end_date": _first_end(row, notice),
        "provider": row.subcontractor.provider_organisation.kvk,
        "municipal_contract": first_number(row.municipal_contract),
        "ceiling": row.ceiling_on(row.start_date),
        "ceilings": [
            {"start_date": day, "amount": row.ceiling_on(day)}
            for day in sorted({one.start_date for one in row.ceilings.all()} - {row.start_date})
        ],
        "is_running": not row.is_set_up,
        "relay": [fields_of(one, "start_date", "mode") for one in row.relay_modes.all()],
        "purposes": [fields_of(one, "start_date", "purpose") for one in row.purposes.all()],
        "lines": _lines(row),
        "tariffs": [
            fields_of(one, "amount", "start_date", "end_date") | {"product": one.product.code}
            for one in sorted(row.tariffs.all(), key=_begun)
        ],
        "clauses": [fields_of(one, *_CLAUSE) for one in in_order(row.clauses.all())],
        "options": [
            fields_of(one, *_OPTION) | {"outcome": one.outcome or None} for one in row.options.all()
        ],
        "consents": [_consent(one, codes) for one in in_order(row.consents.all())],
        "exemptions": [
            fields_of(one, "ground", "start_date", "end_date", "note")
            | {"product": one.product.code}
            for one in in_order(row.ceiling_exemptions.all())
            # One of a placement goes with its care.
            if one.product is not None
        ],
        "stops": [_stop(one) for one in in_order(row.client_stops.all())],
        "indexing": [
            fields_of(one, "start_date", "reason")
            | {"scheme": one.scheme.name if one.scheme else None}
            for one in in_order(row.indexing.all())
        ],
        "notice": notice and fields_of(notice, "by", "given_on", "last_day", "reason"),
    }
    return Downward.model_validate(content)


def _first_end(row: Subcontract, notice: SubcontractNotice | None) -> date | None:
    """The last day before options that were taken, and before the notice that stands.

    They are taken and given again when it is loaded.
    """
    taken = [one for one in row.options.all() if one.end_before is not None]
    if taken:
        return taken[0].end_before
    return notice.old_end_date if notice else row.end_date


def _lines(row: Subcontract) -> list[dict[str, Any]]:
    lines = sorted(row.funding_lines.all(), key=_begun)
    places = {one.pk: place for place, one in enumerate(lines, start=1)}
    sunsets = {one.pk: _sunset_of(one) for one in lines}
    before = {
        sunset.next_line_id: places[line]
        for line, sunset in sunsets.items()
        if sunset is not None and sunset.next_line_id is not None
    }
    return [
        fields_of(one, *_LINE)
        | {
            "products": [line.product.code for line in in_order(one.line_products.all())],
            "sunset": _sunset(sunsets[one.pk]),
            "follows_on": before.get(one.pk),
        }
        for one in lines
    ]


def _begun(row: FundingLine | Tariff) -> tuple[date, int]:
    """In the order of their first days, for those of an option's years are added last."""
    return row.start_date, row.pk


def _sunset_of(line: FundingLine) -> FundingSunset | None:
    return getattr(line, "sunset", None)


def _sunset(row: FundingSunset | None) -> dict[str, Any] | None:
    if row is None:
        return None
    names = ("follow_up", "evaluate_by", "evaluator", "evaluated_on", "conclusion")
    return fields_of(row, *names) | {"next_form": row.next_form or None}


def _consent(row: SubcontractConsent, codes: dict[int, str]) -> dict[str, Any]:
    names = "start_date end_date reference municipalities withdrawn_from withdrawn_reason".split()
    return fields_of(row, *names) | {"products": [codes[pk] for pk in row.products]}


def _stop(row: ClientStop) -> dict[str, Any]:
    names = ("start_date", "end_date", "reason", "is_asked", "status", "answer")
    decided = row.decided_at if row.is_asked else None
    return fields_of(row, *names) | {
        "product": row.product.code if row.product else None,
        "recorded_on": timezone.localdate(row.recorded_at),
        "decided_on": timezone.localdate(decided) if decided else None,
    }
