"""A sample that anybody can draw again: from the same population, seed, method and size.

Random numbers come from SHA-256 of the seed and a counter, so that no version of a library can
change a sample that was drawn. Two methods:

    random    lines without replacement, each with the same chance
    monetary  euros at a fixed distance from a random start; a line has a chance for each cent of
              its amount without sign, and one as large as the distance is always drawn
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from hashlib import sha256
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.core.money import to_cents

_BITS: Final = 256


class Way(StrEnum):
    """How lines are drawn."""

    MONETARY = "monetary"
    RANDOM = "random"


NAMES: Final[Mapping[Way, str | Promise]] = {
    Way.MONETARY: _("monetary unit sampling"),
    Way.RANDOM: _("simple random sample"),
}


@dataclass(frozen=True, slots=True)
class Item:
    """A line of the population: its key, and euros with their sign."""

    key: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Drawn:
    """A line that was drawn, and how often it was hit."""

    key: str
    hits: int


class Stream:
    """Numbers that follow from a seed, without end."""

    def __init__(self, seed: str) -> None:
        self._seed = seed
        self._counter = 0

    def below(self, bound: int) -> int:
        """A whole number from 0, below `bound`, each as likely. Raises ValueError below 1.

        The last, incomplete stretch of the range is thrown away, so that none is favoured.
        """
        if not 0 < bound <= 1 << _BITS:
            raise ValueError("a bound is at least 1, and fits the stream")
        whole = (1 << _BITS) // bound * bound
        while True:
            self._counter += 1
            text = f"{self._seed}:{self._counter}".encode()
            found = int.from_bytes(sha256(text).digest(), "big")
            if found < whole:
                return found % bound


def draw(way: Way, population: Sequence[Item], size: int, seed: str) -> list[Drawn]:
    """The lines of a sample, in the order in which they were drawn.

    The order of `population` is no matter: it is taken in the order of its keys. Fewer lines than
    `size` come out where there are fewer, or where euros hit a line twice. Raises ValueError for a
    size below 1 or a key that comes twice.
    """
    ordered = sorted(population, key=lambda one: one.key)
    if size < 1 or len({one.key for one in ordered}) != len(ordered):
        raise ValueError("a sample has a size, and a population different keys")
    stream = Stream(f"{way.value}:{seed}")
    return (_by_euros if way is Way.MONETARY else _by_lines)(ordered, size, stream)


def _by_lines(ordered: Sequence[Item], size: int, stream: Stream) -> list[Drawn]:
    """A shuffle that stops when there are enough."""
    keys = [one.key for one in ordered]
    for place in range(min(size, len(keys))):
        other = place + stream.below(len(keys) - place)
        keys[place], keys[other] = keys[other], keys[place]
    return [Drawn(key, 1) for key in keys[:size]]


def _by_euros(ordered: Sequence[Item], size: int, stream: Stream) -> list[Drawn]:
    """Points lie `total` apart on a line of `total × size`, so that all stays whole numbers."""
    weights = [abs(to_cents(one.amount)) for one in ordered]
    total = sum(weights)
    if not total:
        return []
    point, reached = stream.below(total), 0
    found = []
    for one, weight in zip(ordered, weights, strict=True):
        reached += weight * size
        hits = 0 if point >= reached else -((point - reached) // total)
        if hits:
            found.append(Drawn(one.key, hits))
            point += hits * total
    return found
