"""The commands about money, as programs outside rely on them: fields, amounts, exit codes."""

from __future__ import annotations

import io
import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from billing.models import Statement
from hoofdaannemer.core.scope import Scope
from subcontracts.models import FundingLine
from tests import factories
from tests.billing.build import JANUARY, declare, line, placement, priced
from tests.billing.messages import declaration
from tests.conftest import become
from tests.factories import World

#: Money is a string with two decimals.
MONEY = re.compile(r"-?\d+\.\d\d")
AMOUNTS = (
    "entitled",
    "corrected",
    "held",
    "released",
    "carried_in",
    "deferred",
    "set_off",
    "adjusted",
    "payable",
    "carried_out",
)


@pytest.fixture
def chain(system: Scope) -> World:
    return factories.world(system)


def run(*arguments: str) -> list[dict[str, Any]]:
    out = io.StringIO()
    try:
        call_command(*arguments, "--json", stdout=out)
    finally:
        told = [json.loads(text) for text in out.getvalue().splitlines()]
    return told


def test_run_month_tells_each_statement(chain: World) -> None:
    declare(chain, priced(placement(chain), 10))
    first = {one["organisation"]: one for one in run("run_month", "2026-01")}
    told = first[chain.pxq.organisation.kvk]
    assert tuple(told) == ("month", "organisation", "statement", "new", *AMOUNTS)
    assert told["month"] == "2026-01"
    assert all(MONEY.fullmatch(told[name]) for name in AMOUNTS)
    assert (told["entitled"], told["payable"]) == ("660.00", "660.00")
    again = {one["organisation"]: one for one in run("run_month", "2026-01")}
    assert again == {kvk: one | {"new": False} for kvk, one in first.items()}


def test_run_month_of_one_main_contractor(chain: World, system: Scope) -> None:
    other = factories.world(system)
    declare(other, priced(placement(other), 2))
    assert run("run_month", "2026-01", "--main-contractor", chain.main.organisation.kvk)
    become(system)
    assert not Statement.objects.filter(main_contractor=other.main).exists()


def test_run_month_goes_on_past_who_cannot_be_closed(chain: World) -> None:
    """Exit code 1, with one object for what is wrong; the others have their statement."""
    assert chain.fte.line
    FundingLine.objects.filter(pk=chain.fte.line.pk).update(parameters={})
    declare(chain, priced(placement(chain), 10))
    out = io.StringIO()
    with pytest.raises(CommandError) as refused:
        call_command("run_month", "2026-01", "--json", stdout=out)
    assert refused.value.returncode == 1
    told = [json.loads(text) for text in out.getvalue().splitlines()]
    (problem,) = (one for one in told if "statement" not in one)
    assert problem["message"]
    assert problem | {"message": ""} == {
        "month": "2026-01",
        "subcontractor": chain.fte.subcontractor.pk,
        "rule": "BIL-02",
        "message": "",
    }
    assert chain.pxq.organisation.kvk in {one.get("organisation") for one in told}


def test_state_adds_up_what_was_declared(chain: World) -> None:
    placed = placement(chain)
    name = f"{placed.allocation.number}@0307:jw"
    (before,) = run("state", name)
    assert tuple(before) == (
        "allocation",
        "deleted",
        "request",
        "versions",
        "placements",
        "open_start",
        "last_stop",
        "declared_volume",
        "declared_amount",
        "approved_volume",
        "approved_amount",
    )
    become(chain.system)
    good, too_much = priced(placed, 10), priced(placed, 13)
    declare(chain, good, too_much)
    (told,) = run("state", name)
    assert (told["declared_volume"], told["declared_amount"]) == ("23", "1518.00")
    assert (told["approved_volume"], told["approved_amount"]) == ("10", "660.00")
    assert MONEY.fullmatch(before["declared_amount"])
    (place,) = told["placements"]
    assert place == {
        "number": placed.number,
        "organisation": chain.pxq.organisation.kvk,
        "status": "accepted",
        "start": placed.start_date.isoformat(),
        "end": "2026-12-31",
        "volume": 12,
    }


def test_check_declaration_counts_lines_in_the_document(chain: World, tmp_path: Path) -> None:
    """From 1, over all clients; then what is asked and what would be granted. Nothing is kept."""
    ones = [placement(chain) for _client in range(3)]
    file = tmp_path / "d.xml"
    lines = [(str(one.client.bsn), line(one, reference=f"A{n}")) for n, one in enumerate(ones)]
    file.write_bytes(declaration(chain, JANUARY, *lines))
    *told, totals = run("check_declaration", str(file))
    assert [one["line"] for one in told] == [1, 2, 3]
    assert {tuple(one) for one in told} == {("line", "reference", "accepted", "codes")}
    assert tuple(totals) == ("submitted", "granted")
    assert totals["submitted"] == f"{3 * Decimal('198.00')}"
    with pytest.raises(CommandError) as refused:
        run("check_declaration", str(tmp_path / "absent.xml"))
    assert refused.value.returncode == 1
