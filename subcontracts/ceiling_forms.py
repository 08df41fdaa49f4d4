"""The talk about a ceiling that is nearly used up, and the decision after it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.core.forms import DutchDateField, EuroField, PlainForm, RadioCards
from subcontracts.models import CeilingSignal
from subcontracts.services.ceiling_signals import Decided

_Decision = CeilingSignal.Decision


class TalkForm(PlainForm):
    """When the parties talked, and about what."""

    day = DutchDateField(label=_("Day of the talk"))
    note = forms.CharField(
        label=_("What was said"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("The subcontractor reads this too. Name no clients."),
    )


class CeilingForm(PlainForm):
    """The most that a contract pays in a calendar year, from a day on."""

    amount = EuroField(
        label=_("Ceiling a calendar year"),
        required=False,
        min_value=Decimal("0.01"),
        help_text=_("Empty: no ceiling from that day on."),
    )
    start_date = DutchDateField(label=_("From"))


class CeilingDecisionForm(PlainForm):
    """What is decided about the ceiling."""

    decision = forms.ChoiceField(
        label=_("What do you decide?"),
        choices=[(value, capfirst(str(label))) for value, label in _Decision.choices],
        widget=RadioCards(
            explanations={
                _Decision.RAISED: _("You have amended the contract; it says the new ceiling."),
                _Decision.CLIENT_STOP: _("A client stop is set from the day that you give below."),
                _Decision.ELSEWHERE: _("New clients are placed with other subcontractors."),
                _Decision.STAYS: _("What is left is enough for the care that runs."),
            }
        ),
    )
    stop_from = DutchDateField(
        label=_("No new clients from"), required=False, help_text=_("With a client stop only.")
    )
    day = DutchDateField(label=_("Decided on"))
    note = forms.CharField(
        label=_("Explanation"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The subcontractor reads this too. Name no clients."),
    )

    @property
    def decided(self) -> Decided:
        """What was filled in. Only after `is_valid()`."""
        values: dict[str, Any] = self.cleaned_data
        return Decided(**{**values, "decision": _Decision(values["decision"])})
