"""One transaction a request, in which the database shows what the request's scope may see."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from hoofdaannemer.accounts import acting, entry, selectors
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core import scope as scopes
from hoofdaannemer.core.scope import Role, Scope

FORBIDDEN, SERVER_ERROR = 403, 500


class ScopeMiddleware:
    """Sets `request.scope` and the database's settings; rolls back on a server error.

    A municipal viewer's scope also steps down to a database role without access to client-level
    tables, except on the pages of its own account, which write to accounts only.
    A refusal is recorded after the roll-back that would erase it.

    Whoever acts for another under a mandate is refused what the mandate does not cover, before the
    page is asked; under a mandate that is over, everything.

    What software calls has no session, and so no scope here: its token is checked, and its calls
    are counted, before its own transaction begins.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith(settings.API_ADDRESS):
            request.memberships = []  # type: ignore[attr-defined]
            request.scope = scopes.NOBODY  # type: ignore[attr-defined]
            return self.get_response(request)
        entry.count(request)
        with transaction.atomic():
            scopes.apply(scopes.system(timezone.now()))
            memberships = entry.arrived(request)
            scope = acting.scope_of(request, selectors.scope_of(request, memberships))
            request.memberships = memberships  # type: ignore[attr-defined]
            request.scope = scope  # type: ignore[attr-defined]
            away = entry.detour(request, memberships) or acting.ended(request)
            scopes.apply(scope)
            municipal = scope.role == Role.MUNICIPAL_VIEWER
            if municipal and request.path.startswith(_own_pages()):
                _step_up()
            response = away or self.get_response(request)
            if municipal and not connection.needs_rollback:
                _step_up()  # the role would last as long as a transaction around this one
            if response.status_code >= SERVER_ERROR:
                transaction.set_rollback(True)
        if response.status_code == FORBIDDEN and scope.user_id:
            audit.refused(scope, request.path, FORBIDDEN)
        if request.user.is_authenticated and not response.has_header("Cache-Control"):
            response["Cache-Control"] = "no-store"
        return response

    def process_view(
        self, request: HttpRequest, view: object, args: object, kwargs: object
    ) -> HttpResponse | None:
        """Refuse what the mandate one acts under does not cover; None for everything else."""
        return acting.not_covered(request)


def _own_pages() -> tuple[str, ...]:
    """Where a person looks after the own account, or takes up another one."""
    return reverse("account"), reverse("invitation_accept", args=["-"])[:-2]


def _step_up() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE NONE")


def scope_for(request: HttpRequest) -> Scope:
    """The scope that the middleware has set."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    return scope
