"""Mail to people: plain text, without data of clients.

A mail is a row, written with the change it tells of; a worker delivers it. So no request waits for
a mail server, and what was promised to be mailed is not lost when that server, or we, stop.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from smtplib import SMTPException
from typing import Any, Final

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import connection, transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from hoofdaannemer.accounts.models import OutgoingMail, User
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.nudges import nudge
from hoofdaannemer.core.scope import Scope, acting_as

SWEEP: Final = "hoofdaannemer.accounts.tasks.sweep_mail"
#: With the waiting times below: some nine hours, in which a mail server is usually mended.
ATTEMPTS: Final = 12
_FIRST_RETRY: Final = timedelta(seconds=15)
_LONGEST_WAIT: Final = timedelta(hours=1)
_LONGEST_ERROR: Final = 200
#: Without RETURNING: who writes a mail may not read it.
_INSERT: Final = (
    f"INSERT INTO {OutgoingMail._meta.db_table} (user_id, kind, text, main_contractor,"
    " acting_organisation, state, attempts, next_try_at, last_error, created_at) VALUES"
)
_PLACES: Final = "(%s, %s, %s, %s, %s, 'waiting', 0, %s, '', %s)"


def link(url_name: str, **kwargs: object) -> str:
    """A whole address of this site, for in a mail."""
    return settings.SITE_ADDRESS.rstrip("/") + reverse(url_name, kwargs=kwargs)


def send(
    scope: Scope, kind: OutgoingMail.Kind, *, to: Iterable[int], context: Mapping[str, object]
) -> None:
    """Put `accounts/mail/<kind>.txt`, whose first line is the subject, in line for these users.

    In the transaction of the change it tells of. One mail a person: no address is shown to another.
    """
    receivers = list(to)
    if not receivers:
        return
    with translation.override(settings.LANGUAGE_CODE):
        text = render_to_string(
            f"accounts/mail/{kind.value}.txt", {"site": settings.SITE_ADDRESS, **context}
        )
    field: Any = OutgoingMail._meta.get_field("text")
    values: list[Any] = []
    for receiver in receivers:
        sealed = field.get_prep_value(text.strip())
        whose = (scope.main_contractor_id, scope.organisation_id)
        values += [receiver, kind.value, sealed, *whose, scope.at, scope.at]
    with connection.cursor() as cursor:
        cursor.execute(f"{_INSERT} {', '.join([_PLACES] * len(receivers))}", values)
    nudge(SWEEP)


def sweep(*, scope: Scope, limit: int = 200) -> int:
    """Deliver what is due; returns how many were.

    It ends at the first that fails, which is put off: a mail server that does not answer would
    keep the worker from all other work. The next sweep begins with the others.
    """
    with acting_as(scope):
        due = list(
            OutgoingMail.objects.visible_to(scope)
            .filter(state=OutgoingMail.State.WAITING, next_try_at__lte=scope.at)
            .order_by("next_try_at", "pk")
            .values_list("pk", flat=True)[:limit]
        )
    for delivered, mail_id in enumerate(due):
        if not deliver(scope=scope, mail_id=mail_id):
            return delivered
    return len(due)


def deliver(*, scope: Scope, mail_id: int) -> bool:
    """Try one mail, between two short transactions; true unless it failed."""
    with acting_as(scope):
        mail = _claimed(scope, mail_id)
    if mail is None:
        return True  # another worker has it
    subject, _newline, body = mail.text.partition("\n")
    message = EmailMessage(subject.strip(), body.strip() + "\n", to=[mail.user.email])
    error = ""
    try:
        message.send()
    except (SMTPException, OSError) as refusal:
        error = f"{type(refusal).__name__}: {refusal}"[:_LONGEST_ERROR]
    with acting_as(scope):
        _concluded(scope, mail_id, error)
    return not error


def _claimed(scope: Scope, mail_id: int) -> OutgoingMail | None:
    """Count the try, and set the next one before anything can go wrong."""
    mail = (
        OutgoingMail.objects.visible_to(scope)
        .filter(pk=mail_id, state=OutgoingMail.State.WAITING, next_try_at__lte=scope.at)
        .select_for_update(skip_locked=True, of=("self",))
        .select_related("user")
        .first()
    )
    if mail is not None:
        mail.attempts += 1
        mail.next_try_at = scope.at + waiting_time(mail.attempts)
        mail.save(update_fields=["attempts", "next_try_at"])
    return mail


def waiting_time(attempts: int) -> timedelta:
    """Time before the next try: a quarter of a minute, then four times longer, an hour at most."""
    factor: int = 4 ** max(0, attempts - 1)
    return min(_LONGEST_WAIT, _FIRST_RETRY * factor)


def _concluded(scope: Scope, mail_id: int, error: str) -> None:
    rows = OutgoingMail.objects.visible_to(scope).filter(pk=mail_id)
    if not error:
        rows.delete()
        return
    mail = rows.select_for_update().first()
    if mail is None:
        return
    mail.last_error = error
    if mail.attempts >= ATTEMPTS:
        mail.state = OutgoingMail.State.FAILED
        if not (mail.main_contractor or mail.acting_organisation):
            # Nobody could send it again, and what one asked for oneself one asks for anew.
            mail.delete()
            return
    mail.save(update_fields=["last_error", "state"])


@transaction.atomic
def resend(*, scope: Scope, user: User) -> int:
    """Put what could not be delivered to this person back in line; returns how many."""
    failed = OutgoingMail.objects.visible_to(scope).filter(
        user=user, state=OutgoingMail.State.FAILED
    )
    count = failed.update(state=OutgoingMail.State.WAITING, attempts=0, next_try_at=scope.at)
    if count:
        audit.record(scope, "mail.resent", user, mails=count)
        nudge(SWEEP)
    return count
