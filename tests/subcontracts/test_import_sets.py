"""Running care is taken over by sets of clients; one that fails harms no other."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.scope import Scope
from hoofdaannemer.invariants import check_all
from subcontracts.models import (
    Allocation,
    CareImport,
    CareImportRow,
    Client,
    ClientResidence,
    Deadline,
    DeliveryStart,
    Placement,
    Tariff,
    UpwardReport,
)
from subcontracts.models.care_imports import MOST_ATTEMPTS
from subcontracts.selectors.exchange_terms import exchange_on
from subcontracts.services import import_taking, importing
from tests import factories
from tests.conftest import become
from tests.factories import World
from tests.subcontracts.importing import (
    checked,
    faults,
    manager,
    placed,
    running,
    statuses,
    worker,
)
from tests.subcontracts.numbers import numbered

Status = CareImport.Status
Rows = dict[str, Any]


@pytest.fixture
def here(system: Scope) -> World:
    return factories.world(system)


def several(here: World, clients: int, first: int = 4001, **placement: Any) -> Rows:
    """So many clients in one file, with care under numbers from `first` on."""
    rows: Rows = {"clienten": [], "toewijzingen": [], "plaatsingen": []}
    for number in range(first, first + clients):
        for sheet, some in running(here, number, **placement).items():
            rows[sheet] += some
    return rows


def confirmed(here: World, rows: Rows) -> CareImport:
    row = checked(here, rows)
    importing.confirm(scope=manager(here), row=row)
    become(here.system)
    return row


def broken() -> list[str]:
    return [one.code for one in check_all() if not one.holds]


def test_a_set_of_clients_is_taken_over_by_a_fixed_number_of_questions(here: World) -> None:
    few, many = asked_of(here, 2, first=4001), asked_of(here, 8, first=5001)
    assert many == few


def asked_of(here: World, clients: int, first: int) -> int:
    """How many statements taking over so many clients takes."""
    row = confirmed(here, several(here, clients, first))
    with CaptureQueriesContext(connection) as statements:
        worker(here, row)
    become(here.system)
    assert statuses(row) == ["taken"] * 3 * clients
    return len(statements)


def test_all_that_follows_stands_for_each_client(here: World) -> None:
    worker(here, confirmed(here, several(here, 3, onderbroken_na=date(2026, 2, 20))))
    become(here.system)
    people = set(Client.objects.values_list("pk", flat=True))
    assert len(people) == 3
    for rows in (ClientResidence, Allocation, Placement):
        assert set(rows.objects.values_list("client", flat=True)) == people  # type: ignore[attr-defined]
    facts = UpwardReport.objects.values_list("allocation", "kind")
    assert sorted(facts) == [
        (pk, kind)
        for pk in sorted(Allocation.objects.values_list("pk", flat=True))
        for kind in ("start", "stop")
    ]
    assert set(Deadline.objects.running().values_list("kind", flat=True)) == {Deadline.Kind.STOP}
    assert broken() == []


def test_a_row_that_is_refused_stops_no_other_of_its_set(here: World) -> None:
    rows = several(here, 3)
    rows["plaatsingen"][1]["nummer"] = exchange_on(here.youth, here.system.today).number_first
    row = confirmed(here, rows)
    # Between check and take-over the number of the second client was given to other care.
    factories.place(here, factories.allocate(here))
    row = worker(here, row)
    assert (row.status, row.handled) == (Status.DONE, 9)
    assert faults(row) == [("plaatsingen", 3, "uitvoerder", "IMP-34")]
    assert statuses(row).count("taken") == 8
    assert broken() == []


def fails_for(monkeypatch: pytest.MonkeyPatch, bsn: str, failure: Exception) -> None:
    """Let keeping persons fail where this one is among them."""
    store = import_taking.Taking._store_persons

    def failing(self: Any) -> None:
        if any(one.said.bsn == bsn for one in self._brought):
            raise failure
        store(self)

    monkeypatch.setattr(import_taking.Taking, "_store_persons", failing)


def test_of_a_set_that_fails_only_the_guilty_client_waits(
    here: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = several(here, 3)
    row = confirmed(here, rows)
    with monkeypatch.context() as broken_once:
        fails_for(broken_once, rows["clienten"][1]["bsn"], ZeroDivisionError())
        with pytest.raises(ExceptionGroup) as caught:
            worker(here, row)
    become(here.system)
    assert len(caught.value.exceptions) == 1
    assert statuses(row) == ["taken", "ready", "taken"] * 3
    row = worker(here, row)
    assert (row.status, Placement.objects.count()) == (Status.DONE, 3)
    assert broken() == []


def test_who_goes_on_failing_is_left_out_in_the_end(
    here: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = several(here, 2)
    row = confirmed(here, rows)
    fails_for(monkeypatch, rows["clienten"][0]["bsn"], ZeroDivisionError())
    for _attempt in range(MOST_ATTEMPTS):
        with pytest.raises(ExceptionGroup):
            worker(here, row)
        become(here.system)
    row.refresh_from_db()
    assert row.status == Status.DONE
    assert {rule for *_where, rule in faults(row)} == {"IMP-41"}
    assert statuses(row) == ["wrong", "taken"] * 3


def test_what_is_refused_only_when_it_is_written_is_left_out_with_its_reason(
    here: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = several(here, 3)
    row = confirmed(here, rows)
    refusal = RuleError("MAN-03", "The agreed allocation numbers are used up.")
    fails_for(monkeypatch, rows["clienten"][2]["bsn"], refusal)
    row = worker(here, row)
    assert row.status == Status.DONE
    assert statuses(row) == ["taken", "taken", "wrong"] * 3
    assert {(line, rule) for _sheet, line, _column, rule in faults(row)} == {(4, "MAN-03")}


def test_a_worker_that_is_killed_between_sets_leaves_nothing_twice(
    here: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_taking, "AT_ONCE", 2)
    rows = several(here, 5)
    row = confirmed(here, rows)
    close = import_taking.Taking.close
    closed: list[Sequence[CareImportRow]] = []

    def killed(self: Any) -> Any:
        closed.append(self._rows)
        if len(closed) == 2:
            raise KeyboardInterrupt
        return close(self)

    with monkeypatch.context() as once:
        once.setattr(import_taking.Taking, "close", killed)
        with pytest.raises(KeyboardInterrupt):
            worker(here, row)
    become(here.system)
    row.refresh_from_db()
    assert (row.status, row.handled) == (Status.RUNNING, 6)
    assert statuses(row).count("taken") == 6
    # It shows no sign of life any more, so another takes it up.
    CareImport.objects.filter(pk=row.pk).update(seen_at=None)
    row = worker(here, row)
    assert (row.status, row.handled) == (Status.DONE, 15)
    for what in (Client, ClientResidence, Allocation, Placement, DeliveryStart, UpwardReport):
        assert what.objects.count() == 5  # type: ignore[attr-defined]
    assert broken() == []


def test_numbers_of_ours_go_around_those_that_come_along(here: World) -> None:
    first = exchange_on(here.youth, here.system.today).number_first
    rows = several(here, 3, nummer=None)
    rows["plaatsingen"][1]["nummer"] = first + 1
    worker(here, confirmed(here, rows))
    become(here.system)
    numbers = Placement.objects.order_by("allocation__number").values_list("number", flat=True)
    assert list(numbers) == [first, first + 1, first + 2]


def test_a_range_that_is_used_up_leaves_out_what_needs_a_number(here: World) -> None:
    first = exchange_on(here.youth, here.system.today).number_first
    numbered(here.system, here.youth, first, first)
    row = worker(here, confirmed(here, several(here, 2, nummer=None)))
    assert faults(row) == [("plaatsingen", 3, "uitvoerder", "PLA-12")]
    assert (Allocation.objects.count(), Placement.objects.count()) == (2, 1)


def test_what_the_municipality_told_meanwhile_is_the_same_allocation(here: World) -> None:
    rows = several(here, 2)
    row = confirmed(here, rows)
    who = factories.person(number=rows["clienten"][0]["bsn"])
    period = Period(date(2024, 6, 1), date(2026, 12, 31))
    told = factories.allocate(here, who=who, number=4001, period=period)
    row = worker(here, row)
    assert statuses(row).count("taken") == 6
    assert Client.objects.count() == Allocation.objects.count() == 2
    assert Allocation.objects.get(number=4001).pk == told.pk
    assert told.versions.count() == 2
    assert broken() == []


def test_of_care_that_two_give_the_pause_of_one_was_never_told(here: World) -> None:
    rows = running(here, volume=2, onderbroken_na=date(2026, 2, 20))
    team = here.own_team.subcontractor.provider_organisation.name
    rows["plaatsingen"].append(placed(4001, team, volume=2, nummer=None))
    row = worker(here, confirmed(here, rows))
    assert statuses(row) == ["taken"] * 4
    # The other went on, so for the municipality nothing paused.
    assert [one.kind for one in UpwardReport.objects.all()] == ["start"]


def test_tariffs_come_by_sets_and_each_ends_the_one_before(here: World) -> None:
    contract = here.pxq.subcontract
    assert contract is not None
    Tariff.objects.filter(subcontract=contract).delete()
    rows = several(here, 1)
    tariff = {"contractnummer": contract.number, "productcategorie": 45, "productcode": "45A04"}
    rows["tarieven"] = [
        {**tariff, "tarief": amount, "begindatum": day}
        for amount, day in (("60,00", date(2026, 1, 1)), ("62,00", date(2026, 6, 1)))
    ]
    row = worker(here, confirmed(here, rows))
    assert statuses(row) == ["taken"] * 5
    found = Tariff.objects.filter(subcontract=contract).order_by("start_date")
    assert [(int(one.amount), one.end_date) for one in found] == [
        (60, date(2026, 5, 31)),
        (62, None),
    ]
