"""API keys: with one, the software of an organisation reads and sends its messages."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q

from hoofdaannemer.accounts import policies, selectors
from hoofdaannemer.accounts.models import ApiToken
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.scope import Role, Scope

PREFIX: Final = "ha_"  # lets a scanner recognise a key that leaked
_NOTED_EVERY: Final = timedelta(minutes=1)


@transaction.atomic
def create(*, scope: Scope, label: str, organisation_id: int = 0) -> tuple[ApiToken, str]:
    """Make a key for the own organisation; returns it with its text, which is kept nowhere.

    The system names the organisation. Raises NotAllowedError for anyone but a delegate.
    """
    if not scope.is_system:
        policies.check_manages_tokens(scope)
        organisation_id = scope.organisation_id
    raw = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        organisation_id=organisation_id,
        label=label,
        token_hash=selectors.hash_of(raw),
        created_by_id=scope.user_id or None,
        created_at=scope.at,
    )
    audit.record(scope, "token.created", token)
    return token, raw


@transaction.atomic
def revoke(*, scope: Scope, token: ApiToken) -> None:
    """Stop a key; twice is the same as once. Raises NotAllowedError for anyone but a delegate."""
    policies.check_manages_tokens(scope)
    stopped = ApiToken.objects.visible_to(scope).filter(pk=token.pk, revoked_at=None)
    if stopped.update(revoked_at=scope.at):
        audit.record(scope, "token.revoked", token)


def scope_of_token(raw: str, at: datetime) -> Scope | None:
    """The scope in which a request with this key acts, or None for a key that does not work.

    Read at every request: a revoked key, or one whose maker is blocked or moved, is without
    access at the next one. Notes the use.
    """
    token = selectors.valid_token(raw)
    if token is None:
        return None
    ApiToken.objects.filter(Q(used_at=None) | Q(used_at__lt=at - _NOTED_EVERY), pk=token.pk).update(
        used_at=at
    )
    return Scope(role=Role.SUBCONTRACTOR_USER, organisation_id=token.organisation_id, at=at)
