"""Filters of the lists."""

from __future__ import annotations

from hoofdaannemer.accountability.models import Report
from hoofdaannemer.core.filters import FilterSet, ScopedModelChoiceFilter
from subcontracts.models import MunicipalContract


class ReportFilter(FilterSet):
    """By contract and status."""

    municipal_contract = ScopedModelChoiceFilter(model=MunicipalContract)

    class Meta:
        model = Report
        fields = ("municipal_contract", "status")
