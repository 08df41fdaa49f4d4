"""Forms with which a tariff is built up."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.core.forms import DutchDateField, PlainForm, VolumeField
from subcontracts.models import BuildupParameter, Product, TariffBuildup
from subcontracts.services.buildups import ParameterFacts


class BuildupForm(PlainForm):
    """For which product, and like which version one begins."""

    product = forms.ModelChoiceField(label=_("Product"), queryset=Product.objects.none())
    like = forms.ModelChoiceField(
        label=_("Begin like"),
        queryset=TariffBuildup.objects.none(),
        required=False,
        empty_label=_("an empty version"),
        help_text=_("All its lines are copied. Change then what is different now."),
    )
    decimals = forms.TypedChoiceField(
        label=_("Decimals of the tariff"),
        choices=[(number, str(number)) for number in (2, 3, 4)],
        coerce=int,
        initial=2,
        help_text=_("The tariff is rounded half up once, at the end."),
    )
    note = forms.CharField(
        label=_("Explanation"),
        max_length=200,
        required=False,
        help_text=_("Such as why a new version is needed. Subcontractors read this once proposed."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        product: Any = self.fields["product"]
        product.queryset = Product.objects.visible_to(self.scope).exclude(unit=Product.EUROS)
        like: Any = self.fields["like"]
        like.queryset = TariffBuildup.objects.visible_to(self.scope).select_related("product")


class ParameterForm(PlainForm):
    """One line of a build-up."""

    name = forms.CharField(label=_("Parameter"), max_length=80)
    element = forms.ChoiceField(
        label=_("Element of the cost price"),
        choices=[(value, capfirst(str(text))) for value, text in BuildupParameter.Element.choices],
        help_text=_("As the Jeugdwet and the Wmo name them for a real price."),
    )
    kind = forms.ChoiceField(
        label=_("What the line does"),
        choices=[(value, capfirst(str(text))) for value, text in BuildupParameter.Does.choices],
        help_text=_(
            "Costs of a year come first, then the hours over which they go, then what is added per"
            " hour and what makes an hour the unit."
        ),
    )
    value = VolumeField(
        label=_("Value"),
        decimal_places=4,
        max_digits=12,
        help_text=_("Euros, hours, a percentage or a number, as the line does."),
    )
    base = forms.ModelChoiceField(
        label=_("Percentage of"),
        queryset=BuildupParameter.objects.none(),
        required=False,
        empty_label=_("everything above it"),
    )
    source = forms.CharField(
        label=_("Source"),
        max_length=200,
        help_text=_("Such as the collective agreement with its scale, or a benchmark."),
    )
    source_date = DutchDateField(label=_("Date of the source"), required=False)
    position = forms.IntegerField(
        label=_("Place among the lines"),
        required=False,
        min_value=1,
        max_value=99,
        help_text=_("Leave empty to put it last."),
    )

    def __init__(
        self, *args: Any, buildup: TariffBuildup, parameter: Any = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        rows = BuildupParameter.objects.visible_to(self.scope).filter(buildup=buildup)
        base: Any = self.fields["base"]
        base.queryset = rows.exclude(pk=parameter.pk) if parameter else rows

    @property
    def values(self) -> dict[str, Any]:
        """For `buildups.set_parameter`. Only after `is_valid()`."""
        found = dict(self.cleaned_data)
        position = found.pop("position")
        return {"facts": ParameterFacts(**found), "position": position}
