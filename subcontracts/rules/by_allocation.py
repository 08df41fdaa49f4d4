"""Whether what was allocated can be paid by the volume, where a contract pays that."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _

from hoofdaannemer.core.errors import RuleError

_IN_ALL: Final = "6"
_EURO: Final = "83"
_TIME: Final = frozenset({"01", "04"})


@dataclass(frozen=True)
class Extent:
    """What is allocated: a volume of a unit a frequency, or a budget, until a day."""

    volume: int | None
    unit: str
    frequency: str
    budget: Decimal | None
    end_date: date | None


def check_payable(extent: Extent, price_unit: str) -> None:
    """Raises RuleError CON-230 to CON-232.

    CON-230: neither a volume nor a budget is allocated. CON-231: what is for the whole period has
    no last day to be spread to. CON-232: it is allocated in another unit than the tariff is for.
    """
    if extent.volume is None and extent.budget is None:
        raise RuleError(
            "CON-230",
            _(
                "The contract pays what was allocated, and this allocation says no volume. Ask for"
                " one, or place it under a line that pays what is declared."
            ),
        )
    if extent.end_date is None and (extent.volume is None or extent.frequency == _IN_ALL):
        raise RuleError(
            "CON-231",
            _(
                "The contract pays what was allocated by days, and this total has no last day. Ask"
                " for one, or place it under a line that pays what is declared."
            ),
        )
    fits = extent.unit in ("", _EURO, price_unit) or {extent.unit, price_unit} == _TIME
    if not fits:
        raise RuleError(
            "CON-232",
            _(
                "The contract pays what was allocated, and its tariff is for another unit than the"
                " allocation. Agree on a tariff for the unit of the allocation."
            ),
        )
