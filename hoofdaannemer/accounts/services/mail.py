"""Mail to people: plain text, without data of clients, sent after the change is committed."""

from __future__ import annotations

from collections.abc import Mapping

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation


def link(url_name: str, **kwargs: object) -> str:
    """A whole address of this site, for in a mail."""
    return settings.SITE_ADDRESS.rstrip("/") + reverse(url_name, kwargs=kwargs)


def send(template: str, *, to: list[str], context: Mapping[str, object]) -> None:
    """Mail `accounts/mail/<template>.txt`, whose first line is the subject, after the commit.

    A mail server that does not answer never undoes the change: the mail is asked for again.
    """
    with translation.override(settings.LANGUAGE_CODE):
        text = render_to_string(
            f"accounts/mail/{template}.txt", {"site": settings.SITE_ADDRESS, **context}
        )
    subject, _newline, body = text.strip().partition("\n")
    # One message a person: no address is shown to another.
    messages = [EmailMessage(subject.strip(), body.strip() + "\n", to=[address]) for address in to]
    for message in messages:
        transaction.on_commit(message.send, robust=True)
