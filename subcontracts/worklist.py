"""What needs somebody now: apps register what they find, the home page shows it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise

from hoofdaannemer.core.scope import Scope


@dataclass(frozen=True)
class WorkItem:
    """One line with one verb. `kind` groups, `due` sorts; without a due date it comes last.

    `detail` says in a few words what one wants to know before opening it.
    """

    kind: str | Promise
    text: str
    url: str
    verb: str | Promise
    due: date | None = None
    detail: str = ""


Source = Callable[[Scope], Iterable[WorkItem]]

_sources: dict[str, Source] = {}


def register(source: Source) -> None:
    """Offer a source of items, from `AppConfig.ready()`. It returns what this scope must do."""
    _sources[f"{source.__module__}.{getattr(source, '__qualname__', repr(source))}"] = source


def items(scope: Scope) -> list[WorkItem]:
    """Everything this scope must do, what is late first."""
    found = [item for source in _sources.values() for item in source(scope)]
    return sorted(found, key=lambda item: (item.due or date.max, str(item.kind), item.text))


def grouped(scope: Scope) -> list[tuple[str, list[WorkItem]]]:
    """The items by kind; the kind with the most urgent item first."""
    groups: dict[str, list[WorkItem]] = {}
    for item in items(scope):
        groups.setdefault(str(item.kind), []).append(item)
    return list(groups.items())
