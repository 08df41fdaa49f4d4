"""Amounts that a statement posts beside what contracts pay: proposed by one, decided by another."""

from __future__ import annotations

from typing import Final

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from billing.models.disputes import Dispute
from billing.models.payments import Payment
from billing.models.readers import MONEY
from billing.rules.explain import Explanation
from hoofdaannemer.accounts.models import User
from subcontracts.models import Subcontractor
from subcontracts.models.owned import OwnedQuerySet, ProviderOwned


class AdjustmentQuerySet(OwnedQuerySet["Adjustment"]):
    """Reads of adjustments."""

    readers = MONEY

    def proposed(self) -> AdjustmentQuerySet:
        """Those about which somebody decides."""
        return self.filter(status=Adjustment.Status.PROPOSED)

    def to_state(self) -> AdjustmentQuerySet:
        """Accepted, and on no statement yet."""
        return self.filter(status=Adjustment.Status.ACCEPTED, statement_line=None)

    def standing(self) -> AdjustmentQuerySet:
        """Proposed or accepted: what it rests on has its adjustment."""
        return self.exclude(status=Adjustment.Status.REFUSED)


class Adjustment(ProviderOwned):
    """What a dispute granted, or interest over a late payment. In euros; once for what it rests on.

    No entitlement: no care was delivered for it, no ceiling, production or settlement of a year
    counts it. What care itself was worth is put right by the declaration that says so.
    """

    class Kind(models.TextChoices):
        """What it rests on."""

        DISPUTE = "dispute", _("correction after a dispute")
        INTEREST = "interest", _("interest over a late payment")

    class Status(models.TextChoices):
        """Life of an adjustment."""

        PROPOSED = "proposed", _("waits for a second person")
        ACCEPTED = "accepted", _("accepted")
        REFUSED = "refused", _("refused")

    TRANSITIONS = {
        Status.PROPOSED: {Status.ACCEPTED, Status.REFUSED},
        Status.ACCEPTED: set(),
        Status.REFUSED: set(),
    }

    #: How their references begin.
    NAMES: Final = {Kind.DISPUTE: "correction", Kind.INTEREST: "interest"}

    subcontractor = models.ForeignKey(
        Subcontractor, on_delete=models.PROTECT, related_name="adjustments"
    )
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    status = models.CharField(
        _("status"), max_length=8, choices=Status.choices, default=Status.PROPOSED
    )
    #: The dispute that granted it; its line is what is corrected.
    dispute = models.ForeignKey(
        Dispute, on_delete=models.PROTECT, null=True, related_name="adjustments"
    )
    #: The payment that was late.
    payment = models.ForeignKey(
        Payment, on_delete=models.PROTECT, null=True, related_name="adjustments"
    )
    #: First day of the month of the statement that it is about.
    month = models.DateField(_("month"))
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)
    #: `billing.rules.explain.Explanation.as_dict()`.
    explanation = models.JSONField()
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(_("proposed"))
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(_("decided"), null=True)
    #: Why it was refused.
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    objects = AdjustmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("correction or interest")
        verbose_name_plural = _("corrections and interest")
        ordering = ["-proposed_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="adjustment_one_ground",
                condition=Q(kind="dispute", dispute__isnull=False, payment=None) & ~Q(amount=0)
                | Q(kind="interest", dispute=None, payment__isnull=False, amount__gt=0),
            ),
            models.UniqueConstraint(
                fields=["dispute"], condition=~Q(status="refused"), name="adjustment_dispute_once"
            ),
            models.UniqueConstraint(
                fields=["payment"], condition=~Q(status="refused"), name="adjustment_payment_once"
            ),
            models.CheckConstraint(
                name="adjustment_four_eyes",
                condition=Q(decided_by=None) | ~Q(decided_by=F("proposed_by")),
            ),
            models.CheckConstraint(
                name="adjustment_decided_by_somebody",
                condition=Q(status="proposed", decided_by=None, decided_at=None)
                | Q(
                    status__in=["accepted", "refused"],
                    decided_by__isnull=False,
                    decided_at__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="adjustment_refused_with_reason",
                condition=Q(status="refused") & ~Q(reason="") | ~Q(status="refused") & Q(reason=""),
            ),
            models.CheckConstraint(name="adjustment_whole_month", condition=Q(month__day=1)),
        ]
        indexes = [
            models.Index(fields=["subcontractor", "month"]),
            models.Index(
                fields=["main_contractor"],
                condition=Q(status="proposed"),
                name="adjustment_to_decide",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("adjustment_detail", args=[self.pk])

    @property
    def reference(self) -> str:
        """How a statement names it."""
        return f"{self.NAMES[self.Kind(self.kind)]}-{self.pk}"

    @property
    def is_delivery(self) -> bool:
        """Whether an invoice counts it: interest is paid for no care."""
        return self.kind == self.Kind.DISPUTE

    @property
    def why(self) -> Explanation:
        """The calculation, for people."""
        return Explanation.from_dict(self.explanation)
