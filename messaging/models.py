"""The rows of the traffic; see `messaging.exchange.models`."""

from messaging.exchange.models import (
    Channel,
    DeliveryAttempt,
    Family,
    IncomingMessage,
    Leg,
    MessageFinding,
    OutgoingMessage,
)

__all__ = [
    "Channel",
    "DeliveryAttempt",
    "Family",
    "IncomingMessage",
    "Leg",
    "MessageFinding",
    "OutgoingMessage",
]
