"""What a municipal contract says on a day, and how its versions differ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from hoofdaannemer.core.scope import Scope
from subcontracts.models import Consortium, MunicipalContract, MunicipalTermsVersion
from subcontracts.rules.upward_terms import Value
from subcontracts.rules.upward_versions import Change, changes


@dataclass(frozen=True)
class Step:
    """A version, and what it says otherwise than the one before."""

    version: MunicipalTermsVersion
    changes: list[Change]


def values_on(contract: MunicipalContract, day: date) -> dict[str, Value]:
    """What holds on a day, for who was found to see the contract; empty before the first version.

    What is not there is unknown or not agreed.
    """
    version = contract.terms_versions.filter(start_date__lte=day).last()
    return dict(version.values) if version else {}


def steps(scope: Scope, contract: MunicipalContract) -> list[Step]:
    """All versions in the order in which they hold, the first as it differs from nothing."""
    found: list[Step] = []
    before: Mapping[str, Value] = {}
    rows = contract.terms_versions.visible_to(scope).select_related("recorded_by")
    for version in rows:
        found.append(Step(version, changes(before, version.values)))
        before = version.values
    return found


def consortium_on(scope: Scope, contract: MunicipalContract, day: date) -> Consortium | None:
    """Who bears the contract together on a day; None where nobody else does."""
    rows = Consortium.objects.visible_to(scope).filter(contract=contract, start_date__lte=day)
    return rows.prefetch_related("members").last()
