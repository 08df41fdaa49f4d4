"""Every rule of release 3.2 as a fact: code, family, kind, who judges it, return code. No texts."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

from messaging.istandaard.model.elements import Family

_FILE: Final = Path(__file__).with_name("catalogue.csv")


@dataclass(frozen=True, slots=True)
class StandardRule:
    """A rule as the standard lists it.

    `family` is None where both have it. `kind` is TR, CD, CS, RS (technical), OP, IV or UP
    (process). `level` says what is needed to judge it: `within-message`, `cross-message`,
    `external-source`, `process`. `judged_by` is `xsd`, `xslt`, `receiver` or `agreement`.
    `messages` are numbers without family. For a rule of the schema `elements` names simple types
    or one element, and `facet` the restriction, such as `maxInclusive 99`. `return_code` is empty
    where the standard has none.
    """

    code: str
    family: Family | None
    kind: str
    level: str
    judged_by: str
    messages: tuple[str, ...]
    elements: tuple[str, ...]
    facet: str
    return_code: str


@lru_cache(maxsize=1)
def catalogue() -> Mapping[str, StandardRule]:
    """All rules by code, in the order of the standard."""
    with _FILE.open(encoding="utf-8", newline="") as file:
        rules = [_rule(row) for row in csv.DictReader(file)]
    return MappingProxyType({rule.code: rule for rule in rules})


def _rule(row: dict[str, str]) -> StandardRule:
    return StandardRule(
        code=row["code"],
        family=Family(row["family"]) if row["family"] else None,
        kind=row["kind"],
        level=row["level"],
        judged_by=row["judged_by"],
        messages=tuple(row["messages"].split()),
        elements=tuple(row["elements"].split()),
        facet=row["facet"],
        return_code=row["return_code"],
    )
