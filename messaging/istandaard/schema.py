"""XML Schemas of the messages, generated from the model and compiled once per process.

For documents that pass the input policy the verdict equals that of the official schemas: same
names, order, cardinality, facets and value lists.

The messages of a family are compiled together, since each alone brings its own copy of all value
types: one copy stays in the processor's cache, fourteen do not. The root element, whose namespace
is that of one message, decides which message a document is held to.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from threading import Lock
from typing import Final

from lxml import etree

from . import codelists
from .model.elements import Family, Node, SimpleType
from .model.messages import MESSAGE_TYPES, MessageType, base_namespace
from .model.tree import tree
from .model.types import SIMPLE_TYPES

_XS: Final = "http://www.w3.org/2001/XMLSchema"
_BASE_FILE: Final = "basisschema.xsd"
_compiling: Final = Lock()


def schema_for(message_type: MessageType) -> etree.XMLSchema:
    """The compiled schema. One at a time may validate with it: its error log is shared.

    It is the same object for all messages of a family.
    """
    with _compiling:
        return _compiled(message_type.family)


@lru_cache(maxsize=2)
def _compiled(family: Family) -> etree.XMLSchema:
    kinds = [kind for kind in MESSAGE_TYPES.values() if kind.family == family]
    parser = etree.XMLParser(no_network=True)
    parser.resolvers.add(_Imported(family, kinds))
    root = etree.Element(f"{{{_XS}}}schema", nsmap={"xs": _XS})
    for kind in kinds:
        _add(root, "import", namespace=kind.namespace, schemaLocation=f"{kind.name}.xsd")
    return etree.XMLSchema(etree.fromstring(etree.tostring(root), parser))


class _Imported(etree.Resolver):
    """Answers the imports of the schemas from memory."""

    def __init__(self, family: Family, kinds: Iterable[MessageType]) -> None:
        self._texts = {f"{kind.name}.xsd": schema_text(kind) for kind in kinds}
        self._texts[_BASE_FILE] = base_schema_text(family)

    # The stubs leave out the context that lxml gives and wants back.
    def resolve(self, url: str, public_id: str, context: object) -> object:  # type: ignore[override]
        text = self._texts[url.rpartition("/")[2]]
        return self.resolve_string(text.encode(), context, base_url=url)


@lru_cache(maxsize=64)
def schema_text(message_type: MessageType) -> str:
    """The message schema as text; it imports the basic schema as `basisschema.xsd`."""
    namespace = message_type.namespace
    schema = _schema_element(namespace, {"m": namespace, "b": message_type.base_namespace})
    _add(schema, "import", namespace=message_type.base_namespace, schemaLocation=_BASE_FILE)
    root = tree(message_type)
    _add(schema, "element", name=root.name, type="m:Root")
    for node in _named_types(root, in_base=False):
        _add_complex(schema, node)
    return _text(schema)


@lru_cache(maxsize=2)
def base_schema_text(family: Family) -> str:
    """The basic schema of a family as text: all value types."""
    namespace = base_namespace(family)
    schema = _schema_element(namespace, {"b": namespace})
    for simple in SIMPLE_TYPES.values():
        _add_restriction(schema, simple, family)
    roots = [
        tree(kind) for (kind_family, _), kind in MESSAGE_TYPES.items() if kind_family == family
    ]
    complex_types = {
        node.type_name: node for root in roots for node in _named_types(root, in_base=True)
    }
    for node in complex_types.values():
        _add_complex(schema, node)
    return _text(schema)


def _schema_element(namespace: str, prefixes: dict[str, str]) -> etree._Element:
    attributes = {"targetNamespace": namespace, "elementFormDefault": "qualified"}
    return etree.Element(f"{{{_XS}}}schema", attributes, nsmap={"xs": _XS, **prefixes})


def _add(parent: etree._Element, tag: str, /, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, f"{{{_XS}}}{tag}", attributes)


def _text(schema: etree._Element) -> str:
    return etree.tostring(schema, encoding="unicode", pretty_print=True)


def _named_types(root: Node, *, in_base: bool) -> Iterator[Node]:
    """The complex types below an element, each once, those that it uses after it."""
    seen: set[str] = set()
    waiting = [root]
    while waiting:
        node = waiting.pop(0)
        if node.simple is not None or node.type_name in seen:
            continue
        seen.add(node.type_name)
        waiting += node.children
        if node.type_name.startswith("CDT_") == in_base:
            yield node


def _add_complex(schema: etree._Element, node: Node) -> None:
    sequence = _add(_add(schema, "complexType", name=node.type_name), "sequence")
    for child in node.children:
        attributes = {"name": child.name}
        if child.minimum != 1:
            attributes["minOccurs"] = str(child.minimum)
        if child.maximum != 1:
            attributes["maxOccurs"] = "unbounded"
        if not child.pattern:
            attributes["type"] = _qualified(child.type_name)
        element = _add(sequence, "element", **attributes)
        if child.pattern:
            narrowed = _add(_add(element, "simpleType"), "restriction", base=f"b:{child.type_name}")
            _add(narrowed, "pattern", value=child.pattern)


def _qualified(type_name: str) -> str:
    return f"{'b' if type_name[:4] in {'LDT_', 'CDT_'} else 'm'}:{type_name}"


def _add_restriction(schema: etree._Element, simple: SimpleType, family: Family) -> None:
    restriction = _add(
        _add(schema, "simpleType", name=simple.name), "restriction", base=f"xs:{simple.base}"
    )
    facets = {
        "minInclusive": simple.low,
        "maxInclusive": simple.high,
        "minLength": simple.min_length,
        "maxLength": simple.max_length,
    }
    for name, value in facets.items():
        if value is not None:
            _add(restriction, name, value=str(value))
    if simple.pattern:
        _add(restriction, "pattern", value=simple.pattern)
    if list_name := simple.list_name(family):
        for code in codelists.packaged(list_name).codes:
            _add(restriction, "enumeration", value=code)
