"""Months and years that a controller closes, and limits that come near."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from django.db.models import Exists, F, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _

from billing.division_words import division_text
from billing.models import (
    AuditOpinion,
    MonthRun,
    ProductionPart,
    ProductionStatement,
    Settlement,
    SettlementRound,
    Statement,
    UpwardSettlement,
)
from billing.production_words import title_of
from billing.rules.division import findings
from billing.selectors.division import watched
from billing.selectors.forecasts import open_warnings
from hoofdaannemer.core.money import format_euro
from hoofdaannemer.core.periods import Month
from hoofdaannemer.core.scope import Scope
from hoofdaannemer.core.templatetags.core_format import month_nl
from hoofdaannemer.core.working_days import add_working_days
from subcontracts.worklist import WorkItem

#: Working days after a month in which it is closed.
CLOSE_DAYS: Final = 12


def month_to_close(scope: Scope) -> Iterable[WorkItem]:
    """The last month, while nothing of it was stated and nobody closes it."""
    month = Month.of(scope.today).previous()
    stated = Statement.objects.visible_to(scope).filter(month=month.first)
    running = MonthRun.objects.visible_to(scope).filter(
        month=month.first, state__in=[MonthRun.State.WAITING, MonthRun.State.RUNNING]
    )
    if not stated.exists() and not running.exists():
        yield WorkItem(
            kind=_("Months"),
            text=_("Close %(month)s") % {"month": month_nl(month)},
            url=reverse("month_close", args=[str(month)]),
            verb=_("Close the month"),
            due=add_working_days(month.last, CLOSE_DAYS),
        )


def settlements(scope: Scope) -> Iterable[WorkItem]:
    """Settlements that a colleague proposed and everybody agreed to, and those objected to."""
    rounds = SettlementRound.objects.visible_to(scope).open()
    ready = rounds.filter(status=SettlementRound.Status.PROPOSED).exclude(proposed_by=scope.user_id)
    waits = Settlement.objects.exclude(state=Settlement.State.AGREED)
    for one in ready.exclude(pk__in=waits.values("round")).order_by("pk")[:20]:
        yield _settlement(one, _("Settle the year"))
    yield from _years_with_municipalities(scope)
    reopened = rounds.filter(status=SettlementRound.Status.DRAFT, proposed_at__isnull=False)
    for one in reopened.order_by("pk")[:20]:
        yield _settlement(one, _("Compute it again"))


def _years_with_municipalities(scope: Scope) -> Iterable[WorkItem]:
    """Years that are over, and were filled in by a colleague."""
    rows = UpwardSettlement.objects.visible_to(scope).light().select_related("contract")
    drafts = rows.filter(status=UpwardSettlement.Status.DRAFT, year__lt=scope.today.year)
    for row in drafts.exclude(filled_in_by=scope.user_id).order_by("pk")[:20]:
        yield WorkItem(
            kind=_("Settlements with municipalities"),
            text=f"{row}, {format_euro(row.amount)}",
            url=row.get_absolute_url(),
            verb=_("Lock the settlement"),
        )


def _settlement(one: SettlementRound, verb: str) -> WorkItem:
    rows = one.settlements.select_related("funding_line", "provider_organisation")
    row = rows.defer("signed_file").earliest("pk")
    return WorkItem(
        kind=_("Settlement of a year"),
        text=f"{row.provider_organisation.name}, {row}",
        url=row.get_absolute_url(),
        verb=verb,
    )


#: A part about which nothing is asked any more.
_SETTLED: Final = (ProductionPart.State.CONFIRMED, ProductionPart.State.GIVEN)


def production(scope: Scope) -> Iterable[WorkItem]:
    """Production statements that a colleague put forward and everybody answered, those objected to,
    and established ones that lack an auditor's opinion.
    """
    kind = _("Production of a year")
    rows = ProductionStatement.objects.visible_to(scope).select_related("municipality")
    proposed = rows.filter(status=ProductionStatement.Status.PROPOSED)
    parts = ProductionPart.objects.filter(statement=OuterRef("pk"))
    against = proposed.filter(Exists(parts.filter(state=ProductionPart.State.OBJECTED)))
    for row in against.order_by("pk")[:20]:
        yield WorkItem(kind, title_of(row), row.get_absolute_url(), _("Look at the objection"))
    ready = proposed.exclude(proposed_by=scope.user_id).exclude(
        Exists(parts.exclude(state__in=_SETTLED))
    )
    for row in ready.order_by("pk")[:20]:
        yield WorkItem(kind, title_of(row), row.get_absolute_url(), _("Establish it"))
    given = AuditOpinion.objects.filter(statement=OuterRef("pk"))
    later = ProductionStatement.objects.filter(
        contract=OuterRef("contract"),
        municipality=OuterRef("municipality"),
        year=OuterRef("year"),
        number__gt=OuterRef("number"),
    )
    without = rows.established().filter(amount__gt=F("threshold")).exclude(Exists(given))
    for row in without.exclude(Exists(later)).order_by("opinion_due", "pk")[:20]:
        yield WorkItem(
            kind,
            title_of(row),
            row.get_absolute_url(),
            _("Record an auditor's opinion"),
            due=row.opinion_due,
        )


def forecasts(scope: Scope) -> Iterable[WorkItem]:
    """Limits that will be passed, about which nobody wrote what is done."""
    for one in open_warnings(scope)[:20]:
        words = {
            "name": one.subcontract.provider_organisation.name if one.subcontract else "",
            "contract": one.forecast.contract.name,
            "month": month_nl(Month.of(one.reached_in)),
        }
        text = (
            _("The ceiling of %(name)s is passed in %(month)s")
            if one.subcontract
            else _("The budget of %(contract)s is passed in %(month)s")
        )
        yield WorkItem(
            kind=_("Forecast"),
            text=text % words,
            url=reverse("municipal_contract_forecast", args=[one.forecast.contract_id]),
            verb=_("See what drives it"),
        )


def division(scope: Scope) -> Iterable[WorkItem]:
    """What does not, or hardly, fit the division with own teams that was agreed above."""
    for contract, found in watched(scope):
        url = reverse("municipal_contract_wall", args=[contract.pk])
        for finding in findings(found):
            title, text = division_text(finding)
            yield WorkItem(
                kind=_("Own delivery and subcontractors"),
                text=f"{contract.name}: {title}",
                url=url,
                verb=_("Look at it"),
                detail=text,
            )
