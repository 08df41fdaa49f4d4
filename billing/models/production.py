"""The production statement of a year for one municipality: frozen lines, and each subcontractor's
own part of them.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from billing.models.entitlements import Entitlement
from billing.models.own_teams import OwnTeamRow
from billing.models.readers import AUDITED
from hoofdaannemer.accounts.models import Municipality
from hoofdaannemer.core.scope import SUBCONTRACTOR, Role, Scope
from subcontracts.models import FundingLine, MunicipalContract, Subcontractor
from subcontracts.models.owned import MainContractorOwned, OwnedQuerySet, ProviderOwned


class ProductionStatementQuerySet(OwnedQuerySet["ProductionStatement"]):
    """Reads of production statements: never for subcontractors, who read their own part."""

    readers = AUDITED
    provider_column = ""

    def visible_to(self, scope: Scope) -> Self:
        """Rows this scope may see; an auditor what was established."""
        rows = super().visible_to(scope)
        return rows.established() if scope.role == Role.AUDITOR else rows

    def established(self) -> Self:
        """Locked by a second controller."""
        return self.filter(status=ProductionStatement.Status.LOCKED)


class ProductionStatement(MainContractorOwned):
    """A year of one municipality under one contract; a later version replaces what was locked."""

    class Status(models.TextChoices):
        """Life of a production statement."""

        DRAFT = "draft", _("draft")
        PROPOSED = "proposed", _("waits for subcontractors")
        LOCKED = "locked", pgettext_lazy("production statement", "established")

    TRANSITIONS = {
        Status.DRAFT: {Status.PROPOSED},
        Status.PROPOSED: {Status.DRAFT, Status.LOCKED},
        Status.LOCKED: set(),
    }

    contract = models.ForeignKey(
        MunicipalContract, on_delete=models.PROTECT, related_name="production_statements"
    )
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    #: As the contract was called, for readers who do not see the contract.
    contract_number = models.CharField(_("contract number"), max_length=30)
    contract_name = models.CharField(_("contract"), max_length=120)
    year = models.PositiveSmallIntegerField(_("year"))
    #: First day of the last month in it: December, or earlier for a part of the year.
    last_month = models.DateField(_("up to and including"))
    #: The first of the year is 1; each later one holds the whole year anew.
    number = models.PositiveSmallIntegerField(_("version"))
    status = models.CharField(
        _("status"), max_length=8, choices=Status.choices, default=Status.DRAFT
    )
    #: Euros of all lines, what of it corrects earlier entries, and the version locked before.
    amount = models.DecimalField(_("production"), max_digits=14, decimal_places=2)
    corrected = models.DecimalField(_("of which corrections"), max_digits=14, decimal_places=2)
    before = models.DecimalField(_("established before"), max_digits=14, decimal_places=2)
    line_count = models.PositiveIntegerField(_("lines"))
    #: SHA-256 over the lines (`rules.production.text_of`), in the order of their keys.
    digest = models.CharField(max_length=64, db_collation="C")
    built_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    built_at = models.DateTimeField(_("built"))
    #: Who put it before the subcontractors last; somebody else locks it.
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    proposed_at = models.DateTimeField(_("put before the subcontractors"), null=True)
    locked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    locked_at = models.DateTimeField(_("established"), null=True)
    #: Why it was established although not every subcontractor confirmed its part.
    unconfirmed_reason = models.CharField(max_length=300, blank=True)
    #: Own teams and months of which it does without a report, by key, name and month, and why.
    unreported = models.JSONField(default=list)
    unreported_reason = models.CharField(max_length=300, blank=True)
    unreported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    unreported_at = models.DateTimeField(null=True)
    #: As they held when it was established: euros above which an auditor looks, and both days.
    threshold = models.DecimalField(_("threshold"), max_digits=14, decimal_places=2, null=True)
    statement_due = models.DateField(_("to the municipality before"), null=True)
    opinion_due = models.DateField(_("opinion before"), null=True)

    objects = ProductionStatementQuerySet.as_manager()

    class Meta:
        verbose_name = _("production statement")
        verbose_name_plural = _("production statements")
        ordering = ["-year", "contract_number", "municipality", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["contract", "municipality", "year", "number"],
                name="production_statement_number_once",
            ),
            models.UniqueConstraint(
                fields=["contract", "municipality", "year"],
                condition=~Q(status="locked"),
                name="production_statement_one_open",
            ),
            models.CheckConstraint(
                name="production_statement_whole_month",
                condition=Q(last_month__day=1, last_month__year=F("year")),
            ),
            models.CheckConstraint(
                name="production_statement_waived_by_somebody",
                condition=Q(
                    unreported=[], unreported_reason="", unreported_by=None, unreported_at=None
                )
                | (
                    ~Q(unreported=[])
                    & ~Q(unreported_reason="")
                    & Q(unreported_by__isnull=False, unreported_at__isnull=False)
                ),
            ),
            models.CheckConstraint(
                name="production_statement_four_eyes",
                condition=(
                    ~Q(status="locked")
                    & Q(locked_by=None, locked_at=None, threshold=None)
                    & Q(statement_due=None, opinion_due=None)
                )
                | (
                    Q(status="locked", locked_by__isnull=False, locked_at__isnull=False)
                    & Q(threshold__isnull=False, statement_due__isnull=False)
                    & Q(opinion_due__isnull=False, proposed_by__isnull=False)
                    & ~Q(locked_by=F("proposed_by"))
                ),
            ),
        ]
        indexes = [models.Index(fields=["main_contractor", "-year"])]

    def __str__(self) -> str:
        return f"{self.contract_number} {self.year}-{self.number}"

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("production_statement_detail", args=[self.pk])

    @property
    def difference(self) -> Decimal:
        """Euros more (or less) than the version before."""
        return self.amount - self.before

    @property
    def needs_opinion(self) -> bool:
        """Whether it lies above the threshold that held when it was established."""
        return self.threshold is not None and self.amount > self.threshold


class ProductionPartQuerySet(OwnedQuerySet["ProductionPart"]):
    """Reads of parts; a subcontractor's own from the moment it is asked to confirm it."""

    readers = AUDITED

    def visible_to(self, scope: Scope) -> Self:
        """Rows this scope may see."""
        rows = super().visible_to(scope)
        if scope.role in SUBCONTRACTOR:
            return rows.exclude(state=ProductionPart.State.DRAFT)
        if scope.role == Role.AUDITOR:
            return rows.exclude(established_at=None)
        return rows


class ProductionPart(ProviderOwned):
    """What a subcontractor produced of a production statement: its own statement of the year."""

    class State(models.TextChoices):
        """What the subcontractor said of it."""

        DRAFT = "draft", _("draft")
        PROPOSED = "proposed", _("to be confirmed")
        CONFIRMED = "confirmed", pgettext_lazy("production part", "confirmed")
        OBJECTED = "objected", pgettext_lazy("production part", "not agreed")
        #: All of it is on its own invoices or in its own reports.
        GIVEN = "given", pgettext_lazy("production part", "from its own invoices or reports")

    TRANSITIONS = {
        State.DRAFT: {State.PROPOSED, State.GIVEN},
        State.PROPOSED: {State.CONFIRMED, State.OBJECTED, State.DRAFT},
        State.CONFIRMED: {State.DRAFT},
        State.OBJECTED: {State.CONFIRMED, State.DRAFT},
        State.GIVEN: {State.DRAFT},
    }

    statement = models.ForeignKey(
        ProductionStatement, on_delete=models.PROTECT, related_name="parts"
    )
    subcontractor = models.ForeignKey(Subcontractor, on_delete=models.PROTECT, related_name="+")
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    #: As of the statement, which a subcontractor does not read.
    contract_name = models.CharField(_("contract"), max_length=120)
    year = models.PositiveSmallIntegerField(_("year"))
    last_month = models.DateField(_("up to and including"))
    number = models.PositiveSmallIntegerField(_("version"))
    state = models.CharField(_("status"), max_length=9, choices=State.choices, default=State.DRAFT)
    amount = models.DecimalField(_("production"), max_digits=14, decimal_places=2)
    corrected = models.DecimalField(_("of which corrections"), max_digits=14, decimal_places=2)
    line_count = models.PositiveIntegerField(_("lines"))
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    answered_at = models.DateTimeField(_("answered"), null=True)
    objection = models.CharField(_("what is wrong"), max_length=1000, blank=True)
    #: When the statement it is part of was.
    established_at = models.DateTimeField(_("established"), null=True)

    objects = ProductionPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("part of a production statement")
        verbose_name_plural = _("parts of production statements")
        ordering = ["-year", "municipality", "subcontractor", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["statement", "subcontractor"], name="production_part_once"
            ),
            models.CheckConstraint(
                name="production_part_answered",
                condition=Q(
                    state__in=["draft", "proposed", "given"],
                    answered_by=None,
                    answered_at=None,
                    objection="",
                )
                | Q(state="confirmed", answered_by__isnull=False, answered_at__isnull=False)
                | (
                    Q(state="objected", answered_by__isnull=False, answered_at__isnull=False)
                    & ~Q(objection="")
                ),
            ),
        ]
        indexes = [
            models.Index(fields=["provider_organisation", "-year"]),
        ]

    def __str__(self) -> str:
        return f"{self.year}-{self.number}"

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("production_part_detail", args=[self.pk])


class ProductionLineQuerySet(OwnedQuerySet["ProductionLine"]):
    """Reads of lines: with the part they belong to."""

    readers = AUDITED

    def visible_to(self, scope: Scope) -> Self:
        """Rows this scope may see."""
        rows = super().visible_to(scope)
        if scope.role in SUBCONTRACTOR:
            return rows.exclude(part__state=ProductionPart.State.DRAFT)
        if scope.role == Role.AUDITOR:
            return rows.exclude(part__established_at=None)
        return rows


class ProductionLine(ProviderOwned):
    """An entitlement or a cost of care of an own team; of what is for no client a municipality's
    share. Never changed.
    """

    #: What own teams spent on care, by the kind of their report.
    OWN_CARE = {
        OwnTeamRow.Kind.CARE: "own_care",
        OwnTeamRow.Kind.HIRED: "own_hired",
        OwnTeamRow.Kind.OTHER_CARE: "own_other",
    }
    FORMS = [
        *FundingLine.Form.choices,
        (Entitlement.INVOICE, _("invoice")),
        ("own_care", _("own team: own people in care")),
        ("own_hired", _("own team: hired people in care")),
        ("own_other", _("own team: other costs of care")),
    ]

    statement = models.ForeignKey(
        ProductionStatement, on_delete=models.PROTECT, related_name="lines"
    )
    part = models.ForeignKey(ProductionPart, on_delete=models.PROTECT, related_name="lines")
    #: What it rests on: one of the two.
    entitlement = models.ForeignKey(
        Entitlement, on_delete=models.PROTECT, null=True, related_name="+"
    )
    own_team_row = models.ForeignKey(
        OwnTeamRow, on_delete=models.PROTECT, null=True, related_name="+"
    )
    #: Names the line in each version alike, and orders the population.
    key = models.CharField(_("key"), max_length=12, db_collation="C")
    month = models.DateField(_("month"))
    form = models.CharField(_("funding form"), max_length=20, choices=FORMS)
    #: Product code and name as they were; empty where the form pays for none in particular.
    code = models.CharField(_("product code"), max_length=5, blank=True, db_collation="C")
    name = models.CharField(_("product"), max_length=80, blank=True)
    unit = models.CharField(_("unit"), max_length=2, blank=True)
    #: Euros a unit; of minutes declared under an hourly price, an hour.
    tariff = models.DecimalField(_("tariff"), max_digits=12, decimal_places=4, null=True)
    is_per_hour = models.BooleanField(default=False)
    #: Units, below zero where they are taken back; empty where the form counts none.
    volume = models.DecimalField(_("number"), max_digits=16, decimal_places=4, null=True)
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)
    reference = models.CharField(_("reference"), max_length=60, db_collation="C")
    is_correction = models.BooleanField(_("correction"), default=False)

    objects = ProductionLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("line of a production statement")
        verbose_name_plural = _("lines of production statements")
        ordering = ["key"]
        constraints = [
            models.UniqueConstraint(
                fields=["statement", "entitlement"], name="production_line_once"
            ),
            models.UniqueConstraint(fields=["statement", "key"], name="production_line_key_once"),
            models.UniqueConstraint(
                fields=["statement", "own_team_row"], name="production_line_own_once"
            ),
            models.CheckConstraint(
                name="production_line_of_one",
                condition=Q(entitlement__isnull=False, own_team_row=None)
                | Q(entitlement=None, own_team_row__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.key
