"""What stands behind a drawn line, link by link, ready to be frozen and read without the system.

No name and no BSN: a client is a number of an allocation, a professional a reference.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Section:
    """One link of the chain: facts as label and value, or why it does not apply."""

    title: str
    facts: tuple[tuple[str, str], ...]
    #: Why there is nothing, where the form of funding asks for nothing.
    not_needed: str = ""

    @property
    def is_lacking(self) -> bool:
        """Whether something should be here and is not."""
        return not self.facts and not self.not_needed


def lacking(sections: tuple[Section, ...]) -> int:
    """How many links have nothing in them."""
    return sum(one.is_lacking for one in sections)
