"""Filters of the lists."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from hoofdaannemer.accountability.models import Report
from hoofdaannemer.core.filters import FilterSet, ScopedModelChoiceFilter
from subcontracts.models import MunicipalContract


class ReportFilter(FilterSet):
    """By contract and status."""

    municipal_contract = ScopedModelChoiceFilter(
        model=MunicipalContract, label=_("Municipal contract")
    )

    class Meta:
        model = Report
        fields = ("municipal_contract", "status")
