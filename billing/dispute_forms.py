"""Asking about a line of a statement, answering, and reacting to the answer."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from billing.models import Dispute, DisputeEntry
from billing.services.disputes import CORRECTABLE, Answer, Asked
from hoofdaannemer.core.forms import EuroField, PlainForm, RadioCards

Outcome = DisputeEntry.Outcome
#: What somebody may choose: a refused correction is said by the decision that refuses it.
_ANSWERS = [one for one in Outcome.choices if one[0] != Outcome.REFUSED]
_LONG = forms.Textarea(attrs={"rows": 5})


class AskForm(PlainForm):
    """What one wants to know, and what the amount should be where it is wrong."""

    kind = forms.ChoiceField(
        label=_("What is it?"),
        choices=Dispute.Kind.choices,
        initial=Dispute.Kind.QUESTION,
        widget=RadioCards(
            explanations={
                Dispute.Kind.QUESTION: _("You want to know how the amount came about."),
                Dispute.Kind.DISPUTE: _("The amount is wrong, and you know what it should be."),
            }
        ),
    )
    expected = EuroField(
        label=_("What should the line be?"),
        required=False,
        help_text=_("In euros; only where the amount is wrong."),
    )
    text = forms.CharField(
        label=_("Explain"), max_length=1000, widget=_LONG, help_text=_("Name no clients.")
    )

    def clean(self) -> dict[str, Any]:
        """A dispute names an amount; a question names none."""
        values = super().clean() or self.cleaned_data
        is_dispute = values.get("kind") == Dispute.Kind.DISPUTE
        if is_dispute and values.get("expected") is None and "expected" not in self.errors:
            self.add_error("expected", _("Fill in what the line should be, in euros."))
        return values

    @property
    def asked(self) -> Asked:
        """What was filled in. Only after `is_valid()`."""
        is_dispute = self.cleaned_data["kind"] == Dispute.Kind.DISPUTE
        expected: Decimal | None = self.cleaned_data["expected"] if is_dispute else None
        return Asked(text=self.cleaned_data["text"], expected=expected)


class AnswerForm(PlainForm):
    """What is answered, and what becomes of the amount."""

    outcome = forms.ChoiceField(
        label=_("What becomes of the amount?"),
        choices=_ANSWERS,
        widget=RadioCards(
            explanations={
                Outcome.EXPLAINED: _("You explain how it came about."),
                Outcome.STAYS: _("You do not agree, and say why."),
                Outcome.CORRECTED: _(
                    "You say what the line becomes. Once the subcontractor agrees, another"
                    " controller accepts the correction, and the next statement posts it."
                ),
                Outcome.ELSEWHERE: _(
                    "You say how: by a credit and a new line, or with the release of what is held."
                    " No correction follows by itself."
                ),
            }
        ),
    )
    becomes = EuroField(
        label=_("What does the line become?"),
        required=False,
        help_text=_("In euros; only where the amount is corrected."),
    )
    text = forms.CharField(
        label=_("Your answer"), max_length=1000, widget=_LONG, help_text=_("Name no clients.")
    )

    def __init__(self, *args: Any, dispute: Dispute, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        left_out = set()
        if dispute.kind == Dispute.Kind.QUESTION:
            left_out.add(Outcome.STAYS)
        if dispute.line.kind not in CORRECTABLE:
            left_out.add(Outcome.CORRECTED)
            del self.fields["becomes"]
        outcome: Any = self.fields["outcome"]
        outcome.choices = [one for one in _ANSWERS if one[0] not in left_out]

    def clean(self) -> dict[str, Any]:
        """A correction names what the line becomes."""
        values = super().clean() or self.cleaned_data
        is_corrected = values.get("outcome") == Outcome.CORRECTED
        if is_corrected and values.get("becomes") is None and "becomes" not in self.errors:
            self.add_error("becomes", _("Fill in what the line becomes, in euros."))
        return values

    @property
    def given(self) -> Answer:
        """What was filled in. Only after `is_valid()`."""
        outcome = Outcome(self.cleaned_data["outcome"])
        becomes = self.cleaned_data.get("becomes") if outcome == Outcome.CORRECTED else None
        return Answer(outcome=outcome, text=self.cleaned_data["text"], becomes=becomes)


class ReactForm(PlainForm):
    """Why one does not agree with the answer."""

    text = forms.CharField(
        label=_("Why do you not agree?"),
        max_length=1000,
        widget=_LONG,
        help_text=_("Name no clients."),
    )
