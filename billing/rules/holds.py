"""How much of an approved line is held back while somebody did not meet the requirements.

Judged at the date of service, for the worker and the line it concerns, never for a whole invoice.
A declaration names no worker, so the placement's named professionals, or the volume per
professional on the month page, say who worked (design, section 5).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from django.utils.translation import gettext as _

from billing.rules import explain
from billing.rules.explain import Explanation
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.money import round_cents
from hoofdaannemer.core.periods import Period


class Basis(StrEnum):
    """What the held amount was computed from."""

    VOLUME = "volume"
    DAYS = "days"
    ORGANISATION = "organisation"


@dataclass(frozen=True, slots=True)
class Named:
    """A professional of the placement: when named, and when meeting all that blocks payment."""

    worker: str
    period: Period
    eligible: tuple[Period, ...]

    def may_deliver(self, day: date) -> bool:
        return self.period.contains(day) and _covers(self.eligible, day)


@dataclass(frozen=True, slots=True)
class WorkerVolume:
    """Volume that one named professional delivered in the line's period, in the line's unit."""

    worker: str
    volume: Decimal


@dataclass(frozen=True, slots=True)
class HeldLine:
    """An approved debit line with what is known of who delivered it, and when.

    `amount` in euros and `volume` are the line's. `delivered` holds the periods of care within the
    line's own period. `organisation` tells when the organisation met its own requirements.
    """

    amount: Decimal
    volume: Decimal
    delivered: tuple[Period, ...]
    organisation: tuple[Period, ...]
    named: tuple[Named, ...] = ()
    volumes: tuple[WorkerVolume, ...] = ()

    def __post_init__(self) -> None:
        if self.amount < 0 or self.volume < 0 or any(one.volume < 0 for one in self.volumes):
            raise ValueError("a held line is a debit")
        if not self.delivered:
            raise ValueError("a line without a day of care cannot be judged")


@dataclass(frozen=True, slots=True)
class Hold:
    """The amount to hold back, between nothing and the whole line, and why."""

    basis: Basis
    explanation: Explanation

    @property
    def amount(self) -> Decimal:
        return self.explanation.amount


def hold(line: HeldLine) -> Hold | None:
    """What is held back of a line, rounded once; `None` where nothing is.

    Volume that is given for a worker is held for the part of the days of care on which that
    worker, or the organisation, did not meet the requirements. The rest of the line is held for
    the part of the days on which no named professional did. Where nobody is named, only the
    organisation is judged. Volume of somebody whom the placement does not name is held whole.

    Raises RuleError BIL-30 where the workers' volumes are more than the line.
    """
    days = sorted({day for period in line.delivered for day in period.each_day()})
    found = _by_volume(line, days) if line.volumes else _by_days(line, days)
    return found if found.amount else None


def workers_do_not_fit() -> RuleError:
    """Volumes per professional that are no parts of a line (BIL-30)."""
    return RuleError(
        "BIL-30",
        _(
            "The volumes per professional do not fit this line. Give volumes of professionals"
            " who are named for this client, together no more than the line's volume."
        ),
    )


def _by_days(line: HeldLine, days: Sequence[date]) -> Hold:
    held = _held_days(line, line.named, days)
    basis = Basis.DAYS if line.named else Basis.ORGANISATION
    inputs = (
        explain.number("days", held),
        explain.number("of_days", len(days)),
        explain.euro("line", line.amount),
    )
    amount = _part_of(line.amount, Fraction(held, len(days)))
    return Hold(basis, Explanation(f"hold.{basis.value}", inputs, amount))


def _by_volume(line: HeldLine, days: Sequence[date]) -> Hold:
    rest = line.volume - sum((one.volume for one in line.volumes), Decimal(0))
    if rest < 0:
        raise workers_do_not_fit()
    held = Fraction(rest) * Fraction(_held_days(line, line.named, days), len(days))
    for one in line.volumes:
        held += Fraction(one.volume) * _held_part(line, _named_as(line, one.worker), days)
    part = held / Fraction(line.volume) if line.volume else Fraction(0)
    inputs = (
        explain.number("held", _part_of_volume(held)),
        explain.number("volume", line.volume),
        explain.euro("line", line.amount),
    )
    amount = _part_of(line.amount, part)
    return Hold(Basis.VOLUME, Explanation("hold.volume", inputs, amount))


def _part_of(amount: Decimal, part: Fraction) -> Decimal:
    return round_cents(amount * part.numerator / part.denominator)


def _part_of_volume(held: Fraction) -> Decimal:
    return Decimal(held.numerator) / held.denominator


def _named_as(line: HeldLine, worker: str) -> tuple[Named, ...]:
    """The periods in which the placement names a worker."""
    return tuple(one for one in line.named if one.worker == worker)


def _held_part(line: HeldLine, named: Sequence[Named], days: Sequence[date]) -> Fraction:
    """Part of one worker's volume to hold, judged on the days of care for which he is named."""
    own = [day for day in days if any(one.period.contains(day) for one in named)]
    # Volume of somebody who was not named on any day of care was not delivered as agreed.
    return Fraction(_held_days(line, named, own), len(own)) if own else Fraction(1)


def _held_days(line: HeldLine, named: Sequence[Named], days: Sequence[date]) -> int:
    """Days of care on which the organisation, or all that are named, did not qualify."""
    return sum(
        not _covers(line.organisation, day)
        or (bool(named) and not any(one.may_deliver(day) for one in named))
        for day in days
    )


def _covers(periods: Sequence[Period], day: date) -> bool:
    return any(period.contains(day) for period in periods)
