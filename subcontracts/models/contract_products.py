"""Which products a municipal contract covers, from a day on."""

from __future__ import annotations

from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import F, Q, Value
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.accounts.models import User
from hoofdaannemer.core.periods import Period
from subcontracts.models.contracts import MunicipalContract
from subcontracts.models.owned import MainContractorOwned, OwnedQuerySet
from subcontracts.models.parties import Product


class CoversOn(models.Func):
    """Whether a contract covers a product on a day. Takes keys of both, and a day."""

    function = "subcontracts_covers"
    arity = 3
    output_field: Any = models.BooleanField()


class ContractProductQuerySet(OwnedQuerySet["ContractProduct"]):
    """Reads: staff only."""

    provider_column = ""

    def covered_on(self, day: date | models.Expression) -> Self:
        """Those that are in the contract on a day; `day` may be an expression."""
        on = Value(day, models.DateField()) if isinstance(day, date) else day
        return self.filter(CoversOn(F("contract"), F("product"), on))

    def covered_during(self, period: Period) -> Self:
        """Those that are in the contract on one day of a period at least."""
        first = Value(period.start, models.DateField())
        within = ProductTurn.objects.filter(is_covered=True, start_date__gt=period.start)
        if period.end is not None:
            within = within.filter(start_date__lte=period.end)
        taken_in = Q(pk__in=within.values("contract_product"))
        return self.filter(Q(CoversOn(F("contract"), F("product"), first)) | taken_in)


class ContractProduct(MainContractorOwned):
    """A product that a municipal contract covers, or covered before. When, its turns say."""

    contract = models.ForeignKey(
        MunicipalContract, on_delete=models.PROTECT, related_name="products"
    )
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    #: Whole months in which the municipality pays it by the unit, on our declaration (323), and
    #: not out of the lump sum; `UpwardTariff` says how much.
    declared_from = models.DateField(_("declared since"), null=True)
    declared_until = models.DateField(_("declared until"), null=True)

    objects = ContractProductQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["contract", "product"], name="contract_product_once"),
            models.CheckConstraint(
                name="contract_product_declared_forward",
                condition=Q(declared_until=None) | Q(declared_until__gte=F("declared_from")),
            ),
            models.CheckConstraint(
                name="contract_product_declared_months",
                condition=Q(declared_from=None) | Q(declared_from__day=1),
            ),
        ]


class ProductTurnQuerySet(OwnedQuerySet["ProductTurn"]):
    """Reads: staff only."""

    provider_column = ""


class ProductTurn(MainContractorOwned):
    """From a day on, until the next row, a product is in the contract or is not.

    Rows are appended: of two for one day the one that was recorded last holds.
    """

    contract_product = models.ForeignKey(
        ContractProduct, on_delete=models.PROTECT, related_name="turns"
    )
    start_date = models.DateField(_("start date"))
    is_covered = models.BooleanField(_("in the contract"))
    #: Where it stands, such as the addendum that changed it.
    source = models.CharField(_("source"), max_length=200, blank=True)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(_("recorded"))

    objects = ProductTurnQuerySet.as_manager()

    class Meta:
        verbose_name = _("turn of a product")
        verbose_name_plural = _("turns of products")
        ordering = ["start_date", "pk"]
