"""Who worked how much in a month, under a fixed sum for people at work."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from billing.models.readers import FTE
from hoofdaannemer.core.periods import Month
from hoofdaannemer.core.scope import Scope
from subcontracts.models import FundingLine, Professional
from subcontracts.models.owned import OwnedQuerySet, ProviderOwned


class FteReportQuerySet(OwnedQuerySet["FteReport"]):
    """Reads of FTE reports; drafts are the subcontractor's own."""

    readers = FTE

    def handed_in(self) -> FteReportQuerySet:
        """Submitted, and not replaced by a correction."""
        return self.filter(submitted_at__isnull=False, replaced_by=None)


class FteReport(ProviderOwned):
    """The FTE report of a funding line and month. Submitted, it is replaced, never edited."""

    funding_line = models.ForeignKey(
        FundingLine, on_delete=models.PROTECT, related_name="fte_reports"
    )
    month = models.DateField(_("month"))
    saved_at = models.DateTimeField()
    submitted_at = models.DateTimeField(_("handed in"), null=True)
    replaced_by = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="replaces"
    )

    objects = FteReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("FTE report")
        verbose_name_plural = _("FTE reports")
        ordering = ["-month", "-pk"]
        constraints = [
            # One draft, and beside it one report that counts: a correction is a draft first.
            models.UniqueConstraint(
                fields=["funding_line", "month"],
                condition=Q(submitted_at=None),
                name="fte_report_one_draft",
            ),
            models.UniqueConstraint(
                fields=["funding_line", "month"],
                condition=Q(submitted_at__isnull=False, replaced_by=None),
                name="fte_report_one_counts",
            ),
            models.CheckConstraint(name="fte_report_whole_month", condition=Q(month__day=1)),
        ]

    def __str__(self) -> str:
        return str(self.calendar_month)

    @property
    def calendar_month(self) -> Month:
        """The month it reports."""
        return Month.of(self.month)


class FteReportRowQuerySet(OwnedQuerySet["FteReportRow"]):
    """Reads of rows."""

    readers = FTE


class FteReportRow(ProviderOwned):
    """One professional's FTE in the month, and what else was told of it."""

    class Qualified(models.TextChoices):
        """Whether all requirements were met; frozen when the report is handed in."""

        YES = "yes", _("yes")
        NO = "no", _("no")

    report = models.ForeignKey(FteReport, on_delete=models.PROTECT, related_name="rows")
    professional = models.ForeignKey(Professional, on_delete=models.PROTECT, related_name="+")
    #: Deployed on this line.
    fte = models.DecimalField(_("FTE"), max_digits=5, decimal_places=3)
    #: By the employment contract, over all work of the organisation.
    contracted = models.DecimalField(_("contracted FTE"), max_digits=5, decimal_places=3, null=True)
    #: Hours of the month.
    hours = models.DecimalField(_("hours worked"), max_digits=6, decimal_places=2, null=True)
    absence = models.DecimalField(_("hours absent"), max_digits=6, decimal_places=2, null=True)
    area = models.CharField(_("area"), max_length=60, blank=True)
    #: The job in that month, for it may change.
    role = models.CharField(_("job"), max_length=60, blank=True)
    #: On the first and the last day of the month that count; empty while it is a draft.
    qualified_at_start = models.CharField(
        _("qualified at the start"), max_length=3, choices=Qualified.choices, blank=True
    )
    qualified_at_end = models.CharField(
        _("qualified at the end"), max_length=3, choices=Qualified.choices, blank=True
    )

    objects = FteReportRowQuerySet.as_manager()

    class Meta:
        ordering = ["professional__reference", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["report", "professional"], name="fte_row_once"),
            models.CheckConstraint(
                name="fte_row_bounds", condition=Q(fte__gt=0, fte__lte=Decimal("1.5"))
            ),
            models.CheckConstraint(
                name="fte_row_hours",
                condition=(Q(hours=None) | Q(hours__gte=0))
                & (Q(absence=None) | Q(absence__gte=0))
                & (Q(contracted=None) | Q(contracted__gte=0)),
            ),
        ]


class FteSignalQuerySet(OwnedQuerySet["FteSignal"]):
    """Reads of signals; those of a draft are for who fills it in."""

    readers = FTE

    def visible_to(self, scope: Scope) -> FteSignalQuerySet:
        """Staff see what was handed in, with the words on it."""
        rows = super().visible_to(scope)
        if scope.role in self.readers:
            return rows.filter(report__submitted_at__isnull=False)
        return rows


class FteSignal(ProviderOwned):
    """Something in a report that one would look at twice; it refuses nothing."""

    class Kind(models.TextChoices):
        """What is odd; its sentence is made when somebody reads it (`billing.fte_words`)."""

        PERSON_CHANGED = "person_changed", _("much more or less than last month")
        TOTAL_CHANGED = "total_changed", _("total much more or less than last month")
        OVER_ONE = "over_one", _("more than 1 FTE over all lines")
        NO_CARE = "no_care", _("FTE without clients")
        NO_FTE = "no_fte", _("clients without FTE")
        HOURS = "hours", _("hours do not fit the FTE")
        LAPSED = "lapsed", _("not qualified any more")
        OTHER_JOB = "other_job", _("job that the contract does not pay")

    report = models.ForeignKey(FteReport, on_delete=models.PROTECT, related_name="signals")
    #: Empty where it is about the report as a whole.
    professional = models.ForeignKey(
        Professional, on_delete=models.PROTECT, null=True, related_name="+"
    )
    kind = models.CharField(_("signal"), max_length=14, choices=Kind.choices)
    #: Figures for the sentence, as texts.
    facts = models.JSONField(default=dict)
    #: What the subcontractor says of it.
    explanation = models.CharField(_("explanation"), max_length=500, blank=True)

    objects = FteSignalQuerySet.as_manager()

    class Meta:
        verbose_name = _("signal of an FTE report")
        verbose_name_plural = _("signals of FTE reports")
        ordering = ["kind", "professional", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["report", "kind", "professional"],
                nulls_distinct=False,
                name="fte_signal_once",
            )
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())
