"""The lists of announcements, and of who read them."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
import django_tables2
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hoofdaannemer.core.filters import FilterSet
from hoofdaannemer.core.tables import MomentColumn, PeriodColumn, Table
from hoofdaannemer.core.templatetags.core_format import moment_nl
from subcontracts.models import Announcement, ReadConfirmation
from subcontracts.selectors.announcements import Proof


class AnnouncementTable(Table):
    """Newest first."""

    title = django_tables2.Column(
        verbose_name=gettext_lazy("Title"),
        linkify=lambda record: reverse("announcement_detail", args=[record.pk]),
    )
    period = PeriodColumn(verbose_name=gettext_lazy("Told"), order_by="start_date")
    read = django_tables2.Column(
        verbose_name=gettext_lazy("Read by"), accessor="read_count", default="–"
    )
    withdrawn_at = MomentColumn(verbose_name=gettext_lazy("Withdrawn on"))

    class Meta:
        model = Announcement
        fields: ClassVar = ("title", "period", "read", "withdrawn_at")


class AnnouncementFilter(FilterSet):
    """Those that are told today."""

    today = django_filters.BooleanFilter(label=gettext_lazy("Told today"), method="by_day")

    class Meta:
        model = Announcement
        fields = ("today",)

    def by_day(self, rows: Any, name: str, value: bool) -> Any:
        """Within their period and not withdrawn; or all others."""
        scope = self.request.scope
        told = Announcement.objects.visible_to(scope).standing_on(scope.today).values("pk")
        return rows.filter(pk__in=told) if value else rows.exclude(pk__in=told)


class ConfirmationTable(Table):
    """By organisation and moment."""

    organisation = django_tables2.Column(
        verbose_name=gettext_lazy("Subcontractor"), accessor="provider_organisation__name"
    )
    name = django_tables2.Column(verbose_name=gettext_lazy("Who"))
    read_at = MomentColumn(verbose_name=gettext_lazy("Read on"))

    class Meta:
        model = ReadConfirmation
        fields: ClassVar = ("organisation", "name", "read_at")


def proof_table(found: list[Proof], *, names: bool) -> dict[str, Any]:
    """Every addressee with who read it; of who did not the names, or how many they are."""
    return {
        "caption": _("Who read it, and who did not"),
        "headers": [_("Subcontractor"), _("Read by"), _("Not yet read by")],
        "rows": [
            (
                one.organisation,
                ", ".join(f"{row.name} ({moment_nl(row.read_at)})" for row in one.read) or "–",
                (", ".join(one.unread) if names else str(len(one.unread))) or "–",
            )
            for one in found
        ],
    }
