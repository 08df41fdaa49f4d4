"""Who may do what with contracts, clients, allocations and placements (docs/access.md)."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from hoofdaannemer.core.errors import ConflictError, NotAllowedError, RuleError
from hoofdaannemer.core.scope import CARE, SUBCONTRACTOR, Role, Scope
from messaging.models import OutgoingMessage
from subcontracts.models import Allocation, CareRequest, EmergencyAccess, Placement


def check_can_manage_contracts(scope: Scope, main_contractor_id: int) -> None:
    """Raises NotAllowedError unless a contract manager of this main contractor acts."""
    if scope.is_system:
        return
    if scope.role != Role.CONTRACT_MANAGER or scope.main_contractor_id != main_contractor_id:
        raise NotAllowedError(_("Only a contract manager changes contracts and tariffs."))


def check_can_manage_care(scope: Scope, main_contractor_id: int) -> None:
    """Raises NotAllowedError unless the main contractor's care staff act."""
    if scope.is_system:
        return
    if scope.role not in CARE or scope.main_contractor_id != main_contractor_id:
        raise NotAllowedError(_("Only a care coordinator or contract manager does this."))


def check_can_place(scope: Scope, allocation: Allocation) -> None:
    """Raises NotAllowedError for a wrong role, RuleError PLA-01 for a deleted allocation."""
    check_can_manage_care(scope, allocation.main_contractor_id)
    if allocation.is_deleted:
        raise RuleError(
            "PLA-01",
            _("The municipality deleted this allocation. Nothing can be placed under it any more."),
        )


def check_can_end_emergency(scope: Scope, access: EmergencyAccess) -> None:
    """Raises NotAllowedError for anyone but the administrator whose access it is."""
    if scope.role != Role.ADMINISTRATOR or access.user_id != scope.user_id:
        raise NotAllowedError(_("Only who opened this emergency access ends it."))


def check_can_review_emergency(scope: Scope, access: EmergencyAccess) -> None:
    """Raises NotAllowedError for other roles and one's own use, ConflictError if reviewed."""
    is_manager = scope.role == Role.CONTRACT_MANAGER
    if not is_manager or access.main_contractor_id != scope.main_contractor_id:
        raise NotAllowedError(_("Only a contract manager reviews emergency access."))
    if access.user_id == scope.user_id:
        raise NotAllowedError(_("You opened this emergency access: a colleague reviews it."))
    if access.reviewed_at is not None:
        raise ConflictError(_("A colleague reviewed this already."))


def check_can_tell_again(
    scope: Scope, allocation: Allocation, refused: Sequence[OutgoingMessage]
) -> None:
    """Raises RuleError MEL-01 where no report of the allocation waits to be put right."""
    check_can_manage_care(scope, allocation.main_contractor_id)
    if not refused:
        raise RuleError(
            "MEL-01", _("The municipality has not returned any report of this allocation.")
        )


def check_is_provider(scope: Scope, organisation_id: int) -> None:
    """Raises NotAllowedError unless this organisation's own people act."""
    if scope.is_system:
        return
    if scope.role not in SUBCONTRACTOR or scope.organisation_id != organisation_id:
        raise NotAllowedError(_("Only the organisation that delivers the care does this."))


def check_can_reply(scope: Scope, placement: Placement) -> None:
    """Raises RuleError PLA-10 where the placement no longer waits for a reply."""
    check_is_provider(scope, placement.provider_organisation_id)
    if placement.status != Placement.Status.OFFERED:
        raise RuleError(
            "PLA-10",
            _("This placement no longer waits for a reply. Reload the page to see its status."),
        )


def check_can_withdraw(scope: Scope, placement: Placement) -> None:
    """Raises RuleError PLA-11 where the placement is no longer offered or accepted."""
    check_can_manage_care(scope, placement.main_contractor_id)
    if placement.status not in Placement.LIVE:
        raise RuleError("PLA-11", _("This placement has already ended."))


def check_can_report(scope: Scope, placement: Placement) -> None:
    """Raises RuleError LEV-01 unless the placement was accepted."""
    check_is_provider(scope, placement.provider_organisation_id)
    if placement.status not in (Placement.Status.ACCEPTED, Placement.Status.ENDED):
        raise RuleError(
            "LEV-01",
            _("Accept the placement first. After that you can report the start of care."),
        )


def check_can_send_up(scope: Scope, request: CareRequest) -> None:
    """Raises RuleError VOT-03 where the request is not waiting to be sent."""
    check_can_manage_care(scope, request.main_contractor_id)
    waiting = (CareRequest.Status.RECEIVED, CareRequest.Status.FAULTY)
    if request.status not in waiting:
        raise RuleError("VOT-03", _("This request has already been sent or closed."))
