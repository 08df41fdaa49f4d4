"""Who may deliver: a token, or a certificate that a trusted proxy has checked, or both."""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from hoofdaannemer.core import limits
from hoofdaannemer.core.limits import Limit
from messaging.exchange.transports.hubs import Connection, connection_of

_MINUTE: Final = timedelta(minutes=1)
#: Deliveries by one hub for one main contractor.
CALLS: Final = Limit("hub", 600, _MINUTE)
#: Deliveries from one address that were not proven.
UNPROVEN: Final = Limit("hub-unproven", 20, _MINUTE)
_SCHEME: Final = "bearer "


class NotProvenError(Exception):
    """Who delivers did not show what the settings ask."""


class TooManyError(Exception):
    """Too many deliveries; `wait` seconds later another may succeed."""

    def __init__(self, wait: int) -> None:
        self.wait = wait
        super().__init__()


def connection_for(request: HttpRequest, kvk: str, hub: str) -> Connection:
    """The connection over which this request comes.

    Raises NotProvenError, also where there is no such connection, and TooManyError.
    """
    now = timezone.now()
    connection = connection_of(hub, kvk)
    if connection is None or not connection.receives or not _is_proven(request, connection):
        address = str(request.META.get("REMOTE_ADDR", ""))
        # Who shows nothing is not guessing.
        shows = "Authorization" in request.headers or _certificate_of(request)
        if shows and (wait := limits.seconds_to_wait(UNPROVEN, address, now)):
            raise TooManyError(wait)
        raise NotProvenError
    if wait := limits.seconds_to_wait(CALLS, f"{hub}:{kvk}", now):
        raise TooManyError(wait)
    return connection


def _is_proven(request: HttpRequest, connection: Connection) -> bool:
    """Whether everything that the connection asks was shown."""
    given = request.headers.get("Authorization", "")
    token = given[len(_SCHEME) :].strip() if given[: len(_SCHEME)].lower() == _SCHEME else ""
    shown = hashlib.sha256(token.encode()).hexdigest()
    if connection.token_sha256 and not hmac.compare_digest(shown, connection.token_sha256):
        return False
    return not connection.client_sha256 or _certificate_of(request) in connection.client_sha256


def _certificate_of(request: HttpRequest) -> str:
    """The fingerprint that the proxy gives; the proxy takes such a header away from others."""
    name = settings.CLIENT_CERTIFICATE_HEADER
    return request.headers.get(name, "").replace(":", "").lower() if name else ""
