"""Plans by which a subcontractor pays back in parts what it owes."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from django.db import models
from django.db.models import F, Q, Sum
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from billing.models.readers import MONEY
from billing.models.settlements import Settlement
from hoofdaannemer.accounts.models import User
from hoofdaannemer.core.money import ZERO
from subcontracts.models import Subcontractor
from subcontracts.models.owned import OwnedQuerySet, ProviderOwned


class RecoveryPlanQuerySet(OwnedQuerySet["RecoveryPlan"]):
    """Reads of plans."""

    readers = MONEY

    def light(self) -> RecoveryPlanQuerySet:
        """Without the signed file."""
        return self.defer("signed_file")

    def in_force(self) -> RecoveryPlanQuerySet:
        """Agreed upon and not finished: its statement lines are still to come."""
        return self.filter(status__in=RecoveryPlan.IN_FORCE)


class RecoveryPlan(ProviderOwned):
    """What is owed, taken off monthly statements in parts, as both sides agreed.

    What stood against the subcontractor on its statements is first put aside by a line of its own;
    then each month takes its part. What has been taken stands on the statements alone.
    """

    class Kind(models.TextChoices):
        """Where the debt stands."""

        BALANCE = "balance", _("balance of a monthly statement below zero")
        SETTLEMENT = "settlement", _("settlement of a year")
        CLAIM = "claim", _("sanction or another claim")

    class Status(models.TextChoices):
        """Life of a plan."""

        PROPOSED = "proposed", _("waits for agreement")
        RUNNING = "running", pgettext_lazy("recovery plan", "running")
        PAUSED = "paused", _("paused")
        ENDED = "ended", _("ended before its time")
        FINISHED = "finished", _("paid back")
        REFUSED = "refused", _("refused")
        WITHDRAWN = "withdrawn", _("withdrawn")

    IN_FORCE: Final = (Status.RUNNING, Status.PAUSED, Status.ENDED)
    TRANSITIONS: Final = {
        Status.PROPOSED: {Status.RUNNING, Status.REFUSED, Status.WITHDRAWN},
        Status.RUNNING: {Status.PAUSED, Status.ENDED, Status.FINISHED},
        Status.PAUSED: {Status.RUNNING, Status.ENDED},
        Status.ENDED: {Status.FINISHED},
        Status.FINISHED: set(),
        Status.REFUSED: set(),
        Status.WITHDRAWN: set(),
    }

    subcontractor = models.ForeignKey(
        Subcontractor, on_delete=models.PROTECT, related_name="recovery_plans"
    )
    kind = models.CharField(_("what is owed"), max_length=10, choices=Kind.choices)
    #: The settlement that is owed, where it is one.
    settlement = models.ForeignKey(
        Settlement, on_delete=models.PROTECT, null=True, related_name="recovery_plans"
    )
    status = models.CharField(
        _("status"), max_length=9, choices=Status.choices, default=Status.PROPOSED
    )
    total = models.DecimalField(_("total"), max_digits=14, decimal_places=2)
    monthly = models.DecimalField(_("a month"), max_digits=14, decimal_places=2)
    #: What a statement still pays after its part was taken, at the least.
    leaves = models.DecimalField(_("left to pay"), max_digits=14, decimal_places=2, default=ZERO)
    first_month = models.DateField(_("first month"))
    ground = models.CharField(_("ground"), max_length=300)
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(_("proposed"))
    #: Somebody of the subcontractor, or who recorded its agreement on paper.
    agreed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    agreed_at = models.DateTimeField(_("agreed on"), null=True)
    paper_reason = models.CharField(max_length=300, blank=True)
    signed_file = models.BinaryField(null=True)
    #: Why it was refused, paused or ended, in the words of who did so last.
    remark = models.CharField(_("remark"), max_length=300, blank=True)
    ended_at = models.DateTimeField(null=True)

    objects = RecoveryPlanQuerySet.as_manager()

    class Meta:
        verbose_name = _("recovery plan")
        verbose_name_plural = _("recovery plans")
        ordering = ["-proposed_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="recovery_plan_amounts",
                condition=Q(total__gt=0, monthly__gt=0, leaves__gte=0, monthly__lte=F("total")),
            ),
            models.CheckConstraint(
                name="recovery_plan_whole_month", condition=Q(first_month__day=1)
            ),
            models.CheckConstraint(
                name="recovery_plan_names_settlement",
                condition=Q(kind="settlement", settlement__isnull=False)
                | (~Q(kind="settlement") & Q(settlement=None)),
            ),
            models.CheckConstraint(
                name="recovery_plan_two_sides",
                condition=Q(
                    status__in=["proposed", "refused", "withdrawn"],
                    agreed_by=None,
                    agreed_at=None,
                )
                | (
                    Q(status__in=["running", "paused", "ended", "finished"])
                    & Q(agreed_by__isnull=False, agreed_at__isnull=False)
                    & ~Q(agreed_by=F("proposed_by"))
                ),
            ),
            # One debt is under one plan.
            models.UniqueConstraint(
                fields=["settlement"],
                condition=~Q(status__in=["refused", "withdrawn"]),
                name="recovery_plan_settlement_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["subcontractor"],
                condition=Q(status__in=["running", "paused", "ended"]),
                name="recovery_plan_in_force",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.pk})"

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("recovery_plan_detail", args=[self.pk])

    @property
    def recovered(self) -> Decimal:
        """What statements took so far, in euros."""
        found = self.statement_lines.filter(kind__in=["set_off", "rest"]).aggregate(
            sum=Sum("amount")
        )
        return found["sum"] or ZERO
