"""`python -m tests.bench`: print how many times longer our way takes than the bare way,
and how many files a command judges in a second."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

from tests.bench.cluster import own_cluster

if TYPE_CHECKING:
    from tests.bench.measuring import Measured, Rate, Room

PARTS: Final = (
    "messages",
    "messages_stdin",
    "declaration",
    "report",
    "memory",
    "batch",
    "month_run",
    "long_history",
    "relay",
    "whatif",
)
#: 301s that the part `relay` takes: enough to see a change, few enough for every day.
MESSAGES: Final = 200
#: Lines of the long history; five million takes long to make.
LINES: Final = 1_000_000


def main() -> None:
    """Measure and print. An aim that is missed says so and fails nothing: it is for people."""
    options = _options()
    with own_cluster():
        tell = _told(quiet=options.json)
        found = []
        for one in _measured(options.parts or PARTS, options, tell):
            # Told at once: the long parts may fail after the first figure.
            tell(str(one))
            found.append(one)
    sys.stdout.write(_as_json(found) if options.json else _as_table(found))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument(
        "--messages",
        type=int,
        default=MESSAGES,
        help=f"how many the part relay takes, 10000 for the full measure (default: {MESSAGES})",
    )
    parser.add_argument(
        "--lines",
        type=int,
        default=LINES,
        help=f"how many went before in the part long_history (default: {LINES})",
    )
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}")
    options = parser.parse_args()
    if unknown := set(options.parts) - set(PARTS):
        parser.error(f"there is no part {', '.join(sorted(unknown))}")
    return options


def _told(*, quiet: bool) -> Callable[[str], None]:
    def tell(text: str) -> None:
        if not quiet:
            sys.stderr.write(f"{text} …\n")

    return tell


def _measured(
    parts: Sequence[str], options: argparse.Namespace, tell: Callable[[str], None]
) -> Iterator[Measured | Rate | Room]:
    # Django is set up by now, which these need when they are imported.
    from tests.bench import long_history, messages_stdin, month_run, relay, small, whatif

    if "messages" in parts:
        tell("10,000 small messages")
        yield small.measure()
    if "messages_stdin" in parts:
        tell("files through validate_message")
        yield messages_stdin.measure()
    if {"declaration", "report", "memory", "batch"} & set(parts):
        yield from _of_history(parts, tell)
    if "month_run" in parts:
        tell("a month of fifty subcontractors, of 25,000 and of 100,000 lines")
        yield from month_run.measure()
    if "long_history" in parts:
        tell(f"a line after a year of care, and after {options.lines:,} lines")
        yield from long_history.measure(options.lines)
    if "relay" in parts:
        tell(f"{options.messages:,} allocations received and relayed, twice")
        yield from relay.measure(options.messages)
    if "whatif" in parts:
        tell("a year of forty subcontractors, replayed under other forms")
        yield from whatif.measure()


def _of_history(
    parts: Sequence[str], tell: Callable[[str], None]
) -> Iterator[Measured | Rate | Room]:
    from tests.bench import batch, declaration, history, memory, quarter

    tell("a year of declared care")
    past = history.make()
    # The report first: it finds the history as made, without what the declarations add.
    if "report" in parts:
        tell("the quarter's report")
        yield from quarter.measure(past)
    if "declaration" in parts:
        tell("declarations of 10,000 lines")
        yield declaration.measure(past)
    if "memory" in parts:
        tell("a declaration of 25 MB")
        yield memory.measure(past)
    if "batch" in parts:
        tell("declarations of 10,000 lines and of four times 25,000")
        yield from batch.measure(past)


def _as_json(found: Sequence[Measured | Rate | Room]) -> str:
    return "".join(f"{json.dumps(one.as_dict())}\n" for one in found)


def _as_table(found: Sequence[Measured | Rate | Room]) -> str:
    width = max(len(one.what) for one in found)
    lines = [f"{'':{width}}  {'ours':>8}  {'bare':>8}  {'ratio':>6}  {'aim':>5}"]
    for one in found:
        ours, bare, ratio, aim = one.cells()
        lines.append(
            f"{one.what:{width}}  {ours:>8}  {bare:>8}  {ratio:>6}  {aim:>5}"
            f"  {one.verdict}".rstrip()
        )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
