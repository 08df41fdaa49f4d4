"""The bytes of a message at rest: compressed, then encrypted."""

from __future__ import annotations

import hashlib
import zlib

from hoofdaannemer.core.crypto import decrypt, encrypt, keyed_hash
from messaging.exchange.hubmodels import HubEnvelope
from messaging.exchange.models import Tray
from messaging.istandaard import Message

#: Declarations of thousands of lines are packed while their sender waits: speed over size.
_LEVEL = 1


def sealed(raw: bytes) -> bytes:
    """The bytes as they are stored."""
    return encrypt(zlib.compress(raw, _LEVEL))


def opened(row: Tray | HubEnvelope) -> bytes:
    """The bytes of a message or envelope as they were received or will be sent."""
    return zlib.decompress(decrypt(bytes(row.content)))


def digest_of(raw: bytes) -> bytes:
    """SHA-256 of the bytes."""
    return hashlib.sha256(raw).digest()


def client_hash_of(message: Message) -> bytes | None:
    """Keyed hash of the BSN of the one client that a message is about; None for several or none."""
    bsn = getattr(message.content, "bsn", "")
    return keyed_hash(bsn) if bsn else None
