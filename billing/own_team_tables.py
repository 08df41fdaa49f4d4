"""The list of months of own teams."""

from __future__ import annotations

import django_tables2
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_tables2.utils import A

from billing.models import OwnTeamReport
from hoofdaannemer.core.filters import FilterSet, PeriodFilter, ScopedModelChoiceFilter
from hoofdaannemer.core.tables import EuroColumn, MomentColumn, NumberColumn, Table
from hoofdaannemer.core.templatetags.core_format import month_nl
from subcontracts.models import MunicipalContract, Subcontractor


class OwnTeamReportTable(Table):
    """Months; `fte` and `amount` are annotations."""

    month = django_tables2.Column(
        accessor="calendar_month",
        linkify=("own_team_report_detail", [A("pk")]),
        verbose_name=_("Month"),
    )
    provider_organisation = django_tables2.Column(verbose_name=_("Own team"))
    contract = django_tables2.Column(accessor="contract__name", verbose_name=_("Contract"))
    fte = NumberColumn(verbose_name=_("FTE"), default=0)
    amount = EuroColumn(verbose_name=_("Amount"), default=0)
    submitted_at = MomentColumn(verbose_name=_("Handed in"), default=_("draft"))

    class Meta:
        model = OwnTeamReport
        fields = ()

    def render_month(self, record: OwnTeamReport) -> str:
        """The month in words."""
        return month_nl(record.calendar_month)


class OwnTeamReportFilter(FilterSet):
    """By month, team and contract."""

    month = PeriodFilter(label=_("Month, quarter or year"))
    subcontractor = ScopedModelChoiceFilter(
        model=Subcontractor, only=Q(is_own_team=True), label=_("Own team")
    )
    contract = ScopedModelChoiceFilter(model=MunicipalContract, label=_("Contract"))

    class Meta:
        model = OwnTeamReport
        fields = ()
