"""Declarations (323) with the verdict per line, and the drafts of the month page."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from billing.models.declaration_files import DeclarationFile
from billing.models.readers import MONEY
from hoofdaannemer.accounts.models import MainContractor, Organisation
from hoofdaannemer.core.periods import Month
from messaging.models import Family, IncomingMessage
from subcontracts.models import (
    Client,
    FundingLine,
    Placement,
    Product,
    Professional,
    Subcontractor,
)
from subcontracts.models.owned import OwnedQuerySet, ProviderOwned


class DeclarationQuerySet(OwnedQuerySet["Declaration"]):
    """Reads of declarations."""

    readers = MONEY

    def standing(self) -> DeclarationQuerySet:
        """Without those refused as a whole, which count as never sent."""
        return self.exclude(status=Declaration.Status.REFUSED)


class Declaration(ProviderOwned):
    """What a subcontractor declares for a month, by message or on the month page."""

    class Status(models.TextChoices):
        """Verdict on the whole; each line has its own."""

        APPROVED = "approved", _("approved")
        PARTLY = "partly", _("partly approved")
        REJECTED = "rejected", _("all lines rejected")
        REFUSED = "refused", _("refused as a whole")

    class Source(models.TextChoices):
        """How it came in."""

        MESSAGE = "message", _("message")
        PORTAL = "portal", _("month page")
        FILE = "file", _("file of the own administration")

    subcontractor = models.ForeignKey(
        Subcontractor, on_delete=models.PROTECT, related_name="declarations"
    )
    family = models.CharField(_("law"), max_length=3, choices=Family.choices)
    #: DeclaratieNummer.
    number = models.CharField(_("declaration number"), max_length=12, db_collation="C")
    #: First day of the declaration period.
    month = models.DateField(_("month"))
    declared_on = models.DateField(_("declared on"))
    source = models.CharField(_("source"), max_length=8, choices=Source.choices)
    status = models.CharField(_("status"), max_length=8, choices=Status.choices)
    #: Return codes that refuse it as a whole, such as 9333.
    codes = models.CharField(max_length=40, blank=True)
    #: Euros, debits minus credits.
    submitted = models.DecimalField(_("declared"), max_digits=14, decimal_places=2)
    granted = models.DecimalField(_("approved"), max_digits=14, decimal_places=2)
    line_count = models.PositiveIntegerField(_("lines"))
    rejected_count = models.PositiveIntegerField(_("rejected"))
    recorded_at = models.DateTimeField(_("received"))
    #: When its approved lines became entitlements; empty while that waits (`services.entitling`).
    entitled_at = models.DateTimeField(null=True)
    message = models.OneToOneField(
        IncomingMessage, on_delete=models.PROTECT, null=True, related_name="+"
    )
    #: The file it was made of; the main contractor does not read that, only this.
    file = models.ForeignKey(
        DeclarationFile, on_delete=models.PROTECT, null=True, related_name="declarations"
    )

    objects = DeclarationQuerySet.as_manager()

    class Meta:
        verbose_name = _("declaration")
        verbose_name_plural = _("declarations")
        ordering = ["-recorded_at", "-pk"]
        constraints = [
            # TR333; a refused declaration counts as never sent.
            models.UniqueConstraint(
                fields=["main_contractor", "family", "provider_organisation", "number"],
                condition=~Q(status="refused"),
                name="declaration_number_once",
            ),
            models.CheckConstraint(name="declaration_whole_month", condition=Q(month__day=1)),
            # What a line says of its owner is held equal to this, by a key over all three.
            models.UniqueConstraint(
                fields=["id", "main_contractor", "provider_organisation"], name="declaration_owner"
            ),
        ]
        indexes = [
            models.Index(fields=["main_contractor", "-recorded_at", "-id"]),
            models.Index(fields=["provider_organisation", "-recorded_at", "-id"]),
            models.Index(fields=["subcontractor", "month"]),
            models.Index(
                fields=["subcontractor"],
                condition=Q(entitled_at=None),
                name="declaration_to_entitle",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def calendar_month(self) -> Month:
        """The declaration period."""
        return Month.of(self.month)


class DeclaredLineQuerySet(OwnedQuerySet["DeclaredLine"]):
    """Reads of declared lines."""

    readers = MONEY

    def approved(self) -> DeclaredLineQuerySet:
        """Debits and credits that count."""
        return self.filter(is_approved=True)

    def paying(self) -> DeclaredLineQuerySet:
        """Approved, and not under a line that pays what was allocated in their place."""
        allocated = FundingLine.objects.paid_as_allocated()
        return self.approved().exclude(funding_line__in=allocated.values("pk"))


class DeclaredLine(ProviderOwned):
    """One declared service line. Only `is_credited` ever changes, with the credit that does it.

    A declaration brings thousands of lines at once, so a line has few keys and few indexes. One
    key holds declaration and owner, another placement, client and owner, each checked together;
    lines are found by declaration, placement or reference, and in reports by month.
    """

    main_contractor = models.ForeignKey(
        MainContractor,
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    provider_organisation = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    declaration = models.ForeignKey(
        Declaration,
        on_delete=models.PROTECT,
        related_name="lines",
        db_constraint=False,
        db_index=False,
    )
    family = models.CharField(max_length=3, choices=Family.choices)
    #: Place in the document, from 1, over all clients.
    line = models.PositiveIntegerField(_("line"))
    #: Empty where the line names no placement of this client.
    placement = models.ForeignKey(
        Placement,
        on_delete=models.PROTECT,
        null=True,
        related_name="declared_lines",
        db_constraint=False,
        db_index=False,
    )
    #: Equal to the placement's, for counting clients without a join.
    client = models.ForeignKey(
        Client,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    #: The contract's product with this category and code (DEC-13); empty where there is none. A
    #: key of its entitlement, not of this.
    product = models.ForeignKey(
        Product,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    #: The line of the contract under which it was judged; a key of its entitlement, not of this.
    funding_line = models.ForeignKey(
        FundingLine,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    #: Euros an hour, where minutes are declared under an hourly price (IV081).
    hour_tariff = models.DecimalField(max_digits=12, decimal_places=4, null=True)
    number = models.PositiveBigIntegerField(_("placement number"))
    reference = models.CharField(_("reference"), max_length=20, db_collation="C")
    previous_reference = models.CharField(max_length=20, blank=True, db_collation="C")
    category = models.CharField(max_length=2, db_collation="C")
    code = models.CharField(_("product code"), max_length=5, db_collation="C")
    start_date = models.DateField(_("start date"))
    end_date = models.DateField(_("end date"))
    #: Whole units; eurocents where the unit is 83.
    volume = models.BigIntegerField(_("volume"))
    unit = models.CharField(_("unit"), max_length=2)
    #: Euros a unit as declared; empty for euros.
    tariff = models.DecimalField(_("tariff"), max_digits=12, decimal_places=2, null=True)
    #: Euros, positive also for a credit.
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)
    is_credit = models.BooleanField()
    is_approved = models.BooleanField(_("approved"))
    #: The approved debit that this credit takes back.
    credits = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="credited_by", db_index=False
    )
    is_credited = models.BooleanField(default=False)

    objects = DeclaredLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("declared line")
        verbose_name_plural = _("declared lines")
        ordering = ["declaration", "line"]
        constraints = [
            models.UniqueConstraint(
                fields=["declaration", "line"], name="declared_line_place_once"
            ),
            # TR314, which also finds any earlier line by its number. A rejected line keeps its
            # number for the file, so only approved ones are held to it. What differs most comes
            # first: thousands of lines at once are told apart by one comparison each.
            models.UniqueConstraint(
                fields=["reference", "provider_organisation", "family", "main_contractor"],
                condition=Q(is_approved=True),
                name="declared_line_reference_once",
            ),
            # TR389
            models.UniqueConstraint(
                fields=["placement", "start_date", "end_date", "category", "code"],
                condition=Q(is_approved=True, is_credit=False, is_credited=False),
                name="declared_line_debit_once",
            ),
            # TR390
            models.UniqueConstraint(
                fields=["credits"],
                condition=Q(is_approved=True, is_credit=True),
                name="declared_line_credited_once",
            ),
            models.CheckConstraint(
                name="declared_line_approved_is_whole",
                condition=Q(is_approved=False)
                | Q(placement__isnull=False, is_credit=False, credits=None)
                | Q(placement__isnull=False, is_credit=True, credits__isnull=False),
            ),
            # A key over several columns is not looked at where one of them is empty.
            models.CheckConstraint(
                name="declared_line_client_of_placement",
                condition=Q(placement__isnull=True, client__isnull=True)
                | Q(placement__isnull=False, client__isnull=False),
            ),
            models.CheckConstraint(
                name="declared_line_amounts", condition=Q(amount__gte=0, volume__gte=0)
            ),
        ]
        indexes = [
            # The rest of what TR314 looks up.
            models.Index(
                fields=["reference", "provider_organisation", "family", "main_contractor"],
                condition=Q(is_approved=False),
                name="declared_line_rejected",
            ),
            # Reports: approved care of a month.
            models.Index(
                fields=["main_contractor", "start_date"],
                condition=Q(is_approved=True),
                name="declared_line_month",
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class LineFindingQuerySet(OwnedQuerySet["LineFinding"]):
    """Reads of findings."""

    readers = MONEY


class LineFinding(ProviderOwned):
    """One rule that a declared line breaks; the sentence is made when somebody reads it."""

    declared_line = models.ForeignKey(
        DeclaredLine, on_delete=models.PROTECT, related_name="findings"
    )
    rule = models.CharField(max_length=5, db_collation="C")
    #: Figures for the sentence, such as the volume that was allowed.
    facts = models.JSONField(default=dict)

    objects = LineFindingQuerySet.as_manager()

    class Meta:
        verbose_name = _("finding")
        verbose_name_plural = _("findings")
        ordering = ["rule", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["declared_line", "rule"], name="line_finding_once")
        ]


class WorkerShareQuerySet(OwnedQuerySet["WorkerShare"]):
    """Reads of volume per professional."""

    readers = MONEY


class WorkerShare(ProviderOwned):
    """The part of a line's volume that one named professional delivered."""

    declared_line = models.ForeignKey(
        DeclaredLine, on_delete=models.PROTECT, related_name="worker_shares"
    )
    professional = models.ForeignKey(Professional, on_delete=models.PROTECT, related_name="+")
    volume = models.BigIntegerField(_("volume"))

    objects = WorkerShareQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["declared_line", "professional"], name="worker_share_once"
            ),
            models.CheckConstraint(name="worker_share_volume", condition=Q(volume__gt=0)),
        ]


class MonthDraftQuerySet(OwnedQuerySet["MonthDraft"]):
    """Reads of drafts: nobody but the practice itself reads what is not handed in."""

    readers = frozenset()


class MonthDraft(ProviderOwned):
    """What a practice has typed for one placement and month, before or after handing it in."""

    class NoCare(models.TextChoices):
        """Why no care was given."""

        HOLIDAY = "holiday", _("holiday")
        ILLNESS = "illness", _("client or professional was ill")
        NOT_STARTED = "not_started", _("care has not started yet")
        STOPPED = "stopped", _("care has stopped")
        OTHER = "other", _("another reason")

    placement = models.ForeignKey(Placement, on_delete=models.PROTECT, related_name="drafts")
    month = models.DateField(_("month"))
    #: In the unit of the contract; empty while nothing was typed.
    volume = models.PositiveBigIntegerField(_("volume"), null=True)
    no_care = models.CharField(_("no care"), max_length=12, choices=NoCare.choices, blank=True)
    #: Volume by professional (its id as a text), in the same unit, where the practice tells.
    workers = models.JSONField(default=dict)
    saved_at = models.DateTimeField()

    objects = MonthDraftQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["placement", "month"], name="month_draft_once"),
            models.CheckConstraint(name="month_draft_whole_month", condition=Q(month__day=1)),
            models.CheckConstraint(
                name="month_draft_care_or_none", condition=Q(no_care="") | Q(volume=None)
            ),
        ]
