"""The list of results, and its filters."""

from __future__ import annotations

from datetime import date

import django_filters
import django_tables2
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from billing.models import TrajectoryResult
from hoofdaannemer.core.filters import FilterSet, ScopedModelChoiceFilter
from hoofdaannemer.core.tables import BadgeColumn, CodeColumn, DateColumn, EuroColumn, Table
from hoofdaannemer.core.templatetags.core_format import date_nl
from subcontracts.models import Subcontractor

Status = TrajectoryResult.Status
TONES = {
    Status.AWAITED: "warning",
    Status.HANDED_IN: "warning",
    Status.JUDGED: "positive",
    Status.OBJECTED: "warning",
    Status.DECIDED: "positive",
    Status.LAPSED: "neutral",
}


class ResultTable(Table):
    """Results with whose turn it is, and until when."""

    placement = CodeColumn(
        linkify=lambda record: record.get_absolute_url(),
        verbose_name=_("Placement or bonus"),
        orderable=False,
        empty_values=(),
    )
    provider_organisation = django_tables2.Column(verbose_name=_("Subcontractor"))
    ended_on = DateColumn(verbose_name=_("Ended on"), orderable=True)
    at_stake = EuroColumn(verbose_name=_("Depends on the result"))
    status = BadgeColumn(tones=TONES, verbose_name=_("Status"))
    outcome = django_tables2.Column(verbose_name=_("Outcome"), default="–")
    due_date = DateColumn(verbose_name=_("Before"), orderable=True)

    class Meta:
        model = TrajectoryResult
        fields = ()

    def render_placement(self, record: TrajectoryResult) -> str:
        """The placement and which of its trajectories; the line of a bonus."""
        return str(record)

    def render_due_date(self, value: date, record: TrajectoryResult) -> str:
        """Nothing is due any more of what was decided or lapsed."""
        is_closed = record.status in (Status.DECIDED, Status.LAPSED) or record.share == 1
        return "–" if is_closed else date_nl(value)


class ResultFilter(FilterSet):
    """By state, outcome and subcontractor."""

    is_open = django_filters.ChoiceFilter(
        label=_("State"),
        choices=[("open", _("open")), ("closed", _("closed"))],
        method="by_state",
    )
    subcontractor = ScopedModelChoiceFilter(model=Subcontractor, label=_("Subcontractor"))

    class Meta:
        model = TrajectoryResult
        fields = ("status", "outcome")

    def by_state(
        self, rows: QuerySet[TrajectoryResult], name: str, value: str
    ) -> QuerySet[TrajectoryResult]:
        """Somebody still has to act, or not."""
        waiting = (Status.AWAITED, Status.HANDED_IN, Status.OBJECTED)
        if value == "open":
            return rows.filter(status__in=waiting)
        return rows.exclude(status__in=waiting)
