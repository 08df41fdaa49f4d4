"""The part of a form that asks for products, as many as one adds: new care, or care besides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.core.forms import DutchDateField, PlainForm, VolumeField
from hoofdaannemer.core.scope import Scope
from subcontracts.models import Product


class ProductsForm(PlainForm):
    """A form that asks for products, as many as are added.

    Those after the first have fields with a number in the name, such as `volume_2`. What was typed
    stays when a product is added or taken out.
    """

    rows = forms.IntegerField(widget=forms.HiddenInput, min_value=0, required=False)
    PRODUCT = ("product", "start_date", "end_date", "volume", "frequency")
    FEWEST_PRODUCTS = 1
    #: More than anybody needs at once.
    MOST_PRODUCTS = 10

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, scope=scope, **kwargs)
        self.count = self._count_of(self.data if self.is_bound else self.initial)
        self.initial["rows"] = self.count
        for number in range(1, self.count + 1):
            self._ask_product(number)

    @property
    def goods(self) -> QuerySet[Product]:
        """What one may choose from."""
        return Product.objects.visible_to(self.scope)

    def _ask_product(self, number: int) -> None:
        every: dict[str, forms.Field] = {
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
        for name, field in every.items():
            if number > 1:
                # The list of errors names fields without the heading they stand under.
                field.label = _numbered(field.label, number)
            self.fields[name_of(name, number)] = field

    @classmethod
    def retyped(cls, typed: Mapping[str, str], **kwargs: Any) -> Self:
        """The form as typed, with one product more (`add`) or without one (`remove`)."""
        kept = {name: value for name, value in typed.items() if name not in ("add", "remove")}
        count = cls._count_of(kept)
        if "add" in typed and count < cls.MOST_PRODUCTS:
            count += 1
            for name in ("start_date", "end_date"):
                kept[name_of(name, count)] = kept.get(name, "")
        removed = _digit(typed.get("remove", ""))
        if 1 <= removed <= count and count > cls.FEWEST_PRODUCTS:
            for name in cls.PRODUCT:
                for number in range(removed, count):
                    kept[name_of(name, number)] = kept.get(name_of(name, number + 1), "")
                kept.pop(name_of(name, count), None)
            count -= 1
        return cls(initial=kept | {"rows": str(count)}, **kwargs)

    @classmethod
    def _count_of(cls, typed: Mapping[str, Any]) -> int:
        """How many products the form asks for, whatever the browser sends."""
        count = max(_digit(typed.get("rows", "")), cls.FEWEST_PRODUCTS)
        return min(count, cls.MOST_PRODUCTS)

    @property
    def groups(self) -> list[tuple[int, list[forms.BoundField]]]:
        """The products by their number, each with its fields."""
        return [
            (number, [self[name_of(name, number)] for name in self.PRODUCT])
            for number in range(1, self.count + 1)
        ]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        for number in range(1, self.count + 1):
            self._clean_product(found, number)
        return found

    def _clean_product(self, found: dict[str, Any], number: int) -> None:
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
        found = {name: self.cleaned_data[name_of(name, number)] for name in self.PRODUCT}
        return {**found, "volume": int(found["volume"]), "unit": found["product"].unit}


def name_of(name: str, number: int) -> str:
    """The name of a product's field; the first product has none of the numbers."""
    return name if number == 1 else f"{name}_{number}"


def _numbered(label: Any, number: int) -> str:
    return gettext("%(label)s (product %(number)d)") % {"label": label, "number": number}


def _digit(text: object) -> int:
    typed = str(text)
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 3 else 0
