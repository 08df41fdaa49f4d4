"""FTE reports: carried over from last month, filled in, handed in, corrected."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from billing import policies
from billing.models import FteReport, FteReportRow
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.periods import Month, Period
from hoofdaannemer.core.scope import Scope
from subcontracts.models import FundingLine, Professional


@transaction.atomic
def open_report(*, scope: Scope, funding_line: FundingLine, month: Month) -> FteReport:
    """The report of a month: the draft, else the one handed in, else a new draft.

    A new draft takes over the rows of the month before, for professionals still in service.
    Raises RuleError BIL-13 where the line is not an FTE line in force in that month.
    """
    policies.check_is_provider(scope, funding_line.provider_organisation_id)
    known = FteReport.objects.visible_to(scope).filter(
        funding_line=funding_line, month=month.first, replaced_by=None
    )
    # A draft of a correction comes before the report it corrects.
    if report := known.order_by("-pk").first():
        return report
    in_force = Period(funding_line.start_date, funding_line.end_date)
    if funding_line.form != FundingLine.Form.FTE or not in_force.overlaps(month.period):
        raise RuleError("BIL-13", _("No FTE was agreed for this month."))
    report = _draft(scope, funding_line, month)
    before = FteReport.objects.handed_in().filter(
        funding_line=funding_line, month=month.previous().first
    )
    for last in before[:1]:
        _store(report, {row.professional_id: row.fte for row in _still_here(last, month)})
    return report


def _draft(scope: Scope, funding_line: FundingLine, month: Month) -> FteReport:
    return FteReport.objects.create(
        main_contractor_id=funding_line.main_contractor_id,
        provider_organisation_id=funding_line.provider_organisation_id,
        funding_line=funding_line,
        month=month.first,
        saved_at=scope.at,
    )


def _still_here(report: FteReport, month: Month) -> list[FteReportRow]:
    rows = report.rows.select_related("professional")
    return [
        row
        for row in rows
        if Period(row.professional.start_date, row.professional.end_date).overlaps(month.period)
    ]


def _store(report: FteReport, rows: Mapping[int, Decimal]) -> None:
    report.rows.all().delete()
    FteReportRow.objects.bulk_create(
        FteReportRow(
            main_contractor_id=report.main_contractor_id,
            provider_organisation_id=report.provider_organisation_id,
            report=report,
            professional_id=professional,
            fte=fte,
        )
        for professional, fte in rows.items()
        if fte
    )


@transaction.atomic
def save(*, scope: Scope, report: FteReport, rows: Mapping[int, Decimal]) -> FteReport:
    """Store FTE by professional (ids) in a draft.

    Raises RuleError BIL-11 for a report that was handed in, BIL-14 for somebody who did not work
    for the organisation in that month, BIL-15 for more than 1,5 FTE or less than none.
    """
    report = _locked(scope, report)
    policies.check_can_change_report(scope, report)
    here = set(
        Professional.objects.filter(
            provider_organisation=report.provider_organisation_id, pk__in=rows
        )
        .in_force_during(report.calendar_month.period)
        .values_list("pk", flat=True)
    )
    if here != set(rows):
        raise RuleError("BIL-14", _("Report only people who worked for you in this month."))
    if any(not 0 <= fte <= Decimal("1.5") for fte in rows.values()):
        raise RuleError("BIL-15", _("Somebody works at most 1,5 FTE. Correct the number."))
    _store(report, rows)
    report.saved_at = scope.at
    report.save(update_fields=["saved_at"])
    return report


@transaction.atomic
def hand_in(*, scope: Scope, report: FteReport) -> FteReport:
    """Hand in a draft; it takes the place of the one it corrects.

    Raises RuleError BIL-11 for a report that was handed in, BIL-12 for one without rows, BIL-16
    for a month that has not ended.
    """
    report = _locked(scope, report)
    policies.check_can_change_report(scope, report)
    if report.calendar_month.last > scope.today:
        raise RuleError("BIL-16", _("Hand in this report when the month is over."))
    if not report.rows.exists():
        raise RuleError("BIL-12", _("Report at least one professional."))
    FteReport.objects.handed_in().filter(
        funding_line=report.funding_line_id, month=report.month
    ).update(replaced_by=report)
    report.submitted_at = scope.at
    report.save(update_fields=["submitted_at"])
    total = sum((row.fte for row in report.rows.all()), Decimal(0))
    audit.record(scope, "fte_report.handed_in", report, fte=str(total))
    return report


@transaction.atomic
def correct(*, scope: Scope, report: FteReport) -> FteReport:
    """A draft with the same rows, to be handed in in place of this report.

    Raises RuleError BIL-17 for a report that was not handed in, or is being corrected.
    """
    report = _locked(scope, report)
    policies.check_is_provider(scope, report.provider_organisation_id)
    drafts = FteReport.objects.filter(
        funding_line=report.funding_line_id, month=report.month, submitted_at=None
    )
    if not report.submitted_at or report.replaced_by_id or drafts.exists():
        raise RuleError("BIL-17", _("There is a draft of this report. Finish that one."))
    draft = _draft(scope, report.funding_line, report.calendar_month)
    _store(draft, {row.professional_id: row.fte for row in report.rows.all()})
    return draft


def _locked(scope: Scope, report: FteReport) -> FteReport:
    return FteReport.objects.visible_to(scope).select_for_update(of=("self",)).get(pk=report.pk)
