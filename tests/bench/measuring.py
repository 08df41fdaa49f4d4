"""Two ways to do the same thing, timed in turns, so that a busy machine hurts both."""

from __future__ import annotations

import gc
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from time import perf_counter
from typing import Any


@dataclass(frozen=True)
class Measured:
    """Seconds of our way and of the bare way; `aim` is the most that their ratio may be."""

    name: str
    what: str
    ours: float
    bare: float
    aim: float | None = None

    @property
    def ratio(self) -> float:
        """How many times longer ours takes."""
        return self.ours / self.bare

    @property
    def verdict(self) -> str:
        """`met`, `MISSED`, or nothing where there is no aim."""
        if self.aim is None:
            return ""
        return "met" if self.ratio <= self.aim else "MISSED"

    def as_dict(self) -> dict[str, Any]:
        """For `--json`: seconds and ratio, rounded for reading."""
        return {
            "name": self.name,
            "what": self.what,
            "ours_seconds": float(f"{self.ours:.4f}"),
            "bare_seconds": float(f"{self.bare:.4f}"),
            "ratio": float(f"{self.ratio:.2f}"),
            "aim": self.aim,
            "verdict": self.verdict,
        }

    def cells(self) -> tuple[str, str, str, str]:
        """For the table: ours, bare, ratio, aim."""
        aim = "" if self.aim is None else f"{self.aim:g}"
        return f"{self.ours:.3f}s", f"{self.bare:.3f}s", f"{self.ratio:.2f}", aim


@dataclass(frozen=True)
class Rate:
    """How many a second, beside nothing; `aim` is the least that it may be, if there is one."""

    name: str
    what: str
    count: int
    seconds: float
    aim: float | None = None

    @property
    def per_second(self) -> float:
        return self.count / self.seconds

    @property
    def verdict(self) -> str:
        """`met`, `MISSED`, or nothing where there is no aim."""
        if self.aim is None:
            return ""
        return "met" if self.per_second >= self.aim else "MISSED"

    def as_dict(self) -> dict[str, Any]:
        """For `--json`: seconds and number a second, rounded for reading."""
        return {
            "name": self.name,
            "what": self.what,
            "ours_seconds": float(f"{self.seconds:.4f}"),
            "per_second": round(self.per_second),
            "aim": self.aim,
            "verdict": self.verdict,
        }

    def cells(self) -> tuple[str, str, str, str]:
        """For the table: seconds, nothing, number a second, aim."""
        aim = "" if self.aim is None else f"{self.aim:g}/s"
        return f"{self.seconds:.3f}s", "", f"{self.per_second:.0f}/s", aim


@dataclass(frozen=True)
class Room:
    """Megabytes of memory; `aim` is the most that it may be."""

    name: str
    what: str
    megabytes: float
    aim: float

    @property
    def verdict(self) -> str:
        """`met` or `MISSED`."""
        return "met" if self.megabytes <= self.aim else "MISSED"

    def as_dict(self) -> dict[str, Any]:
        """For `--json`: megabytes, rounded for reading."""
        return {
            "name": self.name,
            "what": self.what,
            "megabytes": round(self.megabytes),
            "aim": self.aim,
            "verdict": self.verdict,
        }

    def cells(self) -> tuple[str, str, str, str]:
        """For the table: megabytes, nothing, nothing, aim."""
        return f"{self.megabytes:.0f} MB", "", "", f"{self.aim:g} MB"


def in_turns(
    *ways: Callable[[], object], runs: int, after: Callable[[], object] | None = None
) -> list[float]:
    """Median seconds of each way over `runs` rounds, after one round that does not count.

    `after` follows each round, untimed.
    """
    seconds: list[list[float]] = [[] for _way in ways]
    for turn in range(runs + 1):
        for way, found in zip(ways, seconds, strict=True):
            taken = _seconds(way)
            if turn:
                found.append(taken)
        if after is not None:
            after()
    return [median(found) for found in seconds]


def _seconds(way: Callable[[], object]) -> float:
    # What the other way left behind is not cleared at the cost of this one.
    gc.collect()
    begin = perf_counter()
    way()
    return perf_counter() - begin
