"""Stored messages as documents; a large one is read while the one before it is handled."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from messaging.exchange import content
from messaging.exchange.dispatcher import DECLARATION, Declared
from messaging.exchange.models import IncomingMessage
from messaging.istandaard import (
    Finding,
    Message,
    MessageType,
    ParseResult,
    Rejection,
    declaration_head,
    declaration_rows,
    parse,
    read_declaration,
    validate_declaration,
)

#: Stored bytes of a message that is worth a thread, and of one that is too large to hold beside
#: another: some 300 kB and 20 MB of XML.
_LARGE, _HUGE = 16 * 1024, 512 * 1024
#: From so many on one is read while another is handled.
_SEVERAL: Final = 2


@dataclass(frozen=True, slots=True)
class Document:
    """A message that was read.

    `message` is None where the document was rejected; of a declaration it is the head, and
    `findings` are the rules within it that it breaks, which take as long as reading its lines.
    """

    row: IncomingMessage
    type: MessageType | None
    message: Message | None = None
    declared: Declared | None = None
    rejections: Sequence[Rejection] = ()
    findings: Sequence[Finding] = ()

    @property
    def head(self) -> Message:
        """The message. Raises ValueError for a document that was rejected."""
        if self.message is None:
            raise ValueError("a rejected document has no message")
        return self.message

    @property
    def number(self) -> str:
        """Which message it is: 301, 323; empty for a document that is none."""
        return self.type.number if self.type else ""

    def whole(self) -> Message | None:
        """The message with all its lines; of a declaration it is read once more."""
        return parse(content.opened(self.row)).message if self.declared else self.message


def is_large(row: IncomingMessage) -> bool:
    """Whether a stored message may hold thousands of lines."""
    return len(row.content) > _LARGE


Reader = Callable[[IncomingMessage], Document]


def read(row: IncomingMessage) -> Document:
    """Read a stored message. Asks nothing of the database."""
    raw = content.opened(row)
    if (long := read_declaration(raw)) is not None:
        return _declaration(row, Declared(long.head, long.lines), long.findings)
    parsed = parse(raw)
    message = None
    if parsed.is_valid and parsed.type is not None:
        if parsed.type.number == DECLARATION:
            declared = _declared(parsed)
            return _declaration(row, declared, validate_declaration(declared.head, declared.rows))
        message = parsed.message
    return Document(row, parsed.type, message, None, parsed.rejections)


def _declaration(row: IncomingMessage, declared: Declared, findings: Sequence[Finding]) -> Document:
    return Document(row, declared.head.type, declared.head, declared, (), findings)


def _declared(parsed: ParseResult) -> Declared:
    return Declared(declaration_head(parsed), declaration_rows(parsed))


@contextmanager
def ahead(rows: Iterable[IncomingMessage]) -> Iterator[Reader]:
    """A reader of these messages, asked for in this order, that reads a large one beforehand.

    Reading is work of this process, and handling mostly of the database. What fails in reading
    fails where the message is asked for.
    """
    waiting = deque(row for row in rows if is_large(row) and len(row.content) < _HUGE)
    if len(waiting) < _SEVERAL:
        yield read
        return
    begun: dict[int, Future[Document]] = {}
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="reading") as thread:

        def taken(row: IncomingMessage) -> Document:
            future = begun.pop(row.pk, None)
            if waiting and waiting[0].pk == row.pk:
                waiting.popleft()
            # Before anything fails in reading this one.
            if waiting and waiting[0].pk not in begun:
                begun[waiting[0].pk] = thread.submit(read, waiting[0])
            return future.result() if future else read(row)

        yield taken
