"""Documents that must not get in, and those that look like it and may."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from messaging.istandaard import MAX_BYTES, Family, parse, serialize
from messaging.istandaard.policy import LARGE
from tests.istandaard import samples

GOOD = serialize(samples.message("305"))
BODY = GOOD.partition(b"?>")[2]
BOMB = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>'
FILE = b'<!DOCTYPE x SYSTEM "file:///etc/passwd">'


def with_text(text: bytes) -> bytes:
    return GOOD.replace(b">Jansen<", b">" + text + b"<")


REFUSED: dict[str, tuple[str, Callable[[], bytes]]] = {
    "empty": ("not_xml", lambda: b""),
    "no XML": ("not_xml", lambda: b"MESSAGE;305"),
    "cut off": ("not_xml", lambda: GOOD[:-20]),
    "entity bomb": ("doctype", lambda: BOMB + with_text(b"&b;").partition(b"?>")[2]),
    "external DTD": ("doctype", lambda: FILE + BODY),
    "DOCTYPE after comment": ("doctype", lambda: b"<!-- > -->\n<?a b?>" + FILE + BODY),
    "DOCTYPE in UTF-16": ("nul", lambda: (FILE + BODY).decode().encode("utf-16-le")),
    "UTF-16 with mark": ("bom", lambda: BODY.decode().encode("utf-16")),
    "UTF-8 with mark": ("bom", lambda: b"\xef\xbb\xbf" + GOOD),
    "NUL": ("nul", lambda: GOOD + b"\0"),
    "gzip": ("compressed", lambda: gzip.compress(GOOD)),
    "Latin-1 bytes": ("not_utf8", lambda: with_text(b"Andr\xe9")),
    "Latin-1 declared": ("not_utf8", lambda: GOOD.replace(b"UTF-8", b"ISO-8859-1")),
    "UTF-7 declared": ("not_utf8", lambda: GOOD.replace(b"UTF-8", b"UTF-7")),
    "overlong slash": ("not_utf8", lambda: with_text(b"\xc0\xaf")),
    "surrogate": ("not_utf8", lambda: with_text(b"\xed\xa0\x80")),
    "undeclared entity": ("not_xml", lambda: with_text(b"&xxe;")),
    "control character": ("not_xml", lambda: with_text(b"&#1;")),
    "deep": ("not_xml", lambda: b"<a>" * 100_000 + b"</a>" * 100_000),
    "too large": ("too_large", lambda: b"<a>" + b" " * MAX_BYTES + b"</a>"),
    "100 MB": ("too_large", lambda: with_text(b"x" * 100_000_000)),
    "other namespace": ("unknown_message", lambda: GOOD.replace(b"3_2/wmo305", b"3_1/wmo305")),
    "other root": ("unknown_message", lambda: b"<Bericht/>"),
    "long text": ("not_xml", lambda: with_text(b"x" * 11_000_000)),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name: str) -> None:
    code, make = REFUSED[name]
    result = parse(make())
    assert [rejection.code for rejection in result.rejections] == [code]
    assert str(result.rejections[0].message)
    assert result.message is None


def test_comments_and_instructions_do_not_cut_values() -> None:
    hidden = GOOD.replace(b"999900006", b"9999<!-- --><?x y?>00006")
    result = parse(hidden)
    assert result.bsn == "999900006"
    assert result.message == parse(GOOD).message


def test_cdata_is_text() -> None:
    result = parse(with_text(b"<![CDATA[Jan<!DOCTYPE x>sen]]>"))
    assert result.message is not None
    assert result.message.client.name.surname.name == "Jan<!DOCTYPE x>sen"  # type: ignore[attr-defined]


def test_doctype_in_a_comment_is_harmless() -> None:
    assert parse(GOOD.replace(b"?>", b"?><!-- <!DOCTYPE x> -->", 1)).is_valid


def test_named_schema_files_are_not_read() -> None:
    namespace = b'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    hint = namespace + b' xsi:schemaLocation="urn:x /dev/zero"'
    assert parse(GOOD.replace(b"<wmo305:Bericht ", b"<wmo305:Bericht " + hint + b" ")).is_valid


def test_first_bsn_of_a_document_that_the_schema_refuses() -> None:
    result = parse(GOOD.replace(b"999900006", b"99990000x"))
    assert result.bsn == "99990000x"
    assert [rejection.path for rejection in result.rejections][:1] == ["/Bericht/Client/Bsn"]
    assert "99990000x" not in str(result.rejections[0].message)


def test_long_blank_text_is_judged_quickly() -> None:
    """A pattern that backtracks would take hours on this."""
    blank = b" " * 200_000
    result = parse(with_text(blank + b"x\n" + blank + b"x"))
    assert [rejection.code for rejection in result.rejections] == ["schema", "schema"]


def _declared(lines: int) -> bytes:
    """A good 323; a thousand lines and it is large."""
    message: Any = samples.message("323", Family.JW)
    client = message.declaration.clients[0]
    many = replace(client, service_lines=client.service_lines * lines)
    return serialize(replace(message, declaration=replace(message.declaration, clients=(many,))))


BROKEN: dict[str, Callable[[bytes], bytes]] = {
    "ends halfway": lambda good: good[: len(good) // 2],
    "ends before its last tag": lambda good: good[: good.rindex(b"</")],
    "last tag of another name": lambda good: good[: good.rindex(b"</")] + b"</anders>",
    "tag that does not end": lambda good: good.replace(b"</jw323:Prestatie>", b"", 1),
    "text after the end": lambda good: good + b"tekst",
    "element after the end": lambda good: good + b"<meer/>",
    "entity that is not declared": lambda good: good.replace(b">L1<", b">L&b;1<", 1),
    "attribute twice": lambda good: good.replace(
        b"<jw323:Prestatie>", b"<jw323:Prestatie a='' a=''>"
    ),
}


@pytest.mark.parametrize("lines", [1, 1000])
@pytest.mark.parametrize("how", BROKEN)
def test_half_a_document_is_no_document(how: str, lines: int) -> None:
    good = _declared(lines)
    assert (len(good) > LARGE) == (lines > 1)
    assert parse(good).is_valid
    broken = BROKEN[how](good)
    assert broken != good
    result = parse(broken)
    assert not result.is_valid
    assert [one.code for one in result.rejections] == ["not_xml"]
