"""Background work: entitlements, months and what-ifs that were asked for, and holds judged anew."""

from __future__ import annotations

from contextlib import suppress

from celery import shared_task

from billing.selectors.waiting import ENTITLE
from billing.services import (
    bonus_results,
    entitling,
    file_checking,
    file_terms,
    forecasts,
    holds,
    month_runs,
    office_dividing,
    results,
    what_ifs,
)
from hoofdaannemer.core import scope as scopes
from hoofdaannemer.core.errors import ConflictError, RuleError
from hoofdaannemer.core.heartbeats import beating
from hoofdaannemer.core.scope import acting_as
from subcontracts.models import Subcontractor


@shared_task(acks_late=True, ignore_result=True)
def run_asked_months() -> None:
    """Take up every month that was asked for; beat calls it, a nudge makes it quicker."""
    for run_id in month_runs.waiting(scopes.system()):
        try:
            month_runs.take_up(scope=scopes.system(), run_id=run_id)
        except ConflictError:
            continue  # another worker was first


@shared_task(acks_late=True, ignore_result=True)
def run_what_ifs() -> None:
    """Take up every what-if that was asked for; beat calls it, a nudge makes it quicker."""
    for pk in what_ifs.waiting(scopes.system()):
        try:
            what_ifs.take_up(scope=scopes.system(), what_if_id=pk)
        except ConflictError:
            continue  # another worker was first, or it was deleted


@shared_task(acks_late=True, ignore_result=True)
def take_up_declaration_files() -> None:
    """Divide offices' files, check declaration files and hand them in; a nudge makes it quicker."""
    for pk in office_dividing.waiting(scopes.system()):
        try:
            office_dividing.take_up(scope=scopes.system(), file_id=pk)
        except ConflictError:
            continue  # another worker was first, or it was thrown away
    for pk in file_checking.waiting(scopes.system()):
        try:
            file_checking.take_up(scope=scopes.system(), file_id=pk)
        except ConflictError:
            continue  # another worker was first, or it was thrown away


@shared_task(acks_late=True, ignore_result=True)
def erase_files() -> None:
    """Erase declaration files past their term."""
    scope = scopes.system()
    with acting_as(scope):
        file_terms.erase(scope=scope)


@shared_task(acks_late=True, ignore_result=True)
def entitle_declared() -> None:
    """Record what declarations granted, and hold what lacks a proof.

    One subcontractor's failure stops no other; it surfaces when all were taken up.
    """
    with beating(ENTITLE):
        _entitle_declared()


def _entitle_declared() -> None:
    scope = scopes.system()
    with acting_as(scope):
        parties = entitling.waiting(scope)
    failures: list[Exception] = []
    for subcontractor in parties:
        try:
            with acting_as(scope):
                entitling.entitle(scope=scope, subcontractor=subcontractor)
                holds.refresh(scope=scope, subcontractor=subcontractor)
        except Exception as failure:  # noqa: BLE001  raised below, after the others
            failures.append(failure)
    if failures:
        raise ExceptionGroup("entitlements were not recorded", failures)


@shared_task(acks_late=True, ignore_result=True)
def make_forecasts() -> None:
    """Look ahead for every contract that runs; one that fails stops no other."""
    scope = scopes.system()
    with acting_as(scope):
        contracts = forecasts.contracts_to_forecast(scope)
    failures: list[Exception] = []
    for contract in contracts:
        try:
            with acting_as(scope):
                forecasts.make(scope=scope, contract=contract)
        except Exception as failure:  # noqa: BLE001  raised below, after the others
            failures.append(failure)
    if failures:
        raise ExceptionGroup("forecasts were not made", failures)


@shared_task(acks_late=True, ignore_result=True)
def judge_holds() -> None:
    """Judge what is not stated yet, so that a lapse or its repair shows without waiting."""
    scope = scopes.system()
    with acting_as(scope):
        parties = list(Subcontractor.objects.visible_to(scope).filter(is_own_team=False))
    for subcontractor in parties:
        with acting_as(scope):
            holds.refresh(scope=scope, subcontractor=subcontractor)


@shared_task(acks_late=True, ignore_result=True)
def ask_results() -> None:
    """Ask for results, also of bonuses, and settle those of trajectories not judged in time.

    A subcontractor whose starts and stops do not fit stops no other: the month says so.
    """
    scope = scopes.system()
    with acting_as(scope):
        parties = list(Subcontractor.objects.visible_to(scope).filter(is_own_team=False))
    for subcontractor in parties:
        with acting_as(scope):
            bonus_results.refresh(scope=scope, subcontractor=subcontractor)
        with suppress(RuleError), acting_as(scope):
            results.refresh(scope=scope, subcontractor=subcontractor)
