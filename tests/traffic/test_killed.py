"""A worker or a database that ends at any step: after the next try all is as if it had not."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from billing.tasks import entitle_declared
from hoofdaannemer.core import scope as scopes
from hoofdaannemer.core.scope import Scope, acting_as
from messaging.exchange.services import intake, outtray
from messaging.models import IncomingMessage, OutgoingMessage
from tests.factories import NOW, moved
from tests.traffic import cases, seams
from tests.traffic.cases import CASES, Case
from tests.traffic.facts import Facts, facts, hold, undone
from tests.traffic.seams import DELIVERING, HANDLING, UNANSWERED, Seam
from tests.traffic.story import STORY, document, moment, told_once

State = IncomingMessage.State
#: Long enough for a sweep to take up what another left lying.
_SOON = NOW + timedelta(minutes=1)
_LATER = NOW + timedelta(minutes=10)


EITHER_FAMILY = pytest.mark.parametrize(
    "family", ["jw", pytest.param("wmo", marks=pytest.mark.long)]
)


#: Each case is killed at every third step, another one for the next: over all cases at all.
IN_TURN = 3


@pytest.mark.parametrize(
    ("family", "apart"),
    [
        pytest.param("jw", IN_TURN, id="jw-in turn"),
        pytest.param("jw", 1, id="jw", marks=pytest.mark.long),
        pytest.param("wmo", 1, id="wmo", marks=pytest.mark.long),
    ],
)
@pytest.mark.parametrize("case", CASES, ids=str)
def test_killed_at_each_step(
    system: Scope, settings: Any, tmp_path: Path, case: Case, family: str, apart: int
) -> None:
    settings.OUT_FOLDER = tmp_path / "before"
    at = cases.home(system, family)
    raw = case.document(at)
    outtray.sweep(scope=moved(system))
    case.receive(at, raw)  # committed before anything else is done with it
    stored = facts()

    settings.OUT_FOLDER = tmp_path / "undisturbed"
    with undone():
        whole = _swept(system), _names(tmp_path / "undisturbed")

    steps = (*HANDLING, *DELIVERING) if case.is_forward else UNANSWERED
    for place, seam in list(enumerate(steps))[CASES.index(case) % apart :: apart]:
        settings.OUT_FOLDER = folder = tmp_path / f"killed-{place}"
        with undone():
            _killed(system, seam, stored)
            assert (_swept(system), _names(folder)) == whole, seam

    _swept(system)
    hold()


def _killed(system: Scope, seam: Seam, stored: Facts) -> None:
    """A worker that ends at this step of what it does; of handling nothing is left."""
    soon = moved(system, _SOON)
    if seam in DELIVERING:
        intake.sweep(scope=soon)
    with seams.killed_at(seam) as met:
        (outtray if seam in DELIVERING else intake).sweep(scope=soon)
    assert met, f"the work does not come to this step: {seam}"
    assert seam in DELIVERING or facts() == stored, f"something is left: {seam}"


def _swept(system: Scope) -> Facts:
    """What there is after everything that beat starts had its turn."""
    later = moved(system, _LATER)
    intake.sweep(scope=later)
    entitle_declared()
    outtray.sweep(scope=later)
    waiting = OutgoingMessage.objects.filter(next_try_at__isnull=False)
    assert not waiting.exists()
    return facts()


def _names(folder: Path) -> list[str]:
    """Files that were delivered, by receiver and type: the same one twice is one."""
    return sorted(
        str(file.parent.relative_to(folder) / file.name.split("-")[0])
        for file in folder.rglob("*.xml")
    )


@pytest.mark.django_db(transaction=True)
@EITHER_FAMILY
def test_the_database_goes_away_at_each_step(settings: Any, tmp_path: Path, family: str) -> None:
    """Every connection is really lost, with what it had not committed."""
    settings.OUT_FOLDER = tmp_path / "out"
    with acting_as(scopes.system(NOW)) as scope:
        at = cases.home(scope, family)
    expected = told_once(at)
    for place, (leg, number, _make) in enumerate(STORY):
        raw = document(at, place)
        with acting_as(scopes.system(moment(place))) as scope:
            message_id = cases.receive(at, leg, raw, scope=scope).pk
        for seam in HANDLING if number in cases.FORWARD else UNANSWERED:
            _lost(scope, message_id, seam)
        row = intake.handle(scope=scope, message_id=message_id)
        assert row.state == State.HANDLED, (number, row.last_error)
    with acting_as(scopes.system(NOW)):
        assert facts() == expected
    hold()


def _lost(scope: Scope, message_id: int, seam: Seam) -> None:
    """A connection that ends at this step; nothing of the work is left."""
    with seams.killed_at(seam, seams.lose_connection) as met:
        intake.handle(scope=scope, message_id=message_id)
    connection.close()
    assert met, f"the work does not come to this step: {seam}"
    with acting_as(scopes.system(NOW)):
        row = IncomingMessage.objects.get(pk=message_id)
        assert (row.state, row.replies.count()) == (State.RECEIVED, 0), seam
