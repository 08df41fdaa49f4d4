"""What a document must be before anybody looks inside: the input policy, in one function.

Bytes only, never a path (lxml unpacks gzip files), counted before they are parsed. No entities,
no DOCTYPE, no network, no schema that the document names itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from lxml import etree

MAX_BYTES: Final = 25 * 1024 * 1024
"""The hubs pass on at most 25 MB."""

_GZIP: Final = b"\x1f\x8b"
_BOMS: Final = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_XSI: Final = "{http://www.w3.org/2001/XMLSchema-instance}"
_HINTS: Final = (f"{_XSI}schemaLocation", f"{_XSI}noNamespaceSchemaLocation")
_USUAL: Final = (
    b"<?xml version='1.0' encoding='UTF-8'?>",
    b'<?xml version="1.0" encoding="UTF-8"?>',
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
    "resolve_entities": False,
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
        line = error.lineno or 0
        text = _("This is not well-formed XML (line %(line)s).") % {"line": line}
        return Rejection("not_xml", "", text)
    # Belt and braces: the bytes were searched already.
    if root.getroottree().docinfo.internalDTD is not None:
        return _DOCTYPE_REFUSED
    if b"chemaLocation" in data:
        _drop_hints(root)
    return root


_DOCTYPE_REFUSED: Final = Rejection(
    "doctype", "", _("A message has no document type declaration (DOCTYPE) and no entities.")
)


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
    return None


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
    if b"<!DOCTYPE" not in data:
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
