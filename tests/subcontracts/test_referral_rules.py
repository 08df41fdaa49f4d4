"""What a referral says, read from a file and from a call by the same checks."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.numbers import is_bsn
from subcontracts.rules import csvfiles, referralfile, referraljson
from subcontracts.rules.referral import HandedIn, ReferralDetails, ReferredProduct
from subcontracts.rules.referralcells import COLUMNS
from tests.subcontracts.referring import Cells, call_of, cells, file_of, told, treatment


def faults(*handed_in: HandedIn) -> list[tuple[int, str, str]]:
    """Row, column and rule of all that is wrong."""
    return [
        (line.number, fault.column, fault.rule)
        for one in handed_in
        for line in one.lines
        for fault in line.faults
    ]


@pytest.mark.parametrize(
    ("changes", "column", "rule"),
    [
        ({"kenmerk": ""}, "kenmerk", "VWZ-01"),
        ({"kenmerk": "WT 1/2"}, "kenmerk", "VWZ-01"),
        ({"bsn": "999900006", "kenmerk": "J999900006"}, "kenmerk", "VWZ-01"),
        ({"wet": "zvw"}, "wet", "VWZ-02"),
        ({"gemeente": "Soest"}, "gemeente", "VWZ-03"),
        ({"bsn": "123456789"}, "bsn", "VWZ-04"),
        ({"achternaam": ""}, "achternaam", "VWZ-05"),
        ({"voorletters": "A.1."}, "voorletters", "VWZ-05"),
        ({"voorletters": "ABCDEFG"}, "voorletters", "VWZ-05"),
        ({"geboortedatum": "04-05-12"}, "geboortedatum", "VWZ-06"),
        ({"geboortedatum": "0012-05-04"}, "geboortedatum", "VWZ-06"),
        ({"begindatum": ""}, "begindatum", "VWZ-06"),
        ({"einddatum": "31-06-2026"}, "einddatum", "VWZ-06"),
        ({"geslacht": "V"}, "geslacht", "VWZ-07"),
        ({"productcategorie": "jeugd"}, "productcategorie", "VWZ-08"),
        ({"productcode": "45A04x"}, "productcode", "VWZ-08"),
        ({"volume": "4,5"}, "volume", "VWZ-09"),
        ({"volume": "0"}, "volume", "VWZ-09"),
        ({"frequentie": "week"}, "frequentie", "VWZ-09"),
        ({"eenheid": "uur"}, "eenheid", "VWZ-09"),
        ({"type_verwijzer": "huisarts"}, "type_verwijzer", "VWZ-10"),
        ({"agb_verwijzer": "1000001"}, "agb_verwijzer", "VWZ-11"),
        ({"agb_verwijzer": ""}, "agb_verwijzer", "CD067"),
        ({"naam_verwijzer": "Dr. Bos"}, "naam_verwijzer", "CD066"),
        ({"type_verwijzer": "06"}, "agb_verwijzer", "CD068"),
        ({"gezag_bekend": ""}, "gezag_bekend", "VWZ-12"),
        ({"achternaam": "K" * 81}, "achternaam", "VWZ-13"),
        ({"achternaam": "Ka\nnarie"}, "achternaam", "VWZ-13"),
        ({"opmerking": "x" * 201}, "opmerking", "VWZ-13"),
        ({"opmerking": "\x07"}, "opmerking", "VWZ-13"),
        ({"einddatum": "01-03-2026"}, "einddatum", "CS003"),
        ({"einddatum": ""}, "einddatum", "CD076"),
        ({"volume": ""}, "volume", "CD041"),
        ({"productcode": ""}, "productcode", "CD095"),
        ({"budget": "100"}, "budget", "CD041"),
    ],
)
def test_a_wrong_cell_is_named_by_column_and_rule(changes: Cells, column: str, rule: str) -> None:
    row = cells(**changes)
    if changes.get("budget"):
        row |= {"volume": "", "frequentie": ""}
    assert faults(*referralfile.read(file_of(row))) == [(2, column, rule)]


@pytest.mark.parametrize(
    ("changes", "column", "rule"),
    [
        ({"einddatum": ""}, "einddatum", "CD075"),
        ({"volume": "4"}, "budget", "CD077"),
        ({"budget": "veel"}, "budget", "VWZ-09"),
        ({"budget": "10,005"}, "budget", "VWZ-09"),
        ({"frequentie": "2"}, "frequentie", "VWZ-09"),
    ],
)
def test_a_budget_stands_alone(changes: Cells, column: str, rule: str) -> None:
    budget = {"productcode": "", "volume": "", "frequentie": "", "budget": "1.234,50"}
    good, wrong = cells(**budget), cells(**(budget | changes))
    assert faults(*referralfile.read(file_of(good))) == []
    assert faults(*referralfile.read(file_of(wrong))) == [(2, column, rule)]


def test_all_that_is_wrong_with_a_row_is_told_at_once() -> None:
    row = cells(bsn="1", geslacht="", volume="")
    found = faults(*referralfile.read(file_of(row)))
    assert found == [(2, "bsn", "VWZ-04"), (2, "geslacht", "VWZ-07"), (2, "volume", "CD041")]


def test_rows_with_one_reference_are_products_of_one_referral() -> None:
    other = cells(kenmerk="WT-2")
    first, second = referralfile.read(file_of(cells(), other, treatment()))
    assert first.said and second.said
    assert [one.code for one in first.said.products] == ["45A04", "54001"]
    assert [line.number for line in first.lines] == [2, 4]
    assert second.said.reference == "WT-2"


@pytest.mark.parametrize(
    ("column", "text"), [("bsn", "999900006"), ("gemeente", "0342"), ("wet", "wmo")]
)
def test_rows_of_one_referral_agree(column: str, text: str) -> None:
    """What differs is told where it stands; the other row waits for it to be mended."""
    [one] = referralfile.read(file_of(cells(bsn="999900018"), treatment(**{column: text})))
    assert one.said is None
    assert faults(one) == [(2, "kenmerk", "VWZ-17"), (3, column, "VWZ-14")]


def test_rows_without_a_reference_belong_to_no_other() -> None:
    found = referralfile.read(file_of(cells(kenmerk=""), cells(kenmerk="")))
    assert faults(*found) == [(2, "kenmerk", "VWZ-01"), (3, "kenmerk", "VWZ-01")]


def test_a_name_keeps_its_apostrophe_and_a_guard_goes() -> None:
    [one] = referralfile.read(file_of(cells(achternaam="'t Hart", opmerking="'-")))
    assert one.said
    assert (one.said.surname, one.said.comment) == ("'t Hart", "-")


@pytest.mark.parametrize(
    ("raw", "rule"),
    [
        (b"x" * (csvfiles.MOST_BYTES + 1), "CSV-01"),
        ("kenmerk;\u00e9".encode("latin-1"), "CSV-02"),
        (b"kenmerk;wet\r\nWT-1;jw", "CSV-03"),
        (file_of(), "CSV-04"),
        (file_of({"bsn": ""}, {}), "CSV-04"),
        (file_of(*[{"kenmerk": "a"}] * (referralfile.MOST_ROWS + 1)), "CSV-04"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_as_a_whole(raw: bytes, rule: str) -> None:
    with pytest.raises(RuleError) as refusal:
        referralfile.read(raw)
    assert refusal.value.code == rule


# Calls


def test_a_call_says_the_same_as_a_file() -> None:
    row = cells(bsn="999900006", eenheid="04")
    [in_file] = referralfile.read(file_of(row))
    [in_call] = referraljson.read(call_of(told(bsn="999900006")))
    assert in_file.said == in_call.said is not None


@pytest.mark.parametrize(
    ("changes", "column", "rule"),
    [
        ({"bsn": 999900006}, "bsn", "VWZ-15"),
        ({"achternaam": ["Kanarie"]}, "achternaam", "VWZ-15"),
        ({"gezag_bekend": "ja"}, "gezag_bekend", "VWZ-15"),
        ({"wetten": "jw"}, "wetten", "VWZ-15"),
        ({"Wét\x00": "jw"}, "", "VWZ-15"),
        ({"producten": {}}, "producten", "VWZ-15"),
        ({"achternaam": "\x00"}, "achternaam", "VWZ-13"),
        ({"achternaam": "\ud800"}, "achternaam", "VWZ-13"),
        ({"achternaam": "Ka\u2028narie"}, "achternaam", "VWZ-13"),
        ({"achternaam": None}, "achternaam", "VWZ-05"),
        ({"geboortedatum": "2012-13-01"}, "geboortedatum", "VWZ-06"),
    ],
)
def test_a_wrong_field_of_a_call(changes: dict[str, Any], column: str, rule: str) -> None:
    found = faults(*referraljson.read(call_of(told(**changes))))
    assert (column, rule) in [(name, code) for _row, name, code in found]


@pytest.mark.parametrize(
    ("volume", "is_good"),
    [(4, True), (4.0, True), ("4", False), (True, False), (1e3, True), (0.5, False), (-1, False)],
)
def test_a_volume_is_a_whole_number(volume: object, is_good: bool) -> None:
    referral = told()
    referral["producten"][0]["volume"] = volume
    [one] = referraljson.read(call_of(referral))
    assert (one.said is not None) is is_good


def test_a_number_in_a_call_has_no_thousands() -> None:
    """123.456 is no hundred thousand: a dot means something else in a file."""
    referral = told()
    referral["producten"][0] |= {"volume": None, "frequentie": None, "eenheid": None}
    referral["producten"][0] |= {"productcode": None, "budget": 123.456}
    assert faults(*referraljson.read(call_of(referral))) == [(1, "budget", "VWZ-09")]
    referral["producten"][0]["budget"] = 123.45
    [one] = referraljson.read(call_of(referral))
    assert one.said and one.said.products[0].budget == Decimal("123.45")


@pytest.mark.parametrize(
    ("raw", "rule"),
    [
        (b"", "VWZ-20"),
        (b"{", "VWZ-20"),
        (b"\xff", "VWZ-20"),
        (b'{"kenmerk": "\x00"}', "VWZ-20"),
        (b"[" * 100_000, "VWZ-20"),
        (b'{"volume": NaN}', "VWZ-20"),
        (b'{"wet": "jw", "wet": "wmo"}', "VWZ-20"),
        (b"[]", "CSV-04"),
        (b" " * (csvfiles.MOST_BYTES + 1), "CSV-01"),
        (json.dumps([{}] * (referralfile.MOST_ROWS + 1)).encode(), "CSV-04"),
    ],
)
def test_a_body_that_cannot_be_read_is_refused_as_a_whole(raw: bytes, rule: str) -> None:
    with pytest.raises(RuleError) as refusal:
        referraljson.read(raw)
    assert refusal.value.code == rule


@pytest.mark.parametrize("raw", [b"1", b"null", b'"x"', b"[[]]", b'{"producten": [1]}', b"{}"])
def test_a_body_of_another_kind_is_a_referral_in_which_all_is_wrong(raw: bytes) -> None:
    [one] = referraljson.read(raw)
    assert one.said is None
    assert "VWZ-15" in [rule for _row, _column, rule in faults(one)]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*COLUMNS, "producten", "x"]), inner, max_size=5)
    ),
    max_leaves=12,
)


@given(JSON)
def test_any_json_is_read_or_refused(body: object) -> None:
    try:
        found = referraljson.read(json.dumps(body).encode())
    except RuleError:
        return
    assert all(one.said or all(line.faults for line in one.lines) for one in found)


# Written and read again

_DAYS = st.dates(date(1900, 1, 1), date(2200, 12, 31))
_LETTERS = st.text(st.characters(categories=["Lu", "Ll"], max_codepoint=0x17F), min_size=1)
_BSNS = st.integers(999900006, 999999990).map(str).filter(is_bsn)


@st.composite
def products(draw: st.DrawFn) -> ReferredProduct:
    start, end = sorted((draw(_DAYS), draw(_DAYS)))
    if draw(st.booleans()):
        budget = draw(st.decimals(Decimal("0.01"), Decimal("999999.99"), places=2))
        return ReferredProduct(category="45", start_date=start, end_date=end, budget=budget)
    return ReferredProduct(
        category=draw(st.sampled_from(["45", "54", "1A"])),
        code=draw(st.from_regex(r"[0-9A-Z]{1,5}", fullmatch=True)),
        start_date=start,
        end_date=end,
        volume=draw(st.integers(1, 99_999_999)),
        unit=draw(st.sampled_from(["", "04"])),
        frequency=draw(st.sampled_from(["2", "4", "6"])),
    )


@st.composite
def referrals(draw: st.DrawFn) -> ReferralDetails:
    family = draw(st.sampled_from(["jw", "wmo"]))
    agb = draw(st.sampled_from(["", "01000001"]))
    return ReferralDetails(
        reference=draw(st.from_regex(r"[A-Z]{1,3}-[0-9]{1,6}", fullmatch=True)),
        family=family,
        municipality=draw(st.from_regex(r"[0-9]{4}", fullmatch=True)),
        bsn=draw(_BSNS),
        surname=draw(_LETTERS.map(lambda text: text[:80])),
        prefix=draw(st.sampled_from(["", "van", "'t"])),
        initials=draw(st.from_regex(r"[A-Z]{1,6}", fullmatch=True)),
        birth_date=draw(_DAYS),
        sex=draw(st.sampled_from("012")),
        referrer_type="02" if agb else draw(st.sampled_from(["06", "08"])),
        referrer_agb=agb,
        guardian_known=draw(st.booleans()) if family == "jw" else None,
        comment=draw(_LETTERS.map(lambda text: text[:200])),
        products=tuple(draw(st.lists(products(), min_size=1, max_size=3))),
    )


#: Column, and the field of which it is the text.
_FIELDS = {
    "kenmerk": "reference",
    "wet": "family",
    "gemeente": "municipality",
    "bsn": "bsn",
    "achternaam": "surname",
    "voorvoegsel": "prefix",
    "voorletters": "initials",
    "geboortedatum": "birth_date",
    "geslacht": "sex",
    "type_verwijzer": "referrer_type",
    "naam_verwijzer": "referrer_name",
    "agb_verwijzer": "referrer_agb",
    "gezag_bekend": "guardian_known",
    "opmerking": "comment",
    "productcategorie": "category",
    "productcode": "code",
    "begindatum": "start_date",
    "einddatum": "end_date",
    "volume": "volume",
    "eenheid": "unit",
    "frequentie": "frequency",
    "budget": "budget",
}


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "ja" if value else "nee"
    if isinstance(value, date):
        return f"{value:%d-%m-}{value.year:04d}"
    return "" if value is None else str(value).replace(".", ",")


def _plain(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    return float(value) if isinstance(value, Decimal) else value


def _as_file(referral: ReferralDetails) -> list[HandedIn]:
    about = asdict(referral)
    rows = [about | asdict(one) for one in referral.products]
    return referralfile.read(
        file_of(*({column: _cell(row[name]) for column, name in _FIELDS.items()} for row in rows))
    )


def _as_call(referral: ReferralDetails) -> list[HandedIn]:
    def fields(row: dict[str, Any]) -> dict[str, object]:
        return {column: _plain(row[name]) for column, name in _FIELDS.items() if name in row}

    goods = [fields(asdict(one)) for one in referral.products]
    return referraljson.read(call_of(fields(asdict(referral)) | {"producten": goods}))


@pytest.mark.parametrize("written", [_as_file, _as_call])
@given(referral=referrals())
def test_a_referral_survives_being_written_and_read(
    written: Callable[[ReferralDetails], list[HandedIn]], referral: ReferralDetails
) -> None:
    [one] = written(referral)
    assert faults(one) == []
    assert one.said == referral
