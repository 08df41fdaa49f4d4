"""How the care of municipal contracts is divided over own teams and subcontractors."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from django.db.models import Sum

from billing import gates
from billing.models import Entitlement, OwnTeamReport, OwnTeamRow
from billing.rules.division import Division, breaks
from billing.selectors.invoiced import invoiced_under
from hoofdaannemer.core.money import ZERO
from hoofdaannemer.core.scope import Scope, on_behalf_of
from subcontracts.models import MunicipalContract, MunicipalTermsVersion, Subcontract
from subcontracts.rules.upward_terms import Values
from subcontracts.selectors.upward_budgets import budget_of
from subcontracts.selectors.upward_terms import values_on

_TERMS = ("own_delivery_min_percent", "sub_share_max_percent", "subcontractor_limit")


def limits(terms: Values) -> dict[str, Decimal | int | None]:
    """What the terms say of the division, for a `Division`."""
    most = terms.get("subcontractor_limit")
    return {
        "least_own": _percent(terms.get("own_delivery_min_percent")),
        "most_below": _percent(terms.get("sub_share_max_percent")),
        "most_subcontractors": most if isinstance(most, int) else None,
    }


def _percent(value: object) -> Decimal | None:
    return Decimal(value) if isinstance(value, str) else None


def working_under(contract: MunicipalContract, day: date) -> int:
    """Subcontractors with a contract that runs on a day, for who was found to see the contract."""
    rows = Subcontract.objects.running_on(day).filter(municipal_contract=contract)
    return rows.order_by().values("subcontractor").distinct().count()


def watched(scope: Scope) -> list[tuple[MunicipalContract, Division]]:
    """Contracts that say something of the division, with this year as far as it is known.

    For who reads money of contracts.
    """
    said = MunicipalTermsVersion.objects.visible_to(scope).filter(values__has_any_keys=_TERMS)
    rows = MunicipalContract.objects.visible_to(scope).filter(
        pk__in=said.values("contract"), start_date__lte=scope.today
    )
    found = []
    for contract in rows.exclude(end_date__lt=scope.today):
        terms = values_on(contract, scope.today)
        if any(name in terms for name in _TERMS):
            found.append((contract, _division(scope, contract, terms)))
    return found


def _division(scope: Scope, contract: MunicipalContract, terms: Values) -> Division:
    year = scope.today.year
    begun = Subcontract.objects.visible_to(scope).filter(municipal_contract=contract)
    keys = list(begun.exclude(status__in=Subcontract.NOT_BEGUN).values_list("pk", flat=True))
    own_care = _own_care(scope, contract, year)
    invoiced = sum((amount for _name, amount in invoiced_under(scope, contract, year)), ZERO)
    return Division(
        budget=budget_of(scope, contract, year).table.total,
        below=sum(gates.spent(keys, year, scope.today).values(), ZERO),
        own_care=own_care,
        all_care=own_care + _entitled(scope, keys, year) + invoiced,
        subcontractors=working_under(contract, scope.today),
        **limits(terms),  # type: ignore[arg-type]
    )


def _own_care(scope: Scope, contract: MunicipalContract, year: int) -> Decimal:
    counting = OwnTeamReport.objects.visible_to(scope).counting()
    reports = counting.filter(contract=contract, month__year=year)
    rows = OwnTeamRow.objects.visible_to(scope).filter(
        report__in=reports, kind__in=OwnTeamRow.REACHES_CARE
    )
    found: Decimal | None = rows.aggregate(total=Sum("amount"))["total"]
    return found or ZERO


def _entitled(scope: Scope, keys: Iterable[int], year: int) -> Decimal:
    rows = Entitlement.objects.visible_to(scope).filter(
        funding_line__subcontract__in=keys, month__year=year
    )
    found: Decimal | None = rows.aggregate(total=Sum("amount"))["total"]
    return found or ZERO


def broken_by(
    scope: Scope, contract: MunicipalContract, costs: dict[int, Decimal]
) -> frozenset[int]:
    """The keys among `costs` (euros more, this year) with which the division goes against what was
    agreed.

    For everybody who places: who does so reads neither terms nor money, and gets a yes or no.
    """
    with on_behalf_of(scope, contract.main_contractor_id) as widened:
        terms = values_on(contract, scope.today)
        if not any(name in terms for name in _TERMS):
            return frozenset()
        division = _division(widened, contract, terms)
    return frozenset(pk for pk, amount in costs.items() if breaks(division, amount))
