"""The rules within one message (TR, CD and CS of check level "within-message").

`validate` gives everything that a message breaks; the schema's own rules (RS, CS015, CS025,
CS319) are judged by `codec.parse` before there is a message.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from messaging.istandaard.lines import ServiceRow, declaration_rows
from messaging.istandaard.model.header import Part
from messaging.istandaard.model.messages import (
    DeclarationAnswerMessage,
    DeclarationMessage,
    Message,
)
from messaging.istandaard.parts import Trail, path_at, walk, walk_head

from . import client, general, products
from .declaration import answer_findings, declaration_findings, line_findings
from .odd_dates import CALENDAR, odd_dates
from .registry import MESSAGE_CHECKS, PART_CHECKS, REJECTED, RULES, Finding, Rule, rule

__all__ = [
    "REJECTED",
    "RULES",
    "Finding",
    "Rule",
    "client",
    "general",
    "line_findings",
    "products",
    "rule",
    "validate",
    "validate_declaration",
]


def validate(message: Message) -> list[Finding]:
    """Every rule that the message breaks, in document order within a kind of rule.

    Return messages have no rules of their own; a 325 has.
    """
    if isinstance(message, DeclarationMessage):
        return validate_declaration(message, declaration_rows(message))
    kind = message.type
    visits, lists = walk(message)
    findings = [CALENDAR.at(path) for path in odd_dates(kind, visits)]
    if isinstance(message, DeclarationAnswerMessage):
        if message.answer is not None:
            rows = declaration_rows(message)
            findings += answer_findings(message.answer, message.header.message_date, rows)
    elif not kind.is_return:
        findings += _of_parts(message, visits)
        findings += _of_message(message)
        findings += [general.TR101.at(path) for path in general.repeated(lists)]
    return findings


def validate_declaration(message: DeclarationMessage, rows: Sequence[ServiceRow]) -> list[Finding]:
    """Every rule that a 323 breaks whose lines are given as rows (its clients are not read)."""
    findings = [CALENDAR.at(path) for path in odd_dates(message.type, walk_head(message).visits)]
    findings += declaration_findings(message.declaration, message.header.message_date, rows)
    return findings


def _of_parts(message: Message, visits: Iterable[tuple[Part, Trail]]) -> Iterator[Finding]:
    for part, trail in visits:
        for known, check in PART_CHECKS.get(type(part), ()):
            if (place := check(part, message)) is not None:
                yield known.at(path_at(trail, place))


def _of_message(message: Message) -> Iterator[Finding]:
    for known, check in MESSAGE_CHECKS.get(type(message), ()):
        for path in check(message):
            yield known.at(path)
