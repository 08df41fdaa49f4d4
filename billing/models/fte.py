"""Who worked how much in a month, under a fixed sum for people at work."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from billing.models.readers import FTE
from hoofdaannemer.core.periods import Month
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
    """One professional's FTE in the month."""

    report = models.ForeignKey(FteReport, on_delete=models.PROTECT, related_name="rows")
    professional = models.ForeignKey(Professional, on_delete=models.PROTECT, related_name="+")
    fte = models.DecimalField(_("FTE"), max_digits=5, decimal_places=3)

    objects = FteReportRowQuerySet.as_manager()

    class Meta:
        ordering = ["professional__reference", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["report", "professional"], name="fte_row_once"),
            models.CheckConstraint(
                name="fte_row_bounds", condition=Q(fte__gt=0, fte__lte=Decimal("1.5"))
            ),
        ]
