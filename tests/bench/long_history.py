"""What a declared line costs after a short history and after a long one, side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from statistics import median
from time import perf_counter
from typing import Final

from billing.services import holds
from hoofdaannemer.core.scope import acting_as
from tests.bench import declaration, history
from tests.bench.history import History, Size
from tests.bench.measuring import Measured, Rate

RUNS: Final = 3
#: A line after the long history may cost this much more.
AIM: Final = 1.2
#: Clients of the other parties in the short history, and lines of a client in either.
_SHORT: Final = 3000
_LINES: Final = 2 * history.MONTHS
#: Months of one subcontractor that are stated, in the short and in the long history of its own.
_STATED: Final = (2, history.MONTHS)
_CEILING: Final = Decimal(100_000_000)
#: Judging takes milliseconds: more runs than of what takes seconds.
_JUDGED: Final = 15


def measure(lines: int) -> Iterator[Measured | Rate]:
    """Each history for a main contractor of its own, the long one of about so many lines."""
    short, _seconds = _made(_SHORT)
    verdict, entitlement = _cost(short)
    long, seconds = _made(lines // _LINES - history.OWN_CLIENTS)
    what = f"{long.lines:,} earlier lines made for the measurement"
    yield Rate("long_history_made", what, long.lines, seconds)
    verdict_long, entitlement_long = _cost(long)
    beside = f"on {long.lines:,} earlier lines / on {short.lines:,}"
    of = f"{declaration.LINES:,} lines"
    yield Measured(
        "long_history_verdict", f"323 of {of} to verdicts {beside}", verdict_long, verdict, AIM
    )
    yield Measured(
        "long_history_entitlement",
        f"entitlements of {of} {beside}",
        entitlement_long,
        entitlement,
        AIM,
    )
    yield _holds()


def _holds() -> Measured:
    """Judged after each declaration and every night: a few lines are new, all else is stated.

    Their contract has a ceiling that none of it reaches.
    """
    short, long = (
        history.make(
            Size(months=months, others=1, other_clients=10, is_stated=True, ceiling=_CEILING)
        )
        for months in _STATED
    )
    what = (
        f"holds of {history.UNSTATED} new lines judged, of a party with {long.lines:,} lines"
        f" / with {short.lines:,}"
    )
    # In turn, so that work beside it weighs on both.
    runs = [(_judged(long), _judged(short)) for _run in range(_JUDGED)]
    of_long, of_short = (median(seconds) for seconds in zip(*runs, strict=True))
    return Measured("long_history_holds", what, of_long, of_short, AIM)


def _judged(past: History) -> float:
    def judge() -> None:
        with acting_as(past.scope):
            holds.refresh(scope=past.scope, subcontractor=past.party.subcontractor)

    return _seconds(judge)


def _made(other_clients: int) -> tuple[History, float]:
    begin = perf_counter()
    past = history.make(Size(other_clients=other_clients))
    return past, perf_counter() - begin


def _cost(past: History) -> tuple[float, float]:
    """Median seconds to the verdicts of a declaration, and to its entitlements after that."""
    verdicts, entitlements = [], []
    for place, month in enumerate(history.months_after(RUNS + 1), start=1):
        raw = declaration.document(past, place, month)
        verdicts.append(_seconds(lambda raw=raw: declaration.received(past, raw)))
        entitlements.append(_seconds(lambda: declaration.entitled(past)))
    # The first fills caches, of the database and of ours.
    return median(verdicts[1:]), median(entitlements[1:])


def _seconds(work: Callable[[], object]) -> float:
    begin = perf_counter()
    work()
    return perf_counter() - begin
