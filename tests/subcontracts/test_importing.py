"""Taking over care that runs already: once, at its true dates, and without telling it anew."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from hoofdaannemer.core.errors import ConflictError, NotAllowedError, RuleError
from hoofdaannemer.core.scope import Role, Scope
from hoofdaannemer.invariants import check_all
from messaging.exchange.content import opened
from messaging.istandaard import parse
from messaging.istandaard.model.messages import StopMessage
from messaging.models import OutgoingMessage
from subcontracts.models import (
    Allocation,
    CareImport,
    CareImportRow,
    Client,
    Deadline,
    DeliveryStart,
    Placement,
    Subcontract,
    Tariff,
    UpwardReport,
)
from subcontracts.models.care_imports import MOST_ATTEMPTS
from subcontracts.rules.delivery import StopKey
from subcontracts.selectors.exchange_terms import exchange_on
from subcontracts.selectors.importing import reconciliation
from subcontracts.services import deliveries, first_relay, import_taking, importing
from tests import factories
from tests.conftest import become
from tests.factories import NOW, World
from tests.subcontracts.importing import (
    AS_OF,
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
    workbook,
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


def sent() -> list[str]:
    """Types of all messages that were sent, in order."""
    return list(OutgoingMessage.objects.order_by("pk").values_list("message_type", flat=True))


def number_of(contract: Subcontract | None) -> str:
    assert contract is not None
    return contract.number


def test_running_care_comes_along_at_its_true_dates(here: World) -> None:
    row = taken(here, running(here))
    assert row.status == Status.DONE
    assert statuses(row) == ["taken", "taken", "taken"]
    client = Client.objects.get()
    assert (client.surname, client.initials) == ("Kanarie", "A")
    assert client.address == "Dorpsstraat\n12 a\n3811AA\nAmersfoort"
    allocation, placement = Allocation.objects.get(), Placement.objects.get()
    assert timezone.localdate(allocation.received_at) == date(2024, 5, 20)
    assert (allocation.start_date, allocation.volume) == (date(2024, 6, 1), 4)
    assert (placement.number, placement.status) == (704001, "accepted")
    assert (placement.subcontract, placement.start_date) == (
        here.pxq.subcontract,
        date(2024, 6, 1),
    )
    assert DeliveryStart.objects.get().begin_date == date(2024, 6, 10)
    assert DeliveryStart.objects.get().recorded_at == NOW
    assert [one.code for one in check_all() if not one.holds] == []


def test_nothing_is_told_that_both_sides_know(here: World) -> None:
    taken(here, running(here))
    assert sent() == []
    report = UpwardReport.objects.get()
    assert (report.kind, report.begin_date, report.message) == ("start", date(2024, 6, 10), None)
    # What was due there is not due here; the planned end is still to come.
    kinds = set(Deadline.objects.running().values_list("kind", flat=True))
    assert kinds == {Deadline.Kind.STOP}


def test_a_later_stop_goes_up(here: World) -> None:
    taken(here, running(here))
    placement = Placement.objects.get()
    stop = StopKey(date(2024, 6, 10), date(2026, 4, 3), "31")
    deliveries.report_stop(
        scope=become(here.system.moved_to(LATER)), placement=placement, stop=stop
    )
    message = OutgoingMessage.objects.get(leg="up")
    content = parse(opened(message)).message
    assert message.message_type == "307"
    assert isinstance(content, StopMessage)
    told = content.client.stops[0]
    assert (told.begin_date, told.end_date) == (date(2024, 6, 10), date(2026, 4, 3))
    assert told.allocation_number == 4001


def test_a_pause_is_kept_and_a_restart_goes_up(here: World) -> None:
    taken(here, running(here, onderbroken_na=date(2026, 2, 20)))
    assert sent() == []
    placement = Placement.objects.get()
    deliveries.report_start(
        scope=become(here.system.moved_to(LATER)), placement=placement, begin=date(2026, 4, 1)
    )
    assert sent() == ["305"]


def test_software_is_told_once_of_what_it_has_no_number_for(system: Scope) -> None:
    here = factories.world(system, relay=Subcontract.Relay.MESSAGES)
    taken(here, running(here, 4001))
    assert first_relay.send_first(scope=here.system.moved_to(NOW)) == 0
    become(here.system)
    taken(here, running(here, 4002, nummer=None))
    assert sent() == []
    assert first_relay.send_first(scope=here.system.moved_to(NOW)) == 1
    become(here.system)
    assert sent() == ["301"]


def test_a_number_that_came_along_is_not_given_out_again(here: World) -> None:
    first = exchange_on(here.youth, here.system.today).number_first
    taken(here, running(here, nummer=first))
    placement = factories.place(here, factories.allocate(here))
    assert placement.number == first + 1


def test_the_same_file_twice_does_nothing_twice(here: World) -> None:
    rows = running(here)
    taken(here, rows)
    again = checked(here, rows)
    assert statuses(again) == ["known", "known", "known"]
    with refused("CON-142"):
        importing.confirm(scope=manager(here), row=again)
    assert Placement.objects.count() == Allocation.objects.count() == Client.objects.count() == 1


def test_a_dry_run_takes_nothing_over(here: World) -> None:
    row = checked(here, running(here))
    assert row.status == Status.CHECKED
    assert statuses(row) == ["ready"] * 3
    assert not Client.objects.exists()
    assert not Placement.objects.exists()


def test_a_worker_that_was_killed_is_followed_by_another(
    here: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = running(here, 4001), running(here, 4002)
    row = checked(here, {sheet: [*first[sheet], *second[sheet]] for sheet in first})
    importing.confirm(scope=manager(here), row=row)
    carried_out = import_taking.Taking.take

    def killed(self: Any, one: CareImportRow) -> None:
        if one.line == 3:
            raise MemoryError
        carried_out(self, one)

    monkeypatch.setattr(import_taking.Taking, "take", killed)
    with pytest.raises(ExceptionGroup):
        worker(here, row)
    monkeypatch.undo()
    become(here.system)
    assert sorted(statuses(row)) == ["ready"] * 3 + ["taken"] * 3
    row = worker(here, row)
    assert (row.status, Placement.objects.count()) == (Status.DONE, 2)


def test_a_file_that_cannot_be_checked_is_left_to_a_person(
    here: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(**_arguments: Any) -> None:
        raise MemoryError

    row = importing.hand_in(
        scope=manager(here), raw=workbook(running(here, 4001)), name="zorg.xlsx", as_of=AS_OF
    )
    monkeypatch.setattr(import_taking.import_checking, "check", fails)
    for _attempt in range(MOST_ATTEMPTS):
        become(here.system)
        CareImport.objects.filter(pk=row.pk).update(seen_at=None)
        with pytest.raises(MemoryError):
            worker(here, row)
    become(here.system)
    CareImport.objects.filter(pk=row.pk).update(seen_at=None)
    assert import_taking.waiting(here.system) == []
    row.refresh_from_db()
    assert row.is_given_up
    assert importing.discard(scope=manager(here), row=row).status == Status.DISCARDED


def test_tariffs_come_first_so_that_care_can_be_placed(here: World) -> None:
    contract = here.pxq.subcontract
    assert contract is not None
    Tariff.objects.filter(subcontract=contract).delete()
    rows: dict[str, Any] = running(here)
    assert faults(checked(here, rows)) == [("plaatsingen", 2, "productcode", "IMP-27")]
    importing.discard(scope=manager(here), row=CareImport.objects.get())
    rows["tarieven"] = [
        {
            "contractnummer": contract.number,
            "productcategorie": 45,
            "productcode": "45a04",
            "tarief": 61.255,
            "begindatum": date(2026, 1, 1),
        }
    ]
    row = taken(here, rows)
    assert set(statuses(row)) == {"taken"}
    assert Tariff.objects.get(subcontract=contract).amount == Decimal("61.2550")


def test_a_tariff_follows_on_an_open_one_and_never_lies_across(here: World) -> None:
    contract = here.pxq.subcontract
    assert contract is not None
    rows: dict[str, Any] = running(here)
    tariff = {"contractnummer": contract.number, "productcategorie": 45, "productcode": "45A04"}
    rows["tarieven"] = [
        {**tariff, "tarief": "33,00", "begindatum": date(2026, 1, 1)},
        {**tariff, "tarief": "66,00", "begindatum": date(2025, 1, 1)},
        {**tariff, "tarief": "70,00", "begindatum": date(2025, 6, 1)},
    ]
    row = checked(here, rows)
    assert faults(row) == [("tarieven", 4, "tarief", "IMP-30")]
    assert statuses(row)[:3] == ["ready", "known", "wrong"]
    # Euros are counted at the tariff that will hold.
    placement = CareImportRow.objects.get(care_import=row, sheet="plaatsingen")
    assert placement.amounts == {"2026": "6882.86"}


def test_what_the_services_refuse_is_left_out_with_their_reason(here: World) -> None:
    row = checked(here, running(here))
    importing.confirm(scope=manager(here), row=row)
    # Between check and take-over the contract ended.
    become(here.system)
    Subcontract.objects.filter(pk=here.pxq.subcontract.pk).update(status="ended")  # type: ignore[union-attr]
    row = worker(here, row)
    assert statuses(row) == ["taken", "taken", "wrong"]
    assert faults(row) == [("plaatsingen", 2, "uitvoerder", "PLA-02")]
    # The allocation came along, and waits on the work list to be placed.
    assert Deadline.objects.running().get().kind == Deadline.Kind.PLACE


def test_an_own_team_comes_along_without_a_contract(here: World) -> None:
    name = here.own_team.subcontractor.provider_organisation.name
    rows = running(here, uitvoerder=name.upper())
    row = taken(here, rows)
    assert set(statuses(row)) == {"taken"}
    assert Placement.objects.get().subcontract is None


def test_wrong_rows_stop_no_others_and_can_be_handed_in_again(here: World) -> None:
    good, bad = running(here, 4001), running(here, 4002)
    wrong = {**bad["plaatsingen"][0], "uitvoerder": "bestaat niet"}
    rows = {
        "clienten": [*good["clienten"], *bad["clienten"]],
        "toewijzingen": [*good["toewijzingen"], *bad["toewijzingen"]],
        "plaatsingen": [*good["plaatsingen"], wrong],
    }
    row = taken(here, rows)
    assert faults(row) == [("plaatsingen", 3, "uitvoerder", "IMP-24")]
    assert Placement.objects.count() == 1
    assert Allocation.objects.count() == 2
    # Only the row that was left out, mended: the allocation is known.
    again = taken(here, {"plaatsingen": bad["plaatsingen"]})
    assert statuses(again) == ["taken"]
    assert Placement.objects.count() == 2


def test_committed_euros_are_counted_by_year(here: World) -> None:
    row = checked(here, running(here))
    placement = CareImportRow.objects.get(care_import=row, sheet="plaatsingen")
    # 365 days of four hours a week at 66 euros.
    assert placement.amounts == {"2026": "13765.71"}


def test_the_reconciliation_says_what_is_left_out_and_why(here: World) -> None:
    rows: dict[str, Any] = running(here)
    rows["plaatsingen"].append(placed(9999, number_of(here.pxq.subcontract)))
    rows["totalen"] = [
        {"gemeente": 307, "clienten": 1, "toewijzingen": 1, "plaatsingen": 2},
        {"uitvoerder": number_of(here.pxq.subcontract), "jaar": 2026, "bedrag": "13.765,71"},
    ]
    row = taken(here, rows)
    report = reconciliation(manager(here), row)
    town = report.by_municipality[0]
    assert (town.first, town.in_file.count, town.taken.count) == ("Amersfoort", 1, 1)
    provider = next(one for one in report.by_provider if one.taken.count)
    assert provider.taken.amounts == {2026: Decimal("13765.71")}
    assert [(one.sheet, one.rule, one.count) for one in report.reasons] == [
        ("plaatsingen", "IMP-23", 1)
    ]
    assert [(one.counted, one.theirs, one.ours) for one in report.totals] == [
        ("clienten", 1, 1),
        ("toewijzingen", 1, 1),
        ("plaatsingen", 2, 1),
        ("bedrag", Decimal("13765.71"), Decimal("13765.71")),
    ]
    assert report.differs


def test_somebody_else_accepts_and_the_file_is_erased(here: World) -> None:
    row = taken(here, running(here))
    with refused("CON-144"):
        importing.accept(scope=manager(here), row=row)
    controller = become(here.at(Role.CONTROLLER))
    importing.accept(scope=controller, row=row)
    row = CareImport.objects.get()
    assert (row.status, row.accepted_by_id) == (Status.ACCEPTED, controller.user_id)
    assert row.content == ""
    assert set(CareImportRow.objects.values_list("pk", flat=True))
    assert {one.cells for one in CareImportRow.objects.all()} == {""}
    with pytest.raises(ConflictError):
        importing.accept(scope=controller, row=row)


def test_differences_are_accepted_with_a_word_why(here: World) -> None:
    rows: dict[str, Any] = running(here)
    rows["totalen"] = [{"clienten": 2}]
    row = taken(here, rows)
    controller = become(here.at(Role.CONTROLLER))
    with refused("CON-145"):
        importing.accept(scope=controller, row=row)
    importing.accept(scope=controller, row=row, note="Eén cliënt is in februari gestopt.")
    assert CareImport.objects.get().accepted_note.startswith("Eén")


def test_only_a_contract_manager_hands_in(here: World) -> None:
    with pytest.raises(NotAllowedError):
        importing.hand_in(
            scope=become(here.at(Role.CARE_COORDINATOR)),
            raw=workbook(running(here)),
            name="zorg.xlsx",
            as_of=AS_OF,
        )


@pytest.mark.parametrize(
    ("days", "code"), [(-400, "CON-140"), (100, "CON-140")], ids=["long ago", "far ahead"]
)
def test_the_day_lies_nearby(here: World, days: int, code: str) -> None:
    with refused(code):
        importing.hand_in(
            scope=manager(here),
            raw=workbook(running(here)),
            name="zorg.xlsx",
            as_of=NOW.date() + timedelta(days=days),
        )


def test_one_at_a_time_and_not_before_its_day(here: World) -> None:
    row = checked(here, running(here), as_of=date(2026, 4, 1))
    with refused("CON-143"):
        importing.confirm(scope=manager(here), row=row)
    with refused("CON-141"):
        checked(here, running(here))
    importing.discard(scope=manager(here), row=row)
    assert CareImport.objects.get().content == ""


CASES = {
    "bsn": ("clienten", {"bsn": "123456789"}, ("bsn", "IMP-03")),
    "geslacht": ("clienten", {"geslacht": "v"}, ("geslacht", "IMP-04")),
    "geboortedatum": ("clienten", {"geboortedatum": "31-02-2012"}, ("geboortedatum", "IMP-05")),
    "postcode": ("clienten", {"postcode": "38 11"}, ("postcode", "IMP-10")),
    "teken": ("clienten", {"plaats": "Soest\nNoord"}, ("plaats", "IMP-11")),
    "wet": ("toewijzingen", {"wet": "wlz"}, ("wet", "IMP-01")),
    "gemeente": ("toewijzingen", {"gemeente": "Amersfoort"}, ("gemeente", "IMP-02")),
    "geen contract": ("toewijzingen", {"gemeente": "0344"}, ("gemeente", "IMP-21")),
    "nummer": ("toewijzingen", {"toewijzingsnummer": "A1"}, ("toewijzingsnummer", "IMP-06")),
    "product": ("toewijzingen", {"productcode": "99X99"}, ("productcode", "IMP-07")),
    "frequentie": ("toewijzingen", {"frequentie": "9"}, ("frequentie", "IMP-08")),
    "voorbij": ("toewijzingen", {"einddatum": date(2026, 2, 1)}, ("einddatum", "IMP-31")),
    "onbekend": ("plaatsingen", {"uitvoerder": "O-000"}, ("uitvoerder", "IMP-24")),
    "buiten": ("plaatsingen", {"begindatum": date(2024, 1, 1)}, ("begindatum", "IMP-28")),
    "te veel": ("plaatsingen", {"volume": 5}, ("volume", "IMP-29")),
    "pauze": ("plaatsingen", {"onderbroken_na": date(2026, 3, 12)}, ("onderbroken_na", "IMP-05")),
    "te laat": ("plaatsingen", {"gestart_op": date(2026, 3, 12)}, ("gestart_op", "IMP-05")),
}


@pytest.mark.parametrize(("sheet", "cells", "expected"), CASES.values(), ids=CASES)
def test_each_wrong_cell_is_told(
    here: World, sheet: str, cells: dict[str, Any], expected: tuple[str, str]
) -> None:
    rows: dict[str, Any] = running(here)
    rows[sheet][0] |= cells
    found = faults(checked(here, rows))
    assert (sheet, 2, *expected) in found
    # What rests on it is left out too, and says so.
    assert {rule for _sheet, _line, _column, rule in found} <= {
        expected[1],
        *("IMP-22", "IMP-23", "IMP-32"),
    }


def test_rows_that_stand_twice_or_alone(here: World) -> None:
    rows: dict[str, Any] = running(here)
    rows["clienten"] += [rows["clienten"][0], person()]
    rows["toewijzingen"] += [rows["toewijzingen"][0], allocated(factories.bsn(), 4002)]
    rows["plaatsingen"] += [placed(4003, number_of(here.pxq.subcontract))]
    assert faults(checked(here, rows)) == [
        ("clienten", 3, "bsn", "IMP-20"),
        ("clienten", 4, "bsn", "IMP-32"),
        ("toewijzingen", 3, "toewijzingsnummer", "IMP-20"),
        ("toewijzingen", 4, "bsn", "IMP-22"),
        ("plaatsingen", 3, "toewijzingsnummer", "IMP-23"),
    ]


def test_a_contract_of_another_municipality_takes_none_of_it(here: World) -> None:
    rows = running(here, uitvoerder=number_of(here.fte.subcontract))
    assert faults(checked(here, rows)) == [("plaatsingen", 2, "uitvoerder", "IMP-25")]
