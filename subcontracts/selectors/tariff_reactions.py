"""Reactions on proposed tariffs side by side, and what is told of them without names."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from hoofdaannemer.core.scope import Scope
from subcontracts.models import (
    BuildupParameter,
    TariffInvitation,
    TariffReaction,
    TariffRound,
    TariffRoundLine,
)
from subcontracts.rules.tariff_changes import FEWEST, Spread, spread

Stance = TariffReaction.Stance


@dataclass
class Summary:
    """Who was asked about a product, who reacted, and what was said of the tariff as a whole."""

    asked: dict[int, str] = field(default_factory=dict)
    reacted: set[int] = field(default_factory=set)
    #: How often each stance was taken, of the tariff or of a parameter in it.
    stances: Counter[str] = field(default_factory=Counter)
    #: Other values for the tariff as a whole.
    values: list[Decimal] = field(default_factory=list)

    @property
    def silent(self) -> list[str]:
        """Names of who did not react."""
        return sorted(name for pk, name in self.asked.items() if pk not in self.reacted)

    @property
    def spread(self) -> Spread | None:
        """Of the other values for the tariff as a whole."""
        return spread(self.values)

    def as_published(self) -> dict[str, object]:
        """What everybody who was asked may read: numbers, and a middle that tells of nobody."""
        found = self.spread
        has_middle = found is not None and found.count >= FEWEST
        return {
            "asked": len(self.asked),
            "reacted": len(self.reacted),
            "agree": self.stances[Stance.AGREE],
            "other": self.stances[Stance.OTHER],
            "comment": self.stances[Stance.COMMENT],
            "median": str(found.median) if found and has_middle else None,
        }


def summaries(scope: Scope, row: TariffRound) -> dict[int, Summary]:
    """By line of the round, in three queries."""
    lines = TariffRoundLine.objects.visible_to(scope).filter(round=row)
    found = {pk: Summary() for pk in lines.values_list("pk", flat=True)}
    asked = TariffInvitation.objects.visible_to(scope).filter(round=row)
    for line, organisation, name in asked.values_list(
        "line", "provider_organisation", "provider_organisation__name"
    ):
        found[line].asked[organisation] = name
    said = TariffReaction.objects.visible_to(scope).filter(line__round=row)
    for one in said:
        of = found[one.line_id]
        of.reacted.add(one.provider_organisation_id)
        of.stances[one.stance] += 1
        if one.parameter_id is None and one.value is not None:
            of.values.append(one.value)
    return found


@dataclass(frozen=True)
class Subject:
    """The tariff as a whole (`parameter` None) or one parameter, with what was said of it."""

    parameter: BuildupParameter | None
    said: Sequence[TariffReaction]

    def count(self, stance: str) -> int:
        """How many took this stance."""
        return sum(one.stance == stance for one in self.said)

    @property
    def spread(self) -> Spread | None:
        """Of the other values."""
        return spread([one.value for one in self.said if one.value is not None])


def side_by_side(scope: Scope, line: TariffRoundLine) -> list[Subject]:
    """The tariff as a whole first, then the parameters of the proposal in their order."""
    said: defaultdict[int | None, list[TariffReaction]] = defaultdict(list)
    rows = TariffReaction.objects.visible_to(scope).filter(line=line)
    for one in rows.select_related("provider_organisation", "parameter"):
        said[one.parameter_id].append(one)
    parameters = BuildupParameter.objects.visible_to(scope).filter(buildup=line.proposed_id)
    return [
        Subject(None, said[None]),
        *(Subject(one, said[one.pk]) for one in parameters),
    ]
