"""A report for one municipal contract and period, on its way from request to publication."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.scope import Role
from subcontracts.models import MunicipalContract
from subcontracts.models.owned import MainContractorOwned, OwnedQuerySet
from subcontracts.rules.visibility import Visibility

#: Who of the main contractor reads reports (docs/access.md).
READERS = frozenset({Role.CONTRACT_MANAGER, Role.CONTROLLER, Role.QUALITY_OFFICER})


#: What a municipality sees of subcontractors.
LEVELS = [
    (Visibility.NONE.value, _("nothing")),
    (Visibility.LIST.value, _("a list of them")),
    (Visibility.FIGURES.value, _("their figures")),
]


class ReportQuerySet(OwnedQuerySet["Report"]):
    """Reads of reports: never a subcontractor, never a municipality."""

    readers = READERS
    provider_column = ""

    def waiting(self) -> ReportQuerySet:
        """Asked for and not built yet, or left behind by a worker that was killed."""
        return self.filter(status__in=[Report.Status.WAITING, Report.Status.BUILDING])

    def published_with(self, report: Report) -> ReportQuerySet:
        """Published earlier about the same contract and days: readers hold both.

        Figures of other days or contracts are other unknowns and tell nothing of these.
        """
        return self.filter(
            municipal_contract=report.municipal_contract_id,
            status=Report.Status.PUBLISHED,
            start_date__lte=report.end_date,
            end_date__gte=report.start_date,
        ).order_by("published_at", "pk")


class Report(MainContractorOwned):
    """One version of one report; published, it does not change any more."""

    class Status(models.TextChoices):
        """Life of a version. A rejected or failed one is made again as a new version."""

        WAITING = "waiting", _("waiting")
        BUILDING = "building", _("being built")
        FAILED = "failed", _("needs attention")
        DRAFT = "draft", _("draft")
        REVIEWED = "reviewed", _("reviewed")
        REJECTED = "rejected", _("sent back")
        PUBLISHED = "published", _("published")

    TRANSITIONS = {
        Status.WAITING: {Status.BUILDING},
        # A worker that was killed leaves a report behind; the sweep takes it up again.
        Status.BUILDING: {Status.BUILDING, Status.DRAFT, Status.FAILED},
        Status.DRAFT: {Status.REVIEWED, Status.REJECTED},
        Status.REVIEWED: {Status.PUBLISHED, Status.REJECTED},
        Status.FAILED: set(),
        Status.REJECTED: set(),
        Status.PUBLISHED: set(),
    }
    OPEN = (Status.WAITING, Status.BUILDING, Status.DRAFT, Status.REVIEWED)

    municipal_contract = models.ForeignKey(
        MunicipalContract, on_delete=models.PROTECT, related_name="reports"
    )
    #: Code of the definition, such as KWARTAAL.
    definition = models.CharField(_("report"), max_length=20)
    start_date = models.DateField(_("start date"))
    end_date = models.DateField(_("end date"))
    #: Facts recorded after this moment are left out.
    as_known_on = models.DateTimeField(_("as known on"))
    version = models.PositiveSmallIntegerField(_("version"))
    status = models.CharField(
        _("status"), max_length=9, choices=Status.choices, default=Status.WAITING
    )
    narrative = models.TextField(_("explanation"), blank=True)

    built_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    asked_at = models.DateTimeField(_("asked"))
    attempts = models.PositiveSmallIntegerField(default=0)
    #: Last sign of life of the worker.
    seen_at = models.DateTimeField(null=True)
    built_at = models.DateTimeField(_("built"), null=True)
    #: Why it could not be built, as a sentence.
    problem = models.TextField(blank=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    reviewed_at = models.DateTimeField(_("reviewed"), null=True)
    review_note = models.TextField(_("note"), blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    published_at = models.DateTimeField(_("published"), null=True)

    #: SHA-256 of the exact figures, and of what they were made with.
    input_hash = models.CharField(max_length=64, blank=True, db_collation="C")
    definition_version = models.PositiveSmallIntegerField(default=0)
    code_version = models.CharField(max_length=12, blank=True, db_collation="C")
    #: Outcome of the attack: `{hidden, exposed, measure, cell, width, need}` of the closest call.
    attack = models.JSONField(default=dict)
    #: Names of what the codes in the tables stand for: `{municipality: {…}, product: {…}}`.
    labels = models.JSONField(default=dict)
    #: How much of subcontractors the contract showed on the last day, as known on the moment.
    visibility = models.CharField(max_length=7, choices=LEVELS, default=Visibility.NONE.value)
    #: Who they are, as far as that shows them: `[{kvk, name, products, since}]`.
    subcontractors = models.JSONField(default=list)
    #: The published version that this one corrects.
    replaces = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="replaced_by"
    )

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["municipal_contract", "definition", "start_date", "end_date", "version"],
                name="report_version_once",
            ),
            models.UniqueConstraint(
                fields=["municipal_contract", "definition", "start_date", "end_date"],
                condition=Q(status__in=["waiting", "building", "draft", "reviewed"]),
                name="report_one_open",
            ),
            models.CheckConstraint(
                name="report_period_forward", condition=Q(end_date__gte=F("start_date"))
            ),
            models.CheckConstraint(
                name="report_four_eyes",
                condition=Q(reviewed_by=None) | Q(built_by=None) | ~Q(reviewed_by=F("built_by")),
            ),
            models.CheckConstraint(
                name="report_published_after_review",
                condition=~Q(status="published")
                | Q(reviewed_at__isnull=False, published_at__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["main_contractor", "-asked_at", "-id"])]

    def __str__(self) -> str:
        return f"{self.definition} {self.start_date} {self.version}"

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("report_detail", args=[self.pk])

    @property
    def period(self) -> Period:
        """The days it is about."""
        return Period(self.start_date, self.end_date)


class ReportTableQuerySet(OwnedQuerySet["ReportTable"]):
    """Reads of unprotected tables: the main contractor's own eyes only."""

    readers = READERS
    provider_column = ""


class ReportTable(MainContractorOwned):
    """Exact figures with what may be shown of them and why not. Written once, never changed.

    Later versions are checked against it, so it stays as long as its release.
    """

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="tables")
    code = models.CharField(max_length=20)
    position = models.PositiveSmallIntegerField()
    #: `accountability.stored.table_as_dict`.
    content = models.JSONField()

    objects = ReportTableQuerySet.as_manager()

    class Meta:
        ordering = ["report", "position"]
        constraints = [models.UniqueConstraint(fields=["report", "code"], name="report_table_once")]
