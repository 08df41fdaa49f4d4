"""Numbers of people, organisations and accounts: their form, and check digits where they exist.

Numbers are text. A chamber of commerce (KvK) number and an AGB code have no published check
digit, so only their form is judged.
"""

from __future__ import annotations

import re
from typing import Final

from schwifty import BIC, IBAN
from schwifty.exceptions import SchwiftyException
from stdnum.nl import bsn as _bsn

_NINE: Final = re.compile(r"[0-9]{9}")
_KVK: Final = re.compile(r"[0-9]{8}")
_ESTABLISHMENT: Final = re.compile(r"[0-9]{12}")
_AGB: Final = re.compile(r"[0-9]{8}")
_BIG: Final = re.compile(r"[0-9]{11}")
_MUNICIPALITY: Final = re.compile(r"[0-9]{4}")


def is_bsn(text: str) -> bool:
    """Nine ASCII digits that pass the eleven test; 000000000 passes it and is refused."""
    return _NINE.fullmatch(text) is not None and text != "000000000" and bool(_bsn.is_valid(text))


def is_rsin(text: str) -> bool:
    """A number of an organisation at the tax office; the same test as a BSN."""
    return is_bsn(text)


def mask_bsn(text: str) -> str:
    """All but the last three digits as dots: `••••••782`."""
    return "•" * max(0, len(text) - 3) + text[-3:] if len(text) > 3 else "•" * len(text)


def is_kvk(text: str) -> bool:
    """Eight digits: a number of the chamber of commerce."""
    return _KVK.fullmatch(text) is not None


def is_establishment(text: str) -> bool:
    """Twelve digits: an establishment's number at the chamber of commerce."""
    return _ESTABLISHMENT.fullmatch(text) is not None


def is_agb(text: str) -> bool:
    """Eight digits, the first two of which are the kind of care."""
    return _AGB.fullmatch(text) is not None


def is_big(text: str) -> bool:
    """Eleven digits: an entry in the register of health professions."""
    return _BIG.fullmatch(text) is not None


def is_municipality_code(text: str) -> bool:
    """Four digits, as in the list of municipalities."""
    return _MUNICIPALITY.fullmatch(text) is not None


def clean_iban(text: str) -> str:
    """The account number without spaces, in capitals.

    Raises ValueError where it is none: its country, length, structure or check digits are wrong.
    """
    try:
        return str(IBAN(text).compact)
    except SchwiftyException as error:
        raise ValueError("not an IBAN") from error


def is_iban(text: str) -> bool:
    """Whether the text is an IBAN of any country, with or without spaces."""
    try:
        clean_iban(text)
    except ValueError:
        return False
    return True


def bic_of(iban: str) -> str:
    """The bank's BIC, or an empty text where the register does not know the bank.

    Raises ValueError where the text is not an IBAN.
    """
    found = IBAN(clean_iban(iban)).bic
    return str(found.compact) if found is not None else ""


def is_bic(text: str) -> bool:
    """Whether the text has the form of a BIC, in a country that exists."""
    try:
        BIC(text)
    except SchwiftyException:
        return False
    return True


def format_iban(text: str) -> str:
    """In groups of four: `NL91 ABNA 0417 1643 00`. Raises ValueError where it is no IBAN."""
    return str(IBAN(clean_iban(text)).formatted)


def mask_iban(text: str) -> str:
    """Country, bank and the last four: `NL•• ABNA •••• ••43 00`, for screens and paper.

    Raises ValueError where it is no IBAN.
    """
    compact = clean_iban(text)
    shown = "".join(
        sign if place < 2 or 4 <= place < 8 or place >= len(compact) - 4 else "•"
        for place, sign in enumerate(compact)
    )
    return " ".join(shown[start : start + 4] for start in range(0, len(shown), 4))
