"""Lists of messages of the bank and of their lines."""

from __future__ import annotations

import django_filters
import django_tables2
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from billing.bank_words import reason
from billing.models import BankEntry, BankReport
from hoofdaannemer.core.filters import FilterSet
from hoofdaannemer.core.tables import (
    BadgeColumn,
    CodeColumn,
    DateColumn,
    EuroColumn,
    MomentColumn,
    NumberColumn,
    Table,
)

TONES = {
    BankEntry.Outcome.ACCEPTED: "information",
    BankEntry.Outcome.BOOKED: "positive",
    BankEntry.Outcome.REJECTED: "negative",
    BankEntry.Outcome.RETURNED: "negative",
}


class BankReportTable(Table):
    """Messages with how many payments they are about."""

    message_id = CodeColumn(linkify=True, verbose_name=_("Number"), empty_values=())
    kind = django_tables2.Column(verbose_name=_("Kind"))
    payments = NumberColumn(verbose_name=_("Payments"))
    failed = NumberColumn(verbose_name=_("Came back"))
    odd = NumberColumn(verbose_name=_("To find out"))
    received_at = MomentColumn(verbose_name=_("Read"), orderable=True)

    class Meta:
        model = BankReport
        fields = ()

    def render_message_id(self, record: BankReport) -> str:
        """A message without a number goes by its file."""
        return str(record)


class BankReportFilter(FilterSet):
    """By kind, and those with something to find out."""

    kind = django_filters.AllValuesFilter(label=_("Kind"))

    class Meta:
        model = BankReport
        fields = ("kind",)


class BankEntryTable(Table):
    """Lines of a message, those that do not fit with a way to settle them."""

    payment = CodeColumn(accessor="payment__end_to_end_id", verbose_name=_("Payment reference"))
    subcontractor = django_tables2.Column(
        accessor="payment__provider_organisation", verbose_name=_("Subcontractor")
    )
    paid = EuroColumn(accessor="payment__amount", verbose_name=_("We paid"))
    outcome = BadgeColumn(tones=TONES, verbose_name=_("What the bank says"))
    amount = EuroColumn(verbose_name=_("Amount"), default="")
    oddity = django_tables2.Column(
        linkify=lambda record: record.settle_url, verbose_name=_("To find out"), default="–"
    )
    code = django_tables2.Column(verbose_name=_("Reason"), default="–")
    day = DateColumn(verbose_name=_("Booked on"), default="")

    class Meta:
        model = BankEntry
        fields = ()

    def render_code(self, value: str, record: BankEntry) -> str:
        """The bank's code in words, with what it wrote beside it."""
        return f"{reason(value)}. {record.text}" if record.text else reason(value)

    def value_code(self, value: str, record: BankEntry) -> str:
        return self.render_code(value, record)

    def render_oddity(self, record: BankEntry) -> str:
        """What is odd, or what was found out about it."""
        shown = str(record.get_oddity_display())
        return f"{shown}. {record.finding}" if record.settled_at else shown


class BankEntryFilter(FilterSet):
    """By what the bank says, and what is to be found out."""

    odd = django_filters.ChoiceFilter(
        label=_("To find out"), choices=[("yes", _("to find out"))], method="by_oddity"
    )

    class Meta:
        model = BankEntry
        fields = ("outcome",)

    def by_oddity(self, rows: QuerySet[BankEntry], name: str, value: str) -> QuerySet[BankEntry]:
        """Does not fit, and nobody found out why."""
        return rows.exclude(oddity="").filter(settled_at=None)
