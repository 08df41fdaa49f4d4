"""Lists of declaration files, of what is wrong with their rows, and of column mappings."""

from __future__ import annotations

from typing import Any

import django_filters
import django_tables2
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django_tables2 import A

from billing.declaration_file_words import TONES
from billing.models import ColumnMapping, DeclarationFile, DeclarationFileFinding
from hoofdaannemer.core.filters import FilterSet
from hoofdaannemer.core.tables import (
    BadgeColumn,
    CodeColumn,
    EuroColumn,
    MomentColumn,
    NumberColumn,
    Table,
)

KIND_TONES = {
    DeclarationFileFinding.Kind.UNREADABLE: "warning",
    DeclarationFileFinding.Kind.REJECTED: "negative",
}


class DeclarationFileTable(Table):
    """Files with how far they are."""

    name = django_tables2.Column(linkify=True, verbose_name=_("File"))
    status = BadgeColumn(tones=TONES, verbose_name=_("Status"))
    good_count = NumberColumn(verbose_name=_("Lines"))
    rejected_count = NumberColumn(verbose_name=_("Would be rejected"))
    wrong_count = NumberColumn(verbose_name=_("Rows to mend"))
    submitted = EuroColumn(verbose_name=_("Declared"))
    uploaded_at = MomentColumn(verbose_name=_("Uploaded"), orderable=True)

    class Meta:
        model = DeclarationFile
        fields = ()


class DeclarationFileFilter(FilterSet):
    """What was not handed in, unless one asks for what was."""

    class Meta:
        model = DeclarationFile
        fields = ("status",)


class FindingTable(Table):
    """What is wrong with the rows of a file, in its order."""

    line = NumberColumn(verbose_name=_("Row"))
    kind = BadgeColumn(tones=KIND_TONES, verbose_name=_("What comes of it"))
    column = django_tables2.Column(verbose_name=_("Column"), default="")
    rule = CodeColumn(verbose_name=_("Rule"))
    text = django_tables2.Column(verbose_name=_("What is wrong, and what to do"))

    class Meta:
        model = DeclarationFileFinding
        fields = ()


class FindingFilter(FilterSet):
    """By what comes of the row, and by rule."""

    rule = django_filters.ChoiceFilter(label=_("Rule"), choices=())

    class Meta:
        model = DeclarationFileFinding
        fields = ("kind", "rule")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows: QuerySet[Any] = self.queryset
        rules = rows.order_by("rule").values_list("rule", flat=True).distinct()
        self.filters["rule"].extra["choices"] = [(rule, rule) for rule in rules]


class ColumnMappingTable(Table):
    """Mappings by the headings they are for."""

    heads = django_tables2.Column(
        linkify=("column_mapping_change", [A("pk")]), verbose_name=_("Columns of the file")
    )
    used_at = MomentColumn(verbose_name=_("Last used"), orderable=True)
    saved_at = MomentColumn(verbose_name=_("Saved"))

    class Meta:
        model = ColumnMapping
        fields = ()

    def render_heads(self, record: ColumnMapping) -> str:
        """The headings, in their order."""
        return str(record)

    def value_heads(self, record: ColumnMapping) -> str:
        """The same in an export."""
        return str(record)


class FteColumnsTable(ColumnMappingTable):
    """Those of FTE files, which have pages of their own."""

    heads = django_tables2.Column(
        linkify=("fte_columns_change", [A("pk")]), verbose_name=_("Columns of the file")
    )

    class Meta(ColumnMappingTable.Meta):
        pass
