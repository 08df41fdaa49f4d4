"""Who may take over running care, and in which state (docs/access.md)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from hoofdaannemer.core.errors import ConflictError, NotAllowedError, RuleError
from hoofdaannemer.core.scope import Scope
from subcontracts.models import CareImport
from subcontracts.models.care_imports import READERS, CareImportQuerySet
from subcontracts.policies import check_can_manage_contracts

_OPEN = (CareImport.Status.RECEIVED, CareImport.Status.CHECKED, CareImport.Status.RUNNING)


def check_can_hand_in(scope: Scope, imports: CareImportQuerySet) -> None:
    """Raises NotAllowedError for a wrong role, RuleError CON-141 while another one is open."""
    check_can_manage_contracts(scope, scope.main_contractor_id)
    if imports.filter(main_contractor=scope.main_contractor_id, status__in=_OPEN).exists():
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
    if row.status in (CareImport.Status.ACCEPTED, CareImport.Status.DISCARDED):
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
