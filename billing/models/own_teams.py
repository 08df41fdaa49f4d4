"""What an own team worked and cost in a month, for one task. Nobody is paid by it."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from billing.models.readers import MONEY
from hoofdaannemer.core.periods import Month
from subcontracts.models import MunicipalContract, Subcontractor
from subcontracts.models.owned import OwnedQuerySet, ProviderOwned


class OwnTeamReportQuerySet(OwnedQuerySet["OwnTeamReport"]):
    """Reads of reports, drafts too: they say nothing of anybody."""

    readers = MONEY

    def counting(self) -> OwnTeamReportQuerySet:
        """Handed in, and not replaced by a correction."""
        return self.filter(submitted_at__isnull=False, replaced_by=None)


class OwnTeamReport(ProviderOwned):
    """The month of an own team under one municipal contract. Handed in, it is only replaced."""

    subcontractor = models.ForeignKey(
        Subcontractor, on_delete=models.PROTECT, related_name="own_team_reports"
    )
    contract = models.ForeignKey(
        MunicipalContract, on_delete=models.PROTECT, related_name="own_team_reports"
    )
    month = models.DateField(_("month"))
    saved_at = models.DateTimeField()
    submitted_at = models.DateTimeField(_("handed in"), null=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    replaced_by = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="replaces"
    )

    objects = OwnTeamReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("month of an own team")
        verbose_name_plural = _("months of own teams")
        ordering = ["-month", "-pk"]
        constraints = [
            # One draft, and beside it one report that counts: a correction is a draft first.
            models.UniqueConstraint(
                fields=["subcontractor", "contract", "month"],
                condition=Q(submitted_at=None),
                name="own_team_report_one_draft",
            ),
            models.UniqueConstraint(
                fields=["subcontractor", "contract", "month"],
                condition=Q(submitted_at__isnull=False, replaced_by=None),
                name="own_team_report_one_counts",
            ),
            models.CheckConstraint(name="own_team_report_whole_month", condition=Q(month__day=1)),
            models.CheckConstraint(
                name="own_team_report_by_somebody",
                condition=Q(submitted_at=None, submitted_by=None)
                | Q(submitted_at__isnull=False, submitted_by__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["contract", "month"])]

    def __str__(self) -> str:
        return str(self.calendar_month)

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("own_team_report_detail", args=[self.pk])

    @property
    def calendar_month(self) -> Month:
        """The month it reports."""
        return Month.of(self.month)


class OwnTeamRowQuerySet(OwnedQuerySet["OwnTeamRow"]):
    """Reads of rows."""

    readers = MONEY


class OwnTeamRow(ProviderOwned):
    """One kind of work or cost in a month: FTE, hours and euros. Names nobody."""

    class Kind(models.TextChoices):
        """What it was spent on."""

        CARE = "care", _("own people in care")
        HIRED = "hired", _("hired people in care")
        OTHER_CARE = "other_care", _("other costs of care")
        COORDINATION = "coordination", _("access and coordination")
        OVERHEAD = "overhead", _("overhead and housing")

    #: What reaches clients as care; the rest makes it possible.
    REACHES_CARE: Final = frozenset({Kind.CARE, Kind.HIRED, Kind.OTHER_CARE})

    report = models.ForeignKey(OwnTeamReport, on_delete=models.PROTECT, related_name="rows")
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    #: The job, or what was bought.
    description = models.CharField(_("description"), max_length=80)
    fte = models.DecimalField(_("FTE"), max_digits=7, decimal_places=3, null=True)
    hours = models.DecimalField(_("hours worked"), max_digits=9, decimal_places=2, null=True)
    #: Euros; below zero where something was paid back.
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)

    objects = OwnTeamRowQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["report", "kind", "description"], name="own_team_row_once"
            ),
            models.CheckConstraint(
                name="own_team_row_bounds",
                condition=(Q(fte=None) | Q(fte__gte=Decimal(0)))
                & (Q(hours=None) | Q(hours__gte=Decimal(0))),
            ),
        ]

    def __str__(self) -> str:
        return self.description
