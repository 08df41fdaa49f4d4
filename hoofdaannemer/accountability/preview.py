"""A report as it would be published now, without storing anything."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from hoofdaannemer.accountability import documents, services, stored
from hoofdaannemer.accountability.disclosure import ProtectedTable
from hoofdaannemer.accountability.models import Release, Report
from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.scope import Scope
from subcontracts.models import MunicipalContract


@dataclass(frozen=True, slots=True)
class Preview:
    """Protected tables, and a release that is not stored and names no municipality yet."""

    release: Release
    tables: Sequence[ProtectedTable]

    def releases(self) -> Iterator[tuple[Release, documents.Shown]]:
        """What each municipality would get, but for what is published apart of subcontractors."""
        tables, _apart = documents.parted(self.release.definition, self.tables)
        for code, name in self.release.labels["municipality"].items():
            shown = documents.for_municipality(tables, code)
            self.release.municipality_name = name
            self.release.labels = self.release.labels | {"own": code}
            self.release.fingerprint = stored.digest(shown)
            yield self.release, shown


def preview(
    scope: Scope,
    contract: MunicipalContract,
    definition: str,
    period: Period,
    as_known_on: datetime | None = None,
) -> Preview:
    """Compute and protect. Raises RuleError ACC-01 and ACC-02 as the services do."""
    end = services.checked_end(definition, period)
    report = Report(
        main_contractor_id=contract.main_contractor_id,
        municipal_contract=contract,
        definition=definition,
        start_date=period.start,
        end_date=end,
        as_known_on=as_known_on or scope.at,
    )
    built = services.computed(report)
    release = Release(
        definition=definition,
        main_contractor_name=str(contract.main_contractor),
        contract_number=contract.number,
        contract_name=contract.name,
        family=contract.family,
        start_date=period.start,
        end_date=end,
        as_known_on=report.as_known_on,
        version=0,
        labels=documents.labels_of_report(built.snapshot.labels),
    )
    return Preview(release, built.protected)
