"""A past period replayed under another form: the question, its frozen facts and its outcome.

Nothing here is money: no entitlement, statement or payment rests on it, so it may be deleted.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from billing.models.readers import MONEY
from billing.rules.whatif.terms import Form
from hoofdaannemer.core.periods import Month, Period
from subcontracts.models import FundingLine, Subcontractor
from subcontracts.models.owned import MainContractorOwned, OwnedQuerySet


class WhatIfQuerySet(OwnedQuerySet["WhatIf"]):
    """Reads of what-ifs: never for subcontractors or municipalities."""

    readers = MONEY
    provider_column = ""

    def light(self) -> WhatIfQuerySet:
        """Without the facts, which are large."""
        return self.defer("facts")


class WhatIf(MainContractorOwned):
    """One question about a past period, kept as a row so that no crash loses it."""

    class State(models.TextChoices):
        """From asked for to done."""

        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("needs attention")

    TRANSITIONS = {
        State.WAITING: {State.RUNNING},
        # A worker that was killed leaves it behind; the sweep takes it up again, from the start.
        State.RUNNING: {State.RUNNING, State.DONE, State.FAILED},
        State.DONE: set(),
        State.FAILED: set(),
    }

    name = models.CharField(_("name"), max_length=80)
    #: First days of the first and the last month.
    first_month = models.DateField(_("first month"))
    last_month = models.DateField(_("last month"))
    form = models.CharField(
        _("other form"),
        max_length=20,
        choices=[(form.value, FundingLine.Form(form.value).label) for form in Form],
    )
    #: `rules.whatif.terms.Terms`, frozen.
    terms = models.JSONField()
    #: Subcontractors that were chosen; empty for all with a contract in the period.
    chosen = models.JSONField(default=list)
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
    subcontractors = models.PositiveIntegerField(_("subcontractors"), default=0)
    handled = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    #: Why it could not be computed, for people.
    problem = models.TextField(blank=True)
    #: `rules.whatif.facts.Facts`, frozen; empty until they were read.
    facts = models.JSONField(null=True)
    #: Its months that were not closed, such as `2026-03`.
    unclosed = models.JSONField(default=list)
    #: The price that was used, and the budget-neutral one, where there is one.
    price = models.DecimalField(max_digits=16, decimal_places=4, null=True)
    neutral_price = models.DecimalField(
        _("budget-neutral price"), max_digits=16, decimal_places=4, null=True
    )

    objects = WhatIfQuerySet.as_manager()

    class Meta:
        verbose_name = _("what-if")
        verbose_name_plural = _("what-ifs")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="what_if_period_forward",
                condition=Q(last_month__gte=models.F("first_month")),
            ),
            models.CheckConstraint(
                name="what_if_whole_months",
                condition=Q(first_month__day=1) & Q(last_month__day=1),
            ),
        ]
        indexes = [models.Index(fields=["main_contractor", "-asked_at"])]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("what_if_detail", args=[self.pk])

    @property
    def period(self) -> Period:
        """All its months together."""
        return Period(Month.of(self.first_month).first, Month.of(self.last_month).last)

    @property
    def is_busy(self) -> bool:
        """Whether it is still to be computed."""
        return self.state in (self.State.WAITING, self.State.RUNNING)


class WhatIfResultQuerySet(OwnedQuerySet["WhatIfResult"]):
    """Reads of outcomes: never for subcontractors or municipalities."""

    readers = MONEY
    provider_column = ""


class WhatIfResult(MainContractorOwned):
    """What one subcontractor would win or lose, in euros."""

    what_if = models.ForeignKey(WhatIf, on_delete=models.CASCADE, related_name="results")
    subcontractor = models.ForeignKey(Subcontractor, on_delete=models.PROTECT, related_name="+")
    #: As it was called then.
    name = models.CharField(_("subcontractor"), max_length=200)
    actual = models.DecimalField(_("as it was"), max_digits=14, decimal_places=2)
    own = models.DecimalField(_("own form computed anew"), max_digits=14, decimal_places=2)
    outcome = models.DecimalField(_("what if"), max_digits=14, decimal_places=2)
    difference = models.DecimalField(_("difference"), max_digits=14, decimal_places=2)
    #: In percent of what it was.
    percent = models.DecimalField(_("percent"), max_digits=20, decimal_places=2, null=True)
    neutral_price = models.DecimalField(
        _("price at which nothing changes"), max_digits=16, decimal_places=4, null=True
    )
    messages_now = models.PositiveIntegerField()
    messages_then = models.PositiveIntegerField()
    entries_now = models.PositiveIntegerField()
    entries_then = models.PositiveIntegerField()
    #: Whether the statements of the period are what the own forms come to.
    is_reproduced = models.BooleanField(_("own form fits"))
    #: `rules.whatif.outcome.MonthOutcome` and `comparison.Difference`, frozen.
    months = models.JSONField()
    differences = models.JSONField()

    objects = WhatIfResultQuerySet.as_manager()

    class Meta:
        verbose_name = _("outcome of a what-if")
        verbose_name_plural = _("outcomes of what-ifs")
        ordering = ["difference", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["what_if", "subcontractor"], name="what_if_result_once"
            ),
            models.CheckConstraint(
                name="what_if_result_adds_up",
                condition=Q(difference=models.F("outcome") - models.F("actual")),
            ),
        ]
        # Winners and losers of one what-if, in order.
        indexes = [models.Index(fields=["what_if", "difference"])]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("what_if_result_detail", args=[self.pk])
