"""Which messages are used with the municipalities of a contract, and which numbers below it."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.accounts.models import User
from subcontracts.models.contracts import MunicipalContract
from subcontracts.models.owned import MainContractorOwned, OwnedQuerySet


class ExchangeTermsQuerySet(OwnedQuerySet["ExchangeTerms"]):
    """Reads: staff only."""

    provider_column = ""


class ExchangeTerms(MainContractorOwned):
    """From a day on, until the next row, these messages and numbers are in use.

    Rows are appended: of two for one day the one that was recorded last holds. The first begins
    with the contract.
    """

    contract = models.ForeignKey(
        MunicipalContract, on_delete=models.PROTECT, related_name="exchange_terms"
    )
    start_date = models.DateField(_("start date"))
    #: Message types used with the municipality, such as ["301", "305", "307", "315"].
    messages = models.JSONField(_("messages in use"), default=list)
    #: Range of allocation numbers for relayed messages, both ends included.
    number_first = models.PositiveIntegerField(_("first number"))
    number_last = models.PositiveIntegerField(_("last number"))
    #: Where it stands, such as the letter of the municipality.
    source = models.CharField(_("source"), max_length=200, blank=True)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(_("recorded"))

    objects = ExchangeTermsQuerySet.as_manager()

    class Meta:
        verbose_name = _("messages and numbers in use")
        verbose_name_plural = _("messages and numbers in use")
        ordering = ["start_date", "pk"]
        constraints = [
            models.CheckConstraint(
                name="exchange_terms_number_range",
                condition=Q(number_first__lte=F("number_last"), number_last__lte=999_999_999),
            )
        ]
