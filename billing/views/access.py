"""Which roles open which pages (docs/access.md), and small pieces that all pages share."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from hoofdaannemer.core.errors import DomainError
from hoofdaannemer.core.pages import shown_refusals
from hoofdaannemer.core.scope import SUBCONTRACTOR, Role, Scope

OWN = SUBCONTRACTOR
CONTROLLER = frozenset({Role.CONTROLLER})
MONEY = frozenset({Role.CONTRACT_MANAGER, Role.CONTROLLER})
READERS = MONEY | OWN
#: Production statements and samples.
AUDITED = MONEY | {Role.AUDITOR}
HOLDS = READERS | {Role.QUALITY_OFFICER}


def show_refusal(request: HttpRequest, refusal: DomainError) -> None:
    """Show a refusal on the page that is rendered next; a 403 passes through."""
    with shown_refusals(request):
        raise refusal


def own_columns(scope: Scope) -> dict[str, Any]:
    """Arguments of a table: a subcontractor's rows are all its own, so it is not named in each."""
    return {"exclude": ("provider_organisation",)} if scope.role in OWN else {}


def tab(label: str, url: str, *, is_active: bool) -> dict[str, object]:
    """One tab, as the component takes it."""
    return {"label": label, "url": url, "active": is_active}
