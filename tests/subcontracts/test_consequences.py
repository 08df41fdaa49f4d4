"""What is due on one day stands by what follows when it is late."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from itertools import product

import pytest
from django.test import Client as Browser
from django.utils import timezone

from hoofdaannemer.core.scope import Role, Scope
from subcontracts import worklist
from subcontracts.models import Deadline
from subcontracts.rules.consequences import TEXTS, Consequence, of_term
from subcontracts.worklist import WorkItem
from tests import factories
from tests.conftest import become

DAY = date(2026, 3, 18)


@pytest.mark.parametrize(
    ("kind", "family", "consequence"),
    [
        ("305", "wmo", Consequence.CONTRIBUTION),
        ("307", "wmo", Consequence.CONTRIBUTION),
        ("305", "jw", Consequence.LATE_NEWS),
        ("307", "jw", Consequence.LATE_NEWS),
        ("reply", "wmo", Consequence.SILENCE),
        ("place", "jw", Consequence.WAITING),
        ("answer", "wmo", Consequence.CHASE),
    ],
)
def test_the_law_and_the_kind_say_what_follows(
    kind: str, family: str, consequence: Consequence
) -> None:
    assert of_term(kind, family) == consequence


def test_every_term_has_a_consequence_with_words() -> None:
    found = {of_term(kind, law) for kind, law in product(Deadline.Kind.values, ("wmo", "jw"))}
    found.add(of_term(Deadline.Kind.STOP, "wmo", steers=True))
    assert found == set(Consequence) == set(TEXTS)


def test_the_day_comes_first_and_then_the_gravest(monkeypatch: pytest.MonkeyPatch) -> None:
    def item(text: str, days: int | None, consequence: Consequence | None) -> WorkItem:
        due = None if days is None else DAY + timedelta(days=days)
        return WorkItem("kind", text, "/", "do", due, consequence=consequence)

    wanted = [
        item("late, of little weight", -1, Consequence.LATE_NEWS),
        item("z: own contribution", 0, Consequence.CONTRIBUTION),
        item("client waits", 0, Consequence.WAITING),
        item("a: youth", 0, Consequence.LATE_NEWS),
        item("a: nothing known", 0, None),
        item("tomorrow", 1, Consequence.CONTRIBUTION),
        item("no day", None, Consequence.CONTRIBUTION),
    ]
    monkeypatch.setattr(worklist, "_sources", {"one": lambda _scope: reversed(wanted)})
    assert worklist.items(Scope(role=Role.CONTROLLER)) == wanted


def test_the_work_list_says_it_in_words(system: Scope, browse: Callable[..., Browser]) -> None:
    world = factories.world(system)
    now = timezone.now()
    factories.place(world, factories.allocate(world, "support", at=now), world.fte, at=now)
    factories.allocate(world, at=now)
    browser = browse(world, Role.SUBCONTRACTOR_USER, world.fte)
    assert "raakt de eigen bijdrage (CAK)" in browser.get("/").content.decode()
    become(world.system)
    page = browse(world, Role.CARE_COORDINATOR).get("/").content.decode()
    assert "cliënt wacht op zorg" in page
    assert "raakt de eigen bijdrage" not in page  # not almost late yet
