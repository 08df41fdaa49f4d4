"""Locks on what has no row of its own to lock."""

from __future__ import annotations

from hashlib import sha256

from django.db import connection


def lock_text(text: str) -> None:
    """Let one transaction at a time work on this text, until it ends."""
    key = int.from_bytes(sha256(text.encode()).digest()[:8], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])
