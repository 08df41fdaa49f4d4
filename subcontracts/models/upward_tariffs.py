"""What municipalities pay by the unit although a contract as a whole is a lump sum."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.core.periods import InclusiveDateRange, SameId
from subcontracts.models.contracts import MunicipalContract
from subcontracts.models.owned import MainContractorOwned, OwnedQuerySet
from subcontracts.models.parties import Product


class UpwardTariffQuerySet(OwnedQuerySet["UpwardTariff"]):
    """Reads: staff only, for what a municipality pays is no business of a subcontractor."""

    provider_column = ""


class UpwardTariff(MainContractorOwned):
    """What a municipality pays for one unit of a product; never two at one time.

    Which products it pays so, and since when, stands on `ContractProduct`.
    """

    contract = models.ForeignKey(
        MunicipalContract, on_delete=models.PROTECT, related_name="upward_tariffs"
    )
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    #: Whole eurocents a unit (TR346); empty where the unit is the euro, which has none (CD087).
    amount = models.DecimalField(_("tariff"), max_digits=12, decimal_places=2, null=True)
    #: Unit of code list WJ756.
    unit = models.CharField(_("unit"), max_length=2)
    start_date = models.DateField(_("start date"))
    end_date = models.DateField(_("end date"), null=True)

    objects = UpwardTariffQuerySet.as_manager()

    class Meta:
        verbose_name = _("upward tariff")
        verbose_name_plural = _("upward tariffs")
        ordering = ["product", "-start_date", "pk"]
        constraints = [
            models.CheckConstraint(
                name="upward_tariff_unless_euros",
                condition=Q(unit="83", amount=None) | (~Q(unit="83") & Q(amount__gt=0)),
            ),
            models.CheckConstraint(
                name="upward_tariff_period_forward",
                condition=Q(end_date=None) | Q(end_date__gte=F("start_date")),
            ),
            ExclusionConstraint(
                name="upward_tariff_one_at_a_time",
                expressions=[
                    (InclusiveDateRange(), RangeOperators.OVERLAPS),
                    (SameId("contract"), RangeOperators.OVERLAPS),
                    (SameId("product"), RangeOperators.OVERLAPS),
                ],
            ),
        ]
