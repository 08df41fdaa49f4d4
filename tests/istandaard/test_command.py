"""`manage.py validate_message`: one JSON object a line, exit 0, 1 or 2, no database."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from messaging.istandaard import MAX_BYTES, serialize
from tests.istandaard import samples
from tests.istandaard.samples import changed

EXAMPLES = Path(__file__).resolve().parents[3] / "shared" / "istandaarden" / "examples"


def run(*arguments: str) -> tuple[int, list[dict[str, Any]]]:
    out = io.StringIO()
    code = 0
    try:
        call_command("validate_message", *arguments, "--json", stdout=out)
    except SystemExit as stopped:
        code = int(stopped.code or 0)
    return code, [json.loads(line) for line in out.getvalue().splitlines()]


@pytest.fixture
def good(tmp_path: Path) -> str:
    path = tmp_path / "good.xml"
    path.write_bytes(serialize(samples.message("305")))
    return str(path)


@pytest.fixture
def bad(tmp_path: Path) -> str:
    path = tmp_path / "bad.xml"
    broken = changed(samples.message("305"), {"client.bsn": "123456789"})
    path.write_bytes(serialize(broken))
    return str(path)


def test_valid(good: str) -> None:
    code, lines = run(good)
    assert code == 0
    assert lines == [
        {
            "file": good,
            "type": "WMO305",
            "xsd_valid": True,
            "valid": True,
            "bsn": samples.BSN,
            "findings": [],
        }
    ]


def test_rule_broken(good: str, bad: str) -> None:
    code, lines = run(good, bad)
    assert code == 1
    assert [line["valid"] for line in lines] == [True, False]
    assert lines[1]["xsd_valid"]
    finding = lines[1]["findings"][0]
    assert set(finding) == {"rule", "code", "path", "message"}
    assert (finding["rule"], finding["code"]) == ("CS002", "0001")
    assert finding["path"] == "/Bericht/Client/Bsn"


def test_schema_broken(tmp_path: Path) -> None:
    path = tmp_path / "x.xml"
    path.write_bytes(serialize(samples.message("305")).replace(b">0<", b">7<"))
    code, [line] = run(str(path))
    assert code == 1
    assert (line["type"], line["xsd_valid"], line["valid"]) == ("WMO305", False, False)
    assert line["findings"][0]["rule"] == "schema"
    assert line["bsn"] == samples.BSN


def test_no_message(tmp_path: Path) -> None:
    path = tmp_path / "x.xml"
    path.write_bytes(b"\x1f\x8b" + b"x" * 10)
    code, [line] = run(str(path))
    assert code == 1
    assert (line["type"], line["bsn"], line["xsd_valid"]) == (None, None, False)


def test_unreadable(good: str, tmp_path: Path) -> None:
    code, lines = run(good, str(tmp_path / "absent.xml"), str(tmp_path), "a\0b")
    assert code == 2
    assert [line["findings"][0]["rule"] for line in lines[1:]] == ["unreadable"] * 3


def test_endless_file_is_read_up_to_the_limit() -> None:
    code, [line] = run("/dev/zero")
    assert code == 1
    assert line["findings"][0]["rule"] == "too_large"
    assert MAX_BYTES == 26_214_400


def test_standard_input(good: str, bad: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{good}\n\n{bad}\nabsent"))
    code, lines = run("--stdin")
    assert code == 0
    assert [line["file"] for line in lines] == [good, bad, "absent"]


def test_standard_input_answers_line_by_line(good: str, bad: str) -> None:
    """One process: each answer is there before the next file is named; exit 0 at the end."""
    with subprocess.Popen(
        [sys.executable, "manage.py", "validate_message", "--stdin", "--json"],
        cwd=settings.BASE_DIR,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin and process.stdout
        for file, is_valid in ((good, True), (bad, False), ("absent", False)):
            process.stdin.write(f"{file}\n")
            process.stdin.flush()
            told = json.loads(process.stdout.readline())
            assert (told["file"], told["valid"]) == (file, is_valid)
        process.stdin.close()
        assert process.wait() == 0


def test_nothing_named() -> None:
    with pytest.raises(CommandError) as refused:
        call_command("validate_message")
    assert refused.value.returncode == 2


@pytest.mark.skipif(not EXAMPLES.is_dir(), reason="the published examples are not beside us")
def test_published_examples() -> None:
    files = sorted(str(path) for path in EXAMPLES.glob("*.xml"))
    code, lines = run(*files)
    assert [line["type"] for line in lines] == ["JW301", "JW323", "WMO301", "WMO315"]
    assert all(line["xsd_valid"] for line in lines)
    # The published declaration uses the line number RN004 twice for one client.
    assert [[found["rule"] for found in line["findings"]] for line in lines] == [
        [],
        ["TR101"],
        [],
        [],
    ]
    assert code == 1
