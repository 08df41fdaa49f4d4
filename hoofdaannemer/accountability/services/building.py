"""From a request to a draft: exact figures, protected beside all earlier releases, attacked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from hoofdaannemer.accountability import policies, stored
from hoofdaannemer.accountability.definitions import DEFINITIONS, KWARTAAL, Snapshot
from hoofdaannemer.accountability.definitions.model import Listed
from hoofdaannemer.accountability.disclosure import (
    Finding,
    Policy,
    ProtectedTable,
    ReleasedTable,
    attack,
    protect,
    worst,
)
from hoofdaannemer.accountability.models import Report, ReportTable
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import ConflictError, DomainError, RuleError
from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.scope import Scope
from messaging.exchange.nudges import nudge
from subcontracts.models import MunicipalContract

SWEEP = "hoofdaannemer.accountability.tasks.sweep_reports"
ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Built:
    """Exact figures and what may be shown of them; `findings` are the attack's."""

    snapshot: Snapshot
    protected: Sequence[ProtectedTable]
    findings: Sequence[Finding]


@transaction.atomic
def ask_report(
    *,
    scope: Scope,
    contract: MunicipalContract,
    period: Period,
    as_known_on: datetime | None = None,
    definition: str = KWARTAAL.code,
) -> Report:
    """Store the wish for a report; a worker builds it. Without a moment: as known now.

    Raises RuleError ACC-02 for days that the report is not made for, and ConflictError while
    another version waits for review or publication.
    """
    policies.check_can_ask(scope, contract)
    end = checked_end(definition, period)
    same = Report.objects.filter(
        municipal_contract=contract, definition=definition, start_date=period.start, end_date=end
    )
    published = same.filter(status=Report.Status.PUBLISHED).order_by("-version").first()
    highest = same.aggregate(highest=Max("version"))["highest"] or 0
    try:
        with transaction.atomic():
            report = Report.objects.create(
                main_contractor_id=contract.main_contractor_id,
                municipal_contract=contract,
                definition=definition,
                start_date=period.start,
                end_date=end,
                as_known_on=as_known_on or scope.at,
                version=highest + 1,
                built_by_id=scope.user_id or None,
                asked_at=scope.at,
                replaces=published,
            )
    except IntegrityError as error:
        raise ConflictError(
            _("This report is already being made. Finish that version or send it back first.")
        ) from error
    audit.record(scope, "report.asked", report, contract=contract.pk, version=report.version)
    nudge(SWEEP)
    return report


@transaction.atomic
def claim(*, scope: Scope, report_id: int) -> bool:
    """Take a waiting report in hand; False when somebody else has it, or it needs a person."""
    report = (
        Report.objects.visible_to(scope)
        .waiting()
        .select_for_update(skip_locked=True, of=("self",))
        .filter(pk=report_id)
        .first()
    )
    if report is None:
        return False
    if report.attempts >= ATTEMPTS:
        _fail(
            scope, report, _("Building this report failed several times. Tell the administrator.")
        )
        return False
    report.status = Report.Status.BUILDING
    report.attempts += 1
    report.seen_at = scope.at
    report.save(update_fields=["status", "attempts", "seen_at"])
    return True


@transaction.atomic
def build(*, scope: Scope, report_id: int) -> Report | None:
    """Make the draft of a claimed report; None while another worker is at it.

    What the rules refuse (ACC-01: earlier releases would give figures away) stands on the report.
    """
    report = (
        Report.objects.visible_to(scope)
        .select_for_update(skip_locked=True, of=("self",))
        .select_related("municipal_contract")
        .filter(pk=report_id, status=Report.Status.BUILDING)
        .first()
    )
    if report is None:
        return None
    try:
        with transaction.atomic():
            built = computed(report)
            _keep(scope, report, built)
    except DomainError as refusal:
        _fail(scope, report, str(refusal))
    return report


def build_report(
    *,
    scope: Scope,
    contract: MunicipalContract,
    period: Period,
    as_known_on: datetime | None = None,
    definition: str = KWARTAAL.code,
) -> Report:
    """Ask for a report and build it at once: for commands and scenarios, not for a request."""
    report = ask_report(
        scope=scope,
        contract=contract,
        period=period,
        as_known_on=as_known_on,
        definition=definition,
    )
    claim(scope=scope, report_id=report.pk)
    built = build(scope=scope, report_id=report.pk)
    return built or report


def computed(report: Report) -> Built:
    """Figures of a report as known on its moment, protected beside what was published before."""
    definition = DEFINITIONS[report.definition]
    snapshot = definition.exact(report.municipal_contract, report.period, report.as_known_on)
    earlier = [
        ReleasedTable(str(table.report_id), stored.table_from_dict(table.content))
        for table in ReportTable.objects.filter(
            report__in=Report.objects.filter(
                main_contractor=report.main_contractor_id
            ).published_with(report)
        ).order_by("report__published_at", "report_id", "position")
    ]
    return protected_beside(snapshot, definition.policy, earlier)


def protected_beside(snapshot: Snapshot, policy: Policy, earlier: Sequence[ReleasedTable]) -> Built:
    """Protect a snapshot and attack the outcome. Raises ExposedError (ACC-01)."""
    protected = protect(snapshot.tables, policy, earlier)
    return Built(snapshot, protected, attack(protected, earlier))


def checked_end(definition: str, period: Period) -> date:
    """The last day of a period that the report is made for. Raises RuleError ACC-02."""
    if definition not in DEFINITIONS:
        raise RuleError("ACC-02", _("There is no report with this code."))
    if period.end is None or not DEFINITIONS[definition].fits(period):
        raise RuleError("ACC-02", _("This report is made for a whole quarter, such as 2026-Q1."))
    return period.end


def _keep(scope: Scope, report: Report, built: Built) -> None:
    definition = DEFINITIONS[report.definition]
    ReportTable.objects.bulk_create(
        [
            ReportTable(
                main_contractor_id=report.main_contractor_id,
                report=report,
                code=table.code,
                position=position,
                content=stored.table_as_dict(table),
            )
            for position, table in enumerate(built.protected)
        ]
    )
    report.status = Report.Status.DRAFT
    report.built_at = scope.at
    report.definition_version = definition.version
    report.code_version = stored.code_version()
    report.input_hash = stored.digest_of_tables(built.snapshot.tables)
    report.labels = built.snapshot.labels
    report.visibility = built.snapshot.visibility
    report.subcontractors = [_listed(one) for one in built.snapshot.listed]
    report.attack = _outcome(built.findings)
    report.save()
    audit.record(scope, "report.built", report, hash=report.input_hash)


def _listed(one: Listed) -> dict[str, Any]:
    products = [*one.products]
    return {
        "kvk": one.kvk,
        "name": one.name,
        "products": products,
        "since": one.since.isoformat(),
    }


def _outcome(findings: Sequence[Finding]) -> dict[str, Any]:
    """What the attack found, as the review page shows it."""
    needing = [finding for finding in findings if finding.need]
    outcome: dict[str, Any] = {
        "hidden": len(findings),
        "sensitive": len(needing),
        "exposed": sum(finding.is_exposed for finding in findings),
    }
    closest = worst(needing)
    if closest is not None:
        outcome |= {
            "measure": closest.measure,
            "cell": dict(sorted(closest.cell)),
            "width": f"{closest.high - closest.low:.1f}",
            "need": f"{closest.need:.1f}",
        }
    return outcome


def _fail(scope: Scope, report: Report, problem: str) -> None:
    report.status = Report.Status.FAILED
    report.problem = problem
    report.save(update_fields=["status", "problem"])
    audit.record(scope, "report.failed", report)
