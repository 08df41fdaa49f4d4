"""Who hands messages over by which transport: the one place that knows them all."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from messaging.exchange.models import Channel
from messaging.exchange.transports import Carrier
from messaging.exchange.transports.folder import FolderCarrier
from messaging.exchange.transports.hubs import HubSettingsError, Unconfigured, connection_of


def carrier_to(transport: Channel.Transport, main_contractor: str) -> Carrier | None:
    """The carrier; None where the receiver comes and takes, in a mailbox or the portal.

    `main_contractor` is a trade register number. Settings that cannot be used keep nothing but
    the hubs from being served.
    """
    if transport in {Channel.Transport.MAILBOX, Channel.Transport.PORTAL}:
        return None
    if transport == Channel.Transport.FOLDER:
        return FolderCarrier(Path(settings.OUT_FOLDER))
    try:
        return connection_of(transport, main_contractor) or Unconfigured(transport)
    except HubSettingsError:
        return Unconfigured(transport)
