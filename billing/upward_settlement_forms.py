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
            (SplitBy.INHABITANTS.value, _("their number of inhabitants")),
        ],
        initial=SplitBy.SOLIDARITY.value,
        widget=RadioCards,
    )
    inhabitants = forms.CharField(
        label=_("Inhabitants"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_(
            "Only where it is divided by them: code of the municipality and number, each on a line"
            " of its own, such as 0307 161000."
        ),
    )
    realised = VolumeField(
        label=_("How many there really were"),
        required=False,
        decimal_places=2,
        max_digits=10,
        help_text=_("Only where the budget is formed of FTE, places or inhabitants."),
    )
    realised_source = forms.CharField(label=_("Source of it"), max_length=200, required=False)
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
            inhabitants=found["inhabitants"],
            realised=found["realised"],
            realised_source=found["realised_source"],
        )

    def clean_inhabitants(self) -> tuple[tuple[str, int], ...]:
        """Codes and numbers."""
        found = {}
        for line in self.cleaned_data["inhabitants"].splitlines():
            match line.replace(".", "").split():
                case []:
                    continue
                case [code, number] if number.isascii() and number.isdigit() and code not in found:
                    found[code] = int(number[:9])
                case _other:
                    text = _("Give a code and a number on each line, each code once.")
                    raise forms.ValidationError(text)
        return tuple(found.items())


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
        "realised": agreed.realised,
        "realised_source": agreed.realised_source,
        "inhabitants": "\n".join(f"{code} {number}" for code, number in agreed.inhabitants),
    }


class ChosenForm(PlainForm):
    """Which contract and year are settled; what the contract says of the year follows."""

    contract = forms.ModelChoiceField(
        label=_("Municipal contract"), queryset=MunicipalContract.objects.none()
    )
    year = forms.TypedChoiceField(label=_("Year"), coerce=int)

    def __init__(self, *args: Any, years: Sequence[int], **kwargs: Any) -> None:
        """`years`: those that may be settled."""
        super().__init__(*args, **kwargs)
        offer(self, years)


def offer(form: PlainForm, years: Sequence[int]) -> None:
    """Let a form choose among these years and the contracts that may be seen."""
    contract: Any = form.fields["contract"]
    contract.queryset = MunicipalContract.objects.visible_to(form.scope)
    year: Any = form.fields["year"]
    year.choices = [(one, str(one)) for one in years]


class NewUpwardForm(AgreedForm):
    """The same, of a contract and year."""

    contract = forms.ModelChoiceField(
        label=_("Municipal contract"), queryset=MunicipalContract.objects.none()
    )
    year = forms.TypedChoiceField(label=_("Year"), coerce=int)
    field_order = ("contract", "year")

    def __init__(self, *args: Any, years: Sequence[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, years)
