"""A 323 judged without storing anything: for the upload page and the command."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from billing.findings import sentence
from billing.services.addressing import subcontractor_of
from billing.services.declarations import Head, Verdict, check
from billing.services.judging import findings
from billing.services.staging import staged
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.money import from_cents
from hoofdaannemer.core.periods import Month
from hoofdaannemer.core.scope import Scope
from messaging.istandaard import (
    ServiceRow,
    declaration_head,
    declaration_rows,
    parse,
    validate_declaration,
)

#: Return code of everything that is wrong within a message.
WITHIN_MESSAGE = "0001"


@dataclass(frozen=True)
class LineResult:
    """What would be said of one line."""

    row: ServiceRow
    codes: Sequence[str]
    sentences: Sequence[str]


@dataclass(frozen=True)
class DryRun:
    """What would be said of a declaration; `problems` concern the whole."""

    lines: Sequence[LineResult]
    problems: Sequence[str]
    submitted: Decimal
    granted: Decimal


@transaction.atomic
def dry_run(*, scope: Scope, raw: bytes) -> DryRun:
    """Judge the bytes of a 323 as they would be judged when sent.

    Raises RuleError BIL-60 where they are no readable declaration, BIL-61 where the sender is no
    subcontractor.
    """
    result = parse(raw)
    if not result.is_valid or result.type is None or result.type.number != "323":
        why = " ".join(str(one.message) for one in result.rejections[:3])
        raise RuleError(
            "BIL-60", _("This is not a readable declaration (323). %(why)s") % {"why": why}
        )
    head, rows = declaration_head(result), declaration_rows(result)
    subcontractor = subcontractor_of(scope, head, rows)
    submitted = from_cents(sum(row.signed for row in rows))
    if found := list(validate_declaration(head, rows)):
        texts = [f"{one.message} ({one.rule})" for one in found]
        lines = [LineResult(row, [WITHIN_MESSAGE], []) for row in rows]
        return DryRun(lines, texts, submitted, from_cents(0))
    verdict = check(
        scope=scope,
        subcontractor=subcontractor,
        head=Head(
            head.family.value,
            head.declaration.declaration_number,
            Month.of(head.declaration.declaration_period.start),
        ),
        lines=staged(rows, subcontractor.main_contractor_id),
    )
    texts = [sentence(rule, {}) for rule in verdict.refused]
    told = _told(verdict, head.family.value)
    return DryRun(list(_lines(rows, verdict, told)), texts, verdict.submitted, verdict.granted)


def _told(verdict: Verdict, family: str) -> Mapping[int, list[tuple[str, dict[str, Any]]]]:
    told: dict[int, list[tuple[str, dict[str, Any]]]] = {}
    if not verdict.is_refused:
        for line, rule, facts in findings(family):
            told.setdefault(line, []).append((rule, facts))
    return told


def _lines(
    rows: Sequence[ServiceRow],
    verdict: Verdict,
    told: Mapping[int, list[tuple[str, dict[str, Any]]]],
) -> Iterator[LineResult]:
    for row in rows:
        sentences = [sentence(rule, facts) for rule, facts in told.get(row.line, ())]
        yield LineResult(row, verdict.codes(row.line), sentences)
