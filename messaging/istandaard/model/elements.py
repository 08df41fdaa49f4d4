"""The words in which the model is written: families, simple types, tags on dataclass fields."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar, Final, Literal

Base = Literal["string", "integer", "date", "time"]

PARTY: Final = "party"
"""Type of sender and receiver: municipality or provider, depending on the message."""


class Family(StrEnum):
    """The two standards. Numbers, references and keys are separate per family."""

    WMO = "wmo"  # Wmo 2015, social support
    JW = "jw"  # Jeugdwet, youth help

    # A member equals its text and finds what is kept under it; `Enum` hashes the name, slowly.
    __hash__ = str.__hash__


@dataclass(frozen=True, slots=True)
class SimpleType:
    """A value type of the standard with its facets.

    Lengths count characters, bounds are inclusive, the pattern is an anchored XML Schema regular
    expression. `code_list` names the list whose codes are the only values; a dict gives it per
    family. String values keep all their blanks.
    """

    name: str
    base: Base = "string"
    min_length: int | None = None
    max_length: int | None = None
    pattern: str = ""
    low: int | None = None
    high: int | None = None
    code_list: str | dict[Family, str] = ""

    def list_name(self, family: Family) -> str:
        """Name of the closed code list in this family; empty where values are free."""
        return self.code_list if isinstance(self.code_list, str) else self.code_list[family]


@dataclass(frozen=True, slots=True)
class Tag:
    """Ties a dataclass field to its element.

    `path` is the element's name, or `Wrapper/Item` for a list. `type` names the simple type;
    empty for a class. `family` limits the element to one family.
    """

    path: str
    type: str = ""
    pattern: str = ""
    family: Family | None = None


class Element:
    """Base of everything that has child elements.

    `xml_type` is the name of the complex type in the schema; `in_base` says that the children are
    in the namespace of the basic schema (CDT types) and not of the message.
    """

    __slots__ = ()
    xml_type: ClassVar[str]
    in_base: ClassVar[bool] = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One element of one message type, derived from the dataclasses.

    `maximum` is None for unbounded. `attribute` is the field that holds the value; a wrapper
    holds the list of its only child. `build` is the dataclass of a part or a complex value.
    """

    name: str
    in_base: bool
    type_name: str
    minimum: int = 1
    maximum: int | None = 1
    simple: SimpleType | None = None
    pattern: str = ""
    fixed: str = ""
    children: tuple[Node, ...] = ()
    attribute: str = ""
    is_wrapper: bool = False
    build: Callable[..., Any] | None = None

    def child(self, name: str) -> Node | None:
        return next((node for node in self.children if node.name == name), None)
