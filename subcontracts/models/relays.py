"""How placements reach a subcontractor, from which day."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from subcontracts.models.contracts import Subcontract
from subcontracts.models.owned import OwnedQuerySet, ProviderOwned


class RelayModeQuerySet(OwnedQuerySet["RelayMode"]):
    """Reads of relay modes."""


class RelayMode(ProviderOwned):
    """From a day on, until the next row, the contract relays in this way.

    Rows are appended: of two for one day the one that was recorded last holds.
    """

    subcontract = models.ForeignKey(
        Subcontract, on_delete=models.PROTECT, related_name="relay_modes"
    )
    mode = models.CharField(_("relay"), max_length=8, choices=Subcontract.Relay.choices)
    start_date = models.DateField(_("start date"))
    recorded_at = models.DateTimeField()

    objects = RelayModeQuerySet.as_manager()

    class Meta:
        verbose_name = _("relay mode")
        verbose_name_plural = _("relay modes")
        ordering = ["start_date", "pk"]
