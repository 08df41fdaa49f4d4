"""The hubs' fault codes in words, from the code lists; which of them are no fault at all."""

from __future__ import annotations

import re
from typing import Final

from django.utils.translation import gettext as _

from messaging.exchange.transports import RefusedError
from messaging.istandaard.codelists import code_list

#: Code lists by the shape of their codes: those of the GGk (`IB`), and of VECOZO (`BRS`).
LISTS: Final = ("Fo01", "VECOZO")
#: The hub had this reference before.
_REPEATS: Final = frozenset({"IB016", "BRS114"})
_CODE: Final = re.compile(r"\b(?:IB[0-9]{3}|BRS[0-9]{2,3})\b")
#: Codes of the StUF standard itself, and whatever else a hub may invent.
_ANY_CODE: Final = re.compile(r"[A-Za-z0-9_.-]{1,10}")


def label(code: str) -> str:
    """The official sentence; the code itself where no list has it."""
    found = (code_list(name) for name in LISTS)
    return next((codes.label(code) for codes in found if code in codes), code)


def is_known(code: str) -> bool:
    """Whether one of the hubs' lists has it."""
    return any(code in code_list(name) for name in LISTS)


def codes_in(text: str) -> list[str]:
    """The codes of the lists that a text names, in their order."""
    return list(dict.fromkeys(code for code in _CODE.findall(text) if is_known(code)))


def as_code(text: str) -> str:
    """A code as it may be stored; what is none has the code `unknown`."""
    return text if _ANY_CODE.fullmatch(text) else "unknown"


def refusal(code: str) -> RefusedError:
    """The hub will not take it. Of what the hub writes only the code is kept.

    Its free text may quote a client.
    """
    text = _("The hub refused it with code %(code)s: %(label)s")
    words = label(code) if is_known(code) else _("a code that is in none of the code lists.")
    return RefusedError(code, text % {"code": code, "label": words}, is_repeat=code in _REPEATS)
