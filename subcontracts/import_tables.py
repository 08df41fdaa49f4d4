"""Tables and filters of take-overs of running care. Nobody is named in them."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
import django_tables2
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.core.filters import FilterSet
from hoofdaannemer.core.tables import BadgeColumn, CodeColumn, DateColumn, NumberColumn, Table
from subcontracts.import_words import TONES
from subcontracts.models import CareImport, CareImportFault


class CareImportTable(Table):
    """Newest first."""

    name = django_tables2.Column(linkify=True)
    status = BadgeColumn(tones=TONES)
    as_of = DateColumn(verbose_name=_("Day of the take-over"))
    uploaded_at = DateColumn()
    rows_total = NumberColumn(verbose_name=_("Rows"))
    rows_taken = NumberColumn(verbose_name=_("Taken over"))
    rows_known = NumberColumn(verbose_name=_("Known already"))
    rows_wrong = NumberColumn(verbose_name=_("Left out"))
    accepted_at = DateColumn()

    class Meta:
        model = CareImport
        fields: ClassVar = (
            *("name", "status", "as_of", "rows_total", "rows_taken", "rows_known", "rows_wrong"),
            *("uploaded_at", "accepted_at"),
        )


class CareImportFilter(FilterSet):
    """By how far it is."""

    class Meta:
        model = CareImport
        fields = ("status",)


class FaultTable(Table):
    """In the order of the file."""

    rule = CodeColumn()

    class Meta:
        model = CareImportFault
        fields: ClassVar = ("sheet", "line", "column", "rule", "text")


class FaultFilter(FilterSet):
    """By sheet and rule."""

    rule = django_filters.ChoiceFilter(label=_("Rule"), choices=())

    class Meta:
        model = CareImportFault
        fields = ("sheet", "rule")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows: QuerySet[Any] = self.queryset
        rules = rows.order_by("rule").values_list("rule", flat=True).distinct()
        self.filters["rule"].extra["choices"] = [(rule, rule) for rule in rules]
