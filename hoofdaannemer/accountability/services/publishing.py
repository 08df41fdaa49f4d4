"""Publication: one frozen release for each municipality, with its tables and files."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils import translation

from hoofdaannemer.accountability import documents, policies, stored
from hoofdaannemer.accountability.disclosure import ProtectedTable
from hoofdaannemer.accountability.models import (
    Receipt,
    Release,
    ReleaseFile,
    ReleaseTable,
    Report,
)
from hoofdaannemer.accountability.services.files import LANGUAGE, files_of
from hoofdaannemer.accountability.services.judging import locked
from hoofdaannemer.accountability.services.showing import show_subcontractors, shown_now
from hoofdaannemer.accounts.models import Municipality
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.scope import Scope


@transaction.atomic
def publish(*, scope: Scope, report: Report) -> list[Release]:
    """Freeze a reviewed report: what each municipality gets, as tables, PDF and spreadsheet."""
    report = locked(scope, report)
    policies.check_can_publish(scope, report)
    every = [stored.table_from_dict(table.content) for table in report.tables.all()]
    tables, of_subcontractors = documents.parted(report.definition, every)
    level = shown_now(scope, report)
    codes = report.labels["municipality"]
    found = Municipality.objects.filter(code__in=codes).order_by("name", "pk")
    releases = [_release(scope, report, municipality, tables) for municipality in found]
    for release in releases:
        show_subcontractors(release, level, of_subcontractors)
    report.status = Report.Status.PUBLISHED
    report.published_by_id = scope.user_id or None
    report.published_at = scope.at
    report.save(update_fields=["status", "published_by", "published_at"])
    audit.record(scope, "report.published", report, releases=len(releases))
    return releases


@transaction.atomic
def record_receipt(*, scope: Scope, release: Release, action: Receipt.Action) -> None:
    """Keep that somebody of the municipality saw a release or took a file of it."""
    Receipt.objects.create(
        main_contractor_id=release.main_contractor_id,
        municipality_id=release.municipality_id,
        release=release,
        user_id=scope.user_id,
        action=action,
        at=scope.at,
    )


def _release(
    scope: Scope,
    report: Report,
    municipality: Municipality,
    tables: Sequence[ProtectedTable],
) -> Release:
    contract = report.municipal_contract
    shown = documents.for_municipality(tables, municipality.code)
    before = _before(report, municipality)
    release = Release.objects.create(
        main_contractor_id=report.main_contractor_id,
        municipality=municipality,
        report=report,
        definition=report.definition,
        main_contractor_name=str(report.main_contractor),
        municipality_name=municipality.name,
        contract_number=contract.number,
        contract_name=contract.name,
        family=contract.family,
        start_date=report.start_date,
        end_date=report.end_date,
        as_known_on=report.as_known_on,
        version=report.version,
        published_at=scope.at,
        narrative=report.narrative,
        labels=documents.labels_of_report(report.labels) | {"own": municipality.code},
        fingerprint=documents.fingerprint(report, shown),
        replaces=before,
        changes=documents.changes(_cells(before), shown) if before else [],
    )
    _add_tables(release, shown)
    _add_files(release, shown)
    return release


def _before(report: Report, municipality: Municipality) -> Release | None:
    return Release.objects.filter(report=report.replaces_id or 0, municipality=municipality).first()


def _cells(release: Release) -> documents.Shown:
    return {table.code: table.cells for table in release.tables.all()}


def _add_tables(release: Release, shown: documents.Shown) -> None:
    ReleaseTable.objects.bulk_create(
        [
            ReleaseTable(
                main_contractor_id=release.main_contractor_id,
                municipality_id=release.municipality_id,
                release=release,
                code=code,
                position=position,
                cells=cells,
            )
            for position, (code, cells) in enumerate(shown.items())
        ]
    )


def _add_files(release: Release, shown: documents.Shown) -> None:
    with translation.override(LANGUAGE):
        document = documents.of_release(release, shown)
        for kind, facts in files_of(document):
            ReleaseFile.objects.create(
                main_contractor_id=release.main_contractor_id,
                municipality_id=release.municipality_id,
                release=release,
                name=documents.file_name(release, kind),
                **facts,
            )
