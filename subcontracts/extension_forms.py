"""Forms of options to extend a subcontract."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.core.forms import DutchDateField, PlainForm, RadioCards, VolumeField
from subcontracts.models import SubcontractOption
from subcontracts.services.extensions import Decision, OptionFacts

_Outcome = SubcontractOption.Outcome


def _note() -> forms.CharField:
    return forms.CharField(label=_("Note"), required=False, max_length=200)


class ExtensionForm(PlainForm):
    """A right to extend."""

    months = VolumeField(label=_("Extends by"), unit=_("months"), min_value=1, max_value=240)
    announce_by = DutchDateField(
        label=_("Announce at the latest on"),
        help_text=_("After this day the option can no longer be used."),
    )
    decide_by = DutchDateField(
        label=_("Decide at the latest on"),
        required=False,
        help_text=_("For your own work list. The subcontractor does not see it."),
    )
    note = _note()

    @property
    def facts(self) -> OptionFacts:
        """What was filled in, for the service. Only after `is_valid()`."""
        return OptionFacts(
            **{**self.cleaned_data, "months": int(self.cleaned_data["months"])},
        )


class DecideExtensionForm(PlainForm):
    """What became of an option."""

    outcome = forms.ChoiceField(
        label=_("What was decided?"),
        choices=[(value, capfirst(str(label))) for value, label in _Outcome.choices],
        widget=RadioCards(
            explanations={
                _Outcome.TAKEN: _("The contract is amended and goes on."),
                _Outcome.NOT_TAKEN: _("The contract keeps the end it has."),
            }
        ),
    )
    decided_on = DutchDateField(
        label=_("Decided on"), help_text=_("The day on which the subcontractor was told.")
    )
    outlives = forms.BooleanField(
        label=_("It may go on after the municipal contract ends"), required=False
    )
    note = _note()

    def __init__(self, *args: Any, asks_outlives: bool, **kwargs: Any) -> None:
        """`asks_outlives`: whether it would go on after the municipal contract."""
        super().__init__(*args, **kwargs)
        if not asks_outlives:
            del self.fields["outlives"]

    @property
    def decision(self) -> Decision:
        """What was filled in, for the service. Only after `is_valid()`."""
        return Decision(**self.cleaned_data)
