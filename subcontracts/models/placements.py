"""Placements: who delivers an allocation, a part or the whole, and with which professionals."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from messaging.models import Family, OutgoingMessage
from subcontracts.models.allocations import CARE_READERS, Allocation, Extent
from subcontracts.models.clients import Client
from subcontracts.models.contracts import Subcontract
from subcontracts.models.owned import OwnedQuerySet, ProviderOwned
from subcontracts.models.parties import Product, Professional, Subcontractor


class PlacementQuerySet(OwnedQuerySet["Placement"]):
    """Reads of placements."""

    readers = CARE_READERS

    def live(self) -> PlacementQuerySet:
        """Offered or accepted: care is or will be delivered under it."""
        return self.filter(status__in=Placement.LIVE)

    def current_on(self, day: date) -> PlacementQuerySet:
        """Not declined or taken back, and the relayed period has not ended before the day."""
        kept = (*Placement.LIVE, Placement.Status.ENDED)
        return self.filter(Q(end_date=None) | Q(end_date__gte=day), status__in=kept)


class Placement(ProviderOwned, Extent):
    """An allocation, or part of it, handed to a subcontractor or own team."""

    class Status(models.TextChoices):
        """Life of a placement."""

        OFFERED = "offered", _("offered")
        ACCEPTED = "accepted", _("accepted")
        DECLINED = "declined", _("declined")
        WITHDRAWN = "withdrawn", _("withdrawn")
        ENDED = "ended", _("ended")

    TRANSITIONS = {
        Status.OFFERED: {Status.ACCEPTED, Status.DECLINED, Status.WITHDRAWN},
        Status.ACCEPTED: {Status.WITHDRAWN, Status.ENDED},
        Status.DECLINED: set(),
        Status.WITHDRAWN: set(),
        Status.ENDED: {Status.ACCEPTED},
    }
    LIVE = (Status.OFFERED, Status.ACCEPTED)

    subcontractor = models.ForeignKey(
        Subcontractor, on_delete=models.PROTECT, related_name="placements"
    )
    #: Empty for an own team.
    subcontract = models.ForeignKey(
        Subcontract, on_delete=models.PROTECT, null=True, related_name="placements"
    )
    allocation = models.ForeignKey(Allocation, on_delete=models.PROTECT, related_name="placements")
    #: Equal to the allocation's, so that lists need no join.
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="placements")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="placements")
    family = models.CharField(_("law"), max_length=3, choices=Family.choices)
    #: Allocation number of the relayed message, from the contract's own range.
    number = models.PositiveIntegerField(_("placement number"))
    start_date = models.DateField(_("start date"))
    end_date = models.DateField(_("end date"), null=True)
    status = models.CharField(
        _("status"), max_length=10, choices=Status.choices, default=Status.OFFERED
    )
    offered_at = models.DateTimeField()
    #: Moment of the newest change that was relayed, and its reason (code list RedenWijziging).
    revised_at = models.DateTimeField(null=True)
    change_reason = models.CharField(max_length=2, blank=True)
    #: Silence past this day is acceptance.
    reply_due_date = models.DateField(_("reply before"))
    replied_at = models.DateTimeField(null=True)
    accepted_by_silence = models.BooleanField(default=False)
    reply_reason = models.TextField(_("reason"), blank=True)
    #: The relayed 301; empty where nothing is sent, and for an own team.
    message = models.ForeignKey(
        OutgoingMessage, on_delete=models.PROTECT, null=True, related_name="+"
    )
    #: The provider knows it under its number from an earlier administration: no first 301 tells it.
    is_known_below = models.BooleanField(default=False)

    objects = PlacementQuerySet.as_manager()

    class Meta:
        verbose_name = _("placement")
        verbose_name_plural = _("placements")
        ordering = ["-offered_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["main_contractor", "family", "number"], name="placement_number_once"
            ),
            # What is declared under a placement holds client and owner equal to it by this key.
            models.UniqueConstraint(
                fields=["id", "client", "main_contractor", "provider_organisation"],
                name="placement_owner",
            ),
            models.CheckConstraint(
                name="placement_period_forward",
                condition=Q(end_date=None) | Q(end_date__gte=F("start_date")),
            ),
        ]
        indexes = [
            models.Index(fields=["main_contractor", "-offered_at", "-id"]),
            models.Index(fields=["provider_organisation", "-offered_at", "-id"]),
            models.Index(fields=["allocation"]),
        ]

    def __str__(self) -> str:
        return str(self.number)

    def relay_on(self, day: date) -> str:
        """How it reaches the provider on a day; an own team works in the portal."""
        relay: str = Subcontract.Relay.PORTAL
        return relay if self.subcontract is None else self.subcontract.relay_on(day)

    def is_kept_here(self, day: date) -> bool:
        """Nothing goes to the subcontractor: the main contractor records start and stop itself."""
        return self.relay_on(day) == Subcontract.Relay.NONE


class PlacementProfessionalQuerySet(OwnedQuerySet["PlacementProfessional"]):
    """Reads of who delivers."""

    readers = CARE_READERS


class PlacementProfessional(ProviderOwned):
    """A professional who delivers a placement, with the period in which."""

    placement = models.ForeignKey(Placement, on_delete=models.PROTECT, related_name="professionals")
    professional = models.ForeignKey(
        Professional, on_delete=models.PROTECT, related_name="placements"
    )
    start_date = models.DateField(_("start date"))
    end_date = models.DateField(_("end date"), null=True)

    objects = PlacementProfessionalQuerySet.as_manager()

    class Meta:
        ordering = ["start_date", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["placement", "professional", "start_date"],
                name="placement_professional_once",
            ),
            models.CheckConstraint(
                name="placement_professional_period_forward",
                condition=Q(end_date=None) | Q(end_date__gte=F("start_date")),
            ),
        ]
