"""Asking for a client stop, setting one, and deciding about it."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.core.forms import DutchDateField, PlainForm, RadioCards
from hoofdaannemer.core.scope import Scope
from subcontracts.models import Product, Subcontract
from subcontracts.services.client_stops import StopFacts

_GRANT: Final = "grant"


class ClientStopForm(PlainForm):
    """From when, until when, and for which care no new clients are sent."""

    start_date = DutchDateField(label=_("No new clients from"))
    end_date = DutchDateField(
        label=_("Up to and including"),
        required=False,
        help_text=_("Leave empty where nobody knows yet; it is ended later."),
    )
    product = forms.ModelChoiceField(
        label=_("For which care"),
        queryset=Product.objects.none(),
        required=False,
        empty_label=_("every product of the contract"),
    )
    reason = forms.CharField(
        label=_("Why"), max_length=200, help_text=_("Both parties read this. Name no clients.")
    )

    def __init__(self, *args: Any, scope: Scope, subcontract: Subcontract, **kwargs: Any) -> None:
        super().__init__(*args, scope=scope, **kwargs)
        products: Any = self.fields["product"]
        products.queryset = (
            Product.objects.visible_to(scope)
            .filter(line_products__subcontract=subcontract)
            .distinct()
        )

    @property
    def facts(self) -> StopFacts:
        """What was filled in. Only after `is_valid()`."""
        return StopFacts(**self.cleaned_data)


class DecideClientStopForm(PlainForm):
    """What is answered to a subcontractor that asked for a client stop."""

    outcome = forms.ChoiceField(
        label=_("What do you decide?"),
        choices=((_GRANT, _("Consent to it")), ("refuse", _("Refuse"))),
        widget=RadioCards(
            explanations={
                _GRANT: _("From that day on no new clients can be placed there."),
                "refuse": _("Clients can be placed as before. Say why."),
            }
        ),
    )
    answer = forms.CharField(label=_("Your answer"), required=False, max_length=200)

    @property
    def values(self) -> dict[str, Any]:
        """For `client_stops.decide`. Only after `is_valid()`."""
        return {
            "is_granted": self.cleaned_data["outcome"] == _GRANT,
            "answer": self.cleaned_data["answer"],
        }


class EndClientStopForm(PlainForm):
    """The last day without new clients."""

    last_day = DutchDateField(
        label=_("Last day without new clients"),
        required=False,
        help_text=_("Leave empty to take new clients from today on."),
    )

    @property
    def values(self) -> dict[str, Any]:
        """For `client_stops.end`. Only after `is_valid()`."""
        return {"last_day": self.cleaned_data["last_day"]}
