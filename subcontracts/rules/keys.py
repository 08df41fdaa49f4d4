"""The hashes by which clients are found: mean nothing without the key of `core.crypto`."""

from __future__ import annotations

import unicodedata
from datetime import date
from typing import Final

from hoofdaannemer.core import crypto

_LETTERS: Final = 3


def bsn_key(bsn: str) -> bytes:
    """The hash by which a BSN is found."""
    return crypto.keyed_hash(bsn)


def name_key(birth_date: date, surname: str) -> bytes:
    """The hash of birth date and first three letters, without case and accents."""
    plain = unicodedata.normalize("NFKD", surname).encode("ascii", "ignore").decode().casefold()
    letters = "".join(sign for sign in plain if sign.isalpha())[:_LETTERS]
    return crypto.keyed_hash(f"{birth_date.isoformat()}:{letters}")
