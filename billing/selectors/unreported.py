"""Own teams that gave care in a month of a production statement and reported nothing of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection
from django.utils.translation import gettext as _

from billing.models import ProductionStatement
from billing.rules.settling import part_of_year
from billing.selectors.closing import first_closed
from billing.selectors.settling import named
from hoofdaannemer.core.periods import Month, Period
from subcontracts.models import Subcontractor

# Care runs from a start that stands until the last day of its stop. What was only overhead is a
# report too: then the team said what it cost.
_UNREPORTED: Final = """
SELECT DISTINCT placement.subcontractor_id, month.day::date
FROM generate_series(%(first)s::date, %(last)s::date, interval '1 month') AS month(day)
JOIN subcontracts_deliverystart start
    ON start.withdrawn_at IS NULL AND start.begin_date < month.day + interval '1 month'
JOIN subcontracts_placement placement ON placement.id = start.placement_id
JOIN subcontracts_subcontractor team ON team.id = placement.subcontractor_id
JOIN subcontracts_allocation allocation ON allocation.id = placement.allocation_id
WHERE team.main_contractor_id = %(main)s AND team.is_own_team
  AND allocation.municipal_contract_id = %(contract)s
  AND NOT EXISTS (SELECT 1 FROM subcontracts_deliverystop stop
      WHERE stop.start_id = start.id AND stop.withdrawn_at IS NULL AND stop.end_date < month.day)
  AND NOT EXISTS (SELECT 1 FROM billing_ownteamreport report
      WHERE report.subcontractor_id = team.id AND report.contract_id = %(contract)s
        AND report.month = month.day::date AND report.submitted_at IS NOT NULL
        AND report.replaced_by_id IS NULL)
ORDER BY 1, 2
"""


@dataclass(frozen=True)
class Unreported:
    """Months, in order, in which an own team gave care and of which no report counts."""

    team: int
    name: str
    months: tuple[Month, ...]

    @property
    def said(self) -> str:
        """Team and months."""
        return _("%(team)s (%(months)s)") % {"team": self.name, "months": named(self.months)}


def unreported(row: ProductionStatement) -> list[Unreported]:
    """By name of the team, in the months of a statement that its contract ran and were closed here.

    For a scope that reads all care of its main contractor.
    """
    months = _months(row)
    if not months:
        return []
    asked: dict[str, Any] = {
        "main": row.main_contractor_id,
        "contract": row.contract_id,
        "first": months[0].first,
        "last": months[-1].first,
    }
    with connection.cursor() as cursor:
        cursor.execute(_UNREPORTED, asked)
        found = [(team, Month.of(day)) for team, day in cursor.fetchall()]
    names = dict(
        Subcontractor.objects.filter(pk__in={team for team, _month in found}).values_list(
            "pk", "provider_organisation__name"
        )
    )
    return _by_team((team, names[team], month) for team, month in found)


def not_waived(row: ProductionStatement) -> list[Unreported]:
    """Those of which nobody said why the statement does without."""
    known = {(one.team, month) for one in waived(row) for month in one.months}
    return _by_team(
        (one.team, one.name, month)
        for one in unreported(row)
        for month in one.months
        if (one.team, month) not in known
    )


def waived(row: ProductionStatement) -> list[Unreported]:
    """Those that somebody waived, as it was when that was done."""
    return _by_team((team, name, Month.parse(month)) for team, name, month in row.unreported)


def still_waived(row: ProductionStatement) -> list[Unreported]:
    """Those that somebody waived and that lack a report still."""
    if not row.unreported:
        return []
    lacking = {(one.team, month) for one in unreported(row) for month in one.months}
    return _by_team(
        (one.team, one.name, month)
        for one in waived(row)
        for month in one.months
        if (one.team, month) in lacking
    )


def as_stored(found: Iterable[Unreported]) -> list[list[object]]:
    """As a statement keeps them, with the names that the teams have now."""
    return [[one.team, one.name, str(month)] for one in found for month in one.months]


def _months(row: ProductionStatement) -> list[Month]:
    until = Month.of(row.last_month).last
    contract = row.contract
    in_force = Period(contract.start_date, min(contract.end_date or until, until))
    period = part_of_year(row.year, in_force, first_closed(row.main_contractor_id))
    return list(period.months()) if period else []


def _by_team(found: Iterable[tuple[int, str, Month]]) -> list[Unreported]:
    months: dict[tuple[str, int], list[Month]] = {}
    for team, name, month in found:
        months.setdefault((name, team), []).append(month)
    return [Unreported(key[1], key[0], tuple(months[key])) for key in sorted(months)]
