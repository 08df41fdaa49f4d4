"""Reconciliations: what we allocated under mandate, held against the municipality's books."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.accounts.models import Municipality, User
from hoofdaannemer.core.crypto import EncryptedTextField
from hoofdaannemer.core.scope import CARE
from messaging.models import Family
from subcontracts.models.allocations import Allocation
from subcontracts.models.owned import MainContractorOwned, OwnedQuerySet
from subcontracts.models.placements import Placement


class ReconciliationQuerySet(OwnedQuerySet["Reconciliation"]):
    """Reads: who looks after care."""

    readers = CARE
    provider_column = ""

    def with_counts(self) -> ReconciliationQuerySet:
        """With the number of differences, and of those that nobody explained yet."""
        return self.annotate(
            difference_count=models.Count("differences"),
            open_count=models.Count("differences", filter=Q(differences__settled_at=None)),
        )


class Reconciliation(MainContractorOwned):
    """One file of a municipality, compared with what we had on the moment it was handed in."""

    municipality = models.ForeignKey(
        Municipality, verbose_name=_("municipality"), on_delete=models.PROTECT, related_name="+"
    )
    family = models.CharField(_("law"), max_length=3, choices=Family.choices)
    #: The file as handed in.
    content = EncryptedTextField()
    #: Rows of the file, allocations of ours, and how many were equal.
    row_count = models.PositiveIntegerField(_("rows of the municipality"))
    held_count = models.PositiveIntegerField(_("allocations here"))
    equal_count = models.PositiveIntegerField(_("equal"))
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(_("compared on"))

    objects = ReconciliationQuerySet.as_manager()

    class Meta:
        verbose_name = _("reconciliation")
        verbose_name_plural = _("reconciliations")
        ordering = ["-recorded_at", "-pk"]
        indexes = [models.Index(fields=["main_contractor", "-recorded_at", "-id"])]

    def __str__(self) -> str:
        return f"{self.municipality} · {self.get_family_display()}"


class DifferenceQuerySet(OwnedQuerySet["Difference"]):
    """Reads: who looks after care."""

    readers = CARE
    provider_column = ""

    def open(self) -> DifferenceQuerySet:
        """Nobody explained them yet."""
        return self.filter(settled_at=None)


class Difference(MainContractorOwned):
    """What the two administrations say otherwise about one allocation, or a row without sense."""

    class Kind(models.TextChoices):
        """Where the difference lies."""

        ONLY_HERE = "only_here", _("only here")
        ONLY_THERE = "only_there", _("only at the municipality")
        OTHERWISE = "otherwise", _("recorded otherwise")
        UNREADABLE = "unreadable", _("row not readable")

    reconciliation = models.ForeignKey(
        Reconciliation, on_delete=models.PROTECT, related_name="differences"
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    #: AGB code of who was to deliver, and the allocation number, as in the message.
    receiver = models.CharField(_("receiver"), max_length=8, blank=True)
    number = models.PositiveIntegerField(_("allocation number"), null=True)
    #: Row of the file as a spreadsheet counts; empty for what the file lacks.
    line = models.PositiveIntegerField(_("row"), null=True)
    #: Column of the file; what stands in it here and there. Never who the client is.
    column = models.CharField(_("column"), max_length=20, blank=True)
    ours = models.CharField(_("here"), max_length=80, blank=True)
    theirs = models.CharField(_("at the municipality"), max_length=80, blank=True)
    #: What of ours it is about.
    allocation = models.ForeignKey(
        Allocation, on_delete=models.PROTECT, null=True, related_name="+"
    )
    placement = models.ForeignKey(Placement, on_delete=models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    settled_note = EncryptedTextField(_("explanation"), default="")

    objects = DifferenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("difference")
        verbose_name_plural = _("differences")
        ordering = ["receiver", "number", "line", "pk"]
        indexes = [
            models.Index(
                fields=["main_contractor"],
                condition=Q(settled_at=None),
                name="difference_open",
            )
        ]
