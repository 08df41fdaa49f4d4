"""Relay in four ways: what goes out differs, what follows inside is the same."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from hoofdaannemer.accountability.definitions import quarter_figures
from hoofdaannemer.core.errors import NotAllowedError, RuleError
from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.scope import Role, Scope
from messaging.exchange.services import intake
from messaging.istandaard import Family, builders, serialize
from messaging.istandaard.model.delivery import StartProduct, StopProduct
from messaging.istandaard.model.values import Product as ProductCode
from messaging.models import IncomingMessage, Leg, OutgoingMessage
from subcontracts import tasks, words
from subcontracts.models import CareFile, Deadline, Placement, Subcontract, UpwardReport
from subcontracts.rules.carefile import COLUMNS
from subcontracts.rules.delivery import StopKey
from subcontracts.selectors.timeliness import OURS, timeliness
from subcontracts.services import carefiles, deliveries, placements, relays
from tests import factories
from tests.conftest import become
from tests.factories import NOW, World, moved
from tests.subcontracts.conftest import Browser as Browse

RELAY = Subcontract.Relay
BEGIN, END = date(2026, 3, 2), date(2026, 3, 10)
Teller = Callable[[World, Placement], None]


def _by_message(world: World, placement: Placement) -> None:
    become(world.system)
    for number, records in enumerate(_records(placement)):
        envelope = builders.Envelope(
            family=Family("jw"),
            sender=world.pxq.organisation.agb,
            receiver=world.municipality.code,
            number=f"S{placement.pk:06d}{number}",
            day=NOW.date(),
        )
        person = builders.Person(
            bsn=placement.client.bsn or "",
            birth_date=date.fromisoformat(placement.client.birth_date),
            surname=placement.client.surname,
            initials="A",
            first_names="Anna",
            sex="2",
        )
        build: Any = builders.stop if isinstance(records[0], StopProduct) else builders.start
        scope = moved(world.system)
        row = intake.receive(
            scope=scope,
            raw=serialize(build(envelope, person, records)),
            main_contractor_id=world.main.pk,
            leg=Leg.DOWN,
            source=IncomingMessage.Source.MAILBOX,
            organisation_id=world.pxq.organisation.pk,
        )
        row = intake.handle(scope=scope, message_id=row.pk)
        assert row.state == IncomingMessage.State.HANDLED, list(row.findings.all())


def _records(placement: Placement) -> list[list[StartProduct | StopProduct]]:
    common: dict[str, Any] = {
        "allocation_number": placement.number,
        "allocation_start_date": placement.start_date,
        "begin_date": BEGIN,
        "product": ProductCode(category=placement.product.category, code=placement.product.code),
    }
    return [
        [StartProduct(**common)],
        [StopProduct(**common, stop_reason="31", end_date=END)],
    ]


def _in_portal(world: World, placement: Placement) -> None:
    _report(become(world.at(Role.SUBCONTRACTOR_USER, world.pxq)), placement)


def _by_office(world: World, placement: Placement) -> None:
    _report(become(world.at(Role.CARE_COORDINATOR)), placement)


def _report(scope: Scope, placement: Placement) -> None:
    deliveries.report_start(scope=scope, placement=placement, begin=BEGIN)
    deliveries.report_stop(scope=scope, placement=placement, stop=StopKey(BEGIN, END, "31"))


def _by_csv(world: World, placement: Placement) -> None:
    scope = become(world.at(Role.SUBCONTRACTOR_USER, world.pxq))
    number = str(placement.number)
    raw = _file(
        ("", "jw", number, "stop", "02-03-2026", "10-03-2026", "31"),
        ("", "jw", number, "start", "02-03-2026", "", ""),
    )
    row = carefiles.hand_in(scope=scope, raw=raw, source=CareFile.Source.PORTAL)
    assert (row.taken_count, row.refused_count) == (2, 0)


def _file(*rows: tuple[str, ...]) -> bytes:
    return "\r\n".join(";".join(cells) for cells in (COLUMNS, *rows)).encode("utf-8-sig")


TOLD: dict[str, Teller] = {
    RELAY.MESSAGES: _by_message,
    RELAY.PORTAL: _in_portal,
    RELAY.CSV: _by_csv,
    RELAY.NONE: _by_office,
}


def _story(system: Scope, mode: str) -> dict[str, object]:
    """One client from allocation to stop, and what reports, terms and the municipality get."""
    world = factories.world(system, relay=mode)
    placement = factories.place(world, factories.allocate(world), accepted=False)
    if mode != RELAY.NONE:
        placements.accept(
            scope=become(world.at(Role.SUBCONTRACTOR_USER, world.pxq)), placement=placement
        )
    TOLD[mode](world, placement)
    become(world.system)
    placement.refresh_from_db()
    office = become(world.at(Role.CONTRACT_MANAGER))
    late = timeliness(office).of_leg[OURS]
    become(world.system)
    mine = {"main_contractor": world.main}
    return {
        "status": placement.status,
        "told": list(
            UpwardReport.objects.filter(**mine, withdrawn_at=None)
            .order_by("pk")
            .values_list("kind", "begin_date", "end_date", "reason")
        ),
        "sent": list(
            OutgoingMessage.objects.filter(**mine, leg=Leg.UP, message_type__in=["305", "307"])
            .order_by("pk")
            .values_list("message_type", flat=True)
        ),
        "terms": list(
            Deadline.objects.filter(**mine, leg=Leg.UP)
            .order_by("kind", "pk")
            .values_list("kind", "event_date", "due_date", "met_at", "dropped_at")
        ),
        "in time": (late.in_time, late.due),
        "report": _figures(world),
    }


def _figures(world: World) -> object:
    """The tables of the quarter's report, as known that evening."""
    become(world.system)
    first_quarter = Period(date(2026, 1, 1), date(2026, 3, 31))
    snapshot = quarter_figures.exact(world.youth, first_quarter, NOW + timedelta(hours=1))
    assert "clients" in str(snapshot.tables)
    return str(snapshot.tables).replace(world.youth.number, "contract")


def test_the_same_story_gives_the_same_counts_in_each_mode(system: Scope) -> None:
    found = {mode: _story(system, mode) for mode in TOLD}
    first = found[RELAY.PORTAL]
    assert first["told"] == [("start", BEGIN, None, ""), ("stop", BEGIN, END, "31")]
    assert first["sent"] == ["305", "307"]
    for mode, story in found.items():
        for fact, value in story.items():
            assert value == first[fact], (mode, fact)


def test_only_standard_messages_put_a_301_in_the_out_tray(system: Scope) -> None:
    for mode in RELAY.values:
        world = factories.world(system, relay=mode)
        placement = factories.place(world, factories.allocate(world), accepted=False)
        become(world.system)
        sent = OutgoingMessage.objects.filter(main_contractor=world.main, message_type="301")
        assert sent.exists() == (mode == RELAY.MESSAGES)
        assert (placement.message is not None) == (mode == RELAY.MESSAGES)


def test_without_relay_nothing_is_asked_of_the_subcontractor(system: Scope, browse: Browse) -> None:
    world = factories.world(system, relay=RELAY.NONE)
    placement = factories.place(world, factories.allocate(world), accepted=False)
    assert placement.status == Placement.Status.ACCEPTED
    scope = become(world.at(Role.SUBCONTRACTOR_USER, world.pxq))
    assert not Deadline.objects.visible_to(scope).exists()
    become(world.system)
    assert not Deadline.objects.filter(kind=Deadline.Kind.REPLY).exists()
    office = browse(world, Role.CARE_COORDINATOR)
    page = office.get(reverse("placement_detail", args=[placement.pk]))
    assert page.context["may_start"]
    url = reverse("placement_start", args=[placement.pk])
    office.post(url, {"begin": "02-03-2026"})
    become(world.system)
    assert placement.starts.get().begin_date == BEGIN


def test_elsewhere_the_office_does_not_report_for_a_subcontractor(
    system: Scope, browse: Browse
) -> None:
    world = factories.world(system, relay=RELAY.CSV)
    placement = factories.place(world, factories.allocate(world))
    with pytest.raises(NotAllowedError):
        deliveries.report_start(
            scope=become(world.at(Role.CARE_COORDINATOR)), placement=placement, begin=BEGIN
        )
    answer = browse(world, Role.CARE_COORDINATOR).get(
        reverse("placement_start", args=[placement.pk])
    )
    assert answer["Location"] == reverse("placement_detail", args=[placement.pk])


def test_a_mode_holds_from_its_day_on(system: Scope) -> None:
    world = factories.world(system)
    contract, today = world.pxq.subcontract, NOW.date()
    assert contract is not None
    manager = become(world.at(Role.CONTRACT_MANAGER))
    relays.set_mode(
        scope=manager, subcontract=contract, mode=RELAY.CSV, start_date=today + timedelta(days=7)
    )
    assert contract.relay_on(today) == RELAY.PORTAL
    assert contract.relay_on(today + timedelta(days=7)) == RELAY.CSV
    assert contract.relay_on(contract.start_date - timedelta(days=1)) == RELAY.PORTAL
    with pytest.raises(RuleError) as refusal:
        relays.set_mode(
            scope=manager,
            subcontract=contract,
            mode=RELAY.NONE,
            start_date=today - timedelta(days=1),
        )
    assert refusal.value.code == "CON-08"


def test_terms_change_hands_with_the_mode(system: Scope) -> None:
    world = factories.world(system)
    contract = world.pxq.subcontract
    assert contract is not None
    factories.place(world, factories.allocate(world))
    provider = world.at(Role.SUBCONTRACTOR_USER, world.pxq)
    asked = Deadline.objects.visible_to(become(provider)).running().count()
    assert asked
    manager = become(world.at(Role.CONTRACT_MANAGER))
    relays.set_mode(scope=manager, subcontract=contract, mode=RELAY.NONE, start_date=manager.today)
    assert not Deadline.objects.visible_to(become(provider)).running().exists()
    become(manager)
    relays.set_mode(scope=manager, subcontract=contract, mode=RELAY.CSV, start_date=manager.today)
    assert Deadline.objects.visible_to(become(provider)).running().count() == asked


def test_a_mode_of_a_day_to_come_takes_effect_by_itself(system: Scope) -> None:
    world = factories.world(system)
    contract = world.pxq.subcontract
    assert contract is not None
    factories.place(world, factories.allocate(world))
    become(world.system)
    relays.set_mode(
        scope=moved(world.system),
        subcontract=contract,
        mode=RELAY.NONE,
        start_date=NOW.date() + timedelta(days=1),
    )
    provider = become(world.at(Role.SUBCONTRACTOR_USER, world.pxq))
    assert Deadline.objects.visible_to(provider).running().exists()
    tasks.accept_by_silence()  # runs today, long after that day
    assert not Deadline.objects.visible_to(become(provider)).running().exists()


def test_only_a_contract_manager_sets_the_mode_on_its_page(system: Scope, browse: Browse) -> None:
    world = factories.world(system)
    contract = world.pxq.subcontract
    assert contract is not None
    url = reverse("subcontract_relay", args=[contract.pk])
    day = timezone.localdate().strftime("%d-%m-%Y")
    answer = browse(world, Role.CONTRACT_MANAGER).post(url, {"mode": "csv", "start_date": day})
    assert answer["Location"] == reverse("subcontract_detail", args=[contract.pk])
    become(world.system)
    assert list(contract.relay_modes.values_list("mode", flat=True)) == [RELAY.PORTAL, RELAY.CSV]
    assert browse(world, Role.CARE_COORDINATOR).get(url).status_code == 403


def test_pages_say_that_messages_are_for_steering_only(system: Scope, browse: Browse) -> None:
    world = factories.world(system)
    contract = world.pxq.subcontract
    assert contract is not None
    placement = factories.place(world, factories.allocate(world))
    manager = browse(world, Role.CONTRACT_MANAGER)
    day = timezone.localdate().strftime("%d-%m-%Y")
    answer = manager.post(
        reverse("municipal_contract_purpose", args=[world.youth.pk]),
        {"purpose": "steering", "start_date": day},
    )
    assert answer["Location"] == reverse("municipal_contract_detail", args=[world.youth.pk])
    said = words.purpose_text(steers=True)
    provider = browse(world, Role.SUBCONTRACTOR_USER, world.pxq)
    for browser, name, pk in (
        (manager, "municipal_contract_detail", world.youth.pk),
        (manager, "subcontract_detail", contract.pk),
        (provider, "subcontract_detail", contract.pk),
        (provider, "placement_detail", placement.pk),
    ):
        page = browser.get(reverse(name, args=[pk]))
        assert said in [value for _label, value in page.context["facts"]], name
    own = {"purpose": "settlement", "start_date": day}
    manager.post(reverse("subcontract_purpose", args=[contract.pk]), own)
    # The contract above says otherwise for all that lies under it.
    page = manager.get(reverse("subcontract_detail", args=[contract.pk]))
    assert said in [value for _label, value in page.context["facts"]]
