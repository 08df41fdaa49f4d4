"""Bytes → typed message or rejection, and back. Never an exception on what comes in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, dataclass
from dataclasses import fields as fields_of
from functools import cached_property, lru_cache
from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from lxml import etree

from . import policy, scalars
from .model.elements import Family, Node
from .model.messages import MESSAGE_TYPES, Message, MessageType
from .model.tree import tree
from .official import disagreement
from .policy import Rejection
from .schemacheck import checker_for

#: Bytes within which the root element names its namespaces.
_HEAD: Final = 2048
_BY_ROOT: Final = {f"{{{kind.namespace}}}Bericht": kind for kind in MESSAGE_TYPES.values()}

Reader = Callable[[list[etree._Element], int], tuple[Any, int]]
"""All elements and the place to read at → the value and the place after it."""
Writer = Callable[[etree._Element, Any], None]


class InvalidMessageError(ValueError):
    """A message that was made here does not fit the schema; a bug of the caller."""


@dataclass(frozen=True)
class ParseResult:
    """What came of a document.

    `type` is None where it is no message of the standards, `root` where it is no admissible XML.
    `message` is made when it is first asked for, so that a long declaration can be read straight
    from `root`.
    """

    type: MessageType | None
    root: etree._Element | None
    rejections: tuple[Rejection, ...] = ()

    @property
    def is_valid(self) -> bool:
        """Well-formed, within the input policy, and valid by the schema."""
        return not self.rejections

    @cached_property
    def message(self) -> Message | None:
        """The typed message; None where the document was rejected."""
        if self.rejections or self.type is None or self.root is None:
            return None
        return _reader(self.type)(self.root)

    @property
    def bsn(self) -> str | None:
        """Text of the first Bsn, also of a document that the schema refuses."""
        if self.root is None:
            return None
        return next((element.text or "" for element in self.root.iter("{*}Bsn")), None)


def parse(data: bytes) -> ParseResult:
    """Check a document against policy and schema; its `message` is the typed object.

    Where the operator has the official schemas, these judge it too.
    """
    if len(data) > policy.LARGE and (read := _in_one_pass(data)) is not None:
        return read
    if policy.is_vast(data) and (refused := _refused_vast(data)):
        return refused
    root = policy.admit(data)
    if isinstance(root, Rejection):
        return ParseResult(None, None, (root,))
    kind = _BY_ROOT.get(root.tag)
    if kind is None:
        return _unknown(root)
    violations = checker_for(kind).violations_in(data, kind, root)
    return ParseResult(kind, root, violations + disagreement(data, kind, root, violations))


def _in_one_pass(data: bytes) -> ParseResult | None:
    """A large document that fits our schema, read and checked at once; None for any other."""
    kind = likely_type(data)
    if kind is None or policy.refused_bytes(data) is not None or policy.has_long_text(data):
        return None
    root = checker_for(kind).fitting_root(data)
    if root is None or not is_of_type(root, kind):
        return None
    return ParseResult(kind, root, disagreement(data, kind, root, ()))


def likely_type(data: bytes) -> MessageType | None:
    """Which message this seems to be by the namespaces at its start; the root element decides."""
    head = data[:_HEAD]
    return next((k for k in MESSAGE_TYPES.values() if k.namespace.encode() in head), None)


def is_of_type(root: etree._Element, kind: MessageType) -> bool:
    """Whether this is the root element of such a message."""
    return _BY_ROOT.get(root.tag) == kind


def _unknown(root: etree._Element) -> ParseResult:
    text = _("This is not a message of iWmo 3.2 or iJw 3.2.")
    return ParseResult(None, root, (Rejection("unknown_message", "", text),))


def _refused_vast(data: bytes) -> ParseResult | None:
    """The refusal of a document that is too vast to build a tree of before it is known to be right.

    Its `root` holds what comes first in the document. None where nothing is wrong.
    """
    head = policy.admit_vast(data)
    if isinstance(head, Rejection):
        return ParseResult(None, None, (head,))
    kind = _BY_ROOT.get(head.tag)
    if kind is None:
        return _unknown(head)
    found = checker_for(kind).violations_in_stream(policy.without_hints(data), kind)
    return ParseResult(kind, head, found) if found else None


def read_without(result: ParseResult, wrapper: str) -> Message:
    """The typed message with one list left empty, for documents too long to hold as objects.

    Raises ValueError for a document that was rejected.
    """
    if result.rejections or result.type is None or result.root is None:
        raise ValueError("a rejected document has no message")
    return read_root_without(result.type, result.root, wrapper)


def read_root_without(kind: MessageType, root: etree._Element, wrapper: str) -> Message:
    """The same of the root of a document that is known to be valid."""
    return _reader(kind, wrapper)(root)


def serialize(message: Message) -> bytes:
    """The document of a message: UTF-8 without byte order mark, the same bytes every time.

    Raises InvalidMessageError where the message does not fit the schema.
    """
    kind = message.type
    root = _root_of(message)
    if problems := checker_for(kind).violations_of(kind, root):
        places = ", ".join(problem.path for problem in problems)
        raise InvalidMessageError(f"{kind} does not fit the schema at {places}")
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


def outlined(message: Message) -> tuple[str, tuple[Rejection, ...]]:
    """The document of a message that is still being written, indented for a person to read.

    With what the schema has against it: an element that has no value yet is left out. Raises
    InvalidMessageError for a character that XML does not have.
    """
    root = _root_of(message)
    complaints = checker_for(message.type).violations_of(message.type, root)
    etree.indent(root)
    return etree.tostring(root, encoding="unicode"), complaints


def _root_of(message: Message) -> etree._Element:
    kind = message.type
    prefixes = {f"i{kind.family}": kind.base_namespace, kind.name.lower(): kind.namespace}
    root = etree.Element(f"{{{kind.namespace}}}Bericht", nsmap=prefixes)
    try:
        _writer(kind)(root, message)
    except ValueError as error:
        raise InvalidMessageError("a text holds a character that XML does not have") from error
    return root


def _namespace(node: Node, kind: MessageType) -> str:
    return kind.base_namespace if node.in_base else kind.namespace


@lru_cache(maxsize=64)
def _reader(kind: MessageType, without: str = "") -> Callable[[etree._Element], Message]:
    """A reader of whole documents that leaves the elements below one wrapper alone."""
    # The family is no element of the document.
    read_root = _element_reader(tree(kind), without, {"family": kind.family}, kind)
    skipped = f"{{{kind.namespace}}}{without}" if without else ""

    def read(root: etree._Element) -> Message:
        message: Message = read_root(_flat(root, skipped), 0)[0]
        return message

    return read


def _flat(root: etree._Element, skipped: str) -> list[etree._Element]:
    """All elements in document order; a list is quicker to walk than a list for each parent."""
    if not skipped:
        return list(root.iter())
    found: list[etree._Element] = []
    waiting = [root]
    while waiting:
        element = waiting.pop()
        found.append(element)
        if element.tag != skipped:
            waiting += reversed(element)
    return found


def _element_reader(node: Node, without: str, given: dict[str, Any], kind: MessageType) -> Reader:
    """A reader of one class. The document is valid, so only absence has to be looked for.

    It fills the slots itself: the `__init__` of a frozen dataclass takes twice as long.
    """
    build = node.build
    if not isinstance(build, type):
        raise TypeError(f"{node.name} has no class")
    if all(child.minimum and child.simple and not child.fixed for child in node.children):
        return _value_reader(build, node.children)
    free = [child for child in node.children if not child.fixed]
    fixed, total = len(node.children) - len(free), len(free)
    fields = [(*_slot(build, child.attribute), *_field(child, without, kind)) for child in free]
    preset = _preset(build, given, {child.attribute for child in free})
    create = object.__new__

    def read(elements: list[etree._Element], at: int) -> tuple[Any, int]:
        left = len(elements[at]) - fixed
        missing = total - left
        at += 1 + fixed
        made: Any = create(build)
        for put, value in preset:
            put(made, value)
        for put, default, tag, is_optional, convert, read_below in fields:
            if missing and is_optional and (not left or elements[at].tag != tag):
                missing -= 1
                put(made, default)
                continue
            left -= 1
            if read_below is not None:
                value, at = read_below(elements, at)
                put(made, value)
                continue
            text = elements[at].text
            put(made, convert(text or "") if convert is not None else text)
            at += 1
        return made, at

    return read


def _value_reader(build: type, children: tuple[Node, ...]) -> Reader:
    """A reader of a class whose elements are all texts and always there, as most values are."""
    fields = [
        (_slot(build, child.attribute)[0], _CONVERTERS[child.simple.base])
        for child in children
        if child.simple is not None
    ]
    preset = _preset(build, {}, {child.attribute for child in children})
    create = object.__new__

    def read(elements: list[etree._Element], at: int) -> tuple[Any, int]:
        made: Any = create(build)
        for put, value in preset:
            put(made, value)
        for put, convert in fields:
            at += 1
            text = elements[at].text
            put(made, convert(text or "") if convert is not None else text)
        return made, at + 1

    return read


_Slot = tuple[Callable[[Any, Any], None], Any]


def _slot(build: type, attribute: str) -> _Slot:
    """How to fill a field, and its default: None where it has none and is always present."""
    default = build.__dataclass_fields__[attribute].default  # type: ignore[attr-defined]
    return getattr(build, attribute).__set__, None if default is MISSING else default


def _preset(build: type, given: dict[str, Any], read: set[str]) -> list[_Slot]:
    """Fields that no element of this message type fills, with what stands in them."""
    found: list[_Slot] = []
    for name in (field.name for field in fields_of(build) if field.name not in read):
        put, default = _slot(build, name)
        found.append((put, given.get(name, default)))
    return found


_Field = tuple[str, bool, "Callable[[str], Any] | None", "Reader | None"]


def _field(node: Node, without: str, kind: MessageType) -> _Field:
    """Tag, whether it may be absent, and how to read a text or what is below.

    No string type of the standard may be empty, so a text is taken as it is.
    """
    tag = f"{{{_namespace(node, kind)}}}{node.name}"
    is_optional = node.minimum == 0
    if node.simple is not None:
        return tag, is_optional, _CONVERTERS[node.simple.base], None
    if node.is_wrapper:
        below = _list_reader(node, without, kind)
    else:
        below = _below_reader(node, without, kind)
    return tag, is_optional, None, below


_value_readers: Final[dict[tuple[object, Family], Reader]] = {}


def _below_reader(node: Node, without: str, kind: MessageType) -> Reader:
    """A value of the basic schema is the same in every message of a family: one reader for all."""
    if not node.type_name.startswith("CDT_"):
        return _element_reader(node, without, {}, kind)
    key = (node.build, kind.family)
    if key not in _value_readers:
        _value_readers[key] = _element_reader(node, "", {}, kind)
    return _value_readers[key]


_CONVERTERS: Final[dict[str, Callable[[str], Any] | None]] = {
    "string": None,
    "integer": scalars.read_integer,
    "date": scalars.read_date,
    "time": scalars.read_time,
}


def _list_reader(wrapper: Node, without: str, kind: MessageType) -> Reader:
    _tag, _is_optional, _convert, read_item = _field(wrapper.children[0], without, kind)

    def read(elements: list[etree._Element], at: int) -> tuple[Any, int]:
        count = len(elements[at])
        at += 1
        if wrapper.name == without:
            return (), at
        if read_item is None:
            return tuple([each.text or "" for each in elements[at : at + count]]), at + count
        items = []
        for _place in range(count):
            item, at = read_item(elements, at)
            items.append(item)
        return tuple(items), at

    return read


@lru_cache(maxsize=64)
def _writer(kind: MessageType) -> Writer:
    return _element_writer(tree(kind), kind)


def _element_writer(node: Node, kind: MessageType) -> Writer:
    parts = [
        (child, f"{{{_namespace(child, kind)}}}{child.name}", _value_writer(child, kind))
        for child in node.children
    ]

    def write(element: etree._Element, value: Any) -> None:
        for child, tag, write_value in parts:
            held = child.fixed or getattr(value, child.attribute)
            # Absent text and lists are empty, everything else that is absent is None.
            if held is not None and held != "" and held != ():
                write_value(etree.SubElement(element, tag), held)

    return write


def _value_writer(node: Node, kind: MessageType) -> Writer:
    if node.is_wrapper:
        return _list_writer(node.children[0], kind)
    if node.simple is None:
        return _element_writer(node, kind)
    writers: dict[str, Callable[[Any], str]] = {
        "date": scalars.write_date,
        "time": scalars.write_time,
    }
    text = writers.get(node.simple.base, str)

    def write(element: etree._Element, value: Any) -> None:
        element.text = text(value)

    return write


def _list_writer(item: Node, kind: MessageType) -> Writer:
    tag = f"{{{_namespace(item, kind)}}}{item.name}"
    write_item = _value_writer(item, kind)

    def write(element: etree._Element, values: tuple[Any, ...]) -> None:
        for value in values:
            write_item(etree.SubElement(element, tag), value)

    return write
