"""Taking over care that follows from a task, which product and day tell apart, and no number."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from hoofdaannemer.core.scope import Scope
from hoofdaannemer.invariants import check_all
from messaging.istandaard.model.messages import StopMessage
from messaging.models import OutgoingMessage
from subcontracts.models import AllocatedBy, Allocation, Client, Placement, Subcontract
from subcontracts.rules.delivery import StopKey
from subcontracts.selectors.importing import reconciliation
from subcontracts.services import deliveries, first_relay, import_undoing, importing
from subcontracts.services.allocation_numbers import TASK_NUMBERS
from tests import factories
from tests.conftest import become
from tests.factories import World
from tests.subcontracts.allocating import document, granted, under
from tests.subcontracts.importing import (
    LATER,
    allocated,
    checked,
    faults,
    manager,
    person,
    placed,
    running,
    statuses,
    taken,
    worker,
)

Rows = dict[str, Any]


@pytest.fixture
def here(system: Scope) -> World:
    made = factories.world(system, relay=Subcontract.Relay.MESSAGES)
    under(made, AllocatedBy.TASK)
    return made


def number_of(here: World) -> str:
    contract = here.pxq.subcontract
    assert contract is not None
    return contract.number


def in_care(bsn: str, **others: Any) -> dict[str, Any]:
    """What the file says of an allocation that no number tells of."""
    return allocated(bsn, 0, **{"toewijzingsnummer": None, "toegewezen_door": "taak", **others})


def delivered(here: World, bsn: str, **others: Any) -> dict[str, Any]:
    by_client = {
        "toewijzingsnummer": None,
        "nummer": None,
        "bsn": bsn,
        "productcategorie": "45",
        "productcode": "45A04",
    }
    return placed(0, number_of(here), **{**by_client, **others})


def cared_for(here: World) -> Rows:
    """One client in care under the task, with the P*Q subcontractor."""
    who = person()
    return {
        "clienten": [who],
        "toewijzingen": [in_care(who["bsn"])],
        "plaatsingen": [delivered(here, who["bsn"])],
    }


def in_turn(here: World) -> Rows:
    """The same product a second time, after a while."""
    rows = cared_for(here)
    bsn = rows["clienten"][0]["bsn"]
    rows["toewijzingen"][0]["einddatum"] = rows["plaatsingen"][0]["einddatum"] = date(2026, 4, 30)
    again = {"begindatum": date(2026, 6, 1), "einddatum": None}
    rows["toewijzingen"].append(in_care(bsn, **again))
    rows["plaatsingen"].append(delivered(here, bsn, gestart_op=None, **again))
    return rows


def broken() -> list[str]:
    return [one.code for one in check_all() if not one.holds]


def test_it_comes_along_at_its_true_dates_and_nothing_is_told(here: World) -> None:
    row = taken(here, cared_for(here))
    assert statuses(row) == ["taken"] * 3
    allocation, placement = Allocation.objects.get(), Placement.objects.get()
    assert allocation.origin == AllocatedBy.TASK
    assert allocation.number in TASK_NUMBERS
    assert placement.allocation == allocation
    assert (allocation.start_date, placement.starts.get().begin_date) == (
        date(2024, 6, 1),
        date(2024, 6, 10),
    )
    # Also later no 301 goes below: under a task there is none.
    first_relay.send_first(scope=here.system.moved_to(LATER))
    become(here.system)
    assert not OutgoingMessage.objects.exists()
    assert broken() == []


def test_a_later_stop_goes_up_by_product_and_true_first_day(here: World) -> None:
    taken(here, cared_for(here))
    stop = StopKey(begin=date(2024, 6, 10), end=date(2026, 3, 20), reason="31")
    scope = become(here.system.moved_to(LATER))
    deliveries.report_stop(scope=scope, placement=Placement.objects.get(), stop=stop)
    message = document(OutgoingMessage.objects.get())
    assert isinstance(message, StopMessage)
    [told] = message.client.stops
    assert (told.allocation_number, told.allocation_start_date) == (None, None)
    assert told.begin_date == date(2024, 6, 10)
    assert told.product is not None
    assert told.product.code == "45A04"


def test_the_same_file_twice_does_nothing_twice(here: World) -> None:
    rows = in_turn(here)
    assert statuses(taken(here, rows)) == ["taken"] * 5
    spring, summer = Placement.objects.order_by("start_date")
    assert spring.allocation_id != summer.allocation_id
    again = checked(here, rows)
    assert statuses(again) == ["known"] * 5
    importing.discard(scope=manager(here), row=again)
    rows["toewijzingen"][0]["volume"] = 6
    assert ("toewijzingen", 2, "toewijzingsnummer", "IMP-30") in faults(checked(here, rows))


def test_the_control_totals_count_it(here: World) -> None:
    rows = cared_for(here)
    rows["totalen"] = [{"clienten": 1, "toewijzingen": 1, "plaatsingen": 1, "volume": 4}]
    row = taken(here, rows)
    assert [one.difference for one in reconciliation(become(here.system), row).totals] == [0] * 4


def test_it_is_undone_as_a_whole_and_comes_along_again(here: World) -> None:
    rows = in_turn(here)
    row = import_undoing.ask(scope=manager(here), row=taken(here, rows), reason="Te vroeg.")
    row = worker(here, row)
    assert statuses(row) == ["undone"] * 5
    assert not Allocation.objects.live().exists()
    assert not Placement.objects.live().exists()
    assert Client.objects.get().bsn is None
    assert broken() == []
    assert statuses(taken(here, rows)) == ["taken"] * 5
    assert broken() == []


def test_a_client_without_a_bsn_comes_along_by_its_reference(here: World) -> None:
    rows = in_turn(here)
    for sheet in ("clienten", "toewijzingen", "plaatsingen"):
        for one in rows[sheet]:
            one |= {"bsn": None, "kenmerk": "V-17"}
    assert statuses(taken(here, rows)) == ["taken"] * 5
    assert Client.objects.get().bsn is None
    assert statuses(checked(here, rows)) == ["known"] * 5
    assert broken() == []


def test_what_the_municipality_allocated_before_keeps_its_number(here: World) -> None:
    row = taken(here, running(here))
    assert statuses(row) == ["taken"] * 3
    assert Allocation.objects.get().origin == AllocatedBy.MUNICIPALITY


CASES = {
    "a number all the same": (
        "toewijzingen",
        {"toewijzingsnummer": 4001},
        ("toewijzingsnummer", "IMP-42"),
    ),
    "no product": ("toewijzingen", {"productcode": None}, ("productcode", "IMP-07")),
    "of the municipality": (
        "toewijzingen",
        {"toegewezen_door": None},
        ("toewijzingsnummer", "IMP-06"),
    ),
    "under a mandate": (
        "toewijzingen",
        {"toegewezen_door": "mandaat", "toewijzingsnummer": 4001},
        ("toegewezen_door", "IMP-36"),
    ),
    "placed of nobody": ("plaatsingen", {"bsn": None}, ("toewijzingsnummer", "IMP-06")),
    "placed of no product": ("plaatsingen", {"productcode": None}, ("productcode", "IMP-07")),
    "placed before": ("plaatsingen", {"begindatum": date(2024, 5, 1)}, ("begindatum", "IMP-28")),
    "placed of another product": ("plaatsingen", {"productcode": "45A05"}, ("bsn", "IMP-23")),
}


@pytest.mark.parametrize(("sheet", "cells", "expected"), CASES.values(), ids=CASES)
def test_each_wrong_cell_is_told(
    here: World, sheet: str, cells: dict[str, Any], expected: tuple[str, str]
) -> None:
    rows = cared_for(here)
    rows[sheet][0] |= cells
    found = faults(checked(here, rows))
    assert (sheet, 2, *expected) in found
    assert {rule for _sheet, _line, _column, rule in found} <= {expected[1], "IMP-23", "IMP-32"}


def test_no_product_twice_at_a_time(here: World) -> None:
    rows = in_turn(here)
    rows["toewijzingen"][1]["begindatum"] = date(2026, 4, 1)
    found = faults(checked(here, rows))
    assert ("toewijzingen", 3, "begindatum", "IMP-43") in found


def test_nor_beside_care_that_is_known(here: World) -> None:
    who = factories.person()
    granted(here, who=who)
    rows = cared_for(here)
    rows["clienten"] = []
    rows["toewijzingen"][0]["bsn"] = rows["plaatsingen"][0]["bsn"] = who.bsn
    found = faults(checked(here, rows))
    assert found == [
        ("toewijzingen", 2, "begindatum", "IMP-43"),
        ("plaatsingen", 2, "begindatum", "IMP-28"),
    ]


def test_what_began_meanwhile_is_not_doubled(here: World) -> None:
    rows = cared_for(here)
    who = factories.person(number=rows["clienten"][0]["bsn"])
    row = checked(here, rows)
    become(here.system)
    granted(here, who=who)
    importing.confirm(scope=manager(here), row=row)
    row = worker(here, row)
    assert ("toewijzingen", 2, "toewijzingsnummer", "MAN-06") in faults(row)
    assert Allocation.objects.count() == 1
    assert broken() == []


def test_a_task_that_ended_meanwhile_takes_nothing(here: World) -> None:
    row = checked(here, cared_for(here))
    become(here.system)
    under(here, AllocatedBy.MUNICIPALITY)
    importing.confirm(scope=manager(here), row=row)
    row = worker(here, row)
    assert ("toewijzingen", 2, "toewijzingsnummer", "IMP-36") in faults(row)
    assert not Allocation.objects.exists()


def test_a_number_of_another_client_is_no_mistake_to_overlook(here: World) -> None:
    rows = running(here)
    rows["plaatsingen"][0]["bsn"] = factories.bsn()
    assert faults(checked(here, rows)) == [("plaatsingen", 2, "bsn", "IMP-44")]


def test_without_a_task_there_is_always_a_number(system: Scope) -> None:
    here = factories.world(system)
    found = faults(checked(here, cared_for(here)))
    assert ("toewijzingen", 2, "toegewezen_door", "IMP-36") in found
