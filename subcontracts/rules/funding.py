"""What each funding form asks of a contract: its parameters, with their bounds.

One list for the form on the page, the check before storing, the contract as a document, and the
choices that people read. `billing.forms` reads the stored values.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import Enum
from types import MappingProxyType
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hoofdaannemer.core.errors import RuleError
from subcontracts.rules.trajectory_ends import EFFECTS, Effect, Law

#: Where the early-stop table of a trajectory line stands in its parameters: reason to effect.
EFFECTS_KEY: Final = "effects"


class Kind(Enum):
    """How a parameter is typed in and stored; the value is the number of decimals, if any."""

    EUROS = 2
    FTE = 3
    PERCENT = 4
    DAYS = 0
    YES_NO = None


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """One thing that a contract says about a form; `least` and `most` are allowed themselves.

    `initial` is what a new form on the page begins with, `usual` what holds where a contract does
    not speak of it at all.
    """

    name: str
    kind: Kind
    label: str | Promise
    help: str | Promise = ""
    is_required: bool = True
    initial: str | bool | None = None
    usual: str | None = None
    least: Decimal = Decimal(0)
    most: Decimal | None = None


_HUNDRED: Final = Decimal(100)
_FTE: Final = (
    Parameter(
        name="fte",
        kind=Kind.FTE,
        label=gettext_lazy("Agreed FTE"),
        least=Decimal("0.001"),
        most=Decimal(10_000),
    ),
    Parameter(
        name="price",
        kind=Kind.EUROS,
        label=gettext_lazy("Price of one FTE a year"),
        help=gettext_lazy("A twelfth of FTE times price is paid each month."),
        least=Decimal("0.01"),
    ),
    Parameter(
        name="tolerance",
        kind=Kind.PERCENT,
        label=gettext_lazy("Tolerance"),
        help=gettext_lazy("How far the FTE of the year may stay behind without consequence."),
        initial="5",
        usual="0",
        most=_HUNDRED,
    ),
    Parameter(
        name="symmetric",
        kind=Kind.YES_NO,
        label=gettext_lazy("More FTE than agreed is paid as well"),
        is_required=False,
        initial=False,
    ),
    Parameter(
        name="most_over",
        kind=Kind.PERCENT,
        label=gettext_lazy("Paid up to how much more"),
        help=gettext_lazy("Only where more is paid; empty for no limit."),
        is_required=False,
        most=_HUNDRED,
    ),
)
_TRAJECTORY: Final = (
    Parameter(
        name="price",
        kind=Kind.EUROS,
        label=gettext_lazy("Price of a trajectory"),
        least=Decimal("0.01"),
    ),
    Parameter(
        name="start_share",
        kind=Kind.PERCENT,
        label=gettext_lazy("Part that is paid at the start"),
        help=gettext_lazy("The rest follows at the planned end."),
        initial="60",
        most=_HUNDRED,
    ),
    Parameter(
        name="nominal_days",
        kind=Kind.DAYS,
        label=gettext_lazy("Nominal length in days"),
        help=gettext_lazy("What a trajectory that stops early is counted against."),
        initial="180",
        least=Decimal(1),
        most=Decimal(3660),
    ),
    Parameter(
        name="restart_days",
        kind=Kind.DAYS,
        label=gettext_lazy("Restart window in days"),
        help=gettext_lazy("Who starts again within it goes on with the same trajectory."),
        initial="90",
        usual="90",
        most=Decimal(366),
    ),
)
#: By form (`FundingLine.Form`). What is declared has its prices in the tariffs.
PARAMETERS: Final[Mapping[str, tuple[Parameter, ...]]] = MappingProxyType(
    {"pxq": (), "fte": _FTE, "trajectory": _TRAJECTORY}
)


def checked(form: str, family: str, given: Mapping[str, object]) -> dict[str, object]:
    """The parameters as they are stored: numbers as text, yes or no as a boolean.

    Raises RuleError CON-16 for one that lacks, is no number or lies outside its bounds, CON-17 for
    one that the form does not have.
    """
    known = {parameter.name for parameter in PARAMETERS[form]}
    if form == "trajectory":
        known.add(EFFECTS_KEY)
    if unknown := sorted(given.keys() - known):
        raise RuleError(
            "CON-17",
            _("This funding form has no %(name)s. Leave it out.") % {"name": ", ".join(unknown)},
        )
    stored: dict[str, object] = {}
    for parameter in PARAMETERS[form]:
        value = _stored(parameter, given.get(parameter.name, parameter.usual))
        if value is not None:
            stored[parameter.name] = value
    if effects := _effects(family, given.get(EFFECTS_KEY)):
        stored[EFFECTS_KEY] = effects
    return stored


def _stored(parameter: Parameter, value: object) -> str | bool | None:
    if parameter.kind is Kind.YES_NO:
        return bool(value)
    if value is None or value == "":
        if parameter.is_required:
            raise _refusal(parameter, _("Fill in: %(label)s."))
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation as error:
        raise _refusal(parameter, _("%(label)s must be a number.")) from error
    in_bounds = number.is_finite() and number >= parameter.least
    if not in_bounds or (parameter.most is not None and number > parameter.most):
        raise _refusal(parameter, _("%(label)s lies outside what is possible."))
    places = parameter.kind.value
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
