"""Forms of declaration files: the file, the meaning of its columns, and what is left out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from billing.declaration_file_words import FIELDS
from billing.rules.filecolumns import NEEDED, Field, Layout
from billing.rules.pxq import Unit
from billing.rules.sentences import WORDS
from hoofdaannemer.core import sheets
from hoofdaannemer.core.forms import PlainForm
from messaging.istandaard import MAX_BYTES

_WITH_COMMA: Final = "comma"
_WITH_POINT: Final = "point"


class UploadForm(PlainForm):
    """A declaration as a file: a 323, CSV or Excel."""

    file = forms.FileField(
        label=gettext_lazy("File with your declaration"),
        help_text=gettext_lazy(
            "A 323 of your software (XML, at most 25 MB), or an export of your own administration"
            " (CSV or Excel, at most 10 MB)."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".xml,.csv,.txt,.tsv,.xlsx"}),
    )

    def clean_file(self) -> bytes:
        """The bytes; a file that is too large is not read."""
        upload = self.cleaned_data["file"]
        self.cleaned_data["name"] = upload.name
        self.cleaned_data["is_sheet"] = not upload.name.lower().endswith(".xml")
        if upload.size > MAX_BYTES:
            raise ValidationError(_("This file is larger than 25 MB. Split the declaration."))
        if self.cleaned_data["is_sheet"] and upload.size > sheets.MOST_BYTES:
            raise ValidationError(_("This file is larger than 10 MB. Split it."))
        content: bytes = upload.read()
        if content.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<"):
            self.cleaned_data["is_sheet"] = False
        return content


class LayoutForm(PlainForm):
    """What each column of a file means, and how numbers and days are written in it."""

    #: Most of the columns a file does not have: saying so at each would only tire.
    hides_optional = True

    def __init__(
        self, *args: Any, heads: Sequence[str], layout: Layout, scope: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, scope=scope, **kwargs)
        choices = [(head, head) for head in heads if head]
        for field, (label, told) in FIELDS.items():
            self.fields[field.value] = forms.ChoiceField(
                label=str(label),
                help_text=str(told),
                required=field in NEEDED,
                choices=[("", _("not in this file")), *choices],
                initial=layout.head(field),
            )
        self.fields["default_unit"] = forms.ChoiceField(
            label=_("Unit of the volumes"),
            help_text=_("Where no column says it."),
            required=False,
            choices=[("", _("that of the contract")), *_units()],
            initial=layout.unit,
        )
        self.fields["decimals"] = forms.ChoiceField(
            label=_("Numbers are written as"),
            choices=[(_WITH_COMMA, "1.234,50"), (_WITH_POINT, "1,234.50")],
            initial=_WITH_POINT if layout.has_point else _WITH_COMMA,
        )
        self.fields["days"] = forms.ChoiceField(
            label=_("Days are written as"),
            help_text=_("Days that the spreadsheet knows as days are read in any case."),
            choices=[
                ("day", _("31-10-2026 or 2026-10-31")),
                ("month", _("10/31/2026, the month first")),
            ],
            initial="month" if layout.month_first else "day",
        )

    def clean(self) -> dict[str, Any]:
        """A column has one meaning, and a row says when the care was given."""
        values = super().clean() or self.cleaned_data
        taken: set[str] = set()
        for field in FIELDS:
            head = values.get(field.value)
            if head and head in taken:
                text = _("This column was chosen above already. Choose another. (BIL-142)")
                self.add_error(field.value, text)
            taken.add(head or "")
        if not values.get(Field.MONTH) and not values.get(Field.START):
            text = _("Point out the month, or the first day of the care. (BIL-141)")
            self.add_error(Field.MONTH.value, text)
        return values

    @property
    def layout(self) -> Layout:
        """What was chosen. Only after `is_valid()`."""
        values = self.cleaned_data
        return Layout(
            columns={one: values[one.value] for one in FIELDS if values[one.value]},
            has_point=values["decimals"] == _WITH_POINT,
            month_first=values["days"] == "month",
            unit=values["default_unit"],
        )


class SendForm(PlainForm):
    """Said only where some rows are left out."""

    leave_out = forms.BooleanField()

    def __init__(self, *args: Any, wrong: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["leave_out"].label = ngettext(
            "Hand in the good rows and leave out the %(count)s row that cannot be read",
            "Hand in the good rows and leave out the %(count)s rows that cannot be read",
            wrong,
        ) % {"count": wrong}


def _units() -> list[tuple[str, str]]:
    return [(unit.value, str(WORDS[f"unit.{unit.value}"])) for unit in Unit]
