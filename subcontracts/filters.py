"""Filters of the lists of the care chain."""

from __future__ import annotations

from typing import Any

import django_filters
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.core.filters import FilterSet, PrefixFilter, ScopedModelChoiceFilter
from messaging.models import Family
from subcontracts.models import (
    Allocation,
    CareRequest,
    Deadline,
    EmergencyAccess,
    ForeseenEnd,
    FormalDecision,
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


class ForeseenFilter(FilterSet):
    """Open, decided or lapsed."""

    state = django_filters.ChoiceFilter(
        label=_("Status"),
        method="by_state",
        choices=(("open", _("to decide")), ("decided", _("decided")), ("lapsed", _("lapsed"))),
    )

    class Meta:
        model = ForeseenEnd
        fields = ("state", "kind")

    def by_state(self, rows: Any, name: str, value: str) -> Any:
        if value == "open":
            return rows.open()
        return rows.filter(**{f"{value}_at__isnull": False})


class DecisionFilter(FilterSet):
    """Decisions by the clock that runs, and by what was decided."""

    state = django_filters.ChoiceFilter(
        label=_("Objection"),
        method="by_state",
        choices=(
            ("possible", _("can still be made")),
            ("open", _("open, soonest due first")),
            ("settled", _("decided or withdrawn")),
        ),
    )

    class Meta:
        model = FormalDecision
        fields = ("state", "kind")

    def by_state(self, rows: Any, name: str, value: str) -> Any:
        """By the columns of `selectors.decisions.with_objections`."""
        if value == "open":
            return rows.filter(is_disputed=True).order_by("due", "pk")
        rows = rows.filter(is_disputed=False)
        if value == "settled":
            return rows.exclude(last_outcome=None)
        running = rows.filter(last_outcome=None, objection_until__gte=self.request.scope.today)
        return running.order_by("objection_until", "pk")


class OwnDeadlineFilter(FilterSet):
    """Terms by how they stand and what is due; without a state the page shows what runs."""

    state = django_filters.ChoiceFilter(
        label=_("Status"),
        method="by_state",
        empty_label=_("still running"),
        choices=(("late", _("late")), ("met_late", _("met late")), ("all", _("all"))),
    )
    law = django_filters.ChoiceFilter(label=_("Law"), method="by_law", choices=Family.choices)

    class Meta:
        model = Deadline
        fields: tuple[str, ...] = ("state", "kind", "law")

    def by_state(self, rows: Any, name: str, value: str) -> Any:
        """What is over reads backward in time."""
        if value == "late":
            return rows.running().filter(due_date__lt=self.request.scope.today)
        chosen = rows.met_late() if value == "met_late" else rows
        return chosen.order_by("-due_date", "-pk")

    def by_law(self, rows: Any, name: str, value: str) -> Any:
        return rows.of_family(value)


class DeadlineFilter(OwnDeadlineFilter):
    """Also by leg, and by the subcontractor whose placement it is, on both legs."""

    subcontractor = ScopedModelChoiceFilter(
        model=Subcontractor, label=_("Subcontractor"), method="by_subcontractor"
    )

    class Meta(OwnDeadlineFilter.Meta):
        fields = ("state", "kind", "leg", "law", "subcontractor")

    def by_subcontractor(self, rows: Any, name: str, value: Subcontractor) -> Any:
        return rows.filter(placement__provider_organisation=value.provider_organisation_id)


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


class OwnRequestFilter(FilterSet):
    class Meta:
        model = CareRequest
        fields: tuple[str, ...] = ("kind", "status", "family")


class RequestFilter(OwnRequestFilter):
    """Also by what our own access calls the referral; it uses the index, so with its capitals."""

    referral_reference = PrefixFilter(
        label=_("Reference of the referral begins with"), lookup_expr="startswith"
    )

    class Meta(OwnRequestFilter.Meta):
        fields = (*OwnRequestFilter.Meta.fields, "referral_reference")


class ProductFilter(FilterSet):
    name = django_filters.CharFilter(lookup_expr="icontains", label=_("Name contains"))

    class Meta:
        model = Product
        fields = ("family", "name")


class SubcontractFilter(FilterSet):
    """Without a status the page leaves out what was closed."""

    status = django_filters.ChoiceFilter(
        label=_("Status"),
        method="by_status",
        empty_label=_("all but closed"),
        choices=[*Subcontract.Status.choices, ("all", _("all"))],
    )
    subcontractor = ScopedModelChoiceFilter(model=Subcontractor, label=_("Subcontractor"))

    class Meta:
        model = Subcontract
        fields = ("status", "subcontractor")

    def by_status(self, rows: Any, name: str, value: str) -> Any:
        """All of them, or those at one step of their life."""
        return rows if value == "all" else rows.filter(status=value)


class SubcontractorFilter(FilterSet):
    name = PrefixFilter(field_name="provider_organisation__name", label=_("Name begins with"))

    class Meta:
        model = Subcontractor
        fields = ("name", "is_own_team")
