"""FTE reports: carried over from last month, filled in, looked at, handed in, corrected."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from billing import policies
from billing.models import FteReport, FteReportRow, FteSignal
from billing.selectors.fte_facts import Qualified, found_in, qualified_in
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.periods import Month, Period
from hoofdaannemer.core.scope import Scope
from subcontracts.models import FundingLine, Professional

#: A signal within a report: its kind, and the professional it is about, if any.
Key = tuple[str, int | None]


@dataclass(frozen=True)
class Details:
    """What may be told of a professional beside FTE; hours are of the month."""

    contracted: Decimal | None = None
    hours: Decimal | None = None
    absence: Decimal | None = None
    area: str = ""


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
        _store(report, *_as_told(_still_here(last, month)))
    _look(report)
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


def told(report: FteReport) -> tuple[dict[int, Decimal], dict[int, Details]]:
    """FTE and details by professional, as a report has them now."""
    return _as_told(report.rows.all())


def _as_told(rows: Iterable[FteReportRow]) -> tuple[dict[int, Decimal], dict[int, Details]]:
    """FTE and details by professional, as rows say them."""
    kept = list(rows)
    return (
        {row.professional_id: row.fte for row in kept},
        {
            row.professional_id: Details(row.contracted, row.hours, row.absence, row.area)
            for row in kept
        },
    )


def _store(report: FteReport, rows: Mapping[int, Decimal], details: Mapping[int, Details]) -> None:
    report.rows.all().delete()
    roles = dict(Professional.objects.filter(pk__in=rows).values_list("pk", "role"))
    nothing = Details()
    FteReportRow.objects.bulk_create(
        FteReportRow(
            main_contractor_id=report.main_contractor_id,
            provider_organisation_id=report.provider_organisation_id,
            report=report,
            professional_id=professional,
            fte=fte,
            role=roles[professional],
            contracted=details.get(professional, nothing).contracted,
            hours=details.get(professional, nothing).hours,
            absence=details.get(professional, nothing).absence,
            area=details.get(professional, nothing).area,
        )
        for professional, fte in rows.items()
        if fte
    )


def _look(
    report: FteReport, explanations: Mapping[Key, str] | None = None
) -> Mapping[int, Qualified]:
    """Find the signals anew; what was said of one stays with it. Returns who was qualified."""
    qualified = qualified_in(report)
    said = {
        (one.kind, one.professional_id): one.explanation for one in report.signals.all()
    } | dict(explanations or {})
    report.signals.all().delete()
    FteSignal.objects.bulk_create(
        FteSignal(
            main_contractor_id=report.main_contractor_id,
            provider_organisation_id=report.provider_organisation_id,
            report=report,
            professional_id=one.person,
            kind=one.kind,
            facts=one.facts,
            explanation=said.get((one.kind, one.person), "")[:500],
        )
        for one in found_in(report, qualified)
    )
    return qualified


def _freeze(report: FteReport, qualified: Mapping[int, Qualified]) -> None:
    """Keep who was qualified: later proofs change what is known, not what was handed in."""
    rows = list(report.rows.all())
    for row in rows:
        found = qualified[row.professional_id]
        row.qualified_at_start = _yes(found.at_start)
        row.qualified_at_end = _yes(found.at_end)
    FteReportRow.objects.bulk_update(rows, ["qualified_at_start", "qualified_at_end"])


def _yes(answer: bool) -> str:
    return FteReportRow.Qualified.YES if answer else FteReportRow.Qualified.NO


@transaction.atomic
def save(
    *,
    scope: Scope,
    report: FteReport,
    rows: Mapping[int, Decimal],
    details: Mapping[int, Details] | None = None,
) -> FteReport:
    """Store FTE by professional (ids) in a draft, with what else is told of them.

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
    _store(report, rows, details or {})
    _look(report)
    report.saved_at = scope.at
    report.save(update_fields=["saved_at"])
    return report


@transaction.atomic
def hand_in(
    *, scope: Scope, report: FteReport, explanations: Mapping[Key, str] | None = None
) -> FteReport:
    """Hand in a draft, with words on its signals; it takes the place of the one it corrects.

    Raises RuleError BIL-11 for a report that was handed in, BIL-12 for one without rows, BIL-16
    for a month that has not ended.
    """
    report = _locked(scope, report)
    policies.check_can_change_report(scope, report)
    if report.calendar_month.last > scope.today:
        raise RuleError("BIL-16", _("Hand in this report when the month is over."))
    if not report.rows.exists():
        raise RuleError("BIL-12", _("Report at least one professional."))
    _freeze(report, _look(report, explanations))
    FteReport.objects.handed_in().filter(
        funding_line=report.funding_line_id, month=report.month
    ).update(replaced_by=report)
    report.submitted_at = scope.at
    report.save(update_fields=["submitted_at"])
    total = sum((row.fte for row in report.rows.all()), Decimal(0))
    signals = report.signals.count()
    audit.record(scope, "fte_report.handed_in", report, fte=str(total), signals=signals)
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
    _store(draft, *_as_told(report.rows.all()))
    _look(draft, {(one.kind, one.professional_id): one.explanation for one in report.signals.all()})
    return draft


def _locked(scope: Scope, report: FteReport) -> FteReport:
    return FteReport.objects.visible_to(scope).select_for_update(of=("self",)).get(pk=report.pk)
