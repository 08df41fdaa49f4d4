"""Percentages, tariffs and the calculation of an index in words."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hoofdaannemer.core.money import format_euro, round_to
from subcontracts.rules.indexing import Method, Outcome

_CENTS = Decimal("0.01")


def number_text(number: Decimal, *, at_least: int = 0, at_most: int = 8) -> str:
    """A number in Dutch notation, without zeros at its end beyond `at_least` decimals."""
    whole, _point, decimals = f"{round_to(number, at_most):f}".partition(".")
    decimals = decimals.rstrip("0").ljust(at_least, "0")
    return f"{whole},{decimals}" if decimals else whole


def percent_text(percent: Decimal | None) -> str:
    """`4,957%`; a dash where there is none."""
    return "–" if percent is None else f"{number_text(percent)}%"


def price_text(amount: Decimal) -> str:
    """Euros with the cents that a tariff has, or with its four decimals where it has more."""
    if amount % _CENTS == 0:
        return format_euro(amount)
    whole, decimals = format_euro(Decimal(int(abs(amount))))[:-3], f"{abs(amount):.4f}"[-4:]
    sign = "-" if amount < 0 else ""
    return f"{whole.replace('€ ', f'€ {sign}', 1)},{decimals}"


def amounts_text(amounts: int, contracts: int) -> str:
    """How many amounts of how many contracts."""
    first = ngettext("%(count)s amount", "%(count)s amounts", amounts) % {"count": amounts}
    of = ngettext("of %(count)s contract", "of %(count)s contracts", contracts)
    return f"{first} {of % {'count': contracts}}"


def mixed_text(parts: Iterable[tuple[Decimal, Decimal]], mixed: Decimal) -> str:
    """`90% × 4,18 + 10% × 1,82 = 3,944%` of weights and figures."""
    terms = " + ".join(
        f"{number_text(weight)}% × {number_text(figure, at_least=2)}" for weight, figure in parts
    )
    return f"{terms} = {number_text(mixed)}%"


def correction_text(method: str, outcome: Outcome) -> str:
    """How last year's definitive index corrects the provisional one."""
    before, after = outcome.last_provisional, outcome.last_definitive
    if before is None or after is None:
        return _("none: this is the first year of the contract")
    if method == Method.DIFFERENCE:
        # A dash that the standard fonts of a PDF have, unlike the minus sign.
        return f"{number_text(after)} – {number_text(before)} = {number_text(outcome.correction)}%"
    up, down = 1 + after / 100, 1 + before / 100
    shown = number_text(outcome.correction, at_most=4)
    return f"({number_text(up)} ÷ {number_text(down)} – 1) × 100 = {shown}%"
