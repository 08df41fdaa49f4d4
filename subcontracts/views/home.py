"""The work list: what needs me now."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hoofdaannemer.core.pages import ScopedRequest, roles
from hoofdaannemer.core.scope import STAFF, SUBCONTRACTOR, Role
from subcontracts import worklist

EVERYBODY = (*sorted(STAFF | SUBCONTRACTOR), Role.OFFICE_USER, Role.MUNICIPAL_VIEWER, Role.AUDITOR)


@roles(*EVERYBODY)
@require_safe
def home(request: ScopedRequest) -> HttpResponse:
    """What must be done, by kind, what is late first; a municipality comes for its reports.

    An office chooses for whom it acts first."""
    if request.scope.role == Role.MUNICIPAL_VIEWER:
        return redirect("release_list")
    if request.scope.role == Role.OFFICE_USER:
        return redirect("office_home")
    groups = worklist.grouped(request.scope)
    count = sum(len(items) for _kind, items in groups)
    return render(
        request,
        "subcontracts/home.html",
        {
            "title": _("Work list"),
            "lead": _("What needs you now. What is late comes first.") if count else "",
            "groups": groups,
        },
    )
