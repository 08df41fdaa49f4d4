"""Keys of municipal software: made and replaced by the operator, used in the mailbox."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from hoofdaannemer.accounts.models import MainContractor, Municipality
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import NotAllowedError, RuleError
from hoofdaannemer.core.scope import Role, Scope
from messaging.exchange.keymodels import MunicipalKey

PREFIX: Final = "hg_"  # lets a scanner recognise a key that leaked
#: How long a key still works after another took its place.
OVERLAP: Final = timedelta(days=14)
_NOTED_EVERY: Final = timedelta(minutes=1)


@transaction.atomic
def create(
    *,
    scope: Scope,
    main_contractor: MainContractor,
    municipality: Municipality,
    label: str,
    may_send: bool,
    may_fetch: bool,
    overlap: timedelta = OVERLAP,
) -> tuple[MunicipalKey, str]:
    """Make a key; returns it with its text, which is kept nowhere.

    Earlier keys that open the same work on until `overlap` has passed. Raises NotAllowedError for
    anybody but the system, RuleError MSG-06 for a key that would open nothing.
    """
    _check(scope)
    if not may_send and not may_fetch:
        raise RuleError("MSG-06", _("A key must be for sending, for fetching, or for both."))
    until = scope.at + overlap
    earlier = MunicipalKey.objects.valid_at(scope.at).filter(
        main_contractor=main_contractor,
        municipality=municipality,
        may_send=may_send,
        may_fetch=may_fetch,
    )
    earlier.exclude(valid_until__lt=until).update(valid_until=until)
    raw = PREFIX + secrets.token_urlsafe(32)
    key = MunicipalKey.objects.create(
        main_contractor=main_contractor,
        municipality=municipality,
        label=label,
        key_hash=sha256(raw.encode()).digest(),
        may_send=may_send,
        may_fetch=may_fetch,
        created_at=scope.at,
    )
    audit.record(scope, "municipal_key.made", key)
    return key, raw


@transaction.atomic
def revoke(*, scope: Scope, key: MunicipalKey) -> None:
    """Stop a key at once; twice is the same as once. Raises NotAllowedError as `create`."""
    _check(scope)
    if MunicipalKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=scope.at):
        audit.record(scope, "municipal_key.revoked", key)


def use(raw: str, at: datetime) -> MunicipalKey | None:
    """The key with this text if it works now, of which the use is noted; else None."""
    if not raw.startswith(PREFIX):
        return None
    found = MunicipalKey.objects.valid_at(at).filter(key_hash=sha256(raw.encode()).digest())
    key = found.first()
    if key is not None and (key.used_at is None or key.used_at < at - _NOTED_EVERY):
        MunicipalKey.objects.filter(pk=key.pk).update(used_at=at)
    return key


def scope_of(key: MunicipalKey, at: datetime) -> Scope:
    """The scope in which a call with this key acts: the traffic of its main contractor.

    The mailbox shows of that only what is between this municipality and the main contractor.
    """
    return Scope(
        role=Role.CARE_COORDINATOR,
        main_contractor_id=key.main_contractor_id,
        municipality_id=key.municipality_id,
        at=at,
    )


def _check(scope: Scope) -> None:
    if not scope.is_system:
        raise NotAllowedError(_("Only the operator makes keys for municipalities."))
