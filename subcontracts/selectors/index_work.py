"""Drafts of index rounds that wait for the second person, for the work list."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hoofdaannemer.core.scope import Role, Scope
from hoofdaannemer.core.templatetags.core_format import date_long
from subcontracts.models import IndexRound, IndexRoundLine
from subcontracts.worklist import WorkItem

KIND: Final = gettext_lazy("Indexation to decide about")


def items(scope: Scope) -> Iterator[WorkItem]:
    """What a colleague prepared and can still take effect; due the day before it would."""
    if scope.role != Role.CONTRACT_MANAGER:
        return
    taking_part = IndexRoundLine.objects.taking_part().filter(round=OuterRef("pk"))
    rows = (
        IndexRound.objects.visible_to(scope)
        .filter(Exists(taking_part), status=IndexRound.Status.DRAFT)
        .filter(effective_date__gt=scope.today)
        .exclude(prepared_by=scope.user_id)
    )
    for row in rows:
        yield WorkItem(
            kind=KIND,
            text=str(row),
            url=reverse("index_round_detail", args=[row.pk]),
            verb=_("Decide"),
            due=row.effective_date - timedelta(days=1),
            detail=_("from %(day)s") % {"day": date_long(row.effective_date)},
        )
