"""The form of a message type: groups, fields and their inputs, from the model of the standard."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Final

from django.utils.functional import Promise

from messaging.exchange.entry.words import words_of
from messaging.istandaard import Family, MessageType
from messaging.istandaard.codelists import code_list, packaged
from messaging.istandaard.model.elements import Node, SimpleType
from messaging.istandaard.model.tree import tree

#: Types that hold eurocents; people type euros.
_EUROS: Final = frozenset({"LDT_Bedrag", "LDT_Budget", "LDT_TotaalBedrag"})
#: Without a largest length, and with line breaks.
_LINES: Final = "LDT_Commentaar"
#: How a pattern begins that fixes the length.
_FIXED: Final = "[0-9]{"
#: Filled in by the platform, not typed.
HEADER: Final = "Header"


class Input(StrEnum):
    """How a field is filled in."""

    TEXT = "text"
    LINES = "lines"
    DATE = "date"
    TIME = "time"
    NUMBER = "number"
    EURO = "euro"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class Field:
    """One element with a value. `code_list` is empty where it is free.

    `default` is the text that an empty form begins with.
    """

    name: str
    attribute: str
    label: str | Promise
    help: str | Promise
    input: Input
    simple: SimpleType
    pattern: str
    is_required: bool
    code_list: str
    default: str

    @property
    def most(self) -> int | None:
        """The largest number of characters of a free text, where its length may differ."""
        is_free = self.input == Input.TEXT and not self.pattern.startswith(_FIXED)
        return self.simple.max_length if is_free else None

    def choices(self, day: date, chosen: str = "") -> list[tuple[str, str]]:
        """Codes with their Dutch labels that may be used on this day, and the one chosen before.

        The schema of the release fixes what it lets through, whatever the list of today says.
        """
        known = packaged(self.code_list).codes
        listed = code_list(self.code_list)
        usable = [code for code in listed.in_force_on(day) if code in known]
        if chosen in known and chosen not in usable:
            usable.append(chosen)
        return [(code, listed.label(code)) for code in usable]


@dataclass(frozen=True, slots=True)
class Group:
    """A class or a value of several parts, once or as often as needed.

    `name` is the path below the group above; of a list it names the list and its item. `least` is
    the number of times that it must stand there.
    """

    name: str
    attribute: str
    label: str | Promise
    help: str | Promise
    node: Node
    least: int
    repeats: bool
    members: tuple[Field | Group, ...]


@lru_cache(maxsize=64)
def form_of(kind: MessageType) -> Group:
    """The form of a message type; its members stand below `Bericht`, the header left out."""
    root = tree(kind)
    children = (child for child in root.children if child.name != HEADER)
    members = tuple(_member(child, root, kind.family) for child in children)
    return Group("", "", "", "", root, 1, False, members)


def fields_of(group: Group) -> Iterator[Field]:
    """Every field of a form, in the order of the document."""
    for member in group.members:
        if isinstance(member, Field):
            yield member
        else:
            yield from fields_of(member)


def _member(node: Node, parent: Node, family: Family) -> Field | Group:
    if node.simple is not None:
        return _field(node, node.simple, parent, family)
    item = node.children[0] if node.is_wrapper else node
    label, help_text = words_of(parent.name, item.name)
    return Group(
        name=f"{node.name}/{item.name}" if node.is_wrapper else node.name,
        attribute=node.attribute,
        label=label,
        help=help_text,
        node=item,
        least=node.minimum,
        repeats=node.is_wrapper,
        members=tuple(_member(child, item, family) for child in item.children),
    )


def _field(node: Node, simple: SimpleType, parent: Node, family: Family) -> Field:
    label, help_text = words_of(parent.name, node.name)
    return Field(
        name=node.name,
        attribute=node.attribute,
        label=label,
        help=help_text,
        input=_input(simple, family),
        simple=simple,
        pattern=node.pattern or simple.pattern,
        is_required=node.minimum > 0,
        code_list=simple.list_name(family),
        default=_default(node, parent),
    )


def _default(node: Node, parent: Node) -> str:
    """What the model puts in a required code, such as 1 for a record that is new."""
    fields = getattr(parent.build, "__dataclass_fields__", {})
    default = fields[node.attribute].default
    return default if isinstance(default, str) else ""


def _input(simple: SimpleType, family: Family) -> Input:
    if simple.list_name(family):
        return Input.CHOICE
    if simple.name in _EUROS:
        return Input.EURO
    if simple.name == _LINES:
        return Input.LINES
    return {"integer": Input.NUMBER, "date": Input.DATE, "time": Input.TIME}.get(
        simple.base, Input.TEXT
    )
