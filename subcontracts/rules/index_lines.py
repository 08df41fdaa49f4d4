"""Which tariffs and amounts a round of indexation takes, and why it leaves out the others."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from hoofdaannemer.core.periods import Period
from subcontracts.rules.indexing import indexed


class LeftOut(StrEnum):
    """Why an amount keeps what it is. Of several reasons the first in this order counts."""

    #: The contract, or the amount itself, ends before the day.
    ENDED = "ended"
    #: The contract is a draft or an offer.
    UNSIGNED = "unsigned"
    #: Indexed for this year before.
    INDEXED = "indexed"
    #: It begins on that very day: somebody set it by hand.
    SET_BY_HAND = "by_hand"
    #: It begins later: agreed for another day.
    LATER = "later"
    #: The contract stands on the freeze list.
    FROZEN = "frozen"
    #: The contract follows no scheme.
    NO_SCHEME = "no_scheme"
    #: The products of the funding line have periods of their own, so the line cannot be cut.
    UNEVEN = "uneven"
    #: The percentage does not change the amount.
    UNCHANGED = "unchanged"
    #: Somebody took the contract out of the round.
    TAKEN_OUT = "taken_out"


@dataclass(frozen=True, slots=True)
class Contract:
    """What is known of a subcontract on the day; `percent` where its scheme gives one."""

    period: Period
    is_signed: bool
    is_ended: bool = False
    is_frozen: bool = False
    percent: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Amount:
    """A tariff or price with its period. `what` is equal for those that follow each other."""

    key: Hashable
    contract: int
    what: tuple[str, int]
    amount: Decimal
    period: Period
    decimals: int
    is_indexed: bool = False
    is_uneven: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """What becomes of an amount: a new one, or the reason why not."""

    of: Amount
    new: Decimal | None
    left_out: LeftOut | None


def lines(
    contracts: Mapping[int, Contract], amounts: Iterable[Amount], effective: date
) -> list[Line]:
    """One line for every amount that holds on the day or after it, or was the last to end.

    What was followed by another amount before the day is history, and no line.
    """
    found = list(amounts)
    last: dict[tuple[int, tuple[str, int]], Amount] = {}
    for one in found:
        known = last.get((one.contract, one.what))
        if known is None or one.period.start > known.period.start:
            last[one.contract, one.what] = one
    return [
        _line(contracts[one.contract], one, effective)
        for one in found
        if last[one.contract, one.what] is one or not _is_over(one.period, effective)
    ]


def _line(contract: Contract, one: Amount, effective: date) -> Line:
    if reason := _obstacle(contract, one, effective):
        return Line(one, None, reason)
    if contract.percent is None:
        return Line(one, None, LeftOut.NO_SCHEME)
    new = indexed(one.amount, contract.percent, one.decimals)
    # An amount of nothing is no tariff: it is left as it was.
    if new == one.amount or new <= 0:
        return Line(one, None, LeftOut.UNCHANGED)
    return Line(one, new, None)


def _obstacle(contract: Contract, one: Amount, effective: date) -> LeftOut | None:
    over = _is_over(contract.period, effective) or _is_over(one.period, effective)
    checks = (
        (LeftOut.ENDED, contract.is_ended or over),
        (LeftOut.UNSIGNED, not contract.is_signed),
        (LeftOut.INDEXED, one.is_indexed),
        (LeftOut.SET_BY_HAND, one.period.start == effective),
        (LeftOut.LATER, one.period.start > effective),
        (LeftOut.FROZEN, contract.is_frozen),
        (LeftOut.NO_SCHEME, contract.percent is None),
        (LeftOut.UNEVEN, one.is_uneven),
    )
    return next((reason for reason, holds in checks if holds), None)


def _is_over(period: Period, day: date) -> bool:
    return period.end is not None and period.end < day
