"""Terms become dates; code lists are dated and replaceable."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from messaging.istandaard import codelists
from messaging.istandaard.deadlines import TERMS, Party, due, return_due
from messaging.istandaard.model.elements import Family
from messaging.istandaard.model.types import SIMPLE_TYPES


@pytest.mark.parametrize(
    ("term", "event", "last_day"),
    [
        ("302", date(2026, 3, 6), date(2026, 3, 11)),  # over a weekend
        ("306", date(2026, 4, 2), date(2026, 4, 9)),  # over Easter and Good Friday
        ("325", date(2026, 12, 18), date(2027, 1, 5)),  # over Christmas and New Year
        ("start", date(2026, 3, 2), date(2026, 3, 9)),
        ("residence", date(2026, 3, 2), date(2026, 3, 16)),
        ("decision-after-investigation", date(2026, 3, 2), date(2026, 4, 27)),
        ("gi-residence", date(2026, 3, 2), date(2026, 3, 16)),
        ("service-line", date(2024, 2, 29), date(2029, 2, 28)),
        ("gi-declaration", date(2026, 1, 31), date(2026, 2, 28)),
        ("gi-declaration", date(2026, 12, 31), date(2027, 1, 31)),
    ],
)
def test_due(term: str, event: date, last_day: date) -> None:
    assert due(term, event) == last_day


def test_due_of_returns() -> None:
    assert return_due("301", date(2026, 3, 2)) == date(2026, 3, 5)
    assert return_due("323", date(2026, 3, 2)) == date(2026, 3, 16)
    assert return_due("302", date(2026, 3, 2)) is None


def test_unknown_term() -> None:
    with pytest.raises(KeyError):
        due("none", date(2026, 1, 1))


def test_every_term_can_be_computed() -> None:
    for code, term in TERMS.items():
        assert due(code, date(2026, 3, 2)) > date(2026, 3, 2)
        assert term.party in Party


def test_every_closed_type_has_its_list() -> None:
    for simple in SIMPLE_TYPES.values():
        for family in Family:
            if name := simple.list_name(family):
                assert codelists.packaged(name).codes


def test_labels_and_dates() -> None:
    categories = codelists.code_list("JZ020")
    assert categories.label("45") == "Jeugdhulp ambulant"
    assert categories.label("99") == "99"
    assert "54" in categories.in_force_on(date(2017, 10, 1))
    assert "54" not in categories.in_force_on(date(2017, 9, 30))
    assert "0363" in codelists.code_list("CBS")


def test_stop_reason_follows_reason_of_change() -> None:
    for family, name in ((Family.JW, "JZ588"), (Family.WMO, "WMO588")):
        assert set(codelists.STOP_REASONS[family].values()) <= set(codelists.packaged(name).codes)
    assert codelists.STOP_REASONS[Family.JW]["07"] != codelists.STOP_REASONS[Family.WMO]["07"]


def test_folder_replaces_a_list(tmp_path: Path) -> None:
    newer = tmp_path / "CBS.csv"
    newer.write_text("code,label,valid_from,valid_to\n9999,Nieuwstad,2027-01-01,\n")
    replaced = codelists.code_list("CBS", tmp_path)
    assert list(replaced.codes) == ["9999"]
    assert replaced.codes["9999"].valid_from == date(2027, 1, 1)
    assert "0363" in codelists.packaged("CBS")
    assert codelists.code_list("COD046", tmp_path).label("1") == "Mannelijk"


def test_folder_with_something_else(tmp_path: Path) -> None:
    (tmp_path / "CBS.csv").write_text("a,b\n1,2\n")
    with pytest.raises(ValueError, match="code list"):
        codelists.code_list("CBS", tmp_path)
