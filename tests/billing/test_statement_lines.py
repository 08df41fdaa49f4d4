"""Lines of a statement: what each rests on, found again, and any of them asked about."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from billing.models import (
    DeclaredLine,
    Hold,
    Statement,
    StatementLine,
)
from billing.selectors import line_sources
from billing.services import months
from billing.services.staging import StagedLine
from billing.views import statements as pages
from hoofdaannemer.core.mandates import Subject
from hoofdaannemer.core.periods import Month, Period
from hoofdaannemer.core.scope import Role, Scope
from tests.billing.build import FEBRUARY, JANUARY, credit, declare, moment, placement, priced
from tests.billing.test_holds import demand, named, prove
from tests.billing.test_months import begin, report
from tests.billing.visitors import visitor
from tests.conftest import become
from tests.factories import Party, World, professional, world

ISSUED, NEXT = date(2026, 2, 5), date(2026, 3, 5)


@pytest.fixture
def chain(system: Scope) -> World:
    return world(system)


def close(chain: World, month: Month = JANUARY, day: date = ISSUED) -> None:
    scope = chain.system.moved_to(moment(day))
    months.run_month(scope=scope, main_contractor_id=chain.main.pk, month=month)


def care(chain: World, count: int = 1) -> list[StagedLine]:
    """So many lines of care, declared together."""
    lines = [priced(placement(chain), 10) for _one in range(count)]
    declare(chain, *lines)
    return lines


def lines_of(party: Party, month: Month = JANUARY) -> list[StatementLine]:
    rows = StatementLine.objects.select_related(*line_sources.RELATED)
    stated = rows.filter(statement__subcontractor=party.subcontractor, statement__month=month.first)
    return list(stated.order_by("pk"))


def urls(scope: Scope, line: StatementLine) -> list[str]:
    """Where the sources of a line lead, without what leads to a place on the page."""
    become(scope)
    found = [one.url.partition("#")[0] for one in line_sources.sources_of(scope, [line])[line.pk]]
    become(Scope(role=Role.SYSTEM, at=scope.at))
    return [url.partition("?")[0] for url in found]


def test_a_line_of_care_leads_to_its_line_in_the_declaration(chain: World) -> None:
    care(chain)
    close(chain)
    [line] = lines_of(chain.pxq)
    declared = DeclaredLine.objects.get()
    page = reverse("declaration_detail", args=[declared.declaration_id])
    scope = chain.at(Role.SUBCONTRACTOR_USER, chain.pxq)
    assert urls(scope, line) == urls(chain.at(Role.CONTROLLER), line) == [page]
    [source] = line_sources.sources_of(become(scope), [line])[line.pk]
    browser = visitor(chain, Role.SUBCONTRACTOR_USER)
    shown = browser.get(source.url)
    assert f'id="line-{declared.pk}" aria-current="true"' in shown.content.decode()


def test_the_line_one_came_for_is_shown_however_long_the_declaration_is(
    chain: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("billing.views.declarations.SHOWN_LINES", 1)
    care(chain, 2)
    first, last = DeclaredLine.objects.order_by("line")
    page = reverse("declaration_detail", args=[first.declaration_id])
    browser = visitor(chain, Role.CONTROLLER)
    for asked in (first, last):
        [row] = browser.get(page, {"line": asked.pk}).context["lines"]
        assert row["line"] == asked
    assert browser.get(page, {"line": "9" * 30}).status_code == 200


def test_an_fte_month_leads_to_its_report_and_what_is_held_to_the_hold(chain: World) -> None:
    close(chain)
    scope = chain.at(Role.SUBCONTRACTOR_USER, chain.fte)
    entitled, held = lines_of(chain.fte)
    hold = Hold.objects.get(subcontractor=chain.fte.subcontractor)
    terms = reverse("funding_line_amounts", args=[chain.fte.line.pk])
    assert urls(scope, entitled) == [terms, hold.get_absolute_url()]
    assert urls(scope, held) == [hold.get_absolute_url(), terms]
    handed_in = report(chain, JANUARY, fte="1.000")
    close(chain, FEBRUARY, NEXT)
    page = reverse("fte_report_detail", args=[handed_in.pk])
    assert urls(scope, entitled) == [page]
    [released] = [one for one in lines_of(chain.fte, FEBRUARY) if one.kind == "release"]
    before = reverse("statement_detail", args=[held.statement_id])
    assert urls(scope, released) == [hold.get_absolute_url(), before, page]
    after = reverse("statement_detail", args=[released.statement_id])
    assert urls(scope, held) == [hold.get_absolute_url(), after, page]


def test_what_is_taken_back_and_what_takes_it_back_lead_to_each_other(chain: World) -> None:
    [staged] = care(chain)
    close(chain)
    declare(chain, credit(staged), month=FEBRUARY)
    close(chain, FEBRUARY, NEXT)
    [before], [after] = lines_of(chain.pxq), lines_of(chain.pxq, FEBRUARY)
    scope = chain.at(Role.SUBCONTRACTOR_USER, chain.pxq)
    assert urls(scope, before)[1:] == [reverse("statement_detail", args=[after.statement_id])]
    assert urls(scope, after)[1:] == [reverse("statement_detail", args=[before.statement_id])]


def test_a_part_of_a_trajectory_leads_to_its_placement(chain: World) -> None:
    placed = placement(chain, chain.trajectory, chain.products["treatment"], unit="01")
    begin(chain, placed, date(2026, 1, 5))
    close(chain)
    [line] = [one for one in lines_of(chain.trajectory) if one.entitlement_id]
    page = reverse("placement_detail", args=[placed.pk])
    assert urls(chain.at(Role.SUBCONTRACTOR_USER, chain.trajectory), line)[0] == page


def test_an_office_is_led_only_to_what_its_mandate_covers(chain: World) -> None:
    care(chain)
    close(chain)
    [line] = lines_of(chain.pxq)
    own = chain.at(Role.SUBCONTRACTOR_USER, chain.pxq)
    statements = replace(own, mandate_id=1, subjects=frozenset({Subject.STATEMENTS.value}))
    both = replace(statements, subjects=statements.subjects | {Subject.DECLARE.value})
    terms = reverse("funding_line_amounts", args=[chain.pxq.line.pk])
    # No such mandate is in the database, which would refuse the rows by itself.
    [found] = line_sources.sources_of(statements, [line])[line.pk]
    assert found.url == terms
    [found] = line_sources.sources_of(both, [line])[line.pk]
    assert found.url.startswith(reverse("declaration_list"))


def test_many_lines_ask_no_more_than_few(chain: World) -> None:
    demanded = demand(chain)
    workers = [professional(chain.system, chain.pxq, f"Sem {number}") for number in range(12)]
    prove(chain, demanded, Period(date(2025, 1, 1), date(2027, 1, 1)), workers[0])
    placed = [placement(chain) for _one in workers]
    for one, who in zip(placed, workers, strict=True):
        named(chain, one, who)
    declare(chain, *(priced(one, 5) for one in placed))
    close(chain)
    lines = lines_of(chain.pxq)
    assert {line.kind for line in lines} == {"entitlement", "hold"}
    scope = become(chain.at(Role.SUBCONTRACTOR_USER, chain.pxq))

    def asked(rows: list[StatementLine]) -> int:
        with CaptureQueriesContext(connection) as queries:
            line_sources.sources_of(scope, rows)
        return len(queries)

    assert asked(lines) == asked([lines[0], lines[-1]])


def test_any_line_can_be_found_and_asked_about(
    chain: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "LINES_A_PAGE", 2)
    care(chain, 5)
    close(chain)
    lines = lines_of(chain.pxq)
    url = lines[0].statement.get_absolute_url()
    browser = visitor(chain, Role.SUBCONTRACTOR_USER)

    def shown(**query: Any) -> list[str]:
        return [row["talk"].url for row in browser.get(url, query).context["rows"]]

    ask = [reverse("statement_line_ask", args=[line.pk]) for line in lines]
    assert [shown(), shown(page=2), shown(page=3)] == [ask[:2], ask[2:4], ask[4:]]
    assert shown(text=lines[4].reference.lower()) == [ask[4]]
    assert shown(kind="hold") == []
    assert "Niets gevonden" in browser.get(url, {"text": "bestaat niet"}).content.decode()
    assert browser.get(url, {"kind": "onzin"}).context["invalid"]
    asked = browser.post(ask[4], {"kind": "question", "text": "Hoe komt dit?"}, follow=True)
    assert asked.status_code == 200
    [row] = browser.get(url, {"text": lines[4].reference}).context["rows"]
    assert row["talk"].url.startswith(reverse("dispute_list"))


def test_the_total_is_of_all_lines(chain: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "LINES_A_PAGE", 1)
    care(chain, 2)
    close(chain)
    statement = Statement.objects.get(subcontractor=chain.pxq.subcontractor)
    browser = visitor(chain, Role.CONTROLLER)
    assert browser.get(statement.get_absolute_url()).context["total"] == statement.payable


def test_the_page_of_a_hold_says_what_releases_it(chain: World) -> None:
    close(chain)
    hold = Hold.objects.get(subcontractor=chain.fte.subcontractor)
    for role, party, reads in (
        (Role.SUBCONTRACTOR_USER, chain.fte, True),
        (Role.CONTROLLER, None, True),
        (Role.QUALITY_OFFICER, None, False),
    ):
        shown = visitor(chain, role, party).get(hold.get_absolute_url())
        assert hold.way_out in shown.content.decode()
        assert bool(shown.context["sources"]) == bool(shown.context["stated"]) == reads
