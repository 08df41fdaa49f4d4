"""Code lists from the operator's folder: used by name, refused as a whole where they are broken."""

from __future__ import annotations

import io
import json
from datetime import date
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from pytest_django import Settings

from hoofdaannemer.core.checks import refuse_unsafe_start
from messaging.checks import code_lists
from messaging.exchange.rules import external_findings
from messaging.istandaard import codelists
from messaging.istandaard.model.elements import Family
from tests.istandaard import samples
from tests.istandaard.samples import changed

HEAD = "code,label,valid_from,valid_to\n"
MERGED = f"{HEAD}0363,Amsterdam,,2026-03-31\n9999,Nieuwstad,2026-04-01,\n"


@pytest.fixture
def folder(tmp_path: Path, settings: Settings) -> Path:
    settings.CODE_LISTS = str(tmp_path)
    return tmp_path


def test_folder_counts_by_name(folder: Path) -> None:
    (folder / "CBS.csv").write_text(MERGED)
    assert list(codelists.code_list("CBS").codes) == ["0363", "9999"]
    assert "0344" in codelists.packaged("CBS")
    assert codelists.code_list("COD046").label("1") == "Mannelijk"
    assert not list(codelists.faults())


def test_replaced_file_is_read_again(folder: Path) -> None:
    path = folder / "CBS.csv"
    path.write_text(MERGED)
    assert "9998" not in codelists.code_list("CBS")
    newer = folder / "newer"
    newer.write_text(f"{HEAD}9998,Elders,,\n")
    newer.rename(path)
    assert list(codelists.code_list("CBS").codes) == ["9998"]


def test_columns_in_another_order_and_a_mark(folder: Path) -> None:
    text = 'label,code,valid_to,valid_from\n"Stad, land",9999,,2027-01-01\n'
    (folder / "CBS.csv").write_bytes(b"\xef\xbb\xbf" + text.encode())
    entry = codelists.code_list("CBS").codes["9999"]
    assert (entry.label, entry.valid_from, entry.valid_to) == ("Stad, land", date(2027, 1, 1), None)


BROKEN = {
    "columns": ("code,label\n1,x\n", "line 1"),
    "one column more": ("code,label,valid_from,valid_to,note\n1,x,,,\n", "line 1"),
    "too few values": (f"{HEAD}1,x,,\n2,y\n", "line 3"),
    "too many values": (f"{HEAD}1,x,,,\n", "line 2"),
    "no code": (f"{HEAD} ,x,,\n", "line 2"),
    "no label": (f"{HEAD}1,,,\n", "line 2"),
    "twice": (f"{HEAD}1,x,,\n2,y,,\n1,z,,\n", "line 4"),
    "no date": (f"{HEAD}1,x,01-01-2026,\n", "line 2"),
    "impossible date": (f"{HEAD}1,x,,2026-02-30\n", "line 2"),
    "ends before it begins": (f"{HEAD}1,x,2026-02-01,2026-01-31\n", "line 2"),
    "open quote": (f'{HEAD}1,"x,,\n2,y,,\n', "line 3"),
    "only a head": (HEAD, "line 1"),
    "nothing": ("", "line 1"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_file_is_refused_as_a_whole(name: str, folder: Path) -> None:
    text, line = BROKEN[name]
    (folder / "CBS.csv").write_text(text)

    with pytest.raises(codelists.CodeListError, match=line):
        codelists.code_list("CBS")

    [error] = code_lists(None)
    assert f"CBS.csv, {line}: " in str(error.msg)
    with pytest.raises(ImproperlyConfigured, match=line):
        refuse_unsafe_start()


def test_bytes_that_are_no_text(folder: Path) -> None:
    (folder / "CBS.csv").write_bytes(HEAD.encode() + b"1,x,,\n2,Andr\xe9,,\n")
    with pytest.raises(codelists.CodeListError, match="not UTF-8"):
        codelists.code_list("CBS")


def test_unknown_list_and_folder(folder: Path, settings: Settings) -> None:
    (folder / "cbs2026.csv").write_text(MERGED)
    (folder / "readme.txt").write_text("not a list")
    [fault] = codelists.faults()
    assert "there is no code list cbs2026" in fault
    settings.CODE_LISTS = str(folder / "absent")
    [fault] = codelists.faults()
    assert fault.endswith("is no folder")


def listed() -> dict[str, dict[str, object]]:
    out = io.StringIO()
    call_command("code_lists", "--json", stdout=out)
    return {row["name"]: row for row in map(json.loads, out.getvalue().splitlines())}


def test_command(folder: Path) -> None:
    (folder / "CBS.csv").write_text(MERGED)
    rows = listed()
    assert set(rows) == set(codelists.names())
    assert rows["CBS"] == {
        "name": "CBS",
        "codes": 2,
        "source": str(folder / "CBS.csv"),
        "newest_valid_from": "2026-04-01",
    }
    assert rows["JZ020"]["source"] is None
    out = io.StringIO()
    call_command("code_lists", stdout=out)
    assert str(folder / "CBS.csv") in out.getvalue()


def test_command_tells_of_a_broken_file(folder: Path) -> None:
    (folder / "CBS.csv").write_text("x")
    error = io.StringIO()
    with pytest.raises(SystemExit) as stopped:
        call_command("code_lists", stderr=error)
    assert stopped.value.code == 1
    assert "CBS.csv, line 1" in error.getvalue()


@pytest.mark.parametrize(
    ("code", "day", "is_known"),
    [
        ("0363", date(2026, 3, 31), True),
        ("0363", date(2026, 4, 1), False),
        ("9999", date(2026, 3, 31), False),
        ("9999", date(2026, 4, 1), True),
        ("0344", date(2026, 4, 1), False),
    ],
)
def test_municipality_is_judged_on_the_day(
    code: str, day: date, is_known: bool, folder: Path
) -> None:
    """TR378 on a 305: the code has to be on the list on the day of the check."""
    (folder / "CBS.csv").write_text(MERGED)
    message = changed(
        samples.message("305"), {"header.receiver": code, "header.message_id.message_date": day}
    )
    found = [(finding.rule, finding.code) for finding in external_findings(message, day)]
    assert found == ([] if is_known else [("TR378", "S300")])


def test_old_municipality_stays_good_for_what_began_before(folder: Path) -> None:
    """TR378 on a 301: also on the start date of an allocation."""
    (folder / "CBS.csv").write_text(MERGED)
    day = date(2026, 5, 1)
    message = samples.message("301", Family.JW)
    assert list(external_findings(message, day)) == []
    later = {f"client.allocated_products.{place}.start_date": day for place in (0, 1)}
    assert [found.rule for found in external_findings(changed(message, later), day)] == ["TR378"]
