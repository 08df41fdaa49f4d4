"""Small files through `manage.py validate_message --stdin --json`, one process for all of them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from threading import Thread
from time import perf_counter
from typing import IO, Final

from hoofdaannemer import embedded
from tests.bench.measuring import Rate
from tests.bench.small import small_documents

FILES: Final = 2_000
RUNS: Final = 3
AIM: Final = 500


def measure() -> Rate:
    """From the first path that is handed over to the last answer; the start does not count."""
    with TemporaryDirectory(prefix="ha-bench-") as folder:
        paths = _written(Path(folder))
        seconds = median([_seconds(paths) for _run in range(RUNS)])
    what = f"{FILES} small files: validate_message --stdin --json, files a second"
    return Rate("messages_stdin", what, FILES, seconds, AIM)


def _written(folder: Path) -> Sequence[str]:
    paths = [folder / f"{place}.xml" for place in range(FILES)]
    for path, document in zip(paths, small_documents(FILES), strict=True):
        path.write_bytes(document)
    return [str(path) for path in paths]


def _seconds(paths: Sequence[str]) -> float:
    command = [sys.executable, "manage.py", "validate_message", "--stdin", "--json"]
    with subprocess.Popen(
        command, cwd=embedded.ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        # The answer to a path that is none says that the process is up.
        process.stdin.write("/none\n")
        process.stdin.flush()
        process.stdout.readline()

        begin = perf_counter()
        hand_over = Thread(target=_hand_over, args=(process.stdin, paths))
        hand_over.start()
        answers = [process.stdout.readline() for _path in paths]
        taken = perf_counter() - begin
        hand_over.join()
    judged = [json.loads(answer)["valid"] for answer in answers]
    assert 0 < sum(judged) < len(paths)
    return taken


def _hand_over(stream: IO[str], paths: Sequence[str]) -> None:
    """In a thread of its own: neither pipe may fill up while nobody reads."""
    stream.write("".join(f"{path}\n" for path in paths))
    stream.close()
