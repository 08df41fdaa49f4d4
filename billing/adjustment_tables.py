"""The list of corrections and interest, its filters, and the form that decides about one."""

from __future__ import annotations

from typing import Any

import django_tables2
from django import forms
from django.utils.translation import gettext_lazy as _

from billing.models import Adjustment
from billing.tables import MonthColumn
from hoofdaannemer.core.filters import FilterSet, PeriodFilter, ScopedModelChoiceFilter
from hoofdaannemer.core.forms import PlainForm, RadioCards
from hoofdaannemer.core.tables import BadgeColumn, CodeColumn, EuroColumn, MomentColumn, Table
from subcontracts.models import Subcontractor

TONES = {
    Adjustment.Status.PROPOSED: "warning",
    Adjustment.Status.ACCEPTED: "positive",
    Adjustment.Status.REFUSED: "neutral",
}


class AdjustmentTable(Table):
    """Corrections and interest with what was decided."""

    reference = CodeColumn(
        linkify=lambda record: record.get_absolute_url(),
        verbose_name=_("Line"),
        orderable=False,
    )
    provider_organisation = django_tables2.Column(verbose_name=_("Subcontractor"))
    kind = django_tables2.Column(verbose_name=_("Kind"))
    month = MonthColumn(verbose_name=_("About the month"))
    amount = EuroColumn(verbose_name=_("Amount"))
    status = BadgeColumn(tones=TONES, verbose_name=_("Status"))
    proposed_at = MomentColumn(verbose_name=_("Proposed"), orderable=True)
    decided_at = MomentColumn(verbose_name=_("Decided"), default="")

    class Meta:
        model = Adjustment
        fields = ()


class AdjustmentFilter(FilterSet):
    """By kind, status, month and subcontractor."""

    month = PeriodFilter(label=_("Month, quarter or year"))
    subcontractor = ScopedModelChoiceFilter(model=Subcontractor, label=_("Subcontractor"))

    class Meta:
        model = Adjustment
        fields = ("kind", "status")


class DecideForm(PlainForm):
    """Accept or refuse; a refusal says why."""

    ACCEPT, REFUSE = "accept", "refuse"

    verdict = forms.ChoiceField(
        label=_("What do you decide?"),
        choices=[(ACCEPT, _("Accept")), (REFUSE, _("Refuse"))],
        widget=RadioCards(
            explanations={
                ACCEPT: _("The next statement of this subcontractor posts it."),
                REFUSE: _("Nothing is posted. What a dispute granted is answered again."),
            }
        ),
    )
    reason = forms.CharField(
        label=_("Why do you refuse?"),
        max_length=300,
        required=False,
        help_text=_("Only where you refuse. The subcontractor reads it; name no clients."),
    )

    def clean(self) -> dict[str, Any]:
        """A refusal has a reason."""
        values = super().clean() or self.cleaned_data
        if values.get("verdict") == self.REFUSE and not values.get("reason"):
            self.add_error("reason", _("Say why it is refused."))
        return values

    @property
    def decision(self) -> dict[str, Any]:
        """Arguments of the service. Only after `is_valid()`."""
        is_accepted = self.cleaned_data["verdict"] == self.ACCEPT
        return {"is_accepted": is_accepted, "reason": self.cleaned_data["reason"]}
