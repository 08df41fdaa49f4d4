"""Allocations (301), with every version of each."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.accounts.models import Municipality
from hoofdaannemer.core.scope import STAFF, Role
from messaging.models import Family, IncomingMessage
from subcontracts.models.authorities import AllocatedBy
from subcontracts.models.clients import Client
from subcontracts.models.contracts import MunicipalContract
from subcontracts.models.owned import MainContractorOwned, OwnedQuerySet
from subcontracts.models.parties import Product

CARE_READERS = STAFF - {Role.ADMINISTRATOR}


class Extent(models.Model):
    """How much care: an amount of units per frequency, or a budget in euros."""

    volume = models.PositiveIntegerField(_("volume"), null=True)
    #: Code lists WJ756 and WJ757.
    unit = models.CharField(_("unit"), max_length=2, blank=True)
    frequency = models.CharField(_("frequency"), max_length=1, blank=True)
    budget = models.DecimalField(_("budget"), max_digits=12, decimal_places=2, null=True)

    class Meta:
        abstract = True


class AllocationQuerySet(OwnedQuerySet["Allocation"]):
    """Reads of allocations: staff only, a provider sees its placements instead."""

    readers = CARE_READERS
    provider_column = ""

    def live(self) -> AllocationQuerySet:
        """Without deleted ones, which count as never sent (CS335)."""
        return self.exclude(is_deleted=True)

    def current_on(self, day: date) -> AllocationQuerySet:
        """Not deleted, and not ended before the day; what begins later counts too (TR349)."""
        return self.live().filter(Q(end_date=None) | Q(end_date__gte=day))


class Allocation(MainContractorOwned, Extent):
    """What a municipality assigned for a client; its fields are those of the newest version."""

    family = models.CharField(_("law"), max_length=3, choices=Family.choices)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    municipal_contract = models.ForeignKey(
        MunicipalContract, on_delete=models.PROTECT, related_name="allocations"
    )
    number = models.PositiveIntegerField(_("allocation number"))
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="allocations")
    #: Empty for an aspecific or generic allocation, which name no product code.
    product = models.ForeignKey(
        Product, on_delete=models.PROTECT, null=True, related_name="allocations"
    )
    category = models.CharField(_("category"), max_length=2, blank=True)
    start_date = models.DateField(_("start date"))
    end_date = models.DateField(_("end date"), null=True)
    #: Moment of the decision in force (Toewijzingsdatum and -tijd).
    decided_at = models.DateTimeField()
    #: When the first version reached us: waiting time counts from here.
    received_at = models.DateTimeField()
    is_deleted = models.BooleanField(default=False)
    #: Who allocated it. Under the task it is ours alone: no message names its number.
    origin = models.CharField(
        _("allocated by"),
        max_length=12,
        choices=AllocatedBy.choices,
        default=AllocatedBy.MUNICIPALITY,
    )
    #: What it is the answer to; empty where the municipality allocated on its own initiative.
    requested_product = models.ForeignKey(
        "RequestedProduct", on_delete=models.PROTECT, null=True, related_name="allocations"
    )

    objects = AllocationQuerySet.as_manager()

    class Meta:
        verbose_name = _("allocation")
        verbose_name_plural = _("allocations")
        ordering = ["-received_at", "-pk"]
        constraints = [
            # TR332: unique within municipality and law; per main contractor, for two of them on
            # one installation must not learn of each other through a refused number.
            models.UniqueConstraint(
                fields=["main_contractor", "family", "municipality", "number"],
                name="allocation_number_once",
            ),
            models.CheckConstraint(
                name="allocation_period_forward",
                condition=Q(end_date=None) | Q(end_date__gte=F("start_date")),
            ),
        ]
        indexes = [
            models.Index(fields=["main_contractor", "-received_at", "-id"]),
            models.Index(fields=["client"]),
        ]

    def __str__(self) -> str:
        return str(self.number)


class AllocationVersionQuerySet(OwnedQuerySet["AllocationVersion"]):
    """Reads of versions."""

    readers = CARE_READERS
    provider_column = ""


class AllocationVersion(MainContractorOwned, Extent):
    """One delivery of an allocation as the municipality sent it. Never changed."""

    allocation = models.ForeignKey(Allocation, on_delete=models.PROTECT, related_name="versions")
    message = models.ForeignKey(
        IncomingMessage, on_delete=models.PROTECT, null=True, related_name="+"
    )
    start_date = models.DateField()
    end_date = models.DateField(null=True)
    #: Code list RedenWijziging; empty for a first or unchanged delivery.
    change_reason = models.CharField(max_length=2, blank=True)
    decided_at = models.DateTimeField()
    #: The request for change that this delivery is the direct result of (IV097).
    requested_change = models.ForeignKey(
        "RequestedChange", on_delete=models.PROTECT, null=True, related_name="versions"
    )
    recorded_at = models.DateTimeField()

    objects = AllocationVersionQuerySet.as_manager()

    class Meta:
        ordering = ["-decided_at", "-pk"]
        constraints = [
            # The same delivery sent again changes nothing (IV013).
            models.UniqueConstraint(
                fields=["allocation", "decided_at"], name="allocation_version_once"
            )
        ]
