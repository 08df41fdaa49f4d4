"""Lists of payment terms and of what was paid late, and the form that records a term."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import django_tables2
from django import forms
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django_tables2 import A

from billing.models import Payment, PaymentTerm
from billing.rules import late
from billing.rules.late import Rates
from billing.services.payment_terms import Agreed
from hoofdaannemer.core.filters import FilterSet, PeriodFilter, ScopedModelChoiceFilter
from hoofdaannemer.core.forms import DutchDateField, PlainForm, RadioCards
from hoofdaannemer.core.money import format_euro
from hoofdaannemer.core.scope import Scope
from hoofdaannemer.core.tables import CodeColumn, DateColumn, EuroColumn, NumberColumn, Table
from subcontracts.models import Subcontract, Subcontractor


class PaymentTermTable(Table):
    """Terms, newest first."""

    subcontract = CodeColumn(
        linkify=("subcontract_detail", [A("subcontract__pk")]), verbose_name=_("Contract")
    )
    provider_organisation = django_tables2.Column(verbose_name=_("Subcontractor"))
    start_date = DateColumn(verbose_name=_("From"), orderable=True)
    size = django_tables2.Column(verbose_name=_("Size"))
    days = NumberColumn(verbose_name=_("Days"))
    source = django_tables2.Column(verbose_name=_("Source"))

    class Meta:
        model = PaymentTerm
        fields = ()


class PaymentTermFilter(FilterSet):
    """By size and contract."""

    subcontract = ScopedModelChoiceFilter(model=Subcontract, label=_("Contract"))

    class Meta:
        model = PaymentTerm
        fields = ("size",)


class PaymentTermForm(PlainForm):
    """What was agreed with a subcontractor about the days within which it is paid."""

    subcontract = forms.ModelChoiceField(label=_("Contract"), queryset=Subcontract.objects.none())
    size = forms.ChoiceField(
        label=_("How large is the subcontractor?"),
        choices=PaymentTerm.Size.choices,
        widget=RadioCards(
            explanations={
                PaymentTerm.Size.SMALL: _("At most 30 days by law."),
                PaymentTerm.Size.LARGE: _("At most 60 days by law."),
            }
        ),
    )
    days = forms.IntegerField(
        label=_("Within how many days is paid?"),
        min_value=1,
        max_value=60,
        help_text=_("Calendar days after the day on which a statement is issued, such as 14."),
    )
    start_date = DutchDateField(
        label=_("From"), help_text=_("Holds for statements that are issued from this day on.")
    )
    source = forms.CharField(
        label=_("Source"), max_length=200, help_text=_("Such as the article of the contract.")
    )

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, scope=scope, **kwargs)
        contract: Any = self.fields["subcontract"]
        rows = Subcontract.objects.visible_to(scope).exclude(status__in=Subcontract.NOT_BEGUN)
        contract.queryset = rows.select_related("provider_organisation").order_by("number")
        contract.label_from_instance = lambda row: f"{row.number}, {row.provider_organisation.name}"

    @property
    def agreed(self) -> Agreed:
        """What was filled in. Only after `is_valid()`."""
        values = self.cleaned_data
        return Agreed(
            size=PaymentTerm.Size(values["size"]),
            days=values["days"],
            start=values["start_date"],
            source=values["source"],
        )


class LatePaymentTable(Table):
    """Payments after their term, with the interest and what became of it."""

    statement = CodeColumn(linkify=True, verbose_name=_("Statement"))
    provider_organisation = django_tables2.Column(verbose_name=_("Subcontractor"))
    amount = EuroColumn(verbose_name=_("Amount"))
    last_day = DateColumn(verbose_name=_("Last day"))
    execution_date = DateColumn(verbose_name=_("Paid on"))
    days = NumberColumn(accessor="execution_date", verbose_name=_("Days late"), orderable=False)
    interest = django_tables2.Column(empty_values=(), verbose_name=_("Interest"), orderable=False)
    became = django_tables2.Column(empty_values=(), verbose_name=_("Status"), orderable=False)

    def __init__(self, *args: Any, rates: Rates, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rates = rates

    class Meta:
        model = Payment
        fields = ()

    def render_days(self, value: date, record: Any) -> int:
        """Calendar days after the term."""
        late_by: timedelta = value - record.last_day
        return late_by.days

    def value_days(self, value: date, record: Any) -> int:
        return self.render_days(value, record)

    def render_interest(self, record: Any) -> str:
        """By the rates that are known; where one lacks, by the last that is, and that is said."""
        found = late.lateness(record.amount, record.last_day, record.execution_date, self.rates)
        amount = format_euro(found.interest) if found else "–"
        if late.unknown(record.last_day, record.execution_date, self.rates):
            return str(_("%(amount)s, by the last known rate") % {"amount": amount})
        return amount

    def value_interest(self, record: Any) -> str:
        return self.render_interest(record)

    def render_became(self, record: Any) -> str:
        """The proposal and how far it is, or where one proposes it."""
        for one in record.interest_rows:
            return format_html(
                '<a class="ha-link" href="{}">{}</a>',
                one.get_absolute_url(),
                one.get_status_display(),
            )
        return format_html(
            '<a class="ha-link" href="{}">{}</a>',
            reverse("payment_interest", args=[record.pk]),
            _("Propose the interest"),
        )

    def value_became(self, record: Any) -> str:
        return next((str(one.get_status_display()) for one in record.interest_rows), "")


class LatePaymentFilter(FilterSet):
    """By period of payment and subcontractor."""

    execution_date = PeriodFilter(label=_("Month, quarter or year"))
    subcontractor = ScopedModelChoiceFilter(
        field_name="statement__subcontractor", model=Subcontractor, label=_("Subcontractor")
    )

    class Meta:
        model = Payment
        fields = ()
