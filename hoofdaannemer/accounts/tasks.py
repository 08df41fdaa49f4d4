"""Background work: answer wishes for a new password, deliver mail. The rows say what there is."""

from __future__ import annotations

from celery import shared_task

from hoofdaannemer.accounts.services import mail, passwords
from hoofdaannemer.core.scope import system


@shared_task(acks_late=True, ignore_result=True)
def sweep_mail() -> None:
    """First the wishes, which become mail."""
    passwords.sweep(scope=system())
    mail.sweep(scope=system())
