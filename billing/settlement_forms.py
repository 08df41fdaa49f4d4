"""Objecting to a settlement, recording an agreement on paper, and production in a pool."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from billing.services.settlements import MOST_BYTES
from hoofdaannemer.core.forms import EuroField, PlainForm


class ObjectionForm(PlainForm):
    """Why one does not agree."""

    text = forms.CharField(
        label=_("What is wrong?"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Name the figure and what it should be. Name no clients."),
    )


class PaperForm(PlainForm):
    """What was signed outside this system."""

    reason = forms.CharField(label=_("Why was it agreed on paper?"), max_length=300)
    file = forms.FileField(
        label=_("The signed settlement (PDF)"),
        help_text=_("At most 10 MB."),
        widget=forms.ClearableFileInput(attrs={"accept": "application/pdf,.pdf"}),
    )

    @property
    def signed_file(self) -> bytes:
        """The file, by one byte more than is taken. Only after `is_valid()`."""
        content: bytes = self.cleaned_data["file"].read(MOST_BYTES + 1)
        return content


class ProductionForm(PlainForm):
    """What a member of a pool really produced."""

    amount = EuroField(label=_("Real production"), help_text=_("In euros, of the whole year."))
    source = forms.CharField(
        label=_("Source"),
        max_length=200,
        help_text=_("Such as the production statement with its date."),
    )
