"""Tables of declarations, statements, payments, holds and reports."""

from __future__ import annotations

from datetime import date
from typing import Any

import django_tables2
from django.utils.translation import gettext_lazy as _
from django_tables2 import A

from billing.bank_words import reason
from billing.models import (
    BankEntry,
    Declaration,
    FteReport,
    Hold,
    Payment,
    PaymentRun,
    Statement,
    UpwardDeclaration,
)
from billing.tones import DECLARATION_TONES, UPWARD_TONES
from hoofdaannemer.core.tables import (
    BadgeColumn,
    CodeColumn,
    DateColumn,
    EuroColumn,
    MomentColumn,
    NumberColumn,
    Table,
)
from hoofdaannemer.core.templatetags.core_format import month_nl

RUN_TONES = {
    PaymentRun.Status.PREPARED: "information",
    PaymentRun.Status.RELEASED: "positive",
    PaymentRun.Status.CANCELLED: "neutral",
}


class MonthColumn(django_tables2.Column):
    """A month in words, from its first day."""

    def render(self, value: date) -> str:
        return month_nl(value)

    def value(self, value: date) -> date:
        return value


class DeclarationTable(Table):
    """Declarations with what became of them."""

    number = CodeColumn(linkify=("declaration_detail", [A("pk")]), verbose_name=_("Declaration"))
    provider_organisation = django_tables2.Column(verbose_name=_("Subcontractor"))
    month = MonthColumn(verbose_name=_("Month"))
    status = BadgeColumn(tones=DECLARATION_TONES, verbose_name=_("Verdict"))
    line_count = NumberColumn(verbose_name=_("Lines"))
    rejected_count = NumberColumn(verbose_name=_("Rejected"))
    submitted = EuroColumn(verbose_name=_("Declared"))
    granted = EuroColumn(verbose_name=_("Approved"))
    recorded_at = DateColumn(verbose_name=_("Received"), orderable=True)

    class Meta:
        model = Declaration
        fields = ()


class UpwardDeclarationTable(Table):
    """Declarations to municipalities with what was awarded."""

    number = CodeColumn(linkify=True, verbose_name=_("Declaration"))
    municipality = django_tables2.Column(verbose_name=_("Municipality"))
    contract = django_tables2.Column(verbose_name=_("Municipal contract"))
    month = MonthColumn(verbose_name=_("Month"))
    status = BadgeColumn(tones=UPWARD_TONES, verbose_name=_("Status"))
    line_count = NumberColumn(verbose_name=_("Lines"))
    rejected_count = NumberColumn(verbose_name=_("Rejected"))
    submitted = EuroColumn(verbose_name=_("Declared"))
    awarded = EuroColumn(verbose_name=_("Awarded"), default="")
    recorded_at = DateColumn(verbose_name=_("Sent"), orderable=True)

    class Meta:
        model = UpwardDeclaration
        fields = ()


class StatementTable(Table):
    """Statements with their balance."""

    number = CodeColumn(linkify=True, verbose_name=_("Statement"))
    provider_organisation = django_tables2.Column(verbose_name=_("Subcontractor"))
    month = MonthColumn(verbose_name=_("Month"), orderable=True)
    entitled = EuroColumn(verbose_name=_("Entitled"))
    corrected = EuroColumn(verbose_name=_("Corrections"))
    held = EuroColumn(verbose_name=_("Held back"))
    payable = EuroColumn(verbose_name=_("To pay"))
    pay_date = DateColumn(verbose_name=_("Pay date"), default="")

    class Meta:
        model = Statement
        fields = ()


class HoldTable(Table):
    """Holds with reason and way out."""

    reference = CodeColumn(linkify=True, verbose_name=_("Line"))
    provider_organisation = django_tables2.Column(verbose_name=_("Subcontractor"))
    month = MonthColumn(verbose_name=_("Month"))
    amount = EuroColumn(verbose_name=_("Amount"))
    who_acts = django_tables2.Column(verbose_name=_("Who acts"), orderable=False)
    due_date = DateColumn(verbose_name=_("Before"), orderable=True)
    late = NumberColumn(
        accessor="due_date", verbose_name=_("Days late"), orderable=False, empty_values=()
    )
    reason = django_tables2.Column(verbose_name=_("Why"))
    way_out = django_tables2.Column(verbose_name=_("What to do"))
    clause = django_tables2.Column(verbose_name=_("Clause"))
    released_at = MomentColumn(verbose_name=_("Released"), default="")

    class Meta:
        model = Hold
        fields = ()

    def render_late(self, record: Hold) -> int | str:
        """Empty in time, and of what was released."""
        table: Any = self
        return record.days_late(table.request.scope.today) or ""

    def value_late(self, record: Hold) -> int | str:
        return self.render_late(record)


class PaymentRunTable(Table):
    """Payment runs."""

    number = CodeColumn(linkify=True, verbose_name=_("Payment run"))
    status = BadgeColumn(tones=RUN_TONES, verbose_name=_("Status"))
    total = EuroColumn(verbose_name=_("Total"))
    execution_date = DateColumn(verbose_name=_("Paid on"))
    prepared_at = MomentColumn(verbose_name=_("Prepared"), orderable=True)
    released_at = MomentColumn(verbose_name=_("Released"), default="")

    class Meta:
        model = PaymentRun
        fields = ()


class PaymentTable(Table):
    """Payments."""

    statement = CodeColumn(linkify=True, verbose_name=_("Statement"))
    provider_organisation = django_tables2.Column(verbose_name=_("Subcontractor"))
    amount = EuroColumn(verbose_name=_("Amount"))
    execution_date = DateColumn(verbose_name=_("Paid on"))
    end_to_end_id = CodeColumn(verbose_name=_("Payment reference"))
    heard = django_tables2.Column(verbose_name=_("What the bank says"), default="–")

    class Meta:
        model = Payment
        fields = ()

    def render_heard(self, value: str, record: Payment) -> str:
        """The outcome heard last, with the reason of what came back."""
        label = BankEntry.Outcome(value).label
        return f"{label}: {reason(record.failure_code)}" if record.failed_at else str(label)

    def value_heard(self, value: str, record: Payment) -> str:
        return self.render_heard(value, record)


class FteReportTable(Table):
    """FTE reports."""

    month = django_tables2.Column(
        accessor="calendar_month",
        linkify=("fte_report_detail", [A("pk")]),
        verbose_name=_("Month"),
    )
    provider_organisation = django_tables2.Column(verbose_name=_("Subcontractor"))
    funding_line = django_tables2.Column(verbose_name=_("Funding line"))
    total = NumberColumn(verbose_name=_("FTE"), default=0)
    signal_count = NumberColumn(verbose_name=_("Signals"))
    submitted_at = MomentColumn(verbose_name=_("Handed in"), default=_("draft"))

    class Meta:
        model = FteReport
        fields = ()

    def render_month(self, record: FteReport) -> str:
        """The month in words."""
        return month_nl(record.calendar_month)
