"""One value of a message between the text that a person types and Python."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, time
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.core import money
from hoofdaannemer.core.forms import DutchDateField, read_number
from messaging.exchange.entry.description import Field, Input
from messaging.istandaard import scalars
from messaging.istandaard.codelists import packaged

_WHOLE: Final = re.compile("[0-9]{1,20}")
_TIME: Final = re.compile(r"[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?")
#: What XML has no place for.
_NO_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
#: Every year that Python has: a day that is unlikely is a remark, not a text that cannot be read.
_DAY: Final = DutchDateField(first_year=1, last_year=9999)


class Unreadable(Exception):
    """What was typed is no value of its field; `text` says what to type."""

    def __init__(self, text: str | Promise) -> None:
        self.text = text
        super().__init__()


def read(field: Field, text: str) -> Any:
    """The value of a text that is not empty and has no blanks around it.

    Raises Unreadable for a text that the element cannot hold.
    """
    if _NO_XML.search(text):
        raise Unreadable(_("This holds a character that a message cannot carry."))
    return _READERS[field.input](field, text)


def write(field: Field, value: Any) -> str:
    """The text of a value; empty for an absent one."""
    if value is None:
        return ""
    match field.input:
        case Input.EURO:
            return f"{money.from_cents(value):f}".replace(".", ",")
        case Input.DATE:
            return scalars.write_date(value)
        case Input.TIME:
            return scalars.write_time(value)
    return str(value)


def _text(field: Field, text: str) -> str:
    if field.input == Input.TEXT and ("\n" in text or "\r" in text):
        raise Unreadable(_("Enter one line."))
    text = text.replace("\r\n", "\n")
    if field.simple.max_length is not None and len(text) > field.simple.max_length:
        most = field.simple.max_length
        raise Unreadable(_("Enter at most %(most)s characters.") % {"most": most})
    # As the schema counts: of the blanks only those of ASCII.
    if field.pattern and not re.fullmatch(field.pattern, text, re.ASCII):
        raise Unreadable(_FORMS.get(field.simple.name, _("This does not have the right form.")))
    return text


_FORMS: Final[dict[str, str | Promise]] = {
    "LDT_AgbCode": _("Enter eight digits."),
    "LDT_BurgerServicenummer": _("Enter nine digits."),
    "LDT_IdentificatieDeclaratie": _("Enter letters and digits only."),
    "LDT_Telefoonnummer": _("Enter digits only."),
    "LDT_Voorletters": _("Enter letters only, without dots or spaces."),
}


def _code(field: Field, text: str) -> str:
    if text not in packaged(field.code_list):
        raise Unreadable(_("Choose from the list."))
    return text


def _whole(field: Field, text: str) -> int:
    if not _WHOLE.fullmatch(text):
        raise Unreadable(_("Enter a whole number, without dots."))
    return _in_bounds(field, int(text))


def _euro(field: Field, text: str) -> int:
    amount = read_number(text.removeprefix("€"))
    if amount is None:
        raise Unreadable(_("Enter an amount such as 1.234,50."))
    try:
        return _in_bounds(field, money.to_cents(amount))
    except ValueError as error:
        raise Unreadable(_("Enter at most two digits after the comma.")) from error


def _in_bounds(field: Field, number: int) -> int:
    if field.simple.low is not None and number < field.simple.low:
        raise Unreadable(_("This is too low."))
    if field.simple.high is not None and number > field.simple.high:
        raise Unreadable(_("This is too high."))
    return number


def _day(field: Field, text: str) -> date:
    try:
        day = _DAY.to_python(text)
    except ValidationError as error:
        raise Unreadable(_("Enter a day that exists, such as 22-11-2026.")) from error
    if day is None:
        raise ValueError("an empty text is no day")
    return day


def _time(field: Field, text: str) -> time:
    try:
        if _TIME.fullmatch(text):
            return time.fromisoformat(text)
    except ValueError:
        pass
    raise Unreadable(_("Enter a time such as 09:30."))


_READERS: Final[dict[Input, Callable[[Field, str], Any]]] = {
    Input.TEXT: _text,
    Input.LINES: _text,
    Input.CHOICE: _code,
    Input.NUMBER: _whole,
    Input.EURO: _euro,
    Input.DATE: _day,
    Input.TIME: _time,
}
