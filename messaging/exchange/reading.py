"""A message as a person reads it: classes with their fields, codes with their meaning."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from lxml import etree

from hoofdaannemer.core.numbers import mask_bsn
from hoofdaannemer.core.templatetags.core_format import date_nl
from messaging.istandaard import Family, ParseResult
from messaging.istandaard.codelists import code_list
from messaging.istandaard.model.elements import Node
from messaging.istandaard.model.tree import tree

#: Classes shown of one message; a declaration of thousands of lines has its own page.
MOST_SECTIONS: Final = 200
_WORDS: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")
_LISTS_OF_RETURN_CODES: Final = {Family.WMO: "WJ001_wmo", Family.JW: "WJ001_jw"}


@dataclass(frozen=True)
class Section:
    """One class of a message. `level` is its depth from 2, for the heading."""

    path: str
    title: str
    level: int
    rows: list[tuple[str, str]] = field(default_factory=list)


def sections(document: ParseResult, *, masked: bool) -> tuple[list[Section], bool]:
    """The message in parts, and whether more parts were left out.

    `masked` hides all but the last digits of BSNs. Element names are the words of the standard,
    which its users know; they are shown as words and not translated.
    """
    if document.root is None or document.type is None:
        return [], False
    reader = _Reader(document.type.family, masked)
    found: list[Section] = []
    for section in reader.below(document.root, tree(document.type), "/Bericht", 2):
        if len(found) == MOST_SECTIONS:
            return found, True
        found.append(section)
    return found, False


def meaning_of(code: str, family: str) -> str:
    """The official text of a return code; nothing for one that the list does not have."""
    entry = code_list(_LISTS_OF_RETURN_CODES[Family(family)]).codes.get(code) if family else None
    return entry.label if entry else ""


@dataclass(frozen=True, slots=True)
class _Reader:
    family: Family
    masked: bool

    def below(self, parent: etree._Element, node: Node, path: str, level: int) -> Iterator[Section]:
        """The classes below an element, each before those below it."""
        places: dict[str, int] = {}
        for element in parent:
            name = etree.QName(element).localname
            child = node.child(name)
            if child is None or _is_value(child):
                continue
            places[name] = places.get(name, 0) + 1
            place = f"[{places[name]}]" if child.maximum is None else ""
            here = f"{path}/{name}{place}"
            if child.is_wrapper:
                yield from self.below(element, child, here, level)
                continue
            title = _words(name) + (f" {places[name]}" if child.maximum is None else "")
            yield Section(here, title, min(level, 4), list(self.fields(element, child)))
            yield from self.below(element, child, here, level + 1)

    def fields(
        self, element: etree._Element, node: Node, prefix: str = ""
    ) -> Iterator[tuple[str, str]]:
        """Label and text of the simple elements of a class, and of those in its values."""
        for part in element:
            name = etree.QName(part).localname
            child = node.child(name)
            if child is None:
                continue
            label = f"{prefix}{_words(name)}"
            if child.simple is not None or child.fixed:
                yield label, self.text(name, part.text or "", child)
            elif _is_value(child):
                yield from self.fields(part, child, f"{label}: ")

    def text(self, name: str, text: str, node: Node) -> str:
        if name == "Bsn" and self.masked:
            return mask_bsn(text)
        if node.simple is None:
            return text
        if node.simple.base == "date":
            return _day(text)
        list_name = node.simple.list_name(self.family)
        label = code_list(list_name).label(text) if list_name else text
        return f"{text} ({label})" if label != text else text


def _is_value(node: Node) -> bool:
    """Whether an element is a value: simple, or one of several simple ones such as a period."""
    is_complex = not node.is_wrapper and node.type_name.startswith("CDT_")
    return node.simple is not None or bool(node.fixed) or is_complex


def _words(name: str) -> str:
    return _WORDS.sub(" ", name).capitalize()


def _day(text: str) -> str:
    try:
        return date_nl(date.fromisoformat(text))
    except ValueError:
        return text


def marked(found: Collection[Section], paths: Collection[str]) -> set[str]:
    """Paths of the sections that a finding is about: the deepest that holds its place."""
    marks = set()
    for path in paths:
        holding = [one.path for one in found if path == one.path or path.startswith(one.path + "/")]
        if holding:
            marks.add(max(holding, key=len))
    return marks
