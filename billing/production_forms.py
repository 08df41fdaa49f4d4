"""What is filled in for a production statement and its audit."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dates import MONTHS
from django.utils.translation import gettext_lazy as _

from billing.models import AuditOpinion, AuditTerms
from billing.rules.sampling import NAMES, Way
from billing.selectors.audit_terms import Terms, shipped
from billing.services.audits import MOST_BYTES, MOST_LINES
from hoofdaannemer.core.forms import (
    DutchDateField,
    EuroField,
    PlainForm,
    RadioCards,
    VolumeField,
)
from hoofdaannemer.core.periods import Month
from subcontracts.models import MunicipalContract

_DECEMBER: Final = 12
_TYPED_DAY: Final = re.compile(r"([0-9]{1,2})[-/ ]([0-9]{1,2})")


class NewProductionForm(PlainForm):
    """Of which contract and year."""

    contract = forms.ModelChoiceField(
        label=_("Municipal contract"), queryset=MunicipalContract.objects.none()
    )
    year = forms.TypedChoiceField(label=_("Year"), coerce=int)
    month = forms.TypedChoiceField(
        label=_("Up to and including"),
        coerce=int,
        choices=list(MONTHS.items()),
        initial=_DECEMBER,
        help_text=_("December for the whole year; an earlier month for what it came to so far."),
    )

    def __init__(self, *args: Any, years: Sequence[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        contract: Any = self.fields["contract"]
        contract.queryset = MunicipalContract.objects.visible_to(kwargs["scope"])
        year: Any = self.fields["year"]
        year.choices = [(one, str(one)) for one in years]

    @property
    def last_month(self) -> Month:
        """The last month in it. Only after `is_valid()`."""
        return Month(self.cleaned_data["year"], self.cleaned_data["month"])


class EstablishForm(PlainForm):
    """Why it is established although somebody did not answer."""

    reason = forms.CharField(
        label=_("Why are parts established that were not confirmed?"), max_length=300
    )


class WaiveForm(PlainForm):
    """Why a statement does without reports of own teams."""

    reason = forms.CharField(
        label=_("Why does it do without these reports?"),
        max_length=300,
        help_text=_("The municipality reads it in the letter. Name no clients."),
    )


class ObjectionToPartForm(PlainForm):
    """What is wrong with one's own part."""

    text = forms.CharField(
        label=_("What is wrong?"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Name the product and the figure that it should be. Name no clients."),
    )


class OpinionForm(PlainForm):
    """What the auditor found."""

    kind = forms.ChoiceField(
        label=_("Opinion"), choices=AuditOpinion.Kind.choices, widget=RadioCards
    )
    given_on = DutchDateField(label=_("Given on"))
    auditor = forms.CharField(label=_("Auditor"), max_length=120)
    file = forms.FileField(
        label=_("The opinion (PDF)"),
        help_text=_("At most 10 MB."),
        widget=forms.ClearableFileInput(attrs={"accept": "application/pdf,.pdf"}),
    )

    @property
    def values(self) -> dict[str, Any]:
        """With the file's bytes, by one byte more than is taken. Only after `is_valid()`."""
        found = dict(self.cleaned_data)
        return {**found, "document": found.pop("file").read(MOST_BYTES + 1)}


class SampleForm(PlainForm):
    """How, how many, and with which seed."""

    way = forms.TypedChoiceField(
        label=_("Method"),
        coerce=Way,
        choices=[(one.value, name) for one, name in NAMES.items()],
        initial=Way.MONETARY.value,
        widget=RadioCards,
    )
    size = VolumeField(label=_("Size"), min_value=1, max_value=MOST_LINES, initial=25)
    seed = forms.CharField(
        label=_("Seed"),
        max_length=40,
        help_text=_("A word or number that the auditor names. The same seed draws the same lines."),
    )

    @property
    def values(self) -> dict[str, Any]:
        return {**self.cleaned_data, "size": int(self.cleaned_data["size"])}


class DayField(forms.CharField):
    """A day and month such as `01-03`, kept as `03-01`."""

    default_error_messages = {"invalid": _("Write a day and a month, such as 01-03.")}

    def clean(self, value: Any) -> str:
        typed = str(super().clean(value))
        if not typed:
            return ""
        if not (found := _TYPED_DAY.fullmatch(typed)):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        day, month = (int(part) for part in found.groups())
        return f"{month:02d}-{day:02d}"


class TermsForm(PlainForm):
    """From which amount on an auditor looks; what is left empty is as the protocol says."""

    contract = forms.ModelChoiceField(
        label=_("Municipal contract"),
        queryset=MunicipalContract.objects.none(),
        required=False,
        empty_label=_("all contracts"),
    )
    from_year = forms.TypedChoiceField(label=_("From the year"), coerce=int)
    area = forms.ChoiceField(
        label=_("Protocol"), choices=AuditTerms.Area.choices, widget=RadioCards
    )
    threshold = EuroField(label=_("Threshold"), required=False, min_value=0)
    statement_before = DayField(label=_("Statement before"), required=False, max_length=5)
    opinion_before = DayField(label=_("Opinion before"), required=False, max_length=5)
    source = forms.CharField(
        label=_("Source"),
        max_length=200,
        help_text=_("Such as the region's protocol with its date."),
    )

    def __init__(self, *args: Any, years: Sequence[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        contract: Any = self.fields["contract"]
        contract.queryset = MunicipalContract.objects.visible_to(kwargs["scope"])
        year: Any = self.fields["from_year"]
        year.choices = [(one, str(one)) for one in years]

    @property
    def terms(self) -> Terms:
        """What was filled in over what is shipped. Only after `is_valid()`."""
        found = self.cleaned_data
        usual = shipped(AuditTerms.Area(found["area"]), found["from_year"])
        given = found["threshold"]
        return Terms(
            area=usual.area,
            threshold=usual.threshold if given is None else given,
            statement_before=found["statement_before"] or usual.statement_before,
            opinion_before=found["opinion_before"] or usual.opinion_before,
            source=found["source"],
        )
