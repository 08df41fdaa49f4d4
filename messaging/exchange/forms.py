"""Forms of the message pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.accounts.models import MainContractor
from hoofdaannemer.core.forms import FilesField, ManyFilesInput, PlainForm
from hoofdaannemer.core.scope import Scope
from messaging.exchange import selectors
from messaging.exchange.services.imports import File
from messaging.istandaard import MAX_BYTES

MOST_FILES = 20


class MessageFilesField(FilesField):
    """One or more XML files; gives a list of `File`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, most_files=MOST_FILES, most_bytes=MAX_BYTES, **kwargs)

    def clean(self, data: Any, initial: Any = None) -> Any:
        return [File(name, content) for name, content in super().clean(data, initial)]


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
        widget=ManyFilesInput(attrs={"accept": ".xml,application/xml,text/xml"}),
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
