"""What changes of a municipal contract after it was put in, and what it was before."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from hoofdaannemer.core.errors import NotAllowedError, RuleError
from hoofdaannemer.core.scope import Role, Scope
from messaging.models import OutgoingMessage
from subcontracts.models import MunicipalChange, MunicipalContract, Subcontract
from subcontracts.selectors.upward_budgets import basis_of, budget_of, plan_of
from subcontracts.services import (
    first_relay,
    municipal_changes,
    relays,
    upward_budgets,
    upward_dates,
)
from subcontracts.services.municipal_changes import Agreed
from tests import factories
from tests.conftest import become
from tests.factories import NOW, World, moved
from tests.subcontracts.conftest import Browser as Browse

TODAY = NOW.date()
ROLES_WITHOUT = (Role.CONTROLLER, Role.CARE_COORDINATOR, Role.QUALITY_OFFICER)
Form = MunicipalContract.BudgetForm


@pytest.fixture
def world(system: Scope) -> World:
    return factories.world(system, relay=Subcontract.Relay.MESSAGES)


def changed(
    world: World, *, outlives: bool = False, source: str = "Addendum 1", **facts: object
) -> MunicipalChange:
    scope = moved(world.system)
    world.youth.refresh_from_db()
    return municipal_changes.change(
        scope=scope,
        contract=world.youth,
        facts=replace(municipal_changes.facts_of(world.youth), **facts),  # type: ignore[arg-type]
        agreed=Agreed(on=TODAY, source=source, outlives=outlives),
    )


class TestNameAndTerm:
    """Number, name, last day and the division of terms."""

    def test_what_it_was_stays_to_be_read(self, world: World) -> None:
        old = municipal_changes.facts_of(world.youth)
        changed(world, name="Jeugd Eemland", number="JW-2026")
        changed(world, source="Brief B", subcontractor_term_days=2)
        world.youth.refresh_from_db()
        assert (world.youth.name, world.youth.number) == ("Jeugd Eemland", "JW-2026")
        first, second = world.youth.changes.all()
        assert first.before == {"name": old.name, "number": old.number}
        assert second.after == {"subcontractor_term_days": 2}
        assert second.source == "Brief B"

    def test_another_end_names_the_subcontracts_that_outlive_it(self, world: World) -> None:
        Subcontract.objects.filter(pk=world.pxq.subcontract.pk).update(end_date=None)
        end = date(2026, 12, 31)
        with pytest.raises(RuleError, match="CON-266") as refusal:
            changed(world, end_date=end)
        assert world.pxq.subcontract.number in str(refusal.value)
        changed(world, end_date=end, outlives=True)
        world.youth.refresh_from_db()
        assert world.youth.end_date == end
        # Whoever lengthens it again leaves nothing behind.
        changed(world, end_date=date(2030, 12, 31))

    def test_an_open_option_is_decided_on_first(self, world: World) -> None:
        changed(world, end_date=date(2028, 12, 31), outlives=True)
        world.youth.refresh_from_db()
        upward_dates.add_option(
            scope=moved(world.system),
            contract=world.youth,
            months=12,
            announce_by=date(2028, 6, 30),
        )
        with pytest.raises(RuleError, match="CON-267"):
            changed(world, end_date=date(2027, 12, 31), outlives=True)

    @pytest.mark.parametrize(
        ("code", "facts"),
        [
            ("CON-265", {}),
            ("CON-265", {"name": "Anders", "source": " "}),
            ("CON-264", {"end_date": date(2026, 1, 1)}),
        ],
    )
    def test_what_is_not_right_is_refused(
        self, world: World, code: str, facts: dict[str, object]
    ) -> None:
        source = str(facts.pop("source", "Addendum 1"))
        with pytest.raises(RuleError, match=code):
            changed(world, source=source, **facts)
        assert not world.youth.changes.exists()

    def test_a_number_in_use_is_refused(self, world: World) -> None:
        with pytest.raises(RuleError, match="CON-31"):
            changed(world, number=world.wmo.number)

    def test_only_a_contract_manager_changes_it(self, world: World) -> None:
        for role in ROLES_WITHOUT:
            with pytest.raises(NotAllowedError):
                municipal_changes.change(
                    scope=world.at(role),
                    contract=world.youth,
                    facts=replace(municipal_changes.facts_of(world.youth), name="x"),
                    agreed=Agreed(on=TODAY, source="x"),
                )

    def test_the_page_shows_what_follows_first(self, world: World, browse: Browse) -> None:
        Subcontract.objects.filter(pk=world.pxq.subcontract.pk).update(end_date=None)
        browser = browse(world, Role.CONTRACT_MANAGER)
        page = reverse("municipal_contract_change", args=[world.youth.pk])
        shown = browser.get(page).content.decode()
        assert world.youth.name in shown
        filled = {
            "number": world.youth.number,
            "name": "Jeugd Eemland",
            "end_date": "31-12-2026",
            "subcontractor_term_days": "3",
            "agreed_on": f"{TODAY:%d-%m-%Y}",
            "source": "Addendum 7",
        }
        looked = browser.post(page, filled)
        text = looked.content.decode()
        assert world.pxq.subcontract.number in text
        assert "Jeugd Eemland" in text
        become(world.system)
        assert not world.youth.changes.exists()
        assert browser.post(page, filled | {"seen": looked.context["seen"]}).status_code == 302
        duration = browser.get(reverse("municipal_contract_duration", args=[world.youth.pk]))
        assert "Addendum 7" in duration.content.decode()
        assert browse(world, Role.CONTROLLER).get(page).status_code == 403


class TestConsentToRelay:
    """Given or withdrawn from a day on."""

    def _placed(self, world: World) -> OutgoingMessage | None:
        allocation = factories.allocate(world)
        return factories.place(world, allocation, accepted=False).message

    def _recorded(self, world: World, day: date, *, is_given: bool) -> None:
        municipal_changes.record_consent(
            scope=moved(world.system),
            contract=world.youth,
            start_date=day,
            is_given=is_given,
            reference="Brief van juni",
        )

    def test_withdrawn_what_is_placed_goes_by_the_portal(self, world: World) -> None:
        assert self._placed(world) is not None
        self._recorded(world, TODAY, is_given=False)
        assert self._placed(world) is None
        # What went by message before stays as it was.
        assert OutgoingMessage.objects.filter(message_type="301").count() == 1

    def test_given_again_from_a_day_on(self, world: World) -> None:
        self._recorded(world, date(2026, 1, 1), is_given=False)
        self._recorded(world, date(2026, 7, 1), is_given=True)
        contract = MunicipalContract.objects.get(pk=world.youth.pk)
        days = (date(2025, 12, 31), date(2026, 1, 1), date(2026, 6, 30), date(2026, 7, 1))
        assert [contract.relays_on(day) for day in days] == [True, False, False, True]

    @pytest.mark.parametrize(
        ("code", "day", "is_given"),
        [("CON-268", TODAY, True), ("CON-42", date(2020, 1, 1), False)],
    )
    def test_what_changes_nothing_is_refused(
        self, world: World, code: str, day: date, is_given: bool
    ) -> None:
        with pytest.raises(RuleError, match=code):
            self._recorded(world, day, is_given=is_given)

    def test_the_page_counts_whom_it_concerns(self, world: World, browse: Browse) -> None:
        browser = browse(world, Role.CONTRACT_MANAGER)
        page = reverse("municipal_contract_relay_consent", args=[world.youth.pk])
        filled = {
            "outcome": "withdrawn",
            "start_date": f"{TODAY:%d-%m-%Y}",
            "reference": "Besluit 12",
        }
        looked = browser.post(page, filled)
        assert "1 ondercontract" in looked.content.decode()
        assert browser.post(page, filled | {"seen": looked.context["seen"]}).status_code == 302
        become(world.system)
        assert not MunicipalContract.objects.get(pk=world.youth.pk).relays_on(TODAY)
        duration = browser.get(reverse("municipal_contract_duration", args=[world.youth.pk]))
        assert "Besluit 12" in duration.content.decode()


class TestFormOfTheBudget:
    """Another one from a year on; years before it keep theirs."""

    def _form(self, world: World, year: int, form: str) -> None:
        upward_budgets.change_form(
            scope=moved(world.system),
            contract=world.youth,
            first_year=year,
            form=form,
            source="Addendum 3",
        )

    def test_from_a_sum_by_decisions_to_a_number_of_places(self, world: World) -> None:
        world.youth.budget_form = Form.LUMP_SUM_BY_DECISIONS
        world.youth.save()
        upward_budgets.plan_decisions(
            scope=moved(world.system),
            contract=world.youth,
            first_year=2025,
            plan=upward_budgets.Plan(planned_decisions=400),
        )
        self._form(world, 2027, Form.PLACES)
        upward_budgets.form_budget(
            scope=moved(world.system),
            contract=world.youth,
            first_year=2027,
            basis=upward_budgets.Basis(number=10, price=1000),  # type: ignore[arg-type]
        )
        contract = MunicipalContract.objects.get(pk=world.youth.pk)
        assert plan_of(contract, 2026) is not None
        assert (plan_of(contract, 2027), basis_of(contract, 2026)) == (None, None)
        scope = moved(world.system)
        assert budget_of(scope, contract, 2026).table.base == contract.yearly_budget
        assert budget_of(scope, contract, 2027).table.base == 10_000

    def test_what_was_recorded_for_one_form_is_no_basis_of_another(self, world: World) -> None:
        world.youth.budget_form = Form.FTE
        world.youth.save()
        scope = moved(world.system)

        def formed(year: int, number: int) -> None:
            upward_budgets.form_budget(
                scope=scope,
                contract=world.youth,
                first_year=year,
                basis=upward_budgets.Basis(number=Decimal(number), price=Decimal(1000)),
            )

        def base(year: int) -> Decimal:
            contract = MunicipalContract.objects.get(pk=world.youth.pk)
            return budget_of(scope, contract, year).table.base

        formed(2025, 10)
        self._form(world, 2027, Form.PLACES)
        # Twelve FTE are not twelve places: until it is recorded, the budget a year counts.
        assert base(2026) == 10_000
        assert base(2027) == base(2028) == world.youth.yearly_budget
        formed(2028, 24)
        assert base(2027) == base(2028) == 24_000
        self._form(world, 2030, Form.FTE)
        assert (base(2029), base(2030)) == (24_000, world.youth.yearly_budget)
        assert base(2026) == 10_000

    def test_what_belongs_to_another_form_is_refused_for_its_years(self, world: World) -> None:
        self._form(world, 2027, Form.PXQ)
        scope = moved(world.system)
        with pytest.raises(RuleError, match="CON-208"):
            upward_budgets.set_budget(scope=scope, contract=world.youth, year=2027, amount=1)  # type: ignore[arg-type]
        upward_budgets.set_budget(scope=scope, contract=world.youth, year=2026, amount=1)  # type: ignore[arg-type]
        with pytest.raises(RuleError, match="CON-211"):
            upward_budgets.plan_decisions(
                scope=scope,
                contract=world.youth,
                first_year=2027,
                plan=upward_budgets.Plan(planned_decisions=1),
            )

    @pytest.mark.parametrize(
        ("code", "year", "form"),
        [("CON-46", 2020, Form.PXQ), ("CON-269", 2027, Form.LUMP_SUM), ("CON-269", 2027, "?")],
    )
    def test_what_is_not_right_is_refused(
        self, world: World, code: str, year: int, form: str
    ) -> None:
        with pytest.raises(RuleError, match=code):
            self._form(world, year, form)

    def test_the_page_says_what_to_record_next(self, world: World, browse: Browse) -> None:
        browser = browse(world, Role.CONTRACT_MANAGER)
        page = reverse("municipal_contract_budget_form", args=[world.youth.pk])
        filled = {"first_year": "2027", "form": Form.FTE, "source": "Addendum 3"}
        looked = browser.post(page, filled)
        assert "waaruit" in looked.content.decode().lower()
        assert browser.post(page, filled | {"seen": looked.context["seen"]}).status_code == 302
        budget = browser.get(reverse("municipal_contract_budget", args=[world.youth.pk]))
        assert "Addendum 3" in budget.content.decode()


def test_turning_to_messages_asks_for_the_consent_of_the_day(world: World) -> None:
    """For all that runs at once: what is placed more costs no more questions."""
    assert world.pxq.subcontract is not None
    scope = moved(world.system)

    def turn(mode: str) -> None:
        relays.set_mode(scope=scope, subcontract=world.pxq.subcontract, mode=mode, start_date=TODAY)

    turn(Subcontract.Relay.PORTAL)
    for _number in range(3):
        factories.place(world, factories.allocate(world))
    municipal_changes.record_consent(
        scope=scope,
        contract=world.youth,
        start_date=TODAY,
        is_given=False,
        reference="Brief van juni",
    )
    turn(Subcontract.Relay.MESSAGES)
    with CaptureQueriesContext(connection) as asked:
        assert first_relay.send_first(scope=scope) == 0
    assert sum("relayconsent" in one["sql"] for one in asked) == 1
    municipal_changes.record_consent(
        scope=scope,
        contract=world.youth,
        start_date=TODAY,
        is_given=True,
        reference="Brief van juli",
    )
    assert first_relay.send_first(scope=scope) == 3
