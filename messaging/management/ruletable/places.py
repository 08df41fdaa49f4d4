"""Where a rule of the standard is enforced."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final

from messaging.istandaard.rules import declaration
from messaging.istandaard.rules.catalogue import StandardRule
from messaging.istandaard.rules.registry import MESSAGE_CHECKS, PART_CHECKS, Rule

from . import schema, source


class State(StrEnum):
    """How it stands with a rule."""

    SCHEMA = "schema"
    WITHIN = "within the message"
    ACROSS = "across messages"
    PROCESS = "process only"
    UNUSED = "no element has it"
    NOT_YET = "not yet"


@dataclass(frozen=True, slots=True)
class Enforced:
    """The state of a rule, and the types, functions or modules where it is looked after."""

    state: State
    places: tuple[str, ...] = ()


def enforced(rule: StandardRule) -> Enforced:
    """Where the code enforces a rule; nothing here is typed in by hand."""
    if rule.judged_by == "xsd":
        types = schema.enforcing_types(rule)
        unused = State.NOT_YET if rule.elements else State.UNUSED
        return Enforced(State.SCHEMA if types else unused, tuple(types))
    if rule.judged_by == "agreement":
        return Enforced(State.PROCESS, tuple(source.spoken_of().get(rule.code, ())))
    if within := [*_registered().get(rule.code, ()), *source.reported().get(rule.code, ())]:
        return Enforced(State.WITHIN, tuple(dict.fromkeys(within)))
    if modules := source.used().get(rule.code):
        return Enforced(State.ACROSS, tuple(modules))
    return Enforced(State.NOT_YET)


_LISTS: Final = (declaration.LINE_RULES, declaration.LINE_RULES_323)


@lru_cache(maxsize=1)
def _registered() -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for rule, check in _checks():
        name = f"{check.__module__}.{check.__qualname__}"
        if name not in found[rule.code]:
            found[rule.code].append(name)
    return found


def _checks() -> Iterator[tuple[Rule, Callable[..., Any]]]:
    for checks in PART_CHECKS.values():
        yield from checks
    for of_messages in MESSAGE_CHECKS.values():
        yield from of_messages
    for of_lines in _LISTS:
        yield from ((one.rule, one.check) for one in of_lines)
