"""Whether what a contract says about a funding line fits its form, and how it is stored."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django.utils.translation import gettext as _

from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.periods import Period
from subcontracts.rules.funding_parameters import (
    ALLOCATED,
    BASIS,
    ENDS,
    EXACT,
    MINUTES,
    PARAMETERS,
    PLACES,
    RESULT_DAYS,
    RESULT_JUDGE,
    RESULT_SHARE,
    RESULT_TERMS,
    ROLES_SETTLED,
    VACANCY_COUNT,
    VACANCY_DAYS,
    VACANCY_SHARE,
    Kind,
    Parameter,
    Products,
    products_of,
)
from subcontracts.rules.funding_roles import ROLES_KEY, Role, as_stored, whole
from subcontracts.rules.funding_roles import checked as checked_roles
from subcontracts.rules.trajectory_ends import EFFECTS, Effect, Law

#: Where the early-stop table of a trajectory line stands in its parameters: reason to effect.
EFFECTS_KEY: Final = "effects"
#: What a form has beside its parameters.
_TABLES: Final[Mapping[str, set[str]]] = {"trajectory": {EFFECTS_KEY}, "fte": {ROLES_KEY}}


def check_fits(form: str, period: Period, products: int) -> None:
    """The rest of a line. Raises RuleError CON-36 to CON-38.

    CON-36: it pays for no product, and its form pays for care. CON-37: it names products, and its
    form lies beside the lines that pay them. CON-38: it has no last day to spread an amount over.
    """
    wanted = products_of(form)
    if wanted is Products.NEEDED and not products:
        raise RuleError("CON-36", _("Choose at least one product that this line pays."))
    if wanted is Products.NONE and products:
        raise RuleError(
            "CON-37", _("A line of this form pays for no products. Leave the products out.")
        )
    if form in ENDS and period.end is None:
        raise RuleError(
            "CON-38", _("This amount is spread over the time of the line. Fill in its last day.")
        )


def check_has_last_day(form: str, parameters: Mapping[str, object], period: Period) -> None:
    """Raises RuleError CON-38 for a bonus that waits for a verdict and has no last day."""
    if form == "bonus" and RESULT_DAYS in parameters and period.end is None:
        raise RuleError(
            "CON-38",
            _("The verdict comes so many days after the last day of the line. Fill that day in."),
        )


def checked(form: str, family: str, given: Mapping[str, object]) -> dict[str, object]:
    """The parameters as they are stored: numbers as text, yes or no as a boolean.

    Raises RuleError CON-16 for one that lacks, is no number or lies outside its bounds, CON-17 for
    one that the form does not have, CON-164 and CON-165 as `_result` and `_verdict` do, CON-185
    to CON-187 for roles.
    """
    _check_known(form, given)
    roles = checked_roles(given.get(ROLES_KEY))
    if roles:
        given = {**given, **whole(roles, given.get("fte"))}
    stored: dict[str, object] = {}
    for parameter in PARAMETERS[form]:
        value = _stored(parameter, given.get(parameter.name, parameter.usual))
        if value is not None:
            stored[parameter.name] = value
    if of_form := _OF_FORM.get(form):
        of_form(stored)
    if form == "fte":
        _of_people(stored, roles)
    if effects := _effects(family, given.get(EFFECTS_KEY)):
        stored[EFFECTS_KEY] = effects
    return stored


def _check_known(form: str, given: Mapping[str, object]) -> None:
    known = {parameter.name for parameter in PARAMETERS[form]} | _TABLES.get(form, set())
    if unknown := sorted(given.keys() - known):
        raise RuleError(
            "CON-17",
            _("This funding form has no %(name)s. Leave it out.") % {"name": ", ".join(unknown)},
        )


def _of_quantity(stored: dict[str, object]) -> None:
    """Leave out what is usual, and how minutes are paid where nothing is paid by what is declared.

    Of what was allocated no quarter is begun: rounded up each month it would come to more than the
    decision.
    """
    is_allocated = stored.get(BASIS) == ALLOCATED
    if not is_allocated:
        stored.pop(BASIS, None)
    if is_allocated or stored.get(MINUTES) == EXACT:
        stored.pop(MINUTES, None)


def _of_people(stored: dict[str, object], roles: Sequence[Role]) -> None:
    """Leave out what says nothing without roles or vacancies, and say what is usual with them."""
    if VACANCY_DAYS in stored:
        stored.setdefault(VACANCY_SHARE, "100.0000")
        stored.setdefault(VACANCY_COUNT, "on")
    else:
        stored.pop(VACANCY_SHARE, None)
        stored.pop(VACANCY_COUNT, None)
    if roles:
        stored[ROLES_KEY] = as_stored(roles)
        stored.setdefault(ROLES_SETTLED, "each")
    else:
        stored.pop(ROLES_SETTLED, None)


def _result(stored: dict[str, object]) -> None:
    """Leave out what says nothing without a part that depends on the result.

    Raises RuleError CON-164 where such a part lacks a measure, a judge or days, CON-165 where it is
    more than is left to pay at the end.
    """
    if RESULT_SHARE not in stored:
        for name in RESULT_TERMS:
            stored.pop(name, None)
        return
    if any(name not in stored for name in RESULT_TERMS):
        raise RuleError(
            "CON-164",
            _(
                "A part depends on the result. Fill in of what it is a part, when the result is"
                " met, who judges it and within how many days."
            ),
        )
    at_end = 100 - Decimal(str(stored["start_share"]))
    if stored["result_of"] == "price" and Decimal(str(stored[RESULT_SHARE])) > at_end:
        raise RuleError(
            "CON-165",
            _("No more can depend on the result than %(percent)s %%, which is paid at the end.")
            % {"percent": f"{at_end.normalize():f}"},
        )


def _verdict(stored: dict[str, object]) -> None:
    """Leave out who judges a bonus that waits for no verdict.

    Raises RuleError CON-164 where it waits for one and nobody is named to give it.
    """
    if RESULT_DAYS not in stored:
        stored.pop(RESULT_JUDGE, None)
    elif RESULT_JUDGE not in stored:
        raise RuleError("CON-164", _("The bonus waits for a verdict. Fill in who judges it."))


#: What a form says of results.
_OF_FORM: Final[Mapping[str, Callable[[dict[str, object]], None]]] = {
    "pxq": _of_quantity,
    "trajectory": _result,
    "bonus": _verdict,
}

#: How many units of the price of a place are in a year.
_PER_YEAR: Final = {"day": Decimal(365), "month": Decimal(12), "year": Decimal(1)}


def units_a_year(form: str, parameters: Mapping[str, Any]) -> Decimal | None:
    """How often the price of a form is paid in a whole year; None where that depends on care."""
    try:
        match form:
            case "lump_sum":
                return Decimal(1)
            case "availability":
                return Decimal(12)
            case "fte":
                return Decimal(str(parameters["fte"]))
            case "function":
                return Decimal(str(parameters["users"]))
            case "population":
                return Decimal(str(parameters["heads"]))
            case "capacity":
                return Decimal(str(parameters["places"])) * _PER_YEAR[str(parameters["per"])]
    except (KeyError, InvalidOperation):
        return None
    return None


def _stored(parameter: Parameter, value: object) -> str | bool | None:
    if parameter.kind is Kind.YES_NO:
        return bool(value)
    text = "" if value is None else str(value).strip()
    if not text:
        if parameter.is_required:
            raise _refusal(parameter, _("Fill in: %(label)s."))
        return None
    if parameter.kind is Kind.CHOICE:
        if text not in dict(parameter.choices):
            raise _refusal(parameter, _("%(label)s lies outside what is possible."))
        return text
    if parameter.kind is Kind.TEXT:
        if len(text) > parameter.longest:
            raise _refusal(parameter, _("%(label)s is too long."))
        return text
    return _number(parameter, text)


def _number(parameter: Parameter, text: str) -> str:
    try:
        number = Decimal(text)
    except InvalidOperation as error:
        raise _refusal(parameter, _("%(label)s must be a number.")) from error
    in_bounds = number.is_finite() and number >= parameter.least
    if not in_bounds or (parameter.most is not None and number > parameter.most):
        raise _refusal(parameter, _("%(label)s lies outside what is possible."))
    places = PLACES[parameter.kind]
    exponent = number.normalize().as_tuple().exponent
    if not isinstance(exponent, int) or -exponent > places:
        raise _refusal(parameter, _("%(label)s has too many decimals."))
    return f"{number:.{places}f}"


def _refusal(parameter: Parameter, text: str) -> RuleError:
    return RuleError("CON-16", text % {"label": parameter.label})


def _effects(family: str, given: object) -> dict[str, str]:
    """What differs from the general table."""
    if not given:
        return {}
    if not isinstance(given, Mapping):
        raise _no_effect()
    general = general_effects(family)
    found = {}
    for reason, effect in sorted(given.items()):
        if reason not in general or effect not in list(Effect):
            raise _no_effect()
        if Effect(effect) != general[reason]:
            found[str(reason)] = str(effect)
    return found


def _no_effect() -> RuleError:
    return RuleError(
        "CON-16", _("The table of early stops names a reason or an effect that does not exist.")
    )


def general_effects(family: str) -> dict[str, Effect]:
    """What each end reason of a law does where the contract says nothing, by its code."""
    law = Law(family.upper())
    return {code: effect for (of_law, code), effect in sorted(EFFECTS.items()) if of_law == law}
