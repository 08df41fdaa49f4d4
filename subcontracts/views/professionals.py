"""The people of the own organisation."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from hoofdaannemer.core.pages import Action, ListPage, ScopedRequest, roles, shown_refusals
from hoofdaannemer.core.scope import SUBCONTRACTOR
from subcontracts.forms import LastDayForm, ProfessionalForm
from subcontracts.models import Professional
from subcontracts.services import professionals
from subcontracts.tables import ProfessionalTable

PROVIDER = tuple(sorted(SUBCONTRACTOR))
FORM_METHODS = ["GET", "HEAD", "POST"]


class ProfessionalList(ListPage):
    """The people of the own organisation."""

    model = Professional
    table_class = ProfessionalTable
    roles = frozenset(SUBCONTRACTOR)
    title = gettext_lazy("Our people")
    lead = gettext_lazy("Who gives care. Name them on a placement.")
    empty_title = gettext_lazy("Nobody yet")
    empty_text = gettext_lazy("Add the people who give care.")

    def primary(self) -> Action | None:
        """Add somebody."""
        return Action(_("Add a person"), reverse("professional_new"))


@roles(*PROVIDER)
@require_http_methods(FORM_METHODS)
def professional_new(request: ScopedRequest) -> HttpResponse:
    """Add a person to the own organisation."""
    form = ProfessionalForm(request.POST or None, scope=request.scope)
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            professionals.add_professional(
                scope=request.scope,
                organisation_id=request.scope.organisation_id,
                name=form.cleaned_data["name"],
                role=form.cleaned_data["role"],
                period=form.period,
            )
            messages.success(request, _("The person is added."))
            return redirect("professional_list")
    context = {
        "title": _("Add a person"),
        "form": form,
        "submit_label": _("Add person"),
        "cancel_url": reverse("professional_list"),
        "breadcrumbs": [(_("Our people"), reverse("professional_list"))],
    }
    return render(request, "generic/form.html", context)


@roles(*PROVIDER)
@require_http_methods(FORM_METHODS)
def professional_end(request: ScopedRequest, pk: int) -> HttpResponse:
    """Record a person's last working day."""
    person = get_object_or_404(Professional.objects.visible_to(request.scope), pk=pk)
    form = LastDayForm(request.POST or None, scope=request.scope)
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            professionals.end_professional(
                scope=request.scope, professional=person, last_day=form.cleaned_data["last_day"]
            )
            messages.success(request, _("The last working day is recorded."))
            return redirect("professional_list")
    context = {
        "title": _("Last working day of %(name)s") % {"name": person.name},
        "form": form,
        "submit_label": _("Record last day"),
        "cancel_url": reverse("professional_list"),
        "next_text": _("The person stops on all placements that day."),
        "breadcrumbs": [(_("Our people"), reverse("professional_list"))],
    }
    return render(request, "generic/form.html", context)
