"""What the home page shows of this app."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from hoofdaannemer.accountability.models import READERS, Report
from hoofdaannemer.core.scope import Role, Scope
from hoofdaannemer.core.templatetags.core_format import period_nl
from hoofdaannemer.core.working_days import add_working_days
from subcontracts.worklist import WorkItem

#: Working days within which a draft is reviewed, or a reviewed report published.
TERM_DAYS = 5
MOST = 20


def items(scope: Scope) -> Iterable[WorkItem]:
    """Drafts of others to review; for a contract manager also what to publish or make again."""
    if scope.role not in READERS:
        return
    rows = Report.objects.visible_to(scope).select_related("municipal_contract")
    drafts = rows.filter(status=Report.Status.DRAFT).exclude(built_by=scope.user_id)
    for report in drafts[:MOST]:
        yield _item(report, _("Reports to review"), _("Review the report"))
    if scope.role != Role.CONTRACT_MANAGER:
        return
    for report in rows.filter(status=Report.Status.REVIEWED)[:MOST]:
        yield _item(report, _("Reports to publish"), _("Publish the report"))
    unbuilt = rows.filter(status__in=[Report.Status.FAILED, Report.Status.REJECTED])
    # Made again, its later version takes its place.
    ours = [report for report in unbuilt.filter(built_by=scope.user_id) if _is_newest(report)]
    for report in ours[:MOST]:
        yield _item(report, _("Reports that need attention"), _("See what to do"))


def _is_newest(report: Report) -> bool:
    return not Report.objects.filter(
        municipal_contract=report.municipal_contract_id,
        definition=report.definition,
        start_date=report.start_date,
        version__gt=report.version,
    ).exists()


def _item(report: Report, kind: str, verb: str) -> WorkItem:
    moment = report.reviewed_at or report.built_at or report.asked_at
    return WorkItem(
        kind=kind,
        text=f"{report.municipal_contract}, {period_nl(report.period)}",
        url=reverse("report_detail", args=[report.pk]),
        verb=verb,
        due=add_working_days(timezone.localdate(moment), TERM_DAYS),
    )
