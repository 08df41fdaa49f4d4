"""What each rule across messages means: its return code, and a sentence that says what to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from billing.rules.sentences import WORDS
from hoofdaannemer.core.money import format_euro, from_cents
from subcontracts.words import volume_text

EUROS: Final = "83"


@dataclass(frozen=True, slots=True)
class Meaning:
    """A rule's return code, and its sentence with the facts' names as placeholders."""

    code: str
    text: str | Promise


MEANINGS: Final[Mapping[str, Meaning]] = {
    "TR304": Meaning("8187", _("This client is not placed with you. Check the BSN.")),
    "TR307": Meaning(
        "9307", _("The care was placed with you from %(from)s. Declare no earlier days.")
    ),
    "TR308": Meaning(
        "9308", _("The placement ended on %(to)s. Declare no later days, or ask to extend it.")
    ),
    "TR314": Meaning(
        "8021", _("This reference number was used before. Give the line a new number.")
    ),
    "TR318": Meaning(
        "8214",
        _(
            "You already declared for a later month. Put late lines in the latest month, or a"
            " newer one."
        ),
    ),
    "TR319": Meaning(
        "9319",
        _("The care lies after the month of the declaration. Declare it in its own month."),
    ),
    "TR321": Meaning(
        "9321",
        _(
            "%(volume)s is more than the %(allowed)s that was allocated for this month. Correct"
            " the number, or ask for a change."
        ),
    ),
    "TR322": Meaning(
        "9322",
        _(
            "%(volume)s is more than the %(allowed)s that is left of the whole allocation. Correct"
            " the number, or ask for a change."
        ),
    ),
    "TR323": Meaning(
        "8017",
        _(
            "This credit does not match an approved line. Repeat the approved line exactly, with"
            " its reference number."
        ),
    ),
    "TR333": Meaning(
        "9333", _("This declaration number was used before. Send it under a new number.")
    ),
    "TR338": Meaning(
        "9338",
        _("There is no placement with this number for this client. Use the number you received."),
    ),
    "TR339": Meaning(
        "9339", _("The product category is not that of the placement. Use the one you received.")
    ),
    "TR340": Meaning(
        "9340", _("The product code is not that of the placement. Use the one you received.")
    ),
    "TR341": Meaning(
        "9341", _("The unit does not fit the allocation. Declare in %(fitting_unit)s.")
    ),
    "TR346": Meaning(
        "9346", _("The amount is not volume times tariff. With this volume it is %(fitting)s.")
    ),
    "TR369": Meaning(
        "9369",
        _("The amount is more than the %(left)s that is left of the budget. Ask for a change."),
    ),
    "TR381": Meaning(
        "S329", _("This product code does not exist in the contract. Use one that was agreed.")
    ),
    "TR384": Meaning(
        "9384", _("This placement was withdrawn. Nothing can be declared on it any more.")
    ),
    "TR387": Meaning(
        "9387",
        _("The period must begin on the first day of the month, or on %(from)s, the first day."),
    ),
    "TR388": Meaning(
        "9388",
        _("The period must end on the last day of the month, or on %(to)s, the last day."),
    ),
    "TR389": Meaning(
        "9389",
        _("This month was already declared. Credit the first line before you declare it again."),
    ),
    "TR390": Meaning("9390", _("This line was already credited. Take the credit out.")),
    "TR418": Meaning(
        "0611", _("The tariff is not the one that was agreed. Use %(price)s per %(price_unit)s.")
    ),
}
#: Where no price was agreed at all, TR418 cannot name one.
_NO_PRICE: Final = _(
    "No price was agreed for this product on that day. Ask the main contractor to add it."
)


def code_of(rule: str) -> str:
    """The return code of a rule."""
    return MEANINGS[rule].code


def sentence(rule: str, facts: Mapping[str, Any]) -> str:
    """What is wrong and what to do, with the rule's code, in the active language."""
    if rule == "TR418" and "price" not in facts:
        text = str(_NO_PRICE)
    else:
        text = str(MEANINGS[rule].text) % _shown(facts)
    return f"{text} ({rule})"


def too_much(allowed: int, unit: str) -> str:
    """What TR321 will say of a number above `allowed`, with `{volume}` where that number goes."""
    facts = {"volume": "{volume}", "allowed": volume_text(allowed, unit)}
    return f"{MEANINGS['TR321'].text % facts} (TR321)"


def _shown(facts: Mapping[str, Any]) -> dict[str, str]:
    unit = facts.get("unit", "")
    shown = {name: str(value) for name, value in facts.items()}
    for name in ("volume", "allowed"):
        if name in facts:
            shown[name] = volume_text(facts[name], unit)
    for name in ("fitting_unit", "price_unit"):
        shown[name] = str(WORDS.get(f"unit.{facts.get(name)}", gettext("the unit of the contract")))
    for name in ("from", "to"):
        shown[name] = _day(facts[name]) if name in facts else gettext("the day agreed")
    for name in ("fitting", "left"):
        shown[name] = format_euro(from_cents(int(facts[name]))) if name in facts else ""
    if "price" in facts:
        shown["price"] = format_euro(Decimal(facts["price"]))
    return shown


def _day(text: str) -> str:
    return date.fromisoformat(text).strftime("%d-%m-%Y")
