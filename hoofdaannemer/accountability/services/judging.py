"""The second pair of eyes: explanation, review, sending back."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from hoofdaannemer.accountability import policies
from hoofdaannemer.accountability.models import Report
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.scope import Scope


def locked(scope: Scope, report: Report) -> Report:
    """The report, locked for a change."""
    rows = Report.objects.visible_to(scope).select_for_update(of=("self",))
    return rows.select_related("municipal_contract").get(pk=report.pk)


@transaction.atomic
def explain(*, scope: Scope, report: Report, narrative: str) -> Report:
    """Set the text that is published with the figures; only while it is a draft."""
    report = locked(scope, report)
    policies.check_can_explain(scope, report)
    report.narrative = narrative.strip()
    report.save(update_fields=["narrative"])
    audit.record(scope, "report.explained", report, length=len(report.narrative))
    return report


@transaction.atomic
def review(*, scope: Scope, report: Report, note: str = "") -> Report:
    """Approve a draft for publication.

    Raises RuleError ACC-03 for its builder, and ACC-04 where the attack computed a figure.
    """
    report = locked(scope, report)
    policies.check_can_review(scope, report)
    if report.attack.get("exposed"):
        raise RuleError("ACC-04", _("A hidden figure can be computed back. Send the report back."))
    report.status = Report.Status.REVIEWED
    report.reviewed_by_id = scope.user_id or None
    report.reviewed_at = scope.at
    report.review_note = note.strip()
    report.save(update_fields=["status", "reviewed_by", "reviewed_at", "review_note"])
    audit.record(scope, "report.reviewed", report)
    return report


@transaction.atomic
def send_back(*, scope: Scope, report: Report, note: str) -> Report:
    """End a version that should not be published; a new one can be made.

    Raises RuleError ACC-05 without a reason.
    """
    report = locked(scope, report)
    policies.check_can_send_back(scope, report)
    if not note.strip():
        raise RuleError("ACC-05", _("Write down what has to change before it can be published."))
    report.status = Report.Status.REJECTED
    report.review_note = note.strip()
    report.save(update_fields=["status", "review_note"])
    audit.record(scope, "report.sent_back", report)
    return report
