"""Filters of the lists of proofs and requirements."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.core.filters import FilterSet, ScopedModelChoiceFilter
from qualifications.models import Evidence, Requirement


class EvidenceFilter(FilterSet):
    """By outcome and requirement."""

    requirement = ScopedModelChoiceFilter(model=Requirement, label=_("Requirement"))

    class Meta:
        model = Evidence
        fields = ("outcome", "requirement")


class RequirementFilter(FilterSet):
    """By who must show it, and whether it holds."""

    state = django_filters.ChoiceFilter(
        label=_("State"),
        method="by_state",
        choices=(("holds", _("holds")), ("coming", _("still to begin")), ("ended", _("ended"))),
    )

    class Meta:
        model = Requirement
        fields = ("applies_to", "state")

    def by_state(self, rows: Any, name: str, value: str) -> Any:
        """As the badge on the page of a requirement says it."""
        today = timezone.localdate()
        return rows.filter(
            {
                "holds": Q(start_date__lte=today) & (Q(end_date=None) | Q(end_date__gte=today)),
                "coming": Q(start_date__gt=today),
                "ended": Q(end_date__lt=today),
            }[value]
        )
