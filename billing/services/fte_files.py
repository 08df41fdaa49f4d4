"""FTE reports from a file: checked cell by cell, then taken over into the draft.

A row says the whole of what is told of somebody. People who are not in the file stay in the draft
as they are, so that rows that were wrong are mended and handed in again by themselves.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from billing import policies
from billing.models import ColumnMapping, FteReport
from billing.rules import ftefile
from billing.rules.ftefile import FteFault, FteField, FteLayout, FteSaid
from billing.services import column_mappings, fte
from billing.services.column_mappings import fte_signature
from billing.services.fte import Details
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core import sheets
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.scope import Scope
from hoofdaannemer.core.sheets import Line, Sheet
from subcontracts.models import Professional


@dataclass(frozen=True)
class Outcome:
    """What a file says: rows with whom they are about, and everything that is wrong."""

    sheet: Sheet
    right: Sequence[tuple[FteSaid, Professional]]
    faults: Sequence[tuple[Line, FteFault]]

    @property
    def wrong_lines(self) -> list[Line]:
        """Rows of which a cell is wrong, once each."""
        found = {line.number: line for line, _fault in self.faults}
        return list(found.values())


def sheet_of(raw: bytes) -> Sheet:
    """The table in a file. Raises RuleError BIL-140 for what is none."""
    try:
        return sheets.read(raw, ftefile.is_known)
    except sheets.UnreadableError as error:
        raise RuleError("BIL-140", str(error)) from error


def layout_of(scope: Scope, sheet: Sheet) -> FteLayout:
    """What the columns mean: as it was pointed out before, else by the usual headings."""
    known = ColumnMapping.objects.visible_to(scope).filter(signature=fte_signature(sheet.heads))
    if row := known.first():
        return FteLayout.of_json(row.layout).within(sheet.heads)
    return ftefile.guess(sheet.heads, sheet.lines)


def check(*, scope: Scope, report: FteReport, sheet: Sheet, layout: FteLayout) -> Outcome:
    """Say what a file would do, and leave everything as it is.

    Raises RuleError BIL-11 for a report that was handed in, BIL-250 where nothing says who or how
    much, or one column has two meanings.
    """
    policies.check_can_change_report(scope, report)
    column_mappings.check_fte(sheet.heads, layout)
    faults: list[tuple[Line, FteFault]] = []
    said: list[tuple[Line, FteSaid]] = []
    for line in sheet.lines:
        row, wrong = ftefile.read(line, sheet.heads, layout, report.calendar_month)
        faults += [(line, one) for one in wrong]
        if row:
            said.append((line, row))
    right, not_found = _matched(report, said)
    return Outcome(sheet, right, sorted([*faults, *not_found], key=lambda one: one[0].number))


def _matched(
    report: FteReport, said: Sequence[tuple[Line, FteSaid]]
) -> tuple[list[tuple[FteSaid, Professional]], list[tuple[Line, FteFault]]]:
    """Whom each row is about: somebody of the organisation in service in the month, and once."""
    people = _People(report)
    found: list[tuple[Line, FteSaid, Professional]] = []
    faults: list[tuple[Line, FteFault]] = []
    for line, row in said:
        who = people.of(row)
        if isinstance(who, FteFault):
            faults.append((line, who))
        else:
            found.append((line, row, who))
    times = Counter(who.pk for _line, _row, who in found)
    text = _("Somebody stands in the file more than once. Add the rows up to one.")
    for line, _row, who in found:
        if times[who.pk] > 1:
            faults.append((line, FteFault(None, "BIL-254", text)))
    return [(row, who) for _line, row, who in found if times[who.pk] == 1], faults


class _People:
    """Who was in service in the month, by number and by name; names are stored encrypted."""

    def __init__(self, report: FteReport) -> None:
        rows = Professional.objects.filter(
            provider_organisation=report.provider_organisation_id
        ).in_force_during(report.calendar_month.period)
        self._by_reference: dict[str, Professional] = {}
        self._by_name: defaultdict[str, list[Professional]] = defaultdict(list)
        for one in rows:
            self._by_reference[one.reference.casefold()] = one
            self._by_name[_same(one.name)].append(one)

    def of(self, row: FteSaid) -> Professional | FteFault:
        """The number decides where there is one."""
        if row.reference:
            found = self._by_reference.get(row.reference.casefold())
            return found or _unknown(FteField.REFERENCE)
        named = self._by_name.get(_same(row.name), [])
        if len(named) > 1:
            text = _("More of your people have this name. Add a column with their numbers.")
            return FteFault(FteField.NAME, "BIL-252", text)
        return named[0] if named else _unknown(FteField.NAME)


def _unknown(of: FteField) -> FteFault:
    text = _("Nobody of your organisation who was in service in this month is known by it.")
    return FteFault(of, "BIL-251", text)


def _same(name: str) -> str:
    return " ".join(name.casefold().split())


@transaction.atomic
def take(
    *,
    scope: Scope,
    report: FteReport,
    outcome: Outcome,
    layout: FteLayout,
    leave_out: bool = False,
) -> None:
    """Take what was checked over into the draft, and remember what the columns mean.

    Raises RuleError BIL-11 for a report that was handed in, BIL-256 where rows are wrong and nobody
    said that the others go on without them, BIL-257 where no row is right.
    """
    policies.check_can_change_report(scope, report)
    if not outcome.right:
        raise RuleError("BIL-257", _("No row can be taken over. Mend the rows first."))
    if outcome.faults and not leave_out:
        wrong = len(outcome.wrong_lines)
        text = ngettext(
            "%(count)s row is wrong. Say that the others go on without it, or mend it.",
            "%(count)s rows are wrong. Say that the others go on without them, or mend them.",
            wrong,
        )
        raise RuleError("BIL-256", text % {"count": wrong})
    rows, details = fte.told(report)
    for said, who in outcome.right:
        rows[who.pk] = said.fte
        details[who.pk] = Details(said.contracted, said.hours, said.absence, said.area)
    fte.save(scope=scope, report=report, rows=rows, details=details)
    column_mappings.remember_fte(scope=scope, heads=outcome.sheet.heads, layout=layout)
    audit.record(
        scope, "fte_report.filled", report, rows=len(outcome.right), wrong=len(outcome.wrong_lines)
    )
