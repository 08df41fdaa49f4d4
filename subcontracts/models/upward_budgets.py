"""The budget of a year under a municipal contract: what was agreed, and what changed it."""

from __future__ import annotations

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
