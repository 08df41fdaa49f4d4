"""The list of corrections with what must still go up, and its filters."""

from __future__ import annotations

from typing import Any

import django_filters
import django_tables2
from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from billing.models import Entitlement
from billing.selectors.corrections import OPEN
from billing.tables import MonthColumn
from hoofdaannemer.core.filters import FilterSet, ScopedModelChoiceFilter
from hoofdaannemer.core.tables import CodeColumn, DateColumn, EuroColumn, Table
from subcontracts.models import Subcontractor


class CorrectionTable(Table):
    """Entries that take another back; `is_…` are annotations."""

    reference = CodeColumn()
    provider_organisation = django_tables2.Column(verbose_name=_("Subcontractor"))
    month = MonthColumn()
    product = django_tables2.Column(default="", verbose_name=_("Product"))
    recorded_at = DateColumn(verbose_name=_("Recorded"))
    amount = EuroColumn()
    follows = django_tables2.Column(
        empty_values=(), orderable=False, verbose_name=_("Still to follow upward")
    )

    class Meta:
        model = Entitlement
        fields = ()

    def render_follows(self, record: Any) -> str:
        """Where the corrected amount still stands."""
        told = [
            text
            for is_so, text in (
                (record.is_declared, gettext("stands in a declaration to the municipality")),
                (record.is_stated, gettext("stands in an established production statement")),
                (record.is_settled, gettext("its year was settled with municipalities")),
            )
            if is_so
        ]
        return "; ".join(told) or gettext("nothing")


class CorrectionFilter(FilterSet):
    """By what did not follow yet, and by subcontractor."""

    follows = django_filters.ChoiceFilter(
        label=_("Still to follow upward"),
        choices=[
            ("open", _("something")),
            ("declared", _("a declaration")),
            ("stated", _("a production statement")),
            ("settled", _("a settlement")),
        ],
        method="by_what_follows",
    )
    subcontractor = ScopedModelChoiceFilter(model=Subcontractor, label=_("Subcontractor"))

    class Meta:
        model = Entitlement
        fields = ()

    def by_what_follows(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Those of which it did not follow yet."""
        return rows.filter(OPEN) if value == "open" else rows.filter(**{f"is_{value}": True})
