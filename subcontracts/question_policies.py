"""Who asks about contracts, who answers, and who publishes (docs/access.md)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from hoofdaannemer.core.errors import ConflictError, NotAllowedError
from hoofdaannemer.core.scope import SUBCONTRACTOR, Scope
from subcontracts.models import ClauseQuestion, ClauseReading
from subcontracts.models.questions import READERS
from subcontracts.policies import check_can_manage_contracts

Status = ClauseQuestion.Status


def check_can_ask(scope: Scope) -> None:
    """Raises NotAllowedError for who reads no contracts."""
    if scope.role not in READERS | SUBCONTRACTOR:
        raise NotAllowedError(_("Only who reads contracts asks about them."))


def check_can_answer(scope: Scope, row: ClauseQuestion) -> None:
    """Raises NotAllowedError unless a contract manager acts, ConflictError where it is closed."""
    check_can_manage_contracts(scope, row.main_contractor_id)
    _check_open(row)


def check_can_withdraw(scope: Scope, row: ClauseQuestion) -> None:
    """Raises NotAllowedError for anybody but who asked, ConflictError where it is closed."""
    is_own = (
        scope.organisation_id == row.provider_organisation_id
        if scope.role in SUBCONTRACTOR
        else scope.user_id == row.asked_by_id and row.provider_organisation_id is None
    )
    if not is_own:
        raise NotAllowedError(_("Only who asked takes a question back."))
    _check_open(row)


def check_can_publish(scope: Scope, row: ClauseQuestion, *, is_published: bool) -> None:
    """Raises ConflictError where there is no answer yet, or a reading already."""
    check_can_manage_contracts(scope, row.main_contractor_id)
    if row.status != Status.ANSWERED or is_published:
        raise ConflictError(_("A reading is published once, of a question that was answered."))


def check_can_withdraw_reading(scope: Scope, row: ClauseReading) -> None:
    """Raises ConflictError for one that was withdrawn."""
    check_can_manage_contracts(scope, row.main_contractor_id)
    if row.withdrawn_at is not None:
        raise ConflictError(_("This reading was withdrawn already. Reload the page."))


def _check_open(row: ClauseQuestion) -> None:
    if row.status != Status.OPEN:
        raise ConflictError(_("This question is closed already. Reload the page."))
