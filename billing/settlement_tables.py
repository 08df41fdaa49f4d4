"""The list of what is settled by year, and its filters."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import django_filters
import django_tables2
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from billing.models import Settlement, UpwardSettlement
from hoofdaannemer.core.filters import Chip, FilterSet, ScopedModelChoiceFilter
from hoofdaannemer.core.tables import BadgeColumn, EuroColumn, Table
from subcontracts.models import FundingLine, MunicipalContract, Subcontractor

State = Settlement.State
#: The state of a line of which the year was not begun.
NOT_BEGUN = "none"
TONES = {
    NOT_BEGUN: "neutral",
    State.DRAFT: "information",
    State.PROPOSED: "warning",
    State.AGREED: "information",
    State.LOCKED: "positive",
}
UPWARD_TONES = {
    UpwardSettlement.Status.DRAFT: "information",
    UpwardSettlement.Status.LOCKED: "positive",
}
STATES = [(NOT_BEGUN, _("not begun")), *State.choices]


class SettlementTable(Table):
    """Lines with what became of their year; `settled_*` are annotations of the newest."""

    name = django_tables2.Column(verbose_name=_("Funding line"))
    provider_organisation = django_tables2.Column(verbose_name=_("Subcontractor"))
    contract = django_tables2.Column(accessor="subcontract__number", verbose_name=_("Contract"))
    form = django_tables2.Column(verbose_name=_("Form"))
    settled_state = django_tables2.Column(verbose_name=_("Status"))
    settled_outcome = EuroColumn(verbose_name=_("Outcome of the year"), default="")
    settled_amount = EuroColumn(verbose_name=_("Of which in the newest settlement"), default="")

    class Meta:
        model = FundingLine
        fields = ()

    def __init__(self, *args: Any, year: int, may_begin: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.year, self.may_begin = year, may_begin

    def render_name(self, value: str, record: Any) -> str:
        """Leads to the newest settlement of the year, or to where it begins."""
        if record.settled_pk:
            url = reverse("settlement_detail", args=[record.settled_pk])
        elif self.may_begin:
            url = reverse("funding_line_settle", args=[record.pk, self.year])
        else:
            return value
        return format_html('<a class="ha-link" href="{}">{}</a>', url, value)

    def value_name(self, value: str) -> str:
        """In a file the name alone."""
        return value

    def render_settled_state(self, value: str) -> str:
        """The state in words: it is an annotation, so that no field knows them."""
        badge = {"label": dict(STATES)[value], "tone": TONES[value]}
        return render_to_string("components/badge.html", badge)

    def value_settled_state(self, value: str) -> str:
        """In a file the words alone."""
        return str(dict(STATES)[value])


class SettlementFilter(FilterSet):
    """By year, status, form and subcontractor."""

    year = django_filters.ChoiceFilter(label=_("Year"), method="of_year")
    settled_state = django_filters.ChoiceFilter(
        label=_("Status"), choices=STATES, method="by_state"
    )
    form = django_filters.ChoiceFilter(
        label=_("Form"),
        choices=[
            (form.value, form.label)
            for form in (
                FundingLine.Form.FTE,
                FundingLine.Form.CAPACITY,
                FundingLine.Form.ADVANCE_POOL,
            )
        ],
    )
    subcontractor = ScopedModelChoiceFilter(
        model=Subcontractor, field_name="subcontract__subcontractor", label=_("Subcontractor")
    )

    class Meta:
        model = FundingLine
        fields = ()

    def __init__(self, *args: Any, years: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        extra = self.filters["year"].extra
        extra["choices"], extra["empty_label"] = [(str(year), str(year)) for year in years], None

    def _chips(self) -> Iterator[Chip]:
        """Without the year: there is no list of all years together."""
        return (chip for chip in super()._chips() if chip.label != str(self.filters["year"].label))

    def of_year(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """The page itself takes the year from the address: without one it is the last."""
        return rows

    def by_state(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """By the state of the newest settlement."""
        return rows.filter(settled_state=value)


class UpwardSettlementTable(Table):
    """Settlements with municipalities."""

    contract = django_tables2.Column(linkify=lambda record: record.get_absolute_url())
    year = django_tables2.Column()
    number = django_tables2.Column()
    status = BadgeColumn(tones=UPWARD_TONES)
    outcome = EuroColumn()
    amount = EuroColumn()

    class Meta:
        model = UpwardSettlement
        fields = ()


class UpwardSettlementFilter(FilterSet):
    """By status, year and contract."""

    contract = ScopedModelChoiceFilter(model=MunicipalContract, label=_("Municipal contract"))

    class Meta:
        model = UpwardSettlement
        fields = ("status", "year")
