"""What of the clocks of ceilings is to be done, by whom and until when."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hoofdaannemer.core.scope import SUBCONTRACTOR, Role, Scope
from subcontracts.models import CeilingSignal
from subcontracts.rules.ceiling import Ceiling
from subcontracts.worklist import WorkItem

KIND = gettext_lazy("Ceilings nearly used up")


def percent(signal: CeilingSignal) -> int:
    """Whole percents of the ceiling that were used on the day of the notice."""
    return Ceiling(signal.ceiling, signal.used, 0).percent


def items(scope: Scope) -> Iterator[WorkItem]:
    """For the work list: the talk, then the decision; and the notice for who has to read it."""
    rows = CeilingSignal.objects.visible_to(scope).open().defer("letter")
    if scope.role in SUBCONTRACTOR:
        rows = rows.filter(confirmed_at=None)
    elif scope.role != Role.CONTRACT_MANAGER:
        return
    for row in rows.select_related("subcontract__provider_organisation"):
        yield WorkItem(
            kind=KIND,
            text=f"{row.subcontract.provider_organisation.name} · {row}",
            url=reverse("ceiling_signal_detail", args=[row.pk]),
            verb=_verb(scope, row),
            due=row.talk_due if scope.role in SUBCONTRACTOR else row.due,
            detail=f"{percent(row)} %",
        )


def _verb(scope: Scope, row: CeilingSignal) -> str:
    if scope.role in SUBCONTRACTOR:
        return _("Read the notice")
    return _("Talk about it") if row.talked_on is None else _("Decide")
