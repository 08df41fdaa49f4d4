"""Tables and filters of moves of care. Clients are named by number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import django_filters
import django_tables2
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.core.filters import FilterSet, ScopedModelChoiceFilter
from hoofdaannemer.core.tables import (
    BadgeColumn,
    CodeColumn,
    DateColumn,
    MomentColumn,
    NumberColumn,
    Table,
)
from subcontracts import words
from subcontracts.models import CareMove, CareMoveItem, Product, Subcontractor
from subcontracts.moving_words import ITEM_TONES, MOVE_TONES, outcome_text
from subcontracts.selectors.moving import Verdict


class MoveTable(Table):
    """Newest first."""

    subcontract = django_tables2.Column(
        accessor="subcontract__provider_organisation__name",
        verbose_name=_("From"),
        linkify=lambda record: reverse("care_move_detail", args=[record.pk]),
    )
    day = DateColumn()
    status = BadgeColumn(tones=MOVE_TONES)
    moved = NumberColumn(verbose_name=_("Moved"))
    remaining = NumberColumn(verbose_name=_("Remaining"))
    total = NumberColumn(verbose_name=_("Placements"))
    prepared_at = MomentColumn()

    class Meta:
        model = CareMove
        fields: ClassVar = (
            *("subcontract", "day", "reason", "status"),
            *("moved", "remaining", "total", "prepared_at"),
        )


class MoveFilter(FilterSet):
    """By how far it is and why."""

    class Meta:
        model = CareMove
        fields = ("status", "reason")


class ItemTable(Table):
    """By product: where each placement goes, and what becomes or became of it."""

    product = django_tables2.Column(accessor="placement__product")
    number = CodeColumn(
        accessor="placement__number",
        verbose_name=_("Placement"),
        linkify=lambda record: reverse("placement_detail", args=[record.placement_id]),
    )
    client = CodeColumn(accessor="placement__client", verbose_name=_("Client"))
    municipality = django_tables2.Column(
        accessor="placement__allocation__municipality", verbose_name=_("Municipality")
    )
    extent = django_tables2.Column(empty_values=(), verbose_name=_("How much"))
    destination = django_tables2.Column(
        accessor="destination__provider_organisation__name",
        verbose_name=_("Goes to"),
        default=_("stays for now"),
    )
    day = DateColumn()
    status = BadgeColumn(tones=ITEM_TONES)
    outcome = django_tables2.Column(empty_values=(), verbose_name=_("What becomes of it"))
    change = django_tables2.Column(
        empty_values=(), verbose_name=_("Change"), exclude_from_export=True
    )

    class Meta:
        model = CareMoveItem
        fields: ClassVar = (
            *("product", "number", "client", "destination", "status", "outcome", "change"),
            *("day", "extent", "municipality"),
        )

    def __init__(
        self, *args: Any, verdicts: Mapping[int, Verdict] | None = None, **kwargs: Any
    ) -> None:
        """`verdicts`: what would become of each placement of a draft now."""
        super().__init__(*args, **kwargs)
        self.verdicts = dict(verdicts or {})

    def render_extent(self, record: CareMoveItem) -> str:
        return words.extent_text(record.placement)

    def render_outcome(self, record: CareMoveItem) -> str:
        return outcome_text(record, self.verdicts.get(record.pk))

    def render_change(self, record: CareMoveItem) -> str:
        is_draft = record.move.status == CareMove.Status.DRAFT
        remains = record.status in CareMoveItem.REMAINING
        if not (is_draft or remains):
            return "–"
        label = _("Choose where") if is_draft else _("Settle")
        url = reverse("care_move_item", args=[record.pk])
        return format_html('<a class="ha-link" href="{}">{}</a>', url, label)


class ItemFilter(FilterSet):
    """By product, municipality, destination, and what became of it."""

    product = ScopedModelChoiceFilter(
        model=Product, field_name="placement__product", label=_("Product")
    )
    municipality = django_filters.ChoiceFilter(
        field_name="placement__allocation__municipality__code",
        label=_("Municipality"),
        choices=(),
    )
    destination = ScopedModelChoiceFilter(model=Subcontractor, label=_("Goes to"))

    class Meta:
        model = CareMoveItem
        fields = ("product", "municipality", "destination", "status")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows: QuerySet[Any] = self.queryset
        column = "placement__allocation__municipality"
        towns = rows.order_by(f"{column}__name").values_list(f"{column}__code", f"{column}__name")
        self.filters["municipality"].extra["choices"] = list(towns.distinct())
