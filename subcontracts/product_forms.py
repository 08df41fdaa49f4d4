"""The part of a form that asks for products, as many as one adds: new care, or care besides."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.core.forms import DutchDateField, VolumeField
from hoofdaannemer.core.rowforms import RowsForm, name_of
from subcontracts.models import Product


class ProductsForm(RowsForm):
    """A form that asks for products, as many as are added."""

    ROW = ("product", "start_date", "end_date", "volume", "frequency")
    LIKE_BEFORE = ("start_date", "end_date")
    NUMBERED = _("%(label)s (product %(number)d)")

    @property
    def goods(self) -> QuerySet[Product]:
        """What one may choose from."""
        return Product.objects.visible_to(self.scope)

    def row_fields(self) -> dict[str, forms.Field]:
        return {
            "product": forms.ModelChoiceField(
                label=_("Product"), queryset=self.goods, empty_label=_("Choose")
            ),
            "start_date": DutchDateField(label=_("From")),
            "end_date": DutchDateField(label=_("Up to and including"), required=False),
            "volume": VolumeField(label=_("Volume"), min_value=1),
            "frequency": forms.ChoiceField(
                label=_("How often"),
                choices=[("2", _("per week")), ("4", _("per month")), ("6", _("in total"))],
            ),
        }

    def clean_row(self, found: dict[str, Any], number: int) -> None:
        start, end = (
            found.get(name_of("start_date", number)),
            found.get(name_of("end_date", number)),
        )
        if start and end and end < start:
            self.add_error(
                name_of("end_date", number), _("The last day cannot be before the first.")
            )
        if found.get(name_of("frequency", number)) == "2" and not end:
            self.add_error(name_of("end_date", number), _("A volume per week needs a last day."))

    def asked(self, number: int) -> dict[str, Any]:
        """What is asked of one product. Only after `is_valid()`."""
        found = self.row(number)
        return {**found, "volume": int(found["volume"]), "unit": found["product"].unit}
