"""Who may set requirements, and upload and judge proofs."""

from __future__ import annotations

from django.utils.translation import gettext as _

from hoofdaannemer.core.errors import NotAllowedError, RuleError
from hoofdaannemer.core.scope import SUBCONTRACTOR, Role, Scope
from qualifications.models import Evidence, Requirement


def check_can_upload(scope: Scope) -> None:
    """Only the organisation itself uploads its proofs (access policy, section 2)."""
    if not (scope.is_system or scope.role in SUBCONTRACTOR):
        raise NotAllowedError(_("Only the subcontractor itself uploads its proofs."))


def check_can_review(scope: Scope, evidence: Evidence) -> None:
    """Quality officers judge, never their own upload. Raises RuleError QUA-02 for that."""
    if scope.role != Role.QUALITY_OFFICER:
        raise NotAllowedError(_("Only a quality officer judges proofs."))
    if evidence.uploaded_by_id and evidence.uploaded_by_id == scope.user_id:
        raise RuleError(
            "QUA-02", _("You uploaded this proof yourself. Ask a colleague to judge it.")
        )


def check_can_set(scope: Scope, main_contractor_id: int) -> None:
    """Quality officers set requirements, of their own main contractor."""
    is_own = scope.role == Role.QUALITY_OFFICER and scope.main_contractor_id == main_contractor_id
    if not (scope.is_system or is_own):
        raise NotAllowedError(_("Only a quality officer sets requirements."))


def check_stands(requirement: Requirement) -> None:
    """Raises RuleError QUA-27 for a version that was taken back before it began."""
    if requirement.withdrawn_at is not None:
        raise RuleError("QUA-27", _("This version was taken back before it began."))


def check_can_change(scope: Scope, requirement: Requirement) -> None:
    """Only the newest version is followed by another. Raises RuleError QUA-27 for an older."""
    check_can_set(scope, requirement.main_contractor_id)
    check_stands(requirement)
    if not Requirement.objects.newest().filter(pk=requirement.pk).exists():
        raise RuleError("QUA-27", _("A newer version follows this one. Open that one."))


def check_can_end(scope: Scope, requirement: Requirement) -> None:
    """What has no last day yet is ended. Raises RuleError QUA-27 where it has one."""
    check_can_change(scope, requirement)
    if requirement.end_date is not None:
        raise RuleError("QUA-27", _("This requirement has a last day already."))


def check_can_resume(scope: Scope, requirement: Requirement) -> None:
    """An end is taken back until its day has passed. Raises RuleError QUA-30 otherwise."""
    check_can_change(scope, requirement)
    if requirement.end_date is None:
        raise RuleError("QUA-30", _("This requirement does not end."))
    if requirement.end_date < scope.today:
        raise RuleError("QUA-30", _("It has ended. Let it begin again from a day on."))


def check_can_withdraw(scope: Scope, requirement: Requirement) -> None:
    """Before its first day only. Raises RuleError QUA-31 for what holds or held."""
    check_can_change(scope, requirement)
    if requirement.start_date <= scope.today:
        raise RuleError("QUA-31", _("This version has begun. Give it a last day instead."))
