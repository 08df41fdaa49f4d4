"""How much a municipality sees of the subcontractors under its contract."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from subcontracts.rules.upward_terms import Value

TERM: Final = "visibility_of_subs"


class Visibility(StrEnum):
    """The values of the term; each shows all that the one before it shows."""

    NONE = "none"
    LIST = "list"
    FIGURES = "figures"

    @property
    def rank(self) -> int:
        """Higher where more is seen."""
        return [*Visibility].index(self)

    def shows(self, level: Visibility) -> bool:
        """Whether what was made for `level` may be seen."""
        return self.rank >= level.rank


def agreed(values: Mapping[str, Value]) -> Visibility:
    """What the terms say; nothing is seen where nothing was agreed."""
    return Visibility(str(values.get(TERM, Visibility.NONE)))


def least(*levels: Visibility) -> Visibility:
    """The one that shows least."""
    return min(levels, key=lambda level: level.rank)
