"""What a request for change asks, beside what is current, for its page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.translation import gettext as _

from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.scope import CARE, Scope
from hoofdaannemer.core.templatetags.core_format import date_nl, period_of
from messaging.istandaard.codelists import code_list
from subcontracts import words
from subcontracts.models import Allocation, CareRequest, ChangedProduct, Placement
from subcontracts.services import change_lines, checking

_Status = CareRequest.Status
_What = ChangedProduct.What
_WAITING = (_Status.RECEIVED, _Status.FAULTY)
_CLOSED = (_Status.ANSWERED, _Status.DISMISSED)


@dataclass(frozen=True)
class WantedLine:
    """One product of a change: now beside what is asked, or that alone once it is closed."""

    title: str
    compared: Sequence[dict[str, Any]] = ()
    asked: Sequence[tuple[str, str]] = ()


@dataclass
class Wanted:
    """A change, product by product."""

    changes: list[WantedLine] = field(default_factory=list)
    #: What stays as it is.
    kept: list[str] = field(default_factory=list)
    #: What a subcontractor asked of its own placements, where that is not what is shown.
    below: list[str] = field(default_factory=list)
    #: Why it cannot be sent so.
    problem: str = ""


def wanted_by(scope: Scope, request: CareRequest) -> Wanted:
    """What is or would be asked of the municipality; to a subcontractor what it asked itself."""
    asked, lines, problem = _lines(scope, request)
    found = Wanted(problem=problem)
    if request.provider_organisation_id and lines is not asked:
        found.below = [_said(line) for line in asked if line.what != _What.UNCHANGED]
    for line in lines:
        if line.what == _What.UNCHANGED:
            found.kept.append(words.line_text(line))
        else:
            found.changes.append(_shown(line, request))
    return found


def _shown(line: ChangedProduct, request: CareRequest) -> WantedLine:
    title = words.line_text(line)
    if line.what == _What.NEW:
        title = _("New: %(product)s") % {"product": title}
    if request.status in _CLOSED:
        # What is current now may be the answer already.
        return WantedLine(title, asked=_facts_of(line))
    return WantedLine(title, compared=_compared(line))


def _facts_of(row: Allocation | Placement | ChangedProduct) -> list[tuple[str, str]]:
    """How much care, and how long."""
    last = date_nl(row.end_date) if row.end_date else _("no last day")
    return [
        (_("How much"), words.extent_text(row)),
        (_("From"), date_nl(row.start_date)),
        (_("Up to and including"), last),
    ]


def _said(line: ChangedProduct) -> str:
    """What a line asks, in words."""
    parts = [words.extent_text(line)]
    if line.start_date is not None:
        parts.append(period_of(line.start_date, line.end_date))
    return f"{words.line_text(line)}: {', '.join(part for part in parts if part)}"


def _lines(
    scope: Scope, request: CareRequest
) -> tuple[Sequence[ChangedProduct], Sequence[ChangedProduct], str]:
    """The lines as asked, those to show, and what stands in the way of sending them."""
    rows = (
        ChangedProduct.objects.visible_to(scope)
        .in_force()
        .filter(request=request)
        .select_related("allocation__product", "placement__product", "product")
    )
    asked = [row for row in rows if row.stage == ChangedProduct.Stage.ASKED]
    if scope.role in CARE and request.status in _WAITING:
        return asked, *_completed(scope, request, asked)
    sent = [row for row in rows if row.stage == ChangedProduct.Stage.SENT]
    return asked, sent or asked, ""


def _completed(
    scope: Scope, request: CareRequest, asked: Sequence[ChangedProduct]
) -> tuple[Sequence[ChangedProduct], str]:
    """The lines as they would go up now, and what stands in their way."""
    try:
        lines = change_lines.drafted(scope, request)
    except RuleError as refusal:
        return asked, str(refusal)
    try:
        checking.check_lines(scope, request, lines)
    except RuleError as refusal:
        return lines, str(refusal)
    return lines, ""


def _compared(line: ChangedProduct) -> list[dict[str, Any]]:
    before = line.placement or line.allocation
    was = dict(_facts_of(before)) if before else {}
    return [
        {
            "label": label,
            "before": was.get(label, ""),
            "after": becomes,
            "changed": was.get(label, "") != becomes,
        }
        for label, becomes in _facts_of(line)
        if becomes or was.get(label)
    ]


def facts_of_change(scope: Scope, request: CareRequest) -> list[tuple[str, str]]:
    """Why it is asked, and what came of it."""
    change = request.change
    facts = [
        (_("Why"), code_list("WJ758").label(change.reason)),
        (_("Answer"), str(change.get_answer_display())),
    ]
    if change.rejection_reason:
        text = words.rejection_text(change.rejection_reason, change.responsible_code)
        facts.append((_("Reason"), text))
    allocations = Allocation.objects.visible_to(scope).filter(versions__requested_change=change)
    links = [
        (reverse("allocation_detail", args=[row.pk]), row.number)
        for row in allocations.order_by("number").distinct()
    ]
    if links:
        shown = format_html_join(", ", '<a class="ha-link" href="{}">{}</a>', links)
        facts.append((_("Answered with"), shown))
    return facts
