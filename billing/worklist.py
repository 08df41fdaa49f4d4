"""What the home page shows of money."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from billing.models import (
    Declaration,
    DeclarationFile,
    Dispute,
    Hold,
    MonthRun,
    PaymentRun,
    Statement,
    UpwardDeclaration,
)
from billing.models.disputes import Side
from billing.selectors import upward_work
from billing.selectors.fte_reports import open_months
from billing.selectors.month_cards import cards
from hoofdaannemer.core.money import format_euro
from hoofdaannemer.core.periods import Month
from hoofdaannemer.core.scope import SUBCONTRACTOR, Role, Scope
from hoofdaannemer.core.templatetags.core_format import month_nl
from hoofdaannemer.core.working_days import add_working_days
from subcontracts.worklist import WorkItem

#: Working days after a month in which it is handed in, and in which it is closed.
HAND_IN_DAYS = 8
CLOSE_DAYS = 12


def items(scope: Scope) -> Iterable[WorkItem]:
    """The month to hand in and what is held for a subcontractor; the rest for a controller."""
    if scope.role in SUBCONTRACTOR:
        yield from _month_to_hand_in(scope)
        yield from _files(scope)
        yield from _reports(scope)
        yield from _holds(scope)
        yield from _disputes(scope, Side.SUBCONTRACTOR)
    if scope.role == Role.CONTROLLER:
        yield from _disputes(scope, Side.MAIN)
        yield from _month_to_close(scope)
        yield from _runs(scope)
        yield from _upward(scope)


def _due(month: Month, days: int) -> date:
    return add_working_days(month.last, days)


def _month_to_hand_in(scope: Scope) -> Iterable[WorkItem]:
    month = Month.of(scope.today).previous()
    open_cards = [card for card in cards(scope, month) if not card.approved and not card.no_care]
    declared = Declaration.objects.visible_to(scope).standing().filter(month=month.first)
    if open_cards and not declared.exists():
        yield WorkItem(
            kind=_("To hand in"),
            text=_("Your hours of %(month)s") % {"month": month_nl(month)},
            url=reverse("month_page", args=[str(month)]),
            verb=_("Hand in the month"),
            due=_due(month, HAND_IN_DAYS),
        )


def _files(scope: Scope) -> Iterable[WorkItem]:
    """Files that were uploaded and wait for a person."""
    waiting = (DeclarationFile.Status.MAPPING, DeclarationFile.Status.CHECKED)
    for file in DeclarationFile.objects.visible_to(scope).light().filter(status__in=waiting)[:20]:
        yield WorkItem(
            kind=_("To hand in"),
            text=_("File %(name)s was not handed in yet") % {"name": file.name},
            url=file.get_absolute_url(),
            verb=_("Look at the file"),
        )


def _reports(scope: Scope) -> Iterable[WorkItem]:
    running = Month.of(scope.today)
    for one in open_months(scope):
        if one.month != running:
            yield WorkItem(
                kind=_("To hand in"),
                text=_("FTE report of %(month)s") % {"month": month_nl(one.month)},
                url=reverse("fte_report_list"),
                verb=_("Hand in the report"),
                due=_due(one.month, HAND_IN_DAYS),
            )


def _holds(scope: Scope) -> Iterable[WorkItem]:
    rows = Hold.objects.visible_to(scope).open().filter(owner=Hold.Owner.SUBCONTRACTOR)
    for hold in rows.order_by("due_date")[:20]:
        yield WorkItem(
            kind=_("Held back"),
            text=f"{format_euro(hold.amount)}. {hold.reason}",
            url=reverse("hold_list"),
            verb=_("See what to do"),
            due=hold.due_date,
        )


def _disputes(scope: Scope, side: Side) -> Iterable[WorkItem]:
    """Questions and disputes in which it is this side's turn."""
    rows = Dispute.objects.visible_to(scope).waiting_for(side)
    related = rows.select_related("line__hold", "line__entitlement", "provider_organisation")
    for row in related.order_by("due_date")[:20]:
        who = "" if side == Side.SUBCONTRACTOR else f"{row.provider_organisation.name}, "
        yield WorkItem(
            kind=_("Questions and disputes"),
            text=_("%(who)sline %(line)s") % {"who": who, "line": row},
            url=row.get_absolute_url(),
            verb=_("Answer") if side == Side.MAIN else _("Read the answer"),
            due=row.due_date,
        )


def _month_to_close(scope: Scope) -> Iterable[WorkItem]:
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
            due=_due(month, CLOSE_DAYS),
        )


def _runs(scope: Scope) -> Iterable[WorkItem]:
    prepared = PaymentRun.objects.visible_to(scope).filter(status=PaymentRun.Status.PREPARED)
    for run in prepared.exclude(prepared_by=scope.user_id).defer("file"):
        yield WorkItem(
            kind=_("Payment runs"),
            text=f"{run.number}, {format_euro(run.total)}",
            url=run.get_absolute_url(),
            verb=_("Release the payments"),
            due=run.execution_date,
        )


def _upward(scope: Scope) -> Iterable[WorkItem]:
    """What municipalities refused, and months that were not declared to them."""
    for one in upward_work.refused_lines(scope):
        yield WorkItem(
            kind=_("Declarations to municipalities"),
            text=ngettext(
                "%(name)s rejected %(count)s line of %(month)s",
                "%(name)s rejected %(count)s lines of %(month)s",
                one.lines,
            )
            % {
                "name": one.declaration.municipality.name,
                "count": one.lines,
                "month": month_nl(one.declaration.month),
            },
            url=one.declaration.get_absolute_url(),
            verb=_("Decide about the lines"),
            is_sealed=one.is_sealed,
        )
    for declaration in upward_work.refused_wholes(scope):
        yield _whole(declaration)
    month = Month.of(scope.today).previous()
    for part in upward_work.to_declare(scope, month):
        yield WorkItem(
            kind=_("Declarations to municipalities"),
            text=_("Declare %(month)s to %(name)s")
            % {"month": month_nl(month), "name": part.municipality.name},
            url=reverse("upward_month", args=[part.pk, str(month)]),
            verb=_("See what goes up"),
            due=_due(month, CLOSE_DAYS),
        )


def _whole(declaration: UpwardDeclaration) -> WorkItem:
    return WorkItem(
        kind=_("Declarations to municipalities"),
        text=_("%(name)s refused the declaration of %(month)s")
        % {"name": declaration.municipality.name, "month": month_nl(declaration.month)},
        url=declaration.get_absolute_url(),
        verb=_("See why"),
    )
