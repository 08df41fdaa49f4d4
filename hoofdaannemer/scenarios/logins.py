"""People with a known password and second factor, for demonstration and tests only.

They are marked `is_demo`; production mode shows nothing of them and refuses to make them.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.utils.translation import gettext as _
from django_otp.oath import TOTP

from hoofdaannemer.accounts.models import Membership, User
from hoofdaannemer.accounts.policies import Appointment
from hoofdaannemer.accounts.services import roles, second_factor
from hoofdaannemer.core.errors import NotAllowedError
from hoofdaannemer.core.scope import SECOND_FACTOR, Role, Scope

PASSWORD: Final = "Proefdraaien-mag-2026"  # noqa: S105  (printed and shown: it protects nothing)


@dataclass(frozen=True)
class Login:
    """One person in one role, as the command prints it."""

    email: str
    password: str
    role: str
    party: str


def second_factor_key(email: str) -> str:
    """The secret of the person's authenticator app in hexadecimal, the same at every load."""
    return hashlib.sha1(f"demo:{email}".encode(), usedforsecurity=False).hexdigest()


def add_person(*, scope: Scope, email: str, name: str, appointments: Sequence[Appointment]) -> User:
    """Make somebody who can log in at once, in these roles.

    Raises NotAllowedError outside the demo.
    """
    if not settings.DEMO:
        raise NotAllowedError(_("People with known passwords are made in the demo only."))
    user = roles.create_user(scope=scope, email=email, name=name, is_demo=True)
    user.password = _hashed()
    user.save(update_fields=["password"])
    for appointment in appointments:
        roles.give_role(scope=scope, user=user, appointment=appointment)
    if any(appointment.role in SECOND_FACTOR for appointment in appointments):
        key = second_factor_key(email)
        second_factor.enrol(scope=scope, user=user, key=key, code=_code(key))
    return user


def demo_logins() -> list[Login]:
    """Who can log in, in the order in which they were made; without those shut out since."""
    memberships = (
        Membership.objects.active()
        .filter(user__is_demo=True)
        .select_related("user", "main_contractor__organisation", "organisation", "municipality")
        .order_by("pk")
    )
    return [
        Login(one.user.email, PASSWORD, str(Role(one.role).label), one.party) for one in memberships
    ]


@cache
def _hashed() -> str:
    # Hashing is slow on purpose; once is enough for a password that everybody knows.
    return make_password(PASSWORD)


def _code(key: str) -> str:
    totp = TOTP(bytes.fromhex(key))
    totp.time = time.time()
    return f"{totp.token():06d}"
