"""The register of the rules within one message, and what they find.

A rule about one class is a function of that class and its message that gives the element at
fault ("" for the class itself), or None. A rule about a whole message gives paths. Each stands
here under its code in the standard.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from django.utils.functional import Promise

from messaging.istandaard.model.header import Part
from messaging.istandaard.model.messages import Message

REJECTED: Final = "0001"
"""Return code of every error within a message (level 2)."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that a message breaks.

    `rule` is its code in the standard, `code` the return code, `path` the element, `message`
    whole sentences for a person, without values from the message.
    """

    rule: str
    code: str
    path: str
    message: str | Promise


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of the standard with the sentence that tells of it."""

    code: str
    text: str | Promise

    def at(self, path: str) -> Finding:
        return Finding(self.code, REJECTED, path, self.text)


PartCheck = Callable[[Any, Any], "str | None"]
MessageCheck = Callable[[Any], Iterable[str]]
P = TypeVar("P", bound=PartCheck)
M = TypeVar("M", bound=MessageCheck)

PART_CHECKS: Final[dict[type[Part], list[tuple[Rule, PartCheck]]]] = {}
MESSAGE_CHECKS: Final[dict[type[Message], list[tuple[Rule, MessageCheck]]]] = {}
RULES: Final[dict[str, Rule]] = {}


def rule(code: str, text: str | Promise) -> Rule:
    """The rule of a code; its functions may stand in several places."""
    return RULES.setdefault(code, Rule(code, text))


def on(rule: Rule, *classes: type[Part]) -> Callable[[P], P]:
    """Register a check of each object of these classes."""

    def register(check: P) -> P:
        for part in classes:
            PART_CHECKS.setdefault(part, []).append((rule, check))
        return check

    return register


def whole(rule: Rule, *messages: type[Message]) -> Callable[[M], M]:
    """Register a check of a message as a whole."""

    def register(check: M) -> M:
        for message in messages:
            MESSAGE_CHECKS.setdefault(message, []).append((rule, check))
        return check

    return register
