"""The help page: apps register what people do there in a role, and the words they use."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise

from hoofdaannemer.core.scope import Role


@dataclass(frozen=True)
class Task:
    """Something that people in these roles do, how, and the page on which it begins."""

    title: str | Promise
    text: str | Promise
    url_name: str
    roles: frozenset[Role]
    #: Lower comes earlier; what one does now and then comes after one's daily work.
    order: int = 50


_tasks: list[Task] = []
_words: list[tuple[str | Promise, str | Promise]] = []


def register(*tasks: Task) -> None:
    """Offer tasks, from `AppConfig.ready()`; tasks of the same order stay in this order."""
    _tasks.extend(tasks)


def explain(*words: tuple[str | Promise, str | Promise]) -> None:
    """Offer words of the field with their meaning."""
    _words.extend(words)


def tasks_of(role: Role) -> list[Task]:
    """What this role does here."""
    return sorted((task for task in _tasks if role in task.roles), key=lambda task: task.order)


def words() -> list[tuple[str, str]]:
    """All words with their meaning, by alphabet."""
    return sorted((str(word), str(meaning)) for word, meaning in _words)
