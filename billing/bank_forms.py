"""Handing in a message of the bank, and what was found out about a line of it."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.core.forms import PlainForm


class BankFileForm(PlainForm):
    """One file, as the bank gives it."""

    file = forms.FileField(
        label=_("File of the bank (XML)"),
        help_text=_("pain.002, camt.052, camt.053 or camt.054, at most 25 MB."),
        widget=forms.ClearableFileInput(attrs={"accept": ".xml,text/xml,application/xml"}),
    )


class SettleEntryForm(PlainForm):
    """What was found out."""

    finding = forms.CharField(
        label=_("What did you find out?"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Such as: the bank booked it twice and corrected it on the next day."),
    )
