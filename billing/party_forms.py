"""The first question of forms about one relation: whose it is."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.core.forms import PlainForm
from hoofdaannemer.core.scope import SUBCONTRACTOR, Scope
from subcontracts.models import Subcontractor


class PartyField(forms.ModelChoiceField):  # type: ignore[type-arg]  # not generic at run time
    """A subcontractor to staff; to the subcontractor itself, who pays it."""

    scope: Scope

    def label_from_instance(self, obj: Subcontractor) -> str:
        if self.scope.role in SUBCONTRACTOR:
            return str(obj.main_contractor.organisation.name)
        return str(obj)


class PartyForm(PlainForm):
    """Chosen already where there is only one."""

    subcontractor = PartyField(queryset=Subcontractor.objects.none())

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, scope=scope, **kwargs)
        parties = Subcontractor.objects.visible_to(scope).filter(is_own_team=False)
        field = self.fields["subcontractor"]
        if not isinstance(field, PartyField):
            raise TypeError("the first field is a party")
        field.scope = scope
        field.label = _("Paid by") if scope.role in SUBCONTRACTOR else _("Subcontractor")
        field.queryset = parties.select_related(
            "provider_organisation", "main_contractor__organisation"
        )
        if len(field.queryset) == 1:
            self.initial.setdefault("subcontractor", field.queryset[0])
