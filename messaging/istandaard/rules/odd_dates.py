"""Dates that the schema lets through and the calendar of the domain does not have."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from operator import attrgetter
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from messaging.istandaard.model.elements import Node
from messaging.istandaard.model.header import Part
from messaging.istandaard.model.messages import MessageType
from messaging.istandaard.model.tree import tree
from messaging.istandaard.parts import Trail, path_at
from messaging.istandaard.scalars import OddDate

from .registry import rule

CALENDAR: Final = rule(
    "CALENDAR", _("The date lies outside the calendar (years 1 to 9999). Correct the date.")
)
"""No rule of the standard: ours, for the year 99999 and the year -1."""

DateFields = tuple[tuple[Callable[[Any], object], str], ...]
"""How to get a date (or nothing) out of a class, and the path of its element below the class."""


def odd_dates(kind: MessageType, visits: Iterable[tuple[Part, Trail]]) -> Iterator[str]:
    """Paths of the dates outside the years 1 to 9999, of the classes with their trails."""
    by_class = _date_fields(kind)
    for part, trail in visits:
        for get, below in by_class[type(part)]:
            if isinstance(get(part), OddDate):
                yield path_at(trail, below)


@lru_cache(maxsize=64)
def _date_fields(kind: MessageType) -> dict[type[Part], DateFields]:
    found: dict[type[Part], DateFields] = {}
    waiting = [tree(kind)]
    while waiting:
        node = waiting.pop()
        waiting += node.children
        if isinstance(node.build, type) and issubclass(node.build, Part):
            found[node.build] = tuple(_dates(node))
    return found


def _dates(
    node: Node, attributes: tuple[str, ...] = (), below: str = "", *, is_optional: bool = False
) -> Iterator[tuple[Callable[[Any], object], str]]:
    """The dates of a class, also those in its values; `is_optional` tells of the value."""
    for child in node.children:
        here = (*attributes, child.attribute)
        if child.simple is not None and child.simple.base == "date":
            get = _get_if_there(here) if is_optional else attrgetter(".".join(here))
            yield get, f"{below}{child.name}"
        elif child.type_name.startswith("CDT_"):
            may_lack = is_optional or child.minimum == 0
            yield from _dates(child, here, f"{below}{child.name}/", is_optional=may_lack)


def _get_if_there(attributes: tuple[str, ...]) -> Callable[[object], object]:
    def get(part: object) -> object:
        value: object = part
        for attribute in attributes:
            value = getattr(value, attribute, None)
        return value

    return get
