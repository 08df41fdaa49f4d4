"""Lists of invoices, parties and indications, and their filters."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import django_filters
import django_tables2
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from billing.models import Indication, InvoiceLine, InvoicingParty, ReceivedInvoice
from billing.models.received import IndicationQuerySet
from hoofdaannemer.core.filters import (
    FilterSet,
    PeriodFilter,
    PrefixFilter,
    ScopedModelChoiceFilter,
)
from hoofdaannemer.core.money import format_euro
from hoofdaannemer.core.tables import (
    BadgeColumn,
    CodeColumn,
    DateColumn,
    DeadlineColumn,
    EuroColumn,
    NumberColumn,
    PeriodColumn,
    Table,
)
from hoofdaannemer.core.templatetags.core_format import date_nl
from subcontracts.models import Subcontractor

TONES = {
    ReceivedInvoice.Status.WAITING: "warning",
    ReceivedInvoice.Status.HANDLED: "positive",
}
LINE_TONES = {
    InvoiceLine.State.WAITING: "warning",
    InvoiceLine.State.ACCEPTED: "positive",
    InvoiceLine.State.REFUSED: "negative",
}


class DueColumn(DeadlineColumn):
    """The last day to pay: a chip while something of it was not paid, else the day alone."""

    def render(self, value: date, table: Any, record: Any = None) -> str:
        is_open = record.is_unpaid or record.waits
        return super().render(value, table) if is_open else date_nl(value)


class InvoiceTable(Table):
    """Invoices with what was accepted, whether something waits, and the term.

    Wants `selectors.received.with_progress`.
    """

    number = CodeColumn(linkify=True, verbose_name=_("Number"))
    party = django_tables2.Column(accessor="subcontractor", verbose_name=_("Party"))
    received_date = DateColumn(verbose_name=_("Received"))
    total = EuroColumn(verbose_name=_("Total"))
    accepted = EuroColumn(verbose_name=_("Accepted"))
    status = BadgeColumn(tones=TONES, verbose_name=_("Status"))
    due_date = DueColumn(verbose_name=_("Pay before"))
    paid = django_tables2.Column(verbose_name=_("Paid"), accessor="is_unpaid", empty_values=())

    class Meta:
        model = ReceivedInvoice
        fields = ()

    def render_total(self, record: Any) -> str:
        """Below zero for a credit."""
        return format_euro(self.value_total(record))

    def value_total(self, record: Any) -> Decimal:
        total: Decimal = record.total
        return -total if record.is_credit else total

    def render_paid(self, record: Any) -> str:
        """Of what was accepted; a credit is set off."""
        if record.is_credit or not record.accepted_lines:
            return "–"
        return str(_("not yet") if record.is_unpaid else _("yes"))

    value_paid = render_paid


class InvoiceFilter(FilterSet):
    """By status, party, how it came in, and the month in which it was received."""

    number = PrefixFilter(label=_("Number"))
    subcontractor = ScopedModelChoiceFilter(model=Subcontractor, label=_("Party"))
    received = PeriodFilter(field_name="received_date", label=_("Received in"))
    term = django_filters.ChoiceFilter(
        label=_("Term"),
        choices=[("open", _("not paid yet")), ("late", _("term has passed"))],
        method="by_term",
    )

    class Meta:
        model = ReceivedInvoice
        fields = ("number", "status", "subcontractor", "kind", "received", "term")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.request is not None:
            invoicing = InvoicingParty.objects.visible_to(self.request.scope)
            field: Any = self.filters["subcontractor"].field
            field.queryset = field.queryset.filter(pk__in=invoicing.values("subcontractor"))

    def by_term(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """What was accepted and not paid; of it what is late."""
        unpaid = rows.filter(is_unpaid=True)
        is_late = {"due_date__lt": self.request.scope.today} if value == "late" else {}
        return unpaid.filter(**is_late)


class InvoicingPartyTable(Table):
    """Who invoices, why, and within which terms."""

    name = django_tables2.Column(accessor="subcontractor", linkify=True, verbose_name=_("Name"))
    kind = django_tables2.Column(verbose_name=_("Kind"))
    payment_days = NumberColumn(verbose_name=_("Days to pay"))
    oldest_months = NumberColumn(verbose_name=_("Months to invoice"))
    account = django_tables2.Column(
        accessor="subcontractor__iban", verbose_name=_("Account"), empty_values=()
    )

    class Meta:
        model = InvoicingParty
        fields = ()

    def render_name(self, record: InvoicingParty) -> str:
        return str(record.subcontractor)

    def render_account(self, record: InvoicingParty) -> str:
        """Whether it can be paid; the number is on its page, for who pays."""
        return str(_("known") if record.subcontractor.iban else _("not known yet"))

    value_account = render_account


class InvoicingPartyFilter(FilterSet):
    """By kind."""

    class Meta:
        model = InvoicingParty
        fields = ("kind",)


class IndicationTable(Table):
    """Indications by reference; the client by its number alone."""

    reference = CodeColumn(linkify=True, verbose_name=pgettext_lazy("indication", "Reference"))
    party = django_tables2.Column(accessor="subcontractor", verbose_name=_("Party"))
    client = CodeColumn(verbose_name=_("Client"))
    product = django_tables2.Column(verbose_name=_("Product"))
    kind = django_tables2.Column(verbose_name=_("Decided by"))
    period = PeriodColumn(verbose_name=_("Period"))
    volume = NumberColumn(verbose_name=_("Volume at most"), default="–")
    price = EuroColumn(verbose_name=_("Price at most"), default="–")

    class Meta:
        model = Indication
        fields = ()


class IndicationFilter(FilterSet):
    """By reference, party, who decided, and whether it runs."""

    reference = PrefixFilter(label=pgettext_lazy("indication", "Reference"))
    subcontractor = ScopedModelChoiceFilter(model=Subcontractor, label=_("Party"))
    runs = django_filters.ChoiceFilter(
        label=pgettext_lazy("indication", "Runs"),
        choices=[("now", _("now")), ("ended", _("ended"))],
        method="by_runs",
    )

    class Meta:
        model = Indication
        fields = ("reference", "subcontractor", "kind", "runs")

    def by_runs(self, rows: IndicationQuerySet, name: str, value: str) -> QuerySet[Any]:
        """On this day, or not any more."""
        today = self.request.scope.today
        return rows.in_force_on(today) if value == "now" else rows.filter(end_date__lt=today)
