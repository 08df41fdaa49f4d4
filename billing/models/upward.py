"""What is declared to municipalities by the unit, and what those declarations are built of."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from billing.models.declarations import DeclaredLine
from billing.models.readers import MONEY
from billing.models.received import InvoiceLine
from hoofdaannemer.accounts.models import Municipality
from hoofdaannemer.core.periods import Month
from messaging.models import Family, IncomingMessage, OutgoingMessage
from subcontracts.models import Allocation, MunicipalContract, Product
from subcontracts.models.owned import MainContractorOwned, OwnedQuerySet


class UpwardDeclarationQuerySet(OwnedQuerySet["UpwardDeclaration"]):
    """Reads: who reads money; a provider never, a municipality has the message itself."""

    readers = MONEY
    provider_column = ""

    def standing(self) -> UpwardDeclarationQuerySet:
        """Without those refused as a whole, which count as never sent."""
        return self.exclude(status=UpwardDeclaration.Status.REFUSED)


class UpwardDeclaration(MainContractorOwned):
    """A declaration (323) of the main contractor to one municipality under one contract."""

    class Status(models.TextChoices):
        """What the municipality answered on the whole; each line has its own."""

        SENT = "sent", _("waiting for the answer")
        AWARDED = "awarded", _("awarded")
        PARTLY = "partly", _("partly awarded")
        REJECTED = "rejected", _("all lines rejected")
        REFUSED = "refused", _("refused as a whole")

    TRANSITIONS = {
        Status.SENT: {Status.AWARDED, Status.PARTLY, Status.REJECTED, Status.REFUSED},
        Status.AWARDED: set(),
        Status.PARTLY: set(),
        Status.REJECTED: set(),
        Status.REFUSED: set(),
    }

    contract = models.ForeignKey(
        MunicipalContract, on_delete=models.PROTECT, related_name="upward_declarations"
    )
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    family = models.CharField(_("law"), max_length=3, choices=Family.choices)
    #: DeclaratieNummer.
    number = models.CharField(_("declaration number"), max_length=12, db_collation="C")
    #: First day of the declaration period.
    month = models.DateField(_("month"))
    declared_on = models.DateField(_("declared on"))
    status = models.CharField(
        _("status"), max_length=8, choices=Status.choices, default=Status.SENT
    )
    #: Return codes that refuse it as a whole.
    codes = models.CharField(max_length=80, blank=True)
    #: Euros, debits minus credits.
    submitted = models.DecimalField(_("declared"), max_digits=14, decimal_places=2)
    #: Empty until the municipality answered.
    awarded = models.DecimalField(_("awarded"), max_digits=14, decimal_places=2, null=True)
    line_count = models.PositiveIntegerField(_("lines"))
    rejected_count = models.PositiveIntegerField(_("rejected"), default=0)
    recorded_at = models.DateTimeField(_("sent"))
    answered_at = models.DateTimeField(_("answered"), null=True)
    #: Who sent it; empty where the system did.
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    message = models.OneToOneField(OutgoingMessage, on_delete=models.PROTECT, related_name="+")
    #: The 325 that was taken in.
    answer = models.OneToOneField(
        IncomingMessage, on_delete=models.PROTECT, null=True, related_name="+"
    )

    objects = UpwardDeclarationQuerySet.as_manager()

    class Meta:
        verbose_name = _("upward declaration")
        verbose_name_plural = _("upward declarations")
        ordering = ["-recorded_at", "-pk"]
        constraints = [
            # TR333, per main contractor: the number is made by us and never used again.
            models.UniqueConstraint(
                fields=["main_contractor", "family", "number"],
                name="upward_declaration_number_once",
            ),
            models.CheckConstraint(
                name="upward_declaration_whole_month", condition=Q(month__day=1)
            ),
            models.CheckConstraint(
                name="upward_declaration_answered",
                condition=Q(status="sent", answered_at=None, awarded=None)
                | (~Q(status="sent") & Q(answered_at__isnull=False, awarded__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(fields=["main_contractor", "-recorded_at", "-id"]),
            # The latest month that was declared (TR318).
            models.Index(fields=["main_contractor", "municipality", "family", "-month"]),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("upward_declaration_detail", args=[self.pk])

    @property
    def calendar_month(self) -> Month:
        """The declaration period."""
        return Month.of(self.month)


class UpwardLineQuerySet(OwnedQuerySet["UpwardLine"]):
    """Reads of lines."""

    readers = MONEY
    provider_column = ""

    def open(self) -> UpwardLineQuerySet:
        """Debits that stand: sent or awarded, and not taken back."""
        return self.filter(is_credit=False, is_credited=False, status__in=UpwardLine.STANDING)

    def undecided(self) -> UpwardLineQuerySet:
        """Refused by the municipality, and nobody has said what to do with it."""
        return self.filter(status=UpwardLine.Status.REFUSED, decision="")


class UpwardLine(MainContractorOwned):
    """One service line upward: an allocation of the municipality, a product and a month."""

    class Status(models.TextChoices):
        """What the municipality said of the line."""

        SENT = "sent", _("waiting for the answer")
        AWARDED = "awarded", _("awarded")
        REFUSED = "refused", _("rejected")
        #: Of a declaration that was refused as a whole: as if it was never sent.
        VOID = "void", _("counts as never sent")

    STANDING = (Status.SENT, Status.AWARDED)
    TRANSITIONS = {
        Status.SENT: {Status.AWARDED, Status.REFUSED, Status.VOID},
        Status.AWARDED: set(),
        Status.REFUSED: set(),
        Status.VOID: set(),
    }

    class Decision(models.TextChoices):
        """What the controller decided about a refused line."""

        AGAIN = "again", _("to be declared again")
        GIVEN_UP = "given_up", _("given up")

    declaration = models.ForeignKey(
        UpwardDeclaration, on_delete=models.PROTECT, related_name="lines"
    )
    family = models.CharField(max_length=3, choices=Family.choices)
    #: Place in the document, from 1, over all clients.
    line = models.PositiveIntegerField(_("line"))
    allocation = models.ForeignKey(
        Allocation, on_delete=models.PROTECT, related_name="upward_lines"
    )
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    #: First day of the month in which the care was given.
    month = models.DateField()
    #: The month as far as the allocation goes (TR387, TR388).
    start_date = models.DateField(_("start date"))
    end_date = models.DateField(_("end date"))
    #: Whole units; eurocents where the unit is 83.
    volume = models.BigIntegerField(_("volume"))
    unit = models.CharField(_("unit"), max_length=2)
    #: Euros a unit as the message shows it; empty for euros.
    tariff = models.DecimalField(_("tariff"), max_digits=12, decimal_places=2, null=True)
    #: Euros, positive also for a credit.
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)
    reference = models.CharField(_("reference"), max_length=20, db_collation="C")
    is_credit = models.BooleanField(default=False)
    #: The debit that this credit takes back.
    credits = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="credited_by"
    )
    #: Taken back by a credit that was sent and not refused.
    is_credited = models.BooleanField(default=False)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.SENT)
    #: Return codes with which it was refused.
    codes = models.CharField(max_length=80, blank=True)
    decision = models.CharField(max_length=8, choices=Decision.choices, blank=True)
    decision_reason = models.TextField(_("reason"), blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    objects = UpwardLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("upward line")
        verbose_name_plural = _("upward lines")
        ordering = ["declaration", "line"]
        constraints = [
            models.UniqueConstraint(fields=["declaration", "line"], name="upward_line_place_once"),
            # TR314
            models.UniqueConstraint(
                fields=["main_contractor", "family", "reference"], name="upward_line_reference_once"
            ),
            # TR389: one debit stands per allocation, product and month.
            models.UniqueConstraint(
                fields=["allocation", "product", "month"],
                condition=Q(is_credit=False, is_credited=False, status__in=["sent", "awarded"]),
                name="upward_line_debit_once",
            ),
            # TR390
            models.UniqueConstraint(
                fields=["credits"],
                condition=Q(is_credit=True, status__in=["sent", "awarded"]),
                name="upward_line_credited_once",
            ),
            models.CheckConstraint(
                name="upward_line_credit_of_debit",
                condition=Q(is_credit=False, credits=None)
                | Q(is_credit=True, credits__isnull=False),
            ),
            models.CheckConstraint(
                name="upward_line_amounts", condition=Q(amount__gte=0, volume__gte=0)
            ),
            models.CheckConstraint(
                name="upward_line_decided",
                condition=Q(decision="", decided_at=None)
                | Q(decision="again", status="refused", decided_at__isnull=False)
                | (
                    Q(decision="given_up", status="refused", decided_at__isnull=False)
                    & ~Q(decision_reason="")
                ),
            ),
        ]
        indexes = [
            # The work list.
            models.Index(
                fields=["main_contractor"],
                condition=Q(status="refused", decision=""),
                name="upward_line_undecided",
            )
        ]

    def __str__(self) -> str:
        return self.reference


class UpwardContributionQuerySet(OwnedQuerySet["UpwardContribution"]):
    """Reads of what lines were built from."""

    readers = MONEY
    provider_column = ""


class UpwardContribution(MainContractorOwned):
    """A declared or invoiced line that is counted in a debit upward. Never changed."""

    line = models.ForeignKey(UpwardLine, on_delete=models.PROTECT, related_name="contributions")
    #: Of a subcontractor or own team.
    declared_line = models.ForeignKey(
        DeclaredLine, on_delete=models.PROTECT, null=True, related_name="upward_contributions"
    )
    #: Of a party that invoices.
    invoice_line = models.ForeignKey(
        InvoiceLine, on_delete=models.PROTECT, null=True, related_name="upward_contributions"
    )

    objects = UpwardContributionQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["line", "declared_line"], name="upward_contribution_once"
            ),
            models.UniqueConstraint(
                fields=["line", "invoice_line"], name="upward_contribution_invoice_once"
            ),
            models.CheckConstraint(
                name="upward_contribution_of_one",
                condition=Q(declared_line__isnull=False, invoice_line=None)
                | Q(declared_line=None, invoice_line__isnull=False),
            ),
        ]
