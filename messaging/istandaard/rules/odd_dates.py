"""Dates that the schema lets through and the calendar of the domain does not have."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final

from django.utils.translation import gettext_lazy as _

from messaging.istandaard.model.elements import Node
from messaging.istandaard.model.header import Part
from messaging.istandaard.model.messages import MessageType
from messaging.istandaard.model.tree import tree
from messaging.istandaard.scalars import OddDate

from .registry import rule

CALENDAR: Final = rule(
    "CALENDAR", _("The date lies outside the calendar (years 1 to 9999). Correct the date.")
)
"""No rule of the standard: ours, for the year 99999 and the year -1."""

DateFields = tuple[tuple[tuple[str, ...], str], ...]
"""Attributes to go through, and the path of the element below its class."""


def odd_dates(kind: MessageType, walked: Sequence[tuple[str, Part]]) -> Iterator[str]:
    """Paths of the dates outside the years 1 to 9999, of the classes with their paths."""
    by_class = _date_fields(kind)
    for path, part in walked:
        for attributes, below in by_class[type(part)]:
            value: object = part
            for attribute in attributes:
                value = getattr(value, attribute, None)
            if isinstance(value, OddDate):
                yield f"{path}/{below}"


@lru_cache(maxsize=64)
def _date_fields(kind: MessageType) -> dict[type[Part], DateFields]:
    found: dict[type[Part], DateFields] = {}
    waiting = [tree(kind)]
    while waiting:
        node = waiting.pop()
        waiting += node.children
        if isinstance(node.build, type) and issubclass(node.build, Part):
            found[node.build] = tuple(_dates(node, (), ""))
    return found


def _dates(
    node: Node, attributes: tuple[str, ...], below: str
) -> Iterator[tuple[tuple[str, ...], str]]:
    for child in node.children:
        here = (*attributes, child.attribute)
        if child.simple is not None and child.simple.base == "date":
            yield here, f"{below}{child.name}"
        elif child.type_name.startswith("CDT_"):
            yield from _dates(child, here, f"{below}{child.name}/")
