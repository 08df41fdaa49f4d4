"""The list of client stops."""

from __future__ import annotations

from typing import Any

import django_filters
import django_tables2
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.core.filters import FilterSet, ScopedModelChoiceFilter
from hoofdaannemer.core.scope import Role
from hoofdaannemer.core.tables import BadgeColumn, PeriodColumn, Table
from subcontracts.models import ClientStop, Subcontractor

STOP_TONES = {
    ClientStop.Status.ASKED: "warning",
    ClientStop.Status.GRANTED: "negative",
    ClientStop.Status.REFUSED: "neutral",
    ClientStop.Status.WITHDRAWN: "neutral",
}


def _contract_url(record: ClientStop, table: Any) -> str | None:
    """The page of the contract, for who may open it: care coordinators read no contracts."""
    if table.request.scope.role == Role.CARE_COORDINATOR:
        return None
    return reverse("subcontract_detail", args=[record.subcontract_id])


class ClientStopTable(Table):
    """Newest first."""

    party = django_tables2.Column(
        verbose_name=_("Subcontractor"),
        accessor="subcontract__provider_organisation__name",
        linkify=_contract_url,
    )
    product = django_tables2.Column(verbose_name=_("For"), empty_values=())
    period = PeriodColumn(verbose_name=_("No new clients"), order_by="start_date")
    status = BadgeColumn(verbose_name=_("Status"), tones=STOP_TONES)
    reason = django_tables2.Column(verbose_name=_("Why"))
    answer = django_tables2.Column(verbose_name=_("Answer"))

    class Meta:
        model = ClientStop
        fields = ("party", "product", "period", "status", "reason", "answer")

    def render_product(self, record: ClientStop) -> str:
        return str(record.product or _("all products"))

    value_product = render_product


class ClientStopFilter(FilterSet):
    """By state, by subcontractor, and those that hold today."""

    subcontractor = ScopedModelChoiceFilter(
        model=Subcontractor, field_name="subcontract__subcontractor", label=_("Subcontractor")
    )
    holds = django_filters.BooleanFilter(label=_("Holds today"), method="by_day")

    class Meta:
        model = ClientStop
        fields = ("status", "subcontractor", "holds")

    def by_day(self, rows: Any, name: str, value: bool) -> Any:
        """Granted, and today one of its days; or all others."""
        today = self.request.scope.today
        holding = ClientStop.objects.granted().in_force_on(today).values("pk")
        return rows.filter(pk__in=holding) if value else rows.exclude(pk__in=holding)
