"""Numbers of the messages that we write."""

from __future__ import annotations

import re
from typing import Final

from django.db import connection

from hoofdaannemer.core.scope import Scope

#: Sets our numbers apart from those of a municipality under whose code a message is relayed.
_PREFIX: Final = "HA"
_DIGITS: Final = 10
_OURS: Final = re.compile(f"{_PREFIX}[0-9]{{{_DIGITS}}}")


def next_identification(scope: Scope, main_contractor_id: int) -> str:
    """A number of 12 characters that no message of this installation had before (TR056).

    From a sequence, not a counter row: numbers may have gaps, and a counter would keep everybody
    waiting for the longest transaction. Shared by all main contractors, since two of them may
    relay under the code of the same municipality.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('messaging_identification')")
        row = cursor.fetchone()
    number = int(row[0]) if row else 0
    return f"{_PREFIX}{number:0{_DIGITS}d}"


def is_identification(text: str) -> bool:
    """Whether a text has the form of a number of ours."""
    return _OURS.fullmatch(text) is not None
