"""Giving the mandate of an office, ending one, and taking in an office."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.accounts.services.mandates import NewMandate
from hoofdaannemer.core.forms import DutchDateField, PlainForm
from hoofdaannemer.core.mandates import Subject

_LONG = forms.Textarea(attrs={"rows": 3})


class GiveMandateForm(PlainForm):
    """To which office, for what, from when until when, and what it rests on."""

    office_kvk = forms.CharField(
        label=_("Trade register number of the office"),
        max_length=12,
        help_text=_("8 digits. The office says it, or look it up in the trade register."),
    )
    subjects = forms.MultipleChoiceField(
        label=_("What may the office do for you?"),
        choices=Subject.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "Never part of it: another account number, signing contracts, inviting people and"
            " giving mandates. You keep doing that yourself."
        ),
    )
    start_date = DutchDateField(label=_("From"))
    end_date = DutchDateField(
        label=_("Up to and including"),
        required=False,
        help_text=_("Empty: until you withdraw it."),
    )
    ground = forms.CharField(
        label=_("What does it rest on?"),
        max_length=200,
        help_text=_("Such as: agreement on administration of 3 November 2026."),
    )
    document = forms.FileField(
        label=_("The signed mandate (PDF)"), required=False, help_text=_("At most 10 MB.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("start_date", self.scope.today)

    @property
    def mandate(self) -> NewMandate:
        """What was filled in. Only after `is_valid()`."""
        file = self.cleaned_data["document"]
        names = ("office_kvk", "subjects", "start_date", "end_date", "ground")
        return NewMandate(
            **{name: self.cleaned_data[name] for name in names},
            document=file.read() if file else None,
        )


class EndMandateForm(PlainForm):
    """Why it ends, for the other side to read."""

    reason = forms.CharField(label=_("Why?"), max_length=300, required=False, widget=_LONG)


class RefuseMandateForm(PlainForm):
    """Why this office does not act for a subcontractor of ours."""

    reason = forms.CharField(label=_("Why do you refuse it?"), max_length=300, widget=_LONG)


class OfficeForm(PlainForm):
    """The name and number of an office."""

    name = forms.CharField(label=_("Name"), max_length=120)
    kvk = forms.RegexField(
        r"^\d{8}$",
        label=_("Trade register number"),
        error_messages={"invalid": _("Enter 8 digits.")},
    )
