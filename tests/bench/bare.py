"""The yardstick of a declaration: parsed and checked by lxml, its raw lines copied."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from lxml import etree

from messaging.istandaard import Family, message_type, schema_for
from tests.bench.cluster import bare_connection

_COLUMNS: Final = 15


@contextmanager
def copying() -> Iterator[Callable[[bytes], None]]:
    """What takes one document in the bare way, in a table that is there for so long."""
    schema = schema_for(message_type(Family.JW, "323"))
    columns = ", ".join(f"c{place} text" for place in range(_COLUMNS))
    with bare_connection() as bare:
        bare.execute("DROP TABLE IF EXISTS bench_raw")
        bare.execute(f"CREATE TABLE bench_raw ({columns})")
        bare.commit()

        def copied(document: bytes) -> None:
            root = etree.fromstring(document)
            assert schema.validate(root)
            with bare.cursor().copy("COPY bench_raw FROM STDIN") as copy:
                copy.write("".join(_raw_lines(root)))
            bare.commit()

        yield copied
        bare.execute("DROP TABLE bench_raw")


def _raw_lines(root: etree._Element) -> Iterator[str]:
    """The lines as text for COPY, the short way: the texts are those of our own generator."""
    empty = ["\\N"] * _COLUMNS
    for client in root.iter("{*}Client"):
        bsn = client[0].text or ""
        for line in client[1]:
            texts = [bsn, *(part.text or "" for part in line.iter() if not len(part))]
            yield "\t".join((texts + empty)[:_COLUMNS]) + "\n"
