"""Messages of the bank about our payments, and what each line of them said."""

from __future__ import annotations

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from billing.models.payments import Payment
from billing.models.readers import MONEY
from hoofdaannemer.accounts.models import User
from hoofdaannemer.core.crypto import EncryptedTextField
from subcontracts.models.owned import MainContractorOwned, OwnedQuerySet


class BankReportQuerySet(OwnedQuerySet["BankReport"]):
    """Reads of messages of the bank: never a subcontractor."""

    readers = MONEY
    provider_column = ""


class BankReport(MainContractorOwned):
    """A message of the bank as it was read, once. The text is kept, encrypted."""

    #: Such as `pain.002`.
    kind = models.CharField(_("kind"), max_length=8)
    message_id = models.CharField(_("number"), max_length=35, db_collation="C")
    file_name = models.CharField(_("file"), max_length=100)
    digest = models.CharField(max_length=64, db_collation="C")
    content = EncryptedTextField()
    #: Lines that are about no payment of ours; of those nothing else is kept.
    others = models.PositiveIntegerField(_("about others"), default=0)
    received_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    received_at = models.DateTimeField(_("read"))

    objects = BankReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("bank message")
        verbose_name_plural = _("bank messages")
        ordering = ["-received_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["main_contractor", "digest"], name="bank_report_once"),
        ]

    def __str__(self) -> str:
        return self.message_id or self.file_name

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("bank_report_detail", args=[self.pk])


class BankEntryQuerySet(OwnedQuerySet["BankEntry"]):
    """Reads, as of the messages."""

    readers = MONEY
    provider_column = ""

    def to_find_out(self) -> BankEntryQuerySet:
        """Does not fit its payment, and nobody found out why yet."""
        return self.exclude(oddity="").filter(settled_at=None)


class BankEntry(MainContractorOwned):
    """What a line said of one payment."""

    class Outcome(models.TextChoices):
        """The values of `bank_files.Outcome`."""

        ACCEPTED = "accepted", pgettext_lazy("bank", "accepted")
        REJECTED = "rejected", pgettext_lazy("bank", "rejected")
        BOOKED = "booked", pgettext_lazy("bank", "booked")
        RETURNED = "returned", pgettext_lazy("bank", "returned")

    class Oddity(models.TextChoices):
        """Why a person has to look."""

        AMOUNT = "amount", _("another amount than we paid")
        TWICE = "twice", _("booked after it was rejected or returned")
        REJECTED_LATE = "late", _("rejected after it was booked")

    #: Outcomes after which the statement is to be paid again.
    FAILED = (Outcome.REJECTED, Outcome.RETURNED)

    report = models.ForeignKey(BankReport, on_delete=models.PROTECT, related_name="entries")
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="bank_entries")
    outcome = models.CharField(_("what the bank says"), max_length=8, choices=Outcome.choices)
    code = models.CharField(_("code"), max_length=35, blank=True)
    text = models.CharField(_("text"), max_length=200, blank=True)
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2, null=True)
    day = models.DateField(_("booked on"), null=True)
    oddity = models.CharField(_("what is odd"), max_length=6, choices=Oddity.choices, blank=True)
    settled_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(_("found out"), null=True)
    finding = models.CharField(_("what was found"), max_length=300, blank=True)

    objects = BankEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("line of a bank message")
        verbose_name_plural = _("lines of a bank message")
        ordering = ["pk"]
        indexes = [
            models.Index(
                fields=["main_contractor"],
                condition=models.Q(settled_at=None) & ~models.Q(oddity=""),
                name="bank_entry_to_find_out",
            )
        ]

    def __str__(self) -> str:
        return f"{self.payment}: {self.get_outcome_display()}"

    @property
    def settle_url(self) -> str | None:
        """Where one says what was found out; None where there is nothing to."""
        if not self.oddity or self.settled_at:
            return None
        return reverse("bank_entry_settle", args=[self.pk])
