"""Files of an administration office with rows of several practices, and the part of each.

A part becomes a declaration file of its practice; the office's file itself is read by nobody else.
"""

from __future__ import annotations

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from billing.models.declaration_files import MOST_ATTEMPTS
from hoofdaannemer.accounts.models import OfficeMandate, Organisation, User
from hoofdaannemer.core.crypto import EncryptedTextField
from hoofdaannemer.core.scope import Role, Scope


class OfficeFileQuerySet(models.QuerySet["OfficeFile"]):
    """Reads of files: the office's own."""

    def visible_to(self, scope: Scope) -> OfficeFileQuerySet:
        """Nobody but the office, acting for no practice."""
        if scope.is_system:
            return self.all()
        if scope.role == Role.OFFICE_USER:
            return self.filter(office=scope.organisation_id)
        return self.none()

    def light(self) -> OfficeFileQuerySet:
        """Without the file itself, which may be large."""
        return self.defer("content")


class OfficeFile(models.Model):
    """One file with rows of several practices: columns pointed out, then divided over them."""

    class Status(models.TextChoices):
        """Life of a file; what becomes of each part stands with its practice."""

        MAPPING = "mapping", _("columns to point out")
        DIVIDING = "dividing", _("being divided")
        DIVIDED = "divided", _("divided over the practices")
        DISCARDED = "discarded", _("thrown away")

    TRANSITIONS = {
        Status.MAPPING: {Status.DIVIDING, Status.DISCARDED},
        Status.DIVIDING: {Status.DIVIDED, Status.MAPPING, Status.DISCARDED},
        # With other columns it is divided anew.
        Status.DIVIDED: {Status.DIVIDING, Status.DISCARDED},
        Status.DISCARDED: set(),
    }

    office = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("file"), max_length=120)
    #: The file as received, in base64; empty once a part of it was handed in, or its term is over.
    content = EncryptedTextField(blank=True)
    digest = models.CharField(max_length=64, db_collation="C")
    #: Hash of the headings: the next file of the office with the same ones is read the same way.
    signature = models.CharField(max_length=64, db_collation="C")
    status = models.CharField(
        _("status"), max_length=9, choices=Status.choices, default=Status.MAPPING
    )
    #: `rules.officefile.OfficeLayout` as JSON; empty until it is pointed out.
    layout = models.JSONField(default=dict)
    uploaded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    uploaded_at = models.DateTimeField(_("uploaded"))
    #: Rows that went to no practice.
    refused_count = models.PositiveIntegerField(_("refused rows"), default=0)
    #: When somebody first handed in a part of it from here.
    handed_in_at = models.DateTimeField(_("handed in on"), null=True)
    #: Last sign of life of the worker; empty while it waits for one.
    seen_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    #: Why it could not be divided, for people.
    problem = models.TextField(blank=True)

    objects = OfficeFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("file of an office")
        verbose_name_plural = _("files of an office")
        ordering = ["-uploaded_at", "-pk"]
        indexes = [
            models.Index(fields=["office", "-uploaded_at", "-id"]),
            models.Index(
                fields=["seen_at"],
                condition=models.Q(status="dividing"),
                name="office_file_busy",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("office_file_detail", args=[self.pk])

    @property
    def is_given_up(self) -> bool:
        """Whether it failed so often that no worker tries again."""
        return self.status == self.Status.DIVIDING and self.attempts >= MOST_ATTEMPTS

    @property
    def is_busy(self) -> bool:
        """Whether a worker is at it, or will be."""
        return self.status == self.Status.DIVIDING and not self.is_given_up


class OfficeFilePartQuerySet(models.QuerySet["OfficeFilePart"]):
    """Reads of parts, as of their files."""

    def visible_to(self, scope: Scope) -> OfficeFilePartQuerySet:
        """Those of visible files."""
        return self.filter(file__in=OfficeFile.objects.visible_to(scope))


class OfficeFilePart(models.Model):
    """The rows of one practice, which went to it under this mandate."""

    file = models.ForeignKey(OfficeFile, on_delete=models.CASCADE, related_name="parts")
    mandate = models.ForeignKey(OfficeMandate, on_delete=models.PROTECT, related_name="+")
    row_count = models.PositiveIntegerField(_("rows"))

    objects = OfficeFilePartQuerySet.as_manager()

    class Meta:
        verbose_name = _("part of an office's file")
        verbose_name_plural = _("parts of offices' files")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["file", "mandate"], name="office_file_part_once")
        ]

    def __str__(self) -> str:
        return f"{self.file_id}-{self.mandate_id}"


class OfficeFileFindingQuerySet(models.QuerySet["OfficeFileFinding"]):
    """Reads of refused rows, as of their files."""

    def visible_to(self, scope: Scope) -> OfficeFileFindingQuerySet:
        """Those of visible files."""
        return self.filter(file__in=OfficeFile.objects.visible_to(scope))


class OfficeFileFinding(models.Model):
    """Why a row went to no practice. Its text says nothing of whether such a practice exists."""

    file = models.ForeignKey(OfficeFile, on_delete=models.CASCADE, related_name="findings")
    line = models.PositiveIntegerField(_("row"))
    #: The heading above the cell.
    column = models.CharField(_("column"), max_length=200)
    rule = models.CharField(_("rule"), max_length=10, db_collation="C")
    text = models.CharField(_("what is wrong"), max_length=500)

    objects = OfficeFileFindingQuerySet.as_manager()

    class Meta:
        verbose_name = _("refused row of an office's file")
        verbose_name_plural = _("refused rows of offices' files")
        ordering = ["line", "pk"]
        indexes = [models.Index(fields=["file", "line"])]

    def __str__(self) -> str:
        return f"{self.line} {self.rule}"
