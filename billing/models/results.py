"""Results on which a part of a trajectory or a bonus depends, and what was said of each."""

from __future__ import annotations

from datetime import date
from typing import Final

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from billing.models.disputes import Side
from billing.models.readers import MONEY
from hoofdaannemer.accounts.models import User
from hoofdaannemer.core.crypto import EncryptedTextField
from subcontracts.models import FundingLine, Placement, Subcontractor
from subcontracts.models.owned import OwnedQuerySet, ProviderOwned


class TrajectoryResultQuerySet(OwnedQuerySet["TrajectoryResult"]):
    """Reads of results."""

    readers = MONEY


class TrajectoryResult(ProviderOwned):
    """The result of one ended trajectory, or of a bonus: evidence, verdict, objection, decision.

    What depends on it becomes an entitlement by the verdict alone, from `counts_from` on. A bonus
    waits from the day on which its line began, and is about no client: it has no placement.
    """

    class Judge(models.TextChoices):
        """Whose verdict it is; the codes of the contract's parameter."""

        MAIN = "main", _("the main contractor")
        MUNICIPALITY = "municipality", _("the municipality")
        CLIENT = "client", _("the client, by an own view")
        JOINT = "joint", _("both together")

    class Outcome(models.TextChoices):
        """What was found; the codes of `rules.results.Outcome`."""

        MET = "met", _("met")
        PARTLY = "partly", _("partly met")
        NOT_MET = "not_met", _("not met")
        UNJUDGED = "unjudged", _("cannot be judged")
        EXPIRED = "expired", _("not judged in time")

    class Status(models.TextChoices):
        """Whose turn it is, or how it stands."""

        AWAITED = "awaited", _("evidence awaited")
        HANDED_IN = "handed_in", _("to be judged")
        JUDGED = "judged", _("judged")
        OBJECTED = "objected", _("objected to")
        DECIDED = "decided", _("decided after objection")
        LAPSED = "lapsed", _("lapsed")

    #: Without a verdict.
    UNJUDGED: Final = (Status.AWAITED, Status.HANDED_IN)
    TRANSITIONS: Final = {
        Status.AWAITED: {Status.HANDED_IN, Status.JUDGED, Status.LAPSED},
        Status.HANDED_IN: {Status.JUDGED, Status.LAPSED},
        Status.JUDGED: {Status.OBJECTED, Status.JUDGED},
        Status.OBJECTED: {Status.DECIDED},
        Status.DECIDED: set(),
        Status.LAPSED: {Status.AWAITED},
    }

    subcontractor = models.ForeignKey(
        Subcontractor, on_delete=models.PROTECT, related_name="trajectory_results"
    )
    placement = models.ForeignKey(
        Placement, on_delete=models.PROTECT, null=True, related_name="trajectory_results"
    )
    funding_line = models.ForeignKey(
        FundingLine, on_delete=models.PROTECT, related_name="trajectory_results"
    )
    #: Which trajectory of the placement, from 1; of a bonus always 1.
    number = models.PositiveSmallIntegerField()
    #: Last day of care; of a bonus the last day of its line.
    ended_on = models.DateField(_("ended on"))
    at_stake = models.DecimalField(_("depends on the result"), max_digits=14, decimal_places=2)
    #: As the contract said when it was asked for.
    measure = models.CharField(_("when it is met"), max_length=200)
    judge = models.CharField(_("judged by"), max_length=12, choices=Judge.choices)
    target_date = models.DateField(_("judged before"))
    status = models.CharField(
        _("status"), max_length=9, choices=Status.choices, default=Status.AWAITED
    )
    #: Last day for whose turn it is; the end keeps the last one.
    due_date = models.DateField(_("before"))
    outcome = models.CharField(_("outcome"), max_length=8, choices=Outcome.choices, blank=True)
    #: The part of one that was met; empty without a verdict.
    share = models.DecimalField(max_digits=7, decimal_places=6, null=True)
    #: The day from which the verdict counts; empty while it is objected to, or not agreed yet.
    counts_from = models.DateField(_("counts from"), null=True)
    judged_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    judged_at = models.DateTimeField(_("judged"), null=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField()

    objects = TrajectoryResultQuerySet.as_manager()

    class Meta:
        verbose_name = _("result of a trajectory")
        verbose_name_plural = _("results of trajectories")
        ordering = ["-ended_on", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["placement", "number"], name="result_once"),
            models.UniqueConstraint(
                fields=["funding_line"], condition=Q(placement=None), name="result_bonus_once"
            ),
            models.CheckConstraint(
                name="result_bonus_single", condition=Q(placement__isnull=False) | Q(number=1)
            ),
            models.CheckConstraint(name="result_above_zero", condition=Q(at_stake__gt=0)),
            models.CheckConstraint(
                name="result_verdict_whole",
                condition=Q(outcome="", share=None, judged_at=None, counts_from=None)
                | (~Q(outcome="") & Q(share__gte=0, share__lte=1, judged_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="result_decided_by_another",
                condition=Q(decided_at=None, decided_by=None)
                | (
                    Q(decided_at__isnull=False, decided_by__isnull=False)
                    & (Q(judged_by=None) | ~Q(decided_by=F("judged_by")))
                ),
            ),
        ]
        indexes = [
            models.Index(fields=["subcontractor"]),
            # The work lists, by who has to act.
            models.Index(
                fields=["main_contractor", "due_date"],
                condition=Q(status__in=["handed_in", "objected"]),
                name="result_to_judge",
            ),
            models.Index(
                fields=["provider_organisation", "due_date"],
                condition=Q(status="awaited"),
                name="result_to_show",
            ),
        ]

    def __str__(self) -> str:
        if self.placement is None:
            return self.funding_line.name
        return f"{self.placement.number}-{self.number}"

    @property
    def is_bonus(self) -> bool:
        """Whether it is of a bonus, and of no trajectory."""
        return self.placement_id is None

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("result_detail", args=[self.pk])

    def waits_for_agreement(self, day: date) -> bool:
        """Whether a verdict of both together does not count yet on a day."""
        is_later = self.counts_from is not None and self.counts_from > day
        return self.status == self.Status.JUDGED and self.judge == self.Judge.JOINT and is_later


class ResultEntryQuerySet(OwnedQuerySet["ResultEntry"]):
    """Reads, as of results."""

    readers = MONEY

    def light(self) -> ResultEntryQuerySet:
        """Without the files."""
        return self.defer("file")


class ResultEntry(ProviderOwned):
    """What one side did or said about a result. Append-only: the database holds it."""

    class Kind(models.TextChoices):
        """What happened."""

        EVIDENCE = "evidence", _("evidence")
        VERDICT = "verdict", _("verdict")
        EXPIRED = "expired", _("not judged in time")
        AGREED = "agreed", pgettext_lazy("result", "agreed")
        OBJECTION = "objection", pgettext_lazy("result", "objection")
        DECISION = "decision", pgettext_lazy("result", "decision")
        LAPSED = "lapsed", _("lapsed: what it was about went on, or was taken back")
        ENDED = "ended", _("the trajectory ended")
        WAITS = "waits", _("the bonus waits for a verdict")

    result = models.ForeignKey(TrajectoryResult, on_delete=models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=9, choices=Kind.choices)
    side = models.CharField(max_length=13, choices=Side.choices)
    outcome = models.CharField(max_length=8, choices=TrajectoryResult.Outcome.choices, blank=True)
    share = models.DecimalField(max_digits=7, decimal_places=6, null=True)
    text = EncryptedTextField(_("text"), default="")
    #: A PDF in base64; empty where there is none.
    file = EncryptedTextField(default="")
    file_name = models.CharField(max_length=120, blank=True)
    author = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()

    objects = ResultEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry of a result")
        verbose_name_plural = _("entries of results")
        ordering = ["pk"]

    def __str__(self) -> str:
        return str(self.get_kind_display())
