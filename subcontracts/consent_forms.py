"""Forms of the municipality's consent to a subcontract."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.core.forms import DutchDateField, PlainForm
from hoofdaannemer.core.templatetags.core_format import days_of
from subcontracts.models import Subcontract, SubcontractConsent
from subcontracts.services.consents import ConsentFacts

_ALL = _("Choose none where it is for all of the municipal contract.")


class ConsentForm(PlainForm):
    """What the municipality agreed to."""

    start_date = DutchDateField(label=_("From"))
    end_date = DutchDateField(label=_("Up to and including"), required=False)
    reference = forms.CharField(label=_("Reference of the consent"), max_length=80, required=False)
    products = forms.MultipleChoiceField(
        label=_("Products"), required=False, widget=forms.CheckboxSelectMultiple, help_text=_ALL
    )
    municipalities = forms.MultipleChoiceField(
        label=_("Municipalities"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_ALL,
    )

    def __init__(self, *args: Any, contract: Subcontract, **kwargs: Any) -> None:
        """`contract`: the subcontract, of which the municipal contract gives the choices."""
        super().__init__(*args, **kwargs)
        above = contract.municipal_contract
        products: Any = self.fields["products"]
        rows = above.products.visible_to(self.scope).select_related("product")
        products.choices = [(str(one.product_id), str(one.product)) for one in rows]
        places: Any = self.fields["municipalities"]
        parts = above.municipalities.visible_to(self.scope).select_related("municipality")
        places.choices = [(one.municipality.code, one.municipality.name) for one in parts]

    @property
    def facts(self) -> ConsentFacts:
        """What was filled in, for the service. Only after `is_valid()`."""
        found = self.cleaned_data
        return ConsentFacts(
            start_date=found["start_date"],
            end_date=found["end_date"],
            reference=found["reference"],
            products=tuple(int(one) for one in found["products"]),
            municipalities=tuple(found["municipalities"]),
        )


class WithdrawConsentForm(PlainForm):
    """Which consent holds no more, from when and why."""

    #: Of the one that stands among the terms of the contract.
    TERMS = "terms"

    consent = forms.ChoiceField(label=_("Consent"))
    first_day = DutchDateField(label=_("Holds no more from"))
    reason = forms.CharField(label=_("Why"), max_length=300)

    def __init__(self, *args: Any, contract: Subcontract, **kwargs: Any) -> None:
        """`contract`: whose consents can be withdrawn."""
        super().__init__(*args, **kwargs)
        self.rows: dict[str, SubcontractConsent] = {
            str(row.pk): row for row in contract.consents.visible_to(self.scope)
        }
        found = [
            (key, f"{days_of(row.start_date, row.end_date)} {row.reference}".strip())
            for key, row in self.rows.items()
            if row.withdrawn_from is None
        ]
        if not self.rows and contract.consent_on is not None:
            found = [(self.TERMS, days_of(contract.consent_on, None))]
        consent: Any = self.fields["consent"]
        consent.choices = found

    @property
    def values(self) -> dict[str, Any]:
        """What was filled in, for the service. Only after `is_valid()`."""
        found = dict(self.cleaned_data)
        return {**found, "consent": self.rows.get(found["consent"])}
