"""The month run in the background: a row that is asked for, taken up, and never lost."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from billing import policies
from billing.models import MonthRun
from billing.services import months
from billing.services.months import MonthResult
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.background import to_take_up
from hoofdaannemer.core.errors import ConflictError, DomainError, RuleError
from hoofdaannemer.core.periods import Month
from hoofdaannemer.core.scope import Scope, acting_as


@transaction.atomic
def ask(*, scope: Scope, main_contractor_id: int, month: Month) -> MonthRun:
    """Ask for a month to be closed. Raises RuleError BIL-41 for a month that has not ended.

    Asked again while it waits or runs, it gives that run.
    """
    policies.check_can_run_month(scope, main_contractor_id)
    if month.last >= scope.today:
        raise RuleError("BIL-41", _("A month is closed after its last day."))
    open_runs = MonthRun.objects.filter(
        main_contractor=main_contractor_id,
        month=month.first,
        state__in=[MonthRun.State.WAITING, MonthRun.State.RUNNING],
    )
    if known := open_runs.first():
        return known
    run = MonthRun.objects.create(
        main_contractor_id=main_contractor_id,
        month=month.first,
        asked_by_id=scope.user_id or None,
        asked_at=scope.at,
    )
    audit.record(scope, "month_run.asked", run, month=str(month))
    return run


def waiting(scope: Scope) -> list[int]:
    """Runs to take up: asked for, or left behind by a worker that was killed."""
    with acting_as(scope):
        rows = MonthRun.objects.filter(to_take_up(scope.at))
        return list(rows.order_by("asked_at").values_list("pk", flat=True))


def take_up(*, scope: Scope, run_id: int) -> MonthRun:
    """Run a month that was asked for; claimed by one worker, and safe to repeat.

    Raises ConflictError where another worker has it.
    """
    run = _claim(scope, run_id)
    try:
        _run(scope, run)
    except DomainError as refusal:
        _finish(scope, run, MonthRun.State.FAILED, [[0, "", refusal.message]])
    return run


def run_now(*, scope: Scope, main_contractor_id: int, month: Month) -> MonthResult:
    """Close a month while the caller waits, and keep that it was closed.

    Raises RuleError BIL-41 for a month that has not ended, ConflictError where a worker has it.
    """
    with acting_as(scope):
        asked = ask(scope=scope, main_contractor_id=main_contractor_id, month=month)
    return _run(scope, _claim(scope, asked.pk))


def _run(scope: Scope, run: MonthRun) -> MonthResult:
    def show(done: int, of: int, issued: int) -> None:
        # A sign of life is about the worker, so it is the clock's, not the scope's.
        with acting_as(scope):
            MonthRun.objects.filter(pk=run.pk).update(
                handled=done, subcontractors=of, issued=issued, seen_at=timezone.now()
            )

    result = months.run_month(
        scope=scope,
        main_contractor_id=run.main_contractor_id,
        month=run.calendar_month,
        progress=show,
    )
    problems = [[one.subcontractor_id, one.code, one.text] for one in result.problems]
    _finish(scope, run, MonthRun.State.FAILED if problems else MonthRun.State.DONE, problems)
    return result


def _claim(scope: Scope, run_id: int) -> MonthRun:
    with acting_as(scope):
        claimed = MonthRun.objects.filter(to_take_up(scope.at), pk=run_id)
        run = claimed.select_for_update(skip_locked=True).first()
        if run is None:
            raise ConflictError(_("Another worker is at this month."))
        run.attempts += 1
        run.state = MonthRun.State.RUNNING
        run.seen_at = scope.at
        run.save(update_fields=["attempts", "state", "seen_at"])
        return run


def _finish(scope: Scope, run: MonthRun, state: str, problems: list[list[object]]) -> None:
    with acting_as(scope):
        run.refresh_from_db()
        run.state, run.problems, run.finished_at = state, problems, scope.at
        run.save(update_fields=["state", "problems", "finished_at"])
        audit.record(scope, f"month_run.{state}", run, problems=len(problems))
