"""Forms about what changes of a municipal contract after it was put in."""

from __future__ import annotations

from typing import Final

from django import forms
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.core.forms import DutchDateField, PlainForm, RadioCards, VolumeField
from subcontracts.models import MunicipalContract
from subcontracts.services.municipal_changes import Facts

GIVEN, WITHDRAWN = "given", "withdrawn"
_STANDS: Final = _("Where it stands, such as an addendum or a letter of the municipality.")


def _source() -> forms.CharField:
    return forms.CharField(label=_("Source"), max_length=200, help_text=_STANDS)


class ChangeContractForm(PlainForm):
    """Another name, number or last day, and how terms are divided."""

    number = forms.CharField(label=_("Contract number"), max_length=30)
    name = forms.CharField(label=_("Name"), max_length=120)
    end_date = DutchDateField(
        label=_("Up to and including"),
        required=False,
        help_text=_("An option is taken on its own page. Empty for no last day."),
    )
    subcontractor_term_days = VolumeField(
        label=_("Part of each term that the subcontractor has"),
        max_value=20,
        unit=_("working days"),
    )
    agreed_on = DutchDateField(label=_("Agreed on"))
    source = _source()

    @property
    def facts(self) -> Facts:
        """What was filled in, for the service. Only after `is_valid()`."""
        found = self.cleaned_data
        return Facts(
            number=found["number"],
            name=found["name"],
            end_date=found["end_date"],
            subcontractor_term_days=int(found["subcontractor_term_days"]),
        )


class RelayConsentForm(PlainForm):
    """Consent to relay under the municipality's code, given or withdrawn."""

    outcome = forms.ChoiceField(
        label=_("The municipality"),
        choices=[(GIVEN, _("consents")), (WITHDRAWN, _("withdraws its consent"))],
        widget=RadioCards(
            explanations={
                GIVEN: _("Software of subcontractors gets a 301 for what is placed from then on."),
                WITHDRAWN: _("What is placed from then on goes through the portal."),
            }
        ),
    )
    start_date = DutchDateField(label=_("From"))
    reference = _source()

    @property
    def is_given(self) -> bool:
        """Only after `is_valid()`."""
        return bool(self.cleaned_data["outcome"] == GIVEN)


class BudgetFormChangeForm(PlainForm):
    """How the budget is formed from a year on."""

    first_year = forms.IntegerField(
        label=_("From the year"),
        min_value=2000,
        max_value=2100,
        help_text=_("Earlier years keep what they were formed of."),
    )
    form = forms.ChoiceField(
        label=_("How the municipality pays"),
        choices=MunicipalContract.BudgetForm.choices,
        widget=RadioCards,
    )
    source = _source()
