"""What the page of a formal decision tells: facts, objections, and how it was recorded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from hoofdaannemer.core.pages import ScopedRequest
from hoofdaannemer.core.scope import Scope
from hoofdaannemer.core.templatetags.core_format import date_nl, working_days_left
from subcontracts import words
from subcontracts.decision_tables import DecisionTable
from subcontracts.models import FormalDecision, Objection
from subcontracts.selectors import decisions as selector

Lines = list[tuple[str, str]]


@dataclass(frozen=True)
class Dispute:
    """One objection on the page."""

    row: Objection
    title: str
    facts: Lines


def decisions_shown(request: ScopedRequest, rows: QuerySet[Any]) -> DecisionTable | None:
    """The decisions about an allocation or request as a table on its page; None without any."""
    if not rows:
        return None
    return DecisionTable(
        rows,
        request=request,
        caption=_("Decisions, and the objections to them"),
        # The page is about the client, and the decision's own page tells the rest.
        exclude=("client", "decision_date", "due"),
    )


def facts_of(scope: Scope, row: FormalDecision) -> Lines:
    """What was decided, by whom, and until when one may object."""
    facts = [
        (_("Client"), str(row.client)),
        (_("Concerns"), capfirst(words.decision_subject_text(row))),
        (_("Municipality"), row.municipality.name),
        (_("Decision"), capfirst(str(row.get_kind_display()))),
    ]
    if row.is_given:
        facts += [
            (_("Number"), row.number or _("not known")),
            (_("Decided by"), capfirst(str(row.get_decided_by_display()))),
            (_("Date of the decision"), date_nl(row.decision_date)),
            (_("Sent to the resident on"), date_nl(row.sent_date) or _("not known")),
            (_("Objection until"), _until_text(scope, row)),
        ]
    return [*facts, (_("Reason"), row.reason)] if row.reason else facts


def _until_text(scope: Scope, row: FormalDecision) -> str:
    until = row.objection_until
    if until is None:
        return _("not known: nobody filled in when it was sent")
    if until < scope.today:
        return _("%(day)s, this term is over") % {"day": date_nl(until)}
    return _("up to and including %(day)s") % {"day": date_nl(until)}


def objections_of(scope: Scope, row: FormalDecision) -> Sequence[Dispute]:
    """The objections as they stand, newest first."""
    rows = Objection.objects.visible_to(scope).standing().filter(decision=row)
    return [
        Dispute(
            one,
            _("Objection of %(day)s") % {"day": date_nl(one.received_date)},
            _facts_of_objection(scope, one),
        )
        for one in rows
    ]


def _facts_of_objection(scope: Scope, row: Objection) -> Lines:
    received = date_nl(row.received_date)
    if row.posted_date:
        received = _("%(day)s, posted on %(posted)s") % {
            "day": received,
            "posted": date_nl(row.posted_date),
        }
    facts = [
        (_("Received on"), received),
        (_("In time?"), capfirst(str(row.get_timeliness_display())) or _("not known")),
        (_("To be decided"), _due_text(scope, row)),
    ]
    if row.is_advised:
        facts.append((_("Committee"), _("is heard, so twelve weeks")))
    if row.weeks_put_off:
        facts.append((_("Weeks put off"), str(row.weeks_put_off)))
    if row.note:
        facts.append((_("Note"), row.note))
    if row.outcome_date is not None:
        ended = f"{capfirst(str(row.get_outcome_display()))}, {date_nl(row.outcome_date)}"
        facts.append((_("Outcome"), ended))
    return [*facts, (_("In words"), row.outcome_text)] if row.outcome_text else facts


def _due_text(scope: Scope, row: Objection) -> str:
    """The day, and while it runs how many working days are left."""
    if row.due_date is None:
        return _("not known: nobody filled in when the decision was sent")
    day = _("by %(day)s") % {"day": date_nl(row.due_date)}
    if not row.is_open:
        return day
    days = working_days_left(row.due_date, scope.today)
    return format_html(
        "{} {}", day, render_to_string("components/deadline_chip.html", {"days": days})
    )


def history_of(scope: Scope, row: FormalDecision) -> list[dict[str, Any]]:
    """How the decision was recorded, the latest first."""
    every = selector.recordings(scope, row)
    return [
        {
            "at": one.recorded_at,
            "title": _("Corrected") if one.replaces_id else _("Recorded"),
            "text": _summary(one),
            "actor": one.recorded_by.name if one.recorded_by else "",
        }
        for one in every
    ]


def _summary(row: FormalDecision) -> str:
    parts = [str(row.get_kind_display()), row.number]
    if row.sent_date:
        parts.append(_("sent on %(day)s") % {"day": date_nl(row.sent_date)})
    return capfirst(", ".join(part for part in parts if part))
