"""Facts as a JSON document and back: dataclasses as lists, figures and days as exact text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import EnumType
from functools import cache
from types import NoneType, UnionType
from typing import Any, Final, TypeVar, Union, get_args, get_origin, get_type_hints

from hoofdaannemer.core.periods import Month

_T = TypeVar("_T")


def freeze(value: Any) -> Any:
    """What a JSON column keeps of a value; `thaw` reads it back by its type."""
    if isinstance(value, Month | Decimal):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        return [freeze(getattr(value, one.name)) for one in fields(value)]
    if isinstance(value, tuple):
        return [freeze(one) for one in value]
    if isinstance(value, frozenset):
        return [freeze(one) for one in sorted(value)]
    return value


def thaw(kind: type[_T], stored: Any) -> _T:
    """The value of a type that was frozen. Raises ValueError for what does not fit the type."""
    found: _T = _thaw(kind, stored)
    return found


def _thaw(kind: Any, stored: Any) -> Any:
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        [given] = [one for one in inner if one is not NoneType]
        return None if stored is None else _thaw(given, stored)
    if origin in (tuple, frozenset):
        return origin(_thaw(of, one) for of, one in zip(_each(inner, stored), stored, strict=True))
    if read := _READ.get(kind):
        return read(stored)
    if is_dataclass(kind):
        return _row(kind, stored)
    return kind(stored) if isinstance(kind, EnumType) else stored


def _each(inner: tuple[Any, ...], stored: Any) -> list[Any]:
    """The type of every element: one for all, or one a place."""
    is_uniform = inner[-1] is Ellipsis or len(inner) == 1
    return [inner[0]] * len(stored) if is_uniform else list(inner)


def _row(kind: Any, stored: Any) -> Any:
    hints = _hints(kind)
    # What was frozen before a field was added lacks it at the end: then its default holds.
    known = fields(kind)[: len(stored)]
    pairs = zip(known, stored, strict=True)
    return kind(**{one.name: _thaw(hints[one.name], part) for one, part in pairs})


_READ: Final[Mapping[Any, Callable[[str], Any]]] = {
    Month: Month.parse,
    Decimal: Decimal,
    date: date.fromisoformat,
}


@cache
def _hints(kind: Any) -> Mapping[str, Any]:
    return get_type_hints(kind)
