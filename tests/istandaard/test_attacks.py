"""Hostile files: refused or judged in two seconds and 200 MB, whatever is in them."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from messaging.istandaard import MAX_BYTES, serialize
from messaging.istandaard.model.elements import Family
from tests.istandaard import samples
from tests.istandaard.test_schema import long_declaration

SECONDS: Final = 2
SLACK: Final = 2
"""How many times longer a loaded machine may take; its waiting is not counted at all."""

GOOD: Final = serialize(samples.message("305"))
BODY: Final = GOOD.partition(b"?>")[2]
DECLARATION: Final = serialize(samples.message("323"))
NINE_MB: Final = 9_000_000
XSI: Final = b'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
HINT: Final = b'<P xsi:schemaLocation="urn:x file:///dev/zero"/>'

LAUGHS: Final = b"<!DOCTYPE x [<!ENTITY a 'ha'>%b]>" % b"".join(
    b"<!ENTITY %c '%s'>" % (letter, b"&%c;" % (letter - 1) * 10) for letter in b"bcdefghij"
)
LONG_ENTITY: Final = b"<!DOCTYPE x [<!ENTITY a '" + b"a" * 1_000_000 + b"'>]>"
PARAMETER: Final = b'<!DOCTYPE x [<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;]>'
EXTERNAL: Final = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
NETWORK: Final = b'<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x.dtd">'


def text(value: bytes) -> bytes:
    """A start message with a value in its family name."""
    return GOOD.replace(b">Jansen<", b">" + value + b"<")


def after_declaration(doctype: bytes, value: bytes = b"x") -> bytes:
    return doctype + text(value).partition(b"?>")[2]


def full(piece: bytes, head: bytes, tail: bytes) -> bytes:
    """As many pieces as a file of the largest size holds."""
    return head + piece * ((MAX_BYTES - len(head) - len(tail)) // len(piece)) + tail


def in_declaration(piece: bytes) -> bytes:
    head, _, rest = long_declaration(1).partition(b"<jw323:Prestatie>")
    head = head.replace(b"<jw323:Bericht ", b"<jw323:Bericht " + XSI + b" ")
    return full(piece, head, rest.rpartition(b"</jw323:Prestatie>")[2])


def attributes(count: int) -> bytes:
    some = b" ".join(b'a%d="1"' % place for place in range(count))
    return GOOD.replace(b"<wmo305:Client>", b"<wmo305:Client " + some + b">")


def names(count: int) -> bytes:
    return text(b"".join(b"<a%d/>" % place for place in range(count)))


def amount(digits: bytes) -> bytes:
    return DECLARATION.replace(b">12000<", b">" + digits + b"<", 1)


def started(day: bytes) -> bytes:
    return GOOD.replace(b">2026-03-02<", b">" + day + b"<")


ATTACKS: dict[str, tuple[str, Callable[[], bytes]]] = {
    # entities and DOCTYPE
    "a billion laughs": ("doctype", lambda: after_declaration(LAUGHS, b"&j;")),
    "one long entity often": ("doctype", lambda: after_declaration(LONG_ENTITY, b"&a;" * 100_000)),
    "parameter entity": ("doctype", lambda: after_declaration(PARAMETER)),
    "external entity": ("doctype", lambda: after_declaration(EXTERNAL, b"&a;")),
    "DTD on the network": ("doctype", lambda: after_declaration(NETWORK)),
    "DOCTYPE after 20 MB of comment": (
        "doctype",
        lambda: b"<!--" + b"x" * 20_000_000 + b"-->" + after_declaration(EXTERNAL, b"&a;"),
    ),
    "DOCTYPE in small letters": ("not_xml", lambda: after_declaration(b"<!doctype x>")),
    "UTF-16 little": ("nul", lambda: after_declaration(EXTERNAL).decode().encode("utf-16-le")),
    "UTF-16 big": ("nul", lambda: after_declaration(EXTERNAL).decode().encode("utf-16-be")),
    "UTF-16 with mark": ("bom", lambda: after_declaration(EXTERNAL).decode().encode("utf-16")),
    "UTF-32": ("nul", lambda: after_declaration(EXTERNAL).decode().encode("utf-32-le")),
    "UTF-7 declared": (
        "not_utf8",
        lambda: b'<?xml version="1.0" encoding="UTF-7"?>+ADw-!DOCTYPE x+AD4-' + BODY,
    ),
    # sizes
    "gzip bomb": ("compressed", lambda: gzip.compress(b"<a>" + b" " * 200_000_000 + b"</a>")),
    "100 MB of text": ("too_large", lambda: text(b"x" * 100_000_000)),
    "9 MB of text": ("text_too_long", lambda: text(b"x" * NINE_MB)),
    "9 MB of blanks": ("text_too_long", lambda: text(b" " * NINE_MB)),
    "5 million character references": ("text_too_long", lambda: text(b"&#65;" * 5_000_000)),
    "text after the end": ("not_xml", lambda: GOOD + b" " * NINE_MB + b"<"),
    "9 MB of name": ("not_xml", lambda: text(b"<" + b"a" * NINE_MB + b"/>")),
    # depth and number
    "a million deep": ("not_xml", lambda: b"<a>" * 1_000_000 + b"</a>" * 1_000_000),
    "240 deep, often": ("schema", lambda: text((b"<a>" * 240 + b"</a>" * 240) * 14_000)),
    "6 million siblings": ("unknown_message", lambda: full(b"<a/>", b"<r>", b"</r>")),
    "siblings in a message": ("schema", lambda: in_declaration(b"<a/>")),
    "siblings that fit by name": ("schema", lambda: in_declaration(b"<jw323:Prestatie/>")),
    "siblings with blanks": ("schema", lambda: in_declaration(b"<a/>\n")),
    "cut off after many": ("not_xml", lambda: in_declaration(b"<a/>")[:-40]),
    "2 million names": ("schema", lambda: names(2_000_000)),
    "schema files on many": ("schema_hint", lambda: in_declaration(HINT)),
    # attributes
    "15,000 attributes": ("schema", lambda: attributes(10_000)),
    "60,000 attributes": ("too_many_attributes", lambda: attributes(60_000)),
    "1.5 million attributes": ("too_many_attributes", lambda: attributes(1_500_000)),
    "9 MB of attribute": (
        "text_too_long",
        lambda: GOOD.replace(b"<wmo305:Client>", b'<wmo305:Client a="' + b"x" * NINE_MB + b'">'),
    ),
    # numbers, dates, comments
    "5,000 digits": ("schema", lambda: amount(b"9" * 5_000)),
    "9 MB of digits": ("text_too_long", lambda: amount(b"9" * NINE_MB)),
    "400,000 zeros in front": ("TR358", lambda: amount(b"0" * 400_000 + b"12001")),
    "year of 5,000 digits": ("schema", lambda: started(b"9" * 5_000 + b"-03-02")),
    "year of 9 MB": ("text_too_long", lambda: started(b"9" * NINE_MB + b"-03-02")),
    "3 million comments in a value": (
        "too_many_comments",
        lambda: text(b"<!---->".join([b"J"] * 3_000_000)),
    ),
    "3 million instructions in a value": (
        "too_many_comments",
        lambda: text(b"<?a?>".join([b"J"] * 3_000_000)),
    ),
    "a million pieces of CDATA": ("too_many_comments", lambda: text(b"<![CDATA[x]]>" * 1_000_000)),
    "10,000 comments in a value": ("schema", lambda: text(b"<!---->".join([b"J"] * 10_000))),
}


class Process:
    """The judging process, kept for all attacks."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.istandaard.attacked"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, document: bytes, *, bare: bool = False) -> dict[str, Any]:
        path = self._folder / "attack.xml"
        path.write_bytes(document)
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{'bare ' if bare else ''}{path}\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        path.unlink()
        return answer

    def stop(self) -> None:
        self._process.communicate()


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    process = Process(tmp_path_factory.mktemp("attacks"))
    yield process
    process.stop()


@pytest.mark.parametrize("name", ATTACKS)
def test_attack(name: str, process: Process) -> None:
    code, make = ATTACKS[name]
    answer = process.ask(make())
    assert code in answer["rules"], answer
    assert len(answer["rules"]) == 1
    assert answer["cpu_seconds"] < SECONDS * SLACK


def test_comments_inside_values_hide_nothing(process: Process) -> None:
    hidden = GOOD.replace(b"999900006", b"9999<!-- 0 -->0000<?x 1?>7")
    assert process.ask(hidden)["rules"] == ["CS002"]


def test_limit_bites(process: Process) -> None:
    """Bare lxml does not get through the siblings with the memory that we need."""
    answer = process.ask(full(b"<a/>", b"<r>", b"</r>"), bare=True)
    assert answer.keys() == {"died"}


@pytest.mark.parametrize("family", Family)
def test_full_declaration_is_no_attack(family: Family, process: Process) -> None:
    """The largest file that the hubs pass on, of 28,000 lines: judged, in no more memory."""
    document = long_declaration(28_000)
    if family == Family.WMO:
        document = document.replace(b"jw323", b"wmo323").replace(b"ijw", b"iwmo")
        document = document.replace(b"/iJW/", b"/iWMO/").replace(b">45<", b">02<")
        document = document.replace(b">490<", b">484<")
    answer = process.ask(document)
    assert answer["type"] == f"{family.upper()}323"
    assert answer["xsd_valid"]
