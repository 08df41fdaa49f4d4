"""A long declaration is read client by client as it would be read whole, or not at all."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from messaging.istandaard import (
    declaration_head,
    declaration_rows,
    parse,
    read_declaration,
    serialize,
    validate_declaration,
)
from messaging.istandaard.lines import LineReader
from messaging.istandaard.model.elements import Family
from messaging.istandaard.model.messages import DeclarationMessage
from messaging.istandaard.plainlines import take_plainly
from messaging.istandaard.policy import LARGE
from tests.istandaard import samples
from tests.istandaard.test_official import Settings, write

CLIENTS = 200


@pytest.fixture(scope="module", params=list(Family))
def long(request: pytest.FixtureRequest) -> bytes:
    """Each client of the sample many times over, credits and lines without a tariff among them."""
    message = cast(DeclarationMessage, samples.message("323", request.param))
    declared = message.declaration
    many = replace(message, declaration=replace(declared, clients=declared.clients * CLIENTS))
    raw = serialize(many)
    assert len(raw) > LARGE
    return raw


def test_it_is_read_as_a_whole_document_is(long: bytes) -> None:
    read, whole = read_declaration(long), parse(long)

    assert read is not None
    assert list(read.lines) == list(declaration_rows(whole))
    assert read.head == declaration_head(whole)


def test_white_space_and_comments_between_elements_change_nothing(long: bytes) -> None:
    spread = long.replace(b"><", b">\n  <")
    noted = spread.replace(b"</", b"<!-- hier --></", 3)

    read = read_declaration(noted)

    assert read is not None
    assert list(read.lines) == list(declaration_rows(parse(long)))


def fitting() -> Future[bool]:
    known: Future[bool] = Future()
    known.set_result(True)
    return known


def without_prefix(raw: bytes) -> bytes:
    """The same message with the namespace of the message as the default one."""
    prefix = re.search(rb"<([\w.-]+:)Bericht ", raw)
    assert prefix
    own = prefix[1]
    plain = raw.replace(b"<" + own, b"<").replace(b"</" + own, b"</")
    return plain.replace(b"xmlns:" + own[:-1] + b"=", b"xmlns=")


@pytest.mark.parametrize(
    "written",
    [
        pytest.param(lambda raw: raw, id="as we write it"),
        pytest.param(lambda raw: raw.replace(b"><", b">\r\n\t<"), id="with white space"),
        pytest.param(without_prefix, id="without a prefix"),
    ],
)
def test_lines_are_taken_from_a_text_that_is_written_plainly(
    long: bytes, written: Callable[[bytes], bytes]
) -> None:
    raw, lines = written(long), LineReader()

    rest = take_plainly(raw, lines, fitting())

    whole = parse(raw)
    assert list(lines.lines()) == list(declaration_rows(whole))
    assert rest is not None
    assert len(rest) < 4_000
    read = read_declaration(raw)
    assert read is not None
    assert (list(read.lines), read.head) == (list(lines.lines()), declaration_head(whole))


@pytest.mark.parametrize(
    ("there", "instead"),
    [
        (b"Client>", b"Client >"),
        (b"Prestatie>", b"Prestatie\n>"),
        (b"Prestaties>", b"Prestaties\t>"),
        (b"Eenheid>", b"Eenheid >"),
        (b"Bedrag>", b'Bedrag xmlns:n="urn:n">'),
        (b"ReferentieNummer>", b"ReferentieNummer><!---->"),
        (b"ReferentieNummer>", b"ReferentieNummer><![CDATA[]]>"),
        (b"ReferentieNummer>", b"ReferentieNummer>&#65;"),
        (b"ReferentieNummer>", b"ReferentieNummer>\r"),
    ],
)
@pytest.mark.parametrize("place", ["first", "last"])
def test_no_line_is_lost_where_one_is_written_otherwise(
    long: bytes, there: bytes, instead: bytes, place: str
) -> None:
    """The pattern passes it over and says so; the tree then has all."""
    begin = long.index(b"Clienten>") + len(b"Clienten>")
    find = long.index if place == "first" else long.rindex
    at = find(there, begin)
    while long[long.rindex(b"<", 0, at + 1) + 1] == ord("/"):
        at = long.index(there, at + 1) if place == "first" else long.rindex(there, 0, at)
    odd = long[:at] + instead + long[at + len(there) :]

    assert take_plainly(odd, LineReader(), fitting()) is None
    read = read_declaration(odd)
    assert read is not None
    assert list(read.lines) == list(declaration_rows(parse(odd)))


def test_the_rules_within_it_are_asked_on_the_way(long: bytes) -> None:
    """The sample many times over declares each reference many times."""
    read = read_declaration(long)

    assert read is not None
    assert read.findings
    assert read.findings == validate_declaration(read.head, read.lines)


@pytest.mark.parametrize("place", ["first", "last"])
def test_a_fault_anywhere_leaves_it_to_the_whole_document(long: bytes, place: str) -> None:
    before, after = b"Volume>", b"Volume>vele "
    at = long.index(before) if place == "first" else long.rindex(before, 0, long.rindex(before))
    wrong = long[:at] + after + long[at + len(before) :]

    assert read_declaration(wrong) is None
    assert {one.code for one in parse(wrong).rejections} == {"schema"}


def test_a_client_without_lines_is_no_reading_error(long: bytes) -> None:
    at = long.index(b"Prestaties>") - 8
    begin = long.rindex(b"<", 0, at + 8)
    end = long.index(b"Prestaties>", at + 20) + len(b"Prestaties>")

    assert read_declaration(long[:begin] + long[end:]) is None


def test_what_is_no_utf_8_is_left(long: bytes) -> None:
    at = long.rindex(b"ReferentieNummer>", 0, long.rindex(b"ReferentieNummer>"))
    wrong = long[:at] + b"ReferentieNummer>\xc0\xaf" + long[at + len(b"ReferentieNummer>") :]

    assert take_plainly(wrong, LineReader(), fitting()) is None
    assert read_declaration(wrong) is None


@pytest.mark.parametrize("end", [b"", b"</x>", b"<x/>"])
def test_what_is_not_well_formed_is_left(long: bytes, end: bytes) -> None:
    assert read_declaration(long[: len(long) // 2] + end) is None


def test_what_the_check_lets_pass_and_a_tree_does_not_is_left(long: bytes) -> None:
    at = long.index(b"?>") + 2
    instructed = long[:at] + b"<?ha:opdracht ?>" + long[at:]

    assert read_declaration(instructed) is None
    assert [one.code for one in parse(instructed).rejections] == ["not_xml"]


def test_only_a_large_323_is_read_so(long: bytes) -> None:
    assert read_declaration(serialize(samples.message("323"))) is None
    assert read_declaration(serialize(samples.message("305"))) is None
    assert read_declaration(long.replace(b"<", b"<!DOCTYPE x><", 1)) is None
    hinted = long.replace(b"Bericht ", b'Bericht a:schemaLocation="x y" xmlns:a="urn:a" ', 1)
    assert read_declaration(hinted) is None


def test_official_schemas_want_the_whole_tree(
    long: bytes, tmp_path: Path, settings: Settings
) -> None:
    write(tmp_path)
    settings.OFFICIAL_SCHEMAS = str(tmp_path)

    assert read_declaration(long) is None
