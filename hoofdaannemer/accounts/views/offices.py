"""Administration offices: taken in by an administrator, and acting for a practice."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from hoofdaannemer.accounts import entry
from hoofdaannemer.accounts.mandate_forms import OfficeForm
from hoofdaannemer.accounts.mandate_tables import OfficeTable
from hoofdaannemer.accounts.models import OfficeMandate, Organisation
from hoofdaannemer.accounts.services import offices
from hoofdaannemer.core.pages import Action, ListPage, ScopedRequest, form_page, shown_refusals
from hoofdaannemer.core.pages import roles as page_roles
from hoofdaannemer.core.scope import Role


class OfficeList(ListPage):
    """The offices whose people the administrator invites."""

    model = Organisation
    table_class = OfficeTable
    roles = frozenset({Role.ADMINISTRATOR})
    title = gettext_lazy("Administration offices")
    lead = gettext_lazy(
        "Offices that do the administration of subcontractors. Invite their people here; a"
        " subcontractor itself decides whether an office acts for it."
    )
    empty_title = gettext_lazy("No office was taken in yet")
    empty_text = gettext_lazy("Take one in, and invite its first person.")
    export_name = "administratiekantoren"

    def narrowed(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.filter(kind=Organisation.Kind.OFFICE)

    def primary(self) -> Action:
        return Action(_("Take an office in"), reverse("office_new"))


@page_roles(Role.ADMINISTRATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def take_in(request: ScopedRequest) -> HttpResponse:
    """Take in an office, so that its people can be invited."""
    form = OfficeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            made = offices.take_in(scope=request.scope, **form.values)
            messages.success(
                request, _("%(name)s is taken in. Invite its people now.") % {"name": made.name}
            )
            return redirect("user_invite")
    return form_page(
        request,
        title=_("Take an administration office in"),
        form=form,
        submit_label=_("Take the office in"),
        above=[(_("Administration offices"), reverse("office_list"))],
        next_text=_("It sees nothing until a subcontractor gives it a mandate."),
    )


@page_roles(Role.OFFICE_USER)
@require_POST
def act(request: ScopedRequest, pk: int) -> HttpResponse:
    """Act for the subcontractor that gave this mandate, from here on; `next` says where."""
    rows = OfficeMandate.objects.visible_to(request.scope).light()
    mandate = get_object_or_404(rows.select_related("provider_organisation"), pk=pk)
    leads_to = reverse("office_home")
    with shown_refusals(request):
        offices.begin(scope=request.scope, mandate=mandate)
        entry.act_under(request, mandate)
        leads_to = entry.next_address(request, request.POST.get("next"))
    return redirect(leads_to)
