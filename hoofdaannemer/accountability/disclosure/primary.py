"""Primary suppression: which cells are sensitive in themselves, and how uncertain they must
stay.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from hoofdaannemer.accountability.disclosure.figures import Figures
from hoofdaannemer.accountability.disclosure.policy import Policy
from hoofdaannemer.accountability.disclosure.tables import (
    CellKey,
    Contributors,
    Kind,
    Measure,
    Reason,
)


@dataclass(frozen=True, slots=True)
class Target:
    """Something that must stay uncertain: a cell, or what is left of a total outside one of its
    categories.

    The value is `cell`, or `whole` minus `cell`. `need`: how far its bounds must lie apart, in the
    measure's unit.
    """

    cell: CellKey
    need: Decimal
    whole: CellKey | None = None


Hidden = dict[CellKey, Reason]


def sensitive(
    figures: Figures, measure: Measure, policy: Policy, hidden: Mapping[str, Hidden]
) -> tuple[Hidden, list[Target]]:
    """The sensitive cells of a measure; `hidden` holds those of the measures that it rests on."""
    found: Hidden = {}
    targets: list[Target] = []
    for key, value in figures.values[measure.code].items():
        reason, need = _judge(figures, measure, policy, hidden, key, value)
        if reason:
            found[key] = reason
        if need:
            targets.append(Target(key, need))
    if measure.kind is Kind.COUNT and policy.group:
        for target in group_targets(figures, measure, policy):
            found.setdefault(target.cell, Reason.GROUP)
            targets.append(target)
    return found, targets


def group_targets(figures: Figures, measure: Measure, policy: Policy) -> Iterator[Target]:
    """Categories that hold everybody of a shown total: who is known to be in the total is known to
    be in them.

    A subtotal with one category is left out: there the category is but another word for the
    subtotal.
    """
    values = figures.values[measure.code]
    for relation in figures.relations(measure):
        whole = values[relation.whole]
        if (
            not relation.reveals
            or not relation.complete
            or len(relation.parts) == 1
            or whole < policy.minimum
        ):
            continue
        for part in relation.parts:
            if values[part] == whole:
                yield Target(part, Decimal(policy.minimum), relation.whole)


def _judge(
    figures: Figures,
    measure: Measure,
    policy: Policy,
    hidden: Mapping[str, Hidden],
    key: CellKey,
    value: Decimal,
) -> tuple[Reason | None, Decimal]:
    if measure.kind is Kind.COUNT:
        small = 0 < value < policy.minimum
        return (Reason.SMALL, Decimal(policy.needed_width)) if small else (None, Decimal(0))
    resting = [basis for basis in measure.basis if key in hidden[basis]]
    need = Decimal(0)
    if measure.kind is Kind.AMOUNT:
        need = max(
            [_as_people(figures, basis, policy, key, value) for basis in resting], default=need
        )
        largest = _dominating(figures.contributors.get((measure.code, key), ()), policy)
        need = max(need, 2 * policy.dominance_margin * largest)
        if largest and not resting:
            return Reason.DOMINANCE, need
    return (Reason.BASIS if resting else None), need


def _as_people(
    figures: Figures, basis: str, policy: Policy, key: CellKey, value: Decimal
) -> Decimal:
    """The amount that goes with the width a count needs: who divides by the tariff must not get the
    count closer.
    """
    count = figures.values[basis][key]
    if figures.measures[basis].kind is not Kind.COUNT or not count:
        return Decimal(0)
    return abs(value) * policy.needed_width / count


def _dominating(contributors: tuple[Contributors, ...], policy: Policy) -> Decimal:
    """The largest contribution of a cell that few contributors dominate, otherwise nought."""
    worst = Decimal(0)
    for contributor in contributors:
        amounts = sorted((abs(amount) for amount in contributor.amounts), reverse=True)
        total = sum(amounts, contributor.rest)
        if total and any(sum(amounts[:n]) > share * total for n, share in policy.dominance):
            worst = max(worst, amounts[0])
    return worst
