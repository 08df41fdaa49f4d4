"""The municipality's answer to a declaration upward, and what is decided of refused lines."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from billing.models import UpwardDeclaration, UpwardLine
from billing.selectors.upward import proposal
from billing.services import upward_answers
from billing.upward_words import Reason
from hoofdaannemer.core.errors import ConflictError, NotAllowedError, RuleError
from hoofdaannemer.core.periods import Month
from hoofdaannemer.core.scope import Role, Scope
from messaging.istandaard.model.messages import DeclarationAnswerMessage
from messaging.istandaard.model.values import MessageId, TotalAmount, XsdVersion
from messaging.models import IncomingMessage, OutgoingMessage
from tests.billing.build import FEBRUARY, JANUARY, declare, placement, priced
from tests.billing.upward import (
    after,
    answer_to,
    answered,
    beside,
    colleague,
    controller,
    part,
    pay_by_unit,
    receive,
    send,
    standing,
    told,
)
from tests.conftest import become
from tests.factories import World, moved, world


@pytest.fixture
def chain(system: Scope) -> World:
    made = world(system)
    pay_by_unit(made)
    return made


@pytest.fixture
def sent(chain: World) -> UpwardDeclaration:
    """Two lines: three hours and five."""
    declare(chain, priced(placement(chain), 3), priced(placement(chain), 5))
    return send(chain)


def reasons(chain: World, month: Month = FEBRUARY) -> list[Reason]:
    found = proposal(moved(chain.system, after(month)), part(chain), month)
    return [one.reason for one in found.left_out]


def test_everything_awarded(chain: World, sent: UpwardDeclaration) -> None:
    answered(chain, sent)
    assert (sent.status, sent.awarded) == ("awarded", Decimal("560.00"))
    assert {one.status for one in sent.lines.all()} == {"awarded"}
    assert sent.answered_at is not None
    assert OutgoingMessage.objects.get(pk=sent.message_id).accepted_at is not None


def test_a_refused_line_has_its_codes_and_waits_for_a_decision(
    chain: World, sent: UpwardDeclaration
) -> None:
    refused, good = sent.lines.order_by("volume")
    answered(chain, sent, **{refused.reference: "9321"})
    assert (sent.status, sent.awarded, sent.rejected_count) == ("partly", Decimal("350.00"), 1)
    refused.refresh_from_db()
    good.refresh_from_db()
    assert (refused.status, refused.codes, good.status) == ("refused", "9321", "awarded")
    assert standing() == [(5, Decimal("350.00"))]
    assert reasons(chain) == [Reason.REFUSED]


def test_declared_again_after_the_decision_and_as_the_lines_say_then(
    chain: World, sent: UpwardDeclaration
) -> None:
    refused = sent.lines.order_by("volume").first()
    assert refused
    answered(chain, sent, **{refused.reference: "9338"})
    scope = become(controller(chain, FEBRUARY))
    upward_answers.declare_again(scope=scope, line=refused)
    again = send(chain, FEBRUARY, scope=scope)
    assert told(again) == [("D", 3, Decimal("210.00"))]
    assert again.lines.get().reference != refused.reference
    with pytest.raises(ConflictError):
        upward_answers.give_up(scope=scope, line=refused, reason="te laat")


def test_given_up_stays_given_up_until_the_care_changes(chain: World) -> None:
    placed = placement(chain)
    declare(chain, priced(placed, 3))
    sent = send(chain)
    row = sent.lines.get()
    answered(chain, sent, **{row.reference: "9321"})
    with pytest.raises(RuleError) as told_so:
        upward_answers.give_up(scope=chain.system, line=row, reason=" ")
    assert told_so.value.code == "BIL-78"
    with pytest.raises(NotAllowedError):
        upward_answers.give_up(
            scope=chain.at(Role.CONTRACT_MANAGER), line=row, reason="niet onze zorg"
        )
    upward_answers.give_up(scope=controller(chain), line=row, reason="niet onze zorg")
    assert reasons(chain) == [Reason.GIVEN_UP]
    other = colleague(chain)
    declare(chain, priced(beside(chain, placed, other), 2), party=other)
    assert told(send(chain)) == [("D", 5, Decimal("350.00"))]


@pytest.mark.parametrize("kind", ["header", "whole"])
def test_refused_as_a_whole_counts_as_never_sent(chain: World, kind: str) -> None:
    """A header alone (IV087), or a code on the declaration: everything goes up anew."""
    placed = placement(chain)
    declare(chain, priced(placed, 3))
    first = answered(chain, send(chain))
    other = colleague(chain)
    declare(chain, priced(beside(chain, placed, other), 2), party=other)
    second = send(chain, FEBRUARY)
    assert standing() == [(5, Decimal("350.00"))]
    code = {"header": "0001", "whole": "8214"}[kind]
    row = receive(chain, answer_to(second, **{kind: code}))
    assert row.state == IncomingMessage.State.HANDLED
    second.refresh_from_db()
    assert (second.status, second.codes, second.awarded) == ("refused", code, Decimal("0.00"))
    # The line that the refused credit took back stands again.
    assert standing() == [(3, Decimal("210.00"))]
    third = send(chain, FEBRUARY)
    assert told(third) == [("C", 3, Decimal("210.00")), ("D", 5, Decimal("350.00"))]
    assert third.lines.exclude(is_credit=True).get().reference not in {
        one.reference for one in second.lines.all()
    }
    assert first.lines.get().is_credited
    # The refused message needs nobody any more.
    assert not OutgoingMessage.objects.refused().exists()


def test_a_refused_credit_leaves_the_line_before_it(chain: World) -> None:
    placed = placement(chain)
    declare(chain, priced(placed, 3))
    answered(chain, send(chain))
    other = colleague(chain)
    declare(chain, priced(beside(chain, placed, other), 2), party=other)
    second = send(chain, FEBRUARY)
    taken, anew = second.lines.order_by("line")
    # The credit refused and the new line awarded cannot both be (TR389).
    odd = receive(chain, answer_to(second, {taken.reference: "8017"}))
    assert odd.state == IncomingMessage.State.REJECTED
    assert [one.rule for one in odd.findings.all()] == ["TR389"]
    second.refresh_from_db()
    assert second.status == "sent"
    answered(chain, second, **{taken.reference: "8017", anew.reference: "9389"})
    assert (second.status, second.awarded) == ("rejected", Decimal("0.00"))
    assert standing() == [(3, Decimal("210.00"))]
    # One decision settles both lines.
    upward_answers.declare_again(scope=chain.system, line=anew)
    assert not UpwardLine.objects.undecided().exists()
    assert told(send(chain, FEBRUARY)) == told(second)


def changed(answer: DeclarationAnswerMessage, kind: str) -> DeclarationAnswerMessage:
    header, content = answer.header, answer.answer
    assert content
    client = content.clients[0]
    row = client.service_lines[0]
    match kind:
        case "TR337":
            wrong = MessageId(number=header.declaration_id.number, message_date=header.message_date)
            return replace(answer, header=replace(header, declaration_id=wrong))
        case "TR371":
            version = XsdVersion(message="9.9.9", base="1.0.0")
            return replace(answer, header=replace(header, declaration_xsd_version=version))
        case "TR376":
            return replace(answer, answer=replace(content, declaration_number="U999"))
        case "BIL-76":
            more = TotalAmount.of(content.total_submitted.signed + 100)
            awarded = TotalAmount.of(content.total_awarded.signed + 100)
            return replace(
                answer, answer=replace(content, total_submitted=more, total_awarded=awarded)
            )
        case "TR366":
            row = replace(row, reference=replace(row.reference, number="X1"))
        case "TR367":
            row = replace(row, delivered_volume=row.delivered_volume + 1)
    lines = (row, *client.service_lines[1:])
    clients = (replace(client, service_lines=lines), *content.clients[1:])
    return replace(answer, answer=replace(content, clients=clients))


@pytest.mark.parametrize("rule", ["TR337", "TR366", "TR367", "TR371", "TR376", "BIL-76"])
def test_an_answer_that_does_not_fit_changes_nothing_and_is_kept(
    chain: World, sent: UpwardDeclaration, rule: str
) -> None:
    refused = sent.lines.order_by("volume").first()
    assert refused
    good = answer_to(sent, {refused.reference: "9321"})
    row = receive(chain, changed(good, rule))
    assert row.state == IncomingMessage.State.REJECTED
    (found,) = row.findings.all()
    codes = {"TR366": "9366", "TR367": "9367"}
    assert (found.rule, found.code) == (rule, codes.get(rule, ""))
    sent.refresh_from_db()
    assert (sent.status, sent.awarded) == ("sent", None)
    assert receive(chain, answer_to(sent, {refused.reference: "9321"})).state == "handled"


def test_an_answer_to_nothing_and_a_second_answer(chain: World, sent: UpwardDeclaration) -> None:
    answer = answer_to(sent)
    nobody = MessageId(number="ONBEKEND", message_date=answer.header.declaration_id.message_date)
    header = replace(answer.header, declaration_id=nobody)
    stray = receive(chain, replace(answer, header=header))
    assert [one.rule for one in stray.findings.all()] == ["TR337"]
    answered(chain, sent)
    second = receive(chain, answer_to(sent, header="0001"))
    assert [one.rule for one in second.findings.all()] == ["BIL-77"]
    sent.refresh_from_db()
    assert sent.status == "awarded"
    assert not OutgoingMessage.objects.refused().exists()
    assert JANUARY.first == sent.month
