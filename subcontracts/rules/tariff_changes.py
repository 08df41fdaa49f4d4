"""What a decision about tariffs does to each contract: a new amount, or why the old one stays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from itertools import groupby
from statistics import median

from hoofdaannemer.core.periods import Period


class LeftOut(StrEnum):
    """Why the tariff of a contract stays as it is."""

    NONE = "none"
    LATER = "later"
    SET_BY_HAND = "by_hand"
    OTHER_UNIT = "unit"
    NOT_ASKED = "not_asked"
    UNCHANGED = "unchanged"


@dataclass(frozen=True)
class Offer:
    """What was decided, or is proposed, for a product: euros a unit."""

    amount: Decimal
    unit: str


@dataclass(frozen=True)
class Held:
    """A tariff as a contract has it."""

    key: int
    contract: int
    product: int
    amount: Decimal
    unit: str
    period: Period
    #: Whether the subcontractor was asked what it thinks of the product's tariff.
    was_asked: bool = True


@dataclass(frozen=True)
class Change:
    """One contract and product: the tariff that it is about, and its new amount if it gets one."""

    of: Held
    new: Decimal | None = None
    left_out: LeftOut | None = None


def changes(held: Iterable[Held], day: date, offers: Mapping[int, Offer]) -> list[Change]:
    """One line for each contract and product, in the order of contracts.

    The tariff that holds on the day and began before it ends the day before; what comes after it
    in the contract stays.
    """

    def which(one: Held) -> tuple[int, int]:
        return one.contract, one.product

    rows = sorted(held, key=lambda one: (*which(one), one.period.start))
    return [_change(list(found), day, offers) for _which, found in groupby(rows, key=which)]


def _change(tariffs: Sequence[Held], day: date, offers: Mapping[int, Offer]) -> Change:
    one = next((row for row in tariffs if row.period.contains(day)), None)
    if one is None:
        is_later = any(row.period.start > day for row in tariffs)
        return Change(tariffs[-1], left_out=LeftOut.LATER if is_later else LeftOut.NONE)
    offer = offers[one.product]
    for reason, holds in (
        (LeftOut.SET_BY_HAND, one.period.start == day),
        (LeftOut.OTHER_UNIT, one.unit != offer.unit),
        (LeftOut.NOT_ASKED, not one.was_asked),
        (LeftOut.UNCHANGED, one.amount == offer.amount),
    ):
        if holds:
            return Change(one, left_out=reason)
    return Change(one, new=offer.amount)


#: Fewer other values than this and a median would tell whose it is.
FEWEST = 5


@dataclass(frozen=True)
class Spread:
    """What was said otherwise: how many values, the middle one, and the ends."""

    count: int
    median: Decimal
    lowest: Decimal
    highest: Decimal


def spread(values: Sequence[Decimal]) -> Spread | None:
    """Of the other values that were named; None where there are none."""
    if not values:
        return None
    return Spread(len(values), Decimal(median(values)), min(values), max(values))
