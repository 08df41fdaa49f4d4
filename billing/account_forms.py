"""Asking for another account, deciding about it, and undoing that."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from billing.party_forms import PartyForm
from billing.services.account_changes import NewAccount
from hoofdaannemer.core.forms import IbanField, PlainForm, RadioCards
from subcontracts.models import Subcontractor

_LONG = forms.Textarea(attrs={"rows": 3})


class AskAccountForm(PartyForm):
    """Whose account, the new one, in whose name it stands, and why."""

    iban = IbanField(label=_("New account (IBAN)"))
    account_holder = forms.CharField(
        label=_("In the name of"), max_length=70, help_text=_("As the bank knows the account.")
    )
    reason = forms.CharField(label=_("Why does it change?"), max_length=300, widget=_LONG)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        party = self.initial.get("subcontractor")
        if isinstance(party, Subcontractor):
            name = party.account_holder or party.provider_organisation.name[:70]
            self.initial.setdefault("account_holder", name)

    @property
    def account(self) -> NewAccount:
        """What was filled in. Only after `is_valid()`."""
        names = ("iban", "account_holder", "reason")
        return NewAccount(**{name: self.cleaned_data[name] for name in names})


class DecideAccountForm(PlainForm):
    """Approved or refused, and how it was checked."""

    verdict = forms.ChoiceField(
        label=_("Is the account right?"),
        choices=[("approve", _("Approve")), ("refuse", _("Refuse"))],
        widget=RadioCards(
            explanations={
                "approve": _("You checked it by a way that does not come from this request."),
                "refuse": _("The account stays as it is."),
            }
        ),
    )
    checked = forms.CharField(
        label=_("How did you check it, or why do you refuse?"),
        max_length=300,
        widget=_LONG,
        help_text=_("Such as: called the director on the number in the contract."),
    )

    @property
    def values(self) -> dict[str, Any]:
        return {
            "is_approved": self.cleaned_data["verdict"] == "approve",
            "checked": self.cleaned_data["checked"],
        }


class UndoAccountForm(PlainForm):
    """Why the account before it comes back."""

    reason = forms.CharField(label=_("Why is it undone?"), max_length=300, widget=_LONG)
