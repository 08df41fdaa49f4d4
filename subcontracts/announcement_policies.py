"""Who announces, and who confirms having read (docs/access.md)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from hoofdaannemer.core.errors import ConflictError, NotAllowedError
from hoofdaannemer.core.scope import SUBCONTRACTOR, Scope
from subcontracts.models import Announcement
from subcontracts.policies import check_can_manage_contracts


def check_can_change(scope: Scope, row: Announcement) -> None:
    """Whether one reminds of it or withdraws it. Raises ConflictError once it was withdrawn."""
    check_can_manage_contracts(scope, row.main_contractor_id)
    if row.withdrawn_at is not None:
        raise ConflictError(_("This announcement was withdrawn already. Reload the page."))


def check_can_confirm(scope: Scope, row: Announcement, *, has_confirmed: bool) -> None:
    """Raises NotAllowedError unless a subcontractor's own people act, ConflictError if they did."""
    if scope.role not in SUBCONTRACTOR or not scope.user_id:
        raise NotAllowedError(_("Only people of the subcontractor confirm that they have read it."))
    if has_confirmed:
        raise ConflictError(_("You confirmed this already."))
