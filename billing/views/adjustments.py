"""Corrections after disputes, and interest: the list, one of them, and the second person's word."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from billing import policies
from billing.adjustment_tables import TONES, AdjustmentFilter, AdjustmentTable, DecideForm
from billing.models import Adjustment, StatementLine
from billing.selectors.line_sources import Source, line_url
from billing.services import adjustments
from billing.views.access import CONTROLLER, READERS, own_columns
from hoofdaannemer.core import mandates
from hoofdaannemer.core.money import format_euro
from hoofdaannemer.core.pages import (
    DetailPage,
    ListPage,
    ScopedRequest,
    allowed,
    form_page,
    roles,
    shown_refusals,
)
from hoofdaannemer.core.scope import Scope
from hoofdaannemer.core.templatetags.core_format import moment_nl, month_nl

Status = Adjustment.Status
#: Read with each: what it rests on.
_GROUNDS = ("dispute__line", "payment__statement")


class AdjustmentList(ListPage):
    """Corrections and interest, newest first."""

    model = Adjustment
    table_class = AdjustmentTable
    filterset_class = AdjustmentFilter
    related = ("provider_organisation",)
    roles = READERS
    title = gettext_lazy("Corrections and interest")
    lead = gettext_lazy(
        "What was granted after a dispute, and interest over late payments. One person proposes,"
        " another decides; the next statement posts it."
    )
    empty_title = gettext_lazy("No corrections and no interest")
    empty_text = gettext_lazy(
        "A correction follows from a dispute in which both agreed upon another amount."
    )
    export_name = "correcties-en-rente"

    def get_table_kwargs(self) -> dict[str, Any]:
        return own_columns(self.request.scope)


class AdjustmentDetail(DetailPage):
    """One of them: what it rests on, who proposed and decided, and where it is posted."""

    model = Adjustment
    related = ("provider_organisation", "proposed_by", "decided_by", *_GROUNDS)
    roles = READERS
    template_name = "billing/adjustment_detail.html"

    def get_queryset(self) -> Any:
        """Without the stored PDF."""
        return (
            super().get_queryset().defer("payment__statement__pdf", "payment__statement__document")
        )

    def get_title(self) -> str:
        """Kind and amount."""
        return _("%(kind)s: %(amount)s") % {
            "kind": self.object.get_kind_display().capitalize(),
            "amount": format_euro(self.object.amount),
        }

    def breadcrumbs(self) -> list[tuple[str, str]]:
        return [(_("Corrections and interest"), reverse("adjustment_list"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Facts, what it rests on, where it is posted, and whether this reader decides."""
        scope, row = self.request.scope, self.object
        return super().get_context_data(
            badge=row.get_status_display(),
            tone=TONES[Status(row.status)],
            facts=_facts(row),
            sources=[*_grounds(scope, row), *_posted(scope, row)],
            waits=_waits(scope, row),
            may_decide=allowed(policies.check_can_decide_adjustment, scope, row),
            **kwargs,
        )


def _facts(row: Adjustment) -> list[tuple[str, str]]:
    facts = [
        (_("Subcontractor"), row.provider_organisation.name),
        (_("About the month"), month_nl(row.month)),
        (_("How computed"), row.why.sentence()),
        (_("Proposed"), f"{row.proposed_by.name}, {moment_nl(row.proposed_at)}"),
    ]
    if row.decided_by:
        facts.append((_("Decided"), f"{row.decided_by.name}, {moment_nl(row.decided_at)}"))
    if row.reason:
        facts.append((_("Why it was refused"), row.reason))
    return facts


def _grounds(scope: Scope, row: Adjustment) -> list[Source]:
    """The dispute and its line, or the statement that was paid late."""
    found = []
    if row.dispute:
        if mandates.covers_page(scope, "dispute_detail"):
            found.append(Source(_("The dispute"), row.dispute.get_absolute_url()))
        found.append(Source(_("The line that is corrected"), line_url(row.dispute.line)))
    if row.payment:
        label = _("Statement %(number)s, which was paid late") % {"number": row.payment.statement}
        found.append(Source(label, row.payment.statement.get_absolute_url()))
    return found


def _posted(scope: Scope, row: Adjustment) -> list[Source]:
    rows = StatementLine.objects.visible_to(scope).filter(adjustment=row)
    lines = rows.select_related("statement", "adjustment")
    return [
        Source(_("Posted on statement %(number)s") % {"number": line.statement}, line_url(line))
        for line in lines.defer("statement__pdf", "statement__document")
    ]


def _waits(scope: Scope, row: Adjustment) -> str:
    """What is waited for, in a sentence; empty where nothing is."""
    if row.status == Status.PROPOSED:
        if row.proposed_by_id == scope.user_id:
            return _("You proposed this, so another controller decides.")
        return _("A controller who did not propose it decides.")
    if row.status == Status.ACCEPTED and not hasattr(row, "statement_line"):
        return _("The next statement posts it.")
    return ""


@roles(*CONTROLLER)
@require_http_methods(["GET", "HEAD", "POST"])
def adjustment_decide(request: ScopedRequest, pk: int) -> HttpResponse:
    """Accept or refuse what somebody else proposed."""
    rows = Adjustment.objects.visible_to(request.scope)
    row = get_object_or_404(rows.select_related("dispute__line"), pk=pk)
    form = DecideForm(request.POST or None, scope=request.scope)
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            made = adjustments.decide(scope=request.scope, adjustment=row, **form.decision)
            is_accepted = made.status == Status.ACCEPTED
            messages.success(
                request,
                _("Accepted. The next statement posts it.")
                if is_accepted
                else _("Refused. Nothing is posted."),
            )
        return redirect(row)
    return form_page(
        request,
        title=_("Decide about %(line)s") % {"line": row},
        form=form,
        submit_label=_("Decide"),
        above=[
            (_("Corrections and interest"), reverse("adjustment_list")),
            (str(row), row.get_absolute_url()),
        ],
        next_text=row.why.sentence(),
    )
