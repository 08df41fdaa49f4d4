"""The list of changes of accounts, and its filters."""

from __future__ import annotations

import django_tables2
from django.utils.translation import gettext_lazy as _

from billing.models import AccountChange
from hoofdaannemer.core.filters import FilterSet, ScopedModelChoiceFilter
from hoofdaannemer.core.numbers import mask_iban
from hoofdaannemer.core.tables import BadgeColumn, CodeColumn, DateColumn, Table
from subcontracts.models import Subcontractor

TONES = {
    AccountChange.Status.TO_CONFIRM: "warning",
    AccountChange.Status.TO_DECIDE: "warning",
    AccountChange.Status.APPROVED: "positive",
    AccountChange.Status.REFUSED: "negative",
    AccountChange.Status.WITHDRAWN: "neutral",
    AccountChange.Status.UNDONE: "negative",
}


class AccountChangeTable(Table):
    """Changes of accounts with whose turn it is."""

    iban = CodeColumn(linkify=True, verbose_name=_("New account"), orderable=False)
    provider_organisation = django_tables2.Column(verbose_name=_("Subcontractor"))
    status = BadgeColumn(tones=TONES, verbose_name=_("Status"))
    asked_at = DateColumn(verbose_name=_("Asked"), orderable=True)
    decided_at = DateColumn(verbose_name=_("Decided"), orderable=True, default="–")

    class Meta:
        model = AccountChange
        fields = ()

    def render_iban(self, value: str) -> str:
        """The last digits are enough to know it by."""
        return mask_iban(value)

    def value_iban(self, value: str) -> str:
        return mask_iban(value)


class AccountChangeFilter(FilterSet):
    """By status and subcontractor."""

    subcontractor = ScopedModelChoiceFilter(model=Subcontractor, label=_("Subcontractor"))

    class Meta:
        model = AccountChange
        fields = ("status",)
