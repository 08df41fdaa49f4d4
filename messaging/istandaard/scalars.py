"""Values of the simple types between their text in XML and Python.

The schema allows dates and times that Python cannot hold: the year 99999, the year -1, 24:00:00,
seven decimals of a second. They become `OddDate` and `OddTime`: the nearest value that Python has,
which compares as expected, with the text kept so that the document stays the same.
"""

from __future__ import annotations

from datetime import date, time
from typing import Any, Final, Self, SupportsIndex

_BLANKS: Final = " \t\r\n"


class OddDate(date):
    """A date outside the years 1 to 9999, held as the first or last day that Python has."""

    text: str

    def __new__(cls, text: str) -> Self:
        end = date.min if text.startswith(("-", "0000")) else date.max
        odd = super().__new__(cls, end.year, end.month, end.day)
        odd.text = text
        return odd

    def __reduce_ex__(self, protocol: SupportsIndex) -> tuple[Any, ...]:
        return (OddDate, (self.text,))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, OddDate) and other.text == self.text

    def __hash__(self) -> int:
        return hash(self.text)

    def __repr__(self) -> str:
        return f"OddDate({self.text!r})"


class OddTime(time):
    """A time that Python cannot write back the same way, such as 24:00:00."""

    text: str

    def __new__(cls, text: str) -> Self:
        hour, minute, rest = text.split(":")
        second, _, fraction = rest.partition(".")
        if hour == "24":
            odd = super().__new__(cls, 23, 59, 59, 999_999)
        else:
            micro = int(fraction[:6].ljust(6, "0"))
            odd = super().__new__(cls, int(hour), int(minute), int(second), micro)
        odd.text = text
        return odd

    def __reduce_ex__(self, protocol: SupportsIndex) -> tuple[Any, ...]:
        return (OddTime, (self.text,))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, OddTime) and other.text == self.text

    def __hash__(self) -> int:
        return hash(self.text)

    def __repr__(self) -> str:
        return f"OddTime({self.text!r})"


def read_integer(text: str) -> int:
    """The whole number of a text that the schema let through, as `+5`, `007` or `-0`."""
    try:
        return int(text)
    except ValueError:
        # `int` refuses more than 4,300 digits; here nearly all of them are leading zeros.
        return int(text.strip(_BLANKS).lstrip("+-").lstrip("0") or "0")


def read_date(text: str) -> date:
    """The date of a text that the schema let through."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        text = text.strip(_BLANKS)
    try:
        return date.fromisoformat(text)
    except ValueError:
        return OddDate(text)  # the year 0000, before it, or after 9999


def read_time(text: str) -> time:
    """The time of a text that the schema let through; seconds may have a fraction."""
    text = text.strip(_BLANKS)
    try:
        exact = time.fromisoformat(text)
    except ValueError:
        return OddTime(text)
    return exact if exact.isoformat() == text else OddTime(text)


def write_date(value: date) -> str:
    return value.text if isinstance(value, OddDate) else value.isoformat()


def write_time(value: time) -> str:
    return value.text if isinstance(value, OddTime) else value.isoformat()
