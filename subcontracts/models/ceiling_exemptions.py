"""Care that a ceiling does not hold: crisis care and specific allocations."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.accounts.models import User
from subcontracts.models.contracts import OfferedQuerySet, Subcontract
from subcontracts.models.owned import ProviderOwned
from subcontracts.models.parties import Product
from subcontracts.models.placements import Placement


class CeilingExemptionQuerySet(OfferedQuerySet["CeilingExemption"]):
    """Reads of exemptions."""


class CeilingExemption(ProviderOwned):
    """One product or one placement under a subcontract that is paid in full (art. 1.5).

    It counts neither for what is used of the ceiling, nor for what is held back above it.
    """

    class Ground(models.TextChoices):
        """Why it is paid in full."""

        CRISIS = "crisis", _("crisis care")
        SPECIFIC = "specific", _("specific allocation")

    subcontract = models.ForeignKey(
        Subcontract, on_delete=models.PROTECT, related_name="ceiling_exemptions"
    )
    product = models.ForeignKey(Product, on_delete=models.PROTECT, null=True, related_name="+")
    placement = models.ForeignKey(Placement, on_delete=models.PROTECT, null=True, related_name="+")
    ground = models.CharField(_("why"), max_length=8, choices=Ground.choices)
    start_date = models.DateField(_("start date"))
    #: Last day of care that is exempt; empty until somebody ends it.
    end_date = models.DateField(_("end date"), null=True)
    note = models.CharField(_("agreed"), max_length=200)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(_("recorded"))

    objects = CeilingExemptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("exemption from a ceiling")
        verbose_name_plural = _("exemptions from ceilings")
        ordering = ["-start_date", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="ceiling_exemption_of_one_thing",
                condition=Q(product=None, placement__isnull=False)
                | Q(product__isnull=False, placement=None),
            ),
            models.CheckConstraint(
                name="ceiling_exemption_period_forward",
                condition=Q(end_date=None) | Q(end_date__gte=F("start_date")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subcontract.number} · {self.subject}"

    @property
    def subject(self) -> str:
        """The product by its name, or the placement by its number."""
        if self.placement:
            return _("placement %(number)s") % {"number": self.placement.number}
        return str(self.product)
