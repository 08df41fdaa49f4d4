"""What-ifs: the list, the question, and throwing one away."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from billing.filters import WhatIfFilter
from billing.models import WhatIf
from billing.rules.whatif.terms import Form
from billing.services import what_ifs as services
from billing.views.access import MONEY
from billing.what_if_forms import WhatIfForm, initial_of
from billing.what_if_tables import WhatIfTable
from billing.what_if_words import EXPLANATIONS
from hoofdaannemer.core.nudges import nudge
from hoofdaannemer.core.pages import Action, ListPage, ScopedRequest, roles, shown_refusals
from hoofdaannemer.core.scope import Scope
from subcontracts.models import FundingLine, Subcontractor

TASK = "billing.tasks.run_what_ifs"
#: In the address of a question, the one with whose values it begins.
AGAIN = "opnieuw"


class WhatIfList(ListPage):
    """Questions about the past, the newest first."""

    model = WhatIf
    table_class = WhatIfTable
    filterset_class = WhatIfFilter
    related = ("asked_by",)
    roles = MONEY
    title = gettext_lazy("What if")
    lead = gettext_lazy(
        "A past period under another funding form: who wins, who loses, and at which price it costs"
        " the same. Nothing that was paid changes."
    )
    empty_title = gettext_lazy("Nothing was asked yet")
    empty_text = gettext_lazy("Choose a funding form and a past period, and see what it would do.")

    def narrowed(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Without the facts."""
        return rows.defer("facts")

    def primary(self) -> Action | None:
        """Ask another."""
        return Action(_("Ask a what-if"), reverse("what_if_new"))


def above() -> list[tuple[str, str]]:
    """The list, above every other page of what-ifs."""
    return [(_("What if"), reverse("what_if_list"))]


@roles(*MONEY)
@require_GET
def what_if_new(request: ScopedRequest) -> HttpResponse:
    """Choose the other form."""
    context = {
        "title": _("What if it were paid otherwise?"),
        "lead": _("Choose the funding form under which the past is computed anew."),
        "breadcrumbs": above(),
        "choices": [
            (
                FundingLine.Form(form.value).label,
                EXPLANATIONS[form],
                reverse("what_if_ask", args=[form.value]),
            )
            for form in Form
        ],
    }
    return render(request, "billing/what_if_new.html", context)


@roles(*MONEY)
@require_http_methods(["GET", "HEAD", "POST"])
def what_if_ask(request: ScopedRequest, form_code: str) -> HttpResponse:
    """The question under one form."""
    if form_code not in set(Form):
        raise Http404
    scope, other = request.scope, Form(form_code)
    form = WhatIfForm(
        request.POST or None,
        scope=scope,
        form=other,
        members=_in_a_pool(scope, other),
        initial=_asked_before(request, other),
    )
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            row = services.ask(
                scope=scope, main_contractor_id=scope.main_contractor_id, question=form.question
            )
            nudge(TASK)
            messages.success(request, _("It is being computed. You may leave this page."))
            return redirect(row)
    context = {
        "title": _("What if: %(form)s") % {"form": FundingLine.Form(form_code).label},
        "lead": EXPLANATIONS[other],
        "breadcrumbs": [*above(), (_("Choose a form"), reverse("what_if_new"))],
        "form": form,
        "submit_label": _("Compute the outcome"),
        "cancel_url": reverse("what_if_list"),
        "next_text": _("It is computed in the background; the outcome stays until you delete it."),
    }
    return render(request, "generic/form.html", context)


def _asked_before(request: ScopedRequest, form: Form) -> dict[str, Any]:
    """The values of an earlier question of the same form, where the address names one."""
    number = request.GET.get(AGAIN, "")
    if not (number.isascii() and number.isdigit() and len(number) <= 18):
        return {}
    rows = WhatIf.objects.visible_to(request.scope).light()
    row = rows.filter(pk=number, form=form).first()
    return initial_of(row) if row else {}


def _in_a_pool(scope: Scope, form: Form) -> list[Subcontractor]:
    if form is not Form.ADVANCE_POOL:
        return []
    lines = FundingLine.objects.visible_to(scope).filter(form=Form.ADVANCE_POOL)
    return list(
        Subcontractor.objects.visible_to(scope)
        .filter(pk__in=lines.values("subcontract__subcontractor"))
        .select_related("provider_organisation")
    )


@roles(*MONEY)
@require_http_methods(["GET", "HEAD", "POST"])
def what_if_delete(request: ScopedRequest, pk: int) -> HttpResponse:
    """Ask first, then throw it away with its outcome."""
    row = get_object_or_404(WhatIf.objects.visible_to(request.scope).light(), pk=pk)
    if request.method == "POST":
        with shown_refusals(request):
            services.delete(scope=request.scope, what_if=row)
            messages.success(request, _("Deleted."))
        return redirect("what_if_list")
    context = {
        "title": _("Delete “%(name)s”?") % {"name": row.name},
        "breadcrumbs": [*above(), (row.name, row.get_absolute_url())],
        "consequences": [
            _("The question and its outcome disappear for everybody."),
            _("What was paid and stated does not change."),
        ],
        "submit_label": _("Delete the what-if"),
        "cancel_url": row.get_absolute_url(),
        "danger": True,
    }
    return render(request, "generic/confirm.html", context)
