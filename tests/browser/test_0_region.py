"""The scenario `regio` is as large, as long and as varied as it promises, and loads in time."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from typing import Any, Final

import pytest
from django.utils import timezone

from hoofdaannemer.core.periods import Month
from hoofdaannemer.management.commands.scenario import LOG
from hoofdaannemer.scenarios.regio.loader import MONTHS, first_month
from tests.browser import region
from tests.browser.conftest import Site

pytestmark = pytest.mark.browser

#: Seconds in which the scenario is loaded on a quiet machine with two cores.
LIMIT: Final = 180
CLIENTS, SUBCONTRACTORS, OWN_TEAMS = 400, 40, 2
#: Working days apart at most, over the longest run of holidays.
QUIET: Final = timedelta(days=6)
UPWARD: Final = {"301", "302", "305", "306", "307", "308", "315", "316"}


@pytest.fixture(scope="module")
def found(site: Site) -> dict[str, Any]:
    return region.facts(site.home)


def test_two_contracts_of_one_main_contractor(found: dict[str, Any]) -> None:
    """Arrangements A2 and A3, with the number of codes, and the options of A2."""
    assert found["main_contractors"] == 1
    youth, wmo = found["contracts"]
    assert (youth["family"], youth["budget_form"]) == ("jw", "lump_sum")
    assert (youth["municipalities"], youth["products"]) == (8, 21)
    assert [months for months, _outcome in youth["options"]] == [36, 36], "nine years at most"
    assert youth["options"][0][1] == "taken"
    assert (wmo["family"], wmo["budget_form"]) == ("wmo", "lump_sum_by_decisions")
    assert (wmo["municipalities"], wmo["products"]) == (1, 8)


def test_subcontractors_of_every_form(found: dict[str, Any]) -> None:
    assert (found["subcontractors"], found["own_teams"]) == (SUBCONTRACTORS, OWN_TEAMS)
    forms = ("fte", "lump_sum", "pxq", "trajectory")
    assert found["forms"] == [[law, form] for law in ("jw", "wmo") for form in forms]
    assert found["temporary"], "price times quantity for a time only"
    for form, start, end in found["temporary"]:
        first = date.fromisoformat(start)
        assert form == "pxq"
        assert first < date.fromisoformat(end) < first.replace(year=first.year + 3)


def test_clients_and_a_year_of_messages(found: dict[str, Any]) -> None:
    assert found["clients"] >= CLIENTS
    up, down = (set(found["messages"][leg]) for leg in ("up", "down"))
    for law in ("JW", "WMO"):
        assert {f"{law}{number}" for number in UPWARD} <= up
        assert {f"{law}{number}" for number in ("323", "325")} <= down
    current = Month.of(timezone.localdate())
    months = [first_month(timezone.localdate())]
    while months[-1] < current:
        months.append(months[-1].next())
    assert len(months) == MONTHS == 12
    assert {str(month) for month in months[:-1]} <= set(found["received_in"])
    assert timezone.now() - datetime.fromisoformat(found["newest"]) < QUIET
    # The last whole month is closed by whoever walks the story.
    assert {str(month) for month in months[:-2]} <= set(found["stated"])


def test_each_role_has_a_login_that_is_printed(found: dict[str, Any]) -> None:
    assert found["without_login"] == []


def test_it_is_loaded_in_time(site: Site) -> None:
    """By the loader's own time of the processor, since the machine may do much else meanwhile."""
    lines = (site.home / "logs" / LOG).read_text(encoding="utf-8").splitlines()
    (told,) = [one for one in map(json.loads, lines) if one["name"] == "regio"]
    assert told["cpu_seconds"] <= LIMIT, told
