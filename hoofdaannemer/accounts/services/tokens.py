"""API keys: with one, the software of an organisation reads and sends its messages."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from hoofdaannemer.accounts import policies, selectors
from hoofdaannemer.accounts.models import ApiToken
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.scope import Role, Scope

PREFIX: Final = "ha_"  # lets a scanner recognise a key that leaked
_NOTED_EVERY: Final = timedelta(minutes=1)


@transaction.atomic
def create(
    *, scope: Scope, label: str, may_send: bool = True, may_fetch: bool = True
) -> tuple[ApiToken, str]:
    """Make a key for the own organisation; returns it with its text, which is kept nowhere.

    Raises NotAllowedError for anyone but a delegate, RuleError ACC-10 for a key that would open
    nothing.
    """
    policies.check_manages_tokens(scope)
    if not may_send and not may_fetch:
        raise RuleError("ACC-10", _("A key must be for sending, for fetching, or for both."))
    raw = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        organisation_id=scope.organisation_id,
        label=label,
        may_send=may_send,
        may_fetch=may_fetch,
        token_hash=selectors.hash_of(raw),
        created_by_id=scope.user_id,
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


def use(raw: str, at: datetime) -> ApiToken | None:
    """The key with this text if it works now, of which the use is noted; else None.

    Read at every request: a revoked key, or one whose maker is blocked or moved, is without
    access at the next one.
    """
    token = selectors.valid_token(raw)
    # For people: once a minute is exact enough, and spares a write a call.
    if token is not None and (token.used_at is None or token.used_at < at - _NOTED_EVERY):
        ApiToken.objects.filter(pk=token.pk).update(used_at=at)
    return token


def scope_of(token: ApiToken, at: datetime) -> Scope:
    """The scope in which a request with this key acts; its maker stands on record."""
    return Scope(
        role=Role.SUBCONTRACTOR_USER,
        user_id=token.created_by_id or 0,
        organisation_id=token.organisation_id,
        at=at,
    )
