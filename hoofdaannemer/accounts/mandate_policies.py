"""Who gives, accepts, ends and refuses the mandate of an administration office."""

from __future__ import annotations

from django.utils.translation import gettext as _

from hoofdaannemer.accounts.models import OfficeMandate
from hoofdaannemer.accounts.models.mandates import READERS
from hoofdaannemer.core import mandates
from hoofdaannemer.core.errors import NotAllowedError, RuleError
from hoofdaannemer.core.scope import Role, Scope


def check_can_give(scope: Scope) -> None:
    """Raises NotAllowedError unless an administrator of a subcontractor acts: a person.

    Such a person gave a second factor. Whoever acts under a mandate is no administrator, so that
    no mandate is passed on.
    """
    if scope.role != Role.SUBCONTRACTOR_ADMIN or not scope.user_id or scope.mandate_id:
        raise NotAllowedError(_("An administrator of the subcontractor gives a mandate."))


def check_can_accept(scope: Scope, mandate: OfficeMandate) -> None:
    """Raises NotAllowedError unless somebody of the office acts: a person."""
    is_own = scope.role == Role.OFFICE_USER and scope.organisation_id == mandate.office_id
    if not is_own or not scope.user_id:
        raise NotAllowedError(_("Only the office does this."))


def check_can_withdraw(scope: Scope, mandate: OfficeMandate) -> None:
    """Raises NotAllowedError unless an administrator of who gave it acts."""
    check_can_give(scope)
    if scope.organisation_id != mandate.provider_organisation_id:
        raise NotAllowedError(_("An administrator of the subcontractor gives a mandate."))


def check_can_refuse(scope: Scope, mandate: OfficeMandate) -> None:
    """Raises NotAllowedError unless a contract manager or controller acts: a person.

    RuleError MND-05 where no contract with the subcontractor lets the main contractor refuse.
    """
    if scope.role not in READERS or not scope.user_id:
        raise NotAllowedError(_("Only a controller or a contract manager does this."))
    if not mandates.may_be_refused(scope, mandate.provider_organisation_id):
        raise RuleError(
            "MND-05",
            _("No contract with this subcontractor lets you refuse its administration office."),
        )


def check_takes_in_offices(scope: Scope) -> None:
    """Raises NotAllowedError for anybody but an administrator of the main contractor."""
    if scope.role != Role.ADMINISTRATOR and not scope.is_system:
        raise NotAllowedError(_("Only an administrator takes in an administration office."))
