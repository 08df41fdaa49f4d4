"""Temporary funding of a subcontract: what follows on each line, and the step to it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from hoofdaannemer.core.pages import ScopedRequest, roles, shown_refusals
from hoofdaannemer.core.scope import Role, Scope
from hoofdaannemer.core.templatetags.core_format import date_long, date_nl
from subcontracts.models import FundingLine, FundingSunset, Subcontract
from subcontracts.selectors.sunsets import follow_up_text
from subcontracts.services import sunsets
from subcontracts.sunset_forms import EvaluatedForm, NextLineForm, PlanForm
from subcontracts.views.contract_page import contract_page

FORM_METHODS = ["GET", "HEAD", "POST"]
_FollowUp = FundingSunset.FollowUp


def sunset_table(scope: Scope, contract: Subcontract, *, may_change: bool) -> dict[str, Any]:
    """Lines that end before the contract, or of which is known what follows."""
    can_change = may_change and contract.status not in Subcontract.FIXED
    known = {row.line_id: row for row in _sunsets(scope, contract)}
    lines = contract.funding_lines.visible_to(scope).exclude(end_date=None)
    headers = [_("Line"), _("Last day"), _("What follows")]
    return {
        "caption": _("Temporary funding"),
        "headers": [*headers, _("Change")] if can_change else headers,
        "rows": [
            (
                line.name,
                date_nl(line.end_date),
                follow_up_text(known[line.pk]) if line.pk in known else _("not recorded"),
                *([_links(line, known.get(line.pk))] if can_change else []),
            )
            for line in lines.order_by("end_date", "pk")
            if line.pk in known or line.end_date != contract.end_date
        ],
    }


def _sunsets(scope: Scope, contract: Subcontract) -> Any:
    return contract.sunsets.visible_to(scope).select_related("line", "next_line")


def _links(line: FundingLine, row: FundingSunset | None) -> SafeString | str:
    if row is None:
        return _link("funding_line_sunset", line.pk, _("Record what follows"))
    if row.follow_up == _FollowUp.EVALUATION:
        return _link("sunset_evaluate", row.pk, _("Record the evaluation"))
    if row.follow_up == _FollowUp.LINE and row.next_line_id is None:
        return _link("sunset_continue", row.pk, _("Continue with the follow-up"))
    if row.evaluated_on is None and row.next_line_id is None:
        return _link("funding_line_sunset", line.pk, _("Change what follows"))
    return "–"


def _link(name: str, pk: int, label: str) -> SafeString:
    return format_html('<a class="ha-link" href="{}">{}</a>', reverse(name, args=[pk]), label)


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(FORM_METHODS)
def funding_line_sunset(request: ScopedRequest, pk: int) -> HttpResponse:
    """Record what follows on a line that is temporary."""
    rows = FundingLine.objects.visible_to(request.scope).exclude(end_date=None)
    line = get_object_or_404(rows.select_related("subcontract"), pk=pk)
    known = FundingSunset.objects.visible_to(request.scope).filter(line=line).first()
    initial = {name: getattr(known, name) if known else None for name in PlanForm.base_fields}
    form = PlanForm(request.POST or None, scope=request.scope, initial=initial)
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            sunsets.plan(scope=request.scope, line=line, plan=form.plan)
            messages.success(request, _("What follows is recorded."))
            return redirect("subcontract_detail", line.subcontract_id)
    return contract_page(
        request,
        line.subcontract,
        title=_("What follows on “%(name)s”?") % {"name": line.name},
        lead=_ends(line),
        form=form,
        submit_label=_("Record what follows"),
        next_text=_("It stands on the page of dates, and in time on your work list."),
    )


def _ends(line: FundingLine) -> str:
    if line.end_date is None:
        return ""
    return _("Its last day is %(day)s.") % {"day": date_long(line.end_date)}


def _sunset(request: ScopedRequest, pk: int, follow_up: str) -> FundingSunset:
    rows = FundingSunset.objects.visible_to(request.scope).filter(
        follow_up=follow_up, next_line=None
    )
    joined = rows.select_related("line", "subcontract__municipal_contract")
    return get_object_or_404(joined.prefetch_related("line__line_products"), pk=pk)


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(FORM_METHODS)
def sunset_evaluate(request: ScopedRequest, pk: int) -> HttpResponse:
    """Record what the evaluation of a temporary line concluded."""
    row = _sunset(request, pk, _FollowUp.EVALUATION)
    form = EvaluatedForm(
        request.POST or None, scope=request.scope, initial={"evaluated_on": request.scope.today}
    )
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            sunsets.evaluate(scope=request.scope, sunset=row, found=form.found)
            messages.success(request, _("The evaluation is recorded."))
            return redirect("subcontract_detail", row.subcontract_id)
    return contract_page(
        request,
        row.subcontract,
        title=_("Evaluation of “%(name)s”") % {"name": row.line.name},
        lead=_ends(row.line),
        form=form,
        submit_label=_("Record the evaluation"),
        next_text=_("Where it goes on, the next step makes the line that follows."),
    )


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(FORM_METHODS)
def sunset_continue(request: ScopedRequest, pk: int) -> HttpResponse:
    """Make the line that follows, filled in from the one before."""
    row = _sunset(request, pk, _FollowUp.LINE)
    if row.line.end_date is None:
        raise Http404
    form = NextLineForm(request.POST or None, sunset=row)
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            sunsets.go_on(scope=request.scope, sunset=row, terms=form.terms)
            messages.success(request, _("The next line is made."))
            return redirect("subcontract_detail", row.subcontract_id)
    return contract_page(
        request,
        row.subcontract,
        "subcontracts/parts_form.html",
        title=_("Continue after “%(name)s”") % {"name": row.line.name},
        lead=_ends(row.line),
        form=form,
        parts=form.parts,
        folded=form.folded,
        submit_label=_("Make the next line"),
        next_text=_("It pays from the day after on; what is delivered until then stays as it was."),
    )
