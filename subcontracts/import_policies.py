"""Who may take over running care, and in which state (docs/access.md)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from hoofdaannemer.core.errors import ConflictError, NotAllowedError, RuleError
from hoofdaannemer.core.scope import Scope
from subcontracts.models import CareImport
from subcontracts.models.care_imports import READERS, CareImportQuerySet
from subcontracts.policies import check_can_manage_contracts

_Status = CareImport.Status
#: While one of these is there, another file would be judged against care that comes or goes.
OPEN = (_Status.RECEIVED, _Status.CHECKED, _Status.RUNNING, _Status.UNDOING)


def check_can_hand_in(scope: Scope, imports: CareImportQuerySet) -> None:
    """Raises NotAllowedError for a wrong role, RuleError CON-141 while another one is open."""
    check_can_manage_contracts(scope, scope.main_contractor_id)
    if imports.filter(main_contractor=scope.main_contractor_id, status__in=OPEN).exists():
        raise RuleError(
            "CON-141",
            _("Another take-over of care is open. Finish or discard that one first."),
        )


def check_can_discard(scope: Scope, row: CareImport) -> None:
    """Raises NotAllowedError for a wrong role, ConflictError once care is being taken over."""
    check_can_manage_contracts(scope, row.main_contractor_id)
    if row.status not in (CareImport.Status.RECEIVED, CareImport.Status.CHECKED):
        raise ConflictError(_("Care is being taken over already. Reload the page."))


def check_can_confirm(scope: Scope, row: CareImport) -> None:
    """Raises NotAllowedError for a wrong role, ConflictError where it is not checked."""
    check_can_manage_contracts(scope, row.main_contractor_id)
    if row.status != CareImport.Status.CHECKED:
        raise ConflictError(_("This file is still being checked, or was dealt with already."))


def check_can_download(scope: Scope, row: CareImport) -> None:
    """Raises NotAllowedError for a wrong role, ConflictError once its rows are erased."""
    check_can_manage_contracts(scope, row.main_contractor_id)
    if row.status in CareImport.CLOSED:
        raise ConflictError(_("This take-over is closed: its rows were erased."))


def check_can_accept(scope: Scope, row: CareImport) -> None:
    """Raises NotAllowedError for a wrong role, ConflictError where nothing is to be accepted,
    RuleError CON-144 for who handed it in or had it taken over.
    """
    is_reader = scope.role in READERS and scope.main_contractor_id == row.main_contractor_id
    if not is_reader:
        raise NotAllowedError(_("Only a contract manager or controller accepts this."))
    if row.status != CareImport.Status.DONE:
        raise ConflictError(_("Nothing is to be accepted here now. Reload the page."))
    if scope.user_id in (row.uploaded_by_id, row.confirmed_by_id):
        raise RuleError(
            "CON-144",
            _("Somebody else than who handed it in and had it taken over accepts it."),
        )


def check_can_undo(scope: Scope, row: CareImport) -> None:
    """Whether it can be asked for: raises NotAllowedError for a wrong role, ConflictError where
    nothing was taken over, or where it was asked for already.
    """
    check_can_manage_contracts(scope, row.main_contractor_id)
    if row.status not in (_Status.DONE, _Status.ACCEPTED):
        raise ConflictError(_("Nothing that was taken over can be undone here now."))
    if row.undo_asked_at is not None:
        raise ConflictError(_("Somebody asked for it already. Reload the page."))


def check_can_answer_undo(scope: Scope, row: CareImport) -> None:
    """Whether it can be answered as a second person. Raises NotAllowedError for a wrong role,
    ConflictError where nothing was asked, RuleError CON-172 for who asked.
    """
    if scope.role not in READERS or scope.main_contractor_id != row.main_contractor_id:
        raise NotAllowedError(_("Only a contract manager or controller agrees to this."))
    if row.status != _Status.ACCEPTED or row.undo_asked_at is None:
        raise ConflictError(_("Nobody asked to undo this, or it was answered. Reload the page."))
    if scope.user_id == row.undo_asked_by_id:
        raise RuleError(
            "CON-172",
            _("This take-over was accepted: somebody else than you agrees to undo it."),
        )
