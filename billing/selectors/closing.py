"""Which months were closed: from which on at all, and of one subcontractor."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Max, Min

from billing.models import MonthRun, Statement
from hoofdaannemer.core.periods import Month
from hoofdaannemer.core.scope import Scope
from subcontracts.models import Subcontractor


def first_closed(main_contractor_id: int) -> Month | None:
    """The first month that was ever closed here; what was paid before it is not known here."""
    rows = Statement.objects.filter(main_contractor=main_contractor_id)
    first = rows.aggregate(month=Min("month"))["month"]
    return Month.of(first) if first else None


def not_closed(subcontractor: Subcontractor, months: Iterable[Month]) -> list[Month]:
    """Of these months those that may still be closed for a subcontractor.

    A statement closes its month and all before it (BIL-40). A month in which there was nothing to
    state has none; then the run that went over it tells.
    """
    wanted = list(months)
    stated = Statement.objects.filter(subcontractor=subcontractor).aggregate(month=Max("month"))
    until = stated["month"]
    runs = MonthRun.objects.filter(
        main_contractor=subcontractor.main_contractor_id,
        month__in=[month.first for month in wanted],
        state=MonthRun.State.DONE,
    )
    ran = set(runs.values_list("month", flat=True))
    return [
        month for month in wanted if not (until and month.first <= until) and month.first not in ran
    ]


def not_run(main_contractor_id: int, months: Iterable[Month]) -> list[Month]:
    """Of these months those that were not closed for everybody.

    The last run over a month says it. Where none is known its statements do, which a month in which
    there was nothing to state does not have.
    """
    wanted = list(months)
    within = [month.first for month in wanted]
    own = {"main_contractor": main_contractor_id, "month__in": within}
    stated = set(Statement.objects.filter(**own).values_list("month", flat=True))
    states = dict(
        MonthRun.objects.filter(**own).order_by("asked_at", "pk").values_list("month", "state")
    )
    done = MonthRun.State.DONE
    return [
        month
        for month in wanted
        if states.get(month.first, done if month.first in stated else None) != done
    ]


def first_closed_seen(scope: Scope) -> Month | None:
    """The first month of which this scope sees a statement."""
    first = Statement.objects.visible_to(scope).aggregate(month=Min("month"))["month"]
    return Month.of(first) if first else None
