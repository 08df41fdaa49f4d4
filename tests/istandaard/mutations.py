"""Documents with one thing in them that the schema does not allow, derived from the model."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Final, NamedTuple

from hypothesis import strategies as st
from lxml import etree

from messaging.istandaard.model.elements import Node
from messaging.istandaard.model.messages import MessageType
from messaging.istandaard.model.tree import tree

_UNKNOWN = "Onbekend"
#: A value of no number, day, time or code list.
_NO_VALUE = "☹"


class Place(NamedTuple):
    """An element of a document with its node in the model."""

    element: etree._Element
    node: Node


def mutated(kind: MessageType, document: bytes) -> st.SearchStrategy[bytes]:
    """The valid document with one fault in it."""
    root = etree.fromstring(document)
    places = list(_places(root, tree(kind)))
    return st.sampled_from([*_faults(places)]).map(lambda fault: _applied(root, *fault))


def _places(element: etree._Element, node: Node) -> Iterator[Place]:
    yield Place(element, node)
    for child in element:
        below = node.child(etree.QName(child).localname)
        assert below is not None
        yield from _places(child, below)


def _faults(places: list[Place]) -> Iterator[tuple[int, str]]:
    """Where and what: elements by their place in the document, which holds in a copy too."""
    for number, place in enumerate(places):
        for fault, (_mutate, may_be_made) in _FAULTS.items():
            if may_be_made(place):
                yield number, fault


def _always(place: Place) -> bool:
    return True


def _has_children(place: Place) -> bool:
    return bool(place.node.children)


def _is_needed(place: Place) -> bool:
    if place.element.getparent() is None or not place.node.minimum:
        return False
    return place.node.maximum == 1 or _is_only(place.element)


def _stands_once(place: Place) -> bool:
    return place.element.getparent() is not None and place.node.maximum == 1


def _differs_from_next(place: Place) -> bool:
    following = place.element.getnext()
    return following is not None and following.tag != place.element.tag


def _is_no_free_text(place: Place) -> bool:
    simple = place.node.simple
    return simple is not None and (simple.base != "string" or bool(simple.code_list))


def _has_a_length(place: Place) -> bool:
    simple = place.node.simple
    return simple is not None and bool(simple.max_length) and not simple.code_list


def _is_only(element: etree._Element) -> bool:
    parent = element.getparent()
    assert parent is not None
    return len(parent.findall(element.tag)) == 1


def _applied(original: etree._Element, place: int, fault: str) -> bytes:
    root = deepcopy(original)
    mutate, _condition = _FAULTS[fault]
    mutate([*root.iter()][place])
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _attribute(element: etree._Element) -> None:
    element.set("extra", "1")


def _rename(element: etree._Element) -> None:
    element.tag = f"{{{etree.QName(element).namespace}}}{_UNKNOWN}"


def _stranger(element: etree._Element) -> None:
    etree.SubElement(element, f"{{{etree.QName(element).namespace}}}{_UNKNOWN}")


def _text(element: etree._Element) -> None:
    element.text = "x"


def _drop(element: etree._Element) -> None:
    parent = element.getparent()
    assert parent is not None
    parent.remove(element)


def _double(element: etree._Element) -> None:
    element.addnext(deepcopy(element))


def _swap(element: etree._Element) -> None:
    following = element.getnext()
    assert following is not None
    following.addnext(element)


def _value(element: etree._Element) -> None:
    element.text = _NO_VALUE


def _long(element: etree._Element) -> None:
    element.text = "9" * 1000


#: How the document is spoilt, and of which elements that makes it wrong.
_FAULTS: Final[dict[str, tuple[Callable[[etree._Element], None], Callable[[Place], bool]]]] = {
    "attribute": (_attribute, _always),
    "other name": (_rename, _always),
    "stranger within": (_stranger, _always),
    "text between elements": (_text, _has_children),
    "left out": (_drop, _is_needed),
    "twice": (_double, _stands_once),
    "in other order": (_swap, _differs_from_next),
    "no such value": (_value, _is_no_free_text),
    "too long": (_long, _has_a_length),
}
