"""What the home page shows of this app."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from hoofdaannemer.core.scope import SUBCONTRACTOR, Role, Scope
from hoofdaannemer.core.working_days import add_working_days
from qualifications import status
from qualifications.models import Evidence
from subcontracts.worklist import WorkItem

#: Working days within which a proof is judged.
REVIEW_DAYS = 2


def items(scope: Scope) -> Iterable[WorkItem]:
    """Proofs to judge for the quality officer; own proofs that lapse for a subcontractor."""
    if scope.role == Role.QUALITY_OFFICER:
        yield from _to_judge(scope)
    if scope.role in SUBCONTRACTOR:
        yield from _to_renew(scope)


def _to_judge(scope: Scope) -> Iterable[WorkItem]:
    rows = (
        Evidence.objects.visible_to(scope)
        .to_review()
        .select_related("requirement", "provider_organisation")
        .defer("file_content", "number")
    )
    for row in rows[:50]:
        yield WorkItem(
            kind=_("Proofs to judge"),
            text=f"{row.requirement.name}, {row.provider_organisation}",
            url=reverse("evidence_detail", args=[row.pk]),
            verb=_("Judge the proof"),
            due=add_working_days(row.uploaded_at.date(), REVIEW_DAYS),
        )


def _to_renew(scope: Scope) -> Iterable[WorkItem]:
    for one in status.needing_attention(scope, scope.today)[:20]:
        who = one.professional.name if one.professional else str(one.subcontractor)
        yield WorkItem(
            kind=_("Proofs to add or renew"),
            text=f"{one.demand.name}, {who}",
            url=reverse("evidence_upload"),
            verb=_("Add a proof"),
            due=one.until or scope.today - timedelta(days=1),
        )
