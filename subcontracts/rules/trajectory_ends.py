"""What an end of care does to a trajectory's price, where the contract has no table of its own.

End reasons are keyed on law and code: 31 is "as planned" for youth and "moved away" under the
Wmo (code lists JZ588 and WMO588).
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Law(StrEnum):
    """The message family of a law."""

    WMO = "WMO"
    JW = "JW"


class Effect(StrEnum):
    """What a stop does to the price."""

    PLANNED = "planned"  # the whole price
    AGREED = "agreed"  # the part of the days, but the start part at least
    PROVIDER = "provider"  # the part of the days
    PAUSE = "pause"  # nothing yet: the clock stops until the next start


_SAME_IN_BOTH: Final = {
    "02": Effect.AGREED,
    "20": Effect.PAUSE,
    "36": Effect.AGREED,
    "37": Effect.AGREED,
    "38": Effect.AGREED,
    "39": Effect.AGREED,
}
_WMO: Final = {
    "19": Effect.PLANNED,
    "21": Effect.AGREED,
    "22": Effect.PROVIDER,
    "23": Effect.AGREED,
    "31": Effect.AGREED,
}
_JW: Final = {
    "31": Effect.PLANNED,
    "32": Effect.AGREED,
    "33": Effect.PROVIDER,
    "34": Effect.AGREED,
    "35": Effect.AGREED,
}
#: What a stop does where the contract has no table of its own.
EFFECTS: Final[Mapping[tuple[Law, str], Effect]] = MappingProxyType(
    {(law, code): effect for law in Law for code, effect in _SAME_IN_BOTH.items()}
    | {(Law.WMO, code): effect for code, effect in _WMO.items()}
    | {(Law.JW, code): effect for code, effect in _JW.items()}
)
