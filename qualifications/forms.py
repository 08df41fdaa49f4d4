"""Forms: upload a proof, judge a proof."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.core.filters import Chip, shown
from hoofdaannemer.core.forms import DutchDateField, PlainForm
from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.templatetags.core_format import date_nl
from qualifications.models import Requirement
from qualifications.status import Status
from subcontracts.models import Professional, Subcontractor


class OverviewForm(PlainForm):
    """What of the overview is shown; kept in the address."""

    MISSING, LAPSING = "missing", "lapsing"

    subcontractor = forms.ModelChoiceField(
        queryset=Subcontractor.objects.none(),
        required=False,
        label=_("Subcontractor"),
        empty_label=_("All"),
    )
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("All")), (MISSING, _("missing")), (LAPSING, _("lapses soon"))],
    )

    def __init__(self, *args: Any, scope: Any, **kwargs: Any) -> None:
        super().__init__(*args, scope=scope, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["subcontractor"].queryset = Subcontractor.objects.visible_to(scope).select_related(
            "provider_organisation"
        )

    def shows(self, one: Status) -> bool:
        """Whether a line passes; a choice that does not exist lets nothing through."""
        if not self.is_valid():
            return False
        chosen, state = self.cleaned_data["subcontractor"], self.cleaned_data["state"]
        is_chosen = chosen is None or chosen == one.subcontractor
        return is_chosen and (not state or one.met == (state == self.LAPSING))

    @property
    def chips(self) -> list[Chip]:
        """What is narrowed down, with the address without it."""
        self.is_valid()
        return [
            Chip(
                str(self.fields[name].label),
                shown(self.fields[name], value),
                "?" + urlencode({k: v for k, v in self.data.items() if k not in {name, "page"}}),
            )
            for name, value in self.cleaned_data.items()
            if value
        ]


class EvidenceForm(PlainForm):
    """A proof of the own organisation or of one of its professionals."""

    requirement = forms.ModelChoiceField(
        queryset=Requirement.objects.none(), label=_("What does this prove?")
    )
    professional = forms.ModelChoiceField(
        queryset=Professional.objects.none(),
        required=False,
        label=_("For whom?"),
        empty_label=_("Our organisation"),
    )
    number = forms.CharField(
        max_length=60,
        required=False,
        label=_("Number"),
        help_text=_("Number in the register, or of the certificate."),
    )
    valid_from = DutchDateField(label=_("Valid from"))
    valid_until = DutchDateField(
        required=False,
        label=_("Valid until"),
        help_text=_("Including this day. Leave empty if it does not expire."),
    )
    file = forms.FileField(label=_("File"), help_text=_("PDF, PNG or JPG, at most 10 MB."))

    def __init__(self, *args: Any, scope: Any, **kwargs: Any) -> None:
        super().__init__(*args, scope=scope, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["requirement"].queryset = Requirement.objects.visible_to(scope).to_show(scope.today)
        fields["requirement"].label_from_instance = partial(_label, today=scope.today)
        professionals = Professional.objects.visible_to(scope).in_force_on(scope.today)
        fields["professional"].queryset = professionals
        fields["professional"].label_from_instance = lambda p: f"{p.name} ({p.reference})"

    def clean(self) -> dict[str, Any]:
        """Check that subject and dates fit."""
        cleaned = super().clean() or {}
        first, last = cleaned.get("valid_from"), cleaned.get("valid_until")
        if first and last and last < first:
            self.add_error("valid_until", _("This is before the first day."))
        requirement = cleaned.get("requirement")
        if requirement:
            personal = requirement.applies_to == Requirement.AppliesTo.PROFESSIONAL
            if personal and not cleaned.get("professional"):
                self.add_error("professional", _("Choose the professional of whom this is."))
            if not personal and cleaned.get("professional"):
                self.add_error("professional", _("This is asked of the organisation as a whole."))
        return cleaned

    @property
    def validity(self) -> Period:
        """The period of the proof, both ends included."""
        return Period(self.cleaned_data["valid_from"], self.cleaned_data["valid_until"])


class ReviewForm(PlainForm):
    """Approve, or reject with a reason and a first day."""

    decision = forms.ChoiceField(
        choices=[("approve", _("Approve")), ("reject", _("Reject"))],
        widget=forms.RadioSelect,
        label=_("Decision"),
    )
    reason = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        label=_("Reason"),
        help_text=_("Needed for a rejection. The subcontractor reads it."),
    )
    effective_from = DutchDateField(
        required=False,
        label=_("Rejected from"),
        help_text=_("First day on which this proof no longer counts. Empty: from its first day."),
    )

    def clean(self) -> dict[str, Any]:
        """A rejection has a reason."""
        cleaned = super().clean() or {}
        if cleaned.get("decision") == "reject" and not cleaned.get("reason", "").strip():
            self.add_error("reason", _("Say why, so that the subcontractor can mend it."))
        return cleaned

    @property
    def values(self) -> dict[str, Any]:
        """Arguments of `review_evidence`."""
        return {
            "approved": self.cleaned_data["decision"] == "approve",
            "reason": self.cleaned_data["reason"],
            "effective_from": self.cleaned_data["effective_from"],
        }


def _label(requirement: Requirement, today: date) -> str:
    """Its name with the level, and from when it is asked where that is still to come."""
    name = requirement.name
    if requirement.level:
        name = f"{name} ({requirement.get_level_display()})"
    if requirement.start_date > today:
        name = _from(name, requirement.start_date)
    return name


def _from(name: str, day: date) -> str:
    return gettext("%(name)s, from %(day)s") % {"name": name, "day": date_nl(day)}
