"""What a municipality gets: published figures and files, by municipality, never changed.

Everything a municipal viewer's page shows stands here: that role's transactions reach no other
table of ours than the names of parties and people.
"""

from __future__ import annotations

from typing import Self, TypeVar

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.accountability.models.reports import READERS, Report
from hoofdaannemer.accounts.models import Municipality
from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.scope import Role, Scope
from messaging.models import Family
from subcontracts.models.owned import MainContractorOwned, OwnedQuerySet

_M_co = TypeVar("_M_co", bound=models.Model, covariant=True)


class ReleasedQuerySet(OwnedQuerySet[_M_co]):
    """Reads of what was published to a municipality."""

    readers = READERS
    provider_column = ""

    def visible_to(self, scope: Scope) -> Self:
        """Staff those of their main contractor, a municipal viewer those of its municipality."""
        if scope.role == Role.MUNICIPAL_VIEWER:
            return self.filter(municipality=scope.municipality_id)
        return super().visible_to(scope)


class Released(MainContractorOwned):
    """A row of one main contractor for one municipality."""

    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True


class ReleaseQuerySet(ReleasedQuerySet["Release"]):
    """Reads of releases."""


class Release(Released):
    """A published report as one municipality got it, with its names as they were."""

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="releases")
    definition = models.CharField(_("report"), max_length=20)
    main_contractor_name = models.CharField(_("main contractor"), max_length=120)
    municipality_name = models.CharField(_("municipality"), max_length=60)
    contract_number = models.CharField(_("contract number"), max_length=30)
    contract_name = models.CharField(_("contract"), max_length=120)
    family = models.CharField(_("law"), max_length=3, choices=Family.choices)
    start_date = models.DateField(_("start date"))
    end_date = models.DateField(_("end date"))
    as_known_on = models.DateTimeField(_("as known on"))
    version = models.PositiveSmallIntegerField(_("version"))
    published_at = models.DateTimeField(_("published"))
    narrative = models.TextField(blank=True)
    #: Names of what the codes in the tables stand for.
    labels = models.JSONField()
    #: SHA-256 of the published tables.
    fingerprint = models.CharField(max_length=64, db_collation="C")
    replaces = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="replaced_by"
    )
    #: Shown figures that differ from the replaced release: `[{table, keys, measure, old, new}]`.
    changes = models.JSONField(default=list)

    objects = ReleaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("published report")
        verbose_name_plural = _("published reports")
        ordering = ["-published_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["report", "municipality"], name="release_once")
        ]
        indexes = [models.Index(fields=["municipality", "-published_at", "-id"])]

    def __str__(self) -> str:
        return f"{self.contract_name} {self.start_date}"

    def get_absolute_url(self) -> str:
        """Its page, for the municipality."""
        return reverse("release_detail", args=[self.pk])

    @property
    def period(self) -> Period:
        """The days it is about."""
        return Period(self.start_date, self.end_date)


class ReleaseTableQuerySet(ReleasedQuerySet["ReleaseTable"]):
    """Reads of published tables."""


class ReleaseTable(Released):
    """One published table: protected cells and nothing else."""

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="tables")
    code = models.CharField(max_length=20)
    position = models.PositiveSmallIntegerField()
    #: `[{keys, measure, value or null, suppressed}]`.
    cells = models.JSONField()

    objects = ReleaseTableQuerySet.as_manager()

    class Meta:
        ordering = ["release", "position"]
        constraints = [
            models.UniqueConstraint(fields=["release", "code"], name="release_table_once")
        ]


class ReleaseFileQuerySet(ReleasedQuerySet["ReleaseFile"]):
    """Reads of published files."""

    def light(self) -> ReleaseFileQuerySet:
        """Without the bytes, for lists."""
        return self.defer("content")


class PublishedFile(Released):
    """A file as it was published, of a release or of what goes with it."""

    class Kind(models.TextChoices):
        """Of which kind; also the ending of its name."""

        PDF = "pdf", _("PDF")
        XLSX = "xlsx", _("spreadsheet")

    kind = models.CharField(max_length=4, choices=Kind.choices)
    name = models.CharField(max_length=80)
    content = models.BinaryField()
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64, db_collation="C")

    class Meta:
        abstract = True


class ReleaseFile(PublishedFile):
    """A file of a release."""

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="files")

    objects = ReleaseFileQuerySet.as_manager()

    class Meta:
        ordering = ["release", "kind"]
        constraints = [
            models.UniqueConstraint(fields=["release", "kind"], name="release_file_once")
        ]


class ReceiptQuerySet(ReleasedQuerySet["Receipt"]):
    """Reads of receipts."""


class Receipt(Released):
    """Somebody of the municipality opened a report or took a file of it."""

    class Action(models.TextChoices):
        """What was done."""

        OPENED = "opened", _("opened")
        PDF = "pdf", _("PDF downloaded")
        XLSX = "xlsx", _("spreadsheet downloaded")
        SUBCONTRACTORS = "subs", _("subcontractors opened")
        SUBCONTRACTORS_PDF = "subs_pdf", _("PDF of subcontractors downloaded")
        SUBCONTRACTORS_XLSX = "subs_xlsx", _("spreadsheet of subcontractors downloaded")

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="receipts")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    action = models.CharField(max_length=9, choices=Action.choices)
    at = models.DateTimeField()

    objects = ReceiptQuerySet.as_manager()

    class Meta:
        verbose_name = _("receipt")
        verbose_name_plural = _("receipts")
        ordering = ["-at", "-pk"]
