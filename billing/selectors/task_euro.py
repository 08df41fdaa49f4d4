"""The whole euro of a task in a year: what came in, where it went, and what of it reached care."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from django.db.models import Sum

from billing.models import Entitlement, OwnTeamRow
from billing.selectors.by_unit import paid_by_unit
from billing.selectors.invoiced import invoiced_under
from billing.selectors.own_teams import OwnCost, costs_by_month, costs_of
from hoofdaannemer.core.money import ZERO, round_to
from hoofdaannemer.core.scope import Scope
from subcontracts.models import BudgetAdjuster, FundingLine, MunicipalContract
from subcontracts.rules.upward_budget import YearBudget
from subcontracts.selectors.upward_budgets import budget_of


class Source(StrEnum):
    """Where an amount stands in this system; with `Part.detail` it names one."""

    BUDGET = "budget"
    ADJUSTER = "adjuster"
    BY_UNIT = "by_unit"
    OWN_BUDGETS = "own_budgets"
    OWN_TEAM = "own_team"
    FORM = "form"
    INVOICED = "invoiced"


@dataclass(frozen=True)
class Part:
    """Euros that came in or went out. `detail` is a kind of adjuster or cost, or a form."""

    source: Source
    amount: Decimal
    detail: str = ""
    #: It reaches clients as care. What a subcontractor keeps for itself of its price is not known.
    is_care: bool = False


@dataclass(frozen=True)
class Below:
    """What one subcontract came to under one form."""

    number: str
    name: str
    form: str
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class TaskEuro:
    """A year of one municipal contract, so far as it is known."""

    year: int
    comes_in: Sequence[Part]
    goes_out: Sequence[Part]
    below: Sequence[Below]
    own_costs: Sequence[OwnCost]
    #: Parties without a subcontract, and what they invoiced.
    invoiced: Sequence[tuple[str, Decimal]]
    #: Months of which an own team reported.
    own_months: int
    #: Kept of subcontractors' prices for coordination: a part of what stays, paid by nobody.
    kept: Decimal = field(default=ZERO)

    @property
    def total_in(self) -> Decimal:
        """All that came in, before personal budgets were taken off."""
        return sum((one.amount for one in self.comes_in), ZERO)

    @property
    def total_out(self) -> Decimal:
        """All that went out."""
        return sum((one.amount for one in self.goes_out), ZERO)

    @property
    def left(self) -> Decimal:
        """What is not spent so far; below zero where more went out than came in."""
        return self.total_in - self.total_out

    @property
    def care(self) -> Decimal:
        """What reached clients as care."""
        return sum((one.amount for one in self.goes_out if one.is_care), ZERO)

    def of_out(self, amount: Decimal) -> Decimal | None:
        """Percent of what went out, to one decimal; None where nothing did."""
        return _percent(amount, self.total_out)

    def of_in(self, amount: Decimal) -> Decimal | None:
        """Percent of what came in, to one decimal; None where nothing did."""
        return _percent(amount, self.total_in)


def _percent(part: Decimal, whole: Decimal) -> Decimal | None:
    return round_to(part * 100 / whole, 1) if whole > 0 else None


def task_euro_of(scope: Scope, contract: MunicipalContract, year: int) -> TaskEuro:
    """The year of a contract, for who reads money of contracts."""
    below, kept = _below(scope, contract, year)
    own = costs_of(scope, contract, year)
    invoiced = invoiced_under(scope, contract, year)
    budget = budget_of(scope, contract, year).table
    adjusted = _adjusted(budget)
    own_budgets = -adjusted.pop(BudgetAdjuster.Kind.PGB_DEDUCTED, ZERO)
    forms: defaultdict[str, Decimal] = defaultdict(lambda: ZERO)
    for one in below:
        forms[one.form] += one.amount
    comes_in = [
        Part(Source.BUDGET, budget.base),
        *(Part(Source.ADJUSTER, amount, kind) for kind, amount in sorted(adjusted.items())),
        Part(Source.BY_UNIT, sum(paid_by_unit(scope, contract, year).values(), ZERO)),
    ]
    goes_out = [
        Part(Source.OWN_BUDGETS, own_budgets, is_care=True),
        *_of_own_teams(own),
        *(Part(Source.FORM, amount, form, is_care=True) for form, amount in sorted(forms.items())),
        Part(Source.INVOICED, sum((amount for _name, amount in invoiced), ZERO), is_care=True),
    ]
    return TaskEuro(
        year=year,
        comes_in=[one for one in comes_in if one.amount or one.source == Source.BUDGET],
        goes_out=[one for one in goes_out if one.amount],
        below=below,
        own_costs=own,
        invoiced=invoiced,
        own_months=len(costs_by_month(scope, contract, year)),
        kept=kept,
    )


def _of_own_teams(costs: Sequence[OwnCost]) -> Iterator[Part]:
    for one in costs:
        is_care = one.kind in OwnTeamRow.REACHES_CARE
        yield Part(Source.OWN_TEAM, one.amount, one.kind, is_care=is_care)


def _adjusted(budget: YearBudget) -> dict[str, Decimal]:
    """What changed the budget, by kind."""
    found: defaultdict[str, Decimal] = defaultdict(lambda: ZERO)
    for line in budget.lines:
        found[line.adjustment.kind] += line.adjustment.amount
    return dict(found)


def _below(scope: Scope, contract: MunicipalContract, year: int) -> tuple[list[Below], Decimal]:
    """By subcontract and form, what is kept taken off the price it is kept of; and what is kept."""
    rows = (
        Entitlement.objects.visible_to(scope)
        .filter(
            funding_line__subcontract__municipal_contract=contract,
            month__range=(date(year, 1, 1), date(year, 12, 1)),
        )
        .order_by()
        .values_list("funding_line__subcontract__number", "provider_organisation__name", "form")
        .annotate(total=Sum("amount"))
    )
    found = [Below(*row) for row in rows]
    kept = sum((-one.amount for one in found if one.form == FundingLine.Form.MARGIN), ZERO)
    return sorted(found, key=lambda one: (one.name, one.number, one.form)), kept
