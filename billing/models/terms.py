"""Within how many days a subcontractor is paid, and what paying late costs by law."""

from __future__ import annotations

from datetime import date
from typing import Final

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from billing.models.readers import MONEY
from subcontracts.models import Subcontract
from subcontracts.models.owned import OwnedQuerySet, ProviderOwned


class PaymentTermQuerySet(OwnedQuerySet["PaymentTerm"]):
    """Reads of terms."""

    readers = MONEY

    def in_force_on_day(self, day: date) -> PaymentTermQuerySet:
        """The one that holds on a day, of each contract: the last that began."""
        begun = self.filter(start_date__lte=day)
        return begun.order_by("subcontract", "-start_date", "-pk").distinct("subcontract")


class PaymentTerm(ProviderOwned):
    """Days within which is paid under a subcontract, from a day on. Append-only.

    A large company pays a smaller one within 30 days at the most, another large one within 60
    (BW 6:119a, fifth and sixth paragraphs).
    """

    class Size(models.TextChoices):
        """How large the subcontractor is, by the thresholds of the annual accounts."""

        SMALL = "small", pgettext_lazy("size", "small or medium")
        LARGE = "large", pgettext_lazy("size", "large")

    #: The most days that the law leaves, by size.
    MOST: Final = {Size.SMALL: 30, Size.LARGE: 60}

    subcontract = models.ForeignKey(
        Subcontract, on_delete=models.PROTECT, related_name="payment_terms"
    )
    start_date = models.DateField(_("from"))
    size = models.CharField(_("size of the subcontractor"), max_length=5, choices=Size.choices)
    days = models.PositiveSmallIntegerField(_("days"))
    source = models.CharField(_("source"), max_length=200)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    recorded_at = models.DateTimeField(_("recorded"))

    objects = PaymentTermQuerySet.as_manager()

    class Meta:
        verbose_name = _("payment term")
        verbose_name_plural = _("payment terms")
        ordering = ["-start_date", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["subcontract", "start_date"], name="payment_term_once_a_day"
            ),
            models.CheckConstraint(
                name="payment_term_within_the_law",
                condition=Q(days__gte=1)
                & (Q(size="small", days__lte=30) | Q(size="large", days__lte=60)),
            ),
        ]

    def __str__(self) -> str:
        return str(self.days)


class InterestRate(models.Model):
    """The statutory interest for trade, a percentage a year, from the first day of a half-year on.

    The refinancing rate of the ECB and eight points (BW 6:120, second paragraph). Append-only.
    """

    start_date = models.DateField(_("from"), unique=True)
    percent = models.DecimalField(_("percent a year"), max_digits=5, decimal_places=2)
    source = models.CharField(_("source"), max_length=200)
    recorded_at = models.DateTimeField(_("recorded"))

    class Meta:
        verbose_name = _("statutory interest")
        verbose_name_plural = _("statutory interest")
        ordering = ["-start_date"]
        constraints = [
            models.CheckConstraint(
                name="interest_rate_half_year",
                condition=Q(start_date__day=1, start_date__month__in=[1, 7]),
            ),
            models.CheckConstraint(
                name="interest_rate_above_zero", condition=Q(percent__gt=0, percent__lt=100)
            ),
        ]

    def __str__(self) -> str:
        return str(self.percent)
