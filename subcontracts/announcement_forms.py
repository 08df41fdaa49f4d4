"""Telling something to subcontractors."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.core.forms import DutchDateField, PlainForm
from subcontracts.models import Subcontractor
from subcontracts.services.announcements import MOST_BYTES, AnnouncementFacts

_LONGEST_NAME: Final = 120


class AnnouncementForm(PlainForm):
    """What is told, to whom, and when."""

    title = forms.CharField(label=_("Title"), max_length=120)
    text = forms.CharField(
        label=_("Text"),
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("Name no clients."),
    )
    start_date = DutchDateField(label=_("From"))
    end_date = DutchDateField(
        label=_("Up to and including"),
        required=False,
        help_text=_("Leave empty to ask until everybody has read it."),
    )
    to = forms.ModelMultipleChoiceField(
        label=_("To whom"),
        queryset=Subcontractor.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Choose nobody to tell all who work for you on the first day."),
    )
    file = forms.FileField(
        label=_("Attachment (PDF)"),
        required=False,
        help_text=_("At most 10 MB."),
        widget=forms.ClearableFileInput(attrs={"accept": "application/pdf,.pdf"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        to: Any = self.fields["to"]
        rows = Subcontractor.objects.visible_to(self.scope).select_related("provider_organisation")
        to.queryset = rows.exclude(end_date__lt=self.scope.today)

    @property
    def values(self) -> dict[str, Any]:
        """For `announcements.announce`. Only after `is_valid()`."""
        found = dict(self.cleaned_data)
        to, file = list(found.pop("to")), found.pop("file")
        if file is not None:
            # One byte more than is taken, so that the service sees a file that is too large.
            found["attachment"] = file.read(MOST_BYTES + 1)
            found["attachment_name"] = file.name[-_LONGEST_NAME:]
        return {"facts": AnnouncementFacts(**found), "to": to}
