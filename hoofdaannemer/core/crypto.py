"""Personal data at rest: AES-256-GCM with a ring of keys, and a keyed hash to find it by.

`settings.DATA_KEYS` is a list of `id:base64` texts. The first key writes, all of them read, so a
key is changed by putting a new one in front and writing the rows again (`core.rekeying`).
`settings.LOOKUP_KEY` serves the hashes alone: it cannot be changed without hashing again.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import os
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, TypeVar

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django import forms
from django.conf import settings
from django.core.exceptions import FieldError, ImproperlyConfigured
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

# What may be set and what is read; the checker's plugin adds None to both where null=True.
_SetT_contra = TypeVar("_SetT_contra", contravariant=True)
_GetT_co = TypeVar("_GetT_co", covariant=True)

if TYPE_CHECKING:
    _Field = models.Field
else:

    class _Field(models.Field):
        """Django's fields take type arguments in the stubs only."""

        def __class_getitem__(cls, _types: object) -> type[models.Field]:
            return models.Field


_NONCE_BYTES: Final = 12
_LOOKUPS: Final = frozenset({"isnull"})


@lru_cache(maxsize=8)
def _ring(texts: tuple[str, ...]) -> dict[bytes, AESGCM]:
    ring: dict[bytes, AESGCM] = {}
    for text in texts:
        name, _, encoded = text.partition(":")
        try:
            # 256 bits and nothing less; the message names the key's id, never the key.
            key = base64.b64decode(encoded, validate=True)
        except binascii.Error as error:
            raise ImproperlyConfigured(f"data key {name!r} is not base64") from error
        if not 0 < len(name.encode()) < 256 or len(key) != 32:
            raise ImproperlyConfigured(f"data key {name!r} is not an id and 32 bytes in base64")
        ring[name.encode()] = AESGCM(key)
    if not ring:
        raise ImproperlyConfigured("DATA_KEYS holds no key")
    return ring


def _keys() -> dict[bytes, AESGCM]:
    texts: Sequence[str] = settings.DATA_KEYS
    return _ring(tuple(texts))


def encrypt(value: bytes, associated: bytes = b"") -> bytes:
    """The value under the first key: length of the key's id, the id, nonce, text with its tag.

    `associated` is not stored; only who gives the same bytes again can read the value.
    """
    name, cipher = next(iter(_keys().items()))
    nonce = os.urandom(_NONCE_BYTES)
    head = _head(name)
    return head + nonce + cipher.encrypt(nonce, value, head + associated)


def decrypt(stored: bytes, associated: bytes = b"") -> bytes:
    """The value back. Raises cryptography's InvalidTag where it, or `associated`, was changed.

    Raises ImproperlyConfigured where its key is no longer in the ring.
    """
    stored = bytes(stored)
    name = _key_name(stored)
    cipher = _keys().get(name)
    if cipher is None:
        raise ImproperlyConfigured(f"the data key {name!r} is not in DATA_KEYS")
    body = len(name) + 1
    nonce, text = stored[body : body + _NONCE_BYTES], stored[body + _NONCE_BYTES :]
    return cipher.decrypt(nonce, text, stored[:body] + associated)


def is_current(stored: bytes) -> bool:
    """Whether a stored value is under the key that writes now."""
    return _key_name(bytes(stored)) == next(iter(_keys()))


def current_head() -> bytes:
    """How every value begins that is under the key that writes now."""
    return _head(next(iter(_keys())))


def _head(name: bytes) -> bytes:
    return bytes([len(name)]) + name


def _key_name(stored: bytes) -> bytes:
    return stored[1 : 1 + stored[0]] if stored else b""


def keyed_hash(value: str) -> bytes:
    """32 bytes that are the same for the same text, and mean nothing without the key.

    The caller brings the text to one form first: a name without case and accents, a BSN as nine
    digits.
    """
    return hmac.digest(_lookup_key(), value.encode(), "sha256")


def keyed_hashes(values: Iterable[str]) -> dict[bytes, str]:
    """Texts by their `keyed_hash`, for thousands at once: the key is looked up once."""
    key, digest = _lookup_key(), hmac.digest
    return {digest(key, value.encode(), "sha256"): value for value in values}


def _lookup_key() -> bytes:
    key: str | bytes = settings.LOOKUP_KEY
    return key.encode() if isinstance(key, str) else key


class EncryptedTextField(_Field[_SetT_contra, _GetT_co]):
    """Text that is encrypted in the database (bytea) and plain in Python.

    It can be neither searched nor sorted on: only `isnull` is a lookup, and anything else raises
    FieldError instead of finding nothing. What must be found gets a `keyed_hash` column beside
    it. `max_length` counts characters and is checked by forms and `full_clean`.
    """

    _pyi_private_set_type: str
    _pyi_private_get_type: str

    description = "Encrypted text"
    empty_strings_allowed = True

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.max_length is not None:
            self.validators.append(MaxLengthValidator(self.max_length))

    def get_internal_type(self) -> str:
        return "BinaryField"

    def get_prep_value(self, value: Any) -> bytes | None:
        prepared = super().get_prep_value(value)
        return None if prepared is None else encrypt(str(prepared).encode())

    def get_db_prep_value(
        self, value: Any, connection: BaseDatabaseWrapper, prepared: bool = False
    ) -> Any:
        # An expression (such as the default of a bulk update) is not a text to encrypt.
        if hasattr(value, "resolve_expression"):
            return value
        return super().get_db_prep_value(value, connection, prepared)

    def from_db_value(self, value: Any, *_: Any) -> str | None:
        return None if value is None else decrypt(bytes(value)).decode()

    def to_python(self, value: Any) -> str | None:
        return value if value is None else str(value)

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name not in _LOOKUPS:
            raise FieldError(f"{self.name} is encrypted: look it up by its keyed hash")
        return super().get_lookup(lookup_name)

    def formfield(self, **options: Any) -> Any:
        return super().formfield(
            **{"form_class": forms.CharField, "max_length": self.max_length, **options}
        )
