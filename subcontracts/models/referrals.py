"""Files of referrals that the main contractor's own access handed in, with what was not taken."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.core.scope import CARE
from subcontracts.models.handedin import FileHandedIn, RowNotTaken
from subcontracts.models.owned import MainContractorOwned, OwnedQuerySet


class ReferralFileQuerySet(OwnedQuerySet["ReferralFile"]):
    """Reads of files: who asks for care."""

    readers = CARE
    provider_column = ""


class ReferralFile(MainContractorOwned, FileHandedIn):
    """One file or call with referrals, each of which is a request to a municipality.

    The counts are of referrals; of one that was not taken all rows are kept.
    """

    class Source(models.TextChoices):
        """How it came in."""

        PORTAL = "portal", _("portal")
        API = "api", _("software")

    source = models.CharField(_("by"), max_length=8, choices=Source.choices)

    objects = ReferralFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("file of referrals")
        verbose_name_plural = _("files of referrals")
        ordering = ["-handed_in_at", "-pk"]
        indexes = [models.Index(fields=["main_contractor", "-handed_in_at", "-id"])]


class RefusedReferralRow(RowNotTaken):
    """A row of a referral that was not taken; its cells in the order of `referralcells.COLUMNS`."""

    file = models.ForeignKey(ReferralFile, on_delete=models.PROTECT, related_name="refused_rows")

    class Meta:
        verbose_name = _("referral not taken")
        verbose_name_plural = _("referrals not taken")
        ordering = ["line", "pk"]
