"""A subcontractor's month in one sum: entitlements, holds, releases and corrections.

    balance = entitlements + corrections - holds + releases + what was carried in
              + what recovery plans put aside - what they take
              + what was granted after disputes, and interest
    payable = the balance where it is above zero; below zero it is carried to the next statement

Every posting is rounded already; totals only add.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from types import MappingProxyType

from hoofdaannemer.core.money import ZERO, to_cents


class PostingKind(StrEnum):
    """What a posting does to the balance."""

    ENTITLEMENT = "entitlement"
    CORRECTION = "correction"  # of an earlier statement: a new, opposite entry
    HOLD = "hold"
    RELEASE = "release"
    DEFERRAL = "deferral"  # put aside for a recovery plan
    SET_OFF = "set_off"  # taken for one
    ADJUSTMENT = "adjustment"  # granted after a dispute, or interest


_EITHER_SIGN = frozenset({PostingKind.ENTITLEMENT, PostingKind.CORRECTION, PostingKind.ADJUSTMENT})


@dataclass(frozen=True, slots=True)
class Posting:
    """One amount in euros under a funding form.

    Entitlements, corrections and adjustments may be below zero; all else is above zero, and a
    release carries the `reference` of its hold. Raises ValueError otherwise, and for a part of a
    cent.
    """

    kind: PostingKind
    form: str
    reference: str
    amount: Decimal

    def __post_init__(self) -> None:
        to_cents(self.amount)
        if self.kind not in _EITHER_SIGN and self.amount <= 0:
            raise ValueError("a hold, a release and a part of a plan are above zero")


@dataclass(frozen=True, slots=True)
class Opening:
    """What the statement before leaves: a balance below zero, and holds by their reference."""

    carried: Decimal = ZERO
    holds: Mapping[str, Decimal] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.carried > 0:
            raise ValueError("a balance above zero was paid, not carried")


@dataclass(frozen=True, slots=True)
class Totals:
    """The sums of a statement in euros; `held` and `released` are above zero or zero."""

    entitled: Decimal
    corrected: Decimal
    held: Decimal
    released: Decimal
    carried_in: Decimal
    by_form: Mapping[str, Decimal]
    open_holds: Mapping[str, Decimal]
    deferred: Decimal = ZERO
    set_off: Decimal = ZERO
    adjusted: Decimal = ZERO

    @property
    def balance(self) -> Decimal:
        return (
            self.entitled
            + self.corrected
            - self.held
            + self.released
            + self.carried_in
            + self.deferred
            - self.set_off
            + self.adjusted
        )

    @property
    def payable(self) -> Decimal:
        return max(self.balance, ZERO)

    @property
    def carried_out(self) -> Decimal:
        """Below zero or zero: to be set off against the next statement."""
        return min(self.balance, ZERO)

    @property
    def still_held(self) -> Decimal:
        return sum(self.open_holds.values(), ZERO)

    def closing(self) -> Opening:
        """What the next statement opens with."""
        return Opening(self.carried_out, self.open_holds)


def totals(postings: Iterable[Posting], opening: Opening | None = None) -> Totals:
    """Add up a statement; the order of the postings does not matter.

    `by_form` holds entitlements and corrections per funding form and adds up to both. Raises
    ValueError where more is released of a hold than was held, or a hold's reference comes twice.
    """
    opening = opening or Opening()
    ordered = list(postings)
    by_kind: defaultdict[PostingKind, Decimal] = defaultdict(lambda: ZERO)
    by_form: defaultdict[str, Decimal] = defaultdict(lambda: ZERO)
    for posting in ordered:
        by_kind[posting.kind] += posting.amount
        if posting.kind in {PostingKind.ENTITLEMENT, PostingKind.CORRECTION}:
            by_form[posting.form] += posting.amount
    return Totals(
        entitled=by_kind[PostingKind.ENTITLEMENT],
        corrected=by_kind[PostingKind.CORRECTION],
        held=by_kind[PostingKind.HOLD],
        released=by_kind[PostingKind.RELEASE],
        carried_in=opening.carried,
        by_form=MappingProxyType(dict(sorted(by_form.items()))),
        open_holds=MappingProxyType(_open_holds(ordered, opening)),
        deferred=by_kind[PostingKind.DEFERRAL],
        set_off=by_kind[PostingKind.SET_OFF],
        adjusted=by_kind[PostingKind.ADJUSTMENT],
    )


def _open_holds(postings: Iterable[Posting], opening: Opening) -> dict[str, Decimal]:
    left = dict(opening.holds)
    ordered = list(postings)
    for posting in ordered:
        if posting.kind is PostingKind.HOLD:
            if posting.reference in left:
                raise ValueError("a line is held once")
            left[posting.reference] = posting.amount
    for posting in ordered:
        if posting.kind is PostingKind.RELEASE:
            left[posting.reference] = left.get(posting.reference, ZERO) - posting.amount
    if any(amount < 0 for amount in left.values()):
        raise ValueError("more is released than was held")
    return {reference: amount for reference, amount in sorted(left.items()) if amount}


@dataclass(frozen=True, slots=True)
class Difference:
    """A promise that does not hold, with both sums in euros."""

    what: str
    expected: Decimal
    found: Decimal


def reconcile(
    statements: Iterable[Totals], *, entitled: Decimal, paid: Decimal
) -> list[Difference]:
    """What does not fit in a chain of one subcontractor's statements, oldest first.

    To the cent: entitlements and corrections of the statements are the entitlements recorded,
    each statement opens with what the one before left, and what was entitled or granted beside it
    is either paid, held, carried, or paid back under a plan. `entitled` and `paid` are the sums
    recorded elsewhere.
    """
    chain = list(statements)
    stated = sum((one.entitled + one.corrected for one in chain), ZERO)
    payable = sum((one.payable for one in chain), ZERO)
    checks = [("entitled", entitled, stated), ("paid", payable, paid)]
    checks += [
        ("carried", before.carried_out, after.carried_in) for before, after in pairwise(chain)
    ]
    if chain:
        start = chain[0].carried_in + chain[0].still_held + chain[0].released - chain[0].held
        owed = sum((one.deferred - one.set_off for one in chain), ZERO)
        end = chain[-1].carried_out + chain[-1].still_held - owed
        adjusted = sum((one.adjusted for one in chain), ZERO)
        checks.append(("accounted for", stated + adjusted + start, payable + end))
    return [Difference(what, wanted, found) for what, wanted, found in checks if wanted != found]
