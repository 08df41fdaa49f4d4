"""The out-tray: stored once, delivered once, and what happens when a delivery fails."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from hoofdaannemer.core.errors import ConflictError, NotAllowedError
from hoofdaannemer.core.scope import Role, system
from messaging.exchange import content
from messaging.exchange.models import Channel, OutgoingMessage, Party
from messaging.exchange.services import channels, outtray
from messaging.exchange.services.identification import next_identification
from messaging.istandaard import InvalidMessageError, serialize
from tests.conftest import become
from tests.messaging import parties
from tests.messaging.parties import World

State = OutgoingMessage.State
Transport = Channel.Transport


@pytest.fixture(autouse=True)
def out(settings: object, tmp_path: Path) -> Path:
    settings.OUT_FOLDER = tmp_path / "out"  # type: ignore[attr-defined]
    return tmp_path / "out"


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def up(world: World, key: str = "k") -> OutgoingMessage:
    return parties.put_up(world, parties.start(world, world.main.organisation), key)


def down(world: World, key: str = "k") -> OutgoingMessage:
    return parties.put_down(
        world, world.practice, parties.allocation(world, receiver="94000001"), key
    )


def by(world: World, party: Party, transport: Channel.Transport) -> Channel:
    return channels.choose_transport(
        scope=world.system, main_contractor_id=world.main.pk, party=party, transport=transport
    )


def test_putting_twice_stores_once(world: World) -> None:
    first = up(world)
    assert up(world) == first
    assert OutgoingMessage.objects.count() == 1
    assert up(world, "k:2") != first


def test_message_that_does_not_fit_the_schema_is_not_stored(world: World) -> None:
    wrong = parties.start(world, world.main.organisation, number="longer than twelve")
    with pytest.raises(InvalidMessageError):
        parties.put_up(world, wrong)


def test_identifications_are_never_used_twice(world: World) -> None:
    made = [next_identification(world.system, world.main.pk) for _turn in range(50)]
    made += [next_identification(world.system, world.other_main.pk) for _turn in range(50)]
    assert len(set(made)) == 100
    assert {len(one) for one in made} == {12}


def test_folder_delivery_writes_one_file(world: World, out: Path) -> None:
    message = parties.start(world, world.main.organisation)
    row = parties.put_up(world, message)
    assert row.state == State.WAITING
    assert outtray.sweep(scope=world.system) == 1
    row.refresh_from_db()
    assert (row.state, row.delivered_at) == (State.DELIVERED, world.system.at)
    written = files(out)
    assert [path.relative_to(out).parts[:2] for path in written] == [("10000001", "0307")]
    assert written[0].read_bytes() == serialize(message) == content.opened(row)
    assert [attempt.succeeded for attempt in row.tries.all()] == [True]


def test_delivering_twice_is_delivering_once(world: World, out: Path) -> None:
    row = up(world)
    outtray.deliver(scope=world.system, message_id=row.pk)
    outtray.deliver(scope=world.system, message_id=row.pk)
    assert outtray.sweep(scope=world.system) == 0
    assert row.tries.count() == 1
    assert len(files(out)) == 1


def test_crash_between_hand_over_and_record_leaves_one_file(world: World, out: Path) -> None:
    row = up(world)
    outtray.deliver(scope=world.system, message_id=row.pk)
    # The hand-over happened, the record of it did not.
    OutgoingMessage.objects.filter(pk=row.pk).update(
        state=State.WAITING, next_try_at=world.system.at
    )
    assert outtray.sweep(scope=world.system) == 1
    assert len(files(out)) == 1


def test_failing_delivery_is_tried_five_times(world: World, out: Path) -> None:
    out.write_text("a file where the folder should be")
    row = up(world)
    for day in range(6):
        outtray.sweep(scope=system(world.system.at + timedelta(days=day)))
    row.refresh_from_db()
    assert (row.state, row.attempts) == (State.FAILED, 5)
    assert row.last_error
    out.unlink()
    with pytest.raises(OutgoingMessage.DoesNotExist):
        outtray.resend(scope=world.staff(Role.CONTROLLER), message_id=row.pk)
    outtray.resend(scope=world.staff(Role.ADMINISTRATOR), message_id=row.pk)
    outtray.sweep(scope=system(world.system.at + timedelta(days=9)))
    row.refresh_from_db()
    assert row.state == State.DELIVERED
    with pytest.raises(ConflictError):
        outtray.resend(scope=world.staff(Role.ADMINISTRATOR), message_id=row.pk)


def test_retries_wait_longer_each_time(world: World, out: Path) -> None:
    out.write_text("in the way")
    row = up(world)
    outtray.sweep(scope=world.system)
    assert outtray.sweep(scope=world.system) == 0
    assert outtray.sweep(scope=system(world.system.at + timedelta(seconds=16))) == 1
    row.refresh_from_db()
    assert row.next_try_at == world.system.at + timedelta(seconds=76)


def test_portal_is_delivered_at_once(world: World, out: Path) -> None:
    assert down(world).state == State.DELIVERED
    assert outtray.sweep(scope=world.system) == 0
    assert not out.exists()


def test_mailbox_waits_for_its_owner(world: World, out: Path) -> None:
    by(world, Party.of(world.practice), Transport.MAILBOX)
    row = down(world)
    assert row.state == State.WAITING
    assert outtray.sweep(scope=system(world.system.at + timedelta(days=1))) == 0
    become(world.provider(world.institution))
    with pytest.raises(OutgoingMessage.DoesNotExist):
        outtray.take(scope=world.provider(world.institution), message_id=row.pk)
    own = become(world.provider(world.practice))
    outtray.take(scope=own, message_id=row.pk)
    assert outtray.take(scope=own, message_id=row.pk).state == State.DELIVERED
    assert row.tries.count() == 1


def test_what_waits_takes_the_new_way(world: World, out: Path) -> None:
    by(world, Party.of(world.practice), Transport.MAILBOX)
    row = down(world)
    by(world, Party.of(world.practice), Transport.FOLDER)
    outtray.sweep(scope=world.system)
    row.refresh_from_db()
    assert row.state == State.DELIVERED
    assert files(out)[0].parent.name == world.practice.agb


@pytest.mark.parametrize("role", [Role.CARE_COORDINATOR, Role.CONTROLLER, Role.QUALITY_OFFICER])
def test_who_chooses_the_way(world: World, role: Role) -> None:
    party = Party.of(world.practice)
    with pytest.raises(NotAllowedError):
        channels.choose_transport(
            scope=world.staff(role),
            main_contractor_id=world.main.pk,
            party=party,
            transport=Transport.MAILBOX,
        )
    admin = become(world.staff(Role.ADMINISTRATOR))
    assert channels.choose_transport(
        scope=admin, main_contractor_id=world.main.pk, party=party, transport=Transport.MAILBOX
    ).pk
    with pytest.raises(NotAllowedError):
        channels.choose_transport(
            scope=admin,
            main_contractor_id=world.other_main.pk,
            party=Party.of(world.stranger),
            transport=Transport.MAILBOX,
        )


def test_a_subcontractor_sees_only_its_own(world: World) -> None:
    mine, above = down(world), up(world, "u")
    theirs = parties.put_down(
        world, world.institution, parties.allocation(world, receiver="94000002"), "t"
    )
    scope = become(world.provider(world.practice))
    assert list(OutgoingMessage.objects.visible_to(scope)) == [mine]
    # The second lock holds also where the first is forgotten.
    assert list(OutgoingMessage.objects.all()) == [mine]
    assert not OutgoingMessage.objects.filter(pk__in=[above.pk, theirs.pk]).exists()


@pytest.mark.parametrize(
    ("role", "sees"),
    [
        (Role.CONTRACT_MANAGER, {"305", "301", "323"}),
        (Role.CARE_COORDINATOR, {"305", "301", "323"}),
        (Role.CONTROLLER, {"323"}),
        (Role.QUALITY_OFFICER, set()),
        (Role.ADMINISTRATOR, set()),
        (Role.AUDITOR, set()),
    ],
)
def test_which_messages_a_role_reads(world: World, role: Role, sees: set[str]) -> None:
    up(world, "u")
    down(world, "d")
    parties.put_up(world, parties.declaration(world, world.main.organisation), "m")
    scope = become(world.staff(role))
    rows = OutgoingMessage.objects.visible_to(scope)
    assert set(rows.values_list("message_type", flat=True)) == sees
    other = become(world.staff(role, world.other_main))
    assert not OutgoingMessage.objects.visible_to(other).exists()
