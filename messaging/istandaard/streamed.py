"""A long declaration, read client by client while its schema is checked.

Two passes side by side cost less time than one that does both: the check builds nothing and lets
other threads run. What was read of a client is let go at once, so that a declaration of 28,000
lines takes little memory.
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
from .schemacheck import checker_for

_PIECE: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class LongDeclaration:
    """A 323: its message without clients, and their lines by column."""

    head: DeclarationMessage
    lines: ServiceLines


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
        lines = LineReader()
        try:
            root = _take_lines(data, kind, lines, fits)
        except etree.XMLSyntaxError:
            # The check lets pass what only a tree minds, such as an instruction `<?a:b?>`.
            return None
        except LookupError:
            # A document that does not fit may lack anything that is looked for.
            if fits.result():
                raise
            return None
        if root is None or not fits.result() or not is_of_type(root, kind):
            return None
        head = read_root_without(kind, root, "Clienten")
        return LongDeclaration(cast(DeclarationMessage, head), lines.lines())


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
