"""The commands about the whole installation, with the scenario canary: fields and exit codes."""

from __future__ import annotations

import json
from collections import Counter
from io import StringIO
from typing import Any

from django.core.management import call_command

from hoofdaannemer.accessmatrix import names
from hoofdaannemer.core.scope import Role
from hoofdaannemer.invariants import PROMISES
from tests.canary import stage


def run(*arguments: str) -> list[dict[str, Any]]:
    out = StringIO()
    call_command(*arguments, "--json", stdout=out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_access_matrix(canary: None) -> None:
    """Each address, for every login of every party and for nobody, as tests from outside read."""
    told = run("access_matrix")
    assert {tuple(row) for row in told} == {("name", "url", "method", "role", "login", "status")}
    assert {row["name"] for row in told} == set(names())
    assert {row["method"] for row in told} == {"get", "post"}
    people = {(row["login"], row["role"]) for row in told if row["login"]}
    assert people == {(login.email, login.role.value) for login in stage.everybody()} - {
        ("", Role.NOBODY.value)
    }
    by_role = Counter(row["role"] for row in told)
    acting = set(Role) - {Role.SYSTEM, Role.NOBODY}
    assert set(by_role) == {*(role.value for role in acting), "anonymous"}
    assert {row["login"] for row in told if row["role"] == "anonymous"} == {""}
    # A stranger is sent to the login page, and is told of no object.
    strangers = {row["name"]: row["status"] for row in told if row["role"] == "anonymous"}
    assert strangers["placement_list"] == 302
    mine = {
        (row["role"], row["status"])
        for row in told
        if row["name"] == "placement_list" and row["role"] != "anonymous"
    }
    assert (Role.CARE_COORDINATOR.value, 200) in mine
    assert (Role.MUNICIPAL_VIEWER.value, 403) in mine


def test_check_invariants_when_all_hold(canary: None) -> None:
    """Exit code 0: no SystemExit. What breaks one is in test_invariants."""
    told = run("check_invariants")
    assert [row["name"] for row in told] == [promise.code for promise in PROMISES]
    assert {tuple(row) for row in told} == {("name", "promise", "holds", "count", "examples")}
    assert {(row["holds"], row["count"], tuple(row["examples"])) for row in told} == {(True, 0, ())}
