"""Acting for others under a mandate: chosen in the session, judged anew at each request."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from hoofdaannemer.accounts import selectors
from hoofdaannemer.accounts.models import MandateStep, OfficeMandate
from hoofdaannemer.core import mandates
from hoofdaannemer.core.scope import Role, Scope

FORBIDDEN = 403


def scope_of(request: HttpRequest, scope: Scope) -> Scope:
    """The scope of a request: that of who gave the mandate, where an office acts under one.

    On the office's own pages and those of one's account one acts for nobody. Leaves the mandate
    as `request.mandate`, or as `request.ended_mandate` where it is not in force any more.
    """
    if scope.role != Role.OFFICE_USER or request.path_info.startswith(_own_pages()):
        return scope
    mandate: Any = selectors.mandate_of(request)
    if mandate is None or mandate.office_id != scope.organisation_id:
        return scope
    if mandate.status != OfficeMandate.Status.IN_FORCE:
        request.ended_mandate = mandate  # type: ignore[attr-defined]
        return scope
    request.mandate = mandate  # type: ignore[attr-defined]
    return selectors.scope_under(mandate, scope.user_id, scope.at)


def ended(request: HttpRequest) -> HttpResponse | None:
    """The refusal of a request under a mandate that is over, once; then one acts for nobody."""
    mandate: OfficeMandate | None = getattr(request, "ended_mandate", None)
    if mandate is None:
        return None
    request.session.pop(selectors.MANDATE, None)
    step = MandateStep.objects.filter(mandate=mandate, kind__in=MandateStep.ENDS).first()
    page = {"mandate": mandate, "step": step}
    return render(request, "accounts/mandate_ended.html", page, status=FORBIDDEN)


def not_covered(request: HttpRequest) -> HttpResponse | None:
    """The refusal of a page that the mandate one acts under does not cover; None for others."""
    scope: Scope | None = getattr(request, "scope", None)
    match = request.resolver_match
    if scope is None or match is None or mandates.covers_page(scope, str(match.url_name)):
        return None
    return render(request, "accounts/mandate_limited.html", status=FORBIDDEN)


def _own_pages() -> tuple[str, ...]:
    return settings.OFFICE_ADDRESS, reverse("account"), reverse("office_mandate_list")
