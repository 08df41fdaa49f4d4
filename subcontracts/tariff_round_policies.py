"""Who may do what with a tariff round, and in which state (docs/access.md)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from hoofdaannemer.core.errors import ConflictError, NotAllowedError, RuleError
from hoofdaannemer.core.scope import SUBCONTRACTOR, Scope
from hoofdaannemer.core.templatetags.core_format import date_long
from subcontracts.buildup_policies import check_can_prepare
from subcontracts.models import TariffRound

Status = TariffRound.Status


def check_can_open(scope: Scope, row: TariffRound) -> None:
    """Raises ConflictError for a round that is no draft, RuleError CON-110 once its day passed."""
    check_can_prepare(scope, row.main_contractor_id)
    _check_status(row, Status.DRAFT)
    if row.closes_on < scope.today:
        raise RuleError("CON-110", _("The last day for reactions has passed. Prepare anew."))


def check_can_work_out(scope: Scope, row: TariffRound) -> None:
    """Whether what it does may be worked out anew. Raises ConflictError once it was submitted."""
    check_can_prepare(scope, row.main_contractor_id)
    _check_status(row, Status.DRAFT, Status.OPEN)


def check_can_extend(scope: Scope, row: TariffRound) -> None:
    """Raises ConflictError for a round that is not open."""
    check_can_prepare(scope, row.main_contractor_id)
    _check_status(row, Status.OPEN)


def check_can_react(scope: Scope, row: TariffRound) -> None:
    """Raises NotAllowedError unless a subcontractor acts, RuleError CON-113 where it is closed."""
    if scope.role not in SUBCONTRACTOR:
        raise NotAllowedError(_("Only the subcontractors that are asked react on tariffs."))
    if not row.takes_reactions_on(scope.today):
        raise RuleError("CON-113", _("Reactions were possible until the closing day."))


def check_is_closed(scope: Scope, row: TariffRound) -> None:
    """Whether the manager's turn has come: after the closing day, before it is submitted.

    Raises RuleError CON-115 while subcontractors still may change what they say.
    """
    check_can_prepare(scope, row.main_contractor_id)
    _check_status(row, Status.OPEN)
    if row.takes_reactions_on(scope.today):
        raise RuleError(
            "CON-115",
            _("Subcontractors may react until %(day)s and change what they said. Wait until then.")
            % {"day": date_long(row.closes_on)},
        )


def check_can_decide(scope: Scope, row: TariffRound) -> None:
    """Raises NotAllowedError for who submitted it, RuleError CON-117 once its day has come."""
    check_can_prepare(scope, row.main_contractor_id)
    _check_status(row, Status.SUBMITTED)
    if row.submitted_by_id == scope.user_id:
        raise NotAllowedError(_("Somebody else decides about tariffs than who submitted them."))
    if row.effective_date <= scope.today:
        raise RuleError(
            "CON-117", _("Tariffs are decided before the day on which they begin. Prepare anew.")
        )


def check_can_take_back(scope: Scope, row: TariffRound) -> None:
    """Raises ConflictError for a round that does not wait for a decision."""
    check_can_prepare(scope, row.main_contractor_id)
    _check_status(row, Status.SUBMITTED)


def check_can_withdraw(scope: Scope, row: TariffRound) -> None:
    """Raises ConflictError for a round that was decided or withdrawn."""
    check_can_prepare(scope, row.main_contractor_id)
    _check_status(row, Status.DRAFT, Status.OPEN, Status.SUBMITTED)


def check_can_undo(scope: Scope, row: TariffRound) -> None:
    """Raises ConflictError where nothing was decided, RuleError CON-118 once it is in force."""
    check_can_prepare(scope, row.main_contractor_id)
    _check_status(row, Status.DECIDED)
    if row.effective_date <= scope.today:
        raise RuleError(
            "CON-118",
            _("These tariffs began on %(day)s. Correct single tariffs on their contract.")
            % {"day": date_long(row.effective_date)},
        )


def _check_status(row: TariffRound, *fitting: str) -> None:
    if row.status not in fitting:
        raise ConflictError(_("This round is no longer as the page showed it. Reload the page."))
