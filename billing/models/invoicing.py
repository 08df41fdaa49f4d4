"""Invoices that the main contractor makes out for its subcontractors, and what they rest on."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from billing.models.readers import MONEY
from billing.models.statements import Statement
from hoofdaannemer.accounts.models import User
from subcontracts.models import FundingLine, Subcontractor
from subcontracts.models.owned import OwnedQuerySet, ProviderOwned


class VatTreatmentQuerySet(OwnedQuerySet["VatTreatment"]):
    """Reads of treatments."""

    readers = MONEY


class VatTreatment(ProviderOwned):
    """How the amounts of a funding line are treated for VAT from a month on. Append-only.

    Without one they are exempt, as care is. Of two for one month the later recorded counts.
    """

    class Vat(models.TextChoices):
        """The values of `rules.invoice.Vat`."""

        EXEMPT = "exempt", _("exempt from VAT")
        STANDARD = "standard", _("21 % VAT within the amount")
        REDUCED = "reduced", _("9 % VAT within the amount")

    funding_line = models.ForeignKey(
        FundingLine, on_delete=models.PROTECT, related_name="vat_treatments"
    )
    vat = models.CharField(_("VAT"), max_length=8, choices=Vat.choices)
    #: First day of the first month.
    start_month = models.DateField(_("from"))
    reason = models.CharField(_("reason"), max_length=300)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(_("recorded"))

    objects = VatTreatmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("VAT treatment")
        verbose_name_plural = _("VAT treatments")
        ordering = ["-start_month", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="vat_treatment_whole_month", condition=Q(start_month__day=1)
            )
        ]
        indexes = [models.Index(fields=["funding_line", "start_month"])]

    def __str__(self) -> str:
        return str(self.get_vat_display())


class SelfBillingQuerySet(OwnedQuerySet["SelfBilling"]):
    """Reads of agreements."""

    readers = MONEY


class SelfBilling(ProviderOwned):
    """A subcontractor lets the main contractor make out its invoices, under this tax number.

    Wet OB 1968, art. 34c: only who agreed to it beforehand. Another number is another agreement.
    """

    subcontractor = models.ForeignKey(
        Subcontractor, on_delete=models.PROTECT, related_name="self_billing"
    )
    #: VAT number (`NL…B..`), or the nine digits (RSIN) of who has none.
    tax_number = models.CharField(_("tax number"), max_length=14, db_collation="C")
    agreed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    agreed_at = models.DateTimeField(_("agreed"))
    ended_at = models.DateTimeField(_("ended"), null=True)

    objects = SelfBillingQuerySet.as_manager()

    class Meta:
        verbose_name = _("agreement to self-billing")
        verbose_name_plural = _("agreements to self-billing")
        ordering = ["-agreed_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["subcontractor"], condition=Q(ended_at=None), name="self_billing_one"
            )
        ]

    def __str__(self) -> str:
        return self.tax_number


class EInvoiceQuerySet(OwnedQuerySet["EInvoice"]):
    """Reads of invoices."""

    readers = MONEY


class EInvoice(ProviderOwned):
    """The invoice over one statement, as made out. Append-only."""

    statement = models.OneToOneField(Statement, on_delete=models.PROTECT, related_name="einvoice")
    is_credit = models.BooleanField()
    xml = models.BinaryField()
    digest = models.CharField(max_length=64, db_collation="C")
    made_at = models.DateTimeField(_("made"))

    objects = EInvoiceQuerySet.as_manager()

    class Meta:
        verbose_name = _("e-invoice")
        verbose_name_plural = _("e-invoices")
        ordering = ["-made_at", "-pk"]

    def __str__(self) -> str:
        return self.statement.number
