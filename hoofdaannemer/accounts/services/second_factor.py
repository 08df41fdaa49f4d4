"""The second factor: an authenticator app (TOTP) and recovery codes that work once."""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken

from hoofdaannemer.accounts import policies, selectors
from hoofdaannemer.accounts.models import AuthenticatorApp, OutgoingMail, User
from hoofdaannemer.accounts.services import mail, sessions
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.crypto import decrypt, encrypt, keyed_hash
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.scope import Scope, acting_as

CODES: Final = 10
KEY_BYTES: Final = 20
_CODE_BYTES: Final = 6  # ten characters of base 32


@dataclass(frozen=True)
class Verdict:
    """Whether a code was right; `until` is the moment before which no other is looked at."""

    device: Any = None
    by_recovery_code: bool = False
    until: datetime | None = None


@dataclass(frozen=True)
class Enrolment:
    """A confirmed app, and the recovery codes: shown now and never again."""

    device: Any
    codes: list[str]


def new_key() -> str:
    """A fresh secret for an app, in hexadecimal."""
    return secrets.token_hex(KEY_BYTES)


def sealed(key: str, user: User) -> str:
    """The key as it waits for its first code: encrypted, and of no use to anybody else."""
    return base64.b64encode(encrypt(key.encode(), _owner(user))).decode()


def opened(kept: str, user: User) -> str:
    """The key that waits for this person's first code."""
    return decrypt(base64.b64decode(kept), _owner(user)).decode()


def _owner(user: User) -> bytes:
    return f"second_factor:{user.pk}".encode()


@transaction.atomic
def enrol(*, scope: Scope, user: User, key: str, code: str) -> Enrolment:
    """Make the app with this key the person's only one, proved by a code that it shows.

    Raises RuleError ACC-04 for a wrong code; nothing changes then.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    device = _only_app(user, key)
    if not device.verify_token(code.replace(" ", "")):
        raise RuleError("ACC-04", _("This code is not right. Type the code your app shows now."))
    with acting_as(scope):
        audit.record(scope, "second_factor.enrolled", user)
    return Enrolment(device, _fresh_codes(user))


@transaction.atomic
def enrol_demo(*, scope: Scope, user: User) -> None:
    """Give a demo user an app whose code the login page shows."""
    _only_app(user, new_key())
    audit.record(scope, "second_factor.enrolled", user)


@transaction.atomic
def verify(*, scope: Scope, user: User, code: str) -> Verdict:
    """Check a code of the app, or a recovery code, which is used up by it.

    After a wrong code the person waits, twice as long each time. Never raises: what is counted
    must be kept.
    """
    typed = code.replace(" ", "").replace("-", "").lower()
    by_app = typed.isdigit()
    model = AuthenticatorApp if by_app else StaticDevice
    device = model.objects.select_for_update().filter(user=user, confirmed=True).first()
    if device is None:
        return Verdict()
    is_allowed, reason = device.verify_is_allowed()
    if not is_allowed:
        return Verdict(until=reason.get("locked_until") if reason else None)
    if not device.verify_token(typed if by_app else _stored(typed)):
        with acting_as(scope):
            audit.record(scope, "second_factor.refused", user)
        return Verdict()
    if not by_app:
        with acting_as(scope):
            audit.record(scope, "second_factor.recovered", user)
        mail.send(scope, OutgoingMail.Kind.RECOVERY_USED, to=[user.pk], context={})
    return Verdict(device=device, by_recovery_code=not by_app)


@transaction.atomic
def renew_codes(*, scope: Scope, user: User) -> list[str]:
    """Replace all recovery codes of a person; the old ones stop working."""
    user = User.objects.select_for_update().get(pk=user.pk)
    audit.record(scope, "second_factor.codes_renewed", user)
    return _fresh_codes(user)


@transaction.atomic
def reset(*, scope: Scope, user: User) -> None:
    """Remove the second factor of somebody who lost it; it is set up again at the next login.

    Raises NotAllowedError, RuleError ACC-01 for oneself, ACC-07 where others gave roles too.
    """
    user = User.objects.visible_to(scope).select_for_update().get(pk=user.pk)
    elsewhere = selectors.works_elsewhere(scope, user)
    policies.check_can_block(scope, user, works_elsewhere=elsewhere)
    AuthenticatorApp.objects.filter(user=user).delete()
    StaticDevice.objects.filter(user=user).delete()
    audit.record(scope, "second_factor.reset", user)
    sessions.end_all(scope=scope, user=user)
    mail.send(scope, OutgoingMail.Kind.SECOND_FACTOR_RESET, to=[user.pk], context={})


def _only_app(user: User, key: str) -> AuthenticatorApp:
    AuthenticatorApp.objects.filter(user=user).delete()
    return AuthenticatorApp.objects.create(user=user, name="app", key=key)


def _fresh_codes(user: User) -> list[str]:
    StaticDevice.objects.filter(user=user).delete()
    device = StaticDevice.objects.create(user=user, name="recovery", confirmed=True)
    codes = [
        base64.b32encode(secrets.token_bytes(_CODE_BYTES)).decode().rstrip("=").lower()
        for _number in range(CODES)
    ]
    StaticToken.objects.bulk_create(
        [StaticToken(device=device, token=_stored(code)) for code in codes]
    )
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def _stored(code: str) -> str:
    """What is kept of a recovery code: 80 bits of its keyed hash, the column's 16 characters."""
    return base64.b32encode(keyed_hash(f"recovery:{code}")).decode()[:16]
