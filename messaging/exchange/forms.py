"""Forms of the message pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.accounts.models import MainContractor
from hoofdaannemer.core.forms import PlainForm
from hoofdaannemer.core.scope import Scope
from messaging.exchange import selectors
from messaging.exchange.services.imports import File
from messaging.istandaard import MAX_BYTES

MOST_FILES = 20


class _ManyFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True
    template_name = "django/forms/widgets/file.html"


class MessageFilesField(forms.FileField):
    """One or more XML files; gives a list of `File`."""

    widget = _ManyFilesInput

    def clean(self, data: Any, initial: Any = None) -> Any:
        given = (data or [None]) if isinstance(data, list | tuple) else [data]
        files = [super(MessageFilesField, self).clean(one, initial) for one in given]
        if len(files) > MOST_FILES:
            raise ValidationError(_("Choose at most 20 files at once."), code="too_many")
        return [self._read(one) for one in files]

    def _read(self, file: UploadedFile[Any]) -> File:
        if (file.size or 0) > MAX_BYTES:
            raise ValidationError(_("A message is at most 25 MB."), code="too_large")
        return File(file.name or "", file.read())


class SettleForm(PlainForm):
    """How a refused message was dealt with, in a sentence."""

    note = forms.CharField(
        label=_("How was it dealt with?"),
        help_text=_("For example: agreed by phone with the other side. No names of clients."),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class UploadForm(PlainForm):
    """Files with messages; which main contractor they are for is asked only who has several."""

    documents = MessageFilesField(
        label=_("Files"),
        help_text=_("One or more XML files of iWmo or iJw, each at most 25 MB."),
        widget=_ManyFilesInput(attrs={"accept": ".xml,application/xml,text/xml"}),
    )

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, scope=scope, **kwargs)
        self.main_contractors = list(selectors.main_contractors_of(scope))
        if len(self.main_contractors) > 1:
            self.fields["main_contractor"] = forms.TypedChoiceField(
                label=_("For which main contractor"),
                choices=[(str(row.pk), str(row)) for row in self.main_contractors],
                coerce=int,
            )

    @property
    def main_contractor(self) -> MainContractor | None:
        """The one that was chosen, or the only one. Only after `is_valid()`."""
        chosen = self.cleaned_data.get("main_contractor")
        if chosen is None:
            return self.main_contractors[0] if self.main_contractors else None
        return next(row for row in self.main_contractors if row.pk == chosen)
