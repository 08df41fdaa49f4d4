"""Payment runs, prepared by one person and released by another, and the payments they make.

The application's database role cannot insert payments: the function `billing_release_run` does,
after its own checks (migration `payment_function`).
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from billing.models.readers import MONEY
from billing.models.statements import Statement, last_day_of
from billing.rules.explain import Explanation
from subcontracts.models.owned import MainContractorOwned, OwnedQuerySet, ProviderOwned


class PaymentRunQuerySet(OwnedQuerySet["PaymentRun"]):
    """Reads of payment runs: never a subcontractor."""

    readers = MONEY
    provider_column = ""


class PaymentRun(MainContractorOwned):
    """Statements that are paid together."""

    class Status(models.TextChoices):
        """Life of a run."""

        PREPARED = "prepared", _("prepared")
        RELEASED = "released", _("released")
        CANCELLED = "cancelled", _("cancelled")

    TRANSITIONS = {
        Status.PREPARED: {Status.RELEASED, Status.CANCELLED},
        Status.RELEASED: set(),
        Status.CANCELLED: set(),
    }

    class Version(models.TextChoices):
        """Of the file, as the bank takes it."""

        V03 = "03", _("pain.001.001.03")
        V09 = "09", _("pain.001.001.09")

    number = models.CharField(_("number"), max_length=20, db_collation="C")
    status = models.CharField(
        _("status"), max_length=9, choices=Status.choices, default=Status.PREPARED
    )
    version = models.CharField(
        _("form of the file"), max_length=2, choices=Version.choices, default=Version.V03
    )
    execution_date = models.DateField(_("execution date"))
    total = models.DecimalField(_("total"), max_digits=14, decimal_places=2)
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    prepared_at = models.DateTimeField(_("prepared"))
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    released_at = models.DateTimeField(_("released"), null=True)
    cancelled_at = models.DateTimeField(null=True)
    #: The SEPA file as made at the release.
    file = models.BinaryField(null=True)
    file_digest = models.CharField(max_length=64, blank=True, db_collation="C")

    objects = PaymentRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("payment run")
        verbose_name_plural = _("payment runs")
        ordering = ["-prepared_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["main_contractor", "number"], name="payment_run_number_once"
            ),
            models.CheckConstraint(
                name="payment_run_four_eyes",
                condition=Q(released_by=None) | ~Q(released_by=F("prepared_by")),
            ),
            models.CheckConstraint(
                name="payment_run_released_by_somebody",
                condition=~Q(status="released")
                | Q(released_by__isnull=False, released_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("payment_run_detail", args=[self.pk])


class PaymentRunItemQuerySet(OwnedQuerySet["PaymentRunItem"]):
    """Reads of what is in a run."""

    readers = MONEY
    provider_column = ""


class PaymentRunItem(MainContractorOwned):
    """A statement in a run, with the account as it was when the run was prepared."""

    run = models.ForeignKey(PaymentRun, on_delete=models.PROTECT, related_name="items")
    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="run_items")
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)
    iban = models.CharField(_("IBAN"), max_length=34)
    account_holder = models.CharField(_("account holder"), max_length=70)
    #: The run was cancelled, or the bank did not carry it out: the statement is free again.
    is_dropped = models.BooleanField(default=False)

    objects = PaymentRunItemQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["statement"], condition=Q(is_dropped=False), name="payment_run_item_once"
            ),
            models.CheckConstraint(name="payment_run_item_above_zero", condition=Q(amount__gt=0)),
        ]


class PaymentRunCheckQuerySet(OwnedQuerySet["PaymentRunCheck"]):
    """Reads of what is unusual in a run."""

    readers = MONEY
    provider_column = ""


class PaymentRunCheck(MainContractorOwned):
    """Something unusual about one payment of a run, which who releases it saw.

    Found when the run is prepared, and again before its release; the database releases no run of
    which one was not seen by the releaser (`billing_guard_run_checks`).
    """

    class Kind(models.TextChoices):
        """What is unusual; the values of `rules.unusual.Sign`."""

        FIRST_PAYMENT = "first_payment", _("first payment to this party")
        ACCOUNT_CHANGED = "account_changed", _("account changed not long ago")
        JUMP = "jump", _("far from what is usual")
        NO_CONTRACT = "no_contract", _("no running contract")
        NOT_POSITIVE = "not_positive", _("nothing or less than nothing")
        DUPLICATE = "duplicate", _("same amount or account twice")
        RELEASED_HOLDS = "released_holds", _("holds were released")
        LATE = "late", _("later than its term")

    run = models.ForeignKey(PaymentRun, on_delete=models.PROTECT, related_name="checks")
    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=15, choices=Kind.choices)
    #: `billing.rules.explain.Explanation.as_dict()`, with the figures that it rests on.
    figures = models.JSONField()
    found_at = models.DateTimeField()
    seen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    seen_at = models.DateTimeField(null=True)

    objects = PaymentRunCheckQuerySet.as_manager()

    class Meta:
        verbose_name = _("check of a payment run")
        verbose_name_plural = _("checks of a payment run")
        ordering = ["statement", "kind", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["run", "statement", "kind"], name="payment_run_check_once"
            ),
            models.CheckConstraint(
                name="payment_run_check_seen",
                condition=Q(seen_by=None, seen_at=None)
                | Q(seen_by__isnull=False, seen_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())

    @property
    def key(self) -> str:
        """Names it within its run."""
        return f"{self.statement_id}:{self.kind}"

    @property
    def why(self) -> Explanation:
        """The figures, for people."""
        return Explanation.from_dict(self.figures)


class PaymentQuerySet(OwnedQuerySet["Payment"]):
    """Reads of payments."""

    readers = MONEY

    def standing(self) -> PaymentQuerySet:
        """Neither rejected nor sent back, as far as the bank told."""
        return self.filter(failed_at=None)

    def late(self) -> PaymentQuerySet:
        """Those that stand and were made after the term; adds `last_day`, that of the term."""
        dated = self.standing().annotate(last_day=last_day_of("statement__"))
        return dated.filter(execution_date__gt=F("last_day"))


class Payment(ProviderOwned):
    """One payment of one statement, made by the release of its run and by nothing else.

    A payment that the bank rejected or that came back is marked so by the database
    (`billing_note_bank_failures`); then another run may pay the statement.
    """

    run = models.ForeignKey(PaymentRun, on_delete=models.PROTECT, related_name="payments")
    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="payments")
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)
    iban = models.CharField(_("IBAN"), max_length=34)
    account_holder = models.CharField(_("account holder"), max_length=70)
    end_to_end_id = models.CharField(_("reference"), max_length=35, db_collation="C")
    execution_date = models.DateField(_("paid on"))
    recorded_at = models.DateTimeField()
    failed_at = models.DateTimeField(_("came back"), null=True)
    #: The bank's reason, such as `AC04`.
    failure_code = models.CharField(max_length=35, blank=True)

    objects = PaymentQuerySet.as_manager()

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        ordering = ["-execution_date", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["main_contractor", "end_to_end_id"], name="payment_end_to_end_once"
            ),
            models.UniqueConstraint(
                fields=["statement"], condition=Q(failed_at=None), name="payment_statement_once"
            ),
            models.CheckConstraint(name="payment_above_zero", condition=Q(amount__gt=0)),
        ]

    def __str__(self) -> str:
        return self.end_to_end_id
