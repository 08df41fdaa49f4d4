"""What came together so far, so that what is new need not read the history."""

from __future__ import annotations

from django.db import models

from billing.models.readers import MONEY
from subcontracts.models import FundingLine, Placement
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


class EntitledTotalQuerySet(OwnedQuerySet["EntitledTotal"]):
    """Reads of totals."""

    readers = MONEY


class EntitledTotal(ProviderOwned):
    """What the entitlements of one funding line about a year come to, corrections taken off.

    Written by the database alone, in the statement that records them (promise PAY-17). What is
    exempt from a ceiling is in it, for that may be agreed upon afterwards.
    """

    funding_line = models.ForeignKey(
        FundingLine, on_delete=models.PROTECT, related_name="entitled_totals"
    )
    #: Of the months they are about.
    year = models.PositiveSmallIntegerField()
    #: The entitlements' form.
    form = models.CharField(max_length=20)
    #: Euros.
    amount = models.DecimalField(max_digits=16, decimal_places=2)

    objects = EntitledTotalQuerySet.as_manager()

    class Meta:
        verbose_name = "entitled total"
        verbose_name_plural = "entitled totals"
        constraints = [
            models.UniqueConstraint(
                fields=["funding_line", "year", "form"], name="entitled_total_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.funding_line_id} {self.year}"
