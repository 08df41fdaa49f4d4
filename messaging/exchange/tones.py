"""How urgent the state of a message looks: the tone of its badge."""

from __future__ import annotations

from typing import Any, Final

INCOMING_TONES: Final[dict[Any, str]] = {
    "received": "information",
    "handled": "positive",
    "rejected": "negative",
    "unreadable": "negative",
    "parked": "warning",
    "failed": "warning",
}
OUTGOING_TONES: Final[dict[Any, str]] = {
    "waiting": "information",
    "delivered": "positive",
    "failed": "warning",
}
