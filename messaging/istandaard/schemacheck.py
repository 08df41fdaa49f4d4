"""The verdict of the schema on a document, at a cost that the document cannot drive up.

libxml2 works out the path of each complaint by counting siblings, so that a hostile document of
many wrong siblings would take hours. A large document is therefore streamed through the schema
first, without paths, and left at the first piece that has complaints.
"""

from __future__ import annotations

import re
from threading import Lock
from typing import Final, cast

from django.utils.translation import gettext_lazy as _
from lxml import etree

from .model.elements import Family
from .model.messages import MessageType
from .policy import PARSER_OPTIONS, Rejection
from .schema import schema_for
from .violations import rejection, rejection_at

_MOST: Final = 50
SMALL: Final = 128 * 1024
"""Bytes up to which a document is checked as a tree, with the place of each complaint."""
_PIECE: Final = 32 * 1024
_SOMEWHERE: Final = Rejection("schema", "", _("The document does not fit the schema."))
_TAG: Final = re.compile(rb"[^>]*>|[^>]+")
_validating: Final = {family: Lock() for family in Family}


def violations_in(data: bytes, kind: MessageType, root: etree._Element) -> tuple[Rejection, ...]:
    """What the schema has against an admitted document; `root` is what was parsed of `data`."""
    if len(data) <= SMALL:
        return violations_of(kind, root)
    if b"chemaLocation" in data:
        # The policy took the hints to schema files out of the tree; the bytes still have them.
        data = etree.tostring(root, encoding="UTF-8")
    parser = etree.XMLParser(schema=schema_for(kind), **PARSER_OPTIONS)
    start = _first_bad_piece(data, parser)
    return () if start is None else _violations_from(data, kind, start)


def fitting_root(data: bytes, kind: MessageType) -> etree._Element | None:
    """The root of a document that fits the schema, parsed and checked in one pass.

    None for one that does not, is not well-formed, or names schema files of its own.
    """
    if b"chemaLocation" in data:
        return None
    parser = etree.XMLParser(schema=schema_for(kind), **PARSER_OPTIONS)
    try:
        if _first_bad_piece(data, parser) is not None:
            return None
        return parser.close()
    except etree.XMLSyntaxError:
        return None


def violations_of(kind: MessageType, root: etree._Element) -> tuple[Rejection, ...]:
    """What the schema has against a small tree, or one that we made."""
    schema = schema_for(kind)
    # The error log belongs to the schema, and validation lets other threads run.
    with _validating[kind.family]:
        if schema.validate(root):
            return ()
        errors = [*schema.error_log][:_MOST]  # type: ignore[misc]
    return tuple(rejection(error, kind, root) for error in errors)


def _first_bad_piece(data: bytes, parser: etree.XMLParser) -> int | None:
    """Where the first piece with a complaint starts; None for a valid document."""
    for start in range(0, len(data), _PIECE):
        parser.feed(data[start : start + _PIECE])
        if len(parser.feed_error_log):
            return start
    return None


def _violations_from(data: bytes, kind: MessageType, start: int) -> tuple[Rejection, ...]:
    """The complaints of the piece that starts there, each with its place."""
    parser = etree.XMLPullParser(("start", "end"), schema=schema_for(kind), **PARSER_OPTIONS)
    parser.feed(data[:start])
    element = _last(parser, None)
    found: list[Rejection] = []
    known = 0
    # Tag by tag: the last element that began or ended is the one complained of.
    for tag in _TAG.finditer(data, start):
        parser.feed(tag[0])
        element = _last(parser, element)
        errors = [*parser.feed_error_log][known:]
        known += len(errors)
        if element is not None:
            found += [rejection_at(error, kind, element) for error in errors]
        # The parser may hold back a tag, so that a complaint comes a little late.
        if len(found) >= _MOST or (found and tag.end() >= start + _PIECE):
            break
    return tuple(found[:_MOST]) or (_SOMEWHERE,)


def _last(parser: etree.XMLPullParser, before: etree._Element | None) -> etree._Element | None:
    """The element of the latest event; the one before where nothing happened."""
    last = before
    for event in parser.read_events():
        last = cast(etree._Element, event[1])
    return last
