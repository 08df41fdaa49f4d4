"""Terms that run: shown before they pass, ticked off when met."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.accounts.models import Organisation
from messaging.models import Leg
from subcontracts.models.allocations import CARE_READERS, Allocation
from subcontracts.models.owned import MainContractorOwned, OwnedQuerySet
from subcontracts.models.placements import Placement
from subcontracts.models.requests import CareRequest, RequestedProduct


class DeadlineQuerySet(OwnedQuerySet["Deadline"]):
    """Reads of deadlines; a provider sees its own leg."""

    readers = CARE_READERS

    def running(self) -> DeadlineQuerySet:
        """Not met yet, soonest first."""
        return self.filter(met_at=None, dropped_at=None).order_by("due_date", "pk")


class Deadline(MainContractorOwned):
    """One term of `deadlines.csv` for one placement, allocation or request.

    That of a return message stands on the message itself.
    """

    class Kind(models.TextChoices):
        """What is due."""

        PLACE = "place", _("place the client")
        REPLY = "reply", _("reply to the placement")
        START = "305", _("report the start")
        STOP = "307", _("report the stop")
        ANSWER = "answer", _("answer to the request")

    kind = models.CharField(max_length=8, choices=Kind.choices)
    leg = models.CharField(max_length=4, choices=Leg.choices)
    #: Whose turn it is on the lower leg; empty where it is the main contractor's.
    provider_organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, related_name="+"
    )
    placement = models.ForeignKey(
        Placement, on_delete=models.PROTECT, null=True, related_name="deadlines"
    )
    allocation = models.ForeignKey(
        Allocation, on_delete=models.PROTECT, null=True, related_name="deadlines"
    )
    request = models.ForeignKey(
        CareRequest, on_delete=models.PROTECT, null=True, related_name="deadlines"
    )
    #: Which product of the request must be answered (OP274).
    requested_product = models.ForeignKey(
        RequestedProduct, on_delete=models.PROTECT, null=True, related_name="deadlines"
    )
    #: The day on which the term began, and the last day on which it is met in time.
    event_date = models.DateField()
    due_date = models.DateField(_("before"))
    met_at = models.DateTimeField(null=True)
    #: The term no longer applies, such as after a withdrawal.
    dropped_at = models.DateTimeField(null=True)

    objects = DeadlineQuerySet.as_manager()

    class Meta:
        verbose_name = _("deadline")
        verbose_name_plural = _("deadlines")
        ordering = ["due_date", "pk"]
        indexes = [
            # The work lists: what runs, soonest first.
            models.Index(
                fields=["main_contractor", "due_date"],
                condition=Q(met_at=None, dropped_at=None),
                name="deadline_running_staff",
            ),
            models.Index(
                fields=["provider_organisation", "due_date"],
                condition=Q(met_at=None, dropped_at=None),
                name="deadline_running_provider",
            ),
        ]
