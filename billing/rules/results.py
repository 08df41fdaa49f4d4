"""What a part of a trajectory's price, or a bonus, comes to once its result was judged."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from billing.rules import explain
from billing.rules.explain import Entry, Explanation
from hoofdaannemer.core.money import round_cents


class Outcome(StrEnum):
    """What was found of a result."""

    MET = "met"
    PARTLY = "partly"
    NOT_MET = "not_met"
    UNJUDGED = "unjudged"  # it cannot be judged: what was delivered decides
    EXPIRED = "expired"  # nobody judged it in time: the same


@dataclass(frozen=True, slots=True)
class Verdict:
    """An outcome that counts from a day on; `share` is the part of one that was met."""

    day: date
    outcome: Outcome
    share: Decimal

    def __post_init__(self) -> None:
        if share_of(self.outcome, self.share) != self.share:
            raise ValueError("the part that was met does not fit the outcome")


@dataclass(frozen=True, slots=True)
class Stake:
    """What of the `number`th trajectory of a placement depends on its result, in euros.

    `ended` is the last day of care, `earned` what the care comes to without any such condition;
    `is_ended` is false while the client is in care again.
    """

    number: int
    ended: date
    amount: Decimal
    earned: Decimal
    is_ended: bool = True

    @property
    def reference(self) -> str:
        return f"{self.number}{SUFFIX}"


#: How the reference of a step ends that a result brought about.
SUFFIX = ":result"


def share_of(outcome: Outcome, share: Decimal | None = None) -> Decimal:
    """The part of one that an outcome pays; `share` where it was met partly.

    Raises ValueError for a part that is nothing or the whole.
    """
    if outcome is Outcome.NOT_MET:
        return Decimal(0)
    if outcome is not Outcome.PARTLY:
        return Decimal(1)
    if share is None or not 0 < share < 1:
        raise ValueError("what is met partly is more than nothing and less than the whole")
    return share


def result_entry(stake: Stake, verdict: Verdict) -> Entry:
    """The amount a verdict brings about, rounded once.

    What cannot be judged, or was not in time, settles on performance: all that the delivered care
    earns where nothing depends on a result.
    """
    amount = round_cents(stake.amount * verdict.share)
    inputs = [explain.euro("stake", stake.amount)]
    if verdict.outcome is Outcome.PARTLY:
        inputs.append(explain.share("share", verdict.share))
    if verdict.outcome in (Outcome.UNJUDGED, Outcome.EXPIRED):
        inputs.append(explain.euro("earned", stake.earned))
        inputs.append(explain.euro("paid", stake.earned - stake.amount))
    why = Explanation(f"trajectory.result_{verdict.outcome.value}", tuple(inputs), amount)
    return Entry(stake.reference, why)


#: Of a bonus there is no care that was delivered to fall back on: somebody says how much was met.
OF_BONUS: Final = frozenset({Outcome.MET, Outcome.PARTLY, Outcome.NOT_MET})


def bonus_entry(most: Decimal, verdict: Verdict) -> Entry:
    """What a verdict gives of a bonus of `most` euros, rounded once; nothing where it was not met.

    Raises ValueError for an outcome that a bonus cannot have.
    """
    if verdict.outcome not in OF_BONUS:
        raise ValueError("a bonus is met, partly met or not met")
    amount = round_cents(most * verdict.share)
    inputs = [explain.day("day", verdict.day), explain.euro("most", most)]
    if verdict.outcome is Outcome.PARTLY:
        inputs.append(explain.share("share", verdict.share))
    why = Explanation(f"bonus.result_{verdict.outcome.value}", tuple(inputs), amount)
    return Entry("result", why)
