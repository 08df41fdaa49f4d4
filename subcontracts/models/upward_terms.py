"""What a municipal contract says beside its parties, products and budget, from a day on."""

from __future__ import annotations

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.accounts.models import User
from hoofdaannemer.core.scope import Role
from subcontracts.models.contracts import MunicipalContract
from subcontracts.models.owned import MainContractorOwned, OwnedQuerySet

#: Who reads what was agreed with municipalities; the money in it is not for the quality officer.
READERS: Final = frozenset({Role.CONTRACT_MANAGER, Role.CONTROLLER, Role.QUALITY_OFFICER})


class MunicipalTermsVersionQuerySet(OwnedQuerySet["MunicipalTermsVersion"]):
    """Reads: staff who read contracts, for a subcontractor sees what is passed on to it only."""

    readers = READERS
    provider_column = ""


class MunicipalTermsVersion(MainContractorOwned):
    """From a day on, until the next row, the contract says this.

    Rows are appended: of two for one day the one that was recorded last holds.
    """

    contract = models.ForeignKey(
        MunicipalContract, on_delete=models.PROTECT, related_name="terms_versions"
    )
    start_date = models.DateField(_("start date"))
    #: By the names in `rules.upward_terms`; what is unknown or not agreed is not there.
    values = models.JSONField(default=dict)
    #: Where it stands, such as the addendum that changed it.
    source = models.CharField(_("source"), max_length=200, blank=True)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(_("recorded"))

    objects = MunicipalTermsVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("terms of a municipal contract")
        verbose_name_plural = _("terms of municipal contracts")
        ordering = ["start_date", "pk"]
