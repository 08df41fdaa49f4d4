"""The in-tray: each state, the same message twice, and handlers that fail."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection
from django.utils import timezone

from hoofdaannemer.accounts.models import Municipality
from hoofdaannemer.audit.models import ChangeRecord
from hoofdaannemer.core.errors import ConflictError, NotAllowedError
from hoofdaannemer.core.scope import Role, Scope, system
from messaging.exchange import content, dispatcher
from messaging.exchange.dispatcher import Declared, Outcome, Park
from messaging.exchange.models import (
    DeliveryAttempt,
    IncomingMessage,
    Leg,
    MessageFinding,
    OutgoingMessage,
)
from messaging.exchange.services import intake
from messaging.istandaard import (
    Finding,
    Message,
    Verdict,
    answer,
    declaration_answer,
    parse,
    serialize,
)
from messaging.istandaard.model.messages import DeclarationAnswerMessage, ReturnMessage
from tests.conftest import become
from tests.messaging import parties
from tests.messaging.parties import World

State = IncomingMessage.State
Accepting = Callable[[Leg, str], list[object]]


def codes(row: IncomingMessage) -> list[str]:
    return [finding.code or finding.rule for finding in row.findings.all()]


def reply(row: IncomingMessage) -> ReturnMessage:
    message = parse(content.opened(parties.reply_to(row))).message
    assert isinstance(message, ReturnMessage)
    return message


def test_good_message_is_handled_and_answered(world: World, accepting: Accepting) -> None:
    got = accepting(Leg.UP, "301")
    message = parties.allocation(world)
    row = parties.judged(world, message)
    assert row.state == State.HANDLED
    assert got == [message]
    assert (row.family, row.message_type, row.sender) == ("jw", "301", world.town.code)
    assert row.identification == message.header.message_number
    answered = reply(row)
    assert answered.type.number == "302"
    assert answered.header.return_codes == ()
    assert answered.header.message_id == message.header.message_id


def test_content_is_kept_as_it_came_and_not_readable(world: World, accepting: Accepting) -> None:
    accepting(Leg.UP, "301")
    raw = serialize(parties.allocation(world)) + b"\n<!-- as it came -->"
    row = parties.receive(world, raw)
    assert content.opened(row) == raw
    assert b"Bericht" not in bytes(row.content)


def test_same_bytes_again_change_nothing(world: World, accepting: Accepting) -> None:
    got = accepting(Leg.UP, "301")
    raw = serialize(parties.allocation(world))
    first = parties.handled(world, parties.receive(world, raw))
    before = ChangeRecord.objects.count()
    again = parties.handled(world, parties.receive(world, raw))
    assert again.pk == first.pk
    assert len(got) == 1
    assert OutgoingMessage.objects.count() == 1
    assert ChangeRecord.objects.count() == before


def test_same_bytes_from_another_party_are_another_message(world: World) -> None:
    raw = serialize(parties.allocation(world))
    first = parties.receive(world, raw)
    assert parties.receive(world, raw, municipality_id=world.village.pk).pk != first.pk


def test_tr056_same_identification_other_bytes(world: World, accepting: Accepting) -> None:
    got = accepting(Leg.UP, "301")
    first = parties.judged(world, parties.allocation(world, number="SAME"))
    second = parties.judged(world, parties.allocation(world, number="SAME", bsn=parties.OTHER_BSN))
    assert second.state == State.REJECTED
    assert second.conflicts_with == first
    assert codes(second) == ["9056"]
    assert reply(second).header.return_codes == ("9056",)
    assert reply(second).content is None
    assert len(got) == 1
    # A third one conflicts with the first as well.
    third = parties.judged(world, parties.allocation(world, number="SAME", allocation_number=3))
    assert third.conflicts_with == first


def test_tr056_is_a_constraint_too(world: World, accepting: Accepting) -> None:
    accepting(Leg.UP, "301")
    row = parties.judged(world, parties.allocation(world))
    row.pk = None
    with pytest.raises(IntegrityError, match="incoming_identity_once"):
        row.save(force_insert=True)


def test_unreadable_is_kept_without_answer(world: World) -> None:
    row = parties.handled(world, parties.receive(world, b"<?xml version='1.0'?><a>"))
    assert row.state == State.UNREADABLE
    assert codes(row) == ["not_xml"]
    assert not OutgoingMessage.objects.exists()


def test_level_1_schema_error_gets_no_return_message(world: World) -> None:
    raw = serialize(parties.allocation(world)).replace(b"<jw301:Client>", b"<jw301:Klant>")
    raw = raw.replace(b"</jw301:Client>", b"</jw301:Klant>")
    row = parties.handled(world, parties.receive(world, raw))
    assert row.state == State.UNREADABLE
    assert row.message_type == "301"
    assert codes(row) == ["schema"]
    assert row.findings.get().path.startswith("/Bericht/")
    assert not OutgoingMessage.objects.exists()


def test_level_2_is_answered_with_a_header_only(world: World, accepting: Accepting) -> None:
    got = accepting(Leg.UP, "301")
    row = parties.judged(world, parties.allocation(world, bsn="123456789"))
    assert row.state == State.REJECTED
    assert reply(row).header.return_codes == ("0001",)
    assert reply(row).content is None
    assert not got
    assert set(codes(row)) == {"0001"}


def test_level_3_codes_stand_on_their_class_and_changes_are_undone(world: World) -> None:
    path = "/Bericht/Client/ToegewezenProducten/ToegewezenProduct[1]"

    def handler(scope: Scope, incoming: IncomingMessage, message: Message) -> Outcome:
        Municipality.objects.create(code="9999", name="Undone")
        return Outcome(findings=[Finding("TR332", "9332", path, "Number used.")])

    dispatcher.register(Leg.UP, "301", handler)
    row = parties.judged(world, parties.allocation(world))
    assert row.state == State.REJECTED
    assert not Municipality.objects.filter(code="9999").exists()
    answered = reply(row)
    assert answered.header.return_codes == ("0200",)
    client = answered.content
    assert client is not None
    assert client.return_codes == ("0200",)
    assert client.allocated_products[0].return_codes == ("9332",)  # type: ignore[attr-defined]


def test_tr135_message_from_the_future(world: World, accepting: Accepting) -> None:
    accepting(Leg.UP, "301")
    tomorrow = timezone.localdate() + timedelta(days=1)
    row = parties.judged(world, parties.allocation(world, day=tomorrow))
    assert reply(row).header.return_codes == ("8848",)
    today = parties.judged(world, parties.allocation(world, day=timezone.localdate()))
    assert today.state == State.HANDLED


def test_tr378_municipality_that_is_not_on_the_list(world: World, accepting: Accepting) -> None:
    accepting(Leg.UP, "301")
    unknown = Municipality.objects.create(code="9998", name="Nergens")
    message = parties.allocation(world, sender="9998")
    stored = parties.receive(world, serialize(message), municipality_id=unknown.pk)
    row = parties.handled(world, stored)
    assert reply(row).header.return_codes == ("S300",)


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        pytest.param({"receiver": "98000002"}, "provider", id="for another main contractor"),
        pytest.param({"sender": "0342"}, "municipality", id="from another municipality"),
    ],
)
def test_wrong_party_is_refused_and_kept(
    world: World, accepting: Accepting, changes: dict[str, str], rule: str
) -> None:
    got = accepting(Leg.UP, "301")
    row = parties.judged(world, parties.allocation(world, **changes))
    assert row.state == State.REJECTED
    assert codes(row) == [rule]
    assert not row.identification, "a message of nobody takes no identity"
    assert not OutgoingMessage.objects.exists()
    assert not got


def test_wrong_direction_is_refused(world: World, accepting: Accepting) -> None:
    got = accepting(Leg.UP, "305")
    row = parties.judged(world, parties.start(world, world.main.organisation))
    assert codes(row) == ["direction"]
    assert not got


def test_subcontractor_that_poses_as_another_is_refused(world: World, accepting: Accepting) -> None:
    got = accepting(Leg.DOWN, "305")
    raw = serialize(parties.start(world, world.institution))
    row = parties.handled(world, parties.receive_down(world, world.practice, raw))
    assert codes(row) == ["provider"]
    assert not got
    own = serialize(parties.start(world, world.practice))
    assert parties.handled(world, parties.receive_down(world, world.practice, own)).state == (
        State.HANDLED
    )


def test_handler_of_a_subcontractors_message_acts_as_that_organisation(world: World) -> None:
    seen: list[Scope] = []

    def handler(scope: Scope, incoming: IncomingMessage, message: Message) -> Outcome:
        seen.append(scope)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT current_setting('app.role'), current_setting('app.organisation')"
            )
            assert cursor.fetchone() == ("subcontractor_user", str(world.practice.pk))
        return Outcome()

    dispatcher.register(Leg.DOWN, "305", handler)
    raw = serialize(parties.start(world, world.practice))
    row = parties.handled(world, parties.receive_down(world, world.practice, raw))
    assert row.state == State.HANDLED, row.last_error
    assert seen[0].organisation_id == world.practice.pk


def test_no_handler_asks_for_a_person(world: World) -> None:
    row = parties.judged(world, parties.allocation(world))
    assert row.state == State.FAILED
    assert row.identification
    assert not OutgoingMessage.objects.exists()


def broken(scope: Scope, incoming: IncomingMessage, message: Message) -> Outcome:
    Municipality.objects.create(code="9999", name="Halfway")
    raise ZeroDivisionError("999900006")


def test_crash_in_a_handler_leaves_the_message_as_received(world: World) -> None:
    dispatcher.register(Leg.UP, "301", broken)
    row = parties.judged(world, parties.allocation(world))
    assert (row.state, row.attempts) == (State.RECEIVED, 1)
    assert row.next_try_at is not None and row.next_try_at > world.system.at
    assert row.last_error.startswith("ZeroDivisionError (")
    assert "999900006" not in row.last_error
    assert not Municipality.objects.filter(code="9999").exists()
    assert not OutgoingMessage.objects.exists()


def test_after_five_attempts_a_person_runs_it_again(world: World, accepting: Accepting) -> None:
    dispatcher.register(Leg.UP, "301", broken)
    row = parties.receive(world, serialize(parties.allocation(world)))
    for _attempt in range(5):
        row = parties.handled(world, row)
    assert (row.state, row.attempts) == (State.FAILED, 5)
    assert parties.handled(world, row).attempts == 5, "a failed message waits for a person"
    accepting(Leg.UP, "301")
    for role in (Role.CONTROLLER, Role.QUALITY_OFFICER, Role.SUBCONTRACTOR_USER):
        with pytest.raises(IncomingMessage.DoesNotExist):
            intake.rerun(scope=world.staff(role), message_id=row.pk)
    intake.rerun(scope=world.staff(Role.CARE_COORDINATOR), message_id=row.pk)
    assert parties.handled(world, row).state == State.HANDLED
    with pytest.raises(ConflictError):
        intake.rerun(scope=world.staff(Role.CARE_COORDINATOR), message_id=row.pk)


def test_what_was_answered_is_not_run_again(world: World) -> None:
    row = parties.judged(world, parties.allocation(world, bsn="123456789"))
    assert row.state == State.REJECTED
    with pytest.raises(ConflictError):
        intake.rerun(scope=world.staff(Role.CARE_COORDINATOR), message_id=row.pk)


def test_unknown_sender_can_be_run_again_once_known(world: World, accepting: Accepting) -> None:
    accepting(Leg.UP, "301")
    message = parties.allocation(world)
    world.main.organisation.agb = ""
    world.main.organisation.save()
    row = parties.judged(world, message)
    assert row.state == State.REJECTED
    world.main.organisation.agb = "98000001"
    world.main.organisation.save()
    intake.rerun(scope=world.staff(Role.ADMINISTRATOR), message_id=row.pk)
    row = parties.handled(world, row)
    assert row.state == State.HANDLED
    assert not row.findings.exists()


def test_other_main_contractors_message_is_not_there(world: World) -> None:
    row = parties.receive(world, b"<a/>")
    stranger = world.staff(Role.CARE_COORDINATOR, world.other_main)
    with pytest.raises(IncomingMessage.DoesNotExist):
        intake.handle(scope=stranger, message_id=row.pk)
    with pytest.raises(IncomingMessage.DoesNotExist):
        intake.rerun(scope=stranger, message_id=row.pk)


@pytest.mark.parametrize(
    ("who", "allowed"),
    [
        ("coordinator", True),
        ("controller", False),
        ("administrator", False),
        ("other main", False),
        ("practice", False),
    ],
)
def test_who_hands_in_a_municipalitys_message(world: World, who: str, allowed: bool) -> None:
    scope = {
        "coordinator": world.staff(Role.CARE_COORDINATOR),
        "controller": world.staff(Role.CONTROLLER),
        "administrator": world.staff(Role.ADMINISTRATOR),
        "other main": world.staff(Role.CARE_COORDINATOR, world.other_main),
        "practice": world.provider(world.practice),
    }[who]
    become(scope)
    if allowed:
        assert parties.receive(world, b"<a/>", scope=scope).state == State.RECEIVED
    else:
        with pytest.raises(NotAllowedError):
            parties.receive(world, b"<a/>", scope=scope)


def test_who_hands_in_a_subcontractors_message(world: World) -> None:
    own = become(world.provider(world.practice))
    assert parties.receive_down(world, world.practice, b"<a/>", scope=own).pk
    for scope in (
        world.provider(world.institution),
        world.provider(world.stranger),
        world.staff(Role.CARE_COORDINATOR),
    ):
        with pytest.raises(NotAllowedError):
            parties.receive_down(world, world.practice, b"<b/>", scope=scope)


def test_not_for_a_main_contractor_one_does_not_work_for(world: World) -> None:
    with pytest.raises(NotAllowedError):
        parties.receive_down(
            world,
            world.stranger,
            b"<a/>",
            scope=world.provider(world.stranger),
        )


def waits(scope: Scope, incoming: IncomingMessage, message: Message) -> Outcome:
    """A stop that waits for its start, as the domain would write it."""
    if incoming.parked_until and incoming.parked_until <= scope.at:
        return Outcome(findings=[Finding("TR382", "9069", STOP, "No start.")])
    raise Park(scope.at + timedelta(days=1), "waits for its start")


STOP = "/Bericht/Client/StopProducten/StopProduct[1]"


def parked(world: World) -> IncomingMessage:
    dispatcher.register(Leg.DOWN, "307", waits)
    stored = parties.receive_down(
        world, world.practice, serialize(parties.stop(world, world.practice))
    )
    return parties.handled(world, stored)


def test_parked_waits_without_answer(world: World) -> None:
    row = parked(world)
    assert row.state == State.PARKED
    assert row.parked_until == world.system.at + timedelta(days=1)
    assert not OutgoingMessage.objects.exists()


def test_parked_is_judged_again_with_another_message_of_the_client(
    world: World, accepting: Accepting
) -> None:
    row = parked(world)
    accepting(Leg.DOWN, "305")
    accepting(Leg.DOWN, "307")
    other = serialize(parties.start(world, world.practice, bsn=parties.OTHER_BSN))
    parties.handled(world, parties.receive_down(world, world.practice, other))
    row.refresh_from_db()
    assert row.state == State.PARKED
    own = serialize(parties.start(world, world.practice))
    parties.handled(world, parties.receive_down(world, world.practice, own))
    row.refresh_from_db()
    assert row.state == State.HANDLED
    assert parties.reply_to(row).message_type == "308"


def test_parked_is_refused_when_its_time_is_up(world: World) -> None:
    row = parked(world)
    intake.sweep(scope=system(world.system.at + timedelta(hours=23)))
    row.refresh_from_db()
    assert row.state == State.PARKED
    intake.sweep(scope=system(world.system.at + timedelta(hours=25)))
    row.refresh_from_db()
    assert row.state == State.REJECTED
    assert codes(row) == ["9069"]


def test_parking_twice_is_a_failure(world: World) -> None:
    def always(scope: Scope, incoming: IncomingMessage, message: Message) -> Outcome:
        raise Park(scope.at + timedelta(hours=1), "waits")

    dispatcher.register(Leg.DOWN, "307", always)
    raw = serialize(parties.stop(world, world.practice))
    row = parties.handled(world, parties.receive_down(world, world.practice, raw))
    late = system(world.system.at + timedelta(hours=2))
    row = intake.handle(scope=late, message_id=row.pk)
    assert (row.state, row.attempts) == (State.PARKED, 1)


def test_sweep_takes_up_what_a_crash_left(world: World, accepting: Accepting) -> None:
    accepting(Leg.UP, "301")
    row = parties.receive(world, serialize(parties.allocation(world)))
    assert intake.sweep(scope=world.system) == 0, "its receiver may be at it"
    assert intake.sweep(scope=system(world.system.at + timedelta(minutes=1))) == 1
    row.refresh_from_db()
    assert row.state == State.HANDLED
    assert intake.sweep(scope=system(world.system.at + timedelta(minutes=9))) == 0


def test_poisoned_message_among_a_hundred(world: World) -> None:
    def handler(scope: Scope, incoming: IncomingMessage, message: Message) -> Outcome:
        if message.client.bsn == parties.OTHER_BSN:  # type: ignore[attr-defined]
            # Breaks a deferred constraint: without care it would fail the commit of all.
            DeliveryAttempt.objects.create(message_id=10**9, at=scope.at, succeeded=True)
        return Outcome()

    dispatcher.register(Leg.UP, "301", handler)
    rows = [
        parties.receive(
            world,
            serialize(
                parties.allocation(world, bsn=parties.OTHER_BSN if place == 50 else parties.BSN)
            ),
        )
        for place in range(100)
    ]
    scope = system(world.system.at + timedelta(minutes=1))
    intake.sweep(scope=scope)
    states = dict(IncomingMessage.objects.values_list("pk", "state"))
    assert states.pop(rows[50].pk) == State.RECEIVED
    assert set(states.values()) == {State.HANDLED}
    for hour in range(1, 6):
        intake.sweep(scope=system(world.system.at + timedelta(days=hour)))
    rows[50].refresh_from_db()
    assert (rows[50].state, rows[50].attempts) == (State.FAILED, 5)
    assert OutgoingMessage.objects.count() == 99


def test_message_that_kills_its_worker_is_counted_too(world: World) -> None:
    row = parties.receive(world, serialize(parties.allocation(world)))
    for hour in range(1, 7):
        # A claim without the work that follows it: the process was killed.
        intake._claim(system(world.system.at + timedelta(days=hour)))
    row.refresh_from_db()
    assert row.state == State.FAILED


def test_declaration_may_be_taken_as_rows(world: World) -> None:
    got: list[Declared] = []

    def handler(scope: Scope, incoming: IncomingMessage, declared: Declared) -> Outcome:
        got.append(declared)
        answered = declaration_answer(
            declared.head, Verdict(), identification="A1", date=scope.today
        )
        return Outcome(answer=answered)

    dispatcher.register_declaration(Leg.DOWN, handler)
    raw = serialize(parties.declaration(world, world.practice, lines=3))
    row = parties.handled(world, parties.receive_down(world, world.practice, raw))
    assert row.state == State.HANDLED, row.last_error
    assert [line.reference for line in got[0].rows] == ["R1", "R2", "R3"]
    assert got[0].head.declaration.clients == ()
    assert parties.reply_to(row).message_type == "325"


def test_level_2_of_a_declaration_is_a_325_with_a_header(world: World) -> None:
    dispatcher.register_declaration(Leg.DOWN, broken)
    message = parties.declaration(world, world.practice)
    wrong = serialize(message).replace(b">4000<", b">4001<")  # the total of the lines
    row = parties.handled(world, parties.receive_down(world, world.practice, wrong))
    assert row.state == State.REJECTED
    answered = parse(content.opened(parties.reply_to(row))).message
    assert isinstance(answered, DeclarationAnswerMessage)
    assert answered.header.return_codes == ("0001",)
    assert answered.answer is None


def returned(message: Message, findings: list[Finding]) -> bytes:
    return serialize(answer(message, findings, identification="R1", date=timezone.localdate()))


def test_return_message_is_receipt(world: World) -> None:
    heard: list[tuple[int, str]] = []
    dispatcher.register_return(
        "306", lambda scope, outgoing, message: heard.append((outgoing.pk, message.type.number))
    )
    sent = parties.start(world, world.main.organisation)
    ours = parties.put_up(world, sent)
    row = parties.handled(world, parties.receive(world, returned(sent, [])))
    ours.refresh_from_db()
    assert row.state == State.HANDLED
    assert row.answers == ours
    assert ours.accepted_at == world.system.at
    assert ours.refused_at is None
    assert heard == [(ours.pk, "306")]
    assert OutgoingMessage.objects.count() == 1, "a return message is not answered"


def test_return_message_with_codes_is_a_refusal(world: World) -> None:
    sent = parties.start(world, world.main.organisation)
    ours = parties.put_up(world, sent)
    finding = Finding("TR019", "9019", "/Bericht/Client/StartProducten/StartProduct[1]", "x")
    parties.handled(world, parties.receive(world, returned(sent, [finding])))
    ours.refresh_from_db()
    assert ours.accepted_at is None
    assert ours.refused_at == world.system.at


def test_return_message_to_nothing_is_kept(world: World) -> None:
    sent = parties.start(world, world.main.organisation)
    row = parties.handled(world, parties.receive(world, returned(sent, [])))
    assert row.state == State.REJECTED
    assert codes(row) == ["answer"]
    assert not OutgoingMessage.objects.exists()


def test_every_state_change_is_in_the_table() -> None:
    reachable = {state for changes in IncomingMessage.TRANSITIONS.values() for state in changes}
    assert reachable == set(State)
    assert set(IncomingMessage.TRANSITIONS) == set(State)


def test_findings_hold_no_personal_data(world: World) -> None:
    parties.judged(world, parties.allocation(world, bsn="123456789"))
    texts = " ".join(MessageFinding.objects.values_list("text", flat=True))
    assert "123456789" not in texts and "Kanarie" not in texts
