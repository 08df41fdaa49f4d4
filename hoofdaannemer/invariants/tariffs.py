"""Promises about tariffs in the open."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from hoofdaannemer.invariants.promises import Promise
from subcontracts.models import BuildupParameter, TariffBuildup
from subcontracts.models.buildups import as_lines
from subcontracts.rules.buildup import worked_out


def _built_up_otherwise() -> Iterator[str]:
    """Settled versions whose lines give another tariff."""
    rows = BuildupParameter.objects.order_by("buildup", "position", "pk")
    lines = {pk: as_lines(list(found)) for pk, found in groupby(rows, lambda row: row.buildup_id)}
    for row in TariffBuildup.objects.filter(status="settled").order_by("pk"):
        outcome = worked_out(lines.get(row.pk, []), row.decimals)
        if outcome.tariff != row.amount:
            yield f"build-up {row.pk} says {row.amount}, its lines give {outcome.tariff}"


PROMISES: tuple[Promise, ...] = (
    Promise(
        "TAR-01",
        "The tariff of a settled build-up is what its lines give, rounded once.",
        _built_up_otherwise,
    ),
)
