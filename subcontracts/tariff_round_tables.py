"""Tables of tariff rounds."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

import django_filters
import django_tables2
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from hoofdaannemer.core.filters import FilterSet, ScopedModelChoiceFilter
from hoofdaannemer.core.money import format_euro
from hoofdaannemer.core.scope import Scope
from hoofdaannemer.core.tables import BadgeColumn, DateColumn, EuroColumn, Table
from subcontracts.buildup_words import value_text
from subcontracts.index_tables import PriceColumn
from subcontracts.index_words import price_text
from subcontracts.models import (
    Subcontractor,
    TariffBuildup,
    TariffChange,
    TariffReaction,
    TariffRound,
    TariffRoundLine,
)
from subcontracts.rules.tariff_changes import Spread
from subcontracts.selectors.tariff_reactions import Stance, Subject, Summary
from subcontracts.selectors.tariff_rounds import Effect, total

ROUND_TONES = {
    TariffRound.Status.DRAFT: "neutral",
    TariffRound.Status.OPEN: "information",
    TariffRound.Status.SUBMITTED: "warning",
    TariffRound.Status.DECIDED: "positive",
    TariffRound.Status.WITHDRAWN: "neutral",
    TariffRound.Status.UNDONE: "negative",
}


class TariffRoundTable(Table):
    """Newest first."""

    title = django_tables2.Column(
        verbose_name=gettext_lazy("Title"),
        linkify=lambda record: reverse("tariff_round_detail", args=[record.pk]),
    )
    status = BadgeColumn(verbose_name=gettext_lazy("Status"), tones=ROUND_TONES)
    closes_on = DateColumn(verbose_name=gettext_lazy("Reactions until"))
    effective_date = DateColumn(verbose_name=gettext_lazy("Takes effect on"))

    class Meta:
        model = TariffRound
        fields: ClassVar = ("title", "status", "closes_on", "effective_date")


class TariffRoundFilter(FilterSet):
    """By status."""

    class Meta:
        model = TariffRound
        fields = ("status",)


class TariffChangeTable(Table):
    """By contract and product."""

    contract = django_tables2.Column(
        verbose_name=gettext_lazy("Subcontract"),
        accessor="subcontract__number",
        linkify=lambda record: reverse("subcontract_detail", args=[record.subcontract_id]),
    )
    product = django_tables2.Column(verbose_name=gettext_lazy("Product"), accessor="line__product")
    old_amount = PriceColumn(verbose_name=gettext_lazy("Old"))
    new_amount = PriceColumn(verbose_name=gettext_lazy("New"))
    difference = PriceColumn(empty_values=(), verbose_name=gettext_lazy("Difference"))
    yearly_old = EuroColumn(verbose_name=gettext_lazy("A year until then"))
    yearly_new = EuroColumn(verbose_name=gettext_lazy("A year from then"))
    left_out = django_tables2.Column(verbose_name=gettext_lazy("Left out because"))

    class Meta:
        model = TariffChange
        fields: ClassVar = (
            *("contract", "product", "old_amount", "new_amount", "difference"),
            *("yearly_old", "yearly_new", "left_out"),
        )

    def render_contract(self, record: TariffChange) -> str:
        return f"{record.subcontract.number} · {record.subcontract.provider_organisation}"

    def value_contract(self, record: TariffChange) -> str:
        return self.render_contract(record)

    def value_difference(self, record: TariffChange) -> Decimal | None:
        if record.new_amount is None:
            return None
        return record.new_amount - record.old_amount

    def render_difference(self, record: TariffChange) -> str:
        found = self.value_difference(record)
        return "–" if found is None else price_text(found)


class TariffChangeFilter(FilterSet):
    """By subcontractor, and whether it gets another tariff."""

    subcontractor = ScopedModelChoiceFilter(
        model=Subcontractor,
        field_name="subcontract__subcontractor",
        label=gettext_lazy("Subcontractor"),
    )
    takes_part = django_filters.BooleanFilter(
        label=gettext_lazy("Gets a new tariff"), method="by_part"
    )

    class Meta:
        model = TariffChange
        fields = ("subcontractor", "takes_part", "left_out")

    def by_part(self, rows: Any, name: str, value: bool) -> Any:
        """What takes part has no reason to be left out."""
        return rows.filter(left_out="") if value else rows.exclude(left_out="")


def price(buildup: TariffBuildup) -> str:
    """The tariff of a version; a dash where it has none."""
    return "–" if buildup.amount is None else price_text(buildup.amount)


def lines_of_round(
    lines: list[TariffRoundLine], found: dict[int, Summary], *, is_open: bool
) -> dict[str, Any]:
    """The products of a round with what was said of them, for the main contractor."""
    rows = []
    for one in lines:
        of = found[one.pk]
        rows.append(
            (
                format_html(
                    '<a class="ha-link" href="{}">{}</a>',
                    reverse("tariff_line_detail", args=[one.pk]),
                    one,
                ),
                price(one.proposed),
                price(one.final),
                *(_reacted(of) if is_open else ("–", "–", "–", "–")),
                spread_text(of.spread),
            )
        )
    return {
        "caption": _("Products in this round"),
        "headers": [
            *(_("Product"), _("Proposed"), _("Decision")),
            *(_("Reacted"), _("Agrees"), _("Another value"), _("Comment")),
            _("Median"),
        ],
        "rows": rows,
        "numbers": True,
    }


def _reacted(of: Summary) -> tuple[str, int, int, int]:
    count = _("%(reacted)s of %(asked)s") % {"reacted": len(of.reacted), "asked": len(of.asked)}
    stances = of.stances
    return count, stances[Stance.AGREE], stances[Stance.OTHER], stances[Stance.COMMENT]


def spread_text(found: Spread | None) -> str:
    """The middle of other tariffs, between the lowest and the highest."""
    if found is None:
        return "–"
    middle, lowest, highest = spread_cells(found, "hourly")
    return _("%(middle)s (%(lowest)s to %(highest)s)") % {
        "middle": middle,
        "lowest": lowest,
        "highest": highest,
    }


def spread_cells(found: Spread | None, kind: str) -> tuple[str, str, str]:
    """Median, lowest and highest of the other values, as values of a kind of line."""
    if found is None:
        return "–", "–", "–"
    return (
        value_text(kind, found.median),
        value_text(kind, found.lowest),
        value_text(kind, found.highest),
    )


def effect_table(effects: list[Effect]) -> dict[str, Any]:
    """What the round means for each subcontractor, with the totals below."""
    is_known = any(one.old is not None for one in effects)
    old, new = total(effects) if is_known else (None, None)
    return {
        "caption": _("Effect per subcontractor, on what was approved in twelve months"),
        "headers": [
            *(_("Subcontractor"), _("New tariffs"), _("Left out")),
            *(_("A year until then"), _("A year from then"), _("Difference")),
        ],
        "rows": [
            (one.organisation, one.taking_part, one.left_out, *_in_a_year(one.old, one.new))
            for one in effects
        ],
        "foot": [_("Together"), "", "", *_in_a_year(old, new)],
        "numbers": True,
        "empty": _("No running contract has a tariff for these products."),
    }


def _in_a_year(old: Decimal | None, new: Decimal | None) -> tuple[str, str, str]:
    if old is None or new is None:
        return "–", "–", "–"
    return format_euro(old), format_euro(new), format_euro(new - old)


def subjects_table(subjects: list[Subject], line: TariffRoundLine) -> dict[str, Any]:
    """What was said of the tariff and of each parameter, side by side."""
    rows = []
    for one in subjects:
        kind = one.parameter.kind if one.parameter else "hourly"
        proposed = value_text(kind, one.parameter.value) if one.parameter else price(line.proposed)
        rows.append(
            (
                one.parameter.name if one.parameter else _("The tariff as a whole"),
                proposed,
                *(one.count(stance) for stance in (Stance.AGREE, Stance.OTHER, Stance.COMMENT)),
                *spread_cells(one.spread, kind),
            )
        )
    return {
        "caption": _("Reactions side by side"),
        "headers": [
            *(
                pgettext("contract", "About"),
                _("Proposed"),
                _("Agrees"),
                _("Another value"),
                _("Comment"),
            ),
            *(_("Median"), _("Lowest"), _("Highest")),
        ],
        "rows": rows,
        "numbers": True,
    }


def reactions_table(scope: Scope, subjects: list[Subject], *, may_answer: bool) -> dict[str, Any]:
    """Every reaction with whose it is, and the answer to it."""
    headers = [
        _("Subcontractor"),
        pgettext("contract", "About"),
        _("Reaction"),
        _("Reason"),
        _("Answer"),
    ]
    rows = [
        [one.provider_organisation.name, *_said(one)]
        for subject in subjects
        for one in subject.said
    ]
    if may_answer:
        headers.append(_("Change"))
        for cells, one in zip(rows, [one for of in subjects for one in of.said], strict=True):
            url = reverse("tariff_reaction_answer", args=[one.pk])
            cells.append(format_html('<a class="ha-link" href="{}">{}</a>', url, _("Answer")))
    return {
        "caption": _("Reactions with their answers"),
        "headers": headers,
        "rows": rows,
        "empty": _("Nobody has reacted yet."),
    }


def own_table(said: list[TariffReaction]) -> dict[str, Any]:
    """What a subcontractor said itself, with the answers."""
    return {
        "caption": _("What you said"),
        "headers": [pgettext("contract", "About"), _("Reaction"), _("Reason"), _("Answer")],
        "rows": [_said(one) for one in said],
        "empty": _("You have not reacted."),
    }


def _said(one: TariffReaction) -> list[str]:
    kind = one.parameter.kind if one.parameter else "hourly"
    stance = str(one.get_stance_display())
    if one.value is not None:
        stance = f"{stance}: {value_text(kind, one.value)}"
    return [str(one), stance, one.reason or "–", one.answer or "–"]
