"""Passwords: changed by its owner, or set anew through a mailed link."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from axes.utils import reset as forget_failures
from django.contrib.auth.tokens import default_token_generator
from django.db import transaction
from django.utils.encoding import force_bytes, force_str
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode

from hoofdaannemer.accounts import selectors
from hoofdaannemer.accounts.models import User
from hoofdaannemer.accounts.services import mail, sessions
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.scope import Scope, acting_as

MAILS_APART: Final = timedelta(minutes=5)


@transaction.atomic
def ask_reset(*, scope: Scope, email: str) -> None:
    """Mail a link for a new password, at most once in five minutes.

    Nothing that the asker sees tells whether the address is known.
    """
    found = User.objects.select_for_update().filter(email=email.strip().lower(), is_active=True)
    user = found.first()
    if user is None or not user.has_usable_password() or not selectors.memberships_of(user):
        return
    if user.reset_mailed_at and user.reset_mailed_at > scope.at - MAILS_APART:
        return
    user.reset_mailed_at = scope.at
    user.save(update_fields=["reset_mailed_at"])
    acting = selectors.person(user, scope.at)
    with acting_as(acting):
        audit.record(acting, "password.reset_asked", user)
    link = mail.link(
        "password_reset_confirm",
        uid=urlsafe_base64_encode(force_bytes(user.pk)),
        token=default_token_generator.make_token(user),
    )
    mail.send("password_reset", to=[user.email], context={"user": user, "link": link})


def person_of(uid: str, token: str) -> User | None:
    """The person behind a mailed link, unless it was used or has expired."""
    try:
        key = int(force_str(urlsafe_base64_decode(uid)))
    except (ValueError, OverflowError):
        return None
    user = User.objects.filter(pk=key, is_active=True).first() if 0 < key < 2**63 else None
    return user if user and default_token_generator.check_token(user, token) else None


@transaction.atomic
def set_password(*, scope: Scope, user: User, password: str, keep_session: str = "") -> None:
    """Set a password, end the other sessions, open a closed login and tell the owner by mail.

    `scope` is the person's own: nobody sets another's password.
    """
    user.set_password(password)
    user.save(update_fields=["password"])
    with acting_as(scope):
        audit.record(scope, "password.changed", user)
        sessions.end_all(scope=scope, user=user, but=keep_session)
    forget_failures(username=user.email)
    mail.send("password_changed", to=[user.email], context={"user": user})
