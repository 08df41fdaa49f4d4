"""`manage.py scenario` with JSON, and `access_matrix` where there is nothing to ask."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from hoofdaannemer.core.scope import Scope
from hoofdaannemer.management.commands.scenario import LOG
from tests.conftest import become


@pytest.fixture(autouse=True)
def _own_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOOFDAANNEMER_HOME", str(tmp_path))


def run(*arguments: str) -> list[dict[str, Any]]:
    out = StringIO()
    call_command(*arguments, "--json", stdout=out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_list_tells_what_is_loaded(system: Scope) -> None:
    before = {one["name"]: one for one in run("scenario", "list")}
    assert {tuple(one) for one in before.values()} == {("name", "description", "loaded")}
    assert {"regio", "canary", "A2", "A3"} <= before.keys()
    assert not any(one["loaded"] for one in before.values())
    run("scenario", "load", "F1")
    become(system)
    assert [one["name"] for one in run("scenario", "list") if one["loaded"]] == ["F1"]


def test_load_tells_how_long_it_took_and_keeps_it(system: Scope, tmp_path: Path) -> None:
    (told,) = run("scenario", "load", "F1")
    assert told.keys() == {"name", "loaded", "seconds", "cpu_seconds"}
    assert (told["name"], told["loaded"]) == ("F1", True)
    assert 0 <= told["seconds"] < 600
    kept = (tmp_path / "logs" / LOG).read_text(encoding="utf-8").splitlines()
    assert [json.loads(line) for line in kept] == [told]
    become(system)
    with pytest.raises(CommandError):
        run("scenario", "load", "F1")


def test_export_is_the_arrangement(system: Scope) -> None:
    (shipped,) = run("scenario", "export", "A3")
    assert (shipped["format"], shipped["name"]) == (1, "A3")
    assert len(shipped["main_contractors"]) == 4
    with pytest.raises(CommandError) as refused:
        run("scenario", "export")
    assert refused.value.returncode == 2


def test_access_matrix_needs_its_scenario(system: Scope) -> None:
    with pytest.raises(CommandError):
        run("access_matrix")
