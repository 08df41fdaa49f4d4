"""Dated code lists of release 3.2: codes, Dutch labels, and when they may be used.

The lists ship with the package, one CSV a list (code, label, valid_from, valid_to). A folder with
newer files of the same names (setting CODE_LISTS) replaces them one by one; the schema keeps to the
packaged ones, since a release fixes what it lets through.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

from django.conf import settings

from messaging.istandaard.model.elements import Family

from .files import Code, CodeList, CodeListError, read

__all__ = [
    "STOP_REASONS",
    "Code",
    "CodeList",
    "CodeListError",
    "code_list",
    "faults",
    "is_packaged",
    "names",
    "packaged",
    "source_of",
]

_PACKAGED: Final = Path(__file__).parent / "lists"

_SHARED_STOP_REASONS: Final = {
    "02": "02",
    "03": "36",
    "05": "36",
    "06": "39",
    "08": "36",
    "09": "38",
    "10": "36",
    "11": "36",
    "12": "37",
}
STOP_REASONS: Final[Mapping[Family, Mapping[str, str]]] = MappingProxyType(
    {
        Family.JW: _SHARED_STOP_REASONS | {"07": "35"},
        Family.WMO: _SHARED_STOP_REASONS | {"07": "31"},
    }
)
"""Reason of change of an allocation that ends it → reason of the provider's stop message."""


def code_list(name: str, folder: Path | None = None) -> CodeList:
    """The list from the folder where it has one, otherwise as packaged.

    Without `folder` the setting CODE_LISTS counts, where it is set. Raises FileNotFoundError for a
    list that nobody has, CodeListError for a file that is none.
    """
    path = source_of(name, folder)
    return _read(name, path, path.stat().st_mtime_ns if not is_packaged(path) else 0)


def packaged(name: str) -> CodeList:
    """The list of the release. Raises FileNotFoundError for a list that it does not have."""
    return _read(name, _PACKAGED / f"{name}.csv", 0)


def names() -> list[str]:
    """Names of all lists of the release."""
    return sorted(path.stem for path in _PACKAGED.glob("*.csv"))


def source_of(name: str, folder: Path | None = None) -> Path:
    """The file that a list comes from: in the folder, or the packaged one."""
    folder = folder or _folder()
    if folder and (path := folder / f"{name}.csv").is_file():
        return path
    return _PACKAGED / f"{name}.csv"


def is_packaged(path: Path) -> bool:
    """Whether a list's file came with the release."""
    return path.parent == _PACKAGED


def faults(folder: Path | None = None) -> Iterator[str]:
    """What is wrong with the folder's files, each with its place; nothing where all can be used."""
    folder = folder or _folder()
    if not folder:
        return
    if not folder.is_dir():
        yield f"{folder} is no folder"
        return
    known = names()
    for path in sorted(folder.glob("*.csv")):
        if path.stem not in known:
            yield f"{path}: there is no code list {path.stem}, only {', '.join(known)}"
            continue
        try:
            read(path.stem, path)
        except (OSError, CodeListError) as error:
            yield str(error)


def _folder() -> Path | None:
    folder = getattr(settings, "CODE_LISTS", "")
    return Path(folder) if folder else None


@lru_cache(maxsize=128)
def _read(name: str, path: Path, changed_at: int) -> CodeList:
    """`changed_at` is there for the cache: a file that was replaced is read again."""
    return read(name, path)
