"""How much of its subcontractors a municipal contract lets the municipality see."""

from __future__ import annotations

from datetime import date, datetime

from subcontracts.models import MunicipalContract
from subcontracts.rules.visibility import Visibility, agreed


def shown_on(
    contract: MunicipalContract, day: date, as_known_on: datetime | None = None
) -> Visibility:
    """What the terms of a day say, as far as they were recorded at a moment."""
    versions = contract.terms_versions.filter(start_date__lte=day)
    if as_known_on is not None:
        versions = versions.filter(recorded_at__lte=as_known_on)
    said = versions.last()
    return agreed(said.values) if said else Visibility.NONE
