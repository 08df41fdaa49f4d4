"""Showing a result, judging it, and objecting to the verdict."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from billing.models import TrajectoryResult
from billing.rules.results import OF_BONUS
from billing.services.results import MOST_BYTES, MOST_TEXT, Finding, Shown
from hoofdaannemer.core.attachments import plain_name
from hoofdaannemer.core.forms import PlainForm, RadioCards, VolumeField

Outcome = TrajectoryResult.Outcome
_LONG = forms.Textarea(attrs={"rows": 6})
_NO_NAMES = _("Name no clients. It is stored encrypted.")


class _ShownForm(PlainForm):
    text = forms.CharField(max_length=MOST_TEXT, widget=_LONG, help_text=_NO_NAMES)
    file = forms.FileField(
        label=_("File (PDF)"),
        required=False,
        help_text=_("At most 5 MB; without names, birth dates and citizen service numbers."),
        widget=forms.ClearableFileInput(attrs={"accept": "application/pdf,.pdf"}),
    )

    @property
    def shown(self) -> Shown:
        """What was filled in, the file by one byte more than is taken. Only after `is_valid()`."""
        found = self.cleaned_data.get("file")
        return Shown(
            text=self.cleaned_data["text"],
            file=found.read(MOST_BYTES + 1) if found else b"",
            file_name=plain_name(found.name) if found else "",
        )


class EvidenceForm(_ShownForm):
    """What came of a trajectory."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].label = _("What came of it?")


class ResultObjectionForm(_ShownForm):
    """Why one does not agree with the verdict."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].label = _("Why do you not agree?")


class FindingForm(PlainForm):
    """What was found, and why."""

    outcome = forms.ChoiceField(
        label=_("What was found?"),
        choices=[one for one in Outcome.choices if one[0] != Outcome.EXPIRED],
        widget=RadioCards(
            explanations={
                Outcome.MET: _("All that depends on it is paid."),
                Outcome.PARTLY: _("A part of it is paid; you say which."),
                Outcome.NOT_MET: _("Nothing that depends on it is paid."),
                Outcome.UNJUDGED: _("It is paid as if nothing depended on the result."),
            }
        ),
    )
    percent = VolumeField(
        label=_("Which part was met?"),
        decimal_places=2,
        unit="%",
        required=False,
        min_value=Decimal("0.01"),
        max_value=Decimal("99.99"),
        help_text=_("Only where it was partly met."),
    )
    ground = forms.CharField(
        label=_("Why?"),
        max_length=MOST_TEXT,
        widget=_LONG,
        help_text=_("Say on whose word, and what it rests on. Name no clients."),
    )

    def clean(self) -> dict[str, Any]:
        """A part goes with what was partly met, and with that alone."""
        values = super().clean() or self.cleaned_data
        is_partly = values.get("outcome") == Outcome.PARTLY
        if is_partly and values.get("percent") is None and "percent" not in self.errors:
            self.add_error("percent", _("Fill in which part was met."))
        return values

    def __init__(self, *args: Any, result: TrajectoryResult, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if result.is_bonus:
            # There is no care that was delivered to fall back on.
            outcome: Any = self.fields["outcome"]
            outcome.choices = [one for one in outcome.choices if one[0] in OF_BONUS]

    @property
    def finding(self) -> Finding:
        """What was filled in. Only after `is_valid()`."""
        outcome = Outcome(self.cleaned_data["outcome"])
        share = self.cleaned_data["percent"] / 100 if outcome == Outcome.PARTLY else None
        return Finding(outcome=outcome, ground=self.cleaned_data["ground"], share=share)
