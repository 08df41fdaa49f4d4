"""Declarations as files of the subcontractor's own administration, and what its columns mean.

A file may be about several main contractors, so none of them reads it; each reads the declaration
that was made of it.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hoofdaannemer.accounts.models import OfficeMandate, Organisation, User
from hoofdaannemer.core.crypto import EncryptedTextField
from hoofdaannemer.core.scope import SUBCONTRACTOR, Scope

#: So many failures of ours, and it is left for a person to look at.
MOST_ATTEMPTS = 5


class ColumnMappingQuerySet(models.QuerySet["ColumnMapping"]):
    """Reads of mappings: the organisation's own."""

    def visible_to(self, scope: Scope) -> ColumnMappingQuerySet:
        """Nobody but the organisation whose administration it is."""
        if scope.is_system:
            return self.all()
        if scope.role in SUBCONTRACTOR:
            return self.filter(provider_organisation=scope.organisation_id)
        return self.none()

    def of_declarations(self) -> ColumnMappingQuerySet:
        """Without those of FTE reports, whose columns mean something else."""
        return self.exclude(layout__has_key="kind")

    def of_fte_reports(self) -> ColumnMappingQuerySet:
        """Without those of declarations."""
        return self.filter(layout__kind="fte")


class ColumnMapping(models.Model):
    """What the columns of a file mean, remembered for the next file with the same headings."""

    provider_organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+"
    )
    #: Hash of the headings (`rules.filecolumns.signature`).
    signature = models.CharField(max_length=64, db_collation="C")
    #: The headings in their order.
    heads = models.JSONField(_("columns"))
    #: `rules.filecolumns.Layout` as JSON, or with a kind `rules.ftefile.FteLayout`.
    layout = models.JSONField()
    saved_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    saved_at = models.DateTimeField(_("saved"))
    #: When a file was last read by it.
    used_at = models.DateTimeField(_("last used"))

    objects = ColumnMappingQuerySet.as_manager()

    class Meta:
        verbose_name = _("column mapping")
        verbose_name_plural = _("column mappings")
        ordering = ["-used_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["provider_organisation", "signature"], name="column_mapping_once"
            )
        ]

    def __str__(self) -> str:
        return ", ".join(head for head in self.heads if head)

    def get_absolute_url(self) -> str:
        """Where it is changed."""
        return reverse("column_mapping_change", args=[self.pk])


class DeclarationFileQuerySet(models.QuerySet["DeclarationFile"]):
    """Reads of files: the organisation's own."""

    def visible_to(self, scope: Scope) -> DeclarationFileQuerySet:
        """Nobody but the organisation that declares."""
        if scope.is_system:
            return self.all()
        if scope.role in SUBCONTRACTOR:
            return self.filter(provider_organisation=scope.organisation_id)
        return self.none()

    def light(self) -> DeclarationFileQuerySet:
        """Without the file itself, which may be large."""
        return self.defer("content")


class DeclarationFile(models.Model):
    """One file with lines to declare: columns pointed out, checked, and handed in or thrown away.

    The file is kept as received for some time after it was handed in; what was declared stays.
    """

    class Status(models.TextChoices):
        """Life of a file."""

        MAPPING = "mapping", _("columns to point out")
        CHECKING = "checking", _("being checked")
        CHECKED = "checked", pgettext_lazy("declaration file", "checked, not handed in yet")
        SENDING = "sending", _("being handed in")
        SENT = "sent", _("handed in")

    TRANSITIONS = {
        Status.MAPPING: {Status.CHECKING},
        # With other columns it is checked anew.
        Status.CHECKING: {Status.CHECKED, Status.MAPPING},
        Status.CHECKED: {Status.CHECKING, Status.SENDING},
        Status.SENDING: {Status.SENT, Status.CHECKED},
        Status.SENT: set(),
    }
    #: In these a worker has something to do.
    BUSY = (Status.CHECKING, Status.SENDING)
    #: In these a person has.
    UNSENT = (Status.MAPPING, Status.CHECKED)

    provider_organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+"
    )
    name = models.CharField(_("file"), max_length=120)
    #: The file as received, in base64; empty once its term is over.
    content = EncryptedTextField(blank=True)
    digest = models.CharField(max_length=64, db_collation="C")
    status = models.CharField(
        _("status"), max_length=8, choices=Status.choices, default=Status.MAPPING
    )
    #: `rules.filecolumns.Layout` by which it is read, as JSON; empty until it is pointed out.
    layout = models.JSONField(default=dict)
    #: Who uploaded it, or pointed out its columns last.
    uploaded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    uploaded_at = models.DateTimeField(_("uploaded"))
    #: Under which that was done, or it was handed in since; empty for the practice's own people.
    mandate = models.ForeignKey(
        OfficeMandate, on_delete=models.PROTECT, null=True, related_name="+"
    )
    #: The office's file of which these are the practice's rows; nothing else of it is read here.
    office_file = models.ForeignKey(
        "billing.OfficeFile", on_delete=models.PROTECT, null=True, related_name="+"
    )
    sent_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    sent_at = models.DateTimeField(_("handed in on"), null=True)
    #: Rows that can be read, and that cannot.
    good_count = models.PositiveIntegerField(_("readable rows"), default=0)
    wrong_count = models.PositiveIntegerField(_("unreadable rows"), default=0)
    #: Of the readable ones: those that would be, or were, rejected.
    rejected_count = models.PositiveIntegerField(_("rejected"), default=0)
    #: Euros, debits minus credits.
    submitted = models.DecimalField(_("declared"), max_digits=14, decimal_places=2, default=0)
    granted = models.DecimalField(_("approved"), max_digits=14, decimal_places=2, default=0)
    #: Whether the good rows go on while others are left out, as somebody said.
    leaves_out = models.BooleanField(default=False)
    #: Last sign of life of the worker; empty while it waits for one.
    seen_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    #: Steps done, of `STEPS`.
    handled = models.PositiveSmallIntegerField(default=0)
    #: Why it could not be checked or handed in, for people.
    problem = models.TextField(blank=True)
    #: When the file as received was erased, its term being over.
    erased_at = models.DateTimeField(_("erased"), null=True)

    objects = DeclarationFileQuerySet.as_manager()

    #: Read the file, understand its rows, judge its lines.
    STEPS = 3

    class Meta:
        verbose_name = _("declaration file")
        verbose_name_plural = _("declaration files")
        ordering = ["-uploaded_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="declaration_file_sent",
                condition=Q(status="sent", sent_at__isnull=False) | ~Q(status="sent"),
            )
        ]
        indexes = [
            models.Index(fields=["provider_organisation", "-uploaded_at", "-id"]),
            # What a worker takes up.
            models.Index(
                fields=["seen_at"],
                condition=Q(status__in=["checking", "sending"]),
                name="declaration_file_busy",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("declaration_file_detail", args=[self.pk])

    @property
    def is_given_up(self) -> bool:
        """Whether it failed so often that no worker tries again."""
        return self.status in self.BUSY and self.attempts >= MOST_ATTEMPTS

    @property
    def is_busy(self) -> bool:
        """Whether a worker is at it, or will be."""
        return self.status in self.BUSY and not self.is_given_up


class DeclarationFileFindingQuerySet(models.QuerySet["DeclarationFileFinding"]):
    """Reads of findings, as of their files."""

    def visible_to(self, scope: Scope) -> DeclarationFileFindingQuerySet:
        """Those of visible files."""
        return self.filter(file__in=DeclarationFile.objects.visible_to(scope))


class DeclarationFileFinding(models.Model):
    """What is wrong with a row of a file: a cell that cannot be read, or a rule that it breaks."""

    class Kind(models.TextChoices):
        """What comes of the row."""

        UNREADABLE = "unreadable", _("to be mended")
        REJECTED = "rejected", _("would be rejected")

    file = models.ForeignKey(DeclarationFile, on_delete=models.CASCADE, related_name="findings")
    kind = models.CharField(_("what comes of it"), max_length=10, choices=Kind.choices)
    line = models.PositiveIntegerField(_("row"))
    #: The heading above the cell; empty where the whole row is meant.
    column = models.CharField(_("column"), max_length=200, blank=True)
    rule = models.CharField(_("rule"), max_length=10, db_collation="C")
    text = models.CharField(_("what is wrong"), max_length=500)

    objects = DeclarationFileFindingQuerySet.as_manager()

    class Meta:
        verbose_name = _("finding in a declaration file")
        verbose_name_plural = _("findings in declaration files")
        ordering = ["line", "pk"]
        indexes = [models.Index(fields=["file", "line"])]

    def __str__(self) -> str:
        return f"{self.line} {self.rule}"
