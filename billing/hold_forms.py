"""Handing a hold over: to whom, until when, and what they have to know."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from billing.models import Hold
from billing.models.readers import HOLDS
from billing.services.hold_owners import NextOwner
from billing.services.holds import DAYS_TO_ACT
from hoofdaannemer.accounts.selectors import colleagues
from hoofdaannemer.core.forms import DutchDateField, PlainForm
from hoofdaannemer.core.scope import Scope

#: Before the key of a person, apart from the two sides.
_PERSON: Final = "person-"


class HandOverForm(PlainForm):
    """A subcontractor hands it to the main contractor; its people choose a side or a colleague."""

    to = forms.ChoiceField(label=_("Who acts from now on?"))
    due_date = DutchDateField(label=_("Before"), help_text=_("The last day on which they act."))
    note = forms.CharField(
        label=_("What do they have to know?"),
        max_length=300,
        help_text=_("Both sides read it; name no clients."),
    )

    def __init__(self, *args: Any, hold: Hold, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, scope=scope, **kwargs)
        field: Any = self.fields["to"]
        field.choices = list(_choices(scope, hold))
        self.fields["due_date"].initial = scope.today + timedelta(days=DAYS_TO_ACT)

    @property
    def chosen(self) -> NextOwner:
        """What was filled in. Only after `is_valid()`."""
        to = self.cleaned_data["to"]
        is_person = to.startswith(_PERSON)
        return NextOwner(
            owner=Hold.Owner.MAIN_CONTRACTOR if is_person else Hold.Owner(to),
            user_id=int(to.removeprefix(_PERSON)) if is_person else 0,
            due_date=self.cleaned_data["due_date"],
            note=self.cleaned_data["note"],
        )


def _choices(scope: Scope, hold: Hold) -> list[tuple[str, Any]]:
    """Everybody but who acts now."""
    found: list[tuple[str, Any]] = [
        (value, label)
        for value, label in Hold.Owner.choices
        if value != hold.owner or hold.holder_id
    ]
    if scope.role in HOLDS:
        found += [
            (f"{_PERSON}{user.pk}", user.name)
            for user in colleagues(scope, HOLDS)
            if user.pk != hold.holder_id
        ]
    return found
