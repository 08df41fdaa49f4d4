"""The element tree of a message type, derived once from the dataclasses of the model."""

from __future__ import annotations

import types
from collections.abc import Hashable
from dataclasses import Field, fields
from functools import lru_cache
from typing import Annotated, Any, Union, cast, get_args, get_origin, get_type_hints

from .elements import PARTY, Element, Node, Tag
from .header import Header, ReturnHeader
from .messages import MessageType
from .types import SIMPLE_TYPES

_FIXED_VERSION = {"BerichtVersie": "3", "BerichtSubversie": "2"}


@lru_cache(maxsize=64)
def tree(message_type: MessageType) -> Node:
    """The root element `Bericht` of a message type with everything below it."""
    children = _children(message_type.message, message_type)
    return Node(
        name="Bericht",
        in_base=False,
        type_name="Root",
        children=children,
        build=message_type.message,
    )


def _children(element: type[Element], message_type: MessageType) -> tuple[Node, ...]:
    hints = _hints(cast(Hashable, element))
    nodes = _fixed(message_type) if issubclass(element, Header) else []
    # The return codes come from the base class and stand last in the document.
    declared = sorted(fields(element), key=lambda field: field.name == "return_codes")  # type: ignore[arg-type]
    for field in declared:
        if get_origin(hints[field.name]) is Annotated:
            nodes += _nodes(element, field, hints[field.name], message_type)
    return tuple(nodes)


@lru_cache(maxsize=128)
def _hints(element: Any) -> dict[str, Any]:
    return get_type_hints(element, include_extras=True)


def _fixed(message_type: MessageType) -> list[Node]:
    values = {"BerichtCode": message_type.code, **_FIXED_VERSION}
    return [
        Node(
            name=name,
            in_base=False,
            type_name=f"LDT_{name}",
            simple=SIMPLE_TYPES[f"LDT_{name}"],
            fixed=value,
            pattern=value,
        )
        for name, value in values.items()
    ]


def _nodes(
    element: type[Element], field: Field[Any], hint: Any, message_type: MessageType
) -> list[Node]:
    value_type, tag = get_args(hint)[0], hint.__metadata__[0]
    if tag.family not in {None, message_type.family}:
        return []
    minimum = 0 if _may_be_absent(field) else 1
    if field.name == "return_codes":
        if not message_type.has_return_codes:
            return []
        minimum = 0 if element is ReturnHeader else 1
    if "/" in tag.path:
        return [_wrapper(element, field, value_type, tag, minimum, message_type)]
    item = _single(value_type)
    return [_leaf(element, tag.path, tag, item, message_type, minimum, field.name)]


def _may_be_absent(field: Field[Any]) -> bool:
    return field.default is None or field.default in ("", ())


def _single(value_type: Any) -> Any:
    """The type itself where it is `X | None`."""
    if get_origin(value_type) in (Union, types.UnionType):
        return next(part for part in get_args(value_type) if part is not types.NoneType)
    return value_type


def _wrapper(
    element: type[Element],
    field: Field[Any],
    value_type: Any,
    tag: Tag,
    minimum: int,
    message_type: MessageType,
) -> Node:
    outer, _, inner = tag.path.partition("/")
    item = _leaf(element, inner, tag, get_args(value_type)[0], message_type, 1, "", many=True)
    return Node(
        name=outer,
        in_base=element.in_base,
        type_name=outer,
        minimum=minimum,
        children=(item,),
        attribute=field.name,
        is_wrapper=True,
    )


def _leaf(
    element: type[Element],
    name: str,
    tag: Tag,
    item: Any,
    message_type: MessageType,
    minimum: int,
    attribute: str,
    *,
    many: bool = False,
) -> Node:
    maximum = None if many else 1
    if tag.type:
        simple = SIMPLE_TYPES[_party(name, message_type) if tag.type == PARTY else tag.type]
        return Node(
            name=name,
            in_base=element.in_base,
            type_name=simple.name,
            minimum=minimum,
            maximum=maximum,
            simple=simple,
            pattern=tag.pattern,
            attribute=attribute,
        )
    return Node(
        name=name,
        in_base=element.in_base,
        type_name=item.xml_type,
        minimum=minimum,
        maximum=maximum,
        children=_children(item, message_type),
        attribute=attribute,
        build=item,
    )


def _party(name: str, message_type: MessageType) -> str:
    is_municipality = (name == "Afzender") == message_type.from_municipality
    return "LDT_Gemeente" if is_municipality else "LDT_AgbCode"
