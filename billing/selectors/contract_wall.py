"""A municipal contract and its subcontracts side by side: what comes in and goes out in a year.

What is expected is an estimate, the one of the ceilings: what is gone, and what running care and
lump sums will still cost up to the end of the year.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Sum

from billing import gates
from billing.models import Entitlement, OwnTeamRow
from billing.selectors.by_unit import paid_by_unit
from billing.selectors.invoiced import invoiced_under
from billing.selectors.own_teams import OwnCost, costs_of
from hoofdaannemer.core.money import ZERO
from hoofdaannemer.core.scope import Scope
from subcontracts.models import MunicipalContract, Subcontract
from subcontracts.rules.upward_budget import YearBudget
from subcontracts.selectors.upward_budgets import budget_of
from subcontracts.selectors.upward_terms import values_on


@dataclass(frozen=True)
class Below:
    """One subcontract in the year; amounts in euros."""

    subcontract: Subcontract
    #: Entitlements so far, by funding form.
    by_form: Mapping[str, Decimal]
    #: Gone or committed up to the end of the year.
    expected: Decimal

    @property
    def so_far(self) -> Decimal:
        """All entitlements of the year that are known."""
        return sum(self.by_form.values(), ZERO)

    @property
    def ceiling_percent(self) -> int | None:
        """Used part of the ceiling in whole percent, cut down; None where none was agreed."""
        return percent_of(self.expected, self.subcontract.ceiling)


@dataclass(frozen=True, kw_only=True)
class Wall:
    """The year of one municipal contract."""

    year: int
    budget: YearBudget
    #: Declared to municipalities by the unit and standing, beside the budget.
    by_unit: Decimal
    below: Sequence[Below]
    #: Parties without a subcontract and what they invoiced so far, by name.
    invoiced: Sequence[tuple[str, Decimal]]
    #: What own teams reported so far, by kind.
    own_costs: Sequence[OwnCost]
    #: Percent of the budget, as the terms say; None where unknown or not agreed.
    most_below: Decimal | None
    least_own: Decimal | None

    @property
    def comes_in(self) -> Decimal:
        """The budget of the year, and what is paid by the unit so far."""
        return self.budget.total + self.by_unit

    @property
    def so_far(self) -> Decimal:
        """Entitlements of all subcontracts."""
        return sum((one.so_far for one in self.below), ZERO)

    @property
    def expected(self) -> Decimal:
        """What all subcontracts cost up to the end of the year."""
        return sum((one.expected for one in self.below), ZERO)

    @property
    def invoiced_so_far(self) -> Decimal:
        """What was invoiced without a subcontract, credits taken off."""
        return sum((amount for _name, amount in self.invoiced), ZERO)

    @property
    def own_so_far(self) -> Decimal:
        """All that own teams reported."""
        return sum((one.amount for one in self.own_costs), ZERO)

    @property
    def own_care(self) -> Decimal:
        """What of it was care."""
        care = (one for one in self.own_costs if one.kind in OwnTeamRow.REACHES_CARE)
        return sum((one.amount for one in care), ZERO)

    @property
    def left(self) -> Decimal:
        """For what is still to come of own teams and invoices; below zero where more goes out."""
        return self.comes_in - self.expected - self.invoiced_so_far - self.own_so_far

    @property
    def own_percent(self) -> int | None:
        """Care of own teams so far, of all care so far, in whole percent, cut down."""
        care = self.own_care
        return percent_of(care, care + self.so_far + self.invoiced_so_far)

    @property
    def below_percent(self) -> int | None:
        """What goes to subcontractors, of the budget, in whole percent, cut down."""
        return percent_of(self.expected, self.budget.total)

    def by_form(self) -> dict[str, Decimal]:
        """Entitlements so far by funding form, over all subcontracts."""
        total: defaultdict[str, Decimal] = defaultdict(lambda: ZERO)
        for one in self.below:
            for form, amount in one.by_form.items():
                total[form] += amount
        return dict(total)


def percent_of(part: Decimal, whole: Decimal | None) -> int | None:
    """Whole percent, cut down; None of nothing."""
    return int(part * 100 / whole) if whole else None


def wall_of(scope: Scope, contract: MunicipalContract, year: int) -> Wall:
    """The year side by side, for who reads money of contracts."""
    subcontracts = list(
        Subcontract.objects.visible_to(scope)
        .filter(municipal_contract=contract)
        .exclude(status__in=Subcontract.NOT_BEGUN)
        .select_related("provider_organisation")
    )
    keys = [row.pk for row in subcontracts]
    expected = gates.spent(keys, year, scope.today)
    entitled = _entitled(scope, keys, year)
    terms = values_on(contract, scope.today)
    # What ended before the year and has nothing in it is not about this year.
    below = [
        Below(row, entitled.get(row.pk, {}), expected.get(row.pk, ZERO))
        for row in subcontracts
        if row.end_date is None or row.end_date.year >= year or row.pk in entitled
    ]
    return Wall(
        year=year,
        budget=budget_of(scope, contract, year).table,
        by_unit=sum(paid_by_unit(scope, contract, year).values(), ZERO),
        invoiced=invoiced_under(scope, contract, year),
        own_costs=costs_of(scope, contract, year),
        below=sorted(below, key=lambda one: (-one.expected, one.subcontract.number)),
        most_below=_percent(terms.get("sub_share_max_percent")),
        least_own=_percent(terms.get("own_delivery_min_percent")),
    )


def _percent(value: object) -> Decimal | None:
    return Decimal(value) if isinstance(value, str) else None


def _entitled(scope: Scope, keys: Sequence[int], year: int) -> dict[int, dict[str, Decimal]]:
    rows = (
        Entitlement.objects.visible_to(scope)
        .filter(
            funding_line__subcontract__in=keys,
            month__range=(date(year, 1, 1), date(year, 12, 1)),
        )
        .order_by()
        .values_list("funding_line__subcontract", "form")
        .annotate(total=Sum("amount"))
    )
    found: defaultdict[int, dict[str, Decimal]] = defaultdict(dict)
    for pk, form, total in rows:
        found[pk][form] = total
    return dict(found)
