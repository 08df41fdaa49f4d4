"""Answers about people: in which role does this request act?"""

from __future__ import annotations

from django.http import HttpRequest
from django.utils import timezone

from hoofdaannemer.accounts.models import Membership, User
from hoofdaannemer.core.scope import NOBODY, SECOND_FACTOR, Role, Scope

#: Session key of the membership in which the person acts.
ACTING = "acting_membership"


def memberships_of(user: User) -> list[Membership]:
    """The roles a person may switch between, in a fixed order."""
    return list(
        Membership.objects.active()
        .filter(user=user)
        .select_related("main_contractor__organisation", "organisation", "municipality")
    )


def scope_of(request: HttpRequest) -> Scope:
    """Scope of a request, read from the database each time.

    A deactivated user or an ended membership is without access at the next request. Whoever
    sees clients has none either before the second factor is given.
    """
    user = request.user
    if not user.is_authenticated or not user.is_active:
        return NOBODY
    acting = acting_membership(request, memberships_of(user))
    if acting is None:
        return NOBODY
    role = Role(acting.role)
    if role in SECOND_FACTOR and not user.is_verified():  # type: ignore[union-attr]
        return NOBODY
    return scope_in(acting)


def acting_membership(request: HttpRequest, candidates: list[Membership]) -> Membership | None:
    """The membership chosen in this session, else the first."""
    chosen = request.session.get(ACTING)
    return next((m for m in candidates if m.pk == chosen), candidates[0] if candidates else None)


def scope_in(membership: Membership) -> Scope:
    """The scope of acting in this membership now."""
    role = Role(membership.role)
    provider = role in (Role.SUBCONTRACTOR_ADMIN, Role.SUBCONTRACTOR_USER)
    return Scope(
        role=role,
        user_id=membership.user_id,
        main_contractor_id=0 if provider else membership.main_contractor_id or 0,
        organisation_id=(membership.organisation_id or 0) if provider else 0,
        municipality_id=membership.municipality_id or 0,
        at=timezone.now(),
    )
