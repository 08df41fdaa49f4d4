"""10,000 small messages: policy, schema, typed object and the rules within the message."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from lxml import etree

from messaging.istandaard import (
    MESSAGE_TYPES,
    Family,
    MessageType,
    base_schema_text,
    parse,
    schema_text,
    serialize,
    validate,
)
from tests.bench.measuring import Measured, in_turns
from tests.istandaard import samples

MESSAGES: Final = 10_000
RUNS: Final = 7
AIM: Final = 2.5
_BY_ROOT: Final = {f"{{{kind.namespace}}}Bericht": kind for kind in MESSAGE_TYPES.values()}


def measure() -> Measured:
    """Documents lie in memory for both, so that the disk makes nobody look better."""
    documents = small_documents(MESSAGES)
    schemas = {tag: _schema(kind) for tag, kind in _BY_ROOT.items()}

    def ours() -> None:
        judged = [_judged(document) for document in documents]
        assert 0 < sum(judged) < len(documents)

    def bare() -> None:
        valid = [_checked(document, schemas) for document in documents]
        assert 0 < sum(valid) < len(documents)

    seconds = in_turns(ours, bare, runs=RUNS)
    what = f"{MESSAGES} small messages: schema, typed object, rules / bare lxml and schema"
    return Measured("messages", what, *seconds, AIM)


def _judged(document: bytes) -> bool:
    message = parse(document).message
    return message is not None and not validate(message)


def _checked(document: bytes, schemas: dict[str, etree.XMLSchema]) -> bool:
    root = etree.fromstring(document)
    return bool(schemas[root.tag].validate(root))


def _schema(kind: MessageType) -> etree.XMLSchema:
    """The schema of one message by itself, as whoever starts from the published files has it."""
    with TemporaryDirectory() as folder:
        Path(folder, "basisschema.xsd").write_text(base_schema_text(kind.family))
        path = Path(folder, f"{kind.name}.xsd")
        path.write_text(schema_text(kind))
        return etree.XMLSchema(etree.parse(path))


def small_documents(count: int) -> Sequence[bytes]:
    """All types of both families in turn; of a hundred, one breaks the schema and one a rule."""
    kinds = cycle(kind for kind in MESSAGE_TYPES.values() if kind.number in samples.ALL)
    return [_document(kind, place) for place, kind in enumerate(islice(kinds, count))]


def _document(kind: MessageType, place: int) -> bytes:
    message = samples.message(kind.number, Family(kind.family))
    number = replace(message.header.message_id, number=f"B{place}")
    # A return message repeats the header that it answers, so its own number is elsewhere.
    document = serialize(replace(message, header=replace(message.header, message_id=number)))
    if place % 100 == 1:
        return document.replace(b"Header>", b"Hoofd>")
    if place % 100 == 2:
        return document.replace(samples.BSN.encode(), b"123456789")
    return document
