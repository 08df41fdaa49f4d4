"""Ownership: every row of somebody carries the main contractor and, if it has one, the provider."""

from __future__ import annotations

from typing import Self, TypeVar

from django.db import models

from hoofdaannemer.accounts.models import MainContractor, Organisation
from hoofdaannemer.core.periods import InForceQuerySet
from hoofdaannemer.core.scope import STAFF, SUBCONTRACTOR, Role, Scope

_M_co = TypeVar("_M_co", bound=models.Model, covariant=True)


class OwnedQuerySet(InForceQuerySet[_M_co]):
    """Visibility by plain, indexed owner columns. `readers` are the staff roles that may read."""

    readers: frozenset[Role] = STAFF
    provider_column = "provider_organisation"

    def visible_to(self, scope: Scope) -> Self:
        """Rows this scope may see. A role not named here sees nothing."""
        if scope.is_system:
            return self.all()
        if scope.role in self.readers:
            return self.filter(main_contractor=scope.main_contractor_id)
        if scope.role in SUBCONTRACTOR and self.provider_column:
            return self.filter(**{self.provider_column: scope.organisation_id})
        return self.none()


class MainContractorOwned(models.Model):
    """A row of one main contractor."""

    main_contractor = models.ForeignKey(MainContractor, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True


class ProviderOwned(MainContractorOwned):
    """A row of one main contractor that also belongs to one subcontractor or own team."""

    provider_organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        abstract = True
