"""The page that shows every component with its states, for those who make pages."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from hoofdaannemer.core import specimens
from hoofdaannemer.core.pages import roles
from hoofdaannemer.core.scope import STAFF


@roles(*sorted(STAFF))
@require_safe
def components(request: HttpRequest) -> HttpResponse:
    """Every component in each of its states, with invented contents."""
    return render(request, "core/components.html", specimens.context(request))
