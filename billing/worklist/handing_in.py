"""What a subcontractor or own team hands in."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _

from billing.models import (
    Declaration,
    DeclarationFile,
)
from billing.selectors.fte_reports import open_months
from billing.selectors.month_cards import cards, hand_in_by
from billing.selectors.own_teams import has_begun, missing
from hoofdaannemer.core.periods import Month
from hoofdaannemer.core.scope import SUBCONTRACTOR, Scope
from hoofdaannemer.core.templatetags.core_format import month_nl
from subcontracts.worklist import WorkItem


def month_to_hand_in(scope: Scope) -> Iterable[WorkItem]:
    """The last month of a practice, while nothing of it was declared."""
    month = Month.of(scope.today).previous()
    open_cards = [card for card in cards(scope, month) if not card.approved and not card.no_care]
    declared = Declaration.objects.visible_to(scope).standing().filter(month=month.first)
    if open_cards and not declared.exists():
        yield WorkItem(
            kind=_("To hand in"),
            text=_("Your hours of %(month)s") % {"month": month_nl(month)},
            url=reverse("month_page", args=[str(month)]),
            verb=_("Hand in the month"),
            due=hand_in_by(month),
        )


def files(scope: Scope) -> Iterable[WorkItem]:
    """Files that were uploaded and wait for a person."""
    waiting = (DeclarationFile.Status.MAPPING, DeclarationFile.Status.CHECKED)
    for file in DeclarationFile.objects.visible_to(scope).light().filter(status__in=waiting)[:20]:
        yield WorkItem(
            kind=_("To hand in"),
            text=_("File %(name)s was not handed in yet") % {"name": file.name},
            url=file.get_absolute_url(),
            verb=_("Look at the file"),
        )


def reports(scope: Scope) -> Iterable[WorkItem]:
    """FTE reports of months that are over."""
    running = Month.of(scope.today)
    for one in open_months(scope):
        if one.month != running:
            yield WorkItem(
                kind=_("To hand in"),
                text=_("FTE report of %(month)s") % {"month": month_nl(one.month)},
                url=reverse("fte_report_list"),
                verb=_("Hand in the report"),
                due=hand_in_by(one.month),
            )


def own_teams(scope: Scope) -> Iterable[WorkItem]:
    """Months that an own team did not report yet; the last one where its people never did."""
    if scope.role in SUBCONTRACTOR and not has_begun(scope):
        month = Month.of(scope.today).previous()
        yield WorkItem(
            kind=_("To hand in"),
            text=_("FTE, hours and costs of %(month)s") % {"month": month_nl(month)},
            url=reverse("own_team_report_new"),
            verb=_("Report the month"),
            due=hand_in_by(month),
        )
    for one in missing(scope)[:20]:
        yield WorkItem(
            kind=_("To hand in"),
            text=_("%(team)s, costs of %(month)s")
            % {"team": one.team, "month": month_nl(one.month)},
            url=reverse("own_team_report_new"),
            verb=_("Report the month"),
            due=hand_in_by(one.month),
        )
