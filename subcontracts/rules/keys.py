"""The hashes by which clients are found: mean nothing without the key of `core.crypto`."""

from __future__ import annotations

import unicodedata
from datetime import date
from typing import Final

from hoofdaannemer.core import crypto

_LETTERS: Final = 3
#: One fewer than the hash of a BSN has.
_REFERENCE_BYTES: Final = 31


def bsn_key(bsn: str) -> bytes:
    """The hash by which a BSN is found."""
    return crypto.keyed_hash(bsn)


def reference_key(reference: str) -> bytes:
    """The hash of what a client without a BSN is called in a file; never that of a BSN.

    It is a byte shorter.
    """
    return crypto.keyed_hash(f"reference:{reference.casefold()}")[:_REFERENCE_BYTES]


def is_of_reference(key: bytes) -> bool:
    """Whether a hash is that of a reference."""
    return len(key) == _REFERENCE_BYTES


def person_key(bsn: str, reference: str) -> bytes:
    """By which rows of one client belong together."""
    return bsn_key(bsn) if bsn else reference_key(reference)


def name_key(birth_date: date, surname: str) -> bytes:
    """The hash of birth date and first three letters, without case and accents."""
    plain = unicodedata.normalize("NFKD", surname).encode("ascii", "ignore").decode().casefold()
    letters = "".join(sign for sign in plain if sign.isalpha())[:_LETTERS]
    return crypto.keyed_hash(f"{birth_date.isoformat()}:{letters}")
