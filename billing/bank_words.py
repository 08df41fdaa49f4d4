"""Reasons of banks in words: the external codes of ISO 20022 that come back on credit transfers."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_CODES: Final[dict[str, str | Promise]] = {
    "AC01": _("the account number is wrong"),
    "AC03": _("the account number is wrong"),
    "AC04": _("the account is closed"),
    "AC06": _("the account is blocked"),
    "AG01": _("the account takes no such payments"),
    "AM04": _("there was not enough money on our account"),
    "AM05": _("the payment came twice"),
    "BE01": _("name and account do not belong together"),
    "BE04": _("the address of the receiver is missing"),
    "CUST": _("the receiver sent it back"),
    "DT01": _("the day of payment cannot be used"),
    "FF01": _("the file has a wrong form"),
    "FOCR": _("we asked it back"),
    "MD07": _("the holder of the account has died"),
    "MS02": _("the receiver gave no reason"),
    "MS03": _("the bank gave no reason"),
    "RC01": _("the code of the bank is wrong"),
    "RR04": _("the law forbids it"),
    "TM01": _("the file came too late for that day"),
}
#: With these the same account fails again.
ABOUT_THE_ACCOUNT: Final = frozenset({"AC01", "AC03", "AC04", "AC06", "AG01", "BE01", "MD07"})


def reason(code: str) -> str:
    """In words with the code; the code alone where it is not known."""
    words = _CODES.get(code)
    return f"{words} ({code})" if words else code
