"""Rounds of indexation: prepare, look at what they do, decide, undo, and their letters."""

from __future__ import annotations

from typing import Any, Final

import django_filters
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hoofdaannemer.accounts.models import User
from hoofdaannemer.core.filters import FilterSet, ScopedModelChoiceFilter
from hoofdaannemer.core.money import ZERO, format_euro
from hoofdaannemer.core.pages import (
    Action,
    DetailPage,
    ListPage,
    allowed,
)
from hoofdaannemer.core.templatetags.core_format import date_long, moment_nl
from subcontracts import index_policies as policies
from subcontracts.index_tables import ROUND_TONES, IndexLineTable, IndexRoundTable
from subcontracts.index_words import amounts_text, correction_text, mixed_text, percent_text
from subcontracts.models import (
    IndexPercent,
    IndexRound,
    IndexRoundLine,
    Subcontract,
)
from subcontracts.models.indexing import READERS
from subcontracts.rules import indexing
from subcontracts.selectors import index_totals
from subcontracts.views.indexing import tabs

#: What a person took out of a draft, and can put back.
_TAKEN_OUT: Final = IndexRoundLine.Reason.TAKEN_OUT


class RoundFilter(FilterSet):
    """By year and status."""

    class Meta:
        model = IndexRound
        fields = ("year", "status")


class RoundList(ListPage):
    """Newest year first."""

    model = IndexRound
    table_class = IndexRoundTable
    filterset_class = RoundFilter
    related = ("prepared_by", "decided_by")
    roles = READERS
    title = gettext_lazy("Indexation")
    lead = gettext_lazy("New tariffs for all subcontracts at once, decided by a second person.")
    empty_title = gettext_lazy("No rounds yet")
    empty_text = gettext_lazy(
        "Record the figures, add a scheme, let contracts follow it, and prepare a round."
    )
    export_name = "indexrondes"
    template_name = "subcontracts/index_list.html"

    def primary(self) -> Action | None:
        scope = self.request.scope
        if not allowed(policies.check_can_prepare, scope, scope.main_contractor_id):
            return None
        return Action(_("Prepare a round"), reverse("index_round_new"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """With the tabs."""
        return super().get_context_data(tabs=tabs("index_round_list"), **kwargs)


class RoundDetail(DetailPage):
    """What a round does: percentages with their calculation, and each contract."""

    model = IndexRound
    related = ("prepared_by", "decided_by", "undone_by")
    roles = READERS
    template_name = "subcontracts/index_round.html"

    def breadcrumbs(self) -> list[tuple[str, str]]:
        return [(_("Indexation"), reverse("index_round_list"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Facts, the calculation, and what it comes to."""
        scope, row = self.request.scope, self.object
        totals = index_totals.by_contract(scope, row)
        lines = row.lines.visible_to(scope)
        takes_part = lines.taking_part().exists()
        may_change = allowed(policies.check_can_change, scope, row)
        percents = row.percents.visible_to(scope).select_related("terms__scheme")
        return super().get_context_data(
            badge=_("in force") if row.is_in_force_on(scope.today) else row.get_status_display(),
            tone=ROUND_TONES[row.status],
            tabs=_tabs(row, "index_round_detail"),
            facts=_facts(row, totals),
            calculations=[_calculation(one, row.year) for one in percents],
            totals=_totals_table(row, totals),
            may_change=may_change,
            may_decide=takes_part and allowed(policies.check_can_decide, scope, row),
            may_take_out=takes_part and may_change,
            may_put_back=may_change and lines.filter(left_out=_TAKEN_OUT).exists(),
            waits_for_another=may_change and row.prepared_by_id == scope.user_id,
            may_undo=allowed(policies.check_can_undo, scope, row),
            has_letters=row.letters.visible_to(scope).exists(),
            **kwargs,
        )


def _tabs(row: IndexRound, active: str) -> list[dict[str, Any]]:
    return [
        {"label": label, "url": reverse(name, args=[row.pk]), "active": name == active}
        for label, name in (
            (_("Contracts"), "index_round_detail"),
            (_("Tariffs and amounts"), "index_round_lines"),
        )
    ]


def _facts(row: IndexRound, totals: list[index_totals.ContractTotal]) -> list[tuple[str, str]]:
    taking = [one for one in totals if one.taking_part]
    yearly = [one.yearly for one in totals if one.yearly]
    facts = [
        (_("Takes effect on"), date_long(row.effective_date)),
        (_("Prepared by"), f"{_name(row.prepared_by)} · {moment_nl(row.prepared_at)}"),
    ]
    facts.append((_("Ceilings take part"), _("yes") if row.has_ceilings else _("no")))
    if row.decided_at:
        facts.append((_("Decided by"), f"{_name(row.decided_by)} · {moment_nl(row.decided_at)}"))
    if row.undone_at:
        facts.append((_("Undone by"), f"{_name(row.undone_by)} · {moment_nl(row.undone_at)}"))
        facts.append((_("Reason"), row.undone_reason))
    count = sum(one.taking_part for one in totals)
    facts.append((_("Gets a new amount"), amounts_text(count, len(taking))))
    facts.append((_("Left out"), str(sum(one.left_out for one in totals))))
    if yearly:
        old, new = sum((one.old for one in yearly), ZERO), sum((one.new for one in yearly), ZERO)
        facts.append(
            (
                _("A year, as far as known"),
                _("%(old)s becomes %(new)s, %(more)s more")
                % {
                    "old": format_euro(old),
                    "new": format_euro(new),
                    "more": format_euro(new - old),
                },
            )
        )
    return facts


def _name(user: User | None) -> str:
    return user.name if user else "–"


def _calculation(row: IndexPercent, year: int) -> dict[str, Any]:
    """The way to one percentage, as the letter shows it."""
    figures = indexing.from_stored(row.figures)
    outcome = indexing.percentage(row.terms.as_rules, figures, corrects=row.corrects)
    now = mixed_text([(one.weight, one.provisional) for one in figures], outcome.mixed)
    title = row.terms.scheme.name
    return {
        "title": f"{title} · {percent_text(row.percent)}",
        "rows": [
            (_("Mix"), ", ".join(f"{percent_text(one.weight)} {one.series}" for one in figures)),
            (_("Index %(year)s, provisional") % {"year": year}, now),
            (_("Correction of last year"), correction_text(row.terms.method, outcome)),
            (_("Method"), row.terms.get_method_display()),
        ],
    }


def _totals_table(row: IndexRound, totals: list[index_totals.ContractTotal]) -> dict[str, Any]:
    url = reverse("index_round_lines", args=[row.pk])
    return {
        "caption": _("Contracts in this round"),
        "headers": [
            _("Contract"),
            _("New amounts"),
            _("Percentage"),
            _("Left out"),
            _("A year until then"),
            _("A year from then"),
            _("Difference"),
        ],
        "rows": [
            (
                format_html(
                    '<a class="ha-link" href="{}?subcontract={}">{}</a> · {}',
                    url,
                    one.subcontract_id,
                    one.number,
                    one.organisation,
                ),
                one.taking_part,
                percent_text(one.percent),
                one.left_out,
                *_in_a_year(one.yearly),
            )
            for one in totals
        ],
    }


def _in_a_year(yearly: index_totals.Yearly | None) -> tuple[str, str, str]:
    if yearly is None:
        return ("–", "–", "–")
    old, new = yearly.old, yearly.new
    return (format_euro(old), format_euro(new), format_euro(new - old))


class LineFilter(FilterSet):
    """By contract, and whether and why it is left out."""

    subcontract = ScopedModelChoiceFilter(model=Subcontract, label=gettext_lazy("Subcontract"))
    part = django_filters.ChoiceFilter(
        label=gettext_lazy("In the round"),
        method="by_part",
        choices=(
            ("new", gettext_lazy("gets a new amount")),
            ("out", gettext_lazy("left out")),
        ),
    )

    class Meta:
        model = IndexRoundLine
        fields = ("subcontract", "part", "left_out")

    def by_part(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(left_out="") if value == "new" else rows.exclude(left_out="")


class LineList(ListPage):
    """Every tariff and amount of a round."""

    model = IndexRoundLine
    table_class = IndexLineTable
    filterset_class = LineFilter
    related = ("subcontract__provider_organisation", "product", "origin", "basis")
    roles = READERS
    lead = gettext_lazy("Old, new, or why it stays as it is.")
    empty_title = gettext_lazy("Nothing in this round")
    empty_text = gettext_lazy("No contract has a tariff or amount.")
    export_name = "indexronde"
    template_name = "subcontracts/index_list.html"

    @cached_property
    def round(self) -> IndexRound:
        found: IndexRound = get_object_or_404(
            IndexRound.objects.visible_to(self.request.scope), pk=self.kwargs["pk"]
        )
        return found

    def get_title(self) -> str:
        return str(self.round)

    def narrowed(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.filter(round=self.round)

    def breadcrumbs(self) -> list[tuple[str, str]]:
        return [(_("Indexation"), reverse("index_round_list"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """With the tabs of the round."""
        return super().get_context_data(tabs=_tabs(self.round, "index_round_lines"), **kwargs)
