"""Funding that is agreed for a time only, and what follows on it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.accounts.models import User
from subcontracts.models.contracts import FundingLine, OfferedQuerySet, Subcontract
from subcontracts.models.owned import ProviderOwned


class FundingSunsetQuerySet(OfferedQuerySet["FundingSunset"]):
    """Reads, as of the contract."""

    def open(self) -> FundingSunsetQuerySet:
        """Somebody still has to do something: no next line was made, and one is to come or may."""
        ends = FundingSunset.FollowUp.ENDS
        return self.filter(next_line=None).exclude(follow_up=ends)


class FundingSunset(ProviderOwned):
    """A funding line is temporary: after its last day this follows."""

    class FollowUp(models.TextChoices):
        """What follows."""

        LINE = "line", _("it goes on in another line")
        EVALUATION = "evaluation", _("an evaluation decides")
        ENDS = "ends", _("it ends and nothing follows")

    line = models.OneToOneField(FundingLine, on_delete=models.PROTECT, related_name="sunset")
    subcontract = models.ForeignKey(Subcontract, on_delete=models.PROTECT, related_name="sunsets")
    follow_up = models.CharField(
        _("what follows"), max_length=10, choices=FollowUp.choices, default=FollowUp.LINE
    )
    #: The form of the next line.
    next_form = models.CharField(
        _("next form"), max_length=20, choices=FundingLine.Form.choices, blank=True
    )
    #: Until when it is evaluated, and who does.
    evaluate_by = models.DateField(_("evaluate at the latest on"), null=True)
    evaluator = models.CharField(_("who evaluates"), max_length=120, blank=True)
    evaluated_on = models.DateField(_("evaluated on"), null=True)
    conclusion = models.CharField(_("conclusion"), max_length=500, blank=True)
    next_line = models.OneToOneField(
        FundingLine, on_delete=models.PROTECT, null=True, related_name="follows_on"
    )
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(_("recorded"))

    objects = FundingSunsetQuerySet.as_manager()

    class Meta:
        verbose_name = _("sunset of a funding line")
        verbose_name_plural = _("sunsets of funding lines")
        ordering = ["line__end_date", "pk"]
        constraints = [
            models.CheckConstraint(
                name="funding_sunset_whole",
                condition=Q(follow_up="line") & ~Q(next_form="")
                | Q(follow_up="evaluation", evaluate_by__isnull=False, next_form="")
                & ~Q(evaluator="")
                | Q(follow_up="ends", next_form=""),
            ),
            models.CheckConstraint(
                name="funding_sunset_evaluated",
                condition=Q(evaluated_on=None, conclusion="")
                | Q(evaluated_on__isnull=False) & ~Q(conclusion="") & ~Q(follow_up="evaluation"),
            ),
            models.CheckConstraint(
                name="funding_sunset_followed",
                condition=Q(next_line=None) | Q(follow_up="line"),
            ),
        ]

    def __str__(self) -> str:
        return str(self.line)
