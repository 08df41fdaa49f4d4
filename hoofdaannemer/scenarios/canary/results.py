"""Results and recovery plans of the canary scenario: one of each relation.

A result was shown and waits for its verdict; a plan was agreed upon on paper and takes its first
part of the second month.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.utils import timezone

from billing.models import RecoveryPlan
from billing.rules.results import Stake
from billing.services import recovery_plans, results
from hoofdaannemer.core.periods import Month, Period
from hoofdaannemer.core.scope import acting_as, system
from hoofdaannemer.scenarios.canary.care import Care
from hoofdaannemer.scenarios.canary.catalogue import CASES, RELATIONS, TASKS
from subcontracts.models import FundingLine, Product
from subcontracts.services import contracts

_FORM = FundingLine.Form
_FILE = b"%PDF-1.4 kanarie"
#: Category and code of a trajectory, by law.
_CODES = {"jw": ("45", "45A60"), "wmo": ("02", "02A40")}
_TERMS = {
    "price": "6000",
    "start_share": "60",
    "nominal_days": "180",
    "result_share": "25",
    "result_of": "price",
    "result_judge": "main",
    "result_days": "45",
}


def plan(care: Care, main: str, month: Month, at: datetime) -> None:
    """A controller proposes a plan from this month on, another records the agreement on paper."""
    for of_main, provider in RELATIONS:
        if of_main != main:
            continue
        with acting_as(care.cast.scope("controle", main, at)) as scope:
            made = recovery_plans.propose(
                scope=scope,
                subcontractor=care.parties.subcontractors[main, provider],
                terms=recovery_plans.PlanTerms(
                    kind=RecoveryPlan.Kind.CLAIM,
                    total=Decimal(100),
                    monthly=Decimal(10),
                    first_month=month,
                    ground=f"Boete van {main}-{provider}",
                ),
            )
        with acting_as(care.cast.scope("controle2", main, at)) as scope:
            recovery_plans.record_agreement(
                scope=scope,
                plan=made,
                reason=f"{main}-{provider} tekende op papier",
                signed_file=_FILE,
            )


def show(care: Care, main: str, at: datetime) -> None:
    """Each provider of a main contractor shows the result of one trajectory."""
    product = _product(care, main, at)
    for of_main, provider in RELATIONS:
        if of_main != main:
            continue
        case = next(one for one in CASES if one.main == main and provider in one.providers)
        with acting_as(system(at)) as scope:
            line = contracts.add_funding_line(
                scope=scope,
                subcontract=care.parties.lines[main, provider, _FORM.FTE].subcontract,
                line=contracts.LineTerms(
                    name=f"{main}-{provider} traject",
                    form=_FORM.TRAJECTORY,
                    period=Period(care.first_day),
                    products=[product],
                    parameters=_TERMS | {"result_measure": f"{main}-{provider} redt zich"},
                ),
            )
            result = results.ask(
                scope=scope,
                placement=care.placed[case.surname, provider],
                line=line,
                stake=Stake(1, timezone.localdate(at), Decimal(1500), Decimal(6000)),
            )
        with acting_as(care.cast.scope("medewerker", provider, at)) as scope:
            shown = results.Shown(
                text=f"{main}-{provider} liet het zien", file=_FILE, file_name=f"{provider}.pdf"
            )
            results.hand_in(scope=scope, result=result, shown=shown)


def _product(care: Care, main: str, at: datetime) -> Product:
    task = next(one for one in TASKS if one.main == main)
    category, code = _CODES[task.family]
    with acting_as(system(at)) as scope:
        return contracts.create_product(
            scope=scope,
            main_contractor_id=care.parties.mains[main].pk,
            family=task.family,
            category=category,
            code=code,
            name=f"{main} traject",
            unit="84",
        )
