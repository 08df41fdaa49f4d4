"""What tariffs in the open ask of somebody now, for the work list."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hoofdaannemer.core.scope import Role, Scope
from subcontracts.models import TariffBuildup
from subcontracts.words import tariff_text
from subcontracts.worklist import WorkItem

TO_SETTLE: Final = gettext_lazy("Tariffs to settle")


def items(scope: Scope) -> Iterator[WorkItem]:
    """Versions that a colleague drew up and that give a tariff."""
    if scope.role != Role.CONTRACT_MANAGER:
        return
    rows = (
        TariffBuildup.objects.visible_to(scope)
        .filter(status=TariffBuildup.Status.DRAFT)
        .exclude(amount=None)
        .exclude(prepared_by=scope.user_id)
        .select_related("product")
    )
    for row in rows:
        if row.amount is not None:
            yield WorkItem(
                kind=TO_SETTLE,
                text=str(row),
                url=reverse("buildup_detail", args=[row.pk]),
                verb=_("Settle version"),
                detail=tariff_text(row.amount, row.unit),
            )
