"""One subcontractor's outcome: what was, what own forms come to, what would be, month by month."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from billing.rules import explain
from billing.rules.explain import Explanation
from billing.rules.whatif.administration import Load, load_now, load_then
from billing.rules.whatif.alternatives import Replayed
from billing.rules.whatif.comparison import Difference, differences
from billing.rules.whatif.facts import Facts, Own, Party
from hoofdaannemer.core.money import ZERO, round_cents, round_to
from hoofdaannemer.core.periods import Month

#: Amounts of one line in a month that are explained one by one; more are added up.
MOST_EXPLAINED: Final = 3


@dataclass(frozen=True, slots=True)
class MonthOutcome:
    """Euros of one month.

    `stated` is what its statement paid, empty where there is none; `actual` what was recorded about
    it, `own` the same computed anew, `outcome` what it would be. `parts` add up to the outcome;
    `how` explains the alternative as if all were converted, `own_how` the own forms by line.
    """

    month: Month
    stated: Decimal | None
    actual: Decimal
    own: Decimal
    outcome: Decimal
    parts: tuple[Explanation, ...]
    how: tuple[Explanation, ...]
    own_how: tuple[tuple[str, Explanation], ...]


@dataclass(frozen=True, slots=True)
class PartyOutcome:
    """All months of a subcontractor together."""

    party: Party
    months: tuple[MonthOutcome, ...]
    differences: tuple[Difference, ...]
    neutral: Decimal | None
    now: Load
    then: Load

    @property
    def actual(self) -> Decimal:
        """Euros that were recorded."""
        return sum((one.actual for one in self.months), ZERO)

    @property
    def own(self) -> Decimal:
        """Euros of the own forms, computed anew."""
        return sum((one.own for one in self.months), ZERO)

    @property
    def outcome(self) -> Decimal:
        """Euros as it would be."""
        return sum((one.outcome for one in self.months), ZERO)

    @property
    def difference(self) -> Decimal:
        """Above zero for who wins."""
        return self.outcome - self.actual


def percentage(difference: Decimal, actual: Decimal) -> Decimal | None:
    """A difference in percent of what was paid, two decimals; None where nothing was."""
    return round_to(difference * 100 / actual, 2) if actual else None


def outcome_of(facts: Facts, party: Party, replayed: Replayed, own: Sequence[Own]) -> PartyOutcome:
    """Put together what was computed; `own` comes from the funding forms."""
    by_month: defaultdict[Month, list[Own]] = defaultdict(list)
    for one in own:
        by_month[one.month].append(one)
    return PartyOutcome(
        party=party,
        months=tuple(_month(month, party, replayed, by_month[month]) for month in facts.months),
        differences=tuple(differences(facts.months, party, own)),
        neutral=replayed.neutral_of.get(party.pk),
        now=load_now(party),
        then=load_then(party, replayed),
    )


def _month(month: Month, party: Party, replayed: Replayed, own: Sequence[Own]) -> MonthOutcome:
    lines = [line.pk for line in party.lines]
    recorded = party.recorded_of(month, lines)
    settled = _settled(month, party, replayed)
    basis = replayed.bases.get(party.pk)
    how = tuple(replayed.months_of(party.pk).get(month, ()))
    partial = basis.partial[month] if basis else ZERO
    untouched = recorded - (basis.actual[month] if basis else ZERO)
    parts = _parts(replayed, partial, untouched, how)
    stated = next((one.payable for one in party.stated if one.month == month), None)
    return MonthOutcome(
        month=month,
        stated=stated,
        actual=recorded + settled,
        own=sum((one.why.amount for one in own), ZERO) + settled,
        outcome=sum((one.amount for one in parts), ZERO),
        parts=parts,
        how=how,
        own_how=_own_how(party, own, replayed, month),
    )


def _parts(
    replayed: Replayed, partial: Decimal, untouched: Decimal, how: Sequence[Explanation]
) -> tuple[Explanation, ...]:
    """The converted part is rounded; the rest is what is left, so that it adds up."""
    whole = sum((one.amount for one in how), ZERO)
    share, scale = replayed.terms.share, replayed.scale
    inputs = (explain.share("part", scale), explain.euro("base", whole))
    parts = [Explanation("whatif.converted", inputs, round_cents(whole * scale))]
    if share < 1 and partial:
        left = partial - round_cents(partial * share)
        inputs = (explain.share("part", share), explain.euro("base", partial))
        parts.append(Explanation("whatif.kept", inputs, left))
    if untouched:
        parts.append(Explanation("whatif.untouched", (), untouched))
    return tuple(parts)


def _settled(month: Month, party: Party, replayed: Replayed) -> Decimal:
    """What a pool of its own would still give, with its last month."""
    why = replayed.settled.get(party.pk)
    basis = replayed.bases.get(party.pk)
    return why.amount if why and basis and basis.months[-1] == month else ZERO


def _own_how(
    party: Party, own: Sequence[Own], replayed: Replayed, month: Month
) -> tuple[tuple[str, Explanation], ...]:
    names: Mapping[int, str] = {line.pk: line.name for line in party.lines}
    by_line: defaultdict[int, list[Explanation]] = defaultdict(list)
    for one in own:
        by_line[one.line].append(one.why)
    found = [(names[line], why) for line, of in by_line.items() for why in _few(of)]
    if _settled(month, party, replayed):
        found.append(("", replayed.settled[party.pk]))
    return tuple(found)


def _few(of: Sequence[Explanation]) -> Sequence[Explanation]:
    if len(of) <= MOST_EXPLAINED:
        return of
    count = explain.number("count", len(of))
    return [Explanation("whatif.many", (count,), sum((one.amount for one in of), ZERO))]
