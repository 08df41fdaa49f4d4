"""Notice given of subcontracts: who ended it, when, why, and the signed letter."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.accounts.models import User
from subcontracts.models.contracts import OfferedQuerySet, Subcontract
from subcontracts.models.owned import ProviderOwned


class SubcontractNoticeQuerySet(OfferedQuerySet["SubcontractNotice"]):
    """Reads of notices: a provider reads those of its own contracts."""

    def standing(self) -> SubcontractNoticeQuerySet:
        """Not withdrawn."""
        return self.filter(withdrawn_at=None)

    def light(self) -> SubcontractNoticeQuerySet:
        """Without the letter."""
        return self.defer("letter")


class SubcontractNotice(ProviderOwned):
    """Notice of a subcontract. Withdrawn, it stays with the moment and the reason."""

    class By(models.TextChoices):
        """Who ends it, which decides whether the term of notice counts."""

        MAIN = "main", _("we give notice")
        SUBCONTRACTOR = "sub", _("the subcontractor gives notice")
        MUTUAL = "mutual", _("by mutual consent")
        BREACH = "breach", _("at once, for breach of contract")

    #: Who must keep to the term of notice.
    BOUND = (By.MAIN, By.SUBCONTRACTOR)

    subcontract = models.ForeignKey(Subcontract, on_delete=models.PROTECT, related_name="notices")
    by = models.CharField(_("how it ends"), max_length=6, choices=By.choices)
    given_on = models.DateField(_("notice given on"))
    last_day = models.DateField(_("last day"))
    #: The last day before the notice, which comes back when it is withdrawn.
    old_end_date = models.DateField(null=True)
    reason = models.CharField(_("reason"), max_length=200)
    #: What would have begun after the last day, in words: it ended with the contract.
    cancelled = models.JSONField(default=list)
    #: The same with all that it said, and the last days that the end cut off, to be put back where
    #: the notice is taken back (`services.restoring`).
    kept = models.JSONField(default=dict)
    #: What could not be put back when it was taken back, in words.
    lost = models.JSONField(default=list)
    #: The signed letter as a PDF; empty where none was kept.
    letter = models.BinaryField(default=b"")
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()
    withdrawn_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_reason = models.CharField(max_length=200, blank=True)

    objects = SubcontractNoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ["-given_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="notice_before_last_day", condition=Q(last_day__gte=F("given_on"))
            ),
            models.UniqueConstraint(
                fields=["subcontract"],
                condition=Q(withdrawn_at=None),
                name="notice_standing_once",
            ),
        ]
