"""Care that others invoice without a subcontract: who they are, what was decided, their invoices.

Certified institutions, secure and national youth care work on a decision, not on a contract. Each
line of their invoices is held against an indication of the main contractor; what is right becomes
an entitlement, and goes the one way of statements and payment runs.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from billing.models.readers import MONEY
from hoofdaannemer.accounts.models import User
from hoofdaannemer.core.crypto import EncryptedTextField
from hoofdaannemer.core.money import ZERO
from hoofdaannemer.core.periods import InclusiveDateRange, SameId
from hoofdaannemer.core.scope import CARE, Role
from subcontracts.models import Allocation, Client, Product, Subcontractor
from subcontracts.models.owned import MainContractorOwned, OwnedQuerySet

#: Who of the main contractor reads indications: who records them, and who pays by them.
INDICATIONS = CARE | {Role.CONTROLLER}


class InvoicingPartyQuerySet(OwnedQuerySet["InvoicingParty"]):
    """Reads of parties."""

    readers = INDICATIONS
    provider_column = ""


class InvoicingParty(MainContractorOwned):
    """What is agreed with an organisation that invoices: a relation without a subcontract.

    The relation itself is a `Subcontractor`, so that accounts, statements and payment runs are the
    same for everybody who is paid.
    """

    class Kind(models.TextChoices):
        """Why there is no subcontract."""

        CERTIFIED = "certified", _("certified institution")
        SECURE = "secure", _("secure youth care")
        NATIONAL = "national", _("national youth care")
        OTHER = "other", _("other care on a decision")

    subcontractor = models.OneToOneField(
        Subcontractor, on_delete=models.PROTECT, related_name="invoicing"
    )
    kind = models.CharField(_("kind"), max_length=9, choices=Kind.choices)
    #: Calendar days from receipt of an invoice to its payment.
    payment_days = models.PositiveSmallIntegerField(_("payment term in days"), default=30)
    #: Calendar months after the care in which it is invoiced.
    oldest_months = models.PositiveSmallIntegerField(_("invoiced within months"), default=6)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(_("recorded"))

    objects = InvoicingPartyQuerySet.as_manager()

    class Meta:
        verbose_name = _("invoicing party")
        verbose_name_plural = _("invoicing parties")
        ordering = ["subcontractor__provider_organisation__name", "pk"]
        constraints = [
            # BW 6:119a: a large company pays a smaller one within thirty days.
            models.CheckConstraint(
                name="invoicing_party_term", condition=Q(payment_days__range=(1, 30))
            ),
        ]

    def __str__(self) -> str:
        return str(self.subcontractor)

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("invoicing_party_detail", args=[self.pk])


class IndicationQuerySet(OwnedQuerySet["Indication"]):
    """Reads of indications. Whoever shows a client's name calls `audit.looked_at`."""

    readers = INDICATIONS
    provider_column = ""


class Indication(MainContractorOwned):
    """What one party may deliver to one client, and at most at what price: the main contractor's.

    It ends earlier by its last day; nothing else of it changes.
    """

    class Kind(models.TextChoices):
        """Who decided."""

        OWN = "own", _("own decision")
        COURT = "court", _("decision of the court")
        CERTIFIED = "certified", _("decision of a certified institution")

    class Per(models.TextChoices):
        """Over what the volume is counted."""

        TERM = "term", _("over the whole period")
        MONTH = "month", pgettext_lazy("indication", "a month")

    subcontractor = models.ForeignKey(
        Subcontractor, on_delete=models.PROTECT, related_name="indications"
    )
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="indications")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    #: The municipality's allocation that it rests on, under which it may be declared upward.
    allocation = models.ForeignKey(
        Allocation, on_delete=models.PROTECT, null=True, related_name="indications"
    )
    #: What the party writes on its invoices: no number of a client.
    reference = models.CharField(_("reference"), max_length=30, db_collation="C")
    kind = models.CharField(_("decided by"), max_length=9, choices=Kind.choices)
    start_date = models.DateField(_("start date"))
    end_date = models.DateField(_("end date"), null=True)
    #: In units of the product; empty where only the amount is bounded.
    volume = models.DecimalField(_("volume"), max_digits=10, decimal_places=2, null=True)
    per = models.CharField(_("counted"), max_length=5, choices=Per.choices, default=Per.TERM)
    #: Euros a unit at most; empty where the product is counted in euros.
    price = models.DecimalField(_("price at most"), max_digits=12, decimal_places=4, null=True)
    #: Euros at most over the whole period.
    budget = models.DecimalField(_("amount at most"), max_digits=14, decimal_places=2, null=True)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(_("recorded"))

    objects = IndicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("indication")
        verbose_name_plural = _("indications")
        ordering = ["-recorded_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["main_contractor", "reference"], name="indication_reference_once"
            ),
            models.CheckConstraint(
                name="indication_period_forward",
                condition=Q(end_date=None) | Q(end_date__gte=F("start_date")),
            ),
            models.CheckConstraint(
                name="indication_is_bounded",
                condition=Q(price__isnull=False) | Q(budget__isnull=False),
            ),
            models.CheckConstraint(
                name="indication_above_zero",
                condition=(Q(volume=None) | Q(volume__gt=0))
                & (Q(price=None) | Q(price__gt=0))
                & (Q(budget=None) | Q(budget__gt=0)),
            ),
        ]
        indexes = [
            models.Index(fields=["main_contractor", "-recorded_at", "-id"]),
            models.Index(fields=["subcontractor", "client"]),
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("indication_detail", args=[self.pk])


class ReceivedInvoiceQuerySet(OwnedQuerySet["ReceivedInvoice"]):
    """Reads of invoices: who reads money."""

    readers = MONEY
    provider_column = ""

    def light(self) -> ReceivedInvoiceQuerySet:
        """Without the file."""
        return self.defer("content")

    def waiting(self) -> ReceivedInvoiceQuerySet:
        """With something about which a person decides."""
        return self.filter(status=ReceivedInvoice.Status.WAITING)


class ReceivedInvoice(MainContractorOwned):
    """An invoice or credit invoice of a party, kept as it came in."""

    class Kind(models.TextChoices):
        """Which way the amounts go."""

        INVOICE = "invoice", _("invoice")
        CREDIT = "credit", _("credit invoice")

    class Status(models.TextChoices):
        """Whether a person has something to decide."""

        WAITING = "waiting", pgettext_lazy("invoice", "waits")
        HANDLED = "handled", pgettext_lazy("invoice", "handled")

    TRANSITIONS = {Status.WAITING: {Status.HANDLED}, Status.HANDLED: set()}

    class Source(models.TextChoices):
        """How it came in."""

        TYPED = "typed", pgettext_lazy("invoice", "typed in")
        UBL = "ubl", _("e-invoice")
        FILE = "file", pgettext_lazy("invoice", "table")

    subcontractor = models.ForeignKey(
        Subcontractor, on_delete=models.PROTECT, related_name="received_invoices"
    )
    #: As the party writes it.
    number = models.CharField(_("invoice number"), max_length=40)
    #: Without spaces and in capitals: one number is one invoice, however it is written.
    number_key = models.CharField(max_length=40, db_collation="C")
    kind = models.CharField(_("kind"), max_length=7, choices=Kind.choices, default=Kind.INVOICE)
    status = models.CharField(
        _("status"), max_length=7, choices=Status.choices, default=Status.WAITING
    )
    invoice_date = models.DateField(_("invoice date"))
    received_date = models.DateField(_("received"))
    #: The last day on which it is paid.
    due_date = models.DateField(_("pay before"))
    #: The account that it names; empty where it names none.
    iban = models.CharField(_("IBAN"), max_length=34, blank=True)
    #: As it says, VAT included; positive for a credit invoice too.
    total = models.DecimalField(_("total"), max_digits=14, decimal_places=2)
    source = models.CharField(_("source"), max_length=5, choices=Source.choices)
    #: The file as received, in base64; empty where it was typed in.
    content = EncryptedTextField(default="")
    file_name = models.CharField(_("file"), max_length=120, blank=True)
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    entered_at = models.DateTimeField(_("entered"))

    objects = ReceivedInvoiceQuerySet.as_manager()

    class Meta:
        verbose_name = _("received invoice")
        verbose_name_plural = _("received invoices")
        ordering = ["-entered_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["subcontractor", "number_key"], name="received_invoice_number_once"
            ),
            models.CheckConstraint(
                name="received_invoice_dates",
                condition=Q(due_date__gte=F("received_date")) & Q(total__gte=0),
            ),
        ]
        indexes = [
            models.Index(fields=["main_contractor", "-entered_at", "-id"]),
            # The work list.
            models.Index(
                fields=["main_contractor", "due_date"],
                condition=Q(status="waiting"),
                name="received_invoice_waiting",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("invoice_detail", args=[self.pk])

    @property
    def is_credit(self) -> bool:
        """Whether it takes back what was invoiced before."""
        return self.kind == self.Kind.CREDIT

    def days_left(self, day: date) -> int:
        """Calendar days until it must be paid; below zero when that day has passed."""
        return (self.due_date - day).days


class InvoiceLineQuerySet(OwnedQuerySet["InvoiceLine"]):
    """Reads of lines. They name a client by its number."""

    readers = MONEY
    provider_column = ""

    def standing(self) -> InvoiceLineQuerySet:
        """Accepted care that was not credited in full."""
        return self.filter(state=InvoiceLine.State.ACCEPTED, is_credit=False, is_credited=False)


class InvoiceLine(MainContractorOwned):
    """Care of one client in one period, as invoiced; accepted it gives one entitlement."""

    class State(models.TextChoices):
        """What was decided."""

        WAITING = "waiting", pgettext_lazy("invoice", "waits")
        ACCEPTED = "accepted", pgettext_lazy("invoice", "accepted")
        REFUSED = "refused", pgettext_lazy("invoice", "refused")

    TRANSITIONS = {
        State.WAITING: {State.ACCEPTED, State.REFUSED},
        State.ACCEPTED: set(),
        State.REFUSED: set(),
    }

    invoice = models.ForeignKey(ReceivedInvoice, on_delete=models.PROTECT, related_name="lines")
    subcontractor = models.ForeignKey(
        Subcontractor, on_delete=models.PROTECT, related_name="invoice_lines"
    )
    line = models.PositiveIntegerField(_("line"))
    #: The reference of an indication, as the party wrote it.
    given_reference = models.CharField(_("reference"), max_length=40, blank=True)
    #: What it wrote for the client, of a BSN only the last digits.
    given_client = models.CharField(_("client"), max_length=40, blank=True)
    given_product = models.CharField(_("product"), max_length=40, blank=True)
    #: The client that it means, where that is known.
    client = models.ForeignKey(Client, on_delete=models.PROTECT, null=True, related_name="+")
    indication = models.ForeignKey(
        Indication, on_delete=models.PROTECT, null=True, related_name="invoice_lines"
    )
    start_date = models.DateField(_("start date"))
    end_date = models.DateField(_("end date"))
    quantity = models.DecimalField(_("quantity"), max_digits=12, decimal_places=4)
    price = models.DecimalField(_("price"), max_digits=12, decimal_places=4)
    #: Euros without VAT, positive also for a credit.
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)
    vat = models.DecimalField(_("VAT"), max_digits=14, decimal_places=2, default=ZERO)
    is_credit = models.BooleanField(default=False)
    #: Number and line of what a credit takes back, as written; `credits` is the line it means.
    given_credit = models.CharField(_("takes back"), max_length=50, blank=True)
    credits = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="credited_by"
    )
    #: Taken back in full by credits that were accepted.
    is_credited = models.BooleanField(default=False)
    #: What accepted credits took back of it: euros, and units of those at its own price.
    credited_amount = models.DecimalField(max_digits=14, decimal_places=2, default=ZERO)
    credited_quantity = models.DecimalField(max_digits=12, decimal_places=4, default=ZERO)
    state = models.CharField(
        _("status"), max_length=8, choices=State.choices, default=State.WAITING
    )
    #: Who decided; empty where nothing was wrong, and no person had to.
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(_("decided"), null=True)
    #: Why it was accepted in spite of its findings, or refused. The party reads it.
    ground = models.CharField(_("reason"), max_length=300, blank=True)

    objects = InvoiceLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("invoice line")
        verbose_name_plural = _("invoice lines")
        ordering = ["invoice", "line"]
        constraints = [
            models.UniqueConstraint(fields=["invoice", "line"], name="invoice_line_place_once"),
            models.CheckConstraint(
                name="invoice_line_forward", condition=Q(end_date__gte=F("start_date"))
            ),
            models.CheckConstraint(
                name="invoice_line_amounts",
                condition=Q(amount__gte=0, quantity__gte=0, price__gte=0, vat__gte=0),
            ),
            # The same care is accepted once, whatever several people do at one moment.
            ExclusionConstraint(
                name="invoice_line_care_once",
                expressions=[
                    (InclusiveDateRange(), RangeOperators.OVERLAPS),
                    (SameId("indication"), RangeOperators.OVERLAPS),
                ],
                condition=Q(state="accepted", is_credit=False, is_credited=False),
            ),
            # Never more is taken back than the line has.
            models.CheckConstraint(
                name="invoice_line_credited_at_most",
                condition=Q(
                    credited_amount__range=(0, F("amount")),
                    credited_quantity__range=(0, F("quantity")),
                )
                & (
                    Q(is_credited=False)
                    | Q(credited_amount=F("amount"), credited_quantity=F("quantity"))
                ),
            ),
            models.CheckConstraint(
                name="invoice_line_of_something",
                condition=~Q(state="accepted")
                | Q(is_credit=False, indication__isnull=False, vat=0)
                | Q(is_credit=True, credits__isnull=False),
            ),
            models.CheckConstraint(
                name="invoice_line_decided",
                condition=Q(state="waiting", decided_at=None, decided_by=None, ground="")
                | Q(state="accepted", decided_at__isnull=False, decided_by=None, ground="")
                | (
                    Q(state__in=["accepted", "refused"])
                    & Q(decided_at__isnull=False, decided_by__isnull=False)
                    & ~Q(ground="")
                ),
            ),
        ]
        indexes = [
            models.Index(
                fields=["indication"], condition=Q(state="accepted"), name="invoice_line_accepted"
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        """Number of the invoice and place on it, which its entitlement goes by."""
        return f"{self.invoice.number}/{self.line}"

    @property
    def left(self) -> Decimal:
        """Euros of an accepted line that no credit took back."""
        return self.amount - self.credited_amount

    @property
    def payable(self) -> Decimal:
        """Euros that it gives a right to; below zero for a credit."""
        return -self.amount if self.is_credit else self.amount


class InvoiceFindingQuerySet(OwnedQuerySet["InvoiceFinding"]):
    """Reads of findings."""

    readers = MONEY
    provider_column = ""

    def open(self) -> InvoiceFindingQuerySet:
        """Not set aside by a person."""
        return self.filter(settled_at=None)


class InvoiceFinding(MainContractorOwned):
    """What is not right about a line, or about the invoice as a whole."""

    invoice = models.ForeignKey(ReceivedInvoice, on_delete=models.PROTECT, related_name="findings")
    invoice_line = models.ForeignKey(
        InvoiceLine, on_delete=models.PROTECT, null=True, related_name="findings"
    )
    rule = models.CharField(_("rule"), max_length=10, db_collation="C")
    #: The figures that its sentence names (`invoice_words`), as text.
    facts = models.JSONField(default=dict)
    recorded_at = models.DateTimeField()
    #: Of the whole invoice: who set it aside, and why.
    settled_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True)
    ground = models.CharField(_("reason"), max_length=300, blank=True)

    objects = InvoiceFindingQuerySet.as_manager()

    class Meta:
        verbose_name = _("finding about an invoice")
        verbose_name_plural = _("findings about invoices")
        ordering = ["invoice_line", "rule", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["invoice", "invoice_line", "rule"],
                nulls_distinct=False,
                name="invoice_finding_once",
            ),
            models.CheckConstraint(
                name="invoice_finding_settled",
                condition=Q(settled_at=None, settled_by=None, ground="")
                | (
                    Q(settled_at__isnull=False, settled_by__isnull=False, invoice_line=None)
                    & ~Q(ground="")
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.rule
