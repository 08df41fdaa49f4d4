"""Who a municipal contract is with, and how they share its budget, from a day on."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, Self

from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.accounts.models import Municipality, User
from subcontracts.models.contracts import MunicipalContract
from subcontracts.models.owned import MainContractorOwned, OwnedQuerySet


class ShareOn(Func):
    """Percent of a municipality in a contract on a day; NULL where it does not take part.

    Takes keys of a contract and a municipality, and a day.
    """

    function = "subcontracts_share"
    output_field: Any = models.DecimalField(max_digits=7, decimal_places=4)


class ContractMunicipalityQuerySet(OwnedQuerySet["ContractMunicipality"]):
    """Reads: staff only."""

    provider_column = ""

    def taking_part_on(self, day: date | models.Expression) -> Self:
        """Those that share in the contract on a day; `day` may be an expression."""
        on = Value(day, models.DateField()) if isinstance(day, date) else day
        rows = self.alias(taken=ShareOn(F("contract"), F("municipality"), on))
        return rows.exclude(taken=None)


class ContractMunicipality(MainContractorOwned):
    """A municipality that takes part in a municipal contract, or took part before.

    When, and with which share, its divisions say.
    """

    contract = models.ForeignKey(
        MunicipalContract, on_delete=models.PROTECT, related_name="municipalities"
    )
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")

    objects = ContractMunicipalityQuerySet.as_manager()

    class Meta:
        ordering = ["municipality__name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["contract", "municipality"], name="contract_municipality_once"
            )
        ]


class MunicipalDivisionQuerySet(OwnedQuerySet["MunicipalDivision"]):
    """Reads: staff only."""

    provider_column = ""


class MunicipalDivision(MainContractorOwned):
    """From a day on, until the next row, these municipalities share the contract.

    Rows are appended: of two for one day the one that was recorded last holds. The first begins
    with the contract.
    """

    contract = models.ForeignKey(
        MunicipalContract, on_delete=models.PROTECT, related_name="divisions"
    )
    start_date = models.DateField(_("start date"))
    #: Where it stands, such as the addendum that changed it.
    source = models.CharField(_("source"), max_length=200, blank=True)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(_("recorded"))

    objects = MunicipalDivisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("division over municipalities")
        verbose_name_plural = _("divisions over municipalities")
        ordering = ["start_date", "pk"]

    @property
    def percents(self) -> dict[int, Decimal]:
        """Percent by key of the `ContractMunicipality`."""
        return {one.part_id: one.percent for one in self.shares.all()}


class MunicipalShareQuerySet(OwnedQuerySet["MunicipalShare"]):
    """Reads: staff only."""

    provider_column = ""


class MunicipalShare(MainContractorOwned):
    """A municipality in a division; the shares of one division are 100 percent together."""

    division = models.ForeignKey(MunicipalDivision, on_delete=models.PROTECT, related_name="shares")
    part = models.ForeignKey(ContractMunicipality, on_delete=models.PROTECT, related_name="shares")
    #: Of the budget.
    percent = models.DecimalField(_("share"), max_digits=7, decimal_places=4)

    objects = MunicipalShareQuerySet.as_manager()

    class Meta:
        verbose_name = _("share of a municipality")
        verbose_name_plural = _("shares of municipalities")
        ordering = ["part__municipality__name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["division", "part"], name="municipal_share_once"),
            models.CheckConstraint(
                name="municipal_share_in_bounds", condition=Q(percent__gte=0, percent__lte=100)
            ),
        ]
