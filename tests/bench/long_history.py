"""What a declared line costs after a short history and after a long one, side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterator
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
    """Judged anew after each declaration and every night, with nothing that is not stated yet."""
    short, long = (
        history.make(Size(months=months, others=1, other_clients=10, is_stated=True))
        for months in _STATED
    )
    what = f"holds judged anew of a party with {long.lines:,} stated lines / with {short.lines:,}"
    return Measured("long_history_holds", what, _judged(long), _judged(short), AIM)


def _judged(past: History) -> float:
    def judge() -> None:
        with acting_as(past.scope):
            holds.refresh(scope=past.scope, subcontractor=past.party.subcontractor)

    return median(_seconds(judge) for _run in range(RUNS))


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
