"""What each municipal contract says: terms in two versions, an option, reports, a consortium.

Of one subcontract under it a clause passes a duty on.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from hoofdaannemer.core.scope import Scope, acting_as
from hoofdaannemer.scenarios.canary.cast import Cast
from hoofdaannemer.scenarios.canary.parties import Parties
from subcontracts.models import MunicipalContract, ReportingDuty, Subcontract
from subcontracts.rules.reporting import Rhythm
from subcontracts.services import (
    clauses,
    contracts,
    municipal_changes,
    upward_budgets,
    upward_dates,
    upward_terms,
)


def record(parties: Parties, cast: Cast, at: datetime) -> None:
    """By a contract manager of each main contractor."""
    for main, contract in parties.contracts.items():
        with acting_as(cast.scope("contracten", main, at)) as scope:
            _terms(scope, main, contract)
            _dates(scope, main, contract)
            _money(scope, main, contract)
            subcontract = Subcontract.objects.visible_to(scope).filter(
                municipal_contract=contract, status=Subcontract.Status.ACTIVE
            )
            clauses.set_clause(
                scope=scope,
                subcontract=subcontract.order_by("pk")[0],
                facts=clauses.ClauseFacts(
                    code="4.2",
                    title=f"{main} stopregels",
                    text=f"De zorg stopt zoals {main} met de gemeente afsprak.",
                    passes_on="stop_rules",
                    start_date=scope.today,
                ),
            )


def form_budgets(parties: Parties, cast: Cast, at: datetime) -> None:
    """A second contract of each main contractor, of which the budget is formed of FTE."""
    for main, contract in parties.contracts.items():
        shares = {parties.municipalities[n]: s for n, s in parties.tasks[main].shares.items()}
        with acting_as(cast.scope("contracten", main, at)) as scope:
            made = contracts.create_municipal_contract(
                scope=scope,
                main_contractor_id=contract.main_contractor_id,
                terms=contracts.MunicipalTerms(
                    number=f"{main}-02",
                    name=f"{main} wijkteam",
                    family=contract.family,
                    start_date=contract.start_date,
                    end_date=contract.end_date,
                    budget_form=MunicipalContract.BudgetForm.FTE,
                    relay_consent_on=contract.start_date,
                    relay_consent_reference=f"{main} brief",
                ),
                shares=shares,
                products=[],
            )
            upward_budgets.form_budget(
                scope=scope,
                contract=made,
                first_year=scope.today.year,
                basis=upward_budgets.Basis(number=Decimal("12.50"), price=Decimal("98000.00")),
                source=f"{main} brief",
            )
            _changes(scope, main, made)


def _changes(scope: Scope, main: str, contract: MunicipalContract) -> None:
    municipal_changes.change(
        scope=scope,
        contract=contract,
        facts=replace(municipal_changes.facts_of(contract), name=f"{main} wijkteams"),
        agreed=municipal_changes.Agreed(on=scope.today, source=f"{main} addendum"),
    )
    municipal_changes.record_consent(
        scope=scope,
        contract=contract,
        start_date=scope.today,
        is_given=False,
        reference=f"{main} intrekking",
    )
    upward_budgets.change_form(
        scope=scope,
        contract=contract,
        first_year=scope.today.year + 1,
        form=MunicipalContract.BudgetForm.PLACES,
        source=f"{main} addendum",
    )


def _terms(scope: Scope, main: str, contract: MunicipalContract) -> None:
    first = {
        "funding_base": "history",
        "funding_rhythm": "month",
        "acceptance_duty": True,
        "stop_rules": f"{main}: doelen bereikt, 18 jaar of Wlz",
        "consent_duty": "each_except_self_employed",
        "visibility_of_subs": "figures",
        "profit_cap_percent": "5",
    }
    upward_terms.set_terms(
        scope=scope,
        contract=contract,
        start_date=contract.start_date,
        values=first,
        source=f"{main} overeenkomst",
    )
    upward_terms.set_terms(
        scope=scope,
        contract=contract,
        start_date=scope.today,
        values=first | {"inactivity_months": 12, "own_clauses": [f"{main} meldt incidenten"]},
        source=f"{main} addendum",
    )
    upward_terms.set_consortium(
        scope=scope,
        contract=contract,
        start_date=contract.start_date,
        members=[
            upward_terms.Member(name=main, share=Decimal(75), is_lead=True),
            upward_terms.Member(name=f"{main} partner", share=Decimal(25)),
        ],
    )


def _dates(scope: Scope, main: str, contract: MunicipalContract) -> None:
    upward_dates.add_option(
        scope=scope,
        contract=contract,
        months=24,
        announce_by=scope.today + timedelta(days=30),
        decide_by=scope.today + timedelta(days=20),
        note=f"{main} optie",
    )
    upward_dates.add_duty(
        scope=scope,
        contract=contract,
        facts=upward_dates.DutyFacts(
            name=f"{main} kwartaalrapportage",
            kind=ReportingDuty.Kind.NUMBERS,
            rhythm=Rhythm.QUARTER,
            start_date=date(scope.today.year, 1, 1),
            due_days=30,
            recipient=f"{main} contractmanager van de gemeente",
            is_passed_on=True,
        ),
    )


def _money(scope: Scope, main: str, contract: MunicipalContract) -> None:
    year = scope.today.year
    upward_budgets.set_budget(
        scope=scope,
        contract=contract,
        year=year,
        amount=contract.yearly_budget,
        base="history",
        note=f"{main} beschikking",
    )
    upward_budgets.plan_decisions(
        scope=scope,
        contract=contract,
        first_year=year + 1,
        plan=upward_budgets.Plan(planned_decisions=45),
        source=f"{main} plan",
    )
    upward_budgets.adjust_budget(
        scope=scope,
        contract=contract,
        facts=upward_budgets.AdjusterFacts(
            year=year,
            effective_date=date(year, 1, 1),
            kind="index",
            amount=Decimal("9600.00"),
            note=f"{main} index",
        ),
    )
