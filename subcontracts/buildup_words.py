"""The build-up of a tariff in words: values with their unit, steps, and what is wrong."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hoofdaannemer.core.money import round_exact
from hoofdaannemer.core.templatetags.core_format import unbroken, volume
from subcontracts.index_words import number_text, percent_text, price_text
from subcontracts.rules.buildup import Difference, Fault, Kind, Line, Outcome

#: Of small amounts the parts of a cent matter to the eye, of large ones they do not.
_CENTS: Final = 2
_MOST: Final = 4
_LARGE: Final = 1000
_FAULTS: Final[dict[Fault, str | Promise]] = {
    Fault.EMPTY: gettext_lazy("There are no lines yet."),
    Fault.NO_HOURS: gettext_lazy(
        "The costs of a year must be divided by hours. Add the hours of a year below them."
    ),
    Fault.NO_COSTS: gettext_lazy("The hours of a year stand below its costs. Add those first."),
    Fault.HOURS_LATE: gettext_lazy(
        "The hours of a year stand together, before what is added per hour. Move this line up."
    ),
    Fault.YEARLY_LATE: gettext_lazy("Costs of a year stand above the hours. Move this line up."),
    Fault.NO_BASE: gettext_lazy(
        "A percentage is taken of a line above it that counts the same: a year, or an hour."
    ),
    Fault.NOTHING_LEFT: gettext_lazy("No hours or units are left at this line. Check its value."),
    Fault.NO_TARIFF: gettext_lazy("The lines come to nothing: a tariff is more than zero."),
}


def fault_text(outcome: Outcome) -> str:
    """Why there is no tariff; empty where there is one."""
    if outcome.fault is None:
        return ""
    text = str(_FAULTS[outcome.fault])
    if outcome.at is None:
        return text
    return _("Line %(number)s: %(text)s") % {"number": outcome.at + 1, "text": text}


def value_text(kind: str, value: Decimal) -> str:
    """The value of a line with what it is counted in."""
    if kind in (Kind.YEARLY, Kind.HOURLY):
        return unbroken(price_text(value))
    if kind in (Kind.HOURS, Kind.HOURS_OFF):
        return _("%(number)s hours") % {"number": volume(value)}
    if kind in (Kind.TIMES, Kind.DIVIDED):
        return number_text(value)
    return percent_text(value)


def exact_text(amount: Fraction) -> str:
    """An intermediate amount in euros, for the eye: the calculation goes on with all decimals."""
    shown = round_exact(amount, _CENTS if abs(amount) >= _LARGE else _MOST)
    return unbroken(price_text(shown))


def hours_text(hours: Fraction) -> str:
    """Hours on the way, for the eye."""
    return volume(round_exact(hours, _CENTS))


def difference_text(one: Difference) -> str:
    """What became of a parameter since the version before."""
    if one.before is None:
        return _("new")
    if one.after is None:
        return _("no longer there")
    return _("changed") if one.is_changed else _("the same")


def line_text(line: Line | None) -> str:
    """The value of a line in one version; a dash where it does not have it."""
    return "–" if line is None else value_text(line.kind, line.value)
