"""What the months of a period asked to be handed in and judged: counted, three queries."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from django.db.models import Count, Q, Sum

from billing.models import Declaration, FteReport
from billing.rules.whatif.facts import Traffic
from hoofdaannemer.core.periods import Month, Period

_Source = Declaration.Source


def traffic(subcontractors: Sequence[int], period: Period) -> Mapping[int, list[Traffic]]:
    """By subcontractor and month: what came in, also what was refused or replaced later."""
    within = (period.start, period.end)
    counted: defaultdict[tuple[int, Month], Counter[str]] = defaultdict(Counter)
    declared = (
        Declaration.objects.filter(subcontractor__in=subcontractors, month__range=within)
        .order_by()
        .values_list("subcontractor", "month")
        .annotate(
            sent=Count("pk", filter=Q(source=_Source.MESSAGE)),
            typed=Count("pk", filter=Q(source=_Source.PORTAL)),
            declared=Sum("line_count"),
        )
    )
    for party, month, sent, typed, lines in declared:
        counted[party, Month.of(month)].update(sent=sent, typed=typed, lines=lines)
    reports = (
        FteReport.objects.filter(
            funding_line__subcontract__subcontractor__in=subcontractors,
            month__range=within,
            submitted_at__isnull=False,
        )
        .order_by()
        .values_list("funding_line__subcontract__subcontractor", "month")
        .annotate(reports=Count("pk", distinct=True), professionals=Count("rows"))
    )
    for party, month, count, rows in reports:
        counted[party, Month.of(month)].update(reports=count, rows=rows)
    found: defaultdict[int, list[Traffic]] = defaultdict(list)
    for (party, month), one in sorted(counted.items()):
        found[party].append(
            Traffic(month, one["sent"], one["typed"], one["lines"], one["reports"], one["rows"])
        )
    return found
