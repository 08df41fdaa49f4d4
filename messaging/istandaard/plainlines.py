"""Declared lines taken from the text of a document as nearly all software writes it.

Between its clients such a document has elements only, without attributes or escapes, and one prefix
for each of the two namespaces. One pattern then finds what a walk over its tree would, in a quarter
of the time. What is valid is for the schema to say; here it is only made sure that no element was
passed over.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from concurrent.futures import Future
from functools import lru_cache
from typing import Final

from .lines import LineReader

#: Bytes that are looked through at once, between which a document may turn out to be wrong.
_PIECE: Final = 256 * 1024
_TEXT: Final = r"([^<&\r]*)"
_SPACE: Final = r"[ \t\r\n]*"
_PREFIXES: Final = re.compile(
    rb"<([\w.-]+:)?Prestatie>[ \t\r\n]*<[\w.:-]+>[ \t\r\n]*<([\w.-]+:)?ReferentieNummer>"
)
#: Tags of a line without its optional elements, of each of those, and of a client around its lines.
_OF_LINE, _OF_OPTION, _OF_CLIENT = 28, 2, 6
#: Places of texts that a row may lack: the client before its first line, and two of a line.
_BSN, _PREVIOUS, _TARIFF = 0, 2, 10


def take_plainly(data: bytes, lines: LineReader, fits: Future[bool]) -> bytes | None:
    """Take the lines in, and return the document without what is below its clients.

    None where it is not written plainly, or once the schema has something against it.
    """
    prefixes = _PREFIXES.search(data)
    if prefixes is None:
        return None
    own, base = ((found or b"").decode() for found in prefixes.groups())
    opening, closing = f"<{own}Clienten>".encode(), f"</{own}Clienten>".encode()
    start, end = data.find(opening) + len(opening), data.rfind(closing)
    if not len(opening) <= start < end:
        return None
    pattern, tags = _pattern(own, base), 0
    for piece in _pieces(data, start, end, f"</{own}Prestatie>".encode()):
        try:
            rows = pattern.findall(piece.decode())
        except UnicodeDecodeError:
            return None
        # The very first line stands below a client.
        is_plain = bool(rows) and bool(tags or rows[0][_BSN])
        if not is_plain or (fits.done() and not fits.result()):
            return None
        lines.take_texts(rows)
        tags += _tags(rows)
    # With one more, something stands there that the pattern passed over.
    return data[:start] + data[end:] if tags == data.count(b"<", start, end) else None


def _pieces(data: bytes, start: int, end: int, last: bytes) -> Iterator[bytes]:
    """The bytes in pieces of whole lines, each ending with the tag of its last one."""
    while start < end:
        # The check in its thread waits for its turn now and then, to take up what it does next.
        time.sleep(0)
        stop = data.rfind(last, start, min(start + _PIECE, end))
        if stop < 0 or end - start <= _PIECE:
            stop = end
        else:
            stop += len(last)
        yield data[start:stop]
        start = stop


def _tags(rows: list[tuple[str, ...]]) -> int:
    clients, previous, tariffs = (
        sum(1 for row in rows if row[place]) for place in (_BSN, _PREVIOUS, _TARIFF)
    )
    return len(rows) * _OF_LINE + clients * _OF_CLIENT + (previous + tariffs) * _OF_OPTION


@lru_cache(maxsize=8)
def _pattern(own: str, base: str) -> re.Pattern[str]:
    """One line, the first of a client with what stands before it; `own` and `base` are prefixes."""

    def one(name: str, prefix: str = own) -> str:
        return _element(prefix + name, _TEXT)

    client = f"<{own}Client>{_SPACE}{one('Bsn')}{_SPACE}<{own}Prestaties>{_SPACE}"
    reference = f"{one('ReferentieNummer', base)}(?:{_SPACE}{one('VorigReferentieNummer', base)})?"
    period = _SPACE.join((one("Begindatum", base), one("Einddatum", base)))
    amount = _SPACE.join((one("Bedrag", base), one("DebetCredit", base)))
    line = _SPACE.join(
        (
            _element(f"{own}ProductReferentie", reference, _SPACE),
            *map(one, ("ToewijzingNummer", "ProductCategorie", "ProductCode")),
            _element(f"{own}ProductPeriode", period, _SPACE),
            *map(one, ("GeleverdVolume", "Eenheid")),
            f"(?:{one('ProductTarief')}{_SPACE})?"
            + _element(f"{own}IngediendBedrag", amount, _SPACE),
        )
    )
    return re.compile(f"(?:{client})?{_element(f'{own}Prestatie', line, _SPACE)}")


def _element(name: str, content: str, space: str = "") -> str:
    return f"<{re.escape(name)}>{space}{content}{space}</{re.escape(name)}>"
