"""Days on which something must be done under a municipal contract: options and reports."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.accounts.models import User
from hoofdaannemer.core.scope import SUBCONTRACTOR, Scope
from subcontracts.models.contracts import MunicipalContract, Subcontract
from subcontracts.models.owned import MainContractorOwned, OwnedQuerySet
from subcontracts.models.upward_terms import READERS
from subcontracts.rules.upward_choices import REPORT_RHYTHMS


class ContractOptionQuerySet(OwnedQuerySet["ContractOption"]):
    """Reads, as of terms."""

    readers = READERS
    provider_column = ""


class ContractOption(MainContractorOwned):
    """A right to let a municipal contract go on for some months; decided on once."""

    class Outcome(models.TextChoices):
        """What became of it."""

        TAKEN = "taken", pgettext_lazy("option", "taken")
        NOT_TAKEN = "not_taken", pgettext_lazy("option", "not taken")

    contract = models.ForeignKey(
        MunicipalContract, on_delete=models.PROTECT, related_name="options"
    )
    #: The order in which options follow each other, from 1.
    position = models.PositiveSmallIntegerField(_("option"))
    months = models.PositiveSmallIntegerField(_("months"))
    #: The last day on which it can be announced.
    announce_by = models.DateField(_("announce at the latest on"))
    #: Our own day to decide, before it is announced.
    decide_by = models.DateField(_("decide at the latest on"), null=True)
    outcome = models.CharField(_("outcome"), max_length=9, choices=Outcome.choices, blank=True)
    decided_on = models.DateField(_("decided on"), null=True)
    #: The last day of the contract before and after it was taken; empty where it was not.
    end_before = models.DateField(null=True)
    end_after = models.DateField(null=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(_("recorded"))

    objects = ContractOptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("option to extend")
        verbose_name_plural = _("options to extend")
        ordering = ["contract", "position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["contract", "position"], name="contract_option_once"),
            models.CheckConstraint(name="contract_option_extends", condition=Q(months__gte=1)),
            models.CheckConstraint(
                name="contract_option_decided_in_time",
                condition=Q(decide_by=None) | Q(decide_by__lte=F("announce_by")),
            ),
            models.CheckConstraint(
                name="contract_option_decided_whole",
                condition=Q(outcome="", decided_on=None, end_before=None, end_after=None)
                | Q(
                    outcome="not_taken",
                    decided_on__isnull=False,
                    end_before=None,
                    end_after=None,
                )
                | Q(
                    outcome="taken",
                    decided_on__isnull=False,
                    end_before__isnull=False,
                    end_after__gt=F("end_before"),
                ),
            ),
        ]

    def __str__(self) -> str:
        return gettext("option %(number)s") % {"number": self.position}


class ReportingDutyQuerySet(OwnedQuerySet["ReportingDuty"]):
    """Reads, as of terms; a provider sees what is asked of it too, as an annex of its contract."""

    readers = READERS
    provider_column = ""

    def visible_to(self, scope: Scope) -> Self:
        """Rows this scope may see."""
        if scope.role in SUBCONTRACTOR:
            below = Subcontract.objects.visible_to(scope).values("municipal_contract")
            return self.filter(contract__in=below, is_passed_on=True)
        return super().visible_to(scope)


class ReportingDuty(MainContractorOwned):
    """Something that is told to the municipality again and again, or when it asks for it."""

    class Kind(models.TextChoices):
        """What sort of report."""

        NUMBERS = "numbers", _("clients and production")
        DEPLOYMENT = "deployment", _("deployment: hours or FTE")
        COSTS = "costs", _("costs and use of the budget")
        INDICATORS = "indicators", _("indicators")
        CONTENT = "content", _("report on the content")
        PRODUCTION = "production", _("production statement")
        ACCOUNTS = "accounts", _("annual accounts")
        AUDITOR = "auditor", _("statement of an auditor")
        SURVEY = "survey", _("client survey")
        MONITOR = "monitor", _("monitor of moving in and out")
        OTHER = "other", _("something else")

    class DueIn(models.TextChoices):
        """How the days after a period are counted."""

        CALENDAR_DAYS = "calendar", _("calendar days")
        WORKING_DAYS = "working", _("working days")

    contract = models.ForeignKey(
        MunicipalContract, on_delete=models.PROTECT, related_name="reporting_duties"
    )
    name = models.CharField(_("what is reported"), max_length=120)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    rhythm = models.CharField(_("rhythm"), max_length=12, choices=list(REPORT_RHYTHMS.items()))
    #: The first day of the first period that is reported on; periods follow without a gap.
    start_date = models.DateField(_("first period begins on"))
    #: No period that begins after this day; empty for as long as the contract runs.
    end_date = models.DateField(_("end date"), null=True)
    #: After the last day of a period.
    due_days = models.PositiveSmallIntegerField(_("days after the period"), default=0)
    due_in = models.CharField(max_length=8, choices=DueIn.choices, default=DueIn.CALENDAR_DAYS)
    recipient = models.CharField(_("for whom"), max_length=120, blank=True)
    #: Whether subcontractors must give their part of it.
    is_passed_on = models.BooleanField(_("asked of subcontractors too"), default=False)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(_("recorded"))

    objects = ReportingDutyQuerySet.as_manager()

    class Meta:
        verbose_name = _("reporting duty")
        verbose_name_plural = _("reporting duties")
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(
                name="reporting_duty_period_forward",
                condition=Q(end_date=None) | Q(end_date__gte=F("start_date")),
            )
        ]

    def __str__(self) -> str:
        return self.name


class ReportHandedInQuerySet(OwnedQuerySet["ReportHandedIn"]):
    """Reads, as of terms."""

    readers = READERS
    provider_column = ""


class ReportHandedIn(MainContractorOwned):
    """A report of one period that was handed in."""

    duty = models.ForeignKey(ReportingDuty, on_delete=models.PROTECT, related_name="handed_in")
    period_start = models.DateField(_("period from"))
    handed_in_on = models.DateField(_("handed in on"))
    note = models.CharField(_("note"), max_length=200, blank=True)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(_("recorded"))

    objects = ReportHandedInQuerySet.as_manager()

    class Meta:
        verbose_name = _("report handed in")
        verbose_name_plural = _("reports handed in")
        ordering = ["-period_start", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["duty", "period_start"], name="report_handed_in_once")
        ]
