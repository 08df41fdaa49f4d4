"""A long declaration, read while its schema is checked, and asked the rules within it.

Side by side these cost less time than one after the other: the check builds nothing and lets other
threads run. Lines are taken from the text where it is written plainly, else client by client from a
tree that is let go at once, so that a declaration of 28,000 lines takes little memory.
"""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final, cast

from lxml import etree

from hoofdaannemer.core.collecting import uncollected

from . import official, policy
from .codec import is_of_type, likely_type, read_root_without
from .lines import LineReader, ServiceLines
from .model.messages import DeclarationMessage, MessageType
from .plainlines import take_plainly
from .rules import Finding, validate_declaration
from .schemacheck import checker_for

_PIECE: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class LongDeclaration:
    """A 323: its message without clients, their lines by column, and the rules within it broken."""

    head: DeclarationMessage
    lines: ServiceLines
    findings: list[Finding]


def read_declaration(data: bytes) -> LongDeclaration | None:
    """A large 323 that keeps to policy and schema.

    None for any other document, of which `parse` says what there is to say; also where an official
    schema must judge it too, which takes the whole tree.
    """
    return streamed(data) if len(data) > policy.LARGE else None


def streamed(data: bytes) -> LongDeclaration | None:
    """The same of a document of any size; of a small one it is no gain."""
    kind = likely_type(data)
    if kind is None or kind.number != "323" or not _may_be_streamed(data, kind):
        return None
    with uncollected(), ThreadPoolExecutor(1, thread_name_prefix="schema") as thread:
        fits = thread.submit(checker_for(kind).fits, data)
        try:
            found = _read(data, kind, fits)
        except etree.XMLSyntaxError:
            # The check lets pass what only a tree minds, such as an instruction `<?a:b?>`.
            return None
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
            # A document that does not fit may lack anything that is looked for, or hold anything.
            if fits.result():
                raise
            return None
        return found if fits.result() else None


def _read(data: bytes, kind: MessageType, fits: Future[bool]) -> LongDeclaration | None:
    """What the document says if it fits the schema; None where it is of another type after all."""
    lines = LineReader()
    if (rest := take_plainly(data, lines, fits)) is not None:
        root: etree._Element | None = etree.fromstring(
            rest, etree.XMLParser(**policy.PARSER_OPTIONS)
        )
    else:
        lines = LineReader()
        root = _take_lines(data, kind, lines, fits)
    if root is None or not is_of_type(root, kind):
        return None
    head = cast(DeclarationMessage, read_root_without(kind, root, "Clienten"))
    rows = lines.lines()
    return LongDeclaration(head, rows, validate_declaration(head, rows))


def _may_be_streamed(data: bytes, kind: MessageType) -> bool:
    return (
        b"chemaLocation" not in data
        and policy.refused_bytes(data) is None
        and not policy.has_long_text(data)
        and not official.judges(kind)
    )


def _take_lines(
    data: bytes, kind: MessageType, lines: LineReader, fits: Future[bool]
) -> etree._Element | None:
    """The root without what is below its clients; None once the schema has something against it."""
    name = f"{{{kind.namespace}}}Client"
    clients = etree.XMLPullParser(("end",), tag=name, **policy.PARSER_OPTIONS)
    for start in range(0, len(data), _PIECE):
        if fits.done() and not fits.result():
            return None
        clients.feed(data[start : start + _PIECE])
        for _event, client in clients.read_events():
            element = cast(etree._Element, client)
            lines.take(element)
            element.clear()
    return clients.close()
