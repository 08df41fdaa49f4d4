"""Recovery plans: the list, one of them with what was paid back, and each step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import DecimalField, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from billing import policies
from billing.models import RecoveryPlan
from billing.recovery_forms import PaperPlanForm, PlanForm, RemarkForm
from billing.recovery_tables import TONES, RecoveryPlanFilter, RecoveryPlanTable
from billing.services import recovery_plans
from billing.views.access import CONTROLLER, OWN, READERS, own_columns
from hoofdaannemer.core.attachments import attachment
from hoofdaannemer.core.forms import PlainForm
from hoofdaannemer.core.money import ZERO, format_euro
from hoofdaannemer.core.pages import (
    Action,
    DetailPage,
    ListPage,
    ScopedRequest,
    allowed,
    form_page,
    roles,
    shown_refusals,
)
from hoofdaannemer.core.periods import Month
from hoofdaannemer.core.scope import Scope
from hoofdaannemer.core.templatetags.core_format import date_nl, month_nl

FORM_METHODS = ["GET", "HEAD", "POST"]
Status = RecoveryPlan.Status
_TAKEN = Q(statement_lines__kind__in=["set_off", "rest"])


class RecoveryPlanList(ListPage):
    """Plans, newest first."""

    model = RecoveryPlan
    table_class = RecoveryPlanTable
    filterset_class = RecoveryPlanFilter
    related = ("provider_organisation",)
    roles = READERS
    title = gettext_lazy("Recovery plans")
    lead = gettext_lazy("What is owed, paid back in parts on monthly statements.")
    empty_title = gettext_lazy("No recovery plans")
    empty_text = gettext_lazy(
        "A balance below zero is set off at once, unless a plan spreads it over months."
    )
    export_name = "terugbetaling"

    def narrowed(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """With what was paid back, without signed files."""
        counted: QuerySet[Any] = rows.defer("signed_file").annotate(
            taken=Coalesce(
                Sum("statement_lines__amount", filter=_TAKEN),
                ZERO,
                output_field=DecimalField(max_digits=14, decimal_places=2),
            )
        )
        return counted

    def primary(self) -> Action | None:
        """A controller proposes one."""
        scope = self.request.scope
        if allowed(policies.check_can_plan_recovery, scope, scope.main_contractor_id):
            return Action(_("Propose a plan"), reverse("recovery_plan_new"))
        return None

    def get_table_kwargs(self) -> dict[str, Any]:
        return own_columns(self.request.scope)


class RecoveryPlanDetail(DetailPage):
    """One plan, with each statement that put aside or took a part."""

    model = RecoveryPlan
    related = ("provider_organisation", "proposed_by", "agreed_by", "settlement__funding_line")
    roles = READERS
    template_name = "billing/recovery_plan_detail.html"

    def get_queryset(self) -> QuerySet[Any]:
        """Without signed files."""
        return super().get_queryset().defer("signed_file", "settlement__signed_file")

    def get_title(self) -> str:
        """What is paid back."""
        return _("Recovery plan of %(total)s") % {"total": format_euro(self.object.total)}

    def breadcrumbs(self) -> list[tuple[str, str]]:
        return [(_("Recovery plans"), reverse("recovery_plan_list"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Terms, what was taken, and what this reader may do."""
        row = self.object
        lines = row.statement_lines.select_related("statement").defer(
            "statement__pdf", "statement__document"
        )
        return super().get_context_data(
            badge=row.get_status_display(),
            tone=TONES[Status(row.status)],
            facts=_facts(row),
            table={
                "caption": _("On monthly statements"),
                "headers": [_("Month"), _("What it is"), _("Amount")],
                "rows": [
                    (
                        month_nl(one.statement.calendar_month),
                        str(one.get_kind_display()).capitalize(),
                        format_euro(one.effect),
                    )
                    for one in lines.order_by("statement__month", "pk")
                ],
            },
            may=_may(self.request.scope, row),
            **kwargs,
        )


def _facts(row: RecoveryPlan) -> list[tuple[str, str]]:
    recovered = row.recovered
    facts = [
        (_("Subcontractor"), row.provider_organisation.name),
        (_("What is owed"), str(row.get_kind_display()).capitalize()),
        *([(_("Settlement"), str(row.settlement))] if row.settlement else []),
        (_("Why"), row.ground),
        (_("Total"), format_euro(row.total)),
        (_("A month"), format_euro(row.monthly)),
        (_("Left to pay each month"), format_euro(row.leaves)),
        (_("First month"), month_nl(Month.of(row.first_month))),
        (_("Paid back"), format_euro(recovered)),
        (_("Still to pay back"), format_euro(row.total - recovered)),
        (_("Proposed"), date_nl(row.proposed_at)),
    ]
    if row.agreed_at:
        how = _("on paper: %(reason)s") % {"reason": row.paper_reason} if row.paper_reason else ""
        day = date_nl(row.agreed_at)
        facts.append((_("Agreed on"), f"{day}, {how}" if how else day))
    if row.remark:
        facts.append((_("Remark"), row.remark))
    return facts


def _may(scope: Scope, row: RecoveryPlan) -> dict[str, bool]:
    is_theirs = allowed(policies.check_can_agree_to_plan, scope, row)
    plans = allowed(policies.check_can_plan_recovery, scope, row.main_contractor_id)
    is_proposed = row.status == Status.PROPOSED
    return {
        "agree": is_theirs and is_proposed,
        "paper": is_proposed and allowed(policies.check_can_record_plan, scope, row),
        "withdraw": plans and is_proposed,
        "pause": plans and row.status == Status.RUNNING,
        "resume": plans and row.status == Status.PAUSED,
        "end": plans and row.status in (Status.RUNNING, Status.PAUSED),
        "signed": bool(row.paper_reason),
    }


@roles(*CONTROLLER)
@require_http_methods(FORM_METHODS)
def recovery_plan_new(request: ScopedRequest) -> HttpResponse:
    """Propose a plan."""
    initial = {"first_month": str(Month.of(request.scope.today))}
    form = PlanForm(request.POST or None, scope=request.scope, initial=initial)
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            made = recovery_plans.propose(
                scope=request.scope,
                subcontractor=form.cleaned_data["subcontractor"],
                terms=form.terms,
            )
            messages.success(request, _("The plan is with the subcontractor, who agrees or not."))
            return redirect(made)
    return form_page(
        request,
        title=_("Propose a recovery plan"),
        form=form,
        submit_label=_("Propose the plan"),
        above=[(_("Recovery plans"), reverse("recovery_plan_list"))],
        next_text=_("Nothing is taken before the subcontractor agreed, here or on paper."),
    )


@roles(*sorted(OWN))
@require_POST
def recovery_plan_agree(request: ScopedRequest, pk: int) -> HttpResponse:
    """Agree with it."""
    return _moved(request, pk, recovery_plans.agree, _("You agreed. The plan begins."))


@roles(*sorted(OWN))
@require_http_methods(FORM_METHODS)
def recovery_plan_refuse(request: ScopedRequest, pk: int) -> HttpResponse:
    """Refuse it, with a reason."""
    return _remarked(request, pk, recovery_plans.refuse, _("Refuse the plan"), _("You refused it."))


@roles(*CONTROLLER)
@require_http_methods(FORM_METHODS)
def recovery_plan_paper(request: ScopedRequest, pk: int) -> HttpResponse:
    """Record that it was agreed on paper."""
    row = _found(request.scope, pk)
    form = PaperPlanForm(request.POST or None, request.FILES or None, scope=request.scope)
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            recovery_plans.record_agreement(
                scope=request.scope,
                plan=row,
                reason=form.cleaned_data["reason"],
                signed_file=form.signed_file,
            )
            messages.success(request, _("The agreement is recorded. The plan begins."))
            return redirect(row)
    text = _("Somebody else than who proposed it does this.")
    return _form(request, row, _("Record an agreement on paper"), form, _("Record it"), text)


@roles(*CONTROLLER)
@require_POST
def recovery_plan_withdraw(request: ScopedRequest, pk: int) -> HttpResponse:
    """Take the proposal back."""
    return _moved(request, pk, recovery_plans.withdraw, _("It is withdrawn."))


@roles(*CONTROLLER)
@require_http_methods(FORM_METHODS)
def recovery_plan_pause(request: ScopedRequest, pk: int) -> HttpResponse:
    """Take nothing for a while."""
    return _remarked(request, pk, recovery_plans.pause, _("Pause the plan"), _("It is paused."))


@roles(*CONTROLLER)
@require_POST
def recovery_plan_resume(request: ScopedRequest, pk: int) -> HttpResponse:
    """Go on with it."""
    return _moved(request, pk, recovery_plans.resume, _("The plan goes on."))


@roles(*CONTROLLER)
@require_http_methods(FORM_METHODS)
def recovery_plan_end(request: ScopedRequest, pk: int) -> HttpResponse:
    """End it before its time."""
    text = _("What is left is owed at once: it is taken off the next statement, and carried over.")
    return _remarked(
        request, pk, recovery_plans.end, _("End the plan"), _("The plan is ended."), text
    )


@roles(*READERS)
@require_GET
def recovery_plan_signed(request: ScopedRequest, pk: int) -> HttpResponse:
    """The plan as it was signed on paper."""
    row = get_object_or_404(RecoveryPlan.objects.visible_to(request.scope), pk=pk)
    if not row.signed_file:
        raise Http404
    return attachment(bytes(row.signed_file), f"terugbetaling-{row.pk}.pdf")


def _found(scope: Scope, pk: int) -> RecoveryPlan:
    return get_object_or_404(RecoveryPlan.objects.visible_to(scope).light(), pk=pk)


def _moved(
    request: ScopedRequest, pk: int, step: Callable[..., RecoveryPlan], done: str
) -> HttpResponse:
    row = _found(request.scope, pk)
    with shown_refusals(request):
        step(scope=request.scope, plan=row)
        messages.success(request, done)
    return redirect(row)


def _remarked(
    request: ScopedRequest,
    pk: int,
    step: Callable[..., RecoveryPlan],
    title: str,
    done: str,
    next_text: str = "",
) -> HttpResponse:
    row = _found(request.scope, pk)
    form = RemarkForm(request.POST or None, scope=request.scope)
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            step(scope=request.scope, plan=row, **form.cleaned_data)
            messages.success(request, done)
            return redirect(row)
    return _form(request, row, title, form, title, next_text)


def _form(
    request: ScopedRequest,
    row: RecoveryPlan,
    title: str,
    form: PlainForm,
    label: str,
    next_text: str,
) -> HttpResponse:
    above = [
        (_("Recovery plans"), reverse("recovery_plan_list")),
        (format_euro(row.total), row.get_absolute_url()),
    ]
    return form_page(
        request, title=title, form=form, submit_label=label, above=above, next_text=next_text
    )
