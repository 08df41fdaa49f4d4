"""Forms about what a municipality pays by the unit, and the messages in use with it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.core.forms import DutchDateField, EuroField, PlainForm
from hoofdaannemer.core.periods import Month
from subcontracts.models import Product
from subcontracts.services.upward_products import EUROS, UPWARD_MESSAGES, Months

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


class UpwardMessagesForm(PlainForm):
    """Which messages are used with the municipalities of a contract."""

    messages = forms.MultipleChoiceField(
        label=_("Messages in use"),
        required=False,
        choices=[(one, _NAMES[one]) for one in UPWARD_MESSAGES],
        widget=forms.CheckboxSelectMultiple,
    )
