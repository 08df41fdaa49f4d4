"""Ends of care that come near, for the work list."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hoofdaannemer.core.scope import CARE, Scope
from subcontracts.models import ForeseenEnd
from subcontracts.worklist import WorkItem

KIND: Final = gettext_lazy("Care that will end")
#: What the work list shows one by one; the calendar has the rest.
SOON: Final = timedelta(days=28)
MOST: Final = 10


def items(scope: Scope) -> Iterator[WorkItem]:
    """What a coordinator decides: soonest first, without clients that may not be listed."""
    if scope.role not in CARE:
        return
    rows = ForeseenEnd.objects.visible_to(scope).open().filter(client__is_sealed=False)
    soon = rows.filter(month__lte=scope.today + SOON).select_related(
        "client", "allocation__product"
    )
    shown = list(soon[:MOST])
    for row in shown:
        yield _item(row)
    if (rest := rows.count() - len(shown)) > 0:
        yield WorkItem(
            kind=KIND,
            text=_("%(count)d more in the calendar") % {"count": rest},
            url=f"{reverse('foreseen_list')}?state=open",
            verb=_("Open"),
        )


def _item(row: ForeseenEnd) -> WorkItem:
    month = date_format(row.month, "F Y")
    return WorkItem(
        kind=KIND,
        text=f"{row.client} · {row.allocation.product or row.allocation.category}",
        url=reverse("foreseen_detail", args=[row.pk]),
        verb=_("Decide"),
        # A birthday is known here by its month only: decided before that month begins.
        due=row.day or row.month,
        detail=f"{row.get_kind_display()}, {month}",
    )
