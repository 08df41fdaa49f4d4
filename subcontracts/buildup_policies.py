"""Who may do what with the build-up of tariffs, and in which state (docs/access.md)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from hoofdaannemer.core.errors import ConflictError, NotAllowedError
from hoofdaannemer.core.scope import Scope
from subcontracts.models import TariffBuildup
from subcontracts.policies import check_can_manage_contracts


def check_can_prepare(scope: Scope, main_contractor_id: int) -> None:
    """Raises NotAllowedError unless a contract manager acts: a person, never the system."""
    check_can_manage_contracts(scope, main_contractor_id)
    if not scope.user_id:
        raise NotAllowedError(_("Tariffs are built up and settled by people."))


def check_can_change(scope: Scope, row: TariffBuildup) -> None:
    """Raises ConflictError for a version that is no draft any more."""
    check_can_prepare(scope, row.main_contractor_id)
    if row.status != TariffBuildup.Status.DRAFT:
        raise ConflictError(_("This version is no draft any more. Reload the page."))


def check_can_settle(scope: Scope, row: TariffBuildup) -> None:
    """Raises NotAllowedError for who prepared it or changed it last."""
    check_can_change(scope, row)
    if row.prepared_by_id == scope.user_id:
        raise NotAllowedError(_("Somebody else settles a build-up than who drew it up."))
