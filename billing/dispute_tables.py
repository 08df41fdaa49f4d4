"""The list of questions and disputes, and its filters."""

from __future__ import annotations

from datetime import date

import django_filters
import django_tables2
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from billing.models import Dispute
from billing.tables import MonthColumn
from hoofdaannemer.core.filters import FilterSet, ScopedModelChoiceFilter
from hoofdaannemer.core.tables import BadgeColumn, CodeColumn, DateColumn, EuroColumn, Table
from hoofdaannemer.core.templatetags.core_format import date_nl
from subcontracts.models import Subcontractor

TONES = {
    Dispute.Status.ASKED: "warning",
    Dispute.Status.ANSWERED: "information",
    Dispute.Status.AGREED: "positive",
    Dispute.Status.WITHDRAWN: "neutral",
}


class DisputeTable(Table):
    """Questions and disputes with whose turn it is, and until when."""

    line = CodeColumn(linkify=True, verbose_name=_("Line"), orderable=False)
    provider_organisation = django_tables2.Column(verbose_name=_("Subcontractor"))
    month = MonthColumn(accessor="line__statement__month", verbose_name=_("Month"))
    kind = django_tables2.Column(verbose_name=_("Kind"))
    status = BadgeColumn(tones=TONES, verbose_name=_("Status"))
    amount = EuroColumn(accessor="line__amount", verbose_name=_("Amount"))
    expected = EuroColumn(verbose_name=_("Should be"), default="")
    asked_at = DateColumn(verbose_name=_("Asked"), orderable=True)
    due_date = DateColumn(verbose_name=_("Before"), orderable=True)

    class Meta:
        model = Dispute
        fields = ()

    def render_due_date(self, value: date, record: Dispute) -> str:
        """Nothing is due any more of what ended."""
        return date_nl(value) if record.status in Dispute.OPEN else "–"


class DisputeFilter(FilterSet):
    """Open or closed, by kind and subcontractor."""

    is_open = django_filters.ChoiceFilter(
        label=_("State"),
        choices=[("open", _("open")), ("closed", _("closed"))],
        method="by_state",
    )
    subcontractor = ScopedModelChoiceFilter(model=Subcontractor, label=_("Subcontractor"))

    class Meta:
        model = Dispute
        fields = ("kind", "status")

    def by_state(self, rows: QuerySet[Dispute], name: str, value: str) -> QuerySet[Dispute]:
        """Open still, or ended."""
        return rows.filter(closed_at__isnull=value == "open")
