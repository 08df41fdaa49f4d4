"""Filters of the list of proofs."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from hoofdaannemer.core.filters import FilterSet, ScopedModelChoiceFilter
from qualifications.models import Evidence, Requirement


class EvidenceFilter(FilterSet):
    """By outcome and requirement."""

    requirement = ScopedModelChoiceFilter(model=Requirement, label=_("Requirement"))

    class Meta:
        model = Evidence
        fields = ("outcome", "requirement")
