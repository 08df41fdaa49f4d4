"""The stop that follows where the municipality ends an allocation sooner."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client as Browser
from django.urls import reverse

from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.scope import Role, Scope
from messaging.istandaard.codelists import code_list
from subcontracts.rules.stopping import BY_OTHERS, LINKED
from tests import factories
from tests.conftest import become
from tests.factories import NOW
from tests.subcontracts.post import codes, up

Browse = Callable[..., Browser]


@pytest.mark.parametrize(
    ("family", "changes", "stops"), [("jw", "JZ002", "JZ588"), ("wmo", "WMO002", "WMO588")]
)
def test_linked_reasons_are_on_the_lists(family: str, changes: str, stops: str) -> None:
    linked = LINKED[family]
    assert linked.keys() <= code_list(changes).codes.keys()
    assert set(linked.values()) <= code_list(stops).codes.keys()
    # A longer allocation, a deleted one and a correction lead to no stop.
    assert not linked.keys() & {"04", "13", "14"}
    assert linked["07"] == {"jw": "35", "wmo": "31"}[family]


@pytest.mark.parametrize(("change", "stop"), [("05", "36"), ("06", "39"), ("09", "38")])
def test_the_form_of_a_stop_begins_with_the_reason_of_the_change(
    system: Scope, browse: Browse, change: str, stop: str
) -> None:
    world = factories.world(system)
    who = factories.person()
    allocation = factories.allocate(world, who=who)
    placement = factories.place(world, allocation)
    factories.start(world, placement)
    page = reverse("placement_stop", args=[placement.pk])
    browser = browse(world, Role.SUBCONTRACTOR_USER, world.pxq)
    before = browser.get(page).context["form"]
    assert not before.initial
    assert not BY_OTHERS & {code for code, _label in before.fields["reason"].choices}
    become(world.system)
    end = date(2026, 5, 31)
    shorter = factories.allocated(
        world.products["guidance"],
        number=allocation.number,
        period=Period(allocation.start_date, end),
        decided=NOW + timedelta(minutes=1),
        change_reason=change,
    )
    assert codes(up(world, factories.allocation_message(world, who, shorter))) == []
    form = browser.get(page).context["form"]
    assert (form.initial["end"], form.initial["reason"]) == (end, stop)
    assert stop in {code for code, _label in form.fields["reason"].choices}
