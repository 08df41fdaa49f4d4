"""The list of build-ups, and the tables of one of them."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, ClassVar

import django_tables2
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from hoofdaannemer.core.filters import FilterSet, ScopedModelChoiceFilter
from hoofdaannemer.core.tables import (
    BadgeColumn,
    MomentColumn,
    NumberColumn,
    Table,
    whole_days,
)
from hoofdaannemer.core.templatetags.core_format import date_nl
from subcontracts import words
from subcontracts.buildup_words import difference_text, exact_text, hours_text, line_text
from subcontracts.buildup_words import value_text as value_of
from subcontracts.index_words import price_text
from subcontracts.models import BuildupParameter, Product, TariffBuildup
from subcontracts.rules.buildup import HOURS, Difference, Outcome, Step

BUILDUP_TONES = {
    TariffBuildup.Status.DRAFT: "warning",
    TariffBuildup.Status.SETTLED: "positive",
    TariffBuildup.Status.WITHDRAWN: "neutral",
}


class BuildupTable(Table):
    """By product, newest version first."""

    product = django_tables2.Column(
        linkify=lambda record: reverse("buildup_detail", args=[record.pk])
    )
    number = NumberColumn(verbose_name=gettext_lazy("Version"))
    amount = NumberColumn(verbose_name=gettext_lazy("Tariff"))
    unit = django_tables2.Column(verbose_name=gettext_lazy("Unit"))
    status = BadgeColumn(tones=BUILDUP_TONES, verbose_name=gettext_lazy("Status"))
    settled_at = MomentColumn(verbose_name=gettext_lazy("Settled on"))
    note = django_tables2.Column(verbose_name=gettext_lazy("Explanation"))

    class Meta:
        model = TariffBuildup
        fields: ClassVar = ("product", "number", "amount", "unit", "status", "settled_at", "note")

    def render_amount(self, value: Decimal) -> str:
        return price_text(value)

    def render_unit(self, value: str) -> str:
        return words.unit_text(value)

    value_unit = render_unit


class BuildupFilter(FilterSet):
    """By product and status."""

    product = ScopedModelChoiceFilter(model=Product, label=gettext_lazy("Product"))

    class Meta:
        model = TariffBuildup
        fields = ("product", "status")


def lines_table(
    row: TariffBuildup,
    parameters: Sequence[BuildupParameter],
    outcome: Outcome,
    *,
    may_change: bool,
) -> dict[str, Any]:
    """Every line with what it comes to; the foot is the tariff."""
    headers = [_("Line"), _("Element"), _("Value"), _("Amount"), _("So far"), _("Source")]
    if may_change:
        headers.append(_("Change"))
    rows = []
    for number, one in enumerate(parameters):
        step = outcome.steps[number] if number < len(outcome.steps) else None
        cells = [
            f"{one.position}. {one.name}",
            str(one.get_element_display()),
            _value(one, parameters),
            _amount(step),
            _so_far(one, step),
            _source(one),
        ]
        rows.append([*cells, _links(one)] if may_change else cells)
    foot = None
    if outcome.tariff is not None:
        total = words.unit_text(row.unit)
        text = _("Tariff per %(unit)s, rounded at %(decimals)s decimals") % {
            "unit": total,
            "decimals": row.decimals,
        }
        blank = [""] * (len(headers) - 5)
        foot = [text, "", "", "", price_text(outcome.tariff), *blank]
    return {
        "caption": _("How the tariff is built up"),
        "headers": headers,
        "rows": rows,
        "foot": foot,
        "empty": _("There are no lines yet. Begin with what a professional costs in a year."),
    }


def _value(one: BuildupParameter, parameters: Sequence[BuildupParameter]) -> str:
    text = f"{one.get_kind_display()}: {value_of(one.kind, one.value)}"
    base = next((row.position for row in parameters if row.pk == one.base_id), None)
    if base is None:
        return text
    return _("%(value)s of line %(line)s") % {"value": text, "line": base}


def _amount(step: Step | None) -> str:
    return "–" if step is None or step.amount is None else exact_text(step.amount)


def _so_far(one: BuildupParameter, step: Step | None) -> str:
    if step is None:
        return "–"
    if one.kind in HOURS and step.hours is not None:
        return _("%(hours)s hours") % {"hours": hours_text(step.hours)}
    if step.divides and step.hours is not None:
        return _("%(total)s, divided by %(hours)s hours first") % {
            "total": exact_text(step.total),
            "hours": hours_text(step.hours),
        }
    return exact_text(step.total)


def _source(one: BuildupParameter) -> str:
    if one.source_date is None:
        return one.source
    return whole_days(f"{one.source} ({date_nl(one.source_date)})")


def _links(one: BuildupParameter) -> SafeString:
    return format_html(
        '<a class="ha-link" href="{}">{}</a> · <a class="ha-link" href="{}">{}</a>',
        reverse("parameter_change", args=[one.pk]),
        _("Change"),
        reverse("parameter_remove", args=[one.pk]),
        _("Take out"),
    )


def comparison_table(
    before: TariffBuildup, after: TariffBuildup, found: Sequence[Difference]
) -> dict[str, Any]:
    """Two versions parameter by parameter, with the tariffs below."""
    changed = sum(one.is_changed for one in found)
    caption = ngettext(
        "Compared with version %(number)s of %(product)s: %(count)s line differs",
        "Compared with version %(number)s of %(product)s: %(count)s lines differ",
        changed,
    )
    rows = [
        (one.name, line_text(one.before), line_text(one.after), difference_text(one))
        for one in found
    ]
    return {
        "caption": caption % {"number": before.number, "product": before.product, "count": changed},
        "headers": [
            _("Parameter"),
            _("Version %(number)s") % {"number": before.number},
            _("Version %(number)s") % {"number": after.number},
            _("Difference"),
        ],
        "rows": rows,
        "foot": [_("Tariff"), _price(before), _price(after), change_text(before, after)],
    }


def _price(row: TariffBuildup) -> str:
    return "–" if row.amount is None else price_text(row.amount)


def change_text(before: TariffBuildup, after: TariffBuildup) -> str:
    """By how much the tariff differs; a dash where one of them has none."""
    if before.amount is None or after.amount is None:
        return "–"
    return price_text(after.amount - before.amount)
