"""Declared lines by column: straight from the document, without an object for each.

A declaration may hold 28,000 lines; columns are what `COPY` takes, and what the rules of the
declaration work on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from operator import itemgetter
from typing import Any, Final, NamedTuple

from lxml import etree

from hoofdaannemer.core.columns import Columns

from .codec import ParseResult, read_without
from .model.messages import DeclarationAnswerMessage, DeclarationMessage
from .model.values import CREDIT
from .scalars import read_date, read_integer


class ServiceRow(NamedTuple):
    """One declared line. `line` counts from 1 in document order, over all clients.

    `client` and `place` are the places, from 1, of the client and of the line below it. `volume`
    is in whole units (eurocents where the unit is 83), `tariff` and `amount` are in eurocents.
    """

    line: int
    client: int
    place: int
    bsn: str
    reference: str
    previous_reference: str
    allocation_number: int
    category: str
    code: str
    start: date
    end: date
    volume: int
    unit: str
    tariff: int | None
    amount: int
    debit_credit: str

    @property
    def signed(self) -> int:
        """Eurocents; a credit is negative."""
        return -self.amount if self.debit_credit == CREDIT else self.amount

    @property
    def path(self) -> str:
        """Path below the declaration (or its answer)."""
        return f"Clienten/Client[{self.client}]/Prestaties/Prestatie[{self.place}]"


class ServiceLines(Columns[ServiceRow]):
    """The lines of a declaration or its answer, in document order."""

    row = ServiceRow
    __slots__ = ()

    @property
    def signed(self) -> int:
        """Eurocents of all together; a credit is negative."""
        amounts = zip(self.column("amount"), self.column("debit_credit"), strict=True)
        return sum(-amount if kind == CREDIT else amount for amount, kind in amounts)


def declaration_rows(
    source: ParseResult | DeclarationMessage | DeclarationAnswerMessage,
) -> ServiceLines:
    """The lines of a 323 or 325 in document order.

    Raises ValueError for a document that was rejected or is another message.
    """
    if isinstance(source, ParseResult):
        if source.root is None or not source.is_valid or not _holds_lines(source):
            raise ValueError("this document has no declared lines")
        return _lines_of_document(source.root)
    return ServiceLines.of(list(_rows_of_message(source)))


def declaration_head(result: ParseResult) -> DeclarationMessage:
    """The declaration without its clients, quick also for a very long document.

    Raises ValueError for a document that is no valid 323.
    """
    message = read_without(result, "Clienten")
    if not isinstance(message, DeclarationMessage):
        raise ValueError("this document is no declaration")
    return message


def _holds_lines(source: ParseResult) -> bool:
    return source.type is not None and source.type.number in {"323", "325"}


class LineReader:
    """Takes in clients of a valid document one after another; whose lines it took may be let go."""

    def __init__(self) -> None:
        self._clients: list[int] = []
        self._places: list[int] = []
        self._bsns: list[str] = []
        self._texts: list[tuple[str, ...]] = []
        self._taken = 0

    def take(self, client: etree._Element) -> None:
        """The lines of the next client."""
        self._taken += 1
        lines = client[1]
        below = len(lines)
        self._texts += map(_texts, lines)
        self._clients += [self._taken] * below
        self._places += range(1, below + 1)
        self._bsns += [client[0].text or ""] * below

    def take_texts(self, rows: list[tuple[str, ...]]) -> None:
        """The next lines by their texts, in the order of `ServiceRow` from the reference on.

        Each begins with the number of the client whose first line it is, else with nothing. Raises
        LookupError where the very first names no client.
        """
        bsn = rows[0][0] or self._bsns[-1]
        place = 0 if rows[0][0] else self._places[-1]
        for row in rows:
            if row[0]:
                self._taken += 1
                bsn, place = row[0], 0
            place += 1
            self._clients.append(self._taken)
            self._places.append(place)
            self._bsns.append(bsn)
            self._texts.append(row[1:])

    def lines(self) -> ServiceLines:
        """What was taken in, by column."""
        days, numbers = _Read(read_date), _Read(read_integer)
        columns = zip(*self._texts, strict=True) if self._texts else ((),) * len(_READERS)
        return ServiceLines(
            (
                range(1, len(self._texts) + 1),
                self._clients,
                self._places,
                self._bsns,
                *(
                    column if kind is None else list(map((days, numbers)[kind].__getitem__, column))
                    for column, kind in zip(columns, _READERS, strict=True)
                ),
            )
        )


def _lines_of_document(root: etree._Element) -> ServiceLines:
    reader = LineReader()
    for client in root.iter("{*}Client"):
        reader.take(client)
    return reader.lines()


class _Read(dict[str, Any]):
    """Texts with what they say: ten thousand lines have a few days and amounts between them.

    No text says None.
    """

    def __init__(self, read: Callable[[str], Any]) -> None:
        super().__init__({"": None})
        self.read = read

    def __missing__(self, text: str) -> Any:
        value = self[text] = self.read(text)
        return value


def _texts(line: etree._Element) -> tuple[str, ...]:
    """The texts of one line from its reference on, empty where an element is absent.

    Valid by the schema, so order is certain: only the previous number and the tariff may be
    absent, and in an answer return codes follow.
    """
    parts = list(line.iter())
    texts = [part.text or "" for part in parts]
    has_previous = len(parts[_REFERENCE - 1]) > 1
    if not has_previous:
        texts.insert(_REFERENCE + 1, "")
    if not parts[_TARIFF + has_previous].tag.endswith("}ProductTarief"):
        texts.insert(_TARIFF + 1, "")
    picked: tuple[str, ...] = _PICKED(texts)
    return picked


#: Places among the elements of a line, itself the first: its reference, and its tariff where
#: there is no previous reference. Then those of all texts where there is both.
_REFERENCE, _TARIFF = 2, 11
_PICKED: Final = itemgetter(2, 3, 4, 5, 6, 8, 9, 10, 11, 12, 14, 15)
_DAY, _NUMBER = 0, 1
#: How each of these is read; None is a text.
_READERS: Final = (
    *(None, None, _NUMBER, None, None),
    *(_DAY, _DAY, _NUMBER, None, _NUMBER, _NUMBER, None),
)


def _rows_of_message(
    message: DeclarationMessage | DeclarationAnswerMessage,
) -> Iterator[ServiceRow]:
    content = message.content
    clients = getattr(content, "clients", ())
    line = 0
    for client_place, client in enumerate(clients, start=1):
        for place, service in enumerate(client.service_lines, start=1):
            line += 1
            yield ServiceRow(
                line,
                client_place,
                place,
                client.bsn,
                service.reference.number,
                service.reference.previous,
                service.allocation_number,
                service.category,
                service.code,
                service.product_period.start,
                service.product_period.end,
                service.delivered_volume,
                service.unit,
                service.tariff,
                service.submitted_amount.cents,
                service.submitted_amount.debit_credit,
            )
