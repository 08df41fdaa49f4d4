"""What is unusual about a payment: looked at by whoever releases a run, each with its figures.

Nothing here is wrong by itself; it is what fraud and mistakes have in common.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Final

from billing.rules import explain
from billing.rules.explain import Explanation
from hoofdaannemer.core.money import ZERO, round_exact

#: Calendar days after which a change of account is no news any more.
ACCOUNT_DAYS: Final = 90
#: Calendar days back of the payments with which an amount is compared.
USUAL_DAYS: Final = 184
#: An amount is far from what is usual from half as much more, or half of it, on.
MORE: Final = Fraction(3, 2)
LESS: Final = Fraction(1, 2)
#: Euros below which a difference is no jump, however large a part of the average it is.
LEAST: Final = Decimal(100)
#: Calendar days in which the same amount to the same party may be a second payment of one thing.
SAME_DAYS: Final = 60


class Sign(StrEnum):
    """What is unusual."""

    FIRST_PAYMENT = "first_payment"
    ACCOUNT_CHANGED = "account_changed"
    JUMP = "jump"
    NO_CONTRACT = "no_contract"
    NOT_POSITIVE = "not_positive"
    DUPLICATE = "duplicate"
    RELEASED_HOLDS = "released_holds"
    LATE = "late"


@dataclass(frozen=True, slots=True)
class Before:
    """An earlier payment to the same party that did not come back."""

    day: date
    amount: Decimal
    iban: str


@dataclass(frozen=True, slots=True)
class Payee:
    """One payment of a run, with what is known of its party.

    `before` is newest first. `contract_ended` is the last day of the newest contract where none
    runs any more; with `has_contract` false and no such day there never was one.
    """

    key: int
    number: str
    amount: Decimal
    iban: str
    iban_since: date | None
    #: The day of payment, and the last day on which it is in time.
    day: date
    last_day: date
    released: Decimal
    has_contract: bool
    contract_ended: date | None
    before: tuple[Before, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """A sign of one payment; `why` holds the figures."""

    key: int
    sign: Sign
    why: Explanation


def found(payees: Sequence[Payee]) -> list[Found]:
    """Everything unusual in a run, in the order of its payments."""
    same_account: dict[str, list[Payee]] = defaultdict(list)
    for one in payees:
        same_account[one.iban].append(one)
    return [Found(one.key, sign, why) for one in payees for sign, why in _signs(one, same_account)]


def _signs(
    one: Payee, same_account: Mapping[str, Sequence[Payee]]
) -> Iterator[tuple[Sign, Explanation]]:
    checks = (
        (Sign.FIRST_PAYMENT, _first(one)),
        (Sign.ACCOUNT_CHANGED, _account(one)),
        (Sign.JUMP, _jump(one)),
        (Sign.NO_CONTRACT, _contract(one)),
        (Sign.NOT_POSITIVE, _says("run.not_positive", one) if one.amount <= 0 else None),
        (Sign.DUPLICATE, _twice(one, same_account[one.iban])),
        (Sign.RELEASED_HOLDS, _released(one)),
        (Sign.LATE, _late(one)),
    )
    for sign, why in checks:
        if why:
            yield sign, why


def _says(rule: str, one: Payee, *inputs: explain.Input) -> Explanation:
    return Explanation(rule, inputs, one.amount)


def _first(one: Payee) -> Explanation | None:
    return None if one.before else _says("run.first_payment", one)


def _account(one: Payee) -> Explanation | None:
    """Of a party that was paid before: another account than then, or one that is young."""
    if not one.before:
        return None
    last = one.before[0]
    if last.iban != one.iban:
        return _says("run.other_account", one, explain.day("last", last.day))
    if one.iban_since and one.iban_since > one.day - timedelta(days=ACCOUNT_DAYS):
        return _says("run.young_account", one, explain.day("since", one.iban_since))
    return None


def _jump(one: Payee) -> Explanation | None:
    since = one.day - timedelta(days=USUAL_DAYS)
    recent = [before.amount for before in one.before if since <= before.day <= one.day]
    if not recent:
        return None
    usual = Fraction(sum(recent, ZERO)) / len(recent)
    is_far = not usual * LESS < Fraction(one.amount) < usual * MORE
    if not is_far or abs(Fraction(one.amount) - usual) < Fraction(LEAST):
        return None
    return _says(
        "run.jump",
        one,
        explain.euro("usual", round_exact(usual, 2)),
        explain.number("count", len(recent)),
        explain.share("share", round_exact(Fraction(one.amount) / usual, 2)),
    )


def _contract(one: Payee) -> Explanation | None:
    if one.has_contract:
        return None
    if one.contract_ended:
        return _says("run.contract_ended", one, explain.day("ended", one.contract_ended))
    return _says("run.no_contract", one)


def _twice(one: Payee, same_account: Sequence[Payee]) -> Explanation | None:
    """Into the same account in this run, or the same amount to the party not long ago."""
    others = [other.number for other in same_account if other.key != one.key]
    if others:
        return _says("run.same_account", one, explain.text("others", ", ".join(others)))
    since = one.day - timedelta(days=SAME_DAYS)
    for before in one.before:
        if before.amount == one.amount and before.day >= since:
            return _says("run.same_amount", one, explain.day("day", before.day))
    return None


def _released(one: Payee) -> Explanation | None:
    if one.released <= 0:
        return None
    return _says("run.released_holds", one, explain.euro("released", one.released))


def _late(one: Payee) -> Explanation | None:
    days = (one.day - one.last_day).days
    if days <= 0:
        return None
    last = explain.day("last_day", one.last_day)
    return _says("run.late", one, last, explain.number("days", days))
