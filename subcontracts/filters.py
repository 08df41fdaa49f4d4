"""Filters of the lists of the care chain."""

from __future__ import annotations

import django_filters
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.core.filters import FilterSet, PrefixFilter, ScopedModelChoiceFilter
from subcontracts.models import (
    Allocation,
    CareRequest,
    EmergencyAccess,
    Placement,
    Product,
    Subcontract,
    Subcontractor,
)


class AllocationFilter(FilterSet):
    number = django_filters.NumberFilter(
        label=_("Number"), min_value=1, max_value=999_999_999, decimal_places=0
    )
    product = ScopedModelChoiceFilter(model=Product, label=_("Product"))
    placed = django_filters.BooleanFilter(label=_("Placed"), method="by_placed")

    class Meta:
        model = Allocation
        fields = ("number", "family", "product")

    def by_placed(self, rows: object, name: str, value: bool) -> object:
        """With or without a placement that was not declined or withdrawn."""
        kept = Placement.objects.filter(
            status__in=[*Placement.LIVE, Placement.Status.ENDED]
        ).values("allocation")
        return rows.filter(pk__in=kept) if value else rows.exclude(pk__in=kept)  # type: ignore[attr-defined]


class EmergencyFilter(FilterSet):
    reviewed = django_filters.BooleanFilter(
        label=_("Reviewed"), field_name="reviewed_at", lookup_expr="isnull", exclude=True
    )

    class Meta:
        model = EmergencyAccess
        fields = ()


class PlacementFilter(FilterSet):
    number = django_filters.NumberFilter(
        label=_("Number"), min_value=1, max_value=999_999_999, decimal_places=0
    )
    subcontractor = ScopedModelChoiceFilter(model=Subcontractor, label=_("Delivered by"))
    product = ScopedModelChoiceFilter(model=Product, label=_("Product"))

    class Meta:
        model = Placement
        fields = ("number", "status", "subcontractor", "product")


class RequestFilter(FilterSet):
    class Meta:
        model = CareRequest
        fields = ("status", "family")


class SubcontractFilter(FilterSet):
    subcontractor = ScopedModelChoiceFilter(model=Subcontractor, label=_("Subcontractor"))

    class Meta:
        model = Subcontract
        fields = ("status", "subcontractor")


class SubcontractorFilter(FilterSet):
    name = PrefixFilter(field_name="provider_organisation__name", label=_("Name begins with"))

    class Meta:
        model = Subcontractor
        fields = ("name", "is_own_team")
