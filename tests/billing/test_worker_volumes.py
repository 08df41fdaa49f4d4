"""Who delivered it, on the month page: kept, prefilled, checked, and held by the volume."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from billing.models import Declaration, Hold, MonthDraft, WorkerShare
from billing.services import month_page
from billing.services.month_page import Entry
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.periods import Month, Period
from hoofdaannemer.core.scope import Role, Scope
from subcontracts.models import Placement, PlacementProfessional, Professional
from tests.billing.build import placement
from tests.billing.test_holds import demand, named, prove
from tests.billing.visitors import as_system, visitor
from tests.conftest import become
from tests.factories import World, professional, world

ENDED = Month.of(timezone.localdate()).previous()
LONG = {"start": ENDED.previous().first, "end": None}
PAGE = reverse("month_page", args=[ENDED])


@pytest.fixture
def chain(system: Scope) -> World:
    return world(system)


@pytest.fixture
def people(chain: World) -> tuple[Placement, Professional, Professional]:
    """A client with two named professionals, of whom the first has what is demanded."""
    proven, unproven = (professional(chain.system, chain.pxq, name) for name in ("Noor", "Sem"))
    always = Period(date(2025, 1, 1), ENDED.last + timedelta(days=400))
    prove(chain, demand(chain), always, proven)
    placed = placement(chain, **LONG)
    named(chain, placed, proven)
    named(chain, placed, unproven)
    return placed, proven, unproven


def fields(placed: Placement, volume: int, workers: dict[Professional, int]) -> dict[str, str]:
    typed = {f"worker_{placed.pk}_{one.pk}": str(much) for one, much in workers.items()}
    return {f"volume_{placed.pk}": str(volume), **typed}


def shown(browser: Browser) -> dict[str, object]:
    """What stands in the fields, as one who corrects sends it back."""
    form = browser.get(PAGE).context["form"]
    return {
        name: form[name].initial
        for name in form.fields
        if not name.startswith("no") and form[name].initial is not None
    }


def held() -> list[Decimal]:
    as_system()
    return [one.amount for one in Hold.objects.open()]


def test_a_correction_keeps_who_did_it(
    chain: World, people: tuple[Placement, Professional, Professional]
) -> None:
    placed, proven, unproven = people
    browser = visitor(chain, Role.SUBCONTRACTOR_USER)
    browser.post(PAGE, {**fields(placed, 10, {proven: 4, unproven: 6}), "hand_in": "1"})
    assert held() == [Decimal("396.00")]

    typed = shown(browser)
    assert typed == {
        f"volume_{placed.pk}": 10,
        f"worker_{placed.pk}_{proven.pk}": 4,
        f"worker_{placed.pk}_{unproven.pk}": 6,
    }
    browser.post(PAGE, {**typed, f"volume_{placed.pk}": "11", "hand_in": "1"})

    # 6 by the one without, and the eleventh hour by one of both, who qualifies.
    assert held() == [Decimal("396.00")]
    assert WorkerShare.objects.count() == 4


def test_another_division_of_the_same_number_is_declared_anew(
    chain: World, people: tuple[Placement, Professional, Professional]
) -> None:
    placed, proven, unproven = people
    browser = visitor(chain, Role.SUBCONTRACTOR_USER)
    browser.post(PAGE, {**fields(placed, 10, {proven: 4, unproven: 6}), "hand_in": "1"})
    browser.post(PAGE, {**fields(placed, 10, {proven: 9, unproven: 1}), "hand_in": "1"})

    assert held() == [Decimal("66.00")]
    nothing_new = browser.post(PAGE, {**shown(browser), "hand_in": "1"})
    assert b"BIL-51" in nothing_new.content


def test_a_draft_keeps_who_did_it(
    chain: World, people: tuple[Placement, Professional, Professional]
) -> None:
    placed, proven, _unproven = people
    browser = visitor(chain, Role.SUBCONTRACTOR_USER)
    typed = fields(placed, 10, {proven: 4})
    assert browser.post(PAGE, {**typed, "autosave": "1"}).status_code == 204

    assert {name: str(value) for name, value in shown(browser).items()} == typed
    as_system()
    assert MonthDraft.objects.get().workers == {str(proven.pk): 4}


def test_more_than_the_number_is_refused_where_it_is_typed(
    chain: World, people: tuple[Placement, Professional, Professional]
) -> None:
    placed, proven, unproven = people
    browser = visitor(chain, Role.SUBCONTRACTOR_USER)
    typed = fields(placed, 10, {proven: 8, unproven: 8})

    answer = browser.post(PAGE, {**typed, "hand_in": "1"})

    assert list(answer.context["form"].errors) == [f"volume_{placed.pk}"]
    assert b"BIL-30" in answer.content
    as_system()
    assert not Declaration.objects.exists()


@pytest.mark.parametrize("fits", ["sum", "named"])
def test_the_service_refuses_what_does_not_fit(
    chain: World, people: tuple[Placement, Professional, Professional], fits: str
) -> None:
    placed, proven, unproven = people
    stranger = professional(chain.system, chain.pxq, "Bo")
    workers = {proven.pk: 8, unproven.pk: 8} if fits == "sum" else {stranger.pk: 1}
    scope = become(chain.at(Role.SUBCONTRACTOR_USER, chain.pxq, at=timezone.now()))

    with pytest.raises(RuleError) as refused:
        month_page.hand_in(
            scope=scope, month=ENDED, entries={placed.pk: Entry(10, workers=workers)}
        )
    assert refused.value.code == "BIL-30"


def test_volume_of_one_who_is_named_no_more_is_held_and_the_rest_goes_on(
    chain: World, people: tuple[Placement, Professional, Professional]
) -> None:
    placed, proven, unproven = people
    browser = visitor(chain, Role.SUBCONTRACTOR_USER)
    browser.post(PAGE, {**fields(placed, 10, {proven: 4, unproven: 6}), "hand_in": "1"})
    as_system()
    # Named by mistake: from the start it was somebody else.
    PlacementProfessional.objects.filter(professional=proven).update(end_date=LONG["start"])
    browser.post(PAGE, {**fields(placed, 9, {unproven: 6}), "hand_in": "1"})

    assert held() == [Decimal("594.00")]
