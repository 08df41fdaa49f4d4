"""Forms of a take-over of running care: the file with its day, and the acceptance."""

from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.core.forms import DutchDateField, PlainForm
from subcontracts.rules.importfile import MOST_BYTES


class CareImportForm(PlainForm):
    """A file with running care."""

    as_of = DutchDateField(
        label=_("Day of the take-over"),
        help_text=_(
            "From this day on care is administered here. What ended before it does not come along."
        ),
    )
    file = forms.FileField(
        label=_("File with running care (Excel or ZIP)"),
        help_text=_("At most 10 MB. A ZIP file holds a CSV file for each sheet."),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.zip"}),
    )

    def clean_file(self) -> bytes:
        """The bytes; a file that is too large is not read."""
        upload = self.cleaned_data["file"]
        if upload.size > MOST_BYTES:
            raise ValidationError(_("This file is larger than 10 MB. Split it."), code="CSV-01")
        self.cleaned_data["name"] = upload.name
        content: bytes = upload.read()
        return content


class AcceptForm(PlainForm):
    """What the second person says of differences."""

    note = forms.CharField(
        label=_("Explanation"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Needed where rows were left out or a control total differs."),
    )


class UndoForm(PlainForm):
    """Why a take-over is undone."""

    reason = forms.CharField(
        label=_("Why is it undone?"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Stays with the take-over. Name no clients."),
    )
