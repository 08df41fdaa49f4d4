"""Questions that wait for an answer, and which published readings are about a clause."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hoofdaannemer.core.scope import Role, Scope
from subcontracts.models import ClauseQuestion, ClauseReading, SubcontractClause
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
            text="{} · {}".format(asker.name if asker else _("our own people"), row),
            url=reverse("question_detail", args=[row.pk]),
            verb=_("Answer question"),
            due=row.due_on,
            detail=str(row.clause or _("in general")),
        )


def readings_of(
    scope: Scope, clauses: Sequence[SubcontractClause]
) -> dict[int, list[ClauseReading]]:
    """What was published about each clause of one contract, by its key; in one query.

    A reading is about every clause with the same text, and about those that pass the same duty of
    the same municipal contract on.
    """
    if not clauses:
        return {}
    contract = clauses[0].subcontract
    found = list(
        ClauseReading.objects.visible_to(scope)
        .standing()
        .filter(main_contractor=contract.main_contractor_id)
        .exclude(clause_text="")
    )
    above = contract.municipal_contract_id
    return {
        row.pk: [
            one
            for one in found
            if one.clause_text == row.text
            or (
                row.passes_on
                and (one.passes_on, one.municipal_contract_id) == (row.passes_on, above)
            )
        ]
        for row in clauses
    }
