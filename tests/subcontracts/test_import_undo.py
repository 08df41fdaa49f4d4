"""Undoing a take-over: as a whole, by two where it was accepted, and not once care moved on."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from hoofdaannemer.core.errors import ConflictError, RuleError
from hoofdaannemer.core.scope import Role, Scope
from hoofdaannemer.invariants import check_all
from messaging.models import OutgoingMessage
from subcontracts.models import Allocation, CareImport, Client, Deadline, DeliveryStart, Placement
from subcontracts.models.care_imports import MOST_ATTEMPTS
from subcontracts.rules.delivery import StopKey
from subcontracts.services import deliveries, import_undoing, importing
from tests import factories
from tests.conftest import become
from tests.factories import World
from tests.subcontracts.conftest import Browser as Browse
from tests.subcontracts.importing import (
    LATER,
    allocated,
    faults,
    manager,
    person,
    placed,
    running,
    statuses,
    taken,
    worker,
)

Status = CareImport.Status


@pytest.fixture
def here(system: Scope) -> World:
    return factories.world(system)


@contextmanager
def refused(code: str) -> Iterator[None]:
    with pytest.raises(RuleError) as caught:
        yield
    assert caught.value.code == code


def controller(here: World) -> Scope:
    return become(here.at(Role.CONTROLLER))


def asked(here: World, row: CareImport) -> CareImport:
    return import_undoing.ask(scope=manager(here), row=row, reason="Verkeerd bestand.")


def stopped(here: World, placement: Placement) -> None:
    stop = StopKey(begin=date(2024, 6, 10), end=date(2026, 3, 20), reason="31")
    scope = become(here.system.moved_to(LATER))
    deliveries.report_stop(scope=scope, placement=placement, stop=stop)


def broken() -> list[str]:
    return [one.code for one in check_all() if not one.holds]


def test_it_is_as_if_nothing_was_taken_over(here: World) -> None:
    rows = running(here)
    row = asked(here, taken(here, rows))
    assert row.status == Status.UNDOING
    row = worker(here, row)
    assert row.status == Status.UNDONE
    assert statuses(row) == ["undone", "undone", "undone"]
    placement, allocation = Placement.objects.get(), Allocation.objects.get()
    assert (placement.status, allocation.is_deleted) == ("withdrawn", True)
    assert "704001" in placement.reply_reason
    assert not DeliveryStart.objects.live().exists()
    assert not Deadline.objects.running().exists()
    assert not OutgoingMessage.objects.exists()
    client = Client.objects.get()
    assert (client.bsn, client.surname, client.address) == (None, "", "")
    assert broken() == []
    # The same file is new again.
    again = taken(here, rows)
    assert statuses(again) == ["taken", "taken", "taken"]
    assert Placement.objects.live().get().number == 704001
    assert broken() == []


def test_what_was_accepted_is_undone_by_two(here: World) -> None:
    row = taken(here, running(here))
    importing.accept(scope=controller(here), row=row)
    row = asked(here, row)
    assert row.status == Status.ACCEPTED
    with refused("CON-172"):
        import_undoing.agree(scope=manager(here), row=row)
    row = import_undoing.refuse(scope=controller(here), row=row)
    with pytest.raises(ConflictError):
        import_undoing.agree(scope=controller(here), row=row)
    row = asked(here, row)
    row = import_undoing.agree(scope=controller(here), row=row)
    row = worker(here, row)
    assert (row.status, bool(row.paper)) == (Status.UNDONE, True)
    assert broken() == []


def test_care_that_moved_on_is_not_undone(here: World) -> None:
    row = taken(here, running(here))
    with refused("CON-170"):
        import_undoing.ask(scope=manager(here), row=row, reason=" ")
    stopped(here, Placement.objects.get())
    with refused("CON-171"):
        asked(here, row)
    assert statuses(row) == ["taken", "taken", "taken"]


def test_what_moves_on_before_the_worker_comes_stays_with_its_client(here: World) -> None:
    rows: dict[str, Any] = running(here)
    other = person()
    rows["clienten"].append(other)
    rows["toewijzingen"].append(allocated(other["bsn"], 4002))
    rows["plaatsingen"].append(placed(4002, rows["plaatsingen"][0]["uitvoerder"]))
    row = asked(here, taken(here, rows))
    stopped(here, Placement.objects.get(number=704002))
    row = worker(here, row)
    assert row.status == Status.UNDONE
    assert sorted(statuses(row)) == ["taken"] * 3 + ["undone"] * 3
    assert [(sheet, rule) for sheet, _line, _column, rule in faults(row)] == [
        ("clienten", "CON-173"),
        ("toewijzingen", "CON-173"),
        ("plaatsingen", "CON-173"),
    ]
    assert Client.objects.exclude(bsn_hash=None).count() == 1
    assert broken() == []


def test_a_worker_that_fails_leaves_the_rest_to_the_next(
    here: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = asked(here, taken(here, running(here)))
    with monkeypatch.context() as broken_once:
        broken_once.setattr(import_undoing.clients, "forget", lambda **_words: 1 / 0)
        with pytest.raises(ExceptionGroup):
            worker(here, row)
    # Nothing of that client was done, and it is taken up again.
    assert statuses(row) == ["taken", "taken", "taken"]
    assert worker(here, row).status == Status.UNDONE
    assert row.attempts < MOST_ATTEMPTS


def test_the_page_says_beforehand_what_is_undone_and_what_blocks(
    here: World, browse: Browse
) -> None:
    row = taken(here, running(here))
    page = reverse("care_import_undo", args=[row.pk])
    browser = browse(here, Role.CONTRACT_MANAGER)
    shown = browser.get(page).context
    assert [count for _sheet, count in shown["counted"]["rows"]] == [1, 1, 1]
    assert shown["may_ask"]
    stopped(here, Placement.objects.get())
    shown = browser.get(page).context
    assert not shown["may_ask"]
    assert {line[1] for line in shown["moved"]["rows"]} == {2}
    assert any("einde" in line[3] for line in shown["moved"]["rows"])


def test_the_second_person_finds_it_on_the_work_list(here: World, browse: Browse) -> None:
    row = taken(here, running(here))
    importing.accept(scope=controller(here), row=row)
    page = reverse("care_import_undo", args=[row.pk])
    browse(here, Role.CONTRACT_MANAGER).post(page, {"reason": "Verkeerd bestand."})
    other = browse(here, Role.CONTROLLER)
    assert page in other.get(reverse("home")).content.decode()
    assert other.get(page).context["may_agree"]
    assert other.post(page, {"answer": "agree"}).url == row.get_absolute_url()
    become(here.system)
    assert CareImport.objects.get().status == Status.UNDOING


def several(here: World, clients: int) -> dict[str, Any]:
    """So many clients in one file, with care under numbers from 4001 on."""
    rows: dict[str, Any] = {"clienten": [], "toewijzingen": [], "plaatsingen": []}
    for number in range(4001, 4001 + clients):
        for sheet, some in running(here, number).items():
            rows[sheet] += some
    return rows


def test_one_client_that_fails_in_a_set_stops_no_other(
    here: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = asked(here, taken(here, several(here, 3)))
    fails = Allocation.objects.get(number=4002).client_id
    erase = import_undoing.clients.forget

    def forget(*, scope: Scope, clients: Collection[int]) -> None:
        if fails in clients:
            raise ZeroDivisionError
        erase(scope=scope, clients=clients)

    with monkeypatch.context() as broken_once:
        broken_once.setattr(import_undoing.clients, "forget", forget)
        with pytest.raises(ExceptionGroup) as caught:
            worker(here, row)
    assert len(caught.value.exceptions) == 1
    assert sorted(statuses(row)) == ["taken"] * 3 + ["undone"] * 6
    assert Allocation.objects.live().get().number == 4002
    assert worker(here, row).status == Status.UNDONE
    assert broken() == []


def test_a_set_of_clients_is_undone_by_a_fixed_number_of_questions(here: World) -> None:
    few, many = (asked_of(here, number) for number in (2, 8))
    assert many == few


def asked_of(here: World, clients: int) -> int:
    """How many statements undoing so many clients takes."""
    row = asked(here, taken(here, several(here, clients)))
    with CaptureQueriesContext(connection) as statements:
        worker(here, row)
    assert statuses(row) == ["undone"] * 3 * clients
    become(here.system)
    return len(statements)
