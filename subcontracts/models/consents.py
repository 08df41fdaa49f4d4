"""The municipality's consent to a subcontractor, as far as it goes, and its withdrawal."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.accounts.models import User
from subcontracts.models.contracts import OfferedQuerySet, Subcontract
from subcontracts.models.owned import ProviderOwned


class SubcontractConsentQuerySet(OfferedQuerySet["SubcontractConsent"]):
    """Reads, as of the contract."""


class SubcontractConsent(ProviderOwned):
    """The municipality agrees to a subcontractor for a time, some products, some municipalities.

    Rows stay: one that was withdrawn says from when, and why.
    """

    subcontract = models.ForeignKey(Subcontract, on_delete=models.PROTECT, related_name="consents")
    start_date = models.DateField(_("consent since"))
    end_date = models.DateField(_("end date"), null=True)
    reference = models.CharField(_("reference of the consent"), max_length=80, blank=True)
    #: Keys of the products, and codes of the municipalities, that it is for; empty: all of the
    #: municipal contract.
    products = models.JSONField(default=list)
    municipalities = models.JSONField(default=list)
    #: The first day on which it holds no more.
    withdrawn_from = models.DateField(_("withdrawn from"), null=True)
    withdrawn_reason = models.CharField(_("why"), max_length=300, blank=True)
    withdrawn_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(_("recorded"))

    objects = SubcontractConsentQuerySet.as_manager()

    class Meta:
        verbose_name = _("consent to a subcontract")
        verbose_name_plural = _("consents to subcontracts")
        ordering = ["subcontract", "start_date", "pk"]
        constraints = [
            models.CheckConstraint(
                name="subcontract_consent_period_forward",
                condition=Q(end_date=None) | Q(end_date__gte=F("start_date")),
            ),
            models.CheckConstraint(
                name="subcontract_consent_withdrawn_whole",
                condition=Q(withdrawn_from=None, withdrawn_at=None, withdrawn_reason="")
                | Q(withdrawn_from__gte=F("start_date"), withdrawn_at__isnull=False)
                & ~Q(withdrawn_reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subcontract} {self.start_date}"
