"""Lists of reports and of what was published."""

from __future__ import annotations

import django_tables2
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.accountability.models import Release, Report
from hoofdaannemer.core.tables import BadgeColumn, MomentColumn, NumberColumn, PeriodColumn, Table

STATUS_TONES = {
    Report.Status.WAITING: "information",
    Report.Status.BUILDING: "information",
    Report.Status.FAILED: "negative",
    Report.Status.DRAFT: "warning",
    Report.Status.REVIEWED: "information",
    Report.Status.REJECTED: "negative",
    Report.Status.PUBLISHED: "positive",
}


class ReportListTable(Table):
    """Reports of the main contractor, newest first."""

    municipal_contract = django_tables2.Column(
        verbose_name=_("Contract"), linkify=lambda record: record.get_absolute_url()
    )
    period = PeriodColumn(verbose_name=_("Period"))
    version = NumberColumn(verbose_name=_("Version"))
    as_known_on = MomentColumn(verbose_name=_("As known on"))
    status = BadgeColumn(tones=STATUS_TONES, verbose_name=_("Status"))

    class Meta:
        model = Report
        fields = ()
        sequence = ("municipal_contract", "period", "version", "as_known_on", "status")


class ReleaseListTable(Table):
    """Published reports, newest first."""

    contract_name = django_tables2.Column(verbose_name=_("Report"), linkify=True)
    municipality_name = django_tables2.Column(verbose_name=_("Municipality"))
    period = PeriodColumn(verbose_name=_("Period"))
    version = NumberColumn(verbose_name=_("Version"))
    published_at = MomentColumn(verbose_name=_("Published"))
    main_contractor_name = django_tables2.Column(verbose_name=_("Main contractor"))

    class Meta:
        model = Release
        fields = ()
        sequence = (
            "contract_name",
            "municipality_name",
            "period",
            "version",
            "published_at",
            "main_contractor_name",
        )
