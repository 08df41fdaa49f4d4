"""Every message on two connections at the same moment: the effect of one."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from hoofdaannemer.core.scope import acting_as, system
from messaging.exchange.services import intake
from messaging.istandaard import serialize
from messaging.models import IncomingMessage, Leg
from subcontracts.models import DeliveryStart
from tests.factories import NOW
from tests.messaging.test_two_workers import at_once
from tests.subcontracts import post
from tests.subcontracts.changing import Home
from tests.traffic import cases
from tests.traffic.cases import CASES, FAMILIES
from tests.traffic.facts import facts, hold
from tests.traffic.story import STORY, document, moment, told_once

pytestmark = pytest.mark.django_db(transaction=True)
State = IncomingMessage.State


def test_the_story_has_every_type() -> None:
    assert {(leg, number) for leg, number, _make in STORY} == {
        (case.leg, case.number) for case in CASES
    }


@pytest.mark.parametrize("family", FAMILIES)
def test_at_once(settings: Any, tmp_path: Path, family: str) -> None:
    settings.OUT_FOLDER = tmp_path / "out"
    with acting_as(system(NOW)) as scope:
        at = cases.home(scope, family)
    expected = told_once(at)
    for place, (leg, number, _make) in enumerate(STORY):
        raw = document(at, place)
        first, second = at_once(*[partial(_taken, at, leg, raw, moment(place))] * 2)
        assert first == second, number
        with acting_as(system(NOW)):
            row = IncomingMessage.objects.get(pk=first)
            assert (row.state, row.last_error) == (State.HANDLED, ""), (number, post.codes(row))
    with acting_as(system(NOW)):
        assert facts() == expected
    hold()


def _taken(at: Home, leg: Leg, raw: bytes, when: datetime = NOW) -> int:
    """As a transport does it: stored and committed, then handled."""
    with acting_as(system(when)) as scope:
        message_id = cases.receive(at, leg, raw, scope=scope).pk
    intake.handle(scope=scope, message_id=message_id)
    return message_id


def test_two_messages_of_one_number_at_once(settings: Any, tmp_path: Path) -> None:
    """TR056: one of them is taken, whichever is first."""
    settings.OUT_FOLDER = tmp_path / "out"
    with acting_as(system(NOW)) as scope:
        at = cases.home(scope, "jw")
        first, second = cases.start(at), cases.start(at, cases.ENDED)
        second = replace(second, header=first.header)
    documents = [serialize(first), serialize(second)]
    ids = at_once(*[partial(_taken, at, Leg.DOWN, raw) for raw in documents])
    with acting_as(system(NOW)):
        rows = IncomingMessage.objects.filter(pk__in=ids)
        assert sorted(rows.values_list("state", flat=True)) == [State.HANDLED, State.REJECTED]
        assert post.codes(rows.get(state=State.REJECTED)) == [("TR056", "9056", "/Bericht/Header")]
        assert DeliveryStart.objects.count() == 1
    hold()
