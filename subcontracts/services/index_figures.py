"""Figures and schemes of indexation, and which contract follows which scheme from a day on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from hoofdaannemer.accounts.models import MainContractor
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import ConflictError, RuleError
from hoofdaannemer.core.scope import Scope
from subcontracts.models import (
    IndexFigure,
    IndexScheme,
    IndexSeries,
    IndexTerms,
    IndexWeight,
    Subcontract,
    SubcontractIndexing,
)
from subcontracts.policies import check_can_manage_contracts, check_not_closed
from subcontracts.rules import indexing as rules


@dataclass(frozen=True, kw_only=True)
class SchemeTerms:
    """How a scheme calculates from `start_date` on."""

    start_date: date
    method: str
    first_year: str = IndexTerms.FirstYear.CALENDAR
    percent_decimals: int = 3
    amount_decimals: int = 2


@transaction.atomic
def create_series(
    *, scope: Scope, main_contractor_id: int, name: str, source: str = ""
) -> IndexSeries:
    """Add a series of yearly figures. Raises RuleError IDX-08 where the name is taken."""
    check_can_manage_contracts(scope, main_contractor_id)
    try:
        with transaction.atomic():
            row = IndexSeries.objects.create(
                main_contractor_id=main_contractor_id, name=name, source=source
            )
    except IntegrityError as error:
        raise _name_taken() from error
    audit.record(scope, "index_series.created", row)
    return row


@transaction.atomic
def record_figure(
    *,
    scope: Scope,
    series: IndexSeries,
    year: int,
    provisional: Decimal,
    definitive: Decimal | None = None,
    source: str = "",
) -> IndexFigure:
    """Record what a series says of a year; an earlier record of that year is superseded.

    Rounds that were prepared or decided keep the figures they were calculated from. Raises
    ConflictError where somebody recorded a figure of this year at the same moment.
    """
    check_can_manage_contracts(scope, series.main_contractor_id)
    known = IndexFigure.objects.visible_to(scope).standing().filter(series=series, year=year)
    superseded = known.update(superseded_at=scope.at)
    try:
        with transaction.atomic():
            row = IndexFigure.objects.create(
                main_contractor_id=series.main_contractor_id,
                series=series,
                year=year,
                provisional=provisional,
                definitive=definitive,
                source=source,
                recorded_by_id=scope.user_id or None,
                recorded_at=scope.at,
            )
    except IntegrityError as error:
        raise ConflictError(
            _("Somebody else recorded this figure at the same moment. Reload the page.")
        ) from error
    audit.record(
        scope,
        "index_figure.recorded",
        row,
        year=year,
        provisional=str(provisional),
        definitive=None if definitive is None else str(definitive),
        supersedes=superseded,
    )
    return row


@transaction.atomic
def create_scheme(
    *,
    scope: Scope,
    main_contractor_id: int,
    name: str,
    terms: SchemeTerms,
    weights: Mapping[IndexSeries, Decimal],
) -> IndexScheme:
    """Add a mix of series that contracts can follow.

    Raises RuleError IDX-08 where the name is taken, IDX-01 where the weights are not 100.
    """
    check_can_manage_contracts(scope, main_contractor_id)
    try:
        with transaction.atomic():
            row = IndexScheme.objects.create(main_contractor_id=main_contractor_id, name=name)
    except IntegrityError as error:
        raise _name_taken() from error
    set_terms(scope=scope, scheme=row, terms=terms, weights=weights)
    return row


@transaction.atomic
def set_terms(
    *,
    scope: Scope,
    scheme: IndexScheme,
    terms: SchemeTerms,
    weights: Mapping[IndexSeries, Decimal],
) -> IndexTerms:
    """Let a scheme calculate in another way from a day on.

    Raises RuleError IDX-01 where the weights do not add up to 100.
    """
    check_can_manage_contracts(scope, scheme.main_contractor_id)
    if not rules.weights_add_up(list(weights.values())):
        raise RuleError("IDX-01", _("The weights must add up to 100 percent."))
    owner = {"main_contractor_id": scheme.main_contractor_id}
    row = IndexTerms.objects.create(**owner, scheme=scheme, recorded_at=scope.at, **asdict(terms))
    IndexWeight.objects.bulk_create(
        IndexWeight(**owner, terms=row, series=series, weight=weight)
        for series, weight in weights.items()
    )
    audit.record(
        scope, "index_scheme.set", scheme, method=terms.method, start=terms.start_date.isoformat()
    )
    return row


@transaction.atomic
def follow(
    *, scope: Scope, subcontract: Subcontract, scheme: IndexScheme, start_date: date
) -> SubcontractIndexing:
    """Let a subcontract follow a scheme from a day on."""
    return _follow(scope, subcontract, start_date, scheme=scheme)


@transaction.atomic
def freeze(
    *, scope: Scope, subcontract: Subcontract, reason: str, start_date: date
) -> SubcontractIndexing:
    """Put a subcontract on the freeze list from a day on: nothing of it is indexed."""
    return _follow(scope, subcontract, start_date, reason=reason)


def _follow(
    scope: Scope,
    subcontract: Subcontract,
    start_date: date,
    *,
    scheme: IndexScheme | None = None,
    reason: str = "",
) -> SubcontractIndexing:
    check_can_manage_contracts(scope, subcontract.main_contractor_id)
    check_not_closed(subcontract)
    # Whoever decides about a round holds this lock: it counts, or comes after.
    MainContractor.objects.select_for_update(of=("self",)).get(pk=subcontract.main_contractor_id)
    row = SubcontractIndexing.objects.create(
        main_contractor_id=subcontract.main_contractor_id,
        subcontract=subcontract,
        scheme=scheme,
        reason=reason,
        start_date=start_date,
        recorded_by_id=scope.user_id or None,
        recorded_at=scope.at,
    )
    verb = "subcontract.index_frozen" if scheme is None else "subcontract.index_scheme_set"
    audit.record(
        scope,
        verb,
        subcontract,
        scheme=scheme.pk if scheme else None,
        start=start_date.isoformat(),
    )
    return row


def _name_taken() -> RuleError:
    return RuleError("IDX-08", _("This name is in use already. Choose another."))
