"""A request that was refused because another municipality is responsible: ask it there, or not."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from hoofdaannemer.accounts.models import Municipality
from hoofdaannemer.core.pages import ScopedRequest, roles, shown_refusals
from hoofdaannemer.core.rowforms import name_of
from hoofdaannemer.core.scope import CARE, Scope
from subcontracts.models import CareRequest
from subcontracts.selectors import instead
from subcontracts.services import elsewhere
from subcontracts.views import filled_in
from subcontracts.views.identity import log_look
from subcontracts.views.requests import asked_on


@roles(*sorted(CARE))
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def request_elsewhere(request: ScopedRequest, pk: int) -> HttpResponse:
    """The form for new care, filled in with what was asked and with who is responsible."""
    rows = CareRequest.objects.visible_to(request.scope).select_related("client")
    row = get_object_or_404(rows, pk=pk)
    log_look(request.scope, row, "request.elsewhere")
    return asked_on(request, _filled_in(request.scope, row))


@roles(*sorted(CARE))
@require_POST
def request_leave(request: ScopedRequest, pk: int) -> HttpResponse:
    """Do not ask the other municipality: somebody else does, or nobody needs to."""
    row = get_object_or_404(CareRequest.objects.visible_to(request.scope), pk=pk)
    with shown_refusals(request):
        elsewhere.leave(scope=request.scope, request=row)
        messages.success(request, _("It no longer stands on the work list."))
    return redirect("request_detail", pk)


def _filled_in(scope: Scope, request: CareRequest) -> filled_in.Fields:
    """For whom and what is the same."""
    asked = instead.refused(scope, request)
    code = instead.responsible_code(request, asked)
    town = Municipality.objects.filter(code=code).first()
    found = filled_in.person(request.client) | {
        "municipality": str(town.pk) if town else "",
        "guardian_known": {True: "1", False: "2", None: ""}[request.guardian_known],
        "comment": request.comment,
        "rows": str(max(len(asked), 1)),
    }
    for number, one in enumerate(asked, start=1):
        found |= {name_of(name, number): text for name, text in filled_in.care(one).items()}
    return found | (filled_in.referral(asked[0]) if asked else {})
