"""The list of recovery plans, and its filters."""

from __future__ import annotations

import django_tables2
from django.utils.translation import gettext_lazy as _

from billing.models import RecoveryPlan
from billing.tables import MonthColumn
from hoofdaannemer.core.filters import FilterSet, ScopedModelChoiceFilter
from hoofdaannemer.core.tables import BadgeColumn, DateColumn, EuroColumn, Table
from subcontracts.models import Subcontractor

Status = RecoveryPlan.Status
TONES = {
    Status.PROPOSED: "warning",
    Status.RUNNING: "information",
    Status.PAUSED: "warning",
    Status.ENDED: "neutral",
    Status.FINISHED: "positive",
    Status.REFUSED: "negative",
    Status.WITHDRAWN: "neutral",
}


class RecoveryPlanTable(Table):
    """Plans with what was paid back; `taken` is an annotation."""

    kind = django_tables2.Column(linkify=True, verbose_name=_("What is owed"))
    provider_organisation = django_tables2.Column(verbose_name=_("Subcontractor"))
    status = BadgeColumn(tones=TONES, verbose_name=_("Status"))
    first_month = MonthColumn(verbose_name=_("First month"))
    monthly = EuroColumn(verbose_name=_("A month"))
    total = EuroColumn(verbose_name=_("Total"))
    taken = EuroColumn(verbose_name=_("Paid back"), orderable=False)
    proposed_at = DateColumn(verbose_name=_("Proposed"), orderable=True)

    class Meta:
        model = RecoveryPlan
        fields = ()


class RecoveryPlanFilter(FilterSet):
    """By status, what is owed, and subcontractor."""

    subcontractor = ScopedModelChoiceFilter(model=Subcontractor, label=_("Subcontractor"))

    class Meta:
        model = RecoveryPlan
        fields = ("status", "kind")
