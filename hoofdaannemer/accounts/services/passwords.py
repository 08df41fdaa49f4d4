"""Passwords: changed by its owner, or set anew through a mailed link.

Who asks for a link writes a wish and nothing else, whoever the address belongs to: neither the
answer nor the time it takes tells whether it is known. A worker finds out, and mails.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from axes.utils import reset as forget_failures
from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.db import connection, transaction
from django.db.models import F
from django.utils.encoding import force_bytes, force_str
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode

from hoofdaannemer.accounts import selectors
from hoofdaannemer.accounts.models import OutgoingMail, ResetWish, User
from hoofdaannemer.accounts.services import mail, sessions
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.nudges import nudge
from hoofdaannemer.core.scope import Scope, acting_as

MAILS_APART: Final = timedelta(minutes=5)
_TRIES: Final = 5
#: Without RETURNING: who writes a wish may not read it.
_INSERT: Final = (
    f"INSERT INTO {ResetWish._meta.db_table}"  # noqa: S608  (the name of our own table)
    " (email, asked_at, attempts) VALUES (%s, %s, 0)"
)


@transaction.atomic
def ask_reset(*, scope: Scope, email: str) -> None:
    """Note that somebody wants a new password for this address, known or not."""
    field: Any = ResetWish._meta.get_field("email")
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, [field.get_prep_value(email.strip().lower()), scope.at])
    nudge(mail.SWEEP)


def sweep(*, scope: Scope, limit: int = 1000) -> int:
    """Answer the wishes that wait, and forget those that are too old; returns how many waited."""
    with acting_as(scope):
        lifetime = timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)
        ResetWish.objects.filter(asked_at__lt=scope.at - lifetime).delete()
        waiting = ResetWish.objects.filter(attempts__lt=_TRIES).order_by("pk")
        wishes = list(waiting.values_list("pk", flat=True)[:limit])
    for wish_id in wishes:
        answer(scope=scope, wish_id=wish_id)
    return len(wishes)


def answer(*, scope: Scope, wish_id: int) -> None:
    """Mail the link, where the address is of somebody who may log in; the wish is gone then."""
    rows = ResetWish.objects.filter(pk=wish_id)
    with acting_as(scope):
        # Counted apart: one wish that cannot be answered must not hold up the others for ever.
        if not rows.filter(attempts__lt=_TRIES).update(attempts=F("attempts") + 1):
            return
    with acting_as(scope):
        wish = rows.select_for_update(skip_locked=True).first()
        if wish is not None:
            _mail_link(scope, wish.email)
            wish.delete()


def _mail_link(scope: Scope, email: str) -> None:
    """At most once in five minutes to one person, so that nobody's mailbox is flooded."""
    user = User.objects.select_for_update().filter(email=email, is_active=True).first()
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
    mail.send(acting, OutgoingMail.Kind.PASSWORD_RESET, to=[user.pk], context={"link": link})


def person_of(uid: str, token: str) -> User | None:
    """The person behind a mailed link, unless it was used, has expired, or access has ended."""
    try:
        key = int(force_str(urlsafe_base64_decode(uid)))
    except (ValueError, OverflowError):
        return None
    user = User.objects.filter(pk=key, is_active=True).first() if 0 < key < 2**63 else None
    if user is None or not default_token_generator.check_token(user, token):
        return None
    return user if selectors.memberships_of(user) else None


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
    mail.send(
        selectors.person(user, scope.at),
        OutgoingMail.Kind.PASSWORD_CHANGED,
        to=[user.pk],
        context={},
    )
