"""Amending a subcontract that runs."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from hoofdaannemer.core.pages import ScopedRequest, roles, shown_refusals
from hoofdaannemer.core.scope import Role
from subcontracts.models import Subcontract
from subcontracts.services import amending
from subcontracts.signing_forms import AmendmentForm
from subcontracts.views.contract_page import contract_page


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(["GET", "HEAD", "POST"])
def subcontract_amend(request: ScopedRequest, pk: int) -> HttpResponse:
    """Give a contract that runs other terms, or keep what changed in it as a version."""
    rows = Subcontract.objects.visible_to(request.scope).filter(status__in=Subcontract.RUNNING)
    row = get_object_or_404(rows, pk=pk)
    day = max(request.scope.today, row.start_date)
    form = AmendmentForm(
        request.POST or None,
        request.FILES or None,
        scope=request.scope,
        subcontract=row,
        initial={
            name: getattr(row, name) for name in AmendmentForm.base_fields if hasattr(row, name)
        }
        | {"ceiling": row.ceiling_on(day), "ceiling_from": day},
    )
    url = reverse("subcontract_detail", args=[pk])
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            version = amending.amend(scope=request.scope, subcontract=row, amendment=form.amendment)
            done = _("The amendment is kept as version %(number)s.")
            messages.success(request, done % {"number": version.number})
            return redirect(url)
    return contract_page(
        request,
        row,
        "subcontracts/parts_form.html",
        title=_("Amend contract %(number)s") % {"number": row.number},
        form=form,
        parts=[(legend, "", fields) for legend, fields in form.parts],
        submit_label=_("Keep amendment"),
        next_text=_(
            "Terms hold from now on. Lines, tariffs and clauses that lasted as long as the contract"
            " last until its new last day; what would begin after it is cancelled, decided"
            " indexation too."
        ),
    )
