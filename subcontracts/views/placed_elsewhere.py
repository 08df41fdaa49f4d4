"""Telling a subcontractor that somebody else gives the care that it asked for."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from hoofdaannemer.core.pages import ScopedRequest, allowed, roles, shown_refusals
from hoofdaannemer.core.scope import CARE, Scope
from subcontracts import policies
from subcontracts.answer_forms import PlacedElsewhereForm
from subcontracts.models import CareRequest, RequestedProduct
from subcontracts.selectors.requests import was_offered
from subcontracts.services import placed_elsewhere


def to_tell(scope: Scope, asked: Iterable[RequestedProduct]) -> list[RequestedProduct]:
    """Of which products the asker can be told that somebody else gives the care."""
    if scope.role not in CARE:
        return []
    return [
        one
        for one in asked
        if allowed(policies.check_can_tell_elsewhere, scope, one, is_offered=was_offered(one))
    ]


@roles(*sorted(CARE))
@require_http_methods(["GET", "HEAD", "POST"])
def request_placed_elsewhere(request: ScopedRequest, pk: int) -> HttpResponse:
    """Say so before others have taken all of the care, which tells it by itself."""
    scope = request.scope
    rows = CareRequest.objects.visible_to(scope).select_related("provider_organisation")
    row = get_object_or_404(rows, pk=pk)
    asked = to_tell(scope, RequestedProduct.objects.visible_to(scope).filter(request=row))
    typed = request.POST if request.method == "POST" else None
    form = PlacedElsewhereForm(typed, scope=scope, asked=asked)
    if form.is_bound and form.is_valid():
        with shown_refusals(request):
            placed_elsewhere.tell(scope=scope, **form.values)
            messages.success(request, _("The subcontractor is told."))
        return redirect("request_detail", pk)
    url = reverse("request_detail", args=[pk])
    context = {
        "title": _("Tell that somebody else gives the care?"),
        "consequences": _consequences(row) if asked else [],
        "nothing": "" if asked else _("There is nothing to tell about this request"),
        "form": form if asked else None,
        "submit_label": _("Tell subcontractor"),
        "danger": True,
        "cancel_url": url,
        "breadcrumbs": [(_("Requests"), reverse("request_list")), (row.number, url)],
    }
    return render(request, "generic/confirm.html", context)


def _consequences(request: CareRequest) -> list[str]:
    return [
        _("%(name)s sees it with its request; its software gets a refusal (319).")
        % {"name": request.provider_organisation},
        _("This can be told once. If you place the care with it later, it gets that as new."),
    ]
