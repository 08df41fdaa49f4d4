"""Context processor: whom the person acts for, for the bar at the top of each page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from hoofdaannemer.accounts import selectors
from hoofdaannemer.accounts.models import Membership
from hoofdaannemer.core.scope import Role


def label_of(membership: Membership) -> str:
    """`controller, Zorggroep Oost`."""
    return f"{Role(membership.role).label}, {membership.party}"


def acting(request: HttpRequest) -> dict[str, Any]:
    """`acting`: `organisation`, `role`, and the `others` that one may switch to.

    Under a mandate also `mandate`, and then the organisation is the one that gave it.
    """
    memberships: list[Membership] = getattr(request, "memberships", [])
    current = selectors.acting_membership(request, memberships) if memberships else None
    if current is None:
        return {"acting": {}}
    others = {
        label_of(one): one.pk for one in reversed(memberships) if label_of(one) != label_of(current)
    }
    mandate = getattr(request, "mandate", None)
    return {
        "acting": {
            "organisation": mandate.provider_organisation.name if mandate else current.party,
            "role": Role(current.role).label,
            "mandate": mandate,
            "others": [(pk, label) for label, pk in sorted(others.items())],
        }
    }
