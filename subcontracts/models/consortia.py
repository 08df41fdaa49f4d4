"""Who bears a municipal contract together, from a day on."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from subcontracts.models.contracts import MunicipalContract
from subcontracts.models.owned import MainContractorOwned, OwnedQuerySet
from subcontracts.models.upward_terms import READERS


class ConsortiumQuerySet(OwnedQuerySet["Consortium"]):
    """Reads, as of terms."""

    readers = READERS
    provider_column = ""


class Consortium(MainContractorOwned):
    """From a day on, until the next row, these members bear the contract together.

    Rows are appended: of two for one day the one that was recorded last holds.
    """

    contract = models.ForeignKey(
        MunicipalContract, on_delete=models.PROTECT, related_name="consortia"
    )
    start_date = models.DateField(_("start date"))
    recorded_at = models.DateTimeField(_("recorded"))

    objects = ConsortiumQuerySet.as_manager()

    class Meta:
        verbose_name = _("consortium")
        verbose_name_plural = _("consortia")
        ordering = ["start_date", "pk"]


class ConsortiumMemberQuerySet(OwnedQuerySet["ConsortiumMember"]):
    """Reads, as of terms."""

    readers = READERS
    provider_column = ""


class ConsortiumMember(MainContractorOwned):
    """An organisation with its share; the shares of a consortium are 100 percent together."""

    consortium = models.ForeignKey(Consortium, on_delete=models.PROTECT, related_name="members")
    name = models.CharField(_("name"), max_length=120)
    #: Trade register number; empty where it is not known.
    kvk = models.CharField(_("trade register number"), max_length=8, blank=True)
    #: Percent.
    share = models.DecimalField(_("share"), max_digits=7, decimal_places=4)
    #: The one that speaks for all.
    is_lead = models.BooleanField(_("lead"), default=False)

    objects = ConsortiumMemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("consortium member")
        verbose_name_plural = _("consortium members")
        ordering = ["-is_lead", "name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["consortium", "name"], name="consortium_member_once"),
            models.UniqueConstraint(
                fields=["consortium"], condition=Q(is_lead=True), name="consortium_one_lead"
            ),
            models.CheckConstraint(
                name="consortium_share_in_bounds", condition=Q(share__gt=0, share__lte=100)
            ),
        ]

    def __str__(self) -> str:
        return self.name
