"""Forms: make an own team; name it otherwise or give it a last day."""

from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.core.forms import DutchDateField, PlainForm


class OwnTeamForm(PlainForm):
    """A team of the main contractor's own people."""

    name = forms.CharField(label=_("Name of the team"), max_length=120)
    establishment = forms.CharField(
        label=_("Establishment number"),
        max_length=14,
        help_text=_("Twelve digits, as the trade register gives each of your establishments."),
    )
    first_day = DutchDateField(
        label=_("First day"), help_text=_("From this day on care can be placed with the team.")
    )

    def clean_establishment(self) -> str:
        """Without the blanks that people type between the digits."""
        number = "".join(str(self.cleaned_data["establishment"]).split())
        if not (number.isascii() and number.isdigit() and len(number) == 12):
            raise ValidationError(_("An establishment number has twelve digits."), code="number")
        return number


class OwnTeamChangeForm(PlainForm):
    """Its name and its last day."""

    name = forms.CharField(label=_("Name of the team"), max_length=120)
    last_day = DutchDateField(
        label=_("Last day"),
        required=False,
        help_text=_("Including this day. Leave empty while the team goes on."),
    )
