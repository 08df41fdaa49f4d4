"""The duties of a municipal contract, and what each of its subcontracts makes of them."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Prefetch

from hoofdaannemer.core.scope import Scope
from subcontracts.models import (
    MunicipalContract,
    ReportingDuty,
    Subcontract,
    SubcontractClause,
    SubcontractIndexing,
)
from subcontracts.models.indexing import READERS as INDEX_READERS
from subcontracts.rules import flowdown as rules
from subcontracts.rules.upward_terms import Values
from subcontracts.selectors.upward_terms import values_on


@dataclass(frozen=True)
class Matrix:
    """All duties, and by subcontract how each comes back and what has no cause above."""

    duties: list[rules.Duty]
    rows: list[Row]


@dataclass(frozen=True)
class Row:
    """One subcontract."""

    subcontract: Subcontract
    passed: list[rules.Passed]
    clauses: list[rules.Clause]
    fields: list[rules.Own]

    @property
    def missing(self) -> int:
        """Duties that do not come back as they should."""
        open_states = (rules.State.MISSING, rules.State.WEAKER)
        return sum(one.state in open_states for one in self.passed)


def duties_of(scope: Scope, contract: MunicipalContract) -> list[rules.Duty]:
    """What must be passed on today."""
    return _duties(scope, contract, values_on(contract, scope.today))


def _duties(scope: Scope, contract: MunicipalContract, values: Values) -> list[rules.Duty]:
    asked = (
        ReportingDuty.objects.visible_to(scope)
        .filter(contract=contract, is_passed_on=True)
        .exclude(end_date__lt=scope.today)
    )
    reports = [rules.Report(row.pk, row.name) for row in asked]
    if not scope.is_system and scope.role not in INDEX_READERS:
        # Whether a subcontract is indexed is not this reader's to see, so neither is the duty.
        values = {name: value for name, value in values.items() if name != "index_rule"}
    return rules.duties(values, reports)


def matrix(scope: Scope, contract: MunicipalContract) -> Matrix:
    """For every subcontract that has not ended, drafts too."""
    values = values_on(contract, scope.today)
    duties = _duties(scope, contract, values)
    rows = (
        Subcontract.objects.visible_to(scope)
        .filter(municipal_contract=contract)
        .exclude(status=Subcontract.Status.ENDED)
        .select_related("provider_organisation")
        .prefetch_related(
            Prefetch("clauses", SubcontractClause.objects.visible_to(scope)),
            Prefetch("indexing", SubcontractIndexing.objects.visible_to(scope)),
        )
    )
    found = []
    for row in rows:
        below = _below(scope, row)
        passed = rules.passed_on(duties, values, below)
        found.append(Row(row, passed, *rules.without_cause(duties, below)))
    return Matrix(duties, found)


def _below(scope: Scope, subcontract: Subcontract) -> rules.Below:
    """What it holds today, or on its first day where that is to come."""
    day = max(scope.today, subcontract.start_date)
    indexing = [row for row in subcontract.indexing.all() if row.start_date <= day]
    return rules.Below(
        has_acceptance_duty=subcontract.has_acceptance_duty,
        inactivity_months=subcontract.inactivity_months,
        may_subcontract=subcontract.may_subcontract,
        is_indexed=bool(indexing) and not indexing[-1].is_frozen,
        clauses=[
            rules.Clause(row.code, row.title, row.passes_on)
            for row in subcontract.clauses.all()
            if row.start_date <= day and (row.end_date is None or row.end_date >= day)
        ],
    )
