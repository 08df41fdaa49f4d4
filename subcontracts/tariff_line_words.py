"""Funding lines beside a tariff round, as tables that say what each figure rests on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hoofdaannemer.core.export import Column
from hoofdaannemer.core.money import ZERO, format_euro
from hoofdaannemer.core.templatetags.core_format import volume
from subcontracts.funding_words import price_unit
from subcontracts.index_words import price_text
from subcontracts.selectors.tariff_lines import LineEffect, Together


def lines_table(effects: Sequence[LineEffect]) -> dict[str, Any]:
    """By contract and line: the price, what would follow, and the basis of both."""
    return {
        "caption": _("Lines without a tariff that pay these products"),
        "headers": [
            _("Subcontract"),
            _("Price, and if it followed"),
            _("A year until then"),
            _("A year from then"),
            _("Rests on"),
        ],
        "rows": [_row(one) for one in effects],
    }


def with_lines(name: str, column: Column) -> Column:
    """A column of the changes of tariffs, by its name, in which such a line has a value too."""

    def value(row: Any) -> object:
        return _filed(row)[name] if isinstance(row, LineEffect) else column.value(row)

    return Column(column.header, value)


def _filed(one: LineEffect) -> dict[str, object]:
    """A line by the columns of the file; why it has no new tariff says what its price rests on."""
    line, follows = one.line, one.follows
    why = f"{_because(one)}. {capfirst(_counted(one))}." if follows else _not_to_compare()
    return {
        "contract": f"{line.subcontract.number} · {line.provider_organisation}",
        "product": f"{line.name} ({line.get_form_display()})",
        "old_amount": one.price,
        "new_amount": follows.new if follows else None,
        "difference": follows.new - one.price if follows else None,
        "yearly_old": follows.yearly_old if follows else None,
        "yearly_new": follows.yearly_new if follows else None,
        "left_out": _("no tariff; new is what the price would be if it followed: %(why)s")
        % {"why": why}
        if follows
        else _("no tariff: %(why)s") % {"why": why},
    }


def _not_to_compare() -> str:
    return _("no contract has a tariff of it in this unit to compare with")


def _row(one: LineEffect) -> tuple[Any, ...]:
    line, follows = one.line, one.follows
    contract = format_html(
        '<a class="ha-link" href="{}">{}</a>: {} ({})',
        reverse("subcontract_detail", args=[line.subcontract_id]),
        f"{line.subcontract.number} · {line.provider_organisation}",
        line.name,
        line.get_form_display(),
    )
    unit = price_unit(line.form)
    if follows is None:
        price = f"{format_euro(one.price)} / {unit}"
        return contract, price, "–", "–", _not_to_compare()
    price = f"{format_euro(one.price)} → {format_euro(follows.new)} / {unit} ({_percent(one)})"
    euros = [
        "–" if amount is None else format_euro(amount)
        for amount in (follows.yearly_old, follows.yearly_new)
    ]
    return (contract, price, *euros, f"{_because(one)}. {capfirst(_counted(one))}.")


def _percent(one: LineEffect) -> str:
    percent = one.follows.percent if one.follows else ZERO
    return f"{'+' if percent > 0 else ''}{volume(percent)}%"


def _because(one: LineEffect) -> str:
    """The tariffs that the price would follow."""
    parts = [
        (
            _("%(product)s from %(old)s to %(new)s, the tariff of this contract")
            if move.is_own
            else _("%(product)s from %(old)s to %(new)s, the middle one of all contracts")
        )
        % {"product": move.product, "old": price_text(move.old), "new": price_text(move.new)}
        for move in one.moves
    ]
    if one.others:
        parts.append(
            ngettext(
                "%(count)s product outside the round stays",
                "%(count)s products outside the round stay",
                one.others,
            )
            % {"count": one.others}
        )
    return "; ".join(parts)


def _counted(one: LineEffect) -> str:
    if one.times is not None:
        return _("agreed: %(times)s × the price") % {"times": volume(one.times)}
    if one.follows and one.follows.yearly_old is not None:
        return _("what was paid in the last twelve months")
    return _("nothing was paid in the last twelve months")


def together_table(found: Sequence[Together]) -> dict[str, Any]:
    """By subcontractor, with the sum."""
    old = sum((one.old for one in found), ZERO)
    new = sum((one.new for one in found), ZERO)
    lines = sum(one.lines for one in found)
    return {
        "caption": _("The same by subcontractor, as far as known"),
        "headers": [
            _("Subcontractor"),
            _("Funding lines"),
            _("A year until then"),
            _("A year from then"),
            _("Difference"),
        ],
        "rows": [
            (one.organisation, one.lines, *map(format_euro, (one.old, one.new, one.new - one.old)))
            for one in found
        ],
        "foot": [_("Together"), lines, *map(format_euro, (old, new, new - old))],
    }
