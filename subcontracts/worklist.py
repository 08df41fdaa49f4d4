"""What needs somebody now: apps register what they find, the home page shows it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from django.urls import resolve
from django.utils.functional import Promise

from hoofdaannemer.core import mandates
from hoofdaannemer.core.scope import Scope
from subcontracts.rules.consequences import TEXTS, Consequence


@dataclass(frozen=True)
class WorkItem:
    """One line with one verb. `kind` groups, `due` sorts; without a due date it comes last.

    `detail` says in a few words what one wants to know before opening it. What is due on one day
    stands by `consequence`, the gravest first; an item without one comes after them.
    """

    kind: str | Promise
    text: str
    url: str
    verb: str | Promise
    due: date | None = None
    detail: str = ""
    consequence: Consequence | None = None
    #: About a client of which nothing leaves the site, not even that there is something to do.
    is_sealed: bool = False

    @property
    def consequence_text(self) -> str:
        """What follows when it is late, in a few words; empty where nothing is known."""
        return "" if self.consequence is None else str(TEXTS[self.consequence])

    @property
    def urgency(self) -> tuple[date, int, str, str]:
        """By which items are sorted, the smallest first."""
        weight = max(Consequence) + 1 if self.consequence is None else self.consequence
        return self.due or date.max, int(weight), str(self.kind), self.text


Source = Callable[[Scope], Iterable[WorkItem]]

_sources: dict[str, Source] = {}


def register(source: Source) -> None:
    """Offer a source of items, from `AppConfig.ready()`. It returns what this scope must do."""
    _sources[f"{source.__module__}.{getattr(source, '__qualname__', repr(source))}"] = source


def items(scope: Scope) -> list[WorkItem]:
    """Everything this scope must do, what is late first, and of one day what is gravest."""
    found = [item for source in _sources.values() for item in source(scope)]
    if mandates.is_limited(scope):
        # Who acts for another does what the mandate covers; the rest waits for who gave it.
        found = [item for item in found if mandates.covers_page(scope, _page_of(item))]
    return sorted(found, key=lambda item: item.urgency)


def _page_of(item: WorkItem) -> str:
    return str(resolve(item.url.partition("?")[0].partition("#")[0]).url_name)


def grouped(scope: Scope) -> list[tuple[str, list[WorkItem]]]:
    """The items by kind; the kind with the most urgent item first."""
    groups: dict[str, list[WorkItem]] = {}
    for item in items(scope):
        groups.setdefault(str(item.kind), []).append(item)
    return list(groups.items())
