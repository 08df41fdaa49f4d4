"""What a controller established of a funding line: a bonus granted, or the costs of a subsidy."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from billing.models.entitlements import Entitlement
from billing.models.readers import MONEY
from subcontracts.models import FundingLine
from subcontracts.models.owned import OwnedQuerySet, ProviderOwned


class AssessmentQuerySet(OwnedQuerySet["Assessment"]):
    """Reads of assessments."""

    readers = MONEY

    def standing(self) -> AssessmentQuerySet:
        """Not replaced by a later one."""
        return self.filter(replaced_by=None)


class Assessment(ProviderOwned):
    """An amount that was established, why, and the entitlement that it brought about.

    For a bonus what was granted, for a subsidy the costs. Append-only: another outcome replaces it.
    """

    funding_line = models.ForeignKey(
        FundingLine, on_delete=models.PROTECT, related_name="assessments"
    )
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)
    day = models.DateField(_("decided on"))
    reason = models.CharField(_("reason"), max_length=300)
    entitlement = models.OneToOneField(
        Entitlement, on_delete=models.PROTECT, related_name="assessment"
    )
    replaces = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="replaced_by"
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    recorded_at = models.DateTimeField(_("recorded"))

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("assessment")
        verbose_name_plural = _("assessments")
        ordering = ["-recorded_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["funding_line"], condition=Q(replaces=None), name="assessment_begins_once"
            ),
            models.CheckConstraint(name="assessment_not_negative", condition=Q(amount__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.funding_line}: {self.amount}"
