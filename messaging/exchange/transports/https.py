"""One POST over HTTPS with a certificate of our own; the standard library is enough for it."""

from __future__ import annotations

import http.client
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from messaging.exchange.transports import TransportError

#: A receipt is short; what is longer is none.
MOST_ANSWER: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Identity:
    """Who we are to the other side, and whom we believe: files in PEM."""

    certificate: Path
    key: Path
    #: Who signed the certificate of the other side; the system's own list where it is empty.
    authority: Path | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    body: bytes


def post(
    url: str, body: bytes, headers: Mapping[str, str], identity: Identity, timeout: float
) -> Answer:
    """Send and wait for the answer. No redirects, no proxies, TLS 1.2 or newer.

    Raises TransportError, with the reason for a person, for whatever is no answer.
    """
    parts = urlsplit(url)
    path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    try:
        context = _context(identity, _changed_at(identity))
        connection = http.client.HTTPSConnection(
            parts.hostname or "", parts.port, timeout=timeout, context=context
        )
    except (OSError, ssl.SSLError) as error:
        text = _("The certificate or key in the settings cannot be used (%(reason)s).")
        raise TransportError(text % {"reason": _reason(error)}) from error
    try:
        connection.request("POST", path, body, dict(headers))
        response = connection.getresponse()
        answer = response.read(MOST_ANSWER + 1)
    except (OSError, http.client.HTTPException) as error:
        text = _("The hub could not be reached, or gave no answer (%(reason)s).")
        raise TransportError(text % {"reason": _reason(error)}) from error
    finally:
        connection.close()
    if len(answer) > MOST_ANSWER:
        raise TransportError(_("The answer of the hub is longer than a receipt can be."))
    return Answer(response.status, answer)


def _changed_at(identity: Identity) -> tuple[int, ...]:
    """For the cache: files that were renewed are read again."""
    files = (identity.certificate, identity.key, identity.authority)
    return tuple(file.stat().st_mtime_ns for file in files if file is not None)


@lru_cache(maxsize=32)
def _context(identity: Identity, changed_at: tuple[int, ...]) -> ssl.SSLContext:
    context = ssl.create_default_context(
        cafile=str(identity.authority) if identity.authority else None
    )
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(str(identity.certificate), str(identity.key))
    return context


def _reason(error: Exception) -> str:
    """Kind of the failure; for a refused certificate what was wrong with it."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_message
    if isinstance(error, ssl.SSLError) and error.reason:
        return str(error.reason)
    return getattr(error, "strerror", None) or type(error).__name__
