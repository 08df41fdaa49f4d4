"""Own forms computed anew beside what was stated: each difference with its cause, to the cent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from billing.rules import explain
from billing.rules.explain import Explanation
from billing.rules.whatif.facts import Own, Party, Recorded, Stated
from hoofdaannemer.core.money import ZERO
from hoofdaannemer.core.periods import Month


@dataclass(frozen=True, slots=True)
class Difference:
    """A cause for which a statement is not what the own forms come to, and the euros of it.

    `is_of_forms` where what was recorded of the month itself is otherwise; else it lies in what a
    statement holds beside the month, or leaves out.
    """

    month: Month
    why: Explanation
    is_of_forms: bool


def computed(own: Iterable[Own]) -> Mapping[tuple[Month, int], Decimal]:
    """By month and line, what the own forms come to."""
    found: defaultdict[tuple[Month, int], Decimal] = defaultdict(lambda: ZERO)
    for one in own:
        found[one.month, one.line] += one.why.amount
    return found


def differences(months: Sequence[Month], party: Party, own: Sequence[Own]) -> list[Difference]:
    """What lies between own forms computed anew and the statements of the same months.

    For every month: the sum of its own forms and of its differences is what the statement paid,
    nothing where there is none.
    """
    anew = computed(own)
    stated = {one.month: one for one in party.stated}
    return [
        Difference(month, why, is_of_forms)
        for month in months
        for is_of_forms, why in _of_month(month, party, anew, stated.get(month))
    ]


def _of_month(
    month: Month,
    party: Party,
    anew: Mapping[tuple[Month, int], Decimal],
    stated: Stated | None,
) -> Iterator[tuple[bool, Explanation]]:
    yield from ((True, why) for why in _of_lines(month, party, anew))
    about = [one for one in party.recorded if one.month == month]
    later = [one for one in about if one.stated not in (None, month)]
    yield from _some("later", -_sum(later))
    yield from _some("unstated", -_sum(one for one in about if one.stated is None))
    if stated:
        others = (one for one in party.recorded if one.stated == month and one.month != month)
        yield from _some("other_months", _sum(others))
        yield from _some("held", -stated.held)
        yield from _some("released", stated.released)
        yield from _some("carried_in", stated.carried_in)
        yield from _some("carried_out", -stated.carried_out)


def _of_lines(
    month: Month, party: Party, anew: Mapping[tuple[Month, int], Decimal]
) -> Iterator[Explanation]:
    names = {line.pk: line.name for line in party.lines}
    for line, name in names.items():
        recorded, now = party.recorded_of(month, [line]), anew.get((month, line), ZERO)
        if recorded != now:
            cause = "changed" if recorded and now else "missing" if now else "fallen"
            inputs = (
                explain.text("line", name),
                explain.euro("recorded", recorded),
                explain.euro("computed", now),
            )
            yield Explanation(f"whatif.cause.{cause}", inputs, recorded - now)


def _some(cause: str, amount: Decimal) -> Iterator[tuple[bool, Explanation]]:
    if amount:
        yield False, Explanation(f"whatif.cause.{cause}", (), amount)


def _sum(rows: Iterable[Recorded]) -> Decimal:
    return sum((one.amount for one in rows), ZERO)
