"""Starts and stops that a subcontractor hands in as a file: the rows go the way of the portal.

A dry run does all of it and takes it back. A row that cannot be taken stops no other, and is kept
so that it can be mended and handed in again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import DomainError, NotAllowedError, RuleError
from hoofdaannemer.core.scope import SUBCONTRACTOR, Scope
from messaging.istandaard.codelists import code_list
from subcontracts.models import CareFile, Placement, PlacementFile, RefusedRow
from subcontracts.rules.carefile import COLUMNS, Line, Report, lines
from subcontracts.rules.csvfiles import Fault
from subcontracts.rules.delivery import StopKey
from subcontracts.services import deliveries

#: In which column the mistake stands, by the rule that a report breaks; else in the begin date.
_COLUMN_OF: Mapping[str, str] = {
    "LEV-01": "plaatsing",
    "LEV-04": "einddatum_zorg",
    "TR413": "reden",
    "TR414": "einddatum_zorg",
    "TR415": "einddatum_zorg",
}
KNOWN: Final = "TR074"
_REASONS: Final = {"jw": "JZ588", "wmo": "WMO588"}


@dataclass(frozen=True)
class Outcome:
    """What became, or would become, of a file; the rows not taken with what is wrong."""

    taken: int
    known: int
    refused: Sequence[tuple[Line, Fault]]


@transaction.atomic
def dry_run(*, scope: Scope, raw: bytes) -> Outcome:
    """Say what would become of a file, and leave everything as it is. Raises as `hand_in`."""
    _check_may(scope)
    point = transaction.savepoint()
    try:
        return _carried_out(scope, lines(raw))
    finally:
        transaction.savepoint_rollback(point)


@transaction.atomic
def hand_in(*, scope: Scope, raw: bytes, source: str) -> CareFile:
    """Report what the rows say, each by itself.

    Raises RuleError CSV-01 to CSV-04 for a file that cannot be read, NotAllowedError for anybody
    but a subcontractor.
    """
    _check_may(scope)
    outcome = _carried_out(scope, lines(raw))
    row = CareFile.objects.create(
        provider_organisation_id=scope.organisation_id,
        source=source,
        handed_in_at=scope.at,
        taken_count=outcome.taken,
        known_count=outcome.known,
        refused_count=len(outcome.refused),
    )
    RefusedRow.objects.bulk_create(
        RefusedRow(
            file=row,
            line=line.number,
            cells=json.dumps([line.cells.get(name, "") for name in COLUMNS]),
            column=fault.column,
            rule=fault.rule,
            text=fault.text,
        )
        for line, fault in outcome.refused
    )
    audit.record(
        scope, "care_file.handed_in", row, taken=outcome.taken, refused=len(outcome.refused)
    )
    return row


@transaction.atomic
def take_placements(*, scope: Scope) -> PlacementFile:
    """Begin a download of what is new or changed since the last one."""
    _check_may(scope)
    last = PlacementFile.objects.visible_to(scope).first()
    row = PlacementFile.objects.create(
        provider_organisation_id=scope.organisation_id,
        since_at=last.taken_at if last else None,
        taken_at=scope.at,
    )
    audit.record(scope, "placement_file.made", row)
    return row


def _check_may(scope: Scope) -> None:
    if scope.role not in SUBCONTRACTOR:
        raise NotAllowedError(_("Only the organisation that delivers the care does this."))


def _carried_out(scope: Scope, found: Sequence[Line]) -> Outcome:
    named = _placements(scope, found)
    taken = known = 0
    refused: list[tuple[Line, Fault]] = []
    for line in sorted(found, key=_order):
        fault = _fault_of(scope, line, named)
        if fault is None:
            taken += 1
        elif fault.rule == KNOWN:
            known += 1
        else:
            refused.append((line, fault))
    return Outcome(taken, known, sorted(refused, key=lambda one: one[0].number))


def _order(line: Line) -> tuple[date, bool, int]:
    """A start comes before its stop, and before the next start, wherever it stands in the file."""
    said = line.said
    if isinstance(said, Fault):
        return date.max, True, line.number
    return said.begin, said.end is not None, line.number


def _placements(scope: Scope, found: Sequence[Line]) -> dict[tuple[str, int], list[Placement]]:
    """The own placements that the rows name, by law and number: one for each main contractor."""
    numbers = {line.said.number for line in found if isinstance(line.said, Report)}
    rows = (
        Placement.objects.visible_to(scope)
        .filter(number__in=numbers)
        .exclude(status=Placement.Status.DECLINED)
        .select_related("main_contractor__organisation")
    )
    named: dict[tuple[str, int], list[Placement]] = {}
    for row in rows:
        named.setdefault((row.family, row.number), []).append(row)
    return named


def _fault_of(
    scope: Scope, line: Line, named: Mapping[tuple[str, int], Sequence[Placement]]
) -> Fault | None:
    """Report what a row says; what is wrong with it where that cannot be."""
    said = line.said
    if isinstance(said, Fault):
        return said
    meant = [
        row
        for row in named.get((said.family, said.number), ())
        if not said.kvk or row.main_contractor.organisation.kvk == said.kvk
    ]
    if not meant:
        return Fault("plaatsing", "CSV-20", _("You have no placement with this number."))
    if len(meant) > 1:
        text = _("Two main contractors use this number. Fill in whose it is.")
        return Fault("hoofdaannemer_kvk", "CSV-21", text)
    if said.reason and said.reason not in code_list(_REASONS[said.family]).codes:
        return Fault("reden", "CSV-15", _("This code is not in the list of reasons."))
    try:
        with transaction.atomic():
            _report(scope, meant[0], said)
    except RuleError as refusal:
        text = refusal.message.removesuffix(f" ({refusal.code})")
        return Fault(_column(refusal.code, said), refusal.code, text)
    except DomainError as refusal:
        return Fault("plaatsing", "CSV-22", str(refusal))
    return None


def _report(scope: Scope, placement: Placement, said: Report) -> None:
    if said.end is None:
        deliveries.report_start(scope=scope, placement=placement, begin=said.begin)
    else:
        stop = StopKey(said.begin, said.end, said.reason)
        deliveries.report_stop(scope=scope, placement=placement, stop=stop)


def _column(rule: str, said: Report) -> str:
    if rule == "LEV-03" and said.end is not None:
        return "einddatum_zorg"
    return _COLUMN_OF.get(rule, "begindatum_zorg")
