"""The rows of the traffic; see `models`, `copymodels`, `hubmodels`, `keymodels` in `exchange`."""

from messaging.exchange.copymodels import MessageCopy
from messaging.exchange.hubmodels import HubEnvelope
from messaging.exchange.keymodels import MunicipalKey
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
    "HubEnvelope",
    "IncomingMessage",
    "IncomingQuerySet",
    "Leg",
    "MessageCopy",
    "MessageFinding",
    "MunicipalKey",
    "OutgoingMessage",
    "OutgoingQuerySet",
]
