"""The year of a forecast added up month by month, as a chart and as the table under it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from hoofdaannemer.core import charts
from hoofdaannemer.core.charts import Chart, ChartKind, Point, Series
from hoofdaannemer.core.money import ZERO, format_euro
from hoofdaannemer.core.periods import Month
from hoofdaannemer.core.templatetags.core_format import month_nl


def added_up(
    months: Sequence[tuple[Month, Decimal, Decimal]], title: str, limit: Decimal, limit_name: str
) -> dict[str, Any]:
    """What each month added up to, so far and still expected; a limit of zero is not drawn."""
    last_known = max((month for month, so_far, _still in months if so_far), default=months[0][0])
    known, likely, rows, total = [], [], [], ZERO
    for month, so_far, still in months:
        total += so_far + still
        known.append(Point(total if month <= last_known else None))
        likely.append(Point(total if month >= last_known else None))
        rows.append((month_nl(month), *map(format_euro, (so_far, still, total))))
    series = [Series(_("so far"), tuple(known)), Series(_("expected"), tuple(likely))]
    if limit > 0:
        series.append(Series(limit_name, tuple(Point(limit) for _month in months)))
    chart = Chart(
        code="forecast",
        kind=ChartKind.LINE,
        title=title,
        description=_("Euros added up month by month, beside the room of the year."),
        labels=tuple(str(month)[5:] for month, _so_far, _still in months),
        series=tuple(series),
        axis=_("euro"),
    )
    return {
        "svg": mark_safe(charts.svg(chart, 720)),  # noqa: S308  all text is escaped there
        "title": chart.title,
        "headers": [_("Month"), _("So far"), _("Still expected"), _("Added up")],
        "rows": rows,
    }
