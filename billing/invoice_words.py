"""What findings about invoices say, to colleagues and in the letter to who sent it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from billing.rules.received import Rule
from hoofdaannemer.core.money import format_euro, round_cents
from hoofdaannemer.core.templatetags.core_format import date_nl, volume

SENTENCES: Final[Mapping[Rule, str | Promise]] = {
    Rule.UNKNOWN: _("No indication with this reference, client and period is known."),
    Rule.OUTSIDE: _("The care lies outside the indication, which runs from %(start)s%(until)s."),
    Rule.VOLUME: _("%(quantity)s is more than the %(left)s that is left of the indication."),
    Rule.PRICE: _("The price of %(price)s is above the %(most)s of the indication."),
    Rule.DOUBLE: _("Care of these days was invoiced before, on %(invoice)s."),
    Rule.SUM: _("Quantity times price is %(wanted)s, not %(amount)s."),
    Rule.VAT: _("There is %(vat)s of VAT on it, while this care is exempt (art. 11(1) Wet OB)."),
    Rule.ACCOUNT: _("The account ending in %(last)s is not the one that is known here."),
    Rule.TOTAL: _("The total of %(total)s is not that of the lines, %(wanted)s."),
    Rule.OLD: _(
        "The invoice came after %(day)s, the last day: care is invoiced within %(months)s months."
    ),
    Rule.EARLY: _("The last day, %(day)s, is still to come."),
    Rule.OTHER: _("Client or product are not those of the indication."),
    Rule.BUDGET: _("%(amount)s is more than the %(left)s that is left of the indication."),
    Rule.CREDIT: _(
        "%(amount)s takes back no accepted line of which anything is left: name its invoice and"
        " line."
    ),
    Rule.SAME_PERSON: _("Who entered the invoice recorded the indication too."),
    Rule.MONTHS: _("The care lies in more than one calendar month."),
    Rule.UNITS: _("%(quantity)s is no whole number of the unit of this product."),
    Rule.MORE: _("%(amount)s is more than the %(left)s that is left of the line."),
    Rule.MORE_UNITS: _("%(quantity)s is more than the %(left)s that is left of the line."),
    Rule.OTHER_DAYS: _(
        "The days are not those of the line it takes back, which runs from %(start)s%(until)s."
    ),
    Rule.ALSO_CONTRACT: _("The same care was declared under a contract, on line %(line)s."),
}
_EUROS: Final = frozenset({"price", "most", "wanted", "total", "vat"})
_LEFT_IN_EUROS: Final = frozenset({Rule.BUDGET, Rule.MORE})
_DAYS: Final = frozenset({"day", "start"})


def sentence(rule: str, facts: Mapping[str, str]) -> str:
    """What is wrong, in the active language."""
    shown = {name: _shown(Rule(rule), name, value) for name, value in facts.items()}
    if "end" in facts:
        until = _(" up to and including %(day)s")
        shown["until"] = str(until) % {"day": _day(facts["end"])} if facts["end"] else ""
    return str(SENTENCES[Rule(rule)]) % shown


def _shown(rule: Rule, name: str, value: str) -> str:
    if name in _EUROS or name == "amount" or (name == "left" and rule in _LEFT_IN_EUROS):
        return _euro(Decimal(value))
    if name in _DAYS and value:
        return _day(value)
    return volume(Decimal(value)) if name in {"quantity", "left"} else value


def _euro(amount: Decimal) -> str:
    """A price keeps its decimals beyond the cent."""
    if amount == round_cents(amount):
        return format_euro(amount)
    return f"€ {amount.normalize():f}".replace(".", ",")


def _day(text: str) -> str:
    return date_nl(date.fromisoformat(text))
