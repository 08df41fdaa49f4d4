"""A tariff round as a subcontractor sees it: what is proposed to it, or was published."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hoofdaannemer.core.pages import allowed
from hoofdaannemer.core.scope import Scope
from hoofdaannemer.core.templatetags.core_format import date_long
from subcontracts import tariff_round_policies as policies
from subcontracts.buildup_tables import lines_table
from subcontracts.index_words import price_text
from subcontracts.models import (
    BuildupParameter,
    TariffReaction,
    TariffRound,
    TariffRoundLine,
)
from subcontracts.models.buildups import as_lines
from subcontracts.rules.buildup import worked_out
from subcontracts.tariff_round_tables import own_table, price

Status = TariffRound.Status


def portal(scope: Scope, row: TariffRound) -> dict[str, Any]:
    """The products about which it was asked, each with its build-up and what it said of it."""
    is_published = row.status == Status.DECIDED
    lines = list(
        TariffRoundLine.objects.visible_to(scope)
        .filter(round=row)
        .select_related("product", "proposed", "final" if is_published else "proposed")
    )
    texts = [(_("Explanation"), row.text)] if row.text else []
    tables = []
    for one in lines:
        tables.append(_built_up(scope, one, is_published=is_published))
        tables.append(_own(scope, one))
    return {
        "facts": [
            (_("Takes effect on"), date_long(row.effective_date)),
            (_("Reactions until"), date_long(row.closes_on)),
        ],
        "alerts": _alerts(scope, row),
        "actions": _actions(scope, row, lines),
        "texts": texts,
        "tables": tables,
    }


def _built_up(scope: Scope, line: TariffRoundLine, *, is_published: bool) -> dict[str, Any]:
    buildup = line.final if is_published else line.proposed
    rows = list(BuildupParameter.objects.visible_to(scope).filter(buildup=buildup))
    found = lines_table(
        buildup, rows, worked_out(as_lines(rows), buildup.decimals), may_change=False
    )
    caption = _("Published: %(product)s") if is_published else _("Proposed: %(product)s")
    note = _told(line) if is_published else ""
    return found | {"caption": caption % {"product": line}, "note": note}


def _own(scope: Scope, line: TariffRoundLine) -> dict[str, Any]:
    rows = TariffReaction.objects.visible_to(scope).filter(line=line).select_related("parameter")
    found = own_table(list(rows))
    return found | {"caption": _("What you said of %(product)s") % {"product": line}}


def _told(line: TariffRoundLine) -> str:
    """The tariff, how many reacted in which way, and what was done with it."""
    said = line.summary
    found = [
        _("The tariff is %(price)s; %(proposed)s was proposed.")
        % {"price": price(line.final), "proposed": price(line.proposed)},
        ngettext(
            "%(reacted)s of %(asked)s subcontractor reacted:"
            " %(agree)s times agreed, %(other)s another value, %(comment)s a comment.",
            "%(reacted)s of %(asked)s subcontractors reacted:"
            " %(agree)s times agreed, %(other)s another value, %(comment)s a comment.",
            int(said["asked"]),
        )
        % said,
    ]
    if said["median"] is not None:
        found.append(
            _("The middle of the other tariffs that were named is %(median)s.")
            % {"median": price_text(Decimal(str(said["median"])))}
        )
    if line.explanation:
        found.append(line.explanation)
    return "\n\n".join(found)


def _alerts(scope: Scope, row: TariffRound) -> list[tuple[str, str, str]]:
    if row.takes_reactions_on(scope.today):
        title = _("You may react until %(day)s") % {"day": date_long(row.closes_on)}
        text = _(
            "Say per product whether you agree, name another value with its reason, or comment."
            " You may change it until then. Other subcontractors do not see it."
        )
        return [("information", title, text)]
    if row.status in (Status.OPEN, Status.SUBMITTED):
        text = _("The main contractor answers the reactions and decides. You read it here.")
        return [("information", _("Reactions are closed"), text)]
    if row.status == Status.DECIDED:
        title = _("These tariffs hold from %(day)s") % {"day": date_long(row.effective_date)}
        return [("positive", title, _("They stand on the page of your contract too."))]
    text = _("Your tariffs stay as they are.")
    return [("warning", _("This round was taken back"), text)]


def _actions(
    scope: Scope, row: TariffRound, lines: list[TariffRoundLine]
) -> list[tuple[str, str, str]]:
    if not allowed(policies.check_can_react, scope, row):
        return []
    return [
        (
            _("React on %(code)s") % {"code": one.product.code},
            reverse("tariff_line_react", args=[one.pk]),
            "primary" if number == 0 else "secondary",
        )
        for number, one in enumerate(lines)
    ]
