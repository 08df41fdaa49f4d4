"""The list of signals of ceilings."""

from __future__ import annotations

import django_filters
import django_tables2
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.core.filters import FilterSet, ScopedModelChoiceFilter
from hoofdaannemer.core.tables import (
    BadgeColumn,
    CodeColumn,
    DateColumn,
    DeadlineColumn,
    EuroColumn,
    Table,
)
from subcontracts.models import CeilingSignal, Subcontractor
from subcontracts.selectors.ceiling_signals import percent


class CeilingSignalTable(Table):
    """Newest first."""

    party = django_tables2.Column(
        verbose_name=_("Subcontractor"),
        accessor="subcontract__provider_organisation__name",
        linkify=lambda record: reverse("ceiling_signal_detail", args=[record.pk]),
    )
    year = django_tables2.Column()
    ceiling = EuroColumn(verbose_name=_("Ceiling"))
    share = CodeColumn(verbose_name=_("Used"), accessor="pk", orderable=False)
    noticed_on = DateColumn(verbose_name=_("Notice given"))
    talked_on = DateColumn(verbose_name=_("Talk"))
    decision = BadgeColumn(verbose_name=_("Decision"), tones={})
    due = DeadlineColumn(verbose_name=_("To be done before"), orderable=False)

    class Meta:
        model = CeilingSignal
        fields = (
            *("party", "year", "ceiling", "share"),
            *("noticed_on", "talked_on", "decision", "due"),
        )

    def render_share(self, record: CeilingSignal) -> str:
        return f"{percent(record)} %"

    value_share = render_share


class CeilingSignalFilter(FilterSet):
    """By subcontractor and year, and those that wait for a talk or decision."""

    subcontractor = ScopedModelChoiceFilter(
        model=Subcontractor, field_name="subcontract__subcontractor", label=_("Subcontractor")
    )
    waiting = django_filters.BooleanFilter(label=_("To be decided"), method="by_state")

    class Meta:
        model = CeilingSignal
        fields = ("subcontractor", "year", "waiting")

    def by_state(self, rows: object, name: str, value: bool) -> object:
        """Nothing decided yet, or all others."""
        return rows.filter(decision="") if value else rows.exclude(decision="")  # type: ignore[attr-defined]
