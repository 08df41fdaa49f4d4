"""Tables of reconciliations and of the differences in one."""

from __future__ import annotations

from typing import ClassVar

import django_tables2
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.core.tables import CodeColumn, MomentColumn, NumberColumn, Table
from subcontracts.models import Difference, Reconciliation


class ReconciliationTable(Table):
    """Newest first."""

    recorded_at = MomentColumn(
        orderable=True, linkify=lambda record: reverse("reconciliation_detail", args=[record.pk])
    )
    row_count = NumberColumn()
    held_count = NumberColumn()
    equal_count = NumberColumn()
    difference_count = NumberColumn(verbose_name=_("Differences"))
    open_count = NumberColumn(verbose_name=_("Still to explain"))

    class Meta:
        model = Reconciliation
        fields: ClassVar = (
            *("recorded_at", "municipality", "family", "row_count", "held_count"),
            *("equal_count", "difference_count", "open_count"),
        )


class DifferenceTable(Table):
    """By receiver and number; clients stand on the page of the allocation."""

    number = CodeColumn(verbose_name=_("Number"))
    line = NumberColumn(verbose_name=_("Row"))
    settled = django_tables2.Column(verbose_name=_("Explanation"), empty_values=())

    class Meta:
        model = Difference
        fields: ClassVar = (
            *("number", "receiver", "kind", "column", "ours", "theirs", "line", "settled"),
        )

    def render_number(self, record: Difference) -> str:
        if record.allocation_id:
            url = reverse("allocation_detail", args=[record.allocation_id])
        elif record.placement_id:
            url = reverse("placement_detail", args=[record.placement_id])
        else:
            return str(record.number)
        return format_html('<a class="ha-link" href="{}">{}</a>', url, record.number)

    def value_number(self, record: Difference) -> str:
        return str(record.number or "")

    def render_settled(self, record: Difference) -> str:
        if record.settled_at is not None:
            return record.settled_note
        url = reverse("difference_settle", args=[record.pk])
        return format_html('<a class="ha-link" href="{}">{}</a>', url, _("Explain"))

    def value_settled(self, record: Difference) -> str:
        return record.settled_note
