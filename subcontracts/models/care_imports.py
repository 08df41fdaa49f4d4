"""Care that runs already when a main contractor begins here, taken over from a file."""

from __future__ import annotations

from django.db import models
from django.db.models import Count, F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hoofdaannemer.accounts.models import Municipality, User
from hoofdaannemer.core.crypto import EncryptedTextField
from hoofdaannemer.core.scope import Role
from subcontracts.models.allocations import Allocation
from subcontracts.models.contracts import Subcontract
from subcontracts.models.owned import MainContractorOwned, OwnedQuerySet
from subcontracts.models.parties import Product, Subcontractor
from subcontracts.models.placements import Placement

#: Who takes over care, and who accepts the outcome as a second person.
READERS = frozenset({Role.CONTRACT_MANAGER, Role.CONTROLLER})
#: So many failures of ours, and it is left for a person to look at.
MOST_ATTEMPTS = 5


class CareImportQuerySet(OwnedQuerySet["CareImport"]):
    """Reads: who takes care over and who accepts it."""

    readers = READERS
    provider_column = ""

    def without_files(self) -> CareImportQuerySet:
        """Without what was handed in and what was accepted, which few pages need."""
        return self.defer("content", "paper")

    def with_counts(self) -> CareImportQuerySet:
        """With how many rows there are: all, good, wrong, taken over, known already, left out."""
        states = CareImportRow.Status
        return self.annotate(
            rows_total=Count("rows"),
            rows_ready=Count("rows", filter=Q(rows__status=states.READY)),
            rows_wrong=Count("rows", filter=Q(rows__status=states.WRONG)),
            rows_taken=Count("rows", filter=Q(rows__status=states.TAKEN)),
            rows_known=Count("rows", filter=Q(rows__status=states.KNOWN)),
            rows_undone=Count("rows", filter=Q(rows__status=states.UNDONE)),
        )


class CareImport(MainContractorOwned):
    """One file of an earlier administration: checked, taken over, then accepted by another."""

    class Status(models.TextChoices):
        """Life of an import."""

        RECEIVED = "received", _("being checked")
        CHECKED = "checked", _("checked")
        RUNNING = "running", _("being taken over")
        DONE = "done", _("to be accepted")
        ACCEPTED = "accepted", pgettext_lazy("care import", "accepted")
        DISCARDED = "discarded", _("discarded")
        UNDOING = "undoing", _("being undone")
        UNDONE = "undone", _("undone")

    TRANSITIONS = {
        Status.RECEIVED: {Status.CHECKED, Status.DISCARDED},
        Status.CHECKED: {Status.RUNNING, Status.DISCARDED},
        Status.RUNNING: {Status.DONE},
        Status.DONE: {Status.ACCEPTED, Status.UNDOING},
        Status.ACCEPTED: {Status.UNDOING},
        Status.DISCARDED: set(),
        Status.UNDOING: {Status.UNDONE},
        Status.UNDONE: set(),
    }
    #: In these a worker has something to do.
    BUSY = (Status.RECEIVED, Status.RUNNING, Status.UNDOING)
    #: Of these the file and the cells are erased.
    CLOSED = (Status.ACCEPTED, Status.DISCARDED, Status.UNDOING, Status.UNDONE)

    name = models.CharField(_("file"), max_length=120)
    #: Day on which this administration takes over from the earlier one.
    as_of = models.DateField(_("from"))
    status = models.CharField(
        _("status"), max_length=9, choices=Status.choices, default=Status.RECEIVED
    )
    #: The file as received, in base64; erased when the import is closed.
    content = EncryptedTextField(default="")
    digest = models.BinaryField(max_length=32)
    #: Control totals of the earlier administration, as JSON of `rules.importtotals`.
    totals = models.JSONField(default=list)
    uploaded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    uploaded_at = models.DateTimeField(_("handed in on"))
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(_("confirmed"), null=True)
    finished_at = models.DateTimeField(_("finished on"), null=True)
    accepted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    accepted_at = models.DateTimeField(_("accepted on"), null=True)
    #: What the second person says of differences that stay.
    accepted_note = models.CharField(_("explanation"), max_length=500, blank=True)
    #: The reconciliation as it was accepted, a PDF: names and totals may change, this does not.
    paper = models.BinaryField(default=b"")
    #: Who wants it undone and why; of an accepted one somebody else agrees.
    undo_asked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    undo_asked_at = models.DateTimeField(null=True)
    undo_reason = models.CharField(_("why it is undone"), max_length=500, blank=True)
    undo_agreed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField(_("undone on"), null=True)
    #: Last sign of life of the worker; empty while it waits for one.
    seen_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    #: Rows that the worker is done with, of all that it has to do now.
    handled = models.PositiveIntegerField(default=0)
    to_handle = models.PositiveIntegerField(default=0)

    objects = CareImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("take-over of running care")
        verbose_name_plural = _("take-overs of running care")
        ordering = ["-uploaded_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="care_import_confirmed",
                condition=Q(status__in=["received", "checked", "discarded"], confirmed_at=None)
                | Q(
                    status__in=["running", "done", "accepted", "undoing", "undone"],
                    confirmed_at__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="care_import_accepted",
                condition=Q(status="accepted", accepted_at__isnull=False)
                # What is undone may have been accepted or not.
                | Q(status__in=["undoing", "undone"])
                | (~Q(status="accepted") & Q(accepted_at=None, accepted_by=None)),
            ),
            # What two persons agreed on is not undone by one.
            models.CheckConstraint(
                name="care_import_undone_by_two",
                condition=~Q(status__in=["undoing", "undone"])
                | Q(undo_asked_by__isnull=False, accepted_at=None)
                | Q(undo_asked_by__isnull=False, undo_agreed_by__isnull=False)
                & ~Q(undo_agreed_by=F("undo_asked_by")),
            ),
            # Nobody accepts what he or she handed in or carried out.
            models.CheckConstraint(
                name="care_import_second_person",
                condition=Q(accepted_by=None)
                | ~(Q(accepted_by=F("uploaded_by")) | Q(accepted_by=F("confirmed_by"))),
            ),
            # Two at once would judge the same care twice.
            models.UniqueConstraint(
                fields=["main_contractor"],
                condition=Q(status__in=["received", "checked", "running", "undoing"]),
                name="care_import_one_at_a_time",
            ),
        ]
        indexes = [
            # What a worker takes up.
            models.Index(
                fields=["seen_at"],
                condition=Q(status__in=["received", "running", "undoing"]),
                name="care_import_busy",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("care_import_detail", args=[self.pk])

    @property
    def is_given_up(self) -> bool:
        """Whether checking it failed so often that no worker tries again."""
        return self.status == self.Status.RECEIVED and self.attempts >= MOST_ATTEMPTS


class CareImportRowQuerySet(OwnedQuerySet["CareImportRow"]):
    """Reads, as of imports; the cells open only to who downloads them."""

    readers = READERS
    provider_column = ""


class CareImportRow(MainContractorOwned):
    """A row of the file as it stood there, what it is about, and what became of it."""

    class Sheet(models.TextChoices):
        """The sheets of the file."""

        CLIENTS = "clienten", _("clients")
        ALLOCATIONS = "toewijzingen", _("allocations")
        PLACEMENTS = "plaatsingen", _("placements")
        TARIFFS = "tarieven", _("tariffs")

    class Status(models.TextChoices):
        """What became of it."""

        READY = "ready", _("good")
        WRONG = "wrong", _("left out")
        TAKEN = "taken", _("taken over")
        KNOWN = "known", _("known already")
        UNDONE = "undone", _("undone")

    TRANSITIONS = {
        Status.READY: {Status.TAKEN, Status.KNOWN, Status.WRONG},
        Status.WRONG: set(),
        Status.TAKEN: {Status.UNDONE},
        Status.KNOWN: set(),
        Status.UNDONE: set(),
    }

    care_import = models.ForeignKey(CareImport, on_delete=models.PROTECT, related_name="rows")
    sheet = models.CharField(_("sheet"), max_length=12, choices=Sheet.choices)
    line = models.PositiveIntegerField(_("row"))
    #: The cells as a JSON list in the order of the sheet's columns; empty once it is closed.
    cells = EncryptedTextField(default="")
    status = models.CharField(
        _("status"), max_length=6, choices=Status.choices, default=Status.READY
    )
    #: Keyed hash of the BSN: rows of one client are taken over together.
    client_hash = models.BinaryField(max_length=32, null=True)
    municipality = models.ForeignKey(
        Municipality, on_delete=models.PROTECT, null=True, related_name="+"
    )
    product = models.ForeignKey(Product, on_delete=models.PROTECT, null=True, related_name="+")
    subcontractor = models.ForeignKey(
        Subcontractor, on_delete=models.PROTECT, null=True, related_name="+"
    )
    subcontract = models.ForeignKey(
        Subcontract, on_delete=models.PROTECT, null=True, related_name="+"
    )
    #: Units as allocated or placed, whatever the frequency.
    volume = models.PositiveIntegerField(null=True)
    #: Euros committed by calendar year, as texts with two decimals; of placements.
    amounts = models.JSONField(default=dict)
    allocation = models.ForeignKey(
        Allocation, on_delete=models.PROTECT, null=True, related_name="import_rows"
    )
    placement = models.ForeignKey(
        Placement, on_delete=models.PROTECT, null=True, related_name="import_rows"
    )

    objects = CareImportRowQuerySet.as_manager()

    class Meta:
        verbose_name = _("row of a take-over")
        verbose_name_plural = _("rows of a take-over")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["care_import", "sheet", "line"], name="care_import_row_once"
            ),
            # Nothing is taken over twice, by whatever file.
            models.UniqueConstraint(
                fields=["allocation"],
                condition=Q(sheet="toewijzingen", status="taken"),
                name="care_import_allocation_once",
            ),
            models.UniqueConstraint(
                fields=["placement"],
                condition=Q(sheet="plaatsingen", status="taken"),
                name="care_import_placement_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sheet} {self.line}"


class CareImportFaultQuerySet(OwnedQuerySet["CareImportFault"]):
    """Reads, as of imports."""

    readers = READERS
    provider_column = ""


class CareImportFault(MainContractorOwned):
    """A cell that is wrong: where it stands, by which rule, and what to do. Names nobody."""

    care_import = models.ForeignKey(CareImport, on_delete=models.PROTECT, related_name="faults")
    row = models.ForeignKey(CareImportRow, on_delete=models.PROTECT, related_name="faults")
    sheet = models.CharField(_("sheet"), max_length=12, choices=CareImportRow.Sheet.choices)
    line = models.PositiveIntegerField(_("row"))
    column = models.CharField(_("column"), max_length=30)
    rule = models.CharField(_("rule"), max_length=10)
    text = models.CharField(_("what is wrong"), max_length=500)

    objects = CareImportFaultQuerySet.as_manager()

    class Meta:
        verbose_name = _("wrong cell")
        verbose_name_plural = _("wrong cells")
        ordering = ["row", "pk"]
        indexes = [models.Index(fields=["care_import", "rule"], name="care_import_fault_rule")]

    def __str__(self) -> str:
        return f"{self.sheet} {self.line} {self.column}"
