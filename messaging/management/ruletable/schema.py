"""Which types and elements of the generated schema enforce a rule."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from messaging.istandaard.model.elements import Node, SimpleType
from messaging.istandaard.model.messages import MESSAGE_TYPES
from messaging.istandaard.model.tree import tree
from messaging.istandaard.model.types import SIMPLE_TYPES
from messaging.istandaard.rules.catalogue import StandardRule

_ATTRIBUTES: Final = {
    "minInclusive": "low",
    "maxInclusive": "high",
    "minLength": "min_length",
    "maxLength": "max_length",
}


def enforcing_types(rule: StandardRule) -> list[str]:
    """Simple types, or the one element, that restrict as the rule says.

    Empty where a type that the rule names does not: then the schema does not enforce it.
    """
    if rule.facet == "fixed" or any("." in name for name in rule.elements):
        return list(rule.elements) if _restricts_element(rule) else []
    if not rule.elements:
        return [simple.name for simple in SIMPLE_TYPES.values() if _restricts(simple, rule.facet)]
    named = [SIMPLE_TYPES.get(name) for name in rule.elements]
    holds = all(simple is not None and _restricts(simple, rule.facet) for simple in named)
    return list(rule.elements) if holds else []


def _restricts(simple: SimpleType, facet: str) -> bool:
    name, _, value = facet.partition(" ")
    if name == "pattern":
        return bool(simple.pattern)
    return str(getattr(simple, _ATTRIBUTES[name])) == value


def _restricts_element(rule: StandardRule) -> bool:
    """Whether each message of the rule has the element, narrowed to a value or a pattern."""
    nodes = [
        node
        for kind in MESSAGE_TYPES.values()
        if kind.number in rule.messages
        for node in _named(tree(kind), rule.elements[0])
    ]
    is_fixed = rule.facet == "fixed"
    return bool(nodes) and all(node.fixed if is_fixed else node.pattern for node in nodes)


def _named(root: Node, name: str) -> Iterator[Node]:
    """The element with this path, such as Header.BerichtVersie, or the elements of this type."""
    waiting = [(root, "")]
    while waiting:
        node, path = waiting.pop()
        waiting += [(child, f"{path}.{child.name}") for child in node.children]
        if name in {path.lstrip("."), node.type_name}:
            yield node
