"""Forms of reconciliations: with whom, by which file, and how a difference is explained."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.core.forms import PlainForm
from subcontracts.models import ContractMunicipality
from subcontracts.rules.csvfiles import MOST_BYTES


class ReconcileForm(PlainForm):
    """A municipality under one law, and its file."""

    # The file is needed for one of the two buttons.
    hides_optional = True

    share = forms.ModelChoiceField(
        label=_("Municipality and law"),
        queryset=ContractMunicipality.objects.none(),
        empty_label=_("Choose"),
    )
    file = forms.FileField(
        label=_("File of the municipality (CSV)"),
        required=False,
        help_text=_("At most 2 MB, saved as CSV UTF-8."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,text/csv"}),
    )

    def __init__(self, *args: Any, choices: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice: Any = self.fields["share"]
        choice.queryset = choices
        choice.label_from_instance = lambda row: (
            f"{row.municipality} · {row.contract.get_family_display()}"
        )

    def clean_file(self) -> bytes:
        """The bytes; a file that is too large is not read."""
        upload = self.cleaned_data["file"]
        if upload is None:
            return b""
        if upload.size > MOST_BYTES:
            raise ValidationError(_("This file is larger than 2 MB. Split it."), code="CSV-01")
        content: bytes = upload.read()
        return content

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        if "download" not in self.data and "file" in found and not found["file"]:
            self.add_error("file", _("Choose the file of the municipality."))
        return found


class ExplainForm(PlainForm):
    """How a difference is explained or put right."""

    note = forms.CharField(
        label=_("Explanation"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Such as: the municipality takes over the end date. No names."),
    )
