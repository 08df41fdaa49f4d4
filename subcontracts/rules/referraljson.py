"""Referrals as JSON: one or a list, with the words of the file's columns, judged as its rows.

A text stays a text, a volume is a whole number, a budget a number, and whether parental authority
is known is true or false. A field that nobody knows is refused, for it may be a slip of the pen.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from itertools import count
from typing import Any, Final

from django.utils.translation import gettext as _

from hoofdaannemer.core.errors import RuleError
from subcontracts.rules.csvfiles import MOST_BYTES, Fault
from subcontracts.rules.referral import HandedIn, Line, judged
from subcontracts.rules.referralcells import PRODUCT_COLUMNS, REFERRAL_COLUMNS, whole
from subcontracts.rules.referralfile import check_count

PRODUCTS: Final = "producten"
#: The rule of what has another type than described, or stands where it should not.
WRONG_TYPE: Final = "VWZ-15"
_NUMBERS: Final = ("volume", "budget")
_TRUTHS: Final = ("gezag_bekend",)
_NAME: Final = re.compile("[a-z_]{1,30}")


class _Number(str):
    """A number as it stands in the text: Python would round some and choke on others."""

    __slots__ = ()


def read(raw: bytes) -> list[HandedIn]:
    """The referrals of a body.

    Raises RuleError CSV-01 for one that is too large, CSV-04 for too many products or no referral,
    VWZ-20 for bytes that are no JSON.
    """
    body = _parsed(raw)
    items = body if isinstance(body, list) else [body]
    if not items:
        raise RuleError("CSV-04", _("There is no referral in this."))
    numbers = count(1)
    found = []
    for item in items:
        lines = list(_lines(item, numbers))
        check_count(lines[-1].number)
        found.append(judged(lines))
    return found


def _parsed(raw: bytes) -> Any:
    if len(raw) > MOST_BYTES:
        raise RuleError("CSV-01", _("This is larger than 2 MB. Split it."))
    try:
        return json.loads(
            raw.decode("utf-8"),
            parse_int=_Number,
            parse_float=_Number,
            parse_constant=_refused,
            object_pairs_hook=_object,
        )
    except (ValueError, RecursionError) as error:
        text = _("This is not JSON in UTF-8, or a field in it stands twice.")
        raise RuleError("VWZ-20", text) from error


def _refused(_text: str) -> None:
    raise ValueError("not a number of JSON")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a field stands twice")
    return found


def _lines(item: Any, numbers: Iterator[int]) -> Iterator[Line]:
    """A line for each product; at least one, so that there is a place for what is wrong."""
    if not isinstance(item, dict):
        yield Line(next(numbers), whole({}), (_wrong("", _("A referral is an object.")),))
        return
    about, faults = _cells(item, REFERRAL_COLUMNS, (PRODUCTS,))
    products = item.get(PRODUCTS)
    if not isinstance(products, list) or not products:
        faults.append(_wrong(PRODUCTS, _("Name at least one product, in a list.")))
        products = [{}]
    for product in products:
        cells, wrong = _cells(product, PRODUCT_COLUMNS)
        yield Line(next(numbers), whole(about | cells), (*faults, *wrong))
        # Said once.
        faults = []


def _cells(
    item: Any, columns: tuple[str, ...], others: tuple[str, ...] = ()
) -> tuple[dict[str, str], list[Fault]]:
    """The fields as cells of a file, and what has another type than described."""
    if not isinstance(item, dict):
        return {}, [_wrong(PRODUCTS, _("A product is an object."))]
    cells: dict[str, str] = {}
    faults = [_unknown(name) for name in item if name not in (*columns, *others)]
    for name in columns:
        value = item.get(name)
        if value is None:
            continue
        if (cell := _cell(name, value)) is None:
            faults.append(_wrong(name, _type_of(name)))
        else:
            cells[name] = cell
    return cells, faults


def _cell(name: str, value: object) -> str | None:
    """How a file would say it; None for another type."""
    if name in _TRUTHS:
        return _TRUTH.get(value) if isinstance(value, bool) else None
    if name in _NUMBERS:
        # With a comma, for a dot before three digits is a thousand.
        return value.replace(".", ",") if isinstance(value, _Number) else None
    if not isinstance(value, str) or isinstance(value, _Number):
        return None
    return value.strip()


_TRUTH: Final[Mapping[bool, str]] = {True: "ja", False: "nee"}


def _type_of(name: str) -> str:
    if name in _TRUTHS:
        return _("This is true or false.")
    if name in _NUMBERS:
        return _("This is a number.")
    return _("This is a text.")


def _unknown(name: str) -> Fault:
    """The name comes back only where it is a plain word."""
    text = _("There is no such field. Look at the description for what it is called.")
    return _wrong(name if _NAME.fullmatch(name) else "", text)


def _wrong(column: str, text: str) -> Fault:
    return Fault(column, WRONG_TYPE, text)
