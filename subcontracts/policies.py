"""Who may do what with contracts, clients, allocations and placements (docs/access.md)."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from hoofdaannemer.core.errors import ConflictError, NotAllowedError, RuleError
from hoofdaannemer.core.scope import CARE, SUBCONTRACTOR, Role, Scope
from messaging.models import OutgoingMessage
from subcontracts.models import Allocation, CareRequest, EmergencyAccess, Placement
from subcontracts.rules.combining import Spell
from subcontracts.rules.delivery import TEXTS
from subcontracts.rules.parts import Share


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


def check_can_place_more(scope: Scope, allocation: Allocation, left: Share | None) -> None:
    """Raises ConflictError where all of the allocation is placed; else as `check_can_place`."""
    check_can_place(scope, allocation)
    if left is None:
        raise ConflictError(
            _("This allocation has already been placed. Reload the page to see with whom.")
        )


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


def check_can_withdraw(scope: Scope, placement: Placement, spells: Sequence[Spell]) -> None:
    """Raises RuleError PLA-11 where it is not offered or accepted, PLA-14 while care goes on."""
    check_can_manage_care(scope, placement.main_contractor_id)
    if placement.status not in Placement.LIVE:
        raise RuleError("PLA-11", _("This placement has already ended."))
    if any(spell.ended_on is None for spell in spells):
        raise RuleError(
            "PLA-14",
            _("Care is given under this placement. It can end only with a report of the stop."),
        )


def check_can_name(scope: Scope, placement: Placement) -> None:
    """Raises RuleError PLA-17 where nobody delivers or delivered under the placement."""
    check_is_provider(scope, placement.provider_organisation_id)
    if placement.status in (Placement.Status.DECLINED, Placement.Status.WITHDRAWN):
        raise RuleError("PLA-17", _("Nobody gives care under this placement any more."))


def check_can_report(scope: Scope, placement: Placement) -> None:
    """Raises RuleError LEV-01 unless the placement was accepted."""
    check_is_provider(scope, placement.provider_organisation_id)
    if placement.status not in (Placement.Status.ACCEPTED, Placement.Status.ENDED):
        raise RuleError(
            "LEV-01",
            _("Accept the placement first. After that you can report the start of care."),
        )


def check_can_report_start(scope: Scope, placement: Placement, spells: Sequence[Spell]) -> None:
    """Whether any start can be reported in the portal today.

    Raises RuleError TR326 while care goes on, LEV-05 before the first day of the placement.
    """
    check_can_report(scope, placement)
    if any(spell.last_day is None for spell in spells):
        raise RuleError("TR326", str(TEXTS["TR326"]))
    if placement.start_date > scope.today:
        raise RuleError("LEV-05", _("Care under this placement has not begun yet."))


def check_can_report_stop(scope: Scope, placement: Placement, spells: Sequence[Spell]) -> None:
    """Whether any stop can be reported in the portal today.

    Raises RuleError TR382 where care never began, TR415 where all of it ended for good.
    """
    check_can_report(scope, placement)
    if all(spell.ended_on is not None for spell in spells):
        rule = "TR415" if spells else "TR382"
        raise RuleError(rule, str(TEXTS[rule]))


def check_can_dismiss(scope: Scope, request: CareRequest) -> None:
    """Raises RuleError VOT-03 where the request is not waiting to be sent."""
    check_can_manage_care(scope, request.main_contractor_id)
    waiting = (CareRequest.Status.RECEIVED, CareRequest.Status.FAULTY)
    if request.status not in waiting:
        raise RuleError("VOT-03", _("This request has already been sent or closed."))


def check_can_send_up(scope: Scope, request: CareRequest, *, is_another_open: bool) -> None:
    """Raises RuleError VOT-02, VOT-03 or VOT-04 where the request cannot go up now.

    `is_another_open`: whether another request for the client waits for an answer (TR374).
    """
    check_can_dismiss(scope, request)
    if request.client.is_sealed or not request.client.bsn:
        raise RuleError(
            "VOT-04",
            _("No message may be sent about this client. Call the municipality."),
        )
    if is_another_open:
        raise RuleError(
            "VOT-02",
            _("Another request for this client is still open. Wait for the answer to it."),
        )
