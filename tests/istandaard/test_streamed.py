"""A long declaration is read client by client as it would be read whole, or not at all."""

from __future__ import annotations

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
)
from messaging.istandaard.model.elements import Family
from messaging.istandaard.model.messages import DeclarationMessage
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
