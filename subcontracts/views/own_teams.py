"""Own teams: made, named otherwise, ended. Who leads one is invited by the administrator."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from hoofdaannemer.core.pages import ScopedRequest, form_page, roles, shown_refusals
from hoofdaannemer.core.scope import Role
from subcontracts.models import Subcontractor
from subcontracts.own_team_forms import OwnTeamChangeForm, OwnTeamForm
from subcontracts.services import own_teams

FORM_METHODS = ["GET", "HEAD", "POST"]


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(FORM_METHODS)
def own_team_new(request: ScopedRequest) -> HttpResponse:
    """Make an own team."""
    form = OwnTeamForm(
        request.POST or None, scope=request.scope, initial={"first_day": request.scope.today}
    )
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            team = own_teams.make(
                scope=request.scope,
                main_contractor_id=request.scope.main_contractor_id,
                **form.values,
            )
            messages.success(
                request,
                _(
                    "%(name)s is made. The administrator has it on the work list to invite who"
                    " leads it."
                )
                % {"name": team},
            )
            return redirect("subcontractor_detail", team.pk)
    return form_page(
        request,
        title=_("Make an own team"),
        form=form,
        submit_label=_("Make the team"),
        above=[(_("Subcontractors"), reverse("subcontractor_list"))],
        next_text=_(
            "Care can be placed with it at once. It has no contract and is not paid: each month it"
            " reports what it worked and cost. The administrator invites who leads it."
        ),
    )


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(FORM_METHODS)
def own_team_change(request: ScopedRequest, pk: int) -> HttpResponse:
    """Name an own team otherwise, or give it a last day."""
    rows = Subcontractor.objects.visible_to(request.scope).filter(is_own_team=True)
    team = get_object_or_404(rows.select_related("provider_organisation"), pk=pk)
    form = OwnTeamChangeForm(
        request.POST or None,
        scope=request.scope,
        initial={"name": team.provider_organisation.name, "last_day": team.end_date},
    )
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            own_teams.change(scope=request.scope, team=team, **form.values)
            messages.success(request, _("The team is changed."))
            return redirect("subcontractor_detail", team.pk)
    return form_page(
        request,
        title=_("Change %(name)s") % {"name": team},
        form=form,
        submit_label=_("Change the team"),
        above=[
            (_("Subcontractors"), reverse("subcontractor_list")),
            (str(team), reverse("subcontractor_detail", args=[team.pk])),
        ],
        next_text=_(
            "After the last day nothing is placed with the team. Its care, months and people stay"
            " as they are; empty the day to let the team go on."
        ),
    )
