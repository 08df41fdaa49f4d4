"""The pages about the site itself: help, and every component for those who make pages."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hoofdaannemer.core import guide, specimens
from hoofdaannemer.core.pages import ScopedRequest, roles
from hoofdaannemer.core.scope import STAFF, SUBCONTRACTOR, Role

EVERYBODY = (*sorted(STAFF | SUBCONTRACTOR), Role.OFFICE_USER, Role.MUNICIPAL_VIEWER, Role.AUDITOR)


@roles(*EVERYBODY)
@require_safe
def help_page(request: ScopedRequest) -> HttpResponse:
    """What one does here in this role, and what the words mean."""
    context = {
        "title": _("Help"),
        "lead": _("What you do here, and what the words mean."),
        "tasks": guide.tasks_of(request.scope.role),
        "words": guide.words(),
    }
    return render(request, "core/help.html", context)


@roles(*sorted(STAFF))
@require_safe
def components(request: HttpRequest) -> HttpResponse:
    """Every component in each of its states, with invented contents."""
    return render(request, "core/components.html", specimens.context(request))
