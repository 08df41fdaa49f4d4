"""Recording what a ceiling does not hold, and ending that."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.core.forms import DutchDateField, PlainForm, RadioCards
from hoofdaannemer.core.scope import Scope
from subcontracts.models import CeilingExemption, Placement, Product, Subcontract
from subcontracts.services.ceiling_exemptions import ExemptionFacts

Ground = CeilingExemption.Ground


class CeilingExemptionForm(PlainForm):
    """Which care is paid in full, from when until when, and what was agreed about it."""

    ground = forms.ChoiceField(
        label=_("Why is it paid in full?"),
        choices=Ground.choices,
        widget=RadioCards(
            explanations={
                Ground.CRISIS: _("Help that could not wait, mostly a product of its own."),
                Ground.SPECIFIC: _("The municipality allocated it to this subcontractor by name."),
            }
        ),
    )
    product = forms.ModelChoiceField(
        label=_("Product"),
        queryset=Product.objects.none(),
        required=False,
        empty_label=_("no product: one placement"),
    )
    placement = forms.IntegerField(
        label=_("Placement number"),
        required=False,
        min_value=1,
        help_text=_("Fill in where it is about one client only."),
    )
    start_date = DutchDateField(label=_("Care from"))
    end_date = DutchDateField(
        label=_("Up to and including"),
        required=False,
        help_text=_("Leave empty where nobody knows yet; it is ended later."),
    )
    note = forms.CharField(
        label=_("What was agreed"),
        max_length=200,
        help_text=_("Both parties read this. Name no clients."),
    )

    def __init__(self, *args: Any, scope: Scope, subcontract: Subcontract, **kwargs: Any) -> None:
        super().__init__(*args, scope=scope, **kwargs)
        self.subcontract = subcontract
        products: Any = self.fields["product"]
        products.queryset = (
            Product.objects.visible_to(scope)
            .filter(line_products__subcontract=subcontract)
            .distinct()
        )

    def clean_placement(self) -> Placement | None:
        """The placement under this contract with the number."""
        number = self.cleaned_data["placement"]
        if number is None:
            return None
        placements = Placement.objects.visible_to(self.scope).filter(subcontract=self.subcontract)
        placed = placements.filter(number=number).first()
        if placed is None:
            raise forms.ValidationError(
                _("There is no placement with this number under this contract.")
            )
        return placed

    @property
    def facts(self) -> ExemptionFacts:
        """What was filled in. Only after `is_valid()`."""
        return ExemptionFacts(
            **{**self.cleaned_data, "ground": Ground(self.cleaned_data["ground"])}
        )


class EndExemptionForm(PlainForm):
    """The last day of care that is paid in full."""

    last_day = DutchDateField(label=_("Last day that is exempt"))
