"""Monthly statements, kept as issued with their lines and PDF."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db import models
from django.db.models import Expression, ExpressionWrapper, F, Q
from django.db.models.functions import TruncDate
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from billing.models.entitlements import Entitlement, Hold
from billing.models.readers import MONEY
from billing.models.recovery import RecoveryPlan
from billing.rules import late
from billing.rules.explain import Explanation
from hoofdaannemer.core.money import ZERO
from hoofdaannemer.core.periods import Month
from subcontracts.models import Subcontractor
from subcontracts.models.owned import OwnedQuerySet, ProviderOwned


def last_day_of(path: str = "") -> Expression:
    """As SQL, the last day on which a statement is paid in time; `path` leads to it."""
    issued = TruncDate(f"{path}issued_at")
    return ExpressionWrapper(issued + F(f"{path}term_days"), output_field=models.DateField())


class StatementQuerySet(OwnedQuerySet["Statement"]):
    """Reads of statements."""

    readers = MONEY

    def light(self) -> StatementQuerySet:
        """Without the PDF and its source, for lists."""
        return self.defer("pdf", "document")

    def due_by(self, day: date) -> StatementQuerySet:
        """Those whose term has ended on a day, or ends then."""
        return self.alias(ends=last_day_of()).filter(ends__lte=day)


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
    #: Put aside for recovery plans, and taken for them.
    deferred = models.DecimalField(
        _("put aside"), max_digits=14, decimal_places=2, default=ZERO, db_default=ZERO
    )
    set_off = models.DecimalField(
        _("set off"), max_digits=14, decimal_places=2, default=ZERO, db_default=ZERO
    )
    #: Granted after disputes, and interest.
    adjusted = models.DecimalField(
        _("corrections and interest"),
        max_digits=14,
        decimal_places=2,
        default=ZERO,
        db_default=ZERO,
    )
    payable = models.DecimalField(_("to pay"), max_digits=14, decimal_places=2)
    carried_out = models.DecimalField(_("carried over"), max_digits=14, decimal_places=2)
    issued_at = models.DateTimeField(_("issued"))
    pay_date = models.DateField(_("pay date"), null=True)
    #: Calendar days after the day of issue within which it is to be paid, as agreed then.
    term_days = models.PositiveSmallIntegerField(_("payment term"), default=30, db_default=30)
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
                    + models.F("deferred")
                    - models.F("set_off")
                    + models.F("adjusted")
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
    def balance(self) -> Decimal:
        """What it comes to with what was carried in, in euros: to pay, or below zero to carry."""
        return self.payable + self.carried_out

    @property
    def issued_on(self) -> date:
        """The calendar day on which it was issued."""
        return timezone.localdate(self.issued_at)

    @property
    def last_day(self) -> date:
        """The last day on which it is paid in time; in SQL that is `last_day_of`."""
        return late.last_day(self.issued_on, self.term_days)

    @property
    def calendar_month(self) -> Month:
        """The month it closes."""
        return Month.of(self.month)


class StatementLineQuerySet(OwnedQuerySet["StatementLine"]):
    """Reads of statement lines."""

    readers = MONEY


class StatementLine(ProviderOwned):
    """One posting of a statement: an entitlement, a hold or its release, a part of a plan."""

    class Kind(models.TextChoices):
        """What the posting does; the values of `rules.statement.PostingKind`."""

        ENTITLEMENT = "entitlement", _("entitlement")
        CORRECTION = "correction", _("correction")
        HOLD = "hold", _("held back")
        RELEASE = "release", _("released")
        DEFERRAL = "deferral", _("put aside to be paid back in parts")
        SET_OFF = "set_off", _("set off for a recovery plan")
        REST = "rest", _("rest of an ended recovery plan")
        ADJUSTMENT = "adjustment", _("correction or interest")

    #: What a recovery plan does; the first of them adds to the balance.
    OF_PLANS = (Kind.DEFERRAL, Kind.SET_OFF, Kind.REST)
    TAKES_OFF = (Kind.HOLD, Kind.SET_OFF, Kind.REST)

    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="lines")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    entitlement = models.ForeignKey(
        Entitlement, on_delete=models.PROTECT, null=True, related_name="statement_lines"
    )
    hold = models.ForeignKey(
        Hold, on_delete=models.PROTECT, null=True, related_name="statement_lines"
    )
    plan = models.ForeignKey(
        RecoveryPlan, on_delete=models.PROTECT, null=True, related_name="statement_lines"
    )
    #: By name: it rests on payments and disputes, which rest on statements.
    adjustment = models.OneToOneField(
        "billing.Adjustment", on_delete=models.PROTECT, null=True, related_name="statement_line"
    )
    #: How a part of a plan came about; an entitlement has its own.
    explanation = models.JSONField(null=True)
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
                    kind__in=["entitlement", "correction"],
                    entitlement__isnull=False,
                    hold=None,
                    plan=None,
                    adjustment=None,
                )
                | Q(
                    kind__in=["hold", "release"],
                    entitlement=None,
                    hold__isnull=False,
                    plan=None,
                    adjustment=None,
                )
                | Q(
                    kind="adjustment",
                    entitlement=None,
                    hold=None,
                    plan=None,
                    adjustment__isnull=False,
                )
                | Q(
                    kind__in=["deferral", "set_off", "rest"],
                    entitlement=None,
                    hold=None,
                    plan__isnull=False,
                    adjustment=None,
                    explanation__isnull=False,
                    amount__gt=0,
                ),
            ),
            models.UniqueConstraint(
                fields=["plan", "kind"],
                condition=Q(kind__in=["deferral", "rest"]),
                name="statement_line_plan_once",
            ),
            models.UniqueConstraint(
                fields=["statement", "plan"],
                condition=Q(kind="set_off"),
                name="statement_line_plan_month_once",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        """The reference of its fact."""
        if self.plan_id:
            return f"plan-{self.plan_id}"
        fact = self.hold or self.entitlement or self.adjustment
        return fact.reference if fact else ""

    @property
    def effect(self) -> Decimal:
        """What it does to the balance, in euros."""
        return -self.amount if self.kind in self.TAKES_OFF else self.amount

    @property
    def sentence(self) -> str:
        """For what it is and how it was computed, in the active language."""
        if self.hold:
            return f"{self.get_kind_display()}: {self.hold.reason}"
        if self.explanation:
            return Explanation.from_dict(self.explanation).sentence()
        if self.adjustment:
            return self.adjustment.why.sentence()
        one = self.entitlement
        if one is None:
            raise ValueError("a posting has a fact")
        return f"{one.subject}. {one.why.sentence()}"
