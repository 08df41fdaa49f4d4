"""From which amount on an auditor looks at a year, and until when: recorded, or as shipped."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Final

from billing.models import AuditTerms
from billing.models.audits import day_after
from hoofdaannemer.core.scope import Scope
from subcontracts.models import MunicipalContract
from subcontracts.selectors.divisions import shares_over, year_of

_SHIPPED: Final = Path(__file__).parent.parent / "data" / "audit_terms.csv"


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for a year: euros above which an opinion is needed, both days, and the source."""

    area: AuditTerms.Area
    threshold: Decimal
    statement_before: str
    opinion_before: str
    source: str

    def statement_due(self, year: int) -> date:
        """The day before which the municipality has the statement of `year`."""
        return day_after(year, self.statement_before)

    def opinion_due(self, year: int) -> date:
        """The day before which it has the opinion."""
        return day_after(year, self.opinion_before)


def terms_of(scope: Scope, contract: MunicipalContract, year: int) -> Terms:
    """What was recorded for this contract or for all; else what is shipped.

    A contract of several municipalities is then a region's. Raises LookupError for a year before
    anything shipped.
    """
    known = AuditTerms.objects.visible_to(scope).holding_for(contract, year)
    if known:
        return Terms(
            AuditTerms.Area(known.area),
            known.threshold,
            known.statement_before,
            known.opinion_before,
            known.source,
        )
    several = len(shares_over(contract, year_of(contract, year))) > 1
    return shipped(AuditTerms.Area.REGION if several else AuditTerms.Area.NATIONAL, year)


def shipped(area: AuditTerms.Area, year: int) -> Terms:
    """The figures of `billing/data/audit_terms.csv` for a year."""
    fitting = [(first, one) for first, one in _shipped()[area.value] if first <= year]
    if not fitting:
        raise LookupError(f"no terms of the audit are shipped for {year}")
    return max(fitting, key=lambda one: one[0])[1]


@cache
def _shipped() -> Mapping[str, list[tuple[int, Terms]]]:
    found: dict[str, list[tuple[int, Terms]]] = {area.value: [] for area in AuditTerms.Area}
    with _SHIPPED.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            terms = Terms(
                AuditTerms.Area(row["area"]),
                Decimal(row["threshold"]),
                row["statement_before"],
                row["opinion_before"],
                row["source"],
            )
            found[row["area"]].append((int(row["from_year"]), terms))
    return found
