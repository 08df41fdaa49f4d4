"""Who may move care in bulk, and in which state (docs/access.md)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from hoofdaannemer.core.errors import ConflictError, RuleError
from hoofdaannemer.core.scope import Scope
from subcontracts.models import CareMove, CareMoveItem, Subcontract
from subcontracts.models.moves import CareMoveQuerySet
from subcontracts.policies import check_can_manage_contracts

_OPEN = (CareMove.Status.DRAFT, CareMove.Status.RUNNING)


def check_can_prepare(scope: Scope, subcontract: Subcontract, moves: CareMoveQuerySet) -> None:
    """Raises NotAllowedError for a wrong role, RuleError CON-65 for a contract that never ran,
    CON-75 while another move of it is open.
    """
    check_can_manage_contracts(scope, subcontract.main_contractor_id)
    if subcontract.is_set_up:
        raise RuleError("CON-65", _("This contract has not begun: no care is placed under it."))
    _check_none_open(moves.filter(subcontract=subcontract))


def _check_none_open(moves: CareMoveQuerySet) -> None:
    if moves.filter(status__in=_OPEN).exists():
        raise RuleError(
            "CON-75",
            _("Another move of care from this contract is open. Finish or discard that one first."),
        )


def check_can_change(scope: Scope, move: CareMove) -> None:
    """Raises NotAllowedError for a wrong role, ConflictError for a move that is no draft."""
    check_can_manage_contracts(scope, move.main_contractor_id)
    if move.status != CareMove.Status.DRAFT:
        raise ConflictError(_("This move is no draft any more. Reload the page."))


def check_can_retry(scope: Scope, move: CareMove, moves: CareMoveQuerySet) -> None:
    """Raises NotAllowedError for a wrong role, ConflictError for a move without a remainder,
    RuleError CON-75 while another move of the contract is open.
    """
    check_can_manage_contracts(scope, move.main_contractor_id)
    if move.status != CareMove.Status.REMAINDER:
        raise ConflictError(_("Nothing remains of this move now. Reload the page."))
    _check_none_open(moves.filter(subcontract=move.subcontract_id).exclude(pk=move.pk))


def check_can_settle(
    scope: Scope, move: CareMove, item: CareMoveItem, moves: CareMoveQuerySet
) -> None:
    """As `check_can_retry`; ConflictError too for a placement that was dealt with."""
    check_can_retry(scope, move, moves)
    if item.status not in CareMoveItem.REMAINING:
        raise ConflictError(_("This placement was dealt with already. Reload the page."))


def check_can_take_along(scope: Scope, move: CareMove, moves: CareMoveQuerySet) -> None:
    """Raises NotAllowedError for a wrong role, ConflictError while care is being moved, RuleError
    CON-180 once the move is closed, CON-75 while another move of the contract is open.
    """
    check_can_manage_contracts(scope, move.main_contractor_id)
    if move.status == CareMove.Status.RUNNING:
        raise ConflictError(_("Care is being moved now. Reload the page when it is done."))
    if move.status in (CareMove.Status.FINISHED, CareMove.Status.DISCARDED):
        text = _("This move is closed. Begin a new one from the page of the contract.")
        raise RuleError("CON-180", text)
    _check_none_open(moves.filter(subcontract=move.subcontract_id).exclude(pk=move.pk))
