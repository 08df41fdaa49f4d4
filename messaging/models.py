"""The rows of the traffic; see `messaging.exchange.models`."""

from messaging.exchange.models import (
    Channel,
    DeliveryAttempt,
    Family,
    IncomingMessage,
    IncomingQuerySet,
    Leg,
    MessageFinding,
    OutgoingMessage,
    OutgoingQuerySet,
)

__all__ = [
    "Channel",
    "DeliveryAttempt",
    "Family",
    "IncomingMessage",
    "IncomingQuerySet",
    "Leg",
    "MessageFinding",
    "OutgoingMessage",
    "OutgoingQuerySet",
]
