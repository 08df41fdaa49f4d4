"""Names in fewer letters, for files and fonts that know only some of them."""

from __future__ import annotations

import unicodedata
from typing import Final

# Letters and signs that Unicode does not take apart into a letter and an accent.
_ALONE: Final = str.maketrans(
    {"ß": "ss", "æ": "ae", "Æ": "AE", "ø": "o", "Ø": "O", "œ": "oe", "Œ": "OE", "ł": "l", "Ł": "L"}
    | {"đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "þ": "th", "Þ": "Th", "ı": "i", "ħ": "h", "Ħ": "H"}
    | {"–": "-", "—": "-", "’": "'", "‘": "'", "“": '"', "”": '"', "€": "EUR"}
)


def without_accents(text: str) -> str:
    """The text with accents taken off its letters: `Zörg in Łódź` is `Zorg in Lodz`."""
    plain = unicodedata.normalize("NFKD", text.translate(_ALONE))
    return "".join(sign for sign in plain if not unicodedata.combining(sign))


def in_charset(text: str, charset: str) -> str:
    """The text with only signs that a character set has; a missing letter loses its accent.

    A sign that has no plain twin in the set either becomes a question mark.
    """
    composed = unicodedata.normalize("NFC", text)
    # Nearly every text has them all, and is asked once instead of sign by sign.
    if _has(charset, composed):
        return composed
    return "".join(sign if _has(charset, sign) else _replaced(charset, sign) for sign in composed)


def _has(charset: str, text: str) -> bool:
    try:
        text.encode(charset)
    except UnicodeEncodeError:
        return False
    return True


def _replaced(charset: str, sign: str) -> str:
    return without_accents(sign).encode(charset, "replace").decode(charset)
