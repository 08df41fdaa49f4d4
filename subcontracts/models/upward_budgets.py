"""The budget of a year under a municipal contract: what was agreed, and what changed it."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.accounts.models import User
from hoofdaannemer.core.scope import Role
from subcontracts.models.contracts import MunicipalContract
from subcontracts.models.owned import MainContractorOwned, OwnedQuerySet

READERS = frozenset({Role.CONTRACT_MANAGER, Role.CONTROLLER})


class BudgetYearQuerySet(OwnedQuerySet["BudgetYear"]):
    """Reads: who reads money of contracts."""

    readers = READERS
    provider_column = ""

    def standing(self) -> BudgetYearQuerySet:
        """As last recorded: without what a later row put right."""
        return self.filter(superseded_at=None)


class BudgetYear(MainContractorOwned):
    """The budget of a calendar year before adjusters. Never changed: another row supersedes it."""

    contract = models.ForeignKey(
        MunicipalContract, on_delete=models.PROTECT, related_name="budget_years"
    )
    year = models.PositiveSmallIntegerField(_("year"))
    #: Euros for the whole year.
    amount = models.DecimalField(_("budget"), max_digits=14, decimal_places=2)
    #: What it was calculated from: a value of the term `funding_base`, or empty where unknown.
    base = models.CharField(_("calculated from"), max_length=24, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(_("recorded"))
    superseded_at = models.DateTimeField(_("superseded"), null=True)

    objects = BudgetYearQuerySet.as_manager()

    class Meta:
        verbose_name = _("budget of a year")
        verbose_name_plural = _("budgets of years")
        ordering = ["-year", "-recorded_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["contract", "year"],
                condition=Q(superseded_at=None),
                name="budget_year_stands_once",
            ),
            models.CheckConstraint(name="budget_year_not_negative", condition=Q(amount__gte=0)),
        ]


class BudgetAdjusterQuerySet(OwnedQuerySet["BudgetAdjuster"]):
    """Reads, as of budgets."""

    readers = READERS
    provider_column = ""


class BudgetAdjuster(MainContractorOwned):
    """An amount that comes on top of a year's budget, or goes off it.

    Rows are appended: one that was wrong is put right by an opposite one.
    """

    class Kind(models.TextChoices):
        """Why the budget changes."""

        DECISIONS_CORRIDOR = "decisions_corridor", _("number of decisions outside the corridor")
        PGB_DEDUCTED = "pgb_deducted", _("personal budgets deducted")
        TRANSFORMATION_FACTOR = "transformation_factor", _("transformation factor")
        INDEX = "index", _("indexation")
        CASELOAD = "caseload", _("caseload correction")
        OTHER = "other", _("something else")

    contract = models.ForeignKey(
        MunicipalContract, on_delete=models.PROTECT, related_name="budget_adjusters"
    )
    year = models.PositiveSmallIntegerField(_("year"))
    #: The day on which it was agreed or took effect.
    effective_date = models.DateField(_("date"))
    kind = models.CharField(_("kind"), max_length=24, choices=Kind.choices)
    #: Euros, below zero where the budget goes down.
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)
    note = models.CharField(_("note"), max_length=200, blank=True)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(_("recorded"))

    objects = BudgetAdjusterQuerySet.as_manager()

    class Meta:
        verbose_name = _("budget adjuster")
        verbose_name_plural = _("budget adjusters")
        ordering = ["year", "effective_date", "pk"]
        constraints = [
            models.CheckConstraint(name="budget_adjuster_not_zero", condition=~Q(amount=0))
        ]


class DecisionPlanQuerySet(OwnedQuerySet["DecisionPlan"]):
    """Reads, as of budgets."""

    readers = READERS
    provider_column = ""


class DecisionPlan(MainContractorOwned):
    """From a year on, until the next row, this is how the budget follows the decisions.

    Rows are appended: of two for one year the one that was recorded last holds.
    """

    contract = models.ForeignKey(
        MunicipalContract, on_delete=models.PROTECT, related_name="decision_plans"
    )
    #: A calendar year, for that is what is settled.
    first_year = models.PositiveSmallIntegerField(_("from the year"))
    planned_decisions = models.PositiveIntegerField(_("planned decisions a year"))
    #: Percent of the budget that varies, and of the plan within which nothing happens.
    variable_share = models.DecimalField(max_digits=5, decimal_places=2, default=Decimal(0))
    corridor = models.DecimalField(max_digits=5, decimal_places=2, default=Decimal(0))
    #: Where it stands, such as the letter about the year.
    source = models.CharField(_("source"), max_length=200, blank=True)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(_("recorded"))

    objects = DecisionPlanQuerySet.as_manager()

    class Meta:
        verbose_name = _("plan of decisions")
        verbose_name_plural = _("plans of decisions")
        ordering = ["first_year", "pk"]
        constraints = [
            models.CheckConstraint(
                name="decision_plan_in_bounds",
                condition=Q(
                    planned_decisions__gte=1,
                    variable_share__gte=0,
                    variable_share__lte=100,
                    corridor__gte=0,
                    corridor__lte=100,
                ),
            )
        ]


class BudgetBasisQuerySet(OwnedQuerySet["BudgetBasis"]):
    """Reads, as of budgets."""

    readers = READERS
    provider_column = ""


class BudgetBasis(MainContractorOwned):
    """From a year on, until the next row, the budget is this number times this price.

    What the number counts is the budget form of the contract: FTE, places or inhabitants. Rows are
    appended: of two for one year the one that was recorded last holds.
    """

    contract = models.ForeignKey(
        MunicipalContract, on_delete=models.PROTECT, related_name="budget_bases"
    )
    #: A calendar year, for that is what is settled.
    first_year = models.PositiveSmallIntegerField(_("from the year"))
    number = models.DecimalField(_("number"), max_digits=10, decimal_places=2)
    #: Euros a year for each.
    price = models.DecimalField(_("price a year"), max_digits=12, decimal_places=2)
    #: Percent of a difference that is settled, and of the number within which nothing happens.
    variable_share = models.DecimalField(max_digits=5, decimal_places=2, default=Decimal(100))
    corridor = models.DecimalField(max_digits=5, decimal_places=2, default=Decimal(0))
    #: Where it stands, such as the letter about the year.
    source = models.CharField(_("source"), max_length=200, blank=True)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(_("recorded"))

    objects = BudgetBasisQuerySet.as_manager()

    class Meta:
        verbose_name = _("basis of a budget")
        verbose_name_plural = _("bases of budgets")
        ordering = ["first_year", "pk"]
        constraints = [
            models.CheckConstraint(
                name="budget_basis_in_bounds",
                condition=Q(
                    number__gt=0,
                    price__gt=0,
                    variable_share__gte=0,
                    variable_share__lte=100,
                    corridor__gte=0,
                    corridor__lte=100,
                ),
            )
        ]
