"""Declarations: judged as sets, and stored with the verdict per line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from billing import policies
from billing.findings import code_of
from billing.models import Declaration, DeclarationFile
from billing.services import storing
from billing.services.judging import Question, judge
from billing.services.staging import StagedLine, StagedLines, stage
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import ConflictError
from hoofdaannemer.core.money import from_cents
from hoofdaannemer.core.periods import Month
from hoofdaannemer.core.scope import Scope
from messaging.models import IncomingMessage
from subcontracts.models import Subcontractor

#: Codes of a line whose client is not known: the client has the code, its lines 0233.
UNKNOWN_CLIENT: Final = "TR304"


@dataclass(frozen=True)
class Head:
    """A declaration without its lines; `number` is unique per provider and law (TR333)."""

    family: str
    number: str
    month: Month
    message: IncomingMessage | None = None
    file: DeclarationFile | None = None

    @property
    def source(self) -> str:
        """How it came in."""
        if self.message:
            return Declaration.Source.MESSAGE
        return Declaration.Source.FILE if self.file else Declaration.Source.PORTAL


@dataclass(frozen=True)
class Verdict:
    """What was found. `refused` are rules that refuse the whole; `broken` is by line."""

    refused: tuple[str, ...]
    broken: Mapping[int, Sequence[str]]
    submitted: Decimal
    granted: Decimal

    @property
    def is_refused(self) -> bool:
        """Whether the declaration counts as never sent."""
        return bool(self.refused)

    def codes(self, line: int) -> list[str]:
        """Return codes of a line; those of the whole where that is refused."""
        return [code_of(rule) for rule in self.refused or self.broken.get(line, ())]


@dataclass(frozen=True)
class Submission:
    """A stored declaration with its verdict."""

    declaration: Declaration
    verdict: Verdict


@dataclass(frozen=True)
class WorkerVolumes:
    """Volume per professional by line, where the month page gives it."""

    by_line: Mapping[int, Mapping[int, int]] = field(default_factory=dict)


@transaction.atomic
def check(
    *, scope: Scope, subcontractor: Subcontractor, head: Head, lines: Sequence[StagedLine]
) -> Verdict:
    """Judge a declaration and store nothing."""
    policies.check_can_declare(scope, subcontractor)
    return _judged(subcontractor, head, lines)


@transaction.atomic
def submit(
    *,
    scope: Scope,
    subcontractor: Subcontractor,
    head: Head,
    lines: Sequence[StagedLine],
    workers: WorkerVolumes | None = None,
) -> Submission:
    """Judge a declaration and store it with its verdicts.

    The entitlements of its good lines follow (`services.entitling`). Lines that are wrong never
    hold up the others. A declaration that is refused as a whole
    (TR318, TR333) is kept without lines and counts as never sent. Raises ConflictError where the
    same declaration is being handled at this moment.
    """
    policies.check_can_declare(scope, subcontractor)
    # One declaration of a subcontractor at a time: totals and references are judged across them.
    Subcontractor.objects.visible_to(scope).select_for_update(of=("self",)).get(pk=subcontractor.pk)
    if head.message and Declaration.objects.filter(message=head.message).exists():
        raise ConflictError(_("This declaration has already been handled."))
    verdict = _judged(subcontractor, head, lines)
    declaration = Declaration.objects.create(
        main_contractor_id=subcontractor.main_contractor_id,
        provider_organisation_id=subcontractor.provider_organisation_id,
        subcontractor=subcontractor,
        family=head.family,
        number=head.number,
        month=head.month.first,
        declared_on=scope.today,
        source=head.source,
        status=_status(verdict, len(lines)),
        codes=" ".join(code_of(rule) for rule in verdict.refused),
        submitted=verdict.submitted,
        granted=verdict.granted,
        line_count=len(lines),
        rejected_count=len(lines) if verdict.is_refused else len(verdict.broken),
        recorded_at=scope.at,
        entitled_at=None if _grants(verdict, len(lines)) else scope.at,
        message=head.message,
        file=head.file,
    )
    if not verdict.is_refused:
        storing.store(declaration)
        storing.store_workers(declaration, workers.by_line if workers else {})
    audit.record(
        scope,
        "declaration.judged",
        declaration,
        lines=len(lines),
        rejected=declaration.rejected_count,
        granted=str(verdict.granted),
    )
    return Submission(declaration, verdict)


def month_for(subcontractor: Subcontractor, family: str, month: Month) -> Month:
    """The month to declare for: late lines go into the latest that was declared (TR318)."""
    latest = (
        Declaration.objects.standing()
        .filter(subcontractor=subcontractor, family=family)
        .order_by("-month")
        .values_list("month", flat=True)
        .first()
    )
    return max(month, Month.of(latest)) if latest else month


def _judged(subcontractor: Subcontractor, head: Head, given: Sequence[StagedLine]) -> Verdict:
    lines = StagedLines.of(given)
    submitted = from_cents(sum(lines.signed))
    if refused := tuple(_refusals(subcontractor, head)):
        return Verdict(refused, {}, submitted, from_cents(0))
    stage(lines)
    broken = judge(Question(subcontractor, head.family, head.month.last))
    amounts = zip(lines.column("line"), lines.signed, strict=True)
    granted = from_cents(sum(cents for line, cents in amounts if line not in broken))
    return Verdict((), broken, submitted, granted)


def _refusals(subcontractor: Subcontractor, head: Head) -> list[str]:
    """Rules about the declaration as a whole: its number and its period."""
    standing = Declaration.objects.standing().filter(
        main_contractor=subcontractor.main_contractor_id,
        provider_organisation=subcontractor.provider_organisation_id,
        family=head.family,
    )
    refused = []
    # Months without care may be skipped, so only going back is wrong.
    if standing.filter(month__gt=head.month.first).exists():
        refused.append("TR318")
    if standing.filter(number=head.number).exists():
        refused.append("TR333")
    return refused


def _grants(verdict: Verdict, lines: int) -> bool:
    """Whether any line was approved."""
    return not verdict.is_refused and len(verdict.broken) < lines


def _status(verdict: Verdict, lines: int) -> str:
    if verdict.is_refused:
        return Declaration.Status.REFUSED
    if not verdict.broken:
        return Declaration.Status.APPROVED
    rejected = len(verdict.broken) == lines
    return Declaration.Status.REJECTED if rejected else Declaration.Status.PARTLY
