"""Tables of indexation: rounds, their lines, figures and schemes."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

import django_tables2
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.core.tables import (
    BadgeColumn,
    CodeColumn,
    DateColumn,
    MomentColumn,
    NumberColumn,
    Table,
)
from subcontracts.index_words import number_text, percent_text, price_text
from subcontracts.models import IndexFigure, IndexRound, IndexRoundLine, IndexTerms

ROUND_TONES = {
    IndexRound.Status.DRAFT: "warning",
    IndexRound.Status.DECIDED: "positive",
    IndexRound.Status.UNDONE: "negative",
    IndexRound.Status.WITHDRAWN: "neutral",
}


class PriceColumn(NumberColumn):
    """A tariff, with more than cents where it has more."""

    def render(self, value: Decimal | int) -> str:
        return price_text(Decimal(value))


class PercentColumn(NumberColumn):
    """A percentage without needless zeros."""

    def render(self, value: Decimal | int) -> str:
        return percent_text(Decimal(value))


class FigureColumn(NumberColumn):
    """A figure with at least the two decimals in which it is published."""

    def render(self, value: Decimal | int) -> str:
        return f"{number_text(Decimal(value), at_least=2)}%"


class IndexRoundTable(Table):
    """Newest year first."""

    year = CodeColumn(linkify=lambda record: reverse("index_round_detail", args=[record.pk]))
    effective_date = DateColumn()
    status = BadgeColumn(tones=ROUND_TONES)
    prepared_at = MomentColumn()
    prepared = django_tables2.Column(accessor="prepared_by__name", verbose_name=_("Prepared by"))
    decided_at = MomentColumn()
    decided = django_tables2.Column(accessor="decided_by__name", verbose_name=_("Decided by"))

    class Meta:
        model = IndexRound
        fields: ClassVar = (
            *("year", "effective_date", "status", "prepared_at", "prepared"),
            *("decided_at", "decided"),
        )


class IndexLineTable(Table):
    """By contract and product."""

    subcontract = django_tables2.Column(
        linkify=lambda record: reverse("subcontract_detail", args=[record.subcontract_id]),
        accessor="subcontract__number",
        verbose_name=_("Subcontract"),
    )
    what = django_tables2.Column(empty_values=(), verbose_name=_("For what"))
    old_amount = PriceColumn(verbose_name=_("Old"))
    percent = PercentColumn(accessor="basis__percent", verbose_name=_("Percentage"))
    new_amount = PriceColumn(verbose_name=_("New"))
    difference = PriceColumn(empty_values=(), verbose_name=_("Difference"))
    left_out = django_tables2.Column(verbose_name=_("Left out because"))

    class Meta:
        model = IndexRoundLine
        fields: ClassVar = (
            *("subcontract", "what", "old_amount", "percent", "new_amount"),
            *("difference", "left_out"),
        )

    def render_left_out(self, record: IndexRoundLine) -> str:
        reason = str(record.get_left_out_display())
        return f"{reason}: {record.note}" if record.note else reason

    def value_left_out(self, record: IndexRoundLine) -> str:
        return self.render_left_out(record) if record.left_out else ""

    def render_subcontract(self, record: IndexRoundLine) -> str:
        return f"{record.subcontract.number} · {record.subcontract.provider_organisation}"

    def value_subcontract(self, record: IndexRoundLine) -> str:
        return self.render_subcontract(record)

    def render_new_amount(self, record: IndexRoundLine) -> str:
        found = self.value_new_amount(record)
        return "–" if found is None else price_text(found)

    def value_new_amount(self, record: IndexRoundLine) -> Decimal | None:
        """None also where it was taken out: it will not get it."""
        return None if record.left_out else record.new_amount

    def render_what(self, record: IndexRoundLine) -> str:
        return record.subject

    def value_what(self, record: IndexRoundLine) -> str:
        return self.render_what(record)

    def render_difference(self, record: IndexRoundLine) -> str:
        found = self.value_difference(record)
        return "–" if found is None else price_text(found)

    def value_difference(self, record: IndexRoundLine) -> Decimal | None:
        if record.new_amount is None or record.left_out:
            return None
        return record.new_amount - record.old_amount


class IndexFigureTable(Table):
    """Newest year first."""

    series = django_tables2.Column(verbose_name=_("Series"))
    provisional = FigureColumn()
    definitive = FigureColumn()
    recorded_at = MomentColumn()
    superseded_at = MomentColumn()

    class Meta:
        model = IndexFigure
        fields: ClassVar = (
            *("year", "series", "provisional", "definitive", "source", "recorded_at"),
            "superseded_at",
        )


class IndexTermsTable(Table):
    """By scheme and day."""

    scheme = django_tables2.Column(verbose_name=_("Scheme"))
    start_date = DateColumn(verbose_name=_("From"))
    mix = django_tables2.Column(empty_values=(), verbose_name=_("Mix"))
    decimals = django_tables2.Column(empty_values=(), verbose_name=_("Decimals"))
    change = django_tables2.Column(
        empty_values=(),
        verbose_name="",
        exclude_from_export=True,
        linkify=lambda record: reverse("index_scheme_terms", args=[record.scheme_id]),
    )

    class Meta:
        model = IndexTerms
        fields: ClassVar = (
            *("scheme", "start_date", "mix", "method", "first_year", "decimals", "change"),
        )

    def render_mix(self, record: Any) -> str:
        return ", ".join(f"{percent_text(one.weight)} {one.series}" for one in record.weights.all())

    def value_mix(self, record: Any) -> str:
        return self.render_mix(record)

    def render_decimals(self, record: IndexTerms) -> str:
        return _("percentage %(percent)s, tariff %(amount)s") % {
            "percent": record.percent_decimals,
            "amount": record.amount_decimals,
        }

    def value_decimals(self, record: IndexTerms) -> str:
        return str(self.render_decimals(record))

    def render_change(self) -> str:
        return str(_("Set new terms"))
