"""The verdict of the schema on a document, at a cost that the document cannot drive up.

libxml2 works out the path of each complaint by counting siblings, so that a hostile document of
many wrong siblings would take hours. A large document is therefore streamed through the schema
first, without paths, and left at the first piece that has complaints.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from threading import Lock
from typing import Final, cast

from django.utils.translation import gettext_lazy as _
from lxml import etree

from .model.elements import Family
from .model.messages import MessageType
from .policy import LARGE, PARSER_OPTIONS, Rejection, parser_without_tree
from .schema import schema_for
from .violations import rejection, rejection_at

_MOST: Final = 50
#: Bytes that are fed at once: few at first, so that what is wrong from its start is left soon, and
#: soon many, for between two pieces a check in a thread waits for what is read meanwhile.
_PIECE, _MOST_OF_PIECE, _GROWTH = 32 * 1024, 2 * 1024 * 1024, 4
_SOMEWHERE: Final = Rejection("schema", "", _("The document does not fit the schema."))
_TAG: Final = re.compile(rb"[^>]*>|[^>]+")
_making: Final = Lock()


@dataclass(frozen=True, slots=True)
class Checker:
    """A compiled schema as a judge of documents, for one thread at a time."""

    schema: etree.XMLSchema
    # The error log belongs to the schema, and validation lets other threads run.
    _lock: Lock = field(default_factory=Lock, repr=False)

    def violations_in(
        self, data: bytes, kind: MessageType, root: etree._Element
    ) -> tuple[Rejection, ...]:
        """What the schema has against an admitted document; `root` was parsed of `data`."""
        if len(data) <= LARGE:
            return self.violations_of(kind, root)
        if b"chemaLocation" in data:
            # The policy took the hints to schema files out of the tree; the bytes still have them.
            data = etree.tostring(root, encoding="UTF-8")
        return self.violations_in_stream(data, kind)

    def violations_in_stream(self, data: bytes, kind: MessageType) -> tuple[Rejection, ...]:
        """The same of bytes that name no schema files; no tree is built of what is right."""
        start = self._first_bad_piece(data, parser_without_tree(self.schema))
        return () if start is None else self._violations_from(data, kind, start)

    def fits(self, data: bytes) -> bool:
        """Whether a document that names no schema files is well-formed and right.

        Builds nothing of it, and lets other threads run.
        """
        parser = parser_without_tree(self.schema)
        try:
            if self._first_bad_piece(data, parser) is not None:
                return False
            parser.close()
        except etree.XMLSyntaxError:
            return False
        return True

    def fitting_root(self, data: bytes) -> etree._Element | None:
        """The root of a document that fits the schema, parsed and checked in one pass.

        None for one that does not, is not well-formed, or names schema files of its own.
        """
        if b"chemaLocation" in data:
            return None
        parser = etree.XMLParser(schema=self.schema, **PARSER_OPTIONS)
        try:
            if self._first_bad_piece(data, parser) is not None:
                return None
            return parser.close()
        except etree.XMLSyntaxError:
            return None

    def violations_of(self, kind: MessageType, root: etree._Element) -> tuple[Rejection, ...]:
        """What the schema has against a small tree, or one that we made."""
        with self._lock:
            if self.schema.validate(root):
                return ()
            errors = [*self.schema.error_log][:_MOST]  # type: ignore[misc]
        return tuple(rejection(error, kind, root) for error in errors)

    def _first_bad_piece(self, data: bytes, parser: etree.XMLParser) -> int | None:
        """Where the first piece with a complaint starts; None for a valid document."""
        start, size = 0, _PIECE
        while start < len(data):
            parser.feed(data[start : start + size])
            if len(parser.feed_error_log):
                return start
            start, size = start + size, min(_GROWTH * size, _MOST_OF_PIECE)
        return None

    def _violations_from(self, data: bytes, kind: MessageType, start: int) -> tuple[Rejection, ...]:
        """The complaints of the piece that starts there, each with its place."""
        parser = etree.XMLPullParser(("start", "end"), schema=self.schema, **PARSER_OPTIONS)
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


def checker_for(kind: MessageType) -> Checker:
    """The judge by our own schema, generated from the model: one for all messages of a family."""
    with _making:
        return _checker(kind.family, schema_for(kind))


@lru_cache(maxsize=2)
def _checker(family: Family, schema: etree.XMLSchema) -> Checker:
    return Checker(schema)


def _last(parser: etree.XMLPullParser, before: etree._Element | None) -> etree._Element | None:
    """The element of the latest event; the one before where nothing happened."""
    last = before
    for event in parser.read_events():
        last = cast(etree._Element, event[1])
    return last
