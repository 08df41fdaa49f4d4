"""Months of own teams: begun as the month before, filled in, handed in, corrected.

They are costs, not rights: no entitlement, statement or payment follows from them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from billing import policies
from billing.models import OwnTeamReport, OwnTeamRow
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.money import ZERO
from hoofdaannemer.core.periods import Month, Period
from hoofdaannemer.core.scope import Scope
from subcontracts.models import MunicipalContract, Subcontractor


@dataclass(frozen=True)
class Spent:
    """One row: what, how much work, and euros."""

    kind: str
    description: str
    amount: Decimal
    fte: Decimal | None = None
    hours: Decimal | None = None


@transaction.atomic
def begin(
    *, scope: Scope, team: Subcontractor, contract: MunicipalContract, month: Month
) -> OwnTeamReport:
    """The report of a month: the draft, else the one handed in, else a new draft.

    A new draft takes over what the month before was handed in with. Raises RuleError BIL-220 for a
    subcontractor, BIL-222 where the contract does not run in that month.
    """
    policies.check_can_report_own_team(scope, team)
    if contract.main_contractor_id != team.main_contractor_id or not Period(
        contract.start_date, contract.end_date
    ).overlaps(month.period):
        raise RuleError("BIL-222", _("This contract does not run in that month. Choose another."))
    of_task = OwnTeamReport.objects.filter(subcontractor=team, contract=contract, replaced_by=None)
    if known := of_task.filter(month=month.first).order_by("-pk").first():
        return known
    report = _draft(scope, team, contract, month)
    before = of_task.counting().filter(month=month.previous().first).first()
    if before:
        _store(report, rows_of(before))
    return report


def _draft(
    scope: Scope, team: Subcontractor, contract: MunicipalContract, month: Month
) -> OwnTeamReport:
    return OwnTeamReport.objects.create(
        main_contractor_id=team.main_contractor_id,
        provider_organisation_id=team.provider_organisation_id,
        subcontractor=team,
        contract=contract,
        month=month.first,
        saved_at=scope.at,
    )


def rows_of(report: OwnTeamReport) -> list[Spent]:
    """What a report says, row by row."""
    return [
        Spent(row.kind, row.description, row.amount, row.fte, row.hours)
        for row in report.rows.all()
    ]


@transaction.atomic
def save(*, scope: Scope, report: OwnTeamReport, rows: Sequence[Spent]) -> OwnTeamReport:
    """Store what was spent in a draft.

    Raises RuleError BIL-221 for a report that was handed in, BIL-223 where two rows say the same.
    """
    report = _locked(scope, report)
    policies.check_can_change_own_team(scope, report)
    names = {(row.kind, row.description.strip().casefold()) for row in rows}
    if len(names) < len(rows):
        raise RuleError("BIL-223", _("Two rows say the same. Add them up, or describe them apart."))
    _store(report, rows)
    report.saved_at = scope.at
    report.save(update_fields=["saved_at"])
    return report


def _store(report: OwnTeamReport, rows: Sequence[Spent]) -> None:
    report.rows.all().delete()
    OwnTeamRow.objects.bulk_create(
        OwnTeamRow(
            main_contractor_id=report.main_contractor_id,
            provider_organisation_id=report.provider_organisation_id,
            report=report,
            kind=row.kind,
            description=row.description.strip(),
            fte=row.fte,
            hours=row.hours,
            amount=row.amount,
        )
        for row in rows
    )


@transaction.atomic
def hand_in(*, scope: Scope, report: OwnTeamReport) -> OwnTeamReport:
    """Hand in a draft; it takes the place of the one it corrects.

    Raises RuleError BIL-221 for a report that was handed in, BIL-224 for one without rows, BIL-225
    for a month that has not ended.
    """
    report = _locked(scope, report)
    policies.check_can_change_own_team(scope, report)
    if report.calendar_month.last > scope.today:
        raise RuleError("BIL-225", _("Hand in this report when the month is over."))
    rows = rows_of(report)
    if not rows:
        raise RuleError("BIL-224", _("Fill in what the team worked or cost in this month."))
    OwnTeamReport.objects.counting().filter(
        subcontractor=report.subcontractor_id, contract=report.contract_id, month=report.month
    ).update(replaced_by=report)
    report.submitted_at, report.submitted_by_id = scope.at, scope.user_id
    report.save(update_fields=["submitted_at", "submitted_by"])
    total = sum((row.amount for row in rows), ZERO)
    audit.record(scope, "own_team_report.handed_in", report, amount=str(total))
    return report


@transaction.atomic
def correct(*, scope: Scope, report: OwnTeamReport) -> OwnTeamReport:
    """A draft with the same rows, to be handed in in place of this report.

    Raises RuleError BIL-226 for a report that was not handed in, or is being corrected.
    """
    report = _locked(scope, report)
    policies.check_can_report_own_team(scope, report.subcontractor)
    same = OwnTeamReport.objects.filter(
        subcontractor=report.subcontractor_id, contract=report.contract_id, month=report.month
    )
    if not report.submitted_at or report.replaced_by_id or same.filter(submitted_at=None).exists():
        raise RuleError("BIL-226", _("There is a draft of this report. Finish that one."))
    draft = _draft(scope, report.subcontractor, report.contract, report.calendar_month)
    _store(draft, rows_of(report))
    return draft


def _locked(scope: Scope, report: OwnTeamReport) -> OwnTeamReport:
    rows = OwnTeamReport.objects.visible_to(scope).select_related("subcontractor", "contract")
    return rows.select_for_update(of=("self",)).get(pk=report.pk)
