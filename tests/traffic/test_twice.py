"""The same message twice: one effect, one answer; another one under its number is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from hoofdaannemer.core.scope import Scope
from messaging.exchange import rules
from messaging.exchange.content import opened
from messaging.istandaard import parse, serialize
from messaging.models import IncomingMessage, OutgoingMessage
from tests.subcontracts.post import codes
from tests.traffic import cases
from tests.traffic.cases import CASES, Case
from tests.traffic.facts import facts, hold

#: What a refusal leaves: both documents, the code, and the record that it happened.
_REFUSAL = ("IncomingMessage", "OutgoingMessage", "MessageFinding", "ChangeRecord")


def test_there_is_a_case_for_every_type() -> None:
    coming = {(leg, number) for leg, numbers in rules.COMES_FROM.items() for number in numbers}
    assert {(case.leg, case.number) for case in CASES} == coming


@pytest.mark.parametrize("family", ["jw", pytest.param("wmo", marks=pytest.mark.long)])
@pytest.mark.parametrize("case", CASES, ids=str)
def test_twice(system: Scope, case: Case, family: str) -> None:
    at = cases.home(system, family)
    raw = case.document(at)
    first = case.take(at, raw)
    assert codes(first) == []
    assert first.state == IncomingMessage.State.HANDLED
    answers = _answers_to(first)
    assert len(answers) == case.is_forward

    before = facts()
    for _time in ("second", "third"):
        again = case.take(at, raw)
        assert (again.pk, again.state) == (first.pk, first.state)
    assert facts() == before
    assert _answers_to(first) == answers

    before = facts(*_REFUSAL)
    otherwise = _otherwise(case, raw)
    other = case.take(at, otherwise)
    assert opened(other) == otherwise
    assert (other.state, other.conflicts_with) == (IncomingMessage.State.REJECTED, first)
    assert codes(other) == [("TR056", "9056", "/Bericht/Header")]
    # An answer is not answered, also where it is refused.
    assert _return_codes(other) == ([("9056",)] if case.is_forward else [])
    assert facts(*_REFUSAL) == before
    assert _answers_to(first) == answers
    hold()


def _answers_to(row: IncomingMessage) -> list[tuple[int, bytes]]:
    rows = OutgoingMessage.objects.filter(in_reply_to=row).order_by("pk")
    return [(one.pk, opened(one)) for one in rows]


def _return_codes(row: IncomingMessage) -> list[tuple[str, ...]]:
    answers = [parse(raw).message for _pk, raw in _answers_to(row)]
    return [answer.header.return_codes for answer in answers if answer]


def _otherwise(case: Case, raw: bytes) -> bytes:
    """Another document under the same number: of another day, or with the opposite verdict."""
    message: Any = parse(raw).message
    if case.is_forward:
        number = message.header.message_id
        earlier = replace(number, message_date=number.message_date - timedelta(days=1))
        header = replace(message.header, message_id=earlier)
        return serialize(replace(message, header=header))
    refusing = replace(message, header=replace(message.header, return_codes=("0001",)))
    return serialize(replace(refusing, answer=None) if case.number == "325" else refusing)
