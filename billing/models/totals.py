"""What was approved under a placement so far, so that a new line need not read its history."""

from __future__ import annotations

from django.db import models

from billing.models.readers import MONEY
from subcontracts.models import Placement
from subcontracts.models.owned import OwnedQuerySet, ProviderOwned


class DeclaredTotalQuerySet(OwnedQuerySet["DeclaredTotal"]):
    """Reads of totals."""

    readers = MONEY


class DeclaredTotal(ProviderOwned):
    """Approved debits less approved credits under one placement (TR322, TR369).

    Of declarations whose entitlements are recorded: it moves in that step, and the lines of
    declarations that still wait for it are added where it is read (promise DEC-15).
    """

    placement = models.OneToOneField(
        Placement, on_delete=models.PROTECT, related_name="declared_total"
    )
    #: Volume in hours; apart, for a placement may be counted in minutes.
    hours = models.BigIntegerField()
    #: Volume in whatever other unit (eurocents where that is 83).
    others = models.BigIntegerField()
    #: Eurocents.
    cents = models.BigIntegerField()
    #: Last day of any line that ever counted: a line after it cannot be a second debit (TR389).
    last_end = models.DateField()

    objects = DeclaredTotalQuerySet.as_manager()

    class Meta:
        verbose_name = "declared total"
        verbose_name_plural = "declared totals"

    def __str__(self) -> str:
        return str(self.placement_id)
