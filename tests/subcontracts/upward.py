"""A municipal contract that ends, and what it says: what the tests of it share."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.scope import Scope
from subcontracts.models import MunicipalContract, ReportingDuty
from subcontracts.services import upward_dates, upward_terms
from subcontracts.services.upward_dates import DutyFacts
from tests import factories
from tests.factories import World

JANUARY = date(2026, 1, 1)
END = date(2027, 12, 31)


def ending(system: Scope) -> World:
    """The usual world; its youth contract ends."""
    made = factories.world(system)
    MunicipalContract.objects.filter(pk=made.youth.pk).update(end_date=END)
    made.youth.refresh_from_db()
    return made


def says(world: World, day: date = date(2025, 1, 1), **values: object) -> None:
    upward_terms.set_terms(scope=world.system, contract=world.youth, start_date=day, values=values)


def refused(code: str) -> pytest.RaisesExc[RuleError]:
    return pytest.raises(RuleError, match=rf"\({code}\)")


def duty(world: World, **changed: object) -> ReportingDuty:
    facts = DutyFacts(
        name="Kwartaalrapportage",
        kind="numbers",
        rhythm="quarter",
        start_date=date(2025, 7, 1),
        due_days=30,
    )
    return upward_dates.add_duty(
        scope=world.system,
        contract=world.youth,
        facts=replace(facts, **changed),  # type: ignore[arg-type]
    )
