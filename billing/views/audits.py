"""From which amount on an auditor looks, and the opinion that was given."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from billing import policies
from billing.models import AuditOpinion, AuditTerms
from billing.production_forms import OpinionForm, TermsForm
from billing.production_tables import AuditTermsTable
from billing.selectors.settlement_years import years
from billing.services import audits
from billing.views.access import AUDITED, CONTROLLER, MONEY
from billing.views.production import above, found, list_of
from hoofdaannemer.core.attachments import attachment
from hoofdaannemer.core.pages import (
    Action,
    ListPage,
    ScopedRequest,
    allowed,
    form_page,
    roles,
    shown_refusals,
)

FORM_METHODS = ["GET", "HEAD", "POST"]


class AuditTermsList(ListPage):
    """From which amount on an auditor looks, the last word first."""

    model = AuditTerms
    table_class = AuditTermsTable
    related = ("contract",)
    roles = MONEY
    title = gettext_lazy("Threshold of the auditor")
    lead = gettext_lazy(
        "Above this amount a production statement needs an auditor's opinion. Without a figure of"
        " your own the national protocol holds, or for several municipalities the region's."
    )
    empty_title = gettext_lazy("No figure of your own")
    empty_text = gettext_lazy("The figures that came with the system hold.")
    export_name = "controledrempel"

    def primary(self) -> Action | None:
        """A controller records another."""
        scope = self.request.scope
        if allowed(policies.check_can_settle, scope, scope.main_contractor_id):
            return Action(_("Record a threshold"), reverse("audit_terms_new"))
        return None

    def breadcrumbs(self) -> list[tuple[str, str]]:
        return list_of()


@roles(*CONTROLLER)
@require_http_methods(FORM_METHODS)
def audit_terms_new(request: ScopedRequest) -> HttpResponse:
    """Record from which amount on an auditor looks."""
    scope = request.scope
    form = TermsForm(request.POST or None, scope=scope, years=years(scope))
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            audits.record_terms(
                scope=scope,
                main_contractor_id=scope.main_contractor_id,
                contract=form.cleaned_data["contract"],
                from_year=form.cleaned_data["from_year"],
                terms=form.terms,
            )
            messages.success(request, _("Recorded. It holds for what is established from now on."))
            return redirect("audit_terms_list")
    return form_page(
        request,
        title=_("Record a threshold of the auditor"),
        form=form,
        submit_label=_("Record it"),
        above=[*list_of(), (_("Threshold of the auditor"), reverse("audit_terms_list"))],
        next_text=_("What you leave empty is as the protocol says."),
    )


@roles(*CONTROLLER)
@require_http_methods(FORM_METHODS)
def production_statement_opinion(request: ScopedRequest, pk: int) -> HttpResponse:
    """Record the opinion of an auditor."""
    row = found(request.scope, pk)
    form = OpinionForm(request.POST or None, request.FILES or None, scope=request.scope)
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            audits.record_opinion(scope=request.scope, statement=row, **form.values)
            messages.success(request, _("Recorded with its document."))
            return redirect(row)
    return form_page(
        request,
        title=_("Record an auditor's opinion"),
        form=form,
        submit_label=_("Record the opinion"),
        above=above(row),
        next_text=_("It stands with the production statement, for the auditor too."),
    )


@roles(*sorted(AUDITED))
@require_GET
def audit_opinion_file(request: ScopedRequest, pk: int) -> HttpResponse:
    """The document of an opinion."""
    row = get_object_or_404(AuditOpinion.objects.visible_to(request.scope), pk=pk)
    return attachment(bytes(row.document), f"controleverklaring-{row.pk}.pdf")
