"""Messages as files: `<out>/<main contractor>/<party>/<name>.xml`, and files that came in."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from messaging.exchange.transports import Parcel, TransportError
from messaging.istandaard import MAX_BYTES

DONE: Final = "done"
#: Seconds that a file must be left alone before it is taken: its writer may not be ready.
SETTLED: Final = 2.0


@dataclass(frozen=True, slots=True)
class Dropped:
    """A file in the watched folder, and between whom it lies there."""

    path: Path
    main_contractor: str
    party: str


@dataclass(frozen=True, slots=True)
class FolderCarrier:
    """The directory drop: `send` into one folder."""

    folder: Path

    def send(self, parcel: Parcel) -> Path:
        """Write the file. Raises TransportError where the file system refuses."""
        return send(parcel, self.folder)


def path_of(parcel: Parcel, folder: Path) -> Path:
    """Where the file of a parcel goes."""
    return folder / parcel.main_contractor / parcel.party / parcel.name


def send(parcel: Parcel, folder: Path) -> Path:
    """Write the file so that a reader sees all of it or nothing.

    Raises TransportError where the file system refuses.
    """
    target = path_of(parcel, folder)
    draft = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with draft.open("wb") as file:
            file.write(parcel.content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(target)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise TransportError(f"{reason} ({target.parent})") from error
    return target


def waiting(folder: Path, *, limit: int) -> Iterator[Dropped]:
    """Settled files below `<folder>/<main contractor>/<party>/`, oldest first in each."""
    found = 0
    for party in sorted(folder.glob("[0-9]*/[0-9]*")):
        if not party.is_dir() or party.is_symlink():
            continue
        files = [path for path in party.glob("*.xml") if _is_settled(path)]
        for path in sorted(files, key=lambda path: (path.stat().st_mtime_ns, path.name)):
            yield Dropped(path, party.parent.name, party.name)
            found += 1
            if found == limit:
                return


def _is_settled(path: Path) -> bool:
    if path.name.startswith(".") or path.is_symlink() or not path.is_file():
        return False
    return time.time() - path.stat().st_mtime >= SETTLED


def read(path: Path) -> bytes:
    """The bytes of a file, at most one more than a message may have: enough to refuse it."""
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)


def put_away(path: Path) -> None:
    """Move a file to `done/` beside it, unless another worker did; no file there is lost."""
    folder = path.parent / DONE
    folder.mkdir(exist_ok=True)
    target = folder / path.name
    if target.exists():
        target = folder / f"{path.stem}.{time.time_ns()}{path.suffix}"
    with suppress(FileNotFoundError):
        path.replace(target)
