"""Files of starts and stops that subcontractors handed in, with the rows that were not taken."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.accounts.models import Organisation
from hoofdaannemer.core.scope import SUBCONTRACTOR, Scope
from subcontracts.models.handedin import FileHandedIn, RowNotTaken


class CareFileQuerySet(models.QuerySet["CareFile"]):
    """Reads of files: the organisation's own."""

    def visible_to(self, scope: Scope) -> CareFileQuerySet:
        """A file may be about several main contractors, so none of them reads it."""
        if scope.is_system:
            return self.all()
        if scope.role in SUBCONTRACTOR:
            return self.filter(provider_organisation=scope.organisation_id)
        return self.none()


class PlacementFileQuerySet(models.QuerySet["PlacementFile"]):
    """Reads of what was downloaded: the organisation's own."""

    def visible_to(self, scope: Scope) -> PlacementFileQuerySet:
        """As with files of reports."""
        if scope.is_system:
            return self.all()
        if scope.role in SUBCONTRACTOR:
            return self.filter(provider_organisation=scope.organisation_id)
        return self.none()


class PlacementFile(models.Model):
    """One download of placements: what was new or changed after `since_at`, up to `taken_at`."""

    provider_organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+"
    )
    #: Empty for the first one, which has all that runs.
    since_at = models.DateTimeField(null=True)
    taken_at = models.DateTimeField(_("downloaded on"))

    objects = PlacementFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("file of placements")
        verbose_name_plural = _("files of placements")
        ordering = ["-taken_at", "-pk"]
        indexes = [models.Index(fields=["provider_organisation", "-taken_at", "-id"])]


class CareFile(FileHandedIn):
    """One file of starts and stops as handed in, and what became of its rows."""

    class Source(models.TextChoices):
        """How it came in."""

        PORTAL = "portal", _("portal")
        MAILBOX = "mailbox", _("mailbox")

    provider_organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+"
    )
    source = models.CharField(max_length=8, choices=Source.choices)

    objects = CareFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("file of reports")
        verbose_name_plural = _("files of reports")
        ordering = ["-handed_in_at", "-pk"]
        indexes = [models.Index(fields=["provider_organisation", "-handed_in_at", "-id"])]


class RefusedRow(RowNotTaken):
    """A row of a file that was not taken; its cells in the order of `rules.carefile.COLUMNS`."""

    file = models.ForeignKey(CareFile, on_delete=models.PROTECT, related_name="refused_rows")

    class Meta:
        verbose_name = _("row not taken")
        verbose_name_plural = _("rows not taken")
        ordering = ["line", "pk"]
