"""Walk over the classes of a typed message, each with its path."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import lru_cache

from .model.elements import Node
from .model.header import Part
from .model.messages import Message, MessageType
from .model.tree import tree

Step = tuple[str, str, bool, "Steps"]
"""Field, path below the parent, whether it is a list, the steps below."""
Steps = tuple["Step", ...]


def parts(message: Message) -> Iterator[tuple[str, Part]]:
    """Every class with its path, parents first, in document order.

    A path is made of element names, with a place from 1 on each that may repeat:
    `/Bericht/Client/ToegewezenProducten/ToegewezenProduct[2]`.
    """
    yield from _below("/Bericht", message, _steps(message.type))


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


def _below(path: str, parent: object, steps: Steps) -> Iterator[tuple[str, Part]]:
    for attribute, below, is_list, deeper in steps:
        value = getattr(parent, attribute)
        if not value:
            continue
        if not is_list:
            place = f"{path}/{below}"
            yield place, value
            if deeper:
                yield from _below(place, value, deeper)
            continue
        for position, item in enumerate(value, start=1):
            place = f"{path}/{below}[{position}]"
            yield place, item
            if deeper:
                yield from _below(place, item, deeper)


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


def _steps_below(node: Node) -> Steps:
    steps: list[Step] = []
    for child in node.children:
        item = child.children[0] if child.is_wrapper else child
        if isinstance(item.build, type) and issubclass(item.build, Part):
            path = f"{child.name}/{item.name}" if child.is_wrapper else child.name
            steps.append((child.attribute, path, child.is_wrapper, _steps_below(item)))
    return tuple(steps)
