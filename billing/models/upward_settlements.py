"""The year settled with the municipalities: frozen figures, filled in by one person, locked by
another. No payment follows from it.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from billing.models.readers import MONEY
from subcontracts.models import MunicipalContract
from subcontracts.models.owned import MainContractorOwned, OwnedQuerySet


class UpwardSettlementQuerySet(OwnedQuerySet["UpwardSettlement"]):
    """Reads of settlements with municipalities: never for subcontractors."""

    readers = MONEY
    provider_column = ""

    def light(self) -> UpwardSettlementQuerySet:
        """Without the lists of decisions and costs, which are long."""
        return self.defer("figures")


class UpwardSettlement(MainContractorOwned):
    """A calendar year of a municipal contract; another one of the year is a correction of it."""

    class Status(models.TextChoices):
        """Life of a settlement."""

        DRAFT = "draft", _("draft")
        LOCKED = "locked", pgettext_lazy("settlement", "settled")

    TRANSITIONS = {Status.DRAFT: {Status.LOCKED}, Status.LOCKED: set()}

    contract = models.ForeignKey(
        MunicipalContract, on_delete=models.PROTECT, related_name="upward_settlements"
    )
    year = models.PositiveSmallIntegerField(_("year"))
    #: The first of the year is 1; what follows are corrections.
    number = models.PositiveSmallIntegerField(_("number"))
    status = models.CharField(
        _("status"), max_length=6, choices=Status.choices, default=Status.DRAFT
    )
    #: `rules.upward_year.Agreed`, frozen: what a person filled in, with its sources.
    agreed = models.JSONField()
    #: `rules.upward_year.Figures`, frozen: what was read from the database.
    figures = models.JSONField()
    #: Explanations of the adjustment and of what goes back.
    adjustment = models.JSONField()
    returned = models.JSONField()
    #: Above zero the municipalities still pay, below zero the main contractor does.
    outcome = models.DecimalField(_("outcome of the year"), max_digits=14, decimal_places=2)
    before = models.DecimalField(_("settled before"), max_digits=14, decimal_places=2)
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)
    #: Who filled it in last.
    filled_in_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    computed_at = models.DateTimeField(_("computed"))
    locked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    locked_at = models.DateTimeField(_("locked"), null=True)

    objects = UpwardSettlementQuerySet.as_manager()

    class Meta:
        verbose_name = _("settlement with municipalities")
        verbose_name_plural = _("settlements with municipalities")
        ordering = ["-year", "contract", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["contract", "year", "number"], name="upward_settlement_number_once"
            ),
            models.UniqueConstraint(
                fields=["contract", "year"],
                condition=Q(status="draft"),
                name="upward_settlement_one_open",
            ),
            models.CheckConstraint(
                name="upward_settlement_adds_up",
                condition=Q(amount=F("outcome") - F("before")),
            ),
            models.CheckConstraint(
                name="upward_settlement_four_eyes",
                condition=Q(status="draft", locked_by=None, locked_at=None)
                | (
                    Q(status="locked", locked_by__isnull=False, locked_at__isnull=False)
                    & Q(filled_in_by__isnull=False)
                    & ~Q(locked_by=F("filled_in_by"))
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contract.number} {self.year}-{self.number}"

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("upward_settlement_detail", args=[self.pk])
