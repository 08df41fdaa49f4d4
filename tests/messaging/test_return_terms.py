"""Until when the other side answers what we sent, and what happens when no answer comes."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone

from hoofdaannemer.core.errors import ConflictError, NotAllowedError
from hoofdaannemer.core.scope import Role, Scope, system
from messaging.exchange import content, policies, selectors
from messaging.exchange.models import Channel, IncomingMessage, OutgoingMessage, Party
from messaging.exchange.services import channels, outtray, settling
from messaging.istandaard import Finding, Message, answer, parse, serialize
from tests.conftest import become
from tests.messaging import parties
from tests.messaging.parties import World
from tests.messaging.test_pages import logged_in

State = OutgoingMessage.State
#: The Thursday before Easter: neither Friday nor Monday is a working day.
THURSDAY = datetime(2026, 4, 2, 10, 0, tzinfo=timezone.get_default_timezone())
#: Three working days later: Tuesday, Wednesday, Thursday.
DUE = date(2026, 4, 9)


@pytest.fixture(autouse=True)
def out(settings: object, tmp_path: Path) -> Path:
    settings.OUT_FOLDER = tmp_path / "out"  # type: ignore[attr-defined]
    return tmp_path / "out"


@pytest.fixture
def thursday(world: World) -> World:
    world.system = world.system.moved_to(THURSDAY)
    return world


def up(world: World, key: str = "k") -> OutgoingMessage:
    return parties.put_up(world, parties.start(world, world.main.organisation), key)


def later(scope: Scope, days: int) -> Scope:
    return scope.moved_to(scope.at + timedelta(days=days))


def returned(world: World, row: OutgoingMessage, *findings: Finding) -> IncomingMessage:
    """The town's answer to a message of ours."""
    sent = parse(content.opened(row)).message
    assert sent
    back = answer(sent, findings, identification=parties.number(), date=timezone.localdate())
    return parties.judged(world, back)


def test_a_start_is_answered_within_three_working_days(thursday: World) -> None:
    assert up(thursday).return_due_date == DUE


def test_a_relayed_allocation_has_the_same_term(thursday: World) -> None:
    message = parties.allocation(thursday, receiver="94000001")
    assert parties.put_down(thursday, thursday.practice, message).return_due_date == DUE


def test_a_declaration_has_ten_working_days(thursday: World) -> None:
    message = parties.declaration(thursday, thursday.main.organisation)
    assert parties.put_up(thursday, message).return_due_date == date(2026, 4, 20)


def test_answers_ask_no_answer(world: World, accepting: object) -> None:
    row = parties.judged(world, parties.allocation(world))
    reply = OutgoingMessage.objects.filter(in_reply_to=row).first()
    assert reply is None or reply.return_due_date is None
    message = parse(serialize(parties.start(world, world.main.organisation))).message
    assert message
    made: Message = answer(message, [], identification="R1", date=timezone.localdate())
    assert parties.put_up(world, made, "answer").return_due_date is None


def test_the_term_runs_from_receipt(thursday: World) -> None:
    """A mailbox that its owner empties late."""
    channels.choose_transport(
        scope=thursday.system,
        main_contractor_id=thursday.main.pk,
        party=Party(None, thursday.practice.pk),
        transport=Channel.Transport.MAILBOX,
    )
    message = parties.allocation(thursday, receiver="94000001")
    row = parties.put_down(thursday, thursday.practice, message)
    assert row.return_due_date == DUE
    taken = outtray.take(scope=later(thursday.system, 7), message_id=row.pk)
    assert taken.return_due_date == date(2026, 4, 14)


@pytest.mark.parametrize("wrong", [True, False])
def test_an_answer_ends_the_wait(world: World, wrong: bool) -> None:
    row = up(world)
    assert list(OutgoingMessage.objects.unanswered()) == [row]
    path = "/Bericht/Client/StartProducten/StartProduct[1]"
    found = [Finding("TR019", "9019", path, "")] if wrong else []
    returned(world, row, *found)
    assert not OutgoingMessage.objects.unanswered().exists()
    row.refresh_from_db()
    assert not row.is_overdue(date(2100, 1, 1))


@pytest.mark.parametrize(("days", "late"), [(7, False), (8, True)])
def test_what_is_late_needs_attention(thursday: World, days: int, late: bool) -> None:
    row = up(thursday)
    outtray.sweep(scope=thursday.system)
    coordinator = later(thursday.staff(Role.CARE_COORDINATOR), days)
    found = selectors.attention(coordinator)
    assert [one.message.pk for one in found] == ([row.pk] if late else [])
    assert selectors.attention_count(coordinator) == len(found)
    if late:
        assert found[0].can_rerun
        assert "09-04-2026" in found[0].reason


def test_a_late_message_is_sent_again_as_it_was(thursday: World, out: Path) -> None:
    row = up(thursday)
    outtray.sweep(scope=thursday.system)
    before = content.opened(row)
    early = later(thursday.staff(Role.CARE_COORDINATOR), 7)
    with pytest.raises(ConflictError):
        outtray.resend(scope=early, message_id=row.pk)
    late = later(thursday.staff(Role.CARE_COORDINATOR), 8)
    (file,) = (path for path in out.rglob("*") if path.is_file())
    file.unlink()
    resent = outtray.resend(scope=late, message_id=row.pk)
    assert (resent.state, resent.delivered_at) == (State.WAITING, None)
    assert outtray.sweep(scope=system(late.at)) == 1
    row.refresh_from_db()
    assert row.state == State.DELIVERED
    assert row.return_due_date == date(2026, 4, 15)
    assert file.read_bytes() == before


def test_a_late_message_is_settled_by_its_sender_only(thursday: World) -> None:
    row = up(thursday)
    coordinator = thursday.staff(Role.CARE_COORDINATOR)
    with pytest.raises(ConflictError):
        policies.check_can_settle(later(coordinator, 7), row)
    with pytest.raises(NotAllowedError):
        policies.check_can_settle(later(thursday.staff(Role.ADMINISTRATOR), 8), row)
    settling.settle(scope=later(coordinator, 8), message=row, note="De gemeente belde terug")
    assert selectors.attention(later(coordinator, 8)) == []
    row.refresh_from_db()
    with pytest.raises(ConflictError):
        policies.check_can_resend(later(coordinator, 8), row)


def test_the_pages_say_until_when(world: World) -> None:
    row = up(world)
    outtray.sweep(scope=world.system)
    OutgoingMessage.objects.update(return_due_date=timezone.localdate() - timedelta(days=1))
    browser = logged_in(world, Role.CARE_COORDINATOR)
    detail = browser.get(reverse("sent_message_detail", args=[row.pk])).content.decode()
    assert reverse("sent_message_settle", args=[row.pk]) in detail
    assert reverse("sent_message_resend", args=[row.pk]) in detail
    board = browser.get(reverse("sent_message_list")).content.decode()
    become(system())
    row.refresh_from_db()
    assert f"{row.return_due_date:%d-%m-%Y}" in board
