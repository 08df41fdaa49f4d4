"""Bonuses that wait for a verdict: shown as waiting from the first day of their line.

The steps of both sides are those of any result (`services.results`). Nothing settles by itself: a
bonus that nobody judged stays unpaid, and on the work list of who has to judge it.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from django.db import transaction

from billing.forms.base import decimal
from billing.forms.bonus import CODE
from billing.models import ResultEntry, TrajectoryResult
from billing.services.results import EVIDENCE_DAYS, change, move, say
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.scope import Scope
from hoofdaannemer.core.working_days import add_working_days
from subcontracts.models import FundingLine, Subcontract, Subcontractor
from subcontracts.rules.funding_parameters import RESULT_DAYS, RESULT_JUDGE

Status = TrajectoryResult.Status
Kind = ResultEntry.Kind


@transaction.atomic
def refresh(*, scope: Scope, subcontractor: Subcontractor) -> None:
    """Let every bonus wait whose line began, and follow what its contract says until it is judged.

    One whose contract no longer has begun lapses. For the system, and for who closes a month on its
    behalf; asked again it does nothing.
    """
    lines = {line.pk: line for line in _waiting(scope, subcontractor)}
    rows = TrajectoryResult.objects.filter(subcontractor=subcontractor, placement=None)
    if not lines and not rows.exists():
        return
    Subcontractor.objects.select_for_update(of=("self",)).get(pk=subcontractor.pk)
    known = {row.funding_line_id: row for row in rows.select_for_update().order_by("pk")}
    for pk, line in lines.items():
        _ask(scope, line, known.get(pk))
    for pk, row in known.items():
        if pk not in lines and row.status in TrajectoryResult.UNJUDGED:
            say(scope, row, Kind.LAPSED)
            move(scope, row, Status.LAPSED, {})


def _waiting(scope: Scope, subcontractor: Subcontractor) -> list[FundingLine]:
    return list(
        FundingLine.objects.filter(
            subcontract__subcontractor=subcontractor,
            form=CODE,
            parameters__has_key=RESULT_DAYS,
            start_date__lte=scope.today,
            end_date__isnull=False,
        )
        .exclude(subcontract__status__in=Subcontract.NOT_BEGUN)
        .select_related("subcontract")
        .order_by("pk")
    )


def _ask(scope: Scope, line: FundingLine, row: TrajectoryResult | None) -> None:
    facts = _facts(line)
    # Who hears of it after the last day has as many days to show it.
    since = max(line.end_date or line.start_date, scope.today)
    begun = facts | {"due_date": add_working_days(since, EVIDENCE_DAYS)}
    if row is None:
        made = TrajectoryResult.objects.create(
            main_contractor_id=line.main_contractor_id,
            provider_organisation_id=line.provider_organisation_id,
            subcontractor_id=line.subcontract.subcontractor_id,
            funding_line=line,
            number=1,
            recorded_at=scope.at,
            **begun,
        )
        say(scope, made, Kind.WAITS)
        audit.record(scope, "trajectory_result.asked", made, amount=str(made.at_stake))
    elif row.status == Status.LAPSED:
        say(scope, row, Kind.WAITS)
        move(scope, row, Status.AWAITED, begun)
    elif row.status == Status.AWAITED and any(
        getattr(row, name) != value for name, value in facts.items()
    ):
        change(row, begun)
        audit.record(scope, "trajectory_result.changed", row, amount=str(row.at_stake))


def _facts(line: FundingLine) -> dict[str, object]:
    """What the contract says of it."""
    last_day = line.end_date or line.start_date
    amount: Decimal = decimal(line.parameters, "amount")
    return {
        "ended_on": last_day,
        "at_stake": amount,
        "measure": line.parameters["judged_by"],
        "judge": line.parameters[RESULT_JUDGE],
        "target_date": last_day + timedelta(days=int(line.parameters[RESULT_DAYS])),
    }
