"""What a document must be before anybody looks inside: the input policy.

Bytes only, never a path (lxml unpacks gzip files), counted before they are parsed. No entities,
no DOCTYPE, no network, no schema that the document names itself. What is large may not be so in a
way that costs far more than its size: very many comments (libxml2 joins the texts between them one
by one), very many attributes, texts of half a million characters. A document of very many elements
is judged without building a tree of them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final, cast

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from lxml import etree

MAX_BYTES: Final = 25 * 1024 * 1024
"""The hubs pass on at most 25 MB."""

LARGE: Final = 128 * 1024
"""Bytes up to which a document can do little harm, whatever is in it."""

_VAST: Final = 500_000  # tags; a full declaration has a million and more
_MOST_ASIDES: Final = 1_000  # comments, processing instructions and CDATA sections
_MOST_ATTRIBUTES: Final = 1_000
_STEP: Final = 50_000
_LONG_TAG: Final = re.compile(rb"<[^<]{100000}")
_LONG_TEXT: Final = re.compile(rb"<[^<]{500000}")

_GZIP: Final = b"\x1f\x8b"
_BOMS: Final = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_XSI: Final = "{http://www.w3.org/2001/XMLSchema-instance}"
_HINTS: Final = (f"{_XSI}schemaLocation", f"{_XSI}noNamespaceSchemaLocation")
_USUAL: Final = (
    b"<?xml version='1.0' encoding='UTF-8'?>",
    b'<?xml version="1.0" encoding="UTF-8"?>',
)
_HINT: Final = re.compile(
    rb"""\s[^\s=<>"']+:(?:noNamespaceS|s)chemaLocation\s*=\s*(?:"[^"]*"|'[^']*')"""
)
_ENCODING: Final = re.compile(rb"encoding\s*=\s*[\"']([^\"']*)")


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why a document is not read. `code` is stable, `path` may be empty, `message` is for people.

    A rejection for the schema has the code `schema`.
    """

    code: str
    path: str
    message: str | Promise


PARSER_OPTIONS: Final[dict[str, Any]] = {
    "encoding": "utf-8",
    # None can be declared, since a DOCTYPE is refused. Not False: lxml then lets mistakes about
    # entities pass, and with a schema at hand every other mistake too, and gives half a document.
    "resolve_entities": "internal",
    "load_dtd": False,
    "no_network": True,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
}
_PARSER: Final = etree.XMLParser(**PARSER_OPTIONS)


def admit(data: bytes) -> etree._Element | Rejection:
    """The root element of a document that keeps to the policy, otherwise why it does not.

    Comments and processing instructions are gone, so that the text of an element is whole.
    """
    if refusal := refused_bytes(data):
        return refusal
    try:
        root = etree.fromstring(data, _PARSER)
    except etree.XMLSyntaxError as error:
        return _not_xml(error)
    # Belt and braces: the bytes were searched already.
    if root.getroottree().docinfo.internalDTD is not None:
        return _DOCTYPE_REFUSED
    if has_long_text(data):
        return _TEXT_TOO_LONG
    if b"chemaLocation" in data:
        _drop_hints(root)
    return root


def has_long_text(data: bytes) -> bool:
    """Whether a text is so long that it costs many times its bytes."""
    return _has_long_run(data) and _LONG_TEXT.search(data) is not None


def _has_long_run(data: bytes) -> bool:
    """Whether there may be 100,000 bytes without a tag; quick to see in nearly all documents."""
    # A run of twice the step holds one whole step, wherever it begins.
    steps = range(0, len(data) - _STEP + 1, _STEP)
    return any(data.find(b"<", at, at + _STEP) < 0 for at in steps)


def is_vast(data: bytes) -> bool:
    """Whether a tree of the document might take many times the memory of its bytes."""
    return len(data) > 2 * _VAST and data.count(b"<") > _VAST


def admit_vast(data: bytes) -> etree._Element | Rejection:
    """The same for a vast document, without a tree: its root element with what comes first."""
    if refusal := refused_bytes(data):
        return refusal
    if has_long_text(data):
        return _TEXT_TOO_LONG
    try:
        etree.fromstring(data, parser_without_tree())
    except etree.XMLSyntaxError as error:
        return _not_xml(error)
    parser = etree.XMLPullParser(("start",), **PARSER_OPTIONS)
    parser.feed(data[:LARGE])
    root = next((cast(etree._Element, event[1]) for event in parser.read_events()), None)
    if root is None:
        return Rejection("not_xml", "", _("The file does not begin with its root element."))
    if data.count(b"chemaLocation") > sum(name in root.attrib for name in _HINTS):
        text = _("In a file of this size only the root element may name schema files.")
        return Rejection("schema_hint", "", text)
    return root


def without_hints(data: bytes) -> bytes:
    """A vast document that was admitted, without the names of schema files on its root."""
    return _HINT.sub(b"", data) if b"chemaLocation" in data else data


def parser_without_tree(schema: etree.XMLSchema | None = None) -> etree.XMLParser:
    """A parser that tells whether a document is right and keeps nothing of it."""
    return etree.XMLParser(target=_Nothing(), schema=schema, **PARSER_OPTIONS)  # type: ignore[arg-type]


class _Nothing:
    """A target that wants to hear of no element."""

    def close(self) -> None:
        """Nothing was built."""


_DOCTYPE_REFUSED: Final = Rejection(
    "doctype", "", _("A message has no document type declaration (DOCTYPE) and no entities.")
)


_TEXT_TOO_LONG: Final = Rejection(
    "text_too_long", "", _("A text in the file is longer than 500,000 characters.")
)


def _not_xml(error: etree.XMLSyntaxError) -> Rejection:
    text = _("This is not well-formed XML (line %(line)s).") % {"line": error.lineno or 0}
    return Rejection("not_xml", "", text)


def refused_bytes(data: bytes) -> Rejection | None:
    """Why the bytes are not even parsed; None where they may be."""
    if len(data) > MAX_BYTES:
        return Rejection("too_large", "", _("The file is larger than 25 MB."))
    if data.startswith(_GZIP):
        return Rejection("compressed", "", _("The file is compressed. Send the XML itself."))
    if data.startswith(_BOMS):
        return Rejection("bom", "", _("The file starts with a byte order mark. Leave it out."))
    if b"\0" in data:
        return Rejection("nul", "", _("The file holds zero bytes, so it is not UTF-8 text."))
    if not _is_utf8(data):
        return Rejection("not_utf8", "", _("The file is not UTF-8 text."))
    if _has_doctype(data):
        return _DOCTYPE_REFUSED
    return _refused_bulk(data) if len(data) > LARGE else None


def _refused_bulk(data: bytes) -> Rejection | None:
    # Single signs are found many times as fast, and there are seldom more of them.
    if _signs(data, b"!") + _signs(data, b"?") > _MOST_ASIDES and (
        data.count(b"<!") + data.count(b"<?") > _MOST_ASIDES
    ):
        text = _("The file has more than 1,000 comments, instructions or CDATA sections.")
        return Rejection("too_many_comments", "", text)
    if _has_long_run(data) and any(
        run[0].count(b"=") > _MOST_ATTRIBUTES for run in _LONG_TAG.finditer(data)
    ):
        text = _("An element has more than 1,000 attributes, or a text that looks like them.")
        return Rejection("too_many_attributes", "", text)
    return None


def _signs(data: bytes, sign: bytes) -> int:
    """How often a sign stands in the bytes, as far as that matters here."""
    found, at = 0, data.find(sign)
    while at >= 0 and found <= _MOST_ASIDES:
        found, at = found + 1, data.find(sign, at + 1)
    return found


def _is_utf8(data: bytes) -> bool:
    """Whether the bytes are UTF-8 and do not say that they are something else."""
    if data.startswith(b"<?xml") and not data.startswith(_USUAL):
        declared = _ENCODING.search(data[: data.find(b"?>") + 1])
        if declared and declared[1].lower() != b"utf-8":
            return False
    try:
        data.decode("utf-8", errors="strict")
    except UnicodeDecodeError:
        return False
    return True


def _has_doctype(data: bytes) -> bool:
    """Whether a DOCTYPE stands before the root element; in text the word is harmless."""
    # The sign alone is found many times as fast.
    if b"!" not in data or b"<!DOCTYPE" not in data:
        return False
    at = 0
    while (at := data.find(b"<", at)) >= 0:
        if data.startswith(b"<!--", at):
            end = data.find(b"-->", at + 4)
        elif data.startswith(b"<?", at):
            end = data.find(b"?>", at + 2)
        else:
            return data.startswith(b"<!", at)
        if end < 0:
            return False
        at = end + 2
    return False


def _drop_hints(root: etree._Element) -> None:
    """Take out the names of schema files, which libxml2 would go and read."""
    for element in root.iter():
        for name in _HINTS:
            element.attrib.pop(name, "")
