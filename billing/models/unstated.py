"""Which entitlements stand on no statement yet, so that nobody need read all to find them."""

from __future__ import annotations

from django.db import models

from billing.models.entitlements import Entitlement
from billing.models.readers import MONEY
from hoofdaannemer.accounts.models import MainContractor, Organisation
from subcontracts.models import Subcontractor
from subcontracts.models.owned import OwnedQuerySet, ProviderOwned


class UnstatedEntitlementQuerySet(OwnedQuerySet["UnstatedEntitlement"]):
    """Reads of what is not stated."""

    readers = MONEY


class UnstatedEntitlement(ProviderOwned):
    """An entitlement that stands on no statement yet (promise PAY-16).

    Written by the database alone: it comes with its entitlement, and goes with the line of a
    statement that names it. Thousands come at once, with the owners of entitlements whose own keys
    were checked in the same statement: so it has no keys, and few indexes.
    """

    main_contractor = models.ForeignKey(
        MainContractor,
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    provider_organisation = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    subcontractor = models.ForeignKey(
        Subcontractor, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    entitlement = models.OneToOneField(
        Entitlement, on_delete=models.PROTECT, related_name="unstated", db_constraint=False
    )

    objects = UnstatedEntitlementQuerySet.as_manager()

    class Meta:
        verbose_name = "unstated entitlement"
        verbose_name_plural = "unstated entitlements"

    def __str__(self) -> str:
        return str(self.entitlement_id)
