"""Own teams that gave care and reported nothing: they stop a statement, or are waived."""

from __future__ import annotations

from datetime import date
from decimal import Decimal as D

import pytest
from django.urls import reverse

from billing.models import OwnTeamRow, ProductionStatement
from billing.selectors.unreported import not_waived, unreported, waived
from billing.services import months, own_teams, production
from billing.services.own_teams import Spent
from hoofdaannemer.core.errors import ConflictError, NotAllowedError
from hoofdaannemer.core.periods import Month
from hoofdaannemer.core.scope import Role, Scope
from subcontracts.models import DeliveryStart
from tests.billing.build import FEBRUARY, JANUARY, MARCH, declare, placement, priced
from tests.billing.test_months import begin, end
from tests.billing.test_production import QUARTER, WINTER, Year, refused
from tests.billing.visitors import visitor
from tests.conftest import become
from tests.factories import world

WHY = "De cijfers van het team gingen verloren bij de overgang."


class Teams(Year):
    """Care of a subcontractor in January, and care of an own team from 10 February on."""

    def report(self, month: Month) -> None:
        scope = become(self.first)
        report = own_teams.begin(
            scope=scope,
            team=self.chain.own_team.subcontractor,
            contract=self.chain.youth,
            month=month,
        )
        rows = [Spent(OwnTeamRow.Kind.OVERHEAD, "Huur", D("500.00"))]
        own_teams.save(scope=scope, report=report, rows=rows)
        own_teams.hand_in(scope=scope, report=report)

    def drafted(self) -> ProductionStatement:
        return self.begun()["Amersfoort"]

    def lacking(self, row: ProductionStatement) -> list[tuple[Month, ...]]:
        become(self.first)
        return [one.months for one in not_waived(row)]


@pytest.fixture
def care(system: Scope) -> DeliveryStart:
    """Care of an own team under the youth contract."""
    chain = world(system)
    declare(chain, priced(placement(chain), 2))
    begun = begin(chain, placement(chain, chain.own_team), date(2026, 2, 10))
    for month in QUARTER:
        result = months.run_month(
            scope=chain.system.moved_to(WINTER), main_contractor_id=chain.main.pk, month=month
        )
        assert result.problems == []
    begun.chain = chain  # type: ignore[attr-defined]
    return begun


@pytest.fixture
def teams(care: DeliveryStart) -> Teams:
    return Teams(care.chain)  # type: ignore[attr-defined]


def test_care_without_a_report_stops_it_month_by_month(teams: Teams) -> None:
    row = teams.drafted()
    assert teams.lacking(row) == [(FEBRUARY, MARCH)]
    assert refused(production.propose, scope=teams.first, statement=row) == "BIL-232"
    teams.report(MARCH)
    assert teams.lacking(row) == [(FEBRUARY,)]
    teams.report(FEBRUARY)
    assert teams.lacking(row) == []
    assert teams.established(row).status == "locked"


def test_a_month_begins_with_a_start_and_ends_with_the_last_day_of_care(
    teams: Teams, care: DeliveryStart
) -> None:
    become(teams.chain.system)
    stop = end(care, date(2026, 2, 28), "31")
    row = teams.drafted()
    assert teams.lacking(row) == [(FEBRUARY,)]
    become(teams.chain.system)
    stop.end_date = date(2026, 3, 1)
    stop.save()
    assert teams.lacking(row) == [(FEBRUARY, MARCH)]
    become(teams.chain.system)
    care.withdrawn_at = WINTER
    care.save()
    assert teams.lacking(row) == []


def test_a_draft_of_a_report_is_no_report(teams: Teams) -> None:
    row = teams.drafted()
    own_teams.begin(
        scope=become(teams.first),
        team=teams.chain.own_team.subcontractor,
        contract=teams.chain.youth,
        month=FEBRUARY,
    )
    assert teams.lacking(row) == [(FEBRUARY, MARCH)]


def test_care_of_subcontractors_and_under_another_contract_asks_no_report(teams: Teams) -> None:
    become(teams.chain.system)
    begin(teams.chain, placement(teams.chain), date(2026, 1, 5))
    other = placement(teams.chain, teams.chain.own_team)
    other.allocation.municipal_contract = teams.chain.wmo
    other.allocation.save()
    begin(teams.chain, other, date(2026, 1, 5))
    assert teams.lacking(teams.drafted()) == [(FEBRUARY, MARCH)]


def test_it_is_waived_with_a_reason_by_somebody_whose_name_stays(teams: Teams) -> None:
    row = teams.drafted()
    assert refused(
        production.waive_reports, scope=become(teams.first), statement=row, reason=" "
    ) == "BIL-233"  # fmt: skip
    without = production.waive_reports(scope=teams.first, statement=row, reason=WHY)
    assert (without.unreported_reason, without.unreported_by_id) == (WHY, teams.first.user_id)
    assert (without.unreported_at, teams.lacking(without)) == (WINTER, [])
    assert len(unreported(without)) == 1, "the finding stays what it is"
    amount = without.amount
    done = teams.established(without)
    assert (done.status, done.amount) == ("locked", amount)
    # The next version of the year asks again.
    assert teams.lacking(teams.drafted()) == [(FEBRUARY, MARCH)]


def test_what_comes_to_lack_after_the_waiver_stops_it_again(teams: Teams) -> None:
    row = teams.drafted()
    production.waive_reports(scope=become(teams.first), statement=row, reason=WHY)
    teams.confirmed(row)
    become(teams.chain.system)
    begin(teams.chain, placement(teams.chain, teams.chain.own_team), date(2026, 1, 20))
    assert refused(production.lock, scope=become(teams.second), statement=row) == "BIL-232"
    row.refresh_from_db()
    assert teams.lacking(row) == [(JANUARY,)]


def test_a_report_that_comes_after_the_waiver_is_counted_and_no_longer_waived(
    teams: Teams,
) -> None:
    row = teams.drafted()
    production.waive_reports(scope=become(teams.first), statement=row, reason=WHY)
    teams.report(FEBRUARY)
    row = production.rebuild(scope=become(teams.first), statement=row)
    assert [one.months for one in waived(row)] == [(MARCH,)]
    assert row.unreported_reason == WHY
    teams.report(MARCH)
    production.propose(scope=become(teams.first), statement=row)
    row.refresh_from_db()
    assert (row.unreported, row.unreported_reason, row.unreported_by) == ([], "", None)


def test_only_a_controller_waives_and_only_what_lacks_in_a_draft(teams: Teams) -> None:
    row = teams.drafted()
    for role in (Role.CONTRACT_MANAGER, Role.QUALITY_OFFICER):
        with pytest.raises(NotAllowedError):
            production.waive_reports(
                scope=teams.chain.at(role, at=WINTER), statement=row, reason=WHY
            )
    for month in (FEBRUARY, MARCH):
        teams.report(month)
    assert refused(
        production.waive_reports, scope=become(teams.first), statement=row, reason=WHY
    ) == "BIL-234"  # fmt: skip
    teams.confirmed(row)
    with pytest.raises(ConflictError):
        production.waive_reports(scope=become(teams.first), statement=row, reason=WHY)


def test_on_pages_the_finding_stands_until_it_is_waived(teams: Teams) -> None:
    row = teams.drafted()
    waive = reverse("production_statement_waive", args=[row.pk])
    browser = visitor(teams.chain, Role.CONTROLLER)
    page = browser.get(row.get_absolute_url())
    assert page.context["lacking"] == ["Team Noord (februari 2026 t/m maart 2026)"]
    assert waive in page.content.decode()
    assert reverse("production_statement_propose", args=[row.pk]) not in page.content.decode()
    assert "Team Noord" in browser.get(waive).content.decode()
    assert "reason" in browser.post(waive, {"reason": ""}).context["form"].errors
    after = browser.post(waive, {"reason": WHY}, follow=True)
    assert after.context["lacking"] == []
    assert WHY in dict(after.context["facts"]).values()
    assert waive not in after.content.decode()
    letter = browser.get(reverse("production_statement_pdf", args=[row.pk]))
    assert letter.status_code == 200
