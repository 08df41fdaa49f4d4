"""The lists of mandates and of offices."""

from __future__ import annotations

import django_filters
import django_tables2
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.accounts.models import OfficeMandate, Organisation
from hoofdaannemer.core.filters import FilterSet
from hoofdaannemer.core.tables import CodeColumn, DateColumn, Table

Status = OfficeMandate.Status
TONES = {
    Status.GIVEN: "warning",
    Status.TO_COME: "information",
    Status.IN_FORCE: "positive",
    Status.PAST: "neutral",
    Status.DECLINED: "negative",
    Status.RETURNED: "neutral",
    Status.WITHDRAWN: "negative",
    Status.REFUSED: "negative",
}


class OfficeMandateTable(Table):
    """Who acts for whom, in what and since when. The rows come with `with_status`."""

    provider_organisation = django_tables2.Column(
        linkify=lambda record: record.get_absolute_url(), verbose_name=_("Subcontractor")
    )
    office = django_tables2.Column(
        linkify=lambda record: record.get_absolute_url(), verbose_name=_("Administration office")
    )
    subject_labels = django_tables2.Column(verbose_name=_("Covers"), orderable=False)
    start_date = DateColumn(verbose_name=_("From"))
    end_date = DateColumn(verbose_name=_("Up to and including"), default="–")
    status = django_tables2.Column(verbose_name=_("Status"), orderable=False)

    class Meta:
        model = OfficeMandate
        fields = ()

    def render_subject_labels(self, value: list[str]) -> str:
        return ", ".join(value)

    value_subject_labels = render_subject_labels

    def render_status(self, value: str) -> str:
        context = {"label": Status(value).label, "tone": TONES[Status(value)]}
        return render_to_string("components/badge.html", context)

    def value_status(self, value: str) -> str:
        return str(Status(value).label)


class OfficeMandateFilter(FilterSet):
    """By how it stands."""

    status = django_filters.ChoiceFilter(label=_("Status"), choices=Status.choices)

    class Meta:
        model = OfficeMandate
        fields = ()


class OfficeTable(Table):
    """Offices that were taken in."""

    name = django_tables2.Column(verbose_name=_("Name"))
    kvk = CodeColumn(verbose_name=_("Trade register number"))

    class Meta:
        model = Organisation
        fields = ()
