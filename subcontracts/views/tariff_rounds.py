"""Tariff rounds: the list, one of them for either side, and what it does to each contract."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hoofdaannemer.accounts.models import User
from hoofdaannemer.core import export
from hoofdaannemer.core.money import format_euro
from hoofdaannemer.core.pages import Action, DetailPage, ListPage, allowed
from hoofdaannemer.core.scope import SUBCONTRACTOR, Scope
from hoofdaannemer.core.templatetags.core_format import date_long, moment_nl
from subcontracts import tariff_round_policies as policies
from subcontracts.buildup_policies import check_can_prepare
from subcontracts.models import TariffChange, TariffRound, TariffRoundLine
from subcontracts.models.buildups import READERS
from subcontracts.selectors import tariff_reactions, tariff_rounds
from subcontracts.selectors.tariff_lines import line_effects, together
from subcontracts.tariff_line_words import lines_table, together_table, with_lines
from subcontracts.tariff_round_tables import (
    ROUND_TONES,
    TariffChangeFilter,
    TariffChangeTable,
    TariffRoundFilter,
    TariffRoundTable,
    effect_table,
    lines_of_round,
)
from subcontracts.views.tariff_portal import portal

_STEPS = (
    (
        policies.check_can_decide,
        "tariff_round_decide",
        gettext_lazy("Decide about the tariffs"),
        "primary",
    ),
    (policies.check_can_open, "tariff_round_open", gettext_lazy("Open the round"), "primary"),
    (
        policies.check_is_closed,
        "tariff_round_submit",
        gettext_lazy("Lay before a colleague"),
        "primary",
    ),
    (
        policies.check_can_extend,
        "tariff_round_extend",
        gettext_lazy("Move the closing day"),
        "secondary",
    ),
    (
        policies.check_can_take_back,
        "tariff_round_take_back",
        gettext_lazy("Take back to adjust"),
        "secondary",
    ),
    (
        policies.check_can_withdraw,
        "tariff_round_withdraw",
        gettext_lazy("Withdraw the round"),
        "subtle",
    ),
    (policies.check_can_undo, "tariff_round_undo", gettext_lazy("Undo the decision"), "danger"),
)


class TariffRoundList(ListPage):
    """What was asked of subcontractors, and what came of it."""

    model = TariffRound
    table_class = TariffRoundTable
    filterset_class = TariffRoundFilter
    roles = READERS | SUBCONTRACTOR
    title = gettext_lazy("Tariff rounds")
    lead = gettext_lazy("Tariffs that are proposed with how they are built up, and decided after.")
    empty_title = gettext_lazy("No rounds yet")
    empty_text = gettext_lazy("Once tariffs are proposed, the round stands here.")
    export_name = "tariefrondes"

    def primary(self) -> Action | None:
        """Contract managers prepare rounds."""
        scope = self.request.scope
        if not allowed(check_can_prepare, scope, scope.main_contractor_id):
            return None
        return Action(_("Prepare a round"), reverse("tariff_round_new"))


class TariffRoundDetail(DetailPage):
    """One round: what was said and what it does; for a subcontractor the proposal."""

    model = TariffRound
    related = ("prepared_by", "submitted_by", "decided_by", "undone_by")
    roles = READERS | SUBCONTRACTOR
    template_name = "subcontracts/tariff_page.html"

    def breadcrumbs(self) -> list[tuple[str, str]]:
        return [(_("Tariff rounds"), reverse("tariff_round_list"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Either side's page."""
        scope, row = self.request.scope, self.object
        found = portal(scope, row) if scope.role in SUBCONTRACTOR else _ours(scope, row)
        return super().get_context_data(
            badge=row.get_status_display(), tone=ROUND_TONES[row.status], **found, **kwargs
        )


def _ours(scope: Scope, row: TariffRound) -> dict[str, Any]:
    lines = list(
        TariffRoundLine.objects.visible_to(scope)
        .filter(round=row)
        .select_related("product", "proposed", "final")
    )
    found = tariff_reactions.summaries(scope, row)
    effects = tariff_rounds.by_subcontractor(scope, row)
    silent = sorted({name for one in found.values() for name in one.silent})
    tables = [
        lines_of_round(lines, found, is_open=row.opened_at is not None),
        effect_table(effects),
    ]
    if row.opened_at is not None:
        tables.append(
            {
                "caption": _("Did not react"),
                "headers": [_("Subcontractor"), _("Product")],
                "rows": [
                    (name, ", ".join(str(one) for one in lines if name in found[one.pk].silent))
                    for name in silent
                ],
                "empty": _("Everybody who was asked has reacted."),
            }
        )
    return {
        "tabs": tabs(row, "tariff_round_detail"),
        "facts": _facts(row, effects),
        "texts": [(_("Explanation"), row.text)] if row.text else [],
        "alerts": _alerts(scope, row),
        "actions": _actions(scope, row),
        "tables": tables,
    }


def tabs(row: TariffRound, active: str) -> list[dict[str, Any]]:
    """The pages of one round."""
    return [
        {"label": label, "url": reverse(name, args=[row.pk]), "active": name == active}
        for label, name in (
            (_("Proposal and reactions"), "tariff_round_detail"),
            (_("Effect per contract"), "tariff_round_effects"),
        )
    ]


def _facts(row: TariffRound, effects: list[tariff_rounds.Effect]) -> list[tuple[str, str]]:
    facts = [
        (_("Takes effect on"), date_long(row.effective_date)),
        (_("Reactions until"), date_long(row.closes_on)),
        (_("Prepared by"), _who(row.prepared_by, row.prepared_at)),
    ]
    for label, user, at in (
        (_("Laid before a colleague by"), row.submitted_by, row.submitted_at),
        (_("Decided by"), row.decided_by, row.decided_at),
        (_("Undone by"), row.undone_by, row.undone_at),
    ):
        if at is not None:
            facts.append((label, _who(user, at)))
    if row.undone_reason:
        facts.append((_("Reason"), row.undone_reason))
    old, new = tariff_rounds.total(effects)
    if old:
        words = _("%(old)s becomes %(new)s, a difference of %(more)s") % {
            "old": format_euro(old),
            "new": format_euro(new),
            "more": format_euro(new - old),
        }
        facts.append((_("A year, as far as known"), words))
    return facts


def _who(user: User | None, at: datetime) -> str:
    return f"{user.name if user else '–'} · {moment_nl(at)}"


def _alerts(scope: Scope, row: TariffRound) -> list[tuple[str, str, str]]:
    if row.takes_reactions_on(scope.today):
        title = _("Subcontractors react until %(day)s") % {"day": date_long(row.closes_on)}
        text = _("They may change what they said until then. After that you answer them.")
        return [("information", title, text)]
    if row.status == TariffRound.Status.OPEN:
        title = _("Reactions are closed")
        text = _(
            "Open each product: answer the reactions, choose the version that is decided about and"
            " say what you did with them. Then lay the round before a colleague."
        )
        return [("information", title, text)]
    is_mine = row.submitted_by_id == scope.user_id
    if row.status == TariffRound.Status.SUBMITTED and is_mine:
        title = _("A colleague decides about this round")
        text = _(
            "You laid it before a colleague. Another contract manager decides, before its day."
        )
        return [("information", title, text)]
    return []


def _actions(scope: Scope, row: TariffRound) -> list[tuple[str, str, str]]:
    return [
        (str(label), reverse(name, args=[row.pk]), kind)
        for check, name, label, kind in _STEPS
        if allowed(check, scope, row)
    ]


class TariffRoundEffects(ListPage):
    """Every contract with its old tariff and the new one, or why it stays."""

    model = TariffChange
    table_class = TariffChangeTable
    filterset_class = TariffChangeFilter
    related = ("subcontract__provider_organisation", "line__product")
    roles = READERS
    lead = gettext_lazy(
        "Euros a year are what was approved in the twelve months before, and the same volume at the"
        " new tariff."
    )
    empty_title = gettext_lazy("Nothing in this round")
    empty_text = gettext_lazy("No running contract has a tariff for these products.")
    export_name = "tariefronde"
    template_name = "subcontracts/tariff_round_effects.html"

    @cached_property
    def round(self) -> TariffRound:
        found: TariffRound = get_object_or_404(
            TariffRound.objects.visible_to(self.request.scope), pk=self.kwargs["pk"]
        )
        return found

    def get_title(self) -> str:
        return str(self.round)

    def narrowed(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.filter(round=self.round)

    def breadcrumbs(self) -> list[tuple[str, str]]:
        return [(_("Tariff rounds"), reverse("tariff_round_list"))]

    def filed(self, table: Any) -> tuple[export.Rows, Sequence[export.Column]]:
        """With the lines that have no tariff below, as the page shows them."""
        rows, columns = super().filed(table)
        names = [one.name for one in table.columns if not one.column.exclude_from_export]
        lines = line_effects(self.request.scope, self.round)
        both = [with_lines(name, one) for name, one in zip(names, columns, strict=True)]
        return [*rows, *lines], both

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """With the tabs of the round, and the lines that have no tariff."""
        effects = line_effects(self.request.scope, self.round)
        return super().get_context_data(
            tabs=tabs(self.round, "tariff_round_effects"),
            lines=lines_table(effects) if effects else None,
            by_subcontractor=together_table(together(effects)) if effects else None,
            **kwargs,
        )
