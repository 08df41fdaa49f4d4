"""Forms of an FTE report as a file: the file, the meaning of its columns, what is left out."""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Mapping, Sequence
from typing import Any, Final

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing.rules.ftefile import FteField, FteLayout
from hoofdaannemer.core.forms import PlainForm

#: Bytes; a report of some thousands of people is far smaller.
MOST_BYTES: Final = 1024 * 1024
#: What a page carries along at most, signed and packed.
_MOST_CARRIED: Final = 2 * MOST_BYTES
#: Seconds for which a page with a file stays good.
_KEPT: Final = 24 * 3600

LABELS: Final[Mapping[FteField, str | Promise]] = {
    FteField.REFERENCE: gettext_lazy("Number of the professional"),
    FteField.NAME: gettext_lazy("Name of the professional"),
    FteField.FTE: gettext_lazy("FTE on this contract"),
    FteField.CONTRACT: gettext_lazy("FTE by employment contract"),
    FteField.HOURS: gettext_lazy("Hours worked"),
    FteField.ABSENCE: gettext_lazy("Hours absent"),
    FteField.AREA: gettext_lazy("Area or team"),
    FteField.MONTH: gettext_lazy("Month"),
}


def carried(raw: bytes, report: int) -> str:
    """A file as the page carries it to its next step: packed, and signed for this report."""
    packed = base64.b85encode(zlib.compress(raw)).decode()
    return signing.dumps(packed, salt=_salt(report))


def _salt(report: int) -> str:
    return f"fte_file:{report}"


class FteFileForm(PlainForm):
    """The file: chosen now, or carried along from the check before."""

    hides_optional = True

    file = forms.FileField(
        label=gettext_lazy("File with who worked how much (CSV or Excel)"),
        help_text=gettext_lazy("At most 1 MB: a row for each professional, with number and FTE."),
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx"}),
    )
    carried = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, report: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._report = report

    def clean_file(self) -> bytes:
        """The bytes; a file that is too large is not read."""
        upload = self.cleaned_data["file"]
        if not upload:
            return b""
        if upload.size > MOST_BYTES:
            raise ValidationError(_("This file is larger than 1 MB. Split it."))
        content: bytes = upload.read()
        return content

    def clean(self) -> dict[str, Any]:
        """A file of one of the two."""
        values = super().clean() or self.cleaned_data
        self.is_new = bool(values.get("file"))
        if "file" in values and not self.is_new:
            values["file"] = self._unpacked(values.get("carried", ""))
            if not values["file"]:
                self.add_error("file", _("Choose the file with your report."))
        return values

    def _unpacked(self, text: str) -> bytes:
        if not text or len(text) > _MOST_CARRIED:
            return b""
        try:
            packed = signing.loads(text, salt=_salt(self._report), max_age=_KEPT)
            return zlib.decompress(base64.b85decode(packed))
        except (signing.BadSignature, binascii.Error, zlib.error, ValueError):
            return b""


class FteColumnsForm(PlainForm):
    """What each column of the file means, and that wrong rows are left out."""

    hides_optional = True

    def __init__(
        self, *args: Any, heads: Sequence[str], layout: FteLayout, has_wrong: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("not in this file")), *((head, head) for head in heads if head)]
        for one, label in LABELS.items():
            self.fields[f"column_{one}"] = forms.ChoiceField(
                label=str(label),
                required=False,
                choices=choices,
                initial=layout.columns.get(one, ""),
            )
        self.fields["decimals"] = forms.ChoiceField(
            label=_("Numbers are written as"),
            choices=[("comma", "0,85"), ("point", "0.85")],
            initial="point" if layout.has_point else "comma",
        )
        if has_wrong:
            self.fields["leave_out"] = forms.BooleanField(
                label=_("Take the good rows over, and leave the wrong ones out"),
                help_text=_("You mend those and hand them in again: what was taken stays."),
                required=False,
            )

    @property
    def layout(self) -> FteLayout:
        """What was chosen. Only after `is_valid()`."""
        values = self.cleaned_data
        columns = {one: values[f"column_{one}"] for one in LABELS if values[f"column_{one}"]}
        return FteLayout(columns, values["decimals"] == "point")
