"""Walk over the classes of a typed message, each with its path."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple, Union

from .model.elements import Node
from .model.header import Part
from .model.messages import Message, MessageType
from .model.tree import tree

Step = tuple[str, str, bool, "Steps"]
"""Field, path below the parent, whether it is a list, the steps below."""
Steps = tuple["Step", ...]

Trail = tuple[Union["Trail", None], str, int]
"""Trail of the parent, path below it, place from 1 in a list or 0: a path not yet written out."""


class Siblings(NamedTuple):
    """The items of a list that holds several."""

    parent: Trail | None
    below: str
    items: Sequence[Part]

    def path(self, place: int) -> str:
        """Path of the item with this place, from 1."""
        return path_at((self.parent, self.below, place))


class Walked(NamedTuple):
    """The classes of a message, parents first, in document order, and the lists they stand in."""

    visits: list[tuple[Part, Trail]]
    siblings: list[Siblings]


def walk(message: Message) -> Walked:
    """Every class with its trail: most messages break no rule, so that nobody asks for a path."""
    walked = Walked([], [])
    _walk(message, None, _steps(message.type), walked)
    return walked


def walk_head(message: Message) -> Walked:
    """The header and the content itself, without what is below the content."""
    walked = Walked([], [])
    _walk(message, None, _head_steps(message.type), walked)
    return walked


def path_at(trail: Trail, element: str = "") -> str:
    """The path of a trail, or of an element below its class."""
    names = [element] if element else []
    step: Trail | None = trail
    while step is not None:
        step, below, place = step
        names.append(f"{below}[{place}]" if place else below)
    return "/".join(["/Bericht", *reversed(names)])


def parts(message: Message) -> Iterator[tuple[str, Part]]:
    """Every class with its path, parents first, in document order.

    A path is made of element names, with a place from 1 on each that may repeat:
    `/Bericht/Client/ToegewezenProducten/ToegewezenProduct[2]`.
    """
    for part, trail in walk(message).visits:
        yield path_at(trail), part


def path_of(message: Message, part: Part) -> str:
    """The path of a class of this message. Raises LookupError for one that is not in it."""
    for path, candidate in parts(message):
        if candidate is part:
            return path
    raise LookupError(f"{type(part).__name__} is no part of this message")


def mapped(message: Message, change: Callable[[str, Part], Part]) -> Part | None:
    """A copy of the content in which every class was changed, deepest first."""
    content = message.content
    if content is None:
        return None
    step = next(step for step in _steps(message.type) if getattr(message, step[0]) is content)
    return _mapped(f"/Bericht/{step[1]}", content, step[3], change)


def _walk(parent: object, trail: Trail | None, steps: Steps, walked: Walked) -> None:
    visits, siblings = walked
    for attribute, below, is_list, deeper in steps:
        value = getattr(parent, attribute)
        if not value:
            continue
        if not is_list:
            here = (trail, below, 0)
            visits.append((value, here))
            if deeper:
                _walk(value, here, deeper, walked)
            continue
        if len(value) > 1:
            siblings.append(Siblings(trail, below, value))
        for place, item in enumerate(value, start=1):
            here = (trail, below, place)
            visits.append((item, here))
            if deeper:
                _walk(item, here, deeper, walked)


def _mapped(path: str, part: Part, steps: Steps, change: Callable[[str, Part], Part]) -> Part:
    changed: dict[str, object] = {}
    for attribute, below, is_list, deeper in steps:
        value = getattr(part, attribute)
        if not value:
            continue
        if is_list:
            changed[attribute] = tuple(
                _mapped(f"{path}/{below}[{position}]", item, deeper, change)
                for position, item in enumerate(value, start=1)
            )
        else:
            changed[attribute] = _mapped(f"{path}/{below}", value, deeper, change)
    return change(path, replace(part, **changed) if changed else part)  # type: ignore[arg-type]


@lru_cache(maxsize=64)
def _steps(kind: MessageType) -> Steps:
    return _steps_below(tree(kind))


@lru_cache(maxsize=64)
def _head_steps(kind: MessageType) -> Steps:
    return tuple((name, below, is_list, ()) for name, below, is_list, _deeper in _steps(kind))


def _steps_below(node: Node) -> Steps:
    steps: list[Step] = []
    for child in node.children:
        item = child.children[0] if child.is_wrapper else child
        if isinstance(item.build, type) and issubclass(item.build, Part):
            path = f"{child.name}/{item.name}" if child.is_wrapper else child.name
            steps.append((child.attribute, path, child.is_wrapper, _steps_below(item)))
    return tuple(steps)
