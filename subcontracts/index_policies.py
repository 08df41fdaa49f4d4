"""Who may do what with indexation, and in which state of a round (docs/access.md)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from hoofdaannemer.core.errors import ConflictError, NotAllowedError, RuleError
from hoofdaannemer.core.scope import Scope
from hoofdaannemer.core.templatetags.core_format import date_long
from subcontracts.models import IndexRound
from subcontracts.policies import check_can_manage_contracts


def check_can_prepare(scope: Scope, main_contractor_id: int) -> None:
    """Raises NotAllowedError unless a contract manager acts: a person, never the system."""
    check_can_manage_contracts(scope, main_contractor_id)
    if not scope.user_id:
        raise NotAllowedError(_("An index round is prepared and decided by people."))


def check_can_change(scope: Scope, row: IndexRound) -> None:
    """Raises ConflictError for a round that is no draft any more."""
    check_can_prepare(scope, row.main_contractor_id)
    if row.status != IndexRound.Status.DRAFT:
        raise ConflictError(_("This round is no draft any more. Reload the page."))


def check_can_decide(scope: Scope, row: IndexRound) -> None:
    """Raises NotAllowedError for who prepared it, RuleError IDX-03 once its day has come.

    Care of days that have passed may be declared at the old tariff already.
    """
    check_can_change(scope, row)
    if row.prepared_by_id == scope.user_id:
        raise NotAllowedError(_("Somebody else decides about a round than who prepared it."))
    if row.effective_date <= scope.today:
        raise RuleError(
            "IDX-03", _("A round is decided before the day on which it takes effect. Prepare anew.")
        )


def check_can_undo(scope: Scope, row: IndexRound) -> None:
    """Raises RuleError IDX-06 once it is in force, ConflictError where nothing was decided."""
    check_can_prepare(scope, row.main_contractor_id)
    if row.status != IndexRound.Status.DECIDED:
        raise ConflictError(_("There is no decision to undo. Reload the page."))
    if row.is_in_force_on(scope.today):
        raise RuleError(
            "IDX-06",
            _("This round took effect on %(day)s. Correct single tariffs on their contract.")
            % {"day": date_long(row.effective_date)},
        )
