"""Promises about reports: what was published is as it was published, and hides what it must."""

from __future__ import annotations

from collections.abc import Iterator

from hoofdaannemer.accountability import documents, stored
from hoofdaannemer.accountability.models import Release, SubcontractorRelease
from hoofdaannemer.invariants.promises import Promise, by_query


def _changed_releases() -> Iterator[str]:
    """Releases of which the figures are others than those that were sealed."""
    releases = Release.objects.select_related("report").prefetch_related("tables")
    for release in releases.order_by("pk"):
        shown = {table.code: table.cells for table in release.tables.all()}
        if documents.fingerprint(release.report, shown) != release.fingerprint:
            yield f"release {release.pk}"


def _changed_subcontractors() -> Iterator[str]:
    """Lists of subcontractors that are others than those that were sealed."""
    rows = SubcontractorRelease.objects.select_related("release").order_by("pk")
    for row in rows:
        if row.fingerprint != stored.digest([row.release.fingerprint, row.listed, row.cells]):
            yield f"list {row.pk}"


PROMISES: tuple[Promise, ...] = (
    Promise(
        "REP-01", "The figures of a published report are those of its seal.", _changed_releases
    ),
    by_query(
        "REP-02",
        "The files of a published report are those that were published.",
        """
        SELECT 'file', id FROM accountability_releasefile
        WHERE encode(sha256(content), 'hex') <> sha256 OR length(content) <> size
        UNION ALL
        SELECT 'file of a list', id FROM accountability_subcontractorfile
        WHERE encode(sha256(content), 'hex') <> sha256 OR length(content) <> size
        """,
    ),
    by_query(
        "REP-03",
        "A report was reviewed before it was published, by another than who built it.",
        """
        SELECT 'report', id FROM accountability_report
        WHERE status = 'published' AND (
            reviewed_at IS NULL OR published_at IS NULL OR published_at < reviewed_at
            OR reviewed_by_id IS NULL OR reviewed_by_id = built_by_id)
        """,
    ),
    by_query(
        "REP-04",
        "Only what was published reached a municipality, and one of the contract.",
        """
        SELECT 'release', release.id
        FROM accountability_release release
        JOIN accountability_report report ON report.id = release.report_id
        WHERE report.status <> 'published' OR NOT EXISTS (
            SELECT 1 FROM subcontracts_contractmunicipality part
            WHERE part.contract_id = report.municipal_contract_id
              AND part.municipality_id = release.municipality_id)
        """,
    ),
    by_query(
        "REP-05",
        "A hidden figure of a published report has no value.",
        """
        SELECT 'table', shown.id
        FROM accountability_releasetable shown, jsonb_array_elements(shown.cells) cell
        WHERE (cell->>'suppressed')::boolean AND cell->>'value' IS NOT NULL
        UNION ALL
        SELECT 'list', shown.id
        FROM accountability_subcontractorrelease shown, jsonb_each(shown.cells) held,
            jsonb_array_elements(held.value) cell
        WHERE (cell->>'suppressed')::boolean AND cell->>'value' IS NOT NULL
        """,
    ),
    by_query(
        "REP-06",
        "What a release holds is of the municipality and main contractor that it went to.",
        """
        SELECT 'table', part.id FROM accountability_releasetable part
        JOIN accountability_release release ON release.id = part.release_id
        WHERE (part.municipality_id, part.main_contractor_id)
              <> (release.municipality_id, release.main_contractor_id)
        UNION ALL
        SELECT 'file', part.id FROM accountability_releasefile part
        JOIN accountability_release release ON release.id = part.release_id
        WHERE (part.municipality_id, part.main_contractor_id)
              <> (release.municipality_id, release.main_contractor_id)
        UNION ALL
        SELECT 'list', part.id FROM accountability_subcontractorrelease part
        JOIN accountability_release release ON release.id = part.release_id
        JOIN accountability_report report ON report.id = release.report_id
        WHERE (part.municipality_id, part.main_contractor_id, part.contract_id)
              <> (release.municipality_id, release.main_contractor_id, report.municipal_contract_id)
        UNION ALL
        SELECT 'file of a list', file.id FROM accountability_subcontractorfile file
        JOIN accountability_subcontractorrelease part ON part.id = file.of_id
        WHERE (file.municipality_id, file.main_contractor_id, file.contract_id, file.level)
              <> (part.municipality_id, part.main_contractor_id, part.contract_id, part.level)
        """,
    ),
    Promise(
        "REP-07",
        "What was published of subcontractors is that of its seal.",
        _changed_subcontractors,
    ),
    by_query(
        "REP-08",
        "No more was published of subcontractors than the contract showed when it was reviewed.",
        """
        SELECT 'list', part.id FROM accountability_subcontractorrelease part
        JOIN accountability_release release ON release.id = part.release_id
        JOIN accountability_report report ON report.id = release.report_id
        WHERE report.visibility = 'none' OR (report.visibility = 'list' AND part.level = 'figures')
            OR (part.level = 'list' AND part.cells <> '{}'::jsonb)
        """,
    ),
)
