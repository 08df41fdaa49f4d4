"""Questions about contracts that wait for an answer, for the work list."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hoofdaannemer.core.scope import Role, Scope
from subcontracts.models import ClauseQuestion
from subcontracts.worklist import WorkItem

KIND: Final = gettext_lazy("Questions about contracts")


def items(scope: Scope) -> Iterator[WorkItem]:
    """Open questions, by the last day of their term."""
    if scope.role != Role.CONTRACT_MANAGER:
        return
    rows = ClauseQuestion.objects.visible_to(scope).filter(status=ClauseQuestion.Status.OPEN)
    for row in rows.select_related("clause", "provider_organisation"):
        asker = row.provider_organisation
        yield WorkItem(
            kind=KIND,
            text=f"{asker.name if asker else _('our own people')} · {row}",
            url=reverse("question_detail", args=[row.pk]),
            verb=_("Answer question"),
            due=row.due_on,
            detail=str(row.clause or _("in general")),
        )
