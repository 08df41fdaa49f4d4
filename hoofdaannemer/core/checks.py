"""What production refuses: a weak key, debug, demo settings, or the owner as database user."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register, run_checks
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

MINIMAL_KEY_LENGTH = 50
START = "start"
"""Tag of checks without which the site does not start, in the demo neither."""


@register(Tags.security, deploy=True)
def production_settings(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[CheckMessage]:
    """Errors for settings that may not be used with real people's data."""
    faults = {
        "hoofdaannemer.E001": (settings.DEBUG, "DEBUG is on."),
        "hoofdaannemer.E002": (
            len(settings.SECRET_KEY) < MINIMAL_KEY_LENGTH,
            f"SECRET_KEY is shorter than {MINIMAL_KEY_LENGTH} characters.",
        ),
        "hoofdaannemer.E003": (settings.SHOW_DEMO_LOGINS, "SHOW_DEMO_LOGINS is on."),
        "hoofdaannemer.E004": (not settings.DATA_KEYS, "DATA_KEYS is empty."),
        "hoofdaannemer.E005": (not settings.ALLOWED_HOSTS, "ALLOWED_HOSTS is empty."),
    }
    return [Error(text, id=code) for code, (wrong, text) in faults.items() if wrong]


def refuse_unsafe_start() -> None:
    """Raise ImproperlyConfigured where production would run unsafely; the demo may.

    What is tagged START holds for both.
    """
    if broken := [str(fault.msg) for fault in run_checks(tags=[START]) if fault.is_serious()]:
        raise ImproperlyConfigured(" ".join(broken))
    if settings.DEMO:
        return
    faults = [str(error.msg) for error in production_settings(None)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        row = cursor.fetchone()
        cursor.execute("SELECT count(*) FROM pg_tables WHERE tableowner = current_user")
        owned = cursor.fetchone()
    connection.close()
    if (row and row[0]) or (owned and owned[0]):
        faults.append("The database user owns the tables or passes row-level security.")
    if faults:
        raise ImproperlyConfigured(" ".join(faults))
