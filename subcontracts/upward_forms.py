"""Forms about products of a municipal contract, what it pays by the unit, and its messages."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.core.forms import DutchDateField, EuroField, PlainForm, RadioCards, VolumeField
from hoofdaannemer.core.periods import Month
from subcontracts.models import Product
from subcontracts.services.exchange_terms import HIGHEST, UPWARD_MESSAGES, Exchange
from subcontracts.services.upward_products import EUROS, Months

TAKE_IN, TAKE_OUT = "in", "out"

_NAMES: Final[dict[str, str | Promise]] = {
    "301": _("301: allocations from the municipality"),
    "305": _("305: start of care"),
    "307": _("307: stop of care"),
    "315": _("315: request for care"),
    "317": _("317: request for a change"),
    "323": _("323: declaration of what the municipality pays by the unit"),
}


class UpwardTariffForm(PlainForm):
    """What the municipality pays for one unit of a product, from a month on."""

    product = forms.ModelChoiceField(label=_("Product"), queryset=Product.objects.none())
    amount = EuroField(
        label=_("Tariff"),
        required=False,
        min_value=Decimal("0.01"),
        help_text=_("What the municipality pays a unit. Empty where the unit is the euro."),
    )
    first = DutchDateField(
        label=_("From the month of"), help_text=_("A tariff holds for whole months.")
    )

    def __init__(self, *args: Any, scope: Any, products: Any, **kwargs: Any) -> None:
        super().__init__(*args, scope=scope, **kwargs)
        choice: Any = self.fields["product"]
        choice.queryset = products

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        product, amount = found.get("product"), found.get("amount")
        if product is not None and "amount" in found:
            if product.unit != EUROS and amount is None:
                self.add_error("amount", _("Fill in what the municipality pays a unit."))
            if product.unit == EUROS and amount is not None:
                self.add_error("amount", _("A product in euros has no tariff. Leave it empty."))
        return found

    @property
    def months(self) -> Months:
        """From the month of the day on. Only after `is_valid()`."""
        day: date = self.cleaned_data["first"]
        return Months(Month.of(day))


class ExchangeForm(PlainForm):
    """Which messages and numbers are in use under a contract, from a day on."""

    start_date = DutchDateField(
        label=_("From"), help_text=_("What was recorded for a later day holds from that day on.")
    )
    messages = forms.MultipleChoiceField(
        label=_("Messages in use"),
        required=False,
        choices=[(one, _NAMES[one]) for one in UPWARD_MESSAGES],
        widget=forms.CheckboxSelectMultiple,
    )
    number_first = VolumeField(
        label=_("First number"), max_value=HIGHEST, min_value=1, help_text=_("For relayed messages")
    )
    number_last = VolumeField(label=_("Last number"), max_value=HIGHEST, min_value=1)
    source = forms.CharField(
        label=_("Source"),
        required=False,
        max_length=200,
        help_text=_("Where it stands, such as the contract, an addendum or a letter."),
    )

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        first, last = found.get("number_first"), found.get("number_last")
        if first is not None and last is not None and last < first:
            self.add_error("number_last", _("The last number is below the first."))
        return found

    @property
    def exchange(self) -> Exchange:
        """What was filled in, for the service. Only after `is_valid()`."""
        found = self.cleaned_data
        return Exchange(
            messages=found["messages"],
            number_first=int(found["number_first"]),
            number_last=int(found["number_last"]),
        )


class ContractProductForm(PlainForm):
    """A product comes into the contract, or leaves it."""

    product = forms.ModelChoiceField(label=_("Product"), queryset=Product.objects.none())
    change = forms.ChoiceField(
        label=_("What changes"),
        choices=[(TAKE_IN, _("It comes into the contract")), (TAKE_OUT, _("It leaves it"))],
        widget=RadioCards(
            explanations={
                TAKE_IN: _(
                    "The day is its first. Care of it can be allocated and asked from then on."
                ),
                TAKE_OUT: _("The day is its last. Care that was allocated goes on until it ends."),
            }
        ),
    )
    day = DutchDateField(label=_("First or last day"))
    source = forms.CharField(
        label=_("Source"),
        required=False,
        max_length=200,
        help_text=_("Where it stands, such as the contract, an addendum or a letter."),
    )

    def __init__(self, *args: Any, scope: Any, products: Any, **kwargs: Any) -> None:
        super().__init__(*args, scope=scope, **kwargs)
        choice: Any = self.fields["product"]
        choice.queryset = products
