"""Keys of the own access, with which its software hands in referrals and follows them."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from hoofdaannemer.accounts import policies, selectors
from hoofdaannemer.accounts.models import AccessKey
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.scope import Role, Scope

PREFIX: Final = "ht_"  # lets a scanner recognise a key that leaked
_NOTED_EVERY: Final = timedelta(minutes=1)


@transaction.atomic
def create(*, scope: Scope, label: str) -> tuple[AccessKey, str]:
    """Make a key for the own main contractor; returns it with its text, which is kept nowhere.

    Raises NotAllowedError for anyone but an administrator.
    """
    policies.check_manages_access_keys(scope)
    raw = PREFIX + secrets.token_urlsafe(32)
    key = AccessKey.objects.create(
        main_contractor_id=scope.main_contractor_id,
        label=label,
        key_hash=selectors.hash_of(raw),
        created_by_id=scope.user_id,
        created_at=scope.at,
    )
    audit.record(scope, "access_key.created", key)
    return key, raw


@transaction.atomic
def revoke(*, scope: Scope, key: AccessKey) -> None:
    """Stop a key; twice is the same as once. Raises NotAllowedError as `create`."""
    policies.check_manages_access_keys(scope)
    stopped = AccessKey.objects.visible_to(scope).filter(pk=key.pk, revoked_at=None)
    if stopped.update(revoked_at=scope.at):
        audit.record(scope, "access_key.revoked", key)


def use(raw: str, at: datetime) -> AccessKey | None:
    """The key with this text if it works now, of which the use is noted; else None.

    Read at every call: one that was stopped, or whose maker is no administrator any more, is
    without access at the next one.
    """
    key = selectors.valid_access_key(raw) if raw.startswith(PREFIX) else None
    # For people: once a minute is exact enough, and spares a write a call.
    if key is not None and (key.used_at is None or key.used_at < at - _NOTED_EVERY):
        AccessKey.objects.filter(pk=key.pk).update(used_at=at)
    return key


def scope_of(key: AccessKey, at: datetime) -> Scope:
    """The scope in which a call with this key acts: who asks for care; its maker is on record.

    That role could do much more, so that only the functions of the own access are open to a key.
    """
    return Scope(
        role=Role.CARE_COORDINATOR,
        user_id=key.created_by_id,
        main_contractor_id=key.main_contractor_id,
        at=at,
    )
