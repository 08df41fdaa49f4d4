"""Hypothesis strategies for any valid message, derived from the model."""

from __future__ import annotations

from datetime import date, time
from typing import Any

from hypothesis import strategies as st

from messaging.istandaard import codelists
from messaging.istandaard.model.elements import Family, Node
from messaging.istandaard.model.messages import MessageType
from messaging.istandaard.model.tree import tree

_PRINTED = st.characters(min_codepoint=0x21, max_codepoint=0x2FFF, exclude_categories=("Cs", "Cn"))
_DIGITS = st.characters(min_codepoint=0x30, max_codepoint=0x39)
_ASCII = st.sampled_from("abcXYZ0189")
_SHAPED: dict[str, st.SearchStrategy[str]] = {
    "[0-9]{8}": st.text(_DIGITS, min_size=8, max_size=8),
    "[0-9]{9}": st.text(_DIGITS, min_size=9, max_size=9),
    "[0-9]{4}": st.text(_DIGITS, min_size=4, max_size=4),
    "[0-9]*": st.text(_DIGITS, min_size=1, max_size=15),
    "[a-zA-ZÀ-ỳ]+": st.text(st.sampled_from("abzAZéÀ"), min_size=1, max_size=6),
    "([a-zA-Z0-9])+": st.text(_ASCII, min_size=1, max_size=12),
}


def messages(kind: MessageType) -> st.SearchStrategy[Any]:
    root = tree(kind)
    assert root.build is not None
    fields = {child.attribute: _value(child, kind.family) for child in root.children}
    return st.builds(root.build, family=st.just(kind.family), **fields)


def _value(node: Node, family: Family) -> st.SearchStrategy[Any]:
    if node.is_wrapper:
        item = _value(node.children[0], family)
        return st.lists(item, min_size=node.minimum, max_size=3).map(tuple)
    if node.simple is not None:
        some = _simple(node, family)
        absent: Any = "" if node.simple.base == "string" else None
    else:
        assert node.build is not None
        below = {
            child.attribute: _value(child, family) for child in node.children if not child.fixed
        }
        some, absent = st.builds(node.build, **below), None
    return some if node.minimum else st.one_of(st.just(absent), some)


def _simple(node: Node, family: Family) -> st.SearchStrategy[Any]:
    simple = node.simple
    assert simple is not None
    if name := simple.list_name(family):
        return st.sampled_from(list(codelists.packaged(name).codes))
    match simple.base:
        case "integer":
            return st.integers(simple.low, simple.high)
        case "date":
            return st.dates(date.min, date.max)
        case "time":
            return st.times(time.min, time.max)
    if simple.name == "LDT_Versie":
        return st.just("1.20.3")
    shaped = _SHAPED.get(node.pattern or simple.pattern)
    if shaped is not None:
        return shaped
    return st.text(_PRINTED, min_size=1, max_size=simple.max_length or 300)
