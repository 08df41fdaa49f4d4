"""Monthly statements, kept as issued with their lines and PDF."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from billing.models.entitlements import Entitlement, Hold
from billing.models.readers import MONEY
from hoofdaannemer.core.periods import Month
from subcontracts.models import Subcontractor
from subcontracts.models.owned import OwnedQuerySet, ProviderOwned


class StatementQuerySet(OwnedQuerySet["Statement"]):
    """Reads of statements."""

    readers = MONEY

    def light(self) -> StatementQuerySet:
        """Without the PDF and its source, for lists."""
        return self.defer("pdf", "document")


class Statement(ProviderOwned):
    """One month of one subcontractor, all funding forms together. Never changed."""

    subcontractor = models.ForeignKey(
        Subcontractor, on_delete=models.PROTECT, related_name="statements"
    )
    month = models.DateField(_("month"))
    number = models.CharField(_("number"), max_length=20, db_collation="C")
    #: The statement before, whose balance below zero and open holds this one takes over.
    previous = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="following"
    )
    entitled = models.DecimalField(_("entitled"), max_digits=14, decimal_places=2)
    corrected = models.DecimalField(_("corrected"), max_digits=14, decimal_places=2)
    held = models.DecimalField(_("held back"), max_digits=14, decimal_places=2)
    released = models.DecimalField(_("released"), max_digits=14, decimal_places=2)
    carried_in = models.DecimalField(_("carried in"), max_digits=14, decimal_places=2)
    payable = models.DecimalField(_("to pay"), max_digits=14, decimal_places=2)
    carried_out = models.DecimalField(_("carried over"), max_digits=14, decimal_places=2)
    issued_at = models.DateTimeField(_("issued"))
    pay_date = models.DateField(_("pay date"), null=True)
    #: All that stands on the PDF, from which it can be made again.
    document = models.JSONField()
    pdf = models.BinaryField()
    pdf_digest = models.CharField(max_length=64, db_collation="C")

    objects = StatementQuerySet.as_manager()

    class Meta:
        verbose_name = _("monthly statement")
        verbose_name_plural = _("monthly statements")
        ordering = ["-month", "subcontractor", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["subcontractor", "month"], name="statement_once"),
            models.UniqueConstraint(
                fields=["main_contractor", "number"], name="statement_number_once"
            ),
            models.CheckConstraint(name="statement_whole_month", condition=Q(month__day=1)),
            models.CheckConstraint(
                name="statement_adds_up",
                condition=Q(
                    payable=models.F("entitled")
                    + models.F("corrected")
                    - models.F("held")
                    + models.F("released")
                    + models.F("carried_in")
                    - models.F("carried_out")
                )
                & (Q(payable=0, carried_out__lte=0) | Q(payable__gt=0, carried_out=0)),
            ),
        ]
        indexes = [
            models.Index(fields=["main_contractor", "-month"]),
            models.Index(fields=["provider_organisation", "-month"]),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("statement_detail", args=[self.pk])

    @property
    def calendar_month(self) -> Month:
        """The month it closes."""
        return Month.of(self.month)


class StatementLineQuerySet(OwnedQuerySet["StatementLine"]):
    """Reads of statement lines."""

    readers = MONEY


class StatementLine(ProviderOwned):
    """One posting of a statement: an entitlement, or a hold or its release."""

    class Kind(models.TextChoices):
        """What the posting does; the values of `rules.statement.PostingKind`."""

        ENTITLEMENT = "entitlement", _("entitlement")
        CORRECTION = "correction", _("correction")
        HOLD = "hold", _("held back")
        RELEASE = "release", _("released")

    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="lines")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    entitlement = models.ForeignKey(
        Entitlement, on_delete=models.PROTECT, null=True, related_name="statement_lines"
    )
    hold = models.ForeignKey(
        Hold, on_delete=models.PROTECT, null=True, related_name="statement_lines"
    )
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    #: One of `rules.invoice.Vat`, as it was when the statement was issued.
    vat = models.CharField(_("VAT"), max_length=8, default="exempt", db_default="exempt")

    objects = StatementLineQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["entitlement"], name="statement_line_entitlement_once"),
            models.UniqueConstraint(fields=["hold", "kind"], name="statement_line_hold_once"),
            models.CheckConstraint(
                name="statement_line_one_fact",
                condition=Q(
                    kind__in=["entitlement", "correction"], entitlement__isnull=False, hold=None
                )
                | Q(kind__in=["hold", "release"], entitlement=None, hold__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        """The reference of its fact."""
        fact = self.hold or self.entitlement
        return fact.reference if fact else ""

    @property
    def sentence(self) -> str:
        """For what it is and how it was computed, in the active language."""
        if self.hold:
            return f"{self.get_kind_display()}: {self.hold.reason}"
        one = self.entitlement
        if one is None:
            raise ValueError("a posting has a fact")
        return f"{one.subject}. {one.why.sentence()}"
