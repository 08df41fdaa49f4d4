"""What is published of subcontractors with a report: as much as the contract shows."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils import translation

from hoofdaannemer.accountability import documents, stored
from hoofdaannemer.accountability.disclosure import ProtectedTable
from hoofdaannemer.accountability.models import (
    Release,
    Report,
    SubcontractorFile,
    SubcontractorRelease,
)
from hoofdaannemer.accountability.services.files import LANGUAGE, files_of
from hoofdaannemer.core.scope import Scope
from subcontracts.rules.visibility import Visibility, least
from subcontracts.selectors.visibility import shown_on


def shown_now(scope: Scope, report: Report) -> Visibility:
    """What a report that is published now takes along.

    Never more than was reviewed, nor more than the contract shows today.
    """
    today = shown_on(report.municipal_contract, scope.today)
    return least(Visibility(report.visibility), today)


def show_subcontractors(
    release: Release, level: Visibility, tables: Sequence[ProtectedTable]
) -> None:
    """Freeze the list of a release, and beside it the list with figures; each has its files.

    The list stands alone too, for the contract may come to show less than it does now.
    """
    if level.shows(Visibility.LIST):
        _keep(release, Visibility.LIST, {})
    if level.shows(Visibility.FIGURES):
        own = release.labels["own"]
        _keep(release, Visibility.FIGURES, documents.for_municipality(tables, own))


def _keep(release: Release, level: Visibility, cells: documents.Shown) -> None:
    report = release.report
    owner = {
        "main_contractor_id": release.main_contractor_id,
        "municipality_id": release.municipality_id,
        "contract_id": report.municipal_contract_id,
        "level": level.value,
    }
    row = SubcontractorRelease.objects.create(
        **owner,
        release=release,
        listed=report.subcontractors,
        labels=report.labels["subcontractor"] if cells else {},
        cells=cells,
        fingerprint=stored.digest([release.fingerprint, report.subcontractors, cells]),
    )
    with translation.override(LANGUAGE):
        document = documents.of_subcontractors(release, row)
        for kind, facts in files_of(document):
            SubcontractorFile.objects.create(
                **owner, of=row, name=documents.subcontractors_file_name(row, kind), **facts
            )
