"""Forms for formal decisions, objections to them, and how those ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.core.forms import DutchDateField, PlainForm
from subcontracts.models import FormalDecision, Objection
from subcontracts.rules.objections import MOST_WEEKS_PUT_OFF
from subcontracts.services.decisions import Facts, Subject
from subcontracts.services.objections import Outcome, Received

_Kind = FormalDecision.Kind


def _chosen(choices: Sequence[tuple[Any, Any]]) -> list[tuple[str, str]]:
    return [(str(value), capfirst(str(label))) for value, label in choices]


class DecisionForm(PlainForm):
    """What a letter of the municipality says; or that no decision was given."""

    # Who decided and when is asked for by what was decided; the hints say what may stay empty.
    hides_optional = True
    about = forms.ChoiceField(label=_("What is it about?"))
    kind = forms.ChoiceField(
        label=_("What was decided?"), choices=_chosen(_Kind.choices), widget=forms.RadioSelect
    )
    decided_by = forms.ChoiceField(
        label=_("Who decided?"),
        choices=_chosen(FormalDecision.Decider.choices),
        widget=forms.RadioSelect,
        required=False,
    )
    number = forms.CharField(
        label=_("Number of the decision"),
        required=False,
        max_length=40,
        help_text=_("As it stands in the letter. Leave empty if it has none."),
    )
    decision_date = DutchDateField(label=_("Date of the decision"), required=False)
    sent_date = DutchDateField(
        label=_("Sent to the resident on"),
        required=False,
        help_text=_("The six weeks to object begin on the day after. Leave empty if unknown."),
    )
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("In words. Needed where not everything was granted."),
    )

    def __init__(self, *args: Any, subjects: Mapping[str, tuple[Subject, str]], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.subjects = subjects
        if len(subjects) == 1:
            # Nothing to choose.
            del self.fields["about"]
            return
        about: Any = self.fields["about"]
        about.choices = [(key, capfirst(label)) for key, (_subject, label) in subjects.items()]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        kind = found.get("kind")
        if kind and kind != _Kind.NOT_GIVEN:
            self._ask_for(found, "decided_by", "decision_date")
            if kind != _Kind.GRANTED:
                self._ask_for(found, "reason")
        decided, sent = found.get("decision_date"), found.get("sent_date")
        for name, day in (("decision_date", decided), ("sent_date", sent)):
            if day and day > self.scope.today:
                self.add_error(name, _("Fill in a day up to today."))
        if decided and sent and sent < decided:
            self.add_error("sent_date", _("A decision is sent on its own day or later."))
        return found

    def _ask_for(self, found: Mapping[str, Any], *names: str) -> None:
        for name in names:
            if not found.get(name) and name not in self.errors:
                self.add_error(name, _("Fill this in, or choose that there is no decision."))

    @property
    def subject(self) -> Subject:
        """What the decision is about. Only after `is_valid()`."""
        key = self.cleaned_data.get("about") or next(iter(self.subjects))
        return self.subjects[key][0]

    @property
    def facts(self) -> Facts:
        """What it says. Only after `is_valid()`."""
        return Facts(**{name: value for name, value in self.values.items() if name != "about"})


class ObjectionForm(PlainForm):
    """How an objection came in, and how long the answer may take."""

    received_date = DutchDateField(label=_("Received by the municipality on"))
    posted_date = DutchDateField(
        label=_("Posted on"),
        required=False,
        help_text=_(
            "Only if it came by post. What was posted in time may come in up to a week late."
        ),
    )
    is_advised = forms.BooleanField(
        label=_("An advisory committee is heard"),
        required=False,
        help_text=_("The municipality then has twelve weeks instead of six to decide."),
    )
    weeks_put_off = forms.TypedChoiceField(
        label=_("Weeks by which the answer was put off"),
        coerce=int,
        choices=[(weeks, str(weeks)) for weeks in range(MOST_WEEKS_PUT_OFF + 1)],
        help_text=_("At most six; the municipality writes this to who objected."),
    )
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Who objects, and to what."),
    )

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        received, posted = found.get("received_date"), found.get("posted_date")
        if received and received > self.scope.today:
            self.add_error("received_date", _("Fill in a day up to today."))
        if received and posted and posted > received:
            self.add_error("posted_date", _("It cannot be posted after it was received."))
        return found

    @property
    def received(self) -> Received:
        """What is recorded. Only after `is_valid()`."""
        return Received(**self.values)


class OutcomeForm(PlainForm):
    """How an objection ended."""

    outcome = forms.ChoiceField(
        label=_("How did it end?"),
        choices=_chosen(Objection.Outcome.choices),
        widget=forms.RadioSelect,
    )
    outcome_date = DutchDateField(
        label=_("On which day?"),
        help_text=_("The date of the decision on the objection, or of the withdrawal."),
    )
    text = forms.CharField(
        label=_("In words"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("What was decided, and what it means for the care."),
    )

    @property
    def ended(self) -> Outcome:
        """What is recorded. Only after `is_valid()`."""
        return Outcome(**self.values)
