"""What is filled in to settle a year with the municipalities."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from billing.rules.upward_settlement import Counted, SplitBy
from billing.rules.upward_year import Agreed
from hoofdaannemer.core.forms import EuroField, PlainForm, RadioCards, VolumeField
from subcontracts.models import MunicipalContract

_PERCENT: dict[str, Any] = {"decimal_places": 2, "max_digits": 5, "unit": "%", "max_value": 100}


class AgreedForm(PlainForm):
    """How the year is settled, and the costs that are not in this system."""

    counted = forms.ChoiceField(
        label=_("What is counted?"),
        choices=[(Counted.DECISIONS.value, _("decisions")), (Counted.CLIENTS.value, _("clients"))],
        initial=Counted.DECISIONS.value,
        widget=RadioCards,
    )
    least = VolumeField(
        label=_("Corridor of at least"),
        required=False,
        help_text=_("The correction for small numbers; empty where there is none."),
    )
    cap = VolumeField(
        label=_("Most profit"),
        required=False,
        help_text=_("Percent of revenue; empty where no cap was agreed."),
        **_PERCENT,
    )
    share_back = VolumeField(
        label=_("Part above it that goes back"), initial=Decimal(100), **_PERCENT
    )
    split_by = forms.ChoiceField(
        label=_("Divided over the municipalities by"),
        choices=[
            (SplitBy.SOLIDARITY.value, _("their share of the contract")),
            (SplitBy.OWN_USE.value, _("their own use: the number of decisions")),
        ],
        initial=SplitBy.SOLIDARITY.value,
        widget=RadioCards,
    )
    own_cost = EuroField(label=_("Cost of own teams"), min_value=0)
    own_source = forms.CharField(label=_("Source of it"), max_length=200)
    coordination = EuroField(label=_("Cost of coordination"), min_value=0)
    coordination_source = forms.CharField(label=_("Source of it"), max_length=200)

    @property
    def agreed(self) -> Agreed:
        """What was filled in. Only after `is_valid()`."""
        found = self.cleaned_data
        cap = found["cap"]
        return Agreed(
            counted=Counted(found["counted"]),
            least=found["least"] or Decimal(0),
            cap=None if cap is None else cap / 100,
            share_back=found["share_back"] / 100,
            split_by=SplitBy(found["split_by"]),
            own_cost=found["own_cost"],
            own_source=found["own_source"],
            coordination=found["coordination"],
            coordination_source=found["coordination_source"],
        )


def initial_of(agreed: Agreed) -> dict[str, Any]:
    """A form that was filled in before."""
    return {
        "counted": agreed.counted.value,
        "least": agreed.least or None,
        "cap": None if agreed.cap is None else agreed.cap * 100,
        "share_back": agreed.share_back * 100,
        "split_by": agreed.split_by.value,
        "own_cost": agreed.own_cost,
        "own_source": agreed.own_source,
        "coordination": agreed.coordination,
        "coordination_source": agreed.coordination_source,
    }


class NewUpwardForm(AgreedForm):
    """The same, of a contract and year."""

    contract = forms.ModelChoiceField(
        label=_("Municipal contract"), queryset=MunicipalContract.objects.none()
    )
    year = forms.TypedChoiceField(label=_("Year"), coerce=int)
    field_order = ("contract", "year")

    def __init__(self, *args: Any, years: Sequence[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        contract: Any = self.fields["contract"]
        contract.queryset = MunicipalContract.objects.visible_to(kwargs["scope"])
        year: Any = self.fields["year"]
        year.choices = [(one, str(one)) for one in years]
