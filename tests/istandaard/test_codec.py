"""Documents to typed messages and back."""

from __future__ import annotations

import pickle
from concurrent.futures import ThreadPoolExecutor
from datetime import date, time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from messaging.istandaard import (
    MESSAGE_TYPES,
    InvalidMessageError,
    declaration_head,
    declaration_rows,
    message_type,
    parse,
    parts,
    path_of,
    serialize,
    validate,
    validate_declaration,
)
from messaging.istandaard.model.elements import Family
from messaging.istandaard.model.messages import DeclarationMessage, MessageType
from messaging.istandaard.scalars import OddDate, OddTime, read_date, read_integer, read_time
from tests.istandaard import generated, mutations, samples
from tests.istandaard.samples import changed

KINDS = list(MESSAGE_TYPES.values())


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_sample_survives(kind: MessageType) -> None:
    message = samples.message(kind.number, kind.family)
    document = serialize(message)

    result = parse(document)

    assert result.rejections == ()
    assert result.type is kind
    assert result.message == message
    assert result.message is not None
    assert serialize(result.message) == document


@pytest.mark.parametrize("kind", KINDS, ids=str)
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_any_valid_message_survives(kind: MessageType, data: st.DataObject) -> None:
    message = data.draw(generated.messages(kind))
    result = parse(serialize(message))
    assert result.message == message
    validate(message)  # whatever it finds, it comes back


@pytest.mark.parametrize("kind", KINDS, ids=str)
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_one_fault_and_it_is_refused(kind: MessageType, data: st.DataObject) -> None:
    valid = serialize(data.draw(generated.messages(kind)))
    document = data.draw(mutations.mutated(kind, valid))
    result = parse(document)
    assert result.message is None
    assert [one.code for one in result.rejections] != []


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_no_bytes_raise(data: bytes) -> None:
    result = parse(data)
    assert result.message is None
    assert len(result.rejections) == 1


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_damaged_documents_never_raise(data: st.DataObject) -> None:
    document = bytearray(serialize(samples.message("301", Family.JW)))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(document) - 1))
        document[at] = data.draw(st.integers(0, 255))
    result = parse(bytes(document))
    if result.message is not None:
        validate(result.message)
        assert parse(serialize(result.message)).message == result.message


def test_threads_do_not_mix_up_verdicts() -> None:
    good = serialize(samples.message("301"))
    bad = good.replace(b">999900006<", b">x<")

    def verdict(place: int) -> bool:
        return parse(good if place % 2 else bad).is_valid

    with ThreadPoolExecutor(8) as pool:
        verdicts = list(pool.map(verdict, range(400)))

    assert verdicts == [False, True] * 200


def test_document_is_plain_utf8() -> None:
    document = serialize(samples.message("305"))
    assert document.startswith(b"<?xml version='1.0' encoding='UTF-8'?>")
    root = etree.fromstring(document)
    assert set(root.nsmap) == {"wmo305", "iwmo"}


def test_values_that_do_not_fit_are_refused() -> None:
    too_long = changed(samples.message("305"), {"client.bsn": "1234567890"})
    with pytest.raises(InvalidMessageError, match="/Bericht/Client/Bsn"):
        serialize(too_long)
    control = changed(samples.message("315"), {"client.comment": "a\x07b"})
    with pytest.raises(InvalidMessageError):
        serialize(control)


def test_odd_values_keep_their_text() -> None:
    document = serialize(samples.message("301"))
    odd = document.replace(b">2026-03-09<", b">99999-12-31<").replace(b">09:30:00<", b">24:00:00<")

    message = parse(odd).message

    assert message is not None
    assert serialize(message) == odd
    found = [(each.rule, each.path.rpartition("/")[2]) for each in validate(message)]
    assert ("CALENDAR", "Toewijzingsdatum") in found


@pytest.mark.parametrize(
    ("text", "value"),
    [("+5", 5), ("007", 7), ("-0", 0), (" 12\n", 12), ("0" * 9000 + "8", 8), ("000", 0)],
)
def test_integers_of_the_schema(text: str, value: int) -> None:
    assert read_integer(text) == value


def test_dates_and_times_of_the_schema() -> None:
    assert read_date(" 2025-01-01\n") == date(2025, 1, 1)
    assert read_date("-0001-01-01") < date(1, 1, 2)
    assert read_date("12026-01-01") > date(9999, 12, 30)
    assert read_time("09:30:00") == time(9, 30)
    assert read_time("24:00:00") > time(23, 59)
    assert read_time("09:30:00.1234567") >= time(9, 30, 0, 123_456)
    for odd in (OddDate("-0001-01-01"), OddTime("24:00:00")):
        assert pickle.loads(pickle.dumps(odd)) == odd  # noqa: S301 our own bytes


def test_rows_of_document_and_message_are_the_same() -> None:
    message = samples.message("323")
    assert isinstance(message, DeclarationMessage)
    result = parse(serialize(message))

    rows = list(declaration_rows(result))

    assert rows == list(declaration_rows(message))
    assert [row.line for row in rows] == [1, 2, 3, 4]
    assert [row.signed for row in rows] == [12_000, 5000, -12_000, 12_000]
    head = declaration_head(result)
    assert head.declaration.clients == ()
    assert head.header == message.header
    assert validate_declaration(head, rows) == []


def test_rows_of_answer() -> None:
    result = parse(serialize(samples.message("325", Family.JW)))
    assert [row.reference for row in declaration_rows(result)] == ["L1"]


def test_rows_and_head_need_a_declaration() -> None:
    result = parse(serialize(samples.message("305")))
    with pytest.raises(ValueError, match="no declared lines"):
        declaration_rows(result)
    with pytest.raises(ValueError, match="no declaration"):
        declaration_head(result)
    with pytest.raises(ValueError, match="rejected"):
        declaration_head(parse(b"<x/>"))


def test_paths_name_places() -> None:
    message = samples.message("301")
    by_path = dict(parts(message))
    second = "/Bericht/Client/ToegewezenProducten/ToegewezenProduct[2]"
    assert path_of(message, by_path[second]) == second
    with pytest.raises(LookupError):
        path_of(samples.message("305"), by_path[second])


def test_types_know_their_answer() -> None:
    assert str(message_type(Family.JW, "301").answered_by) == "JW302"
    assert str(message_type(Family.WMO, "323").answered_by) == "WMO325"
    assert message_type(Family.WMO, "325").answered_by is None
