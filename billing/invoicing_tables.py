"""The list of invoices, and its filters."""

from __future__ import annotations

import django_tables2
from django.utils.translation import gettext_lazy as _
from django_tables2 import A

from billing.models import EInvoice
from billing.tables import MonthColumn
from hoofdaannemer.core.filters import FilterSet, PeriodFilter, ScopedModelChoiceFilter
from hoofdaannemer.core.tables import CodeColumn, EuroColumn, MomentColumn, Table
from subcontracts.models import Subcontractor


class EInvoiceTable(Table):
    """Invoices with their statement."""

    statement = CodeColumn(linkify=True, verbose_name=_("Statement"))
    provider_organisation = django_tables2.Column(verbose_name=_("Subcontractor"))
    month = MonthColumn(accessor="statement__month", verbose_name=_("Month"))
    kind = django_tables2.Column(accessor="is_credit", verbose_name=_("Kind"), orderable=False)
    payable = EuroColumn(accessor="statement__payable", verbose_name=_("To pay"))
    made_at = MomentColumn(verbose_name=_("Made"), orderable=True)
    file = django_tables2.Column(
        accessor="pk",
        linkify=("statement_einvoice", [A("statement_id")]),
        verbose_name=_("File"),
        orderable=False,
        exclude_from_export=True,
    )

    class Meta:
        model = EInvoice
        fields = ()

    def render_kind(self, value: bool) -> str:
        return str(_("credit note") if value else _("invoice"))

    def value_kind(self, value: bool) -> str:
        return self.render_kind(value)

    def render_file(self) -> str:
        return str(_("Download"))


class EInvoiceFilter(FilterSet):
    """By month and subcontractor."""

    month = PeriodFilter(field_name="statement__month", label=_("Month, quarter or year"))
    subcontractor = ScopedModelChoiceFilter(
        field_name="statement__subcontractor", model=Subcontractor, label=_("Subcontractor")
    )

    class Meta:
        model = EInvoice
        fields = ()
