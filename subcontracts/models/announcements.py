"""Announcements to subcontractors, and who confirmed having read them."""

from __future__ import annotations

from datetime import date
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.accounts.models import User
from hoofdaannemer.core.scope import SUBCONTRACTOR, Role, Scope
from subcontracts.models.owned import MainContractorOwned, OwnedQuerySet, ProviderOwned
from subcontracts.models.parties import Subcontractor

#: Who of the main contractor reads announcements, and who read them.
READERS = frozenset({Role.CONTRACT_MANAGER, Role.CONTROLLER, Role.QUALITY_OFFICER})


class AnnouncementQuerySet(OwnedQuerySet["Announcement"]):
    """Reads of announcements."""

    readers = READERS
    provider_column = ""

    def visible_to(self, scope: Scope) -> Self:
        """A subcontractor sees what was told to it and not withdrawn."""
        if scope.role in SUBCONTRACTOR:
            told = AnnouncementAddressee.objects.visible_to(scope)
            return self.filter(pk__in=told.values("announcement"), withdrawn_at=None)
        return super().visible_to(scope)

    def standing_on(self, day: date) -> Self:
        """Told on a day: within its period, and not withdrawn."""
        return self.in_force_on(day).filter(withdrawn_at=None)

    def light(self) -> Self:
        """Without the file."""
        return self.defer("attachment")


class Announcement(MainContractorOwned):
    """Something the main contractor tells all its subcontractors, or some of them."""

    title = models.CharField(_("title"), max_length=120)
    text = models.TextField(_("text"))
    start_date = models.DateField(_("from"))
    #: Last day on which it is asked to be read; empty: until everybody did.
    end_date = models.DateField(_("up to and including"), null=True)
    attachment = models.BinaryField(default=b"")
    attachment_name = models.CharField(_("attachment"), max_length=120, blank=True)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(_("recorded"))
    reminded_at = models.DateTimeField(_("last reminder"), null=True)
    withdrawn_at = models.DateTimeField(_("withdrawn on"), null=True)

    objects = AnnouncementQuerySet.as_manager()

    class Meta:
        verbose_name = _("announcement")
        verbose_name_plural = _("announcements")
        ordering = ["-start_date", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="announcement_period_forward",
                condition=Q(end_date=None) | Q(end_date__gte=F("start_date")),
            )
        ]

    def __str__(self) -> str:
        return self.title


class AnnouncementAddresseeQuerySet(OwnedQuerySet["AnnouncementAddressee"]):
    """Reads: a provider its own."""

    readers = READERS


class AnnouncementAddressee(ProviderOwned):
    """A subcontractor to which something is told."""

    announcement = models.ForeignKey(
        Announcement, on_delete=models.PROTECT, related_name="addressees"
    )
    subcontractor = models.ForeignKey(Subcontractor, on_delete=models.PROTECT, related_name="+")

    objects = AnnouncementAddresseeQuerySet.as_manager()

    class Meta:
        verbose_name = _("addressee of an announcement")
        verbose_name_plural = _("addressees of announcements")
        ordering = ["provider_organisation__name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["announcement", "provider_organisation"],
                name="announcement_addressee_once",
            )
        ]


class ReadConfirmationQuerySet(OwnedQuerySet["ReadConfirmation"]):
    """Reads: a provider those of its own people."""

    readers = READERS


class ReadConfirmation(ProviderOwned):
    """Somebody confirmed having read an announcement; never changed."""

    announcement = models.ForeignKey(
        Announcement, on_delete=models.PROTECT, related_name="confirmations"
    )
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    #: As the person was called then.
    name = models.CharField(_("name"), max_length=150)
    read_at = models.DateTimeField(_("read on"))

    objects = ReadConfirmationQuerySet.as_manager()

    class Meta:
        verbose_name = _("confirmation of reading")
        verbose_name_plural = _("confirmations of reading")
        ordering = ["provider_organisation__name", "read_at", "pk"]
        constraints = [
            # Once for each organisation in whose name somebody reads.
            models.UniqueConstraint(
                fields=["announcement", "user", "provider_organisation"],
                name="read_confirmation_once",
            )
        ]
