"""Who may upload and judge proofs."""

from __future__ import annotations

from django.utils.translation import gettext as _

from hoofdaannemer.core.errors import NotAllowedError, RuleError
from hoofdaannemer.core.scope import SUBCONTRACTOR, Role, Scope
from qualifications.models import Evidence


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
