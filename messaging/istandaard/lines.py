"""Declared lines as plain rows: straight from the document, without an object for each.

A declaration may hold 28,000 lines; rows are what `COPY` takes, and what the rules of the
declaration work on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import NamedTuple, TypeVar

from lxml import etree

from .codec import ParseResult, read_without
from .model.messages import DeclarationAnswerMessage, DeclarationMessage
from .model.values import CREDIT
from .scalars import read_date, read_integer

_Value = TypeVar("_Value")


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


def declaration_rows(
    source: ParseResult | DeclarationMessage | DeclarationAnswerMessage,
) -> Iterator[ServiceRow]:
    """The lines of a 323 or 325 in document order.

    Raises ValueError for a document that was rejected or is another message.
    """
    if isinstance(source, ParseResult):
        if source.root is None or not source.is_valid or not _holds_lines(source):
            raise ValueError("this document has no declared lines")
        return _rows_of_document(source.root)
    return _rows_of_message(source)


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


def _rows_of_document(root: etree._Element) -> Iterator[ServiceRow]:
    line = 0
    clients = root.iter("{*}Client")
    values = _Values(_Read(read_date), _Read(read_integer))
    for client_place, client in enumerate(clients, start=1):
        bsn = client[0].text or ""
        for place, element in enumerate(client[1], start=1):
            line += 1
            yield _row(line, client_place, place, bsn, element, values)


class _Read(dict[str, _Value]):
    """Texts with what they say: ten thousand lines have a few days and amounts between them."""

    def __init__(self, read: Callable[[str], _Value]) -> None:
        self.read = read

    def __missing__(self, text: str) -> _Value:
        value = self[text] = self.read(text)
        return value


class _Values(NamedTuple):
    """What was read in one document."""

    days: _Read[date]
    numbers: _Read[int]


def _row(
    line: int, client: int, place: int, bsn: str, element: etree._Element, values: _Values
) -> ServiceRow:
    # Valid by the schema, so order is certain: only the previous number and the tariff may be
    # absent, and in an answer return codes follow.
    texts = [part.text or "" for part in element.iter()]
    has_previous = len(element[0]) > 1
    has_tariff = element[_TARIFF].tag.endswith("}ProductTarief")
    after = _NUMBER + has_previous
    number, category, code, _period, start, end, volume, unit = texts[after : after + 8]
    amount, debit_credit = texts[after + 9 + has_tariff : after + 11 + has_tariff]
    days, numbers = values
    return ServiceRow(
        line,
        client,
        place,
        bsn,
        texts[_REFERENCE],
        texts[_REFERENCE + 1] if has_previous else "",
        read_integer(number),
        category,
        code,
        days[start],
        days[end],
        numbers[volume],
        unit,
        numbers[texts[after + 8]] if has_tariff else None,
        numbers[amount],
        debit_credit,
    )


#: Places among the elements of a line, itself the first: its reference, and its allocation
#: number where there is no previous reference. Place of the tariff among its children.
_REFERENCE, _NUMBER, _TARIFF = 2, 3, 7


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
