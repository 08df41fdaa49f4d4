"""The form that asks a municipality for an allocation (315)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.accounts.models import Municipality
from hoofdaannemer.core.forms import DutchDateField, RadioCards
from hoofdaannemer.core.numbers import is_agb
from hoofdaannemer.core.rowforms import name_of
from hoofdaannemer.core.scope import Scope
from subcontracts import words
from subcontracts.forms import bsn_of
from subcontracts.models import (
    Product,
)
from subcontracts.product_forms import ProductsForm
from subcontracts.selectors.contracts import contracted_municipalities
from subcontracts.services.clients import PersonDetails
from subcontracts.services.requests import ProductDraft, Referral, RequestDraft


class RequestForm(ProductsForm):
    """A request for allocation after a referral: for whom, what, and who referred."""

    bsn = forms.CharField(label=_("BSN"), max_length=12)
    surname = forms.CharField(label=_("Surname"), max_length=80)
    #: Not `prefix`: that is the form's own.
    name_prefix = forms.CharField(label=_("Prefix"), max_length=10, required=False)
    initials = forms.CharField(label=_("Initials"), max_length=6)
    birth_date = DutchDateField(label=_("Date of birth"))
    sex = forms.ChoiceField(
        label=_("Sex"), choices=[("1", _("Male")), ("2", _("Female")), ("0", _("Unknown"))]
    )
    municipality = forms.ModelChoiceField(
        label=_("Municipality"), queryset=Municipality.objects.none()
    )
    referrer_type = forms.ChoiceField(label=_("Referred by"))
    referrer_name = forms.CharField(label=_("Name of the referrer"), max_length=64, required=False)
    referrer_agb = forms.CharField(
        label=_("AGB code of the referrer"), max_length=8, required=False
    )
    guardian_known = forms.ChoiceField(
        label=_("Does the municipality know who has parental authority?"),
        help_text=_("For youth help only."),
        required=False,
        choices=[("1", _("Yes")), ("2", _("No"))],
        widget=RadioCards,
    )
    comment = forms.CharField(
        label=_("Remark"), required=False, max_length=200, widget=forms.Textarea(attrs={"rows": 2})
    )
    PERSON = ("bsn", "surname", "name_prefix", "initials", "birth_date", "sex", "municipality")
    REFERRAL = ("referrer_type", "referrer_name", "referrer_agb", "guardian_known", "comment")
    #: Professional referrers: name or AGB code is asked for (CD066, CD067).
    PROFESSIONAL = ("02", "03", "04", "05")

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, scope=scope, **kwargs)
        towns: Any = self.fields["municipality"]
        towns.queryset = contracted_municipalities(scope)
        kinds: Any = self.fields["referrer_type"]
        kinds.choices = words.referrers()

    @property
    def person(self) -> list[forms.BoundField]:
        """The fields about the client."""
        return [self[name] for name in self.PERSON]

    @property
    def referral(self) -> list[forms.BoundField]:
        """The fields about the referral, which holds for all products."""
        return [self[name] for name in self.REFERRAL]

    def clean_bsn(self) -> str:
        return bsn_of(self.cleaned_data["bsn"])

    def clean_initials(self) -> str:
        return str(self.cleaned_data["initials"]).replace(".", "").replace(" ", "").upper()

    def clean_referrer_agb(self) -> str:
        agb = str(self.cleaned_data["referrer_agb"])
        if agb and not is_agb(agb):
            raise ValidationError(_("An AGB code has eight digits."))
        return agb

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        named = found.get("referrer_name") or found.get("referrer_agb")
        if found.get("referrer_type") in self.PROFESSIONAL and not named:
            self.add_error("referrer_name", _("Enter the name or the AGB code of the referrer."))
        if found.get("referrer_name") and found.get("referrer_agb"):
            self.add_error("referrer_name", _("Enter the name or the AGB code, not both."))
        first = found.get("product")
        if first is not None and first.family == "jw" and not found.get("guardian_known"):
            self.add_error("guardian_known", _("Answer this for youth help."))
        return found

    def clean_row(self, found: dict[str, Any], number: int) -> None:
        super().clean_row(found, number)
        first, product = found.get("product"), found.get(name_of("product", number))
        if first and product and _belongs(first) != _belongs(product):
            self.add_error(
                name_of("product", number),
                _("Choose a product under the same law as the first, or make two requests."),
            )

    @property
    def draft(self) -> RequestDraft:
        """What is asked for. Only after `is_valid()`."""
        found = self.cleaned_data
        youth = found["product"].family == "jw"
        return RequestDraft(
            person=PersonDetails(
                prefix=found["name_prefix"], **{name: found[name] for name in _PERSON}
            ),
            municipality=found["municipality"],
            products=[self._product(number) for number in range(1, self.count + 1)],
            guardian_known=found["guardian_known"] == "1" if youth else None,
            comment=found["comment"],
        )

    def _product(self, number: int) -> ProductDraft:
        found = self.cleaned_data
        return ProductDraft(
            **self.asked(number),
            referral=Referral(
                type=found["referrer_type"],
                name=found["referrer_name"],
                agb=found["referrer_agb"],
            ),
        )


_PERSON = ("bsn", "surname", "initials", "birth_date", "sex")


def _belongs(product: Product) -> tuple[int, str]:
    """Whose product it is and under which law: one message holds one of each."""
    return product.main_contractor_id, product.family
