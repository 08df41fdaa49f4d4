"""Answers about people: who is this, and in which role does the request act?"""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django_otp.plugins.otp_static.models import StaticToken

from hoofdaannemer.accounts.models import (
    AccessKey,
    ApiToken,
    AuthenticatorApp,
    Invitation,
    Membership,
    OfficeMandate,
    User,
)
from hoofdaannemer.accounts.models.people import OF_ORGANISATION
from hoofdaannemer.core.scope import SECOND_FACTOR, Role, Scope

#: Session keys of the membership in which the person acts, and of the mandate under which.
ACTING = "acting_membership"
MANDATE = "acting_mandate"


def person(user: User, at: datetime) -> Scope:
    """The scope of somebody known, without a role: enough to record what it did to itself."""
    return Scope(role=Role.NOBODY, user_id=user.pk, at=at)


def memberships_of(user: User) -> list[Membership]:
    """The roles a person may switch between, in a fixed order."""
    return list(
        Membership.objects.active()
        .filter(user=user)
        .select_related("main_contractor__organisation", "organisation", "municipality")
    )


def needs_second_factor(memberships: list[Membership]) -> bool:
    """True when one of the roles sees clients: asked once at login, whatever role one acts in."""
    return any(membership.role in SECOND_FACTOR for membership in memberships)


def has_second_factor(user: User) -> bool:
    """Whether an authenticator app has been set up."""
    return bool(AuthenticatorApp.objects.filter(user=user).exists())


def recovery_codes_left(user: User) -> int:
    """How many recovery codes have not been used."""
    return int(StaticToken.objects.filter(device__user=user).count())


def scope_of(request: HttpRequest, memberships: list[Membership]) -> Scope:
    """Scope of a request, from roles that were read at this request.

    A deactivated user or an ended membership is without access at the next request. Whoever
    holds a role that sees clients has no access before the second factor is given.
    """
    user = request.user
    if not user.is_authenticated or not user.is_active:
        return Scope(role=Role.NOBODY)
    acting = acting_membership(request, memberships)
    if acting is None or awaits_second_factor(request, memberships):
        return Scope(role=Role.NOBODY, user_id=user.pk)
    return scope_in(acting)


def awaits_second_factor(request: HttpRequest, memberships: list[Membership]) -> bool:
    """True for somebody logged in who must still give the second factor."""
    return needs_second_factor(memberships) and not request.user.is_verified()  # type: ignore[union-attr]


def acting_membership(request: HttpRequest, candidates: list[Membership]) -> Membership | None:
    """The membership chosen in this session, else the first."""
    chosen = request.session.get(ACTING)
    return next((m for m in candidates if m.pk == chosen), candidates[0] if candidates else None)


def scope_in(membership: Membership, at: datetime | None = None) -> Scope:
    """The scope of acting in this membership, now or at another moment."""
    role = Role(membership.role)
    provider = role in OF_ORGANISATION
    return Scope(
        role=role,
        user_id=membership.user_id,
        main_contractor_id=0 if provider else membership.main_contractor_id or 0,
        organisation_id=(membership.organisation_id or 0) if provider else 0,
        municipality_id=membership.municipality_id or 0,
        at=at or timezone.now(),
    )


def scope_under(mandate: OfficeMandate, user_id: int, at: datetime) -> Scope:
    """The scope of somebody of an office who acts for the organisation that gave a mandate.

    As a subcontractor's user, in what the mandate covers (`core.mandates`).
    """
    return Scope(
        role=Role.SUBCONTRACTOR_USER,
        user_id=user_id,
        organisation_id=mandate.provider_organisation_id,
        mandate_id=mandate.pk,
        subjects=frozenset(mandate.subjects),
        at=at,
    )


def mandate_of(request: HttpRequest) -> OfficeMandate | None:
    """The mandate that was chosen in this session, whether or not it is in force still."""
    chosen = request.session.get(MANDATE)
    if chosen is None:
        return None
    rows = OfficeMandate.objects.light().select_related("office", "provider_organisation")
    return rows.with_status(timezone.now()).filter(pk=chosen).first()


def still_acts(scope: Scope) -> bool:
    """Whether the person of this scope holds its role now; work without a person goes on."""
    if scope.is_system:
        return True
    if scope.mandate_id:
        return _still_has_mandate(scope)
    party = {
        "main_contractor": scope.main_contractor_id,
        "organisation": scope.organisation_id,
        "municipality": scope.municipality_id,
    }
    # A provider's scope names no main contractor, staff no organisation.
    named = {name: pk for name, pk in party.items() if pk}
    held = Membership.objects.active().filter(user=scope.user_id, role=scope.role, **named)
    return bool(named) and held.exists()


def _still_has_mandate(scope: Scope) -> bool:
    mandates = OfficeMandate.objects.in_force(timezone.now()).filter(
        pk=scope.mandate_id, provider_organisation=scope.organisation_id
    )
    people = Membership.objects.active().filter(user=scope.user_id, role=Role.OFFICE_USER)
    return people.filter(organisation__in=mandates.values("office")).exists()


def colleagues(scope: Scope, permitted: frozenset[Role]) -> QuerySet[User]:
    """Who works for the main contractor now in one of these roles, oneself included."""
    held = Membership.objects.active().filter(
        main_contractor=scope.main_contractor_id, role__in=permitted
    )
    return User.objects.filter(pk__in=held.values("user")).order_by("name", "pk")


def works_elsewhere(scope: Scope, user: User) -> bool:
    """True when the person holds roles that `scope` does not manage."""
    held = Membership.objects.open().filter(user=user)
    return held.exclude(pk__in=Membership.objects.visible_to(scope).values("pk")).exists()


def hash_of(secret: str) -> bytes:
    """What is kept of a link or key: 256 random bits need no salt."""
    return hashlib.sha256(secret.encode()).digest()


def open_invitation(token: str, at: datetime) -> Invitation | None:
    """The invitation behind a mailed link, unless used, expired, ended or of a blocked person."""
    return (
        Invitation.objects.filter(
            token_hash=hash_of(token),
            accepted_at=None,
            expires_at__gt=at,
            membership__started_at=None,
            membership__user__is_active=True,
            membership__in=Membership.objects.open(),
        )
        .select_related(
            "membership__user",
            "membership__main_contractor__organisation",
            "membership__organisation",
            "membership__municipality",
        )
        .first()
    )


def valid_token(raw: str) -> ApiToken | None:
    """The API key, unless revoked or made by somebody who may no longer manage keys.

    Access policy, section 2: who is blocked, lost the role or moved loses the keys with it.
    """
    token = ApiToken.objects.filter(token_hash=hash_of(raw), revoked_at=None).first()
    if token is None:
        return None
    holds = Membership.objects.active().filter(
        user=token.created_by_id,
        organisation=token.organisation_id,
        role=Role.SUBCONTRACTOR_ADMIN,
    )
    return token if holds.exists() else None


def valid_access_key(raw: str) -> AccessKey | None:
    """The key of the own access, unless stopped or made by somebody who is administrator no more.

    As with API keys.
    """
    key = AccessKey.objects.filter(key_hash=hash_of(raw), revoked_at=None).first()
    if key is None:
        return None
    holds = Membership.objects.active().filter(
        user=key.created_by_id, main_contractor=key.main_contractor_id, role=Role.ADMINISTRATOR
    )
    return key if holds.exists() else None


def demo_code(user: User) -> str:
    """The code a demo user's authenticator would show; empty for anybody else.

    A code works once, so after a login within the same half minute the next one is given.
    """
    if not (settings.SHOW_DEMO_LOGINS and user.is_demo):
        return ""
    app = AuthenticatorApp.objects.filter(user=user).first()
    if app is None:
        return ""
    totp = app.clock()
    if totp.t() <= app.last_step:
        totp.drift += app.last_step + 1 - totp.t()
    return f"{totp.token():06d}"


def demo_memberships() -> list[Membership]:
    """The demo people with their roles, for the login page; none where they are not shown."""
    if not settings.SHOW_DEMO_LOGINS:
        return []
    return list(
        Membership.objects.active()
        .filter(user__is_demo=True)
        .select_related("user", "main_contractor__organisation", "organisation", "municipality")
        .order_by("pk")
    )
