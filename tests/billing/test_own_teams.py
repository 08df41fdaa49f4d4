"""Months of own teams, and the whole euro of a task in which they stand."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from billing.models import Entitlement, OwnTeamReport, OwnTeamRow
from billing.selectors.own_teams import missing
from billing.selectors.task_euro import Source, task_euro_of
from billing.services import months, own_teams
from billing.services.own_teams import Spent
from billing.worklist import handing_in
from hoofdaannemer.core.errors import NotAllowedError, RuleError
from hoofdaannemer.core.periods import Month
from hoofdaannemer.core.scope import Role, Scope
from subcontracts.services import upward_budgets
from tests.billing.build import JANUARY, declare, placement, priced
from tests.billing.visitors import as_system, visitor
from tests.conftest import become
from tests.factories import NOW, World, world

KIND = OwnTeamRow.Kind
ROWS = [
    Spent(KIND.CARE, "Gezinsbegeleider", Decimal("8000.00"), Decimal("1.5"), Decimal(210)),
    Spent(KIND.COORDINATION, "Toegang", Decimal("1500.00")),
    Spent(KIND.OVERHEAD, "Huur", Decimal("500.00")),
]


@pytest.fixture
def chain(system: Scope) -> World:
    return world(system)


def begun(chain: World, month: Month = JANUARY, scope: Scope | None = None) -> OwnTeamReport:
    return own_teams.begin(
        scope=scope or chain.at(Role.CONTROLLER),
        team=chain.own_team.subcontractor,
        contract=chain.youth,
        month=month,
    )


def handed_in(chain: World, month: Month = JANUARY, rows: list[Spent] = ROWS) -> OwnTeamReport:
    scope = become(chain.at(Role.CONTROLLER))
    report = own_teams.save(scope=scope, report=begun(chain, month), rows=rows)
    return own_teams.hand_in(scope=scope, report=report)


def test_a_month_begins_as_the_month_before(chain: World) -> None:
    handed_in(chain)
    team = become(chain.at(Role.SUBCONTRACTOR_USER, chain.own_team))
    assert own_teams.rows_of(begun(chain, JANUARY.next(), team)) == ROWS
    # Nothing is owed to anybody.
    assert not Entitlement.objects.exists()


def test_a_correction_takes_the_place_of_what_was_handed_in(chain: World) -> None:
    report = handed_in(chain)
    scope = chain.at(Role.CONTROLLER)
    with pytest.raises(RuleError, match="BIL-221"):
        own_teams.save(scope=scope, report=report, rows=ROWS[:1])
    draft = own_teams.correct(scope=scope, report=report)
    with pytest.raises(RuleError, match="BIL-226"):
        own_teams.correct(scope=scope, report=report)
    own_teams.save(scope=scope, report=draft, rows=ROWS[:1])
    own_teams.hand_in(scope=scope, report=draft)
    assert [one.pk for one in OwnTeamReport.objects.counting()] == [draft.pk]
    assert task_euro_of(scope, chain.youth, 2026).total_out == Decimal("8000.00")


@pytest.mark.parametrize(("rows", "code"), [([], "BIL-224"), ([ROWS[0], ROWS[0]], "BIL-223")])
def test_what_says_nothing_or_twice_the_same_is_refused(
    chain: World, rows: list[Spent], code: str
) -> None:
    with pytest.raises(RuleError, match=code):
        handed_in(chain, rows=rows)


def test_it_is_for_own_teams_and_for_months_that_are_over(chain: World) -> None:
    scope = become(chain.at(Role.CONTROLLER))
    with pytest.raises(RuleError, match="BIL-220"):
        own_teams.begin(
            scope=scope, team=chain.pxq.subcontractor, contract=chain.youth, month=JANUARY
        )
    with pytest.raises(RuleError, match="BIL-222"):
        begun(chain, Month(2019, 1))
    running = own_teams.save(scope=scope, report=begun(chain, Month.of(NOW.date())), rows=ROWS)
    with pytest.raises(RuleError, match="BIL-225"):
        own_teams.hand_in(scope=scope, report=running)
    become(chain.at(Role.CONTRACT_MANAGER))
    with pytest.raises(NotAllowedError):
        begun(chain, scope=chain.at(Role.CONTRACT_MANAGER))
    with pytest.raises(NotAllowedError):
        begun(chain, scope=chain.at(Role.SUBCONTRACTOR_ADMIN, chain.pxq))


def test_a_month_that_lacks_is_asked_of_who_reported_before(chain: World) -> None:
    handed_in(chain)
    scope = chain.at(Role.CONTROLLER)
    assert [one.month for one in missing(scope)] == [Month(2026, 2)]
    handed_in(chain, Month(2026, 2))
    assert missing(scope) == []


def test_who_never_reported_is_asked_for_the_last_month(chain: World) -> None:
    today = datetime(2026, 3, 18, 9, tzinfo=UTC)
    team = become(chain.at(Role.SUBCONTRACTOR_USER, chain.own_team, at=today))
    assert [one.url for one in handing_in.own_teams(team)] == [reverse("own_team_report_new")]
    practice = become(chain.at(Role.SUBCONTRACTOR_USER, chain.pxq, at=today))
    assert list(handing_in.own_teams(practice)) == []


def test_where_every_euro_went(chain: World) -> None:
    for kind, amount in (("index", "60000.00"), ("pgb_deducted", "-20000.00")):
        upward_budgets.adjust_budget(
            scope=chain.system,
            contract=chain.youth,
            facts=upward_budgets.AdjusterFacts(
                year=2026, effective_date=JANUARY.first, kind=kind, amount=Decimal(amount)
            ),
        )
    declare(chain, priced(placement(chain, end=date(2026, 1, 31)), 10, JANUARY), month=JANUARY)
    months.run_month(scope=chain.system, main_contractor_id=chain.main.pk, month=JANUARY)
    handed_in(chain)
    euro = task_euro_of(become(chain.at(Role.CONTROLLER)), chain.youth, 2026)
    # 1,200,000 and 60,000: what was taken off for personal budgets came in and went out.
    assert euro.total_in == Decimal("1260000.00")
    out = {(one.source, one.detail): one.amount for one in euro.goes_out}
    assert out == {
        (Source.OWN_BUDGETS, ""): Decimal("20000.00"),
        (Source.OWN_TEAM, KIND.CARE): Decimal("8000.00"),
        (Source.OWN_TEAM, KIND.COORDINATION): Decimal("1500.00"),
        (Source.OWN_TEAM, KIND.OVERHEAD): Decimal("500.00"),
        (Source.FORM, "pxq"): Decimal("660.00"),
    }
    assert euro.care == Decimal("28660.00")
    assert euro.of_out(euro.care) == Decimal("93.5")
    assert euro.left == euro.total_in - euro.total_out
    assert sum(one.amount for one in euro.below) == Decimal("660.00")


def test_the_team_reports_on_its_own_pages(chain: World) -> None:
    browser = visitor(chain, Role.SUBCONTRACTOR_USER, chain.own_team)
    month = Month.of(timezone.localdate()).previous()
    typed = {"team": chain.own_team.subcontractor.pk, "contract": chain.youth.pk}
    new = browser.post(reverse("own_team_report_new"), {**typed, "month": str(month)})
    as_system()
    report = OwnTeamReport.objects.get()
    edit = reverse("own_team_report_edit", args=[report.pk])
    assert new.headers["Location"] == edit
    row = {"rows": "1", "kind": "care", "description": "Begeleider", "amount": "1.000,00"}
    assert "Vul de fte" in browser.post(edit, {**row, "hand_in": "1"}).content.decode()
    added = browser.post(edit, {**row, "fte": "0,5", "add": "1"}).content.decode()
    assert "Regel 2" in added
    browser.post(edit, {**row, "fte": "0,5", "hand_in": "1"})
    confirm = reverse("own_team_report_hand_in", args=[report.pk])
    assert "Niemand wordt ervan betaald" in browser.get(confirm).content.decode()
    browser.post(confirm)
    as_system()
    report.refresh_from_db()
    assert report.submitted_at is not None
    shown = browser.get(report.get_absolute_url()).content.decode()
    assert "Begeleider" in shown
    assert "1.000,00" in shown


def test_the_page_of_a_year_and_its_spreadsheet(
    chain: World, django_assert_max_num_queries: Any
) -> None:
    handed_in(chain)
    as_system()
    browser = visitor(chain, Role.CONTRACT_MANAGER)
    for name in ("municipal_contract_euro_year", "municipal_contract_euro_xlsx"):
        with django_assert_max_num_queries(40):
            assert browser.get(reverse(name, args=[chain.youth.pk, 2026])).status_code == 200
    far = reverse("municipal_contract_euro_year", args=[chain.youth.pk, 1999])
    assert browser.get(far).status_code == 404
    shown = browser.get(reverse("municipal_contract_euro", args=[chain.youth.pk]))
    assert "Van elke euro die eruit ging" in shown.content.decode()


def test_the_year_with_municipalities_begins_with_what_own_teams_reported(chain: World) -> None:
    months.run_month(scope=chain.system, main_contractor_id=chain.main.pk, month=JANUARY)
    handed_in(chain)
    as_system()
    page = reverse("upward_settlement_new")
    browser = visitor(chain, Role.CONTROLLER)
    assert "8500,00" not in browser.get(page).content.decode()
    shown = browser.get(f"{page}?contract={chain.youth.pk}&year=2026").content.decode()
    # People and rent; access is coordination.
    assert "8500,00" in shown
    assert "1500,00" in shown
