"""The page of terms: what runs, what was late through whom, and how often terms are met in time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from hoofdaannemer.core.scope import CARE, STAFF, Role, Scope
from subcontracts.models import Deadline, Placement
from subcontracts.selectors.timeliness import MUNICIPALITIES, OURS, THEIRS, Share, timeliness
from tests.conftest import become
from tests.factories import NOW, World, allocate, place, start, world

Browse = Callable[..., Browser]
PAGE = "/termijnen/"


@pytest.fixture
def here(system: Scope) -> World:
    return world(system)


def ago(days: int) -> datetime:
    return timezone.now() - timedelta(days=days)


def placed(here: World, days_ago: int, product: str = "guidance", **others: Any) -> Placement:
    """Placed so many days ago; its start is due from then on."""
    return place(here, allocate(here, product, at=ago(days_ago)), at=ago(days_ago), **others)


def listed(browser: Browser, filters: str = "") -> list[Deadline]:
    page = browser.get(f"{PAGE}?{filters}")
    return [row.record for row in page.context["table"].paginated_rows]


def starts(rows: list[Deadline]) -> set[tuple[int | None, str]]:
    return {(row.placement_id, row.leg) for row in rows if row.kind == Deadline.Kind.START}


def test_each_state_has_its_rows(here: World, browse: Browse) -> None:
    runs, forgotten = placed(here, 0), placed(here, 30)
    late, neat = placed(here, 30), placed(here, 30)
    start(here, late, at=timezone.now())
    start(here, neat, at=ago(29))
    withdrawn = placed(here, 0)
    Deadline.objects.filter(placement=withdrawn).update(dropped_at=timezone.now())
    browser = browse(here, Role.CARE_COORDINATOR)

    def both(*placements: Placement) -> set[tuple[int | None, str]]:
        return {(one.pk, leg) for one in placements for leg in ("down", "up")}

    assert starts(listed(browser)) == both(runs, forgotten)
    assert starts(listed(browser, "state=late")) == both(forgotten)
    assert starts(listed(browser, "state=met_late")) == both(late)
    assert starts(listed(browser, "state=all&kind=305")) == both(runs, forgotten, late, neat)
    assert starts(listed(browser, "leg=up")) == {(runs.pk, "up"), (forgotten.pk, "up")}


def test_law_and_subcontractor_narrow_both_legs(here: World, browse: Browse) -> None:
    youth = placed(here, 0)
    support = placed(here, 0, "support", with_=here.fte)
    browser = browse(here, Role.CONTROLLER)
    assert {row.placement_id for row in listed(browser, "law=wmo")} == {support.pk}
    assert {row.family for row in listed(browser, "law=wmo")} == {"wmo"}
    of_youth = listed(browser, f"subcontractor={here.pxq.subcontractor.pk}")
    assert {(row.placement_id, row.leg) for row in of_youth} == {
        (youth.pk, "down"),
        (youth.pk, "up"),
    }


def test_a_breach_is_shown_with_who_caused_it(here: World, browse: Browse) -> None:
    late = placed(here, 30)
    start(here, late, at=timezone.now())
    page = browse(here, Role.CARE_COORDINATOR).get(f"{PAGE}?state=met_late").content.decode()
    assert str(late.number) in page
    assert "de onderaannemer" in page
    assert "werkdagen te laat" in page
    # The subcontractor was in time, and the report went up late.
    Deadline.objects.filter(placement=late, leg="down").update(met_at=ago(29))
    page = browse(here, Role.CONTROLLER).get(f"{PAGE}?state=met_late").content.decode()
    assert "de hoofdaannemer" in page
    assert "de onderaannemer" not in page


def test_a_subcontractor_sees_its_own_leg_only(here: World, browse: Browse) -> None:
    own, other = placed(here, 30), placed(here, 30, "treatment", with_=here.trajectory)
    become(here.system)
    browser = browse(here, Role.SUBCONTRACTOR_USER, here.pxq)
    rows = listed(browser, "state=late")
    assert starts(rows) == {(own.pk, "down")}
    page = browser.get(f"{PAGE}?state=late").content.decode()
    assert str(other.number) not in page
    assert here.trajectory.organisation.name not in page


def test_a_sealed_client_is_not_listed_or_counted(here: World, browse: Browse) -> None:
    sealed = placed(here, 30)
    browser = browse(here, Role.CARE_COORDINATOR)
    assert len(listed(browser, "state=late")) == 2
    become(here.system)
    sealed.client.is_sealed = True
    sealed.client.save()
    assert listed(browser, "state=all") == []
    assert timeliness(become(here.at(Role.CONTROLLER, at=timezone.now()))).of_leg == {}


def test_the_export_says_the_same(here: World, browse: Browse) -> None:
    late = placed(here, 30)
    start(here, late, at=timezone.now())
    answer = browse(here, Role.CONTROLLER).get(f"{PAGE}?state=met_late&_export=csv")
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").split("\r\n")
    heads = lines[0].split(";")
    rows = [dict(zip(heads, line.split(";"), strict=True)) for line in lines[1:] if line]
    assert {row["Betreft"] for row in rows} == {str(late.number)}
    assert {row["Te laat door"] for row in rows} >= {"de onderaannemer"}
    assert all(int(row["Nog of te laat"]) < 0 for row in rows)


def test_a_long_list_asks_no_more_than_a_short_one(here: World, browse: Browse) -> None:
    browser = browse(here, Role.CARE_COORDINATOR)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            browser.get(f"{PAGE}?state=all")
        return len(queries)

    placed(here, 30)
    asked()  # the first visit of a session writes down that it is there
    few = asked()
    become(here.system)
    for _more in range(4):
        placed(here, 30)
    assert asked() == few


def test_shares_rest_on_what_came_due(here: World) -> None:
    late, neat = placed(here, 30), placed(here, 30, "treatment", with_=here.trajectory)
    start(here, late, at=timezone.now())
    start(here, neat, at=ago(29))
    placed(here, 0)  # nothing of it has come due
    placed(here, 200)  # long ago
    kinds = [Deadline.Kind.START, Deadline.Kind.ANSWER]
    Deadline.objects.exclude(kind__in=kinds).update(dropped_at=timezone.now())
    scope = become(here.at(Role.CARE_COORDINATOR, at=timezone.now()))
    found = timeliness(scope)
    assert found.of_leg == {THEIRS: Share(1, 2), OURS: Share(1, 2)}
    assert found.of_subcontractor == {
        late.provider_organisation.name: {THEIRS: Share(0, 1), OURS: Share(0, 1)},
        neat.provider_organisation.name: {THEIRS: Share(1, 1), OURS: Share(1, 1)},
    }
    assert MUNICIPALITIES not in found.of_leg
    own = become(here.at(Role.SUBCONTRACTOR_USER, here.trajectory, at=timezone.now()))
    assert timeliness(own).of_leg == {THEIRS: Share(1, 1)}


def test_one_hundred_means_all_of_them() -> None:
    assert Share(199, 200).percentage == 99
    assert Share(200, 200).percentage == 100
    assert Share().percentage is None


def test_the_figures_of_staff_are_by_subcontractor(here: World, browse: Browse) -> None:
    late = placed(here, 30)
    name = late.provider_organisation.name
    page = browse(here, Role.CONTRACT_MANAGER).get(f"{PAGE}?state=all")
    assert [row[0] for row in page.context["table_of"]["rows"]] == [name]
    assert len(page.context["figures"]) == 3
    own = browse(here, Role.SUBCONTRACTOR_USER, here.pxq).get(PAGE)
    assert own.context["table_of"] is None
    assert len(own.context["figures"]) == 1


@pytest.mark.parametrize("role", sorted(STAFF - CARE - {Role.CONTROLLER}))
def test_other_roles_have_no_page(here: World, browse: Browse, role: Role) -> None:
    assert browse(here, role).get(PAGE).status_code == 403


def test_the_term_of_a_start_runs_from_the_day_on_which_care_began(system: Scope) -> None:
    """Care that begins later than planned and is told within days was told in time (OP271)."""
    here = world(system)
    placement = place(here, allocate(here))
    begin = placement.start_date + timedelta(days=60)
    told = NOW.replace(year=begin.year, month=begin.month, day=begin.day)
    start(here, placement, begin, at=told)
    rows = Deadline.objects.filter(placement=placement, kind=Deadline.Kind.START)
    assert {row.leg for row in rows} == {"up", "down"}
    for row in rows:
        assert row.event_date == begin
        assert row.met_at is not None
        assert begin <= row.met_at.date() <= row.due_date
