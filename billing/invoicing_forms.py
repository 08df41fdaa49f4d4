"""Agreeing to invoices that the main contractor makes out, and how a funding line is taxed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from billing.models import VatTreatment
from billing.party_forms import PartyForm
from hoofdaannemer.core.forms import MonthInput, PlainForm
from hoofdaannemer.core.periods import Month


class AgreeForm(PartyForm):
    """The tax number, and that one agrees."""

    tax_number = forms.CharField(
        label=_("VAT number or RSIN"),
        max_length=20,
        help_text=_("A practice fills in its VAT number, such as NL001234567B01."),
    )
    agrees = forms.BooleanField(
        label=_("The main contractor may make out our invoices, and we make out none ourselves.")
    )


class TreatForm(PlainForm):
    """Which treatment, from which month, and why."""

    vat = forms.ChoiceField(label=_("VAT"), choices=VatTreatment.Vat.choices)
    start = forms.CharField(label=_("From which month?"), widget=MonthInput())
    reason = forms.CharField(
        label=_("Why?"), max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )

    def clean_start(self) -> Month:
        try:
            return Month.parse(self.cleaned_data["start"])
        except ValueError as error:
            raise forms.ValidationError(_("Fill in a month, such as 2026-03.")) from error

    @property
    def values(self) -> dict[str, Any]:
        return {**self.cleaned_data, "vat": VatTreatment.Vat(self.cleaned_data["vat"])}
