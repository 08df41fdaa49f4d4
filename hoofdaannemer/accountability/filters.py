"""Filters of the lists."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from hoofdaannemer.accountability.models import Release, Report
from hoofdaannemer.core.filters import (
    FilterSet,
    PeriodFilter,
    PrefixFilter,
    ScopedModelChoiceFilter,
)
from subcontracts.models import MunicipalContract


class ReportFilter(FilterSet):
    """By contract and status."""

    municipal_contract = ScopedModelChoiceFilter(
        model=MunicipalContract, label=_("Municipal contract")
    )

    class Meta:
        model = Report
        fields = ("municipal_contract", "status")


class ReleaseFilter(FilterSet):
    """By municipality and quarter."""

    municipality = PrefixFilter(field_name="municipality_name", label=_("Municipality begins with"))
    period = PeriodFilter(field_name="start_date", label=_("Quarter or year"))

    class Meta:
        model = Release
        fields = ()
