"""Funding lines in words: what a form pays, and what the contract says about it."""

from __future__ import annotations

from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from hoofdaannemer.core.money import format_euro
from hoofdaannemer.core.templatetags.core_format import volume
from subcontracts.models import FundingLine
from subcontracts.rules.funding import EFFECTS_KEY, PARAMETERS, Kind, Parameter
from subcontracts.rules.trajectory_ends import Effect
from subcontracts.words import stop_reason_text

EXPLANATIONS: dict[str, str | Promise] = {
    FundingLine.Form.PXQ: gettext_lazy(
        "Care is declared line by line, at a tariff for each product."
    ),
    FundingLine.Form.FTE: gettext_lazy(
        "A fixed sum each month for a number of people at work, with a report of who worked."
    ),
    FundingLine.Form.TRAJECTORY: gettext_lazy(
        "One price for a client's trajectory: a part at the start, the rest at the planned end."
    ),
}
_EFFECTS: dict[Effect, str | Promise] = {
    Effect.PLANNED: gettext_lazy("the whole price"),
    Effect.AGREED: gettext_lazy("the days, at least the start part"),
    Effect.PROVIDER: gettext_lazy("only the days"),
    Effect.PAUSE: gettext_lazy("nothing yet: the trajectory pauses"),
}


def effect_text(effect: str) -> str:
    """What an end of care does to the price of a trajectory."""
    return str(_EFFECTS[Effect(effect)])


def line_facts(line: FundingLine, family: str) -> list[tuple[str, str]]:
    """What the contract says about a line, in the order of its form."""
    stored = line.parameters
    facts = [
        (str(parameter.label), _text(parameter, stored[parameter.name]))
        for parameter in PARAMETERS.get(line.form, ())
        if parameter.name in stored
    ]
    for reason, effect in stored.get(EFFECTS_KEY, {}).items():
        ends = _("Ends with “%(reason)s”") % {"reason": stop_reason_text(family, reason)}
        facts.append((ends, effect_text(effect)))
    return facts


def _text(parameter: Parameter, value: str | bool) -> str:
    if parameter.kind is Kind.YES_NO:
        return _("yes") if value else _("no")
    number = Decimal(value)
    if parameter.kind is Kind.EUROS:
        return format_euro(number)
    if parameter.kind is Kind.DAYS:
        days = int(number)
        return ngettext("%(count)s day", "%(count)s days", days) % {"count": days}
    return f"{volume(number)} %" if parameter.kind is Kind.PERCENT else volume(number)
