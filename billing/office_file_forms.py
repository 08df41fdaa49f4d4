"""Forms of an office's file: the file, and which column names the practice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing.declaration_file_forms import LayoutForm
from billing.declaration_file_words import FIELDS
from billing.rules.officefile import OfficeLayout
from hoofdaannemer.core import sheets
from hoofdaannemer.core.forms import FilesField, ManyFilesInput, PlainForm
from messaging.istandaard import MAX_BYTES


class OfficeUploadForm(PlainForm):
    """A table with rows of several practices."""

    file = forms.FileField(
        label=gettext_lazy("File with the rows of your practices"),
        help_text=gettext_lazy(
            "CSV or Excel, at most 10 MB. One column names the practice: its number in the trade"
            " register (KvK) or its AGB code."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx"}),
    )

    def clean_file(self) -> bytes:
        """The bytes; a file that is too large is not read."""
        upload = self.cleaned_data["file"]
        self.cleaned_data["name"] = upload.name
        if upload.size > sheets.MOST_BYTES:
            raise ValidationError(_("This file is larger than 10 MB. Split it."))
        content: bytes = upload.read()
        return content


class OfficeMessagesForm(PlainForm):
    """Declarations as messages, each of one practice."""

    documents = FilesField(
        label=gettext_lazy("Declarations (323) of your practices"),
        help_text=gettext_lazy(
            "One or more XML files of your software, at most 20 at once, each at most 25 MB. The"
            " AGB code of the sender says for which practice it is."
        ),
        most_files=20,
        most_bytes=MAX_BYTES,
        widget=ManyFilesInput(attrs={"accept": ".xml,application/xml,text/xml"}),
    )


class OfficeLayoutForm(LayoutForm):
    """What each column means, and first which one names the practice."""

    def __init__(
        self, *args: Any, heads: Sequence[str], layout: OfficeLayout, scope: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, heads=heads, layout=layout.layout, scope=scope, **kwargs)
        self.fields["practice"] = forms.ChoiceField(
            label=_("Practice"),
            help_text=_("Its number in the trade register (KvK), or its AGB code."),
            choices=[("", _("not in this file")), *((head, head) for head in heads if head)],
            initial=layout.practice,
        )
        self.order_fields(["practice"])

    def clean(self) -> dict[str, Any]:
        """The column of the practice means nothing else."""
        values = super().clean()
        practice = values.get("practice")
        for field in FIELDS:
            if practice and values.get(field.value) == practice:
                text = _("This column names the practice. Choose another. (BIL-283)")
                self.add_error(field.value, text)
        return values

    @property
    def office_layout(self) -> OfficeLayout:
        """What was chosen. Only after `is_valid()`."""
        return OfficeLayout(self.cleaned_data["practice"], self.layout)
