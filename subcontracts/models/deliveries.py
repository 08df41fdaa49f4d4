"""Starts and stops of care as subcontractors report them, and what went up of them."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from messaging.models import IncomingMessage, OutgoingMessage
from subcontracts.models.allocations import CARE_READERS, Allocation
from subcontracts.models.owned import MainContractorOwned, OwnedQuerySet, ProviderOwned
from subcontracts.models.placements import Placement

#: RedenBeeindiging 20 in both laws: delivery pauses.
TEMPORARY = "20"


class DeliveryStartQuerySet(OwnedQuerySet["DeliveryStart"]):
    """Reads of starts."""

    readers = CARE_READERS

    def live(self) -> DeliveryStartQuerySet:
        """Not deleted by StatusAanlevering 3."""
        return self.filter(withdrawn_at=None)


class DeliveryStart(ProviderOwned):
    """Care began under a placement. Deleted, it stays with the moment of deletion."""

    placement = models.ForeignKey(Placement, on_delete=models.PROTECT, related_name="starts")
    begin_date = models.DateField(_("start of care"))
    recorded_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    #: The subcontractor's 305; empty for a report in the portal.
    message = models.ForeignKey(
        IncomingMessage, on_delete=models.PROTECT, null=True, related_name="+"
    )

    objects = DeliveryStartQuerySet.as_manager()

    class Meta:
        verbose_name = _("start of care")
        verbose_name_plural = _("starts of care")
        ordering = ["begin_date", "pk"]
        constraints = [
            # TR074
            models.UniqueConstraint(
                fields=["placement", "begin_date"],
                condition=Q(withdrawn_at=None),
                name="start_key_once",
            )
        ]


class DeliveryStopQuerySet(OwnedQuerySet["DeliveryStop"]):
    """Reads of stops."""

    readers = CARE_READERS

    def live(self) -> DeliveryStopQuerySet:
        """Not deleted by StatusAanlevering 3."""
        return self.filter(withdrawn_at=None)


class DeliveryStop(ProviderOwned):
    """Care under a start ended, for a while (reason 20) or for good; the end date counts."""

    start = models.ForeignKey(DeliveryStart, on_delete=models.PROTECT, related_name="stops")
    end_date = models.DateField(_("end of care"))
    #: Code list JZ588 or WMO588, by law.
    reason = models.CharField(_("reason"), max_length=2)
    recorded_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    message = models.ForeignKey(
        IncomingMessage, on_delete=models.PROTECT, null=True, related_name="+"
    )

    objects = DeliveryStopQuerySet.as_manager()

    class Meta:
        verbose_name = _("end of care")
        verbose_name_plural = _("ends of care")
        ordering = ["end_date", "pk"]
        constraints = [
            # TR413 and TR415: one temporary and one final stop of a start.
            models.UniqueConstraint(
                fields=["start"],
                condition=Q(withdrawn_at=None) & ~Q(reason=TEMPORARY),
                name="stop_final_once",
            ),
            models.UniqueConstraint(
                fields=["start"],
                condition=Q(withdrawn_at=None, reason=TEMPORARY),
                name="stop_temporary_once",
            ),
        ]

    @property
    def is_final(self) -> bool:
        """Whether delivery does not come back under this start."""
        return self.reason != TEMPORARY


class UpwardReportQuerySet(OwnedQuerySet["UpwardReport"]):
    """Reads of what was reported to the municipality."""

    readers = CARE_READERS
    provider_column = ""


class UpwardReport(MainContractorOwned):
    """A start or stop of an allocation as told to the municipality in a 305 or 307."""

    class Kind(models.TextChoices):
        """What was told."""

        START = "start", _("start")
        STOP = "stop", _("stop")

    allocation = models.ForeignKey(
        Allocation, on_delete=models.PROTECT, related_name="upward_reports"
    )
    kind = models.CharField(max_length=5, choices=Kind.choices)
    begin_date = models.DateField()
    #: Stops only.
    end_date = models.DateField(null=True)
    reason = models.CharField(max_length=2, blank=True)
    recorded_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    #: Empty where an earlier administration told it, before the care was taken over here.
    message = models.ForeignKey(
        OutgoingMessage, on_delete=models.PROTECT, null=True, related_name="+"
    )
    #: The message that took it back; returned with errors, it did not.
    withdrawn_by = models.ForeignKey(
        OutgoingMessage, on_delete=models.PROTECT, null=True, related_name="+"
    )

    objects = UpwardReportQuerySet.as_manager()

    class Meta:
        ordering = ["recorded_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["allocation", "begin_date"],
                condition=Q(kind="start", withdrawn_at=None),
                name="upward_start_key_once",
            ),
            models.CheckConstraint(
                name="upward_stop_has_end",
                condition=Q(kind="start", end_date=None)
                | Q(kind="stop", end_date__isnull=False, end_date__gte=F("begin_date")),
            ),
        ]
