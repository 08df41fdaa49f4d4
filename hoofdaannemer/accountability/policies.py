"""Who may do what with a report, and in which state."""

from __future__ import annotations

from django.utils.translation import gettext as _

from hoofdaannemer.accountability.models import READERS, Report
from hoofdaannemer.core.errors import ConflictError, NotAllowedError, RuleError
from hoofdaannemer.core.scope import Role, Scope
from subcontracts.models import MunicipalContract


def check_can_ask(scope: Scope, contract: MunicipalContract | None = None) -> None:
    """A contract manager asks for a report on a contract of the own main contractor."""
    if scope.is_system:
        return
    foreign = contract is not None and contract.main_contractor_id != scope.main_contractor_id
    if scope.role != Role.CONTRACT_MANAGER or foreign:
        raise NotAllowedError(_("Only a contract manager makes reports."))


def check_can_explain(scope: Scope, report: Report) -> None:
    """The explanation belongs to what is reviewed: its maker writes it, before the review.

    Raises RuleError ACC-06 for a colleague, who could otherwise review words of its own.
    """
    check_can_ask(scope)
    _check_status(report, Report.Status.DRAFT)
    if not scope.is_system and scope.user_id != report.built_by_id:
        raise RuleError(
            "ACC-06", _("Only who made this report explains it. Send it back if need be.")
        )


def check_can_review(scope: Scope, report: Report) -> None:
    """A second person judges the draft.

    Raises RuleError ACC-03 for whoever built it.
    """
    if scope.role not in READERS:
        raise NotAllowedError(_("Your role does not review reports."))
    _check_status(report, Report.Status.DRAFT)
    if scope.user_id == report.built_by_id:
        raise RuleError("ACC-03", _("You made this report yourself. Ask a colleague to review it."))


def check_can_send_back(scope: Scope, report: Report) -> None:
    """A draft, or what was reviewed and is not published yet, can be sent back."""
    if scope.role not in READERS:
        raise NotAllowedError(_("Your role does not review reports."))
    _check_status(report, Report.Status.DRAFT, Report.Status.REVIEWED)


def check_can_publish(scope: Scope, report: Report) -> None:
    """A contract manager publishes what a second person has reviewed."""
    if scope.role != Role.CONTRACT_MANAGER and not scope.is_system:
        raise NotAllowedError(_("Only a contract manager publishes reports."))
    _check_status(report, Report.Status.REVIEWED)


def _check_status(report: Report, *expected: Report.Status) -> None:
    if report.status not in expected:
        raise ConflictError(
            _("This report is %(status)s now. Open it again to see what can be done.")
            % {"status": report.get_status_display()}
        )
