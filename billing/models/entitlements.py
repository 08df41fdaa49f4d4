"""What a subcontractor has a right to, what is held back of it, and the steps of trajectories."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from billing.models.declarations import DeclaredLine
from billing.models.readers import HOLDS, MONEY
from billing.models.received import InvoiceLine
from billing.rules.explain import Explanation
from hoofdaannemer.accounts.models import User
from subcontracts.models import FundingLine, Placement, Product, Subcontractor
from subcontracts.models.owned import OwnedQuerySet, ProviderOwned


class TrajectoryStepQuerySet(OwnedQuerySet["TrajectoryStep"]):
    """Reads of steps."""

    readers = MONEY


class TrajectoryStep(ProviderOwned):
    """A part of a trajectory's price that a start or stop brought about. Only ever reversed."""

    placement = models.ForeignKey(
        Placement, on_delete=models.PROTECT, related_name="trajectory_steps"
    )
    funding_line = models.ForeignKey(FundingLine, on_delete=models.PROTECT, related_name="+")
    #: Names the fact, such as `1:start:2026-03-05`.
    reference = models.CharField(max_length=40, db_collation="C")
    day = models.DateField(_("day"))
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)
    explanation = models.JSONField()
    recorded_at = models.DateTimeField()
    #: The step that this one takes back, after its start or stop was withdrawn.
    reverses = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="reversed_by"
    )

    objects = TrajectoryStepQuerySet.as_manager()

    class Meta:
        ordering = ["day", "pk"]
        indexes = [models.Index(fields=["placement", "day"])]


class EntitlementQuerySet(OwnedQuerySet["Entitlement"]):
    """Reads of entitlements."""

    readers = MONEY

    def without_statement(self) -> EntitlementQuerySet:
        """Not on any statement yet."""
        return self.filter(unstated__isnull=False)

    def as_allocated(self) -> EntitlementQuerySet:
        """Months of placements that are paid by what was allocated, without what takes one back."""
        return self.of_months().filter(form=FundingLine.Form.PXQ, declared_line=None, corrects=None)

    def of_months(self) -> EntitlementQuerySet:
        """What a month came to: without what settles a whole year."""
        return self.filter(settlement=None)


class Entitlement(ProviderOwned):
    """An amount somebody has a right to (negative: owes). Append-only.

    Under one funding line; or, without a subcontract, for one line of an invoice.
    """

    #: The form of what was invoiced: no funding form, for no contract pays it.
    INVOICE = "invoice"

    subcontractor = models.ForeignKey(
        Subcontractor, on_delete=models.PROTECT, related_name="entitlements"
    )
    #: Empty for what was invoiced without a subcontract.
    funding_line = models.ForeignKey(
        FundingLine, on_delete=models.PROTECT, null=True, related_name="entitlements"
    )
    form = models.CharField(
        _("funding form"),
        max_length=20,
        choices=[*FundingLine.Form.choices, (INVOICE, _("invoice"))],
    )
    #: First day of the month it is about; it may be known, and stated, later.
    month = models.DateField(_("month"))
    product = models.ForeignKey(Product, on_delete=models.PROTECT, null=True, related_name="+")
    placement = models.ForeignKey(
        Placement, on_delete=models.PROTECT, null=True, related_name="entitlements"
    )
    declared_line = models.OneToOneField(
        DeclaredLine, on_delete=models.PROTECT, null=True, related_name="entitlement"
    )
    step = models.OneToOneField(
        TrajectoryStep, on_delete=models.PROTECT, null=True, related_name="entitlement"
    )
    invoice_line = models.OneToOneField(
        InvoiceLine, on_delete=models.PROTECT, null=True, related_name="entitlement"
    )
    #: Names the fact within its line and form: declared line, month, or step.
    reference = models.CharField(_("reference"), max_length=60, db_collation="C")
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)
    #: `billing.rules.explain.Explanation.as_dict()`.
    explanation = models.JSONField()
    corrects = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="corrected_by"
    )
    #: What it takes a part back of; there may be several of one.
    corrects_part = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="corrected_in_part"
    )
    recorded_at = models.DateTimeField()

    objects = EntitlementQuerySet.as_manager()

    class Meta:
        verbose_name = _("entitlement")
        verbose_name_plural = _("entitlements")
        ordering = ["month", "form", "reference", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["funding_line", "form", "reference"],
                condition=Q(corrects=None, declared_line=None, step=None),
                name="entitlement_month_once",
            ),
            models.CheckConstraint(name="entitlement_whole_month", condition=Q(month__day=1)),
            models.CheckConstraint(
                name="entitlement_of_line_or_invoice",
                condition=Q(funding_line__isnull=False, invoice_line=None) & ~Q(form="invoice")
                | Q(funding_line=None, invoice_line__isnull=False, form="invoice"),
            ),
            # Only an invoice is credited in part.
            models.CheckConstraint(
                name="entitlement_corrects_part",
                condition=Q(corrects_part=None)
                | Q(corrects=None, invoice_line__isnull=False, amount__lt=0),
            ),
        ]
        indexes = [
            models.Index(fields=["subcontractor", "month"]),
            models.Index(fields=["main_contractor", "month"]),
            models.Index(fields=["placement"]),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def subject(self) -> str:
        """What it is for: the product, or the funding line where it is about several."""
        named = self.product or self.funding_line
        return named.name if named else ""

    @property
    def takes_back(self) -> Entitlement | None:
        """The entitlement that it takes back, in full or in part."""
        return self.corrects or self.corrects_part

    @property
    def why(self) -> Explanation:
        """The calculation, for people."""
        return Explanation.from_dict(self.explanation)


class HoldQuerySet(OwnedQuerySet["Hold"]):
    """Reads of holds."""

    readers = HOLDS

    def open(self) -> HoldQuerySet:
        """Still held."""
        return self.filter(released_at=None)

    def late_on(self, day: date) -> HoldQuerySet:
        """Still held after the last day for who acts."""
        return self.open().filter(due_date__lt=day)

    def on_a_statement(self) -> HoldQuerySet:
        """Held by a statement, and given by no later one."""
        return self.filter(statement_lines__kind="hold").exclude(statement_lines__kind="release")


class Hold(ProviderOwned):
    """A part of an entitlement that is not paid yet, why, and what gets it released."""

    class Kind(models.TextChoices):
        """Why it is held."""

        QUALIFICATION = "qualification", _("requirement not met")
        REPORT_MISSING = "report_missing", _("report missing")
        UNSIGNED = "unsigned", _("contract not signed")
        CEILING = "ceiling", _("above the ceiling")

    class Owner(models.TextChoices):
        """Who has to act."""

        SUBCONTRACTOR = "subcontractor", _("the subcontractor")
        MAIN_CONTRACTOR = "main_contractor", _("the main contractor")

    subcontractor = models.ForeignKey(Subcontractor, on_delete=models.PROTECT, related_name="holds")
    entitlement = models.ForeignKey(Entitlement, on_delete=models.PROTECT, related_name="holds")
    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    #: Reference of the entitlement, for readers who do not see the entitlement itself.
    reference = models.CharField(_("reference"), max_length=60, db_collation="C")
    month = models.DateField(_("month"))
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)
    #: What the hold rests on: names of requirements, or the report. No names of people.
    reason = models.CharField(_("reason"), max_length=300)
    clause = models.CharField(_("clause"), max_length=80)
    way_out = models.CharField(_("what to do"), max_length=300)
    owner = models.CharField(_("who acts"), max_length=16, choices=Owner.choices)
    #: Who of the main contractor acts, where it was handed to one person.
    holder = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    due_date = models.DateField(_("before"))
    explanation = models.JSONField(null=True)
    recorded_at = models.DateTimeField(_("held since"))
    released_at = models.DateTimeField(_("released"), null=True)
    #: Code of what released it: `met`, `changed` (a hold of another amount follows), `corrected`.
    release_reason = models.CharField(max_length=12, blank=True)

    objects = HoldQuerySet.as_manager()

    class Meta:
        verbose_name = _("hold")
        verbose_name_plural = _("holds")
        ordering = ["-recorded_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["entitlement"], condition=Q(released_at=None), name="hold_one_open"
            ),
            models.CheckConstraint(name="hold_above_zero", condition=Q(amount__gt=0)),
            models.CheckConstraint(
                name="hold_holder_of_main",
                condition=Q(holder=None) | Q(owner="main_contractor"),
            ),
        ]
        indexes = [
            models.Index(fields=["subcontractor"], condition=Q(released_at=None), name="hold_open"),
            # The work lists: what is due, of one's own and of everybody.
            models.Index(
                fields=["main_contractor", "due_date"],
                condition=Q(released_at=None),
                name="hold_due",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("hold_detail", args=[self.pk])

    @property
    def who_acts(self) -> str:
        """The side, and who of it where it was handed to one person. Wants `holder` joined."""
        side = str(self.get_owner_display())
        return f"{self.holder.name} ({side})" if self.holder else side

    def days_late(self, day: date) -> int:
        """Calendar days since the last day for who acts; 0 in time and of what was released."""
        return max((day - self.due_date).days, 0) if self.released_at is None else 0


class HoldHandoverQuerySet(OwnedQuerySet["HoldHandover"]):
    """Reads, as of holds."""

    readers = HOLDS


class HoldHandover(ProviderOwned):
    """That somebody else acts from now on, until when, and why. Append-only."""

    hold = models.ForeignKey(Hold, on_delete=models.PROTECT, related_name="handovers")
    from_owner = models.CharField(max_length=16, choices=Hold.Owner.choices)
    to_owner = models.CharField(max_length=16, choices=Hold.Owner.choices)
    to_user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    due_date = models.DateField(_("before"))
    note = models.CharField(_("note"), max_length=300)
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    objects = HoldHandoverQuerySet.as_manager()

    class Meta:
        verbose_name = _("handing over of a hold")
        verbose_name_plural = _("handings over of holds")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="hold_handover_to_main",
                condition=Q(to_user=None) | Q(to_owner="main_contractor"),
            ),
            models.CheckConstraint(name="hold_handover_note", condition=~Q(note="")),
        ]

    def __str__(self) -> str:
        return self.note
