"""Ceilings of subcontracts (bestedingsruimte), each from a day on."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from subcontracts.models.contracts import OfferedQuerySet, Subcontract
from subcontracts.models.owned import ProviderOwned


class ContractCeilingQuerySet(OfferedQuerySet["ContractCeiling"]):
    """Reads of ceilings."""


class ContractCeiling(ProviderOwned):
    """The most that a contract pays in a calendar year, from a day on until the next row.

    Once a contract runs, rows are appended: of two for one day the one that was recorded last
    holds. `Subcontract.ceiling_on` says which holds on a day.
    """

    subcontract = models.ForeignKey(Subcontract, on_delete=models.PROTECT, related_name="ceilings")
    #: Euros a calendar year; empty: none from that day on.
    amount = models.DecimalField(_("ceiling"), max_digits=14, decimal_places=2, null=True)
    start_date = models.DateField(_("start date"))
    recorded_at = models.DateTimeField(_("recorded"))

    objects = ContractCeilingQuerySet.as_manager()

    class Meta:
        verbose_name = _("dated ceiling")
        verbose_name_plural = _("dated ceilings")
        ordering = ["start_date", "pk"]
        constraints = [
            models.CheckConstraint(
                name="contract_ceiling_not_negative",
                condition=Q(amount=None) | Q(amount__gte=0),
            )
        ]

    def __str__(self) -> str:
        return str(_("Ceiling a calendar year"))
