"""A request to run a month, kept as a row so that no crash loses it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from billing.models.readers import MONEY
from hoofdaannemer.core.periods import Month
from subcontracts.models.owned import MainContractorOwned, OwnedQuerySet


class MonthRunQuerySet(OwnedQuerySet["MonthRun"]):
    """Reads of month runs."""

    readers = MONEY
    provider_column = ""


class MonthRun(MainContractorOwned):
    """One run of a month for all subcontractors, with its progress and what went wrong."""

    class State(models.TextChoices):
        """From asked for to done; a failed run may be asked for again as a new one."""

        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("needs attention")

    TRANSITIONS = {
        State.WAITING: {State.RUNNING},
        # A worker that was killed leaves a run behind; the sweep takes it up again.
        State.RUNNING: {State.RUNNING, State.DONE, State.FAILED},
        State.DONE: set(),
        State.FAILED: set(),
    }

    month = models.DateField(_("month"))
    state = models.CharField(
        _("status"), max_length=8, choices=State.choices, default=State.WAITING
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    asked_at = models.DateTimeField(_("asked"))
    #: Last sign of life of the worker.
    seen_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(_("finished"), null=True)
    subcontractors = models.PositiveIntegerField(default=0)
    handled = models.PositiveIntegerField(default=0)
    issued = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    #: `[[subcontractor id, rule code, text]]` of subcontractors that could not be closed.
    problems = models.JSONField(default=list)

    objects = MonthRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("month run")
        verbose_name_plural = _("month runs")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["main_contractor", "month"],
                condition=Q(state__in=["waiting", "running"]),
                name="month_run_one_at_a_time",
            ),
            models.CheckConstraint(name="month_run_whole_month", condition=Q(month__day=1)),
        ]

    def __str__(self) -> str:
        return str(self.calendar_month)

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("month_run_detail", args=[self.pk])

    @property
    def calendar_month(self) -> Month:
        """The month it closes."""
        return Month.of(self.month)
