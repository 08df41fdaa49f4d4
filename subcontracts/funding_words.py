"""Funding lines in words: what a form pays, and what the contract says about it."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from hoofdaannemer.core.money import format_euro
from hoofdaannemer.core.templatetags.core_format import volume
from subcontracts.models import FundingLine
from subcontracts.rules.funding import EFFECTS_KEY
from subcontracts.rules.funding_parameters import INDEXED, PARAMETERS, Kind, Parameter
from subcontracts.rules.funding_roles import roles_of
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
    FundingLine.Form.LUMP_SUM: gettext_lazy(
        "A fixed amount a year, in twelfths, whatever is delivered."
    ),
    FundingLine.Form.CAPACITY: gettext_lazy(
        "Places at a price each; occupancy may be settled each month or after the year."
    ),
    FundingLine.Form.FUNCTION: gettext_lazy(
        "A price for each user who is expected in a year, in twelfths."
    ),
    FundingLine.Form.PROFILE: gettext_lazy(
        "One price a month for each client in care, by the profile of the line."
    ),
    FundingLine.Form.POPULATION: gettext_lazy(
        "An amount a year for each inhabitant or member of a target group, in twelfths."
    ),
    FundingLine.Form.ADVANCE_POOL: gettext_lazy(
        "An advance on the expected production; the rest of the pool is shared at the year end."
    ),
    FundingLine.Form.AVAILABILITY: gettext_lazy("A fixed amount a month for being available."),
    FundingLine.Form.SUBSIDY: gettext_lazy(
        "One amount in instalments, settled afterwards on the costs that were established."
    ),
    FundingLine.Form.ONE_OFF: gettext_lazy("One amount, paid once."),
    FundingLine.Form.BONUS: gettext_lazy("An amount for an outcome, paid when that is judged."),
    FundingLine.Form.MARGIN: gettext_lazy(
        "A percentage of all other amounts that the main contractor keeps for coordination."
    ),
    FundingLine.Form.SANCTION_DISCOUNT: gettext_lazy(
        "A percentage off all other amounts of the contract, for some months."
    ),
}
_PRICE_UNITS: dict[str, str | Promise] = {
    FundingLine.Form.FTE: gettext_lazy("FTE a year"),
    FundingLine.Form.TRAJECTORY: gettext_lazy("trajectory"),
    FundingLine.Form.LUMP_SUM: gettext_lazy("year"),
    FundingLine.Form.CAPACITY: gettext_lazy("place"),
    FundingLine.Form.FUNCTION: gettext_lazy("expected user a year"),
    FundingLine.Form.PROFILE: gettext_lazy("client a month"),
    FundingLine.Form.POPULATION: gettext_lazy("head a year"),
    FundingLine.Form.AVAILABILITY: gettext_lazy("month"),
}
#: Forms whose price is for a client, or for the place that a client takes.
_BY_CLIENT: Final = frozenset(
    {FundingLine.Form.TRAJECTORY, FundingLine.Form.PROFILE, FundingLine.Form.CAPACITY}
)
#: Forms that pay the same whoever is placed.
_WITHIN_A_SUM: Final = frozenset(
    {
        FundingLine.Form.FTE,
        FundingLine.Form.LUMP_SUM,
        FundingLine.Form.FUNCTION,
        FundingLine.Form.POPULATION,
        FundingLine.Form.SUBSIDY,
    }
)
_EFFECTS: dict[Effect, str | Promise] = {
    Effect.PLANNED: gettext_lazy("the whole price"),
    Effect.AGREED: gettext_lazy("the days, at least the start part"),
    Effect.PROVIDER: gettext_lazy("only the days"),
    Effect.PAUSE: gettext_lazy("nothing yet: the trajectory pauses"),
}


def effect_text(effect: str) -> str:
    """What an end of care does to the price of a trajectory."""
    return str(_EFFECTS[Effect(effect)])


def price_unit(form: str) -> str:
    """What the price of a line that is indexed is for."""
    return str(_PRICE_UNITS.get(form, ""))


def cost_text(line: FundingLine) -> str:
    """What the care of one more client costs under a line that is not price times quantity.

    Its price where the form pays by client or place; nothing more where a sum was agreed. What a
    pool or an outcome will come to, nobody knows yet: then the form by its name.
    """
    form = str(line.get_form_display())
    if line.form in _BY_CLIENT:
        price = Decimal(str(line.parameters[INDEXED[line.form]]))
        unit = price_unit(line.form)
        return _("%(amount)s per %(unit)s") % {"amount": format_euro(price), "unit": unit}
    if line.form in _WITHIN_A_SUM:
        return _("%(form)s, at no extra cost") % {"form": form}
    return form


def line_facts(line: FundingLine, family: str) -> list[tuple[str, str]]:
    """What the contract says about a line, in the order of its form."""
    stored = line.parameters
    facts = [
        (str(parameter.label), _text(parameter, stored[parameter.name]))
        for parameter in PARAMETERS.get(line.form, ())
        if parameter.name in stored
    ]
    facts += [
        (
            _("Role: %(role)s") % {"role": role.name},
            _("%(fte)s FTE at %(price)s a year")
            % {"fte": volume(role.fte), "price": format_euro(role.price)},
        )
        for role in roles_of(stored)
    ]
    for reason, effect in stored.get(EFFECTS_KEY, {}).items():
        ends = _("Ends with “%(reason)s”") % {"reason": stop_reason_text(family, reason)}
        facts.append((ends, effect_text(effect)))
    return facts


def _text(parameter: Parameter, value: str | bool) -> str:
    if parameter.kind is Kind.YES_NO:
        return _("yes") if value else _("no")
    if parameter.kind is Kind.TEXT:
        return str(value)
    if parameter.kind is Kind.CHOICE:
        return str(dict(parameter.choices)[str(value)])
    number = Decimal(value)
    if parameter.kind is Kind.EUROS:
        return format_euro(number)
    if parameter.kind is Kind.DAYS:
        days = int(number)
        return ngettext("%(count)s day", "%(count)s days", days) % {"count": days}
    return f"{volume(number)} %" if parameter.kind is Kind.PERCENT else volume(number)
