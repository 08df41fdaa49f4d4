"""What each line of a statement rests on, as links: for all lines of a page in a few queries.

A link is there only where this reader may open the page behind it: the row is among those that are
visible to the scope, and a mandate one acts under covers the page.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, TypeVar
from urllib.parse import urlencode

from django.db.models import Model, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from billing.models import (
    DeclaredLine,
    Entitlement,
    FteReport,
    Hold,
    InvoiceLine,
    Settlement,
    StatementLine,
    TrajectoryResult,
)
from billing.rules.results import SUFFIX
from hoofdaannemer.core import mandates
from hoofdaannemer.core.money import format_euro
from hoofdaannemer.core.scope import Scope
from hoofdaannemer.core.templatetags.core_format import month_nl
from subcontracts.models import FundingLine

#: What a line is read with, so that its sources need no query of their own.
RELATED: Final = (
    *("entitlement__product", "entitlement__placement", "entitlement__funding_line"),
    *("entitlement__step", "hold__entitlement__step", "hold__entitlement__placement"),
    *("hold__entitlement__funding_line", "adjustment"),
)
_M = TypeVar("_M", bound=Model)


@dataclass(frozen=True)
class Source:
    """One page that shows what a line rests on, or what became of it."""

    label: str
    url: str


@dataclass(frozen=True)
class _Known:
    """The rows behind some lines, by the key of what they belong to."""

    scope: Scope
    declared: Mapping[int, DeclaredLine]
    reports: Mapping[tuple[int, date], FteReport]
    settlements: Mapping[int, Settlement]
    invoiced: Mapping[int, InvoiceLine]
    #: By placement, funding line and number; without a placement of a bonus.
    results: Mapping[tuple[int | None, int, int], TrajectoryResult]
    #: Open and released ones, by entitlement.
    holds: Mapping[int, list[Hold]]
    #: Lines of entitlements, by entitlement.
    stated: Mapping[int, StatementLine]
    #: Lines that take an entitlement back, by that entitlement.
    taken_back: Mapping[int, list[StatementLine]]
    #: Lines of holds: held and released.
    of_holds: Mapping[int, list[StatementLine]]


def sources_of(scope: Scope, lines: Sequence[StatementLine]) -> dict[int, list[Source]]:
    """The sources of each line, by its primary key; wants `RELATED` joined.

    The number of queries does not depend on the number of lines.
    """
    known = _known(scope, lines)
    return {line.pk: list(_of_line(known, line)) for line in lines}


def of_entitlement(scope: Scope, entitlement: Entitlement) -> list[Source]:
    """What one entitlement rests on, for the page of what is held of it."""
    return list(_of_entitlement(_read(scope, [entitlement], []), entitlement))


def line_url(line: StatementLine) -> str:
    """Where a line stands: its statement, narrowed to its reference."""
    url = reverse("statement_detail", args=[line.statement_id])
    return f"{url}?{urlencode({'text': line.reference})}#line-{line.pk}"


def _known(scope: Scope, lines: Sequence[StatementLine]) -> _Known:
    facts = [fact for line in lines if (fact := _entitlement(line))]
    return _read(scope, facts, [line.hold_id for line in lines if line.hold_id])


def _entitlement(line: StatementLine) -> Entitlement | None:
    """What it is about: of a hold, what is held."""
    return line.hold.entitlement if line.hold else line.entitlement


def _read(scope: Scope, facts: Sequence[Entitlement], held: Sequence[int]) -> _Known:
    pks = {one.pk for one in facts}
    postings = _postings(scope, facts, pks, held)
    return _Known(
        scope=scope,
        declared=_declared(scope, facts),
        reports=_reports(scope, facts),
        settlements={
            row.entitlement_id: row
            for row in Settlement.objects.visible_to(scope).light().filter(entitlement__in=pks)
            if row.entitlement_id
        },
        invoiced=InvoiceLine.objects.visible_to(scope)
        .select_related("invoice")
        .defer("invoice__content")
        .in_bulk({one.invoice_line_id for one in facts if one.invoice_line_id}),
        results={
            (row.placement_id, row.funding_line_id, row.number): row
            for row in _results(scope, facts)
        },
        holds=_by(
            Hold.objects.visible_to(scope).filter(entitlement__in=pks).order_by("pk"),
            lambda row: row.entitlement_id,
        ),
        stated={row.entitlement_id: row for row in postings if row.entitlement_id},
        taken_back=_by(
            [row for row in postings if row.entitlement and _back(row.entitlement)],
            lambda row: _back(row.entitlement),
        ),
        of_holds=_by([row for row in postings if row.hold_id], lambda row: row.hold_id),
    )


def _back(entitlement: Entitlement | None) -> int | None:
    """Key of what an entitlement takes back."""
    if entitlement is None:
        return None
    return entitlement.corrects_id or entitlement.corrects_part_id


def _declared(scope: Scope, facts: Sequence[Entitlement]) -> Mapping[int, DeclaredLine]:
    rows = DeclaredLine.objects.visible_to(scope).select_related("declaration")
    return rows.in_bulk({one.declared_line_id for one in facts if one.declared_line_id})


def _reports(scope: Scope, facts: Sequence[Entitlement]) -> Mapping[tuple[int, date], FteReport]:
    """What was reported of the months that are paid by FTE, as it stands now."""
    months = [one for one in facts if one.form == FundingLine.Form.FTE]
    rows = (
        FteReport.objects.visible_to(scope)
        .handed_in()
        .filter(
            funding_line__in={one.funding_line_id for one in months},
            month__in={one.month for one in months},
        )
    )
    return {(row.funding_line_id, row.month): row for row in rows}


def _results(scope: Scope, facts: Sequence[Entitlement]) -> QuerySet[TrajectoryResult]:
    bonus = {one.funding_line_id for one in facts if one.form == FundingLine.Form.BONUS}
    placements = {one.placement_id for one in facts if _is_of_result(one)}
    return TrajectoryResult.objects.visible_to(scope).filter(
        Q(placement__in=placements - {None}) | Q(placement=None, funding_line__in=bonus)
    )


def _is_of_result(entitlement: Entitlement) -> bool:
    return entitlement.step is not None and entitlement.step.reference.endswith(SUFFIX)


def _result_key(entitlement: Entitlement) -> tuple[int | None, int, int]:
    """By which its result is known; of number 0 there is none."""
    if entitlement.form == FundingLine.Form.BONUS:
        return None, entitlement.funding_line_id or 0, 1
    number = 0
    if entitlement.step and _is_of_result(entitlement):
        number = int(entitlement.step.reference.removesuffix(SUFFIX))
    return entitlement.placement_id, entitlement.funding_line_id or 0, number


def _postings(
    scope: Scope, facts: Sequence[Entitlement], pks: set[int], held: Sequence[int]
) -> list[StatementLine]:
    """Lines of what these take back, of what takes these back, and of their holds."""
    back = {key for one in facts if (key := _back(one))}
    rows = StatementLine.objects.visible_to(scope).filter(
        Q(entitlement__in=back)
        | Q(entitlement__corrects__in=pks)
        | Q(entitlement__corrects_part__in=pks)
        | Q(hold__in=held)
    )
    related = rows.select_related("statement", "entitlement", "hold")
    return list(related.defer("statement__pdf", "statement__document").order_by("pk"))


def _by(rows: Iterable[_M], key: Any) -> dict[Any, list[_M]]:
    found: defaultdict[Any, list[_M]] = defaultdict(list)
    for row in rows:
        found[key(row)].append(row)
    return found


def _source(known: _Known, label: str, page: str, pk: int, suffix: str = "") -> Iterator[Source]:
    if mandates.covers_page(known.scope, page):
        yield Source(label, reverse(page, args=[pk]) + suffix)


def _of_line(known: _Known, line: StatementLine) -> Iterator[Source]:
    if line.plan_id:
        yield from _source(known, _("Recovery plan"), "recovery_plan_detail", line.plan_id)
        return
    if line.adjustment_id:
        label = _("What it rests on, and who decided")
        yield from _source(known, label, "adjustment_detail", line.adjustment_id)
        return
    if line.hold:
        yield from _source(
            known, _("What is held, and what releases it"), "hold_detail", line.hold.pk
        )
        for other in known.of_holds.get(line.hold.pk, ()):
            if other.pk != line.pk:
                yield Source(
                    _("%(what)s on statement %(number)s")
                    % {"what": other.get_kind_display().capitalize(), "number": other.statement},
                    line_url(other),
                )
    if entitlement := _entitlement(line):
        yield from _of_entitlement(known, entitlement)
        if not line.hold:
            yield from _of_its_holds(known, entitlement)


def _of_its_holds(known: _Known, entitlement: Entitlement) -> Iterator[Source]:
    """What was held of it and stands still; what came and went needs nobody any more."""
    for hold in known.holds.get(entitlement.pk, ()):
        if hold.released_at is None:
            label = _("%(amount)s of it is held") % {"amount": format_euro(hold.amount)}
            yield from _source(known, label, "hold_detail", hold.pk)


def _of_entitlement(known: _Known, entitlement: Entitlement) -> Iterator[Source]:
    found = [*_facts(known, entitlement)]
    if not found and entitlement.funding_line:
        label = _("Terms and amounts of %(name)s") % {"name": entitlement.funding_line.name}
        found = [*_source(known, label, "funding_line_amounts", entitlement.funding_line.pk)]
    yield from found
    yield from _of_corrections(known, entitlement)


def _facts(known: _Known, one: Entitlement) -> Iterator[Source]:
    if declared := known.declared.get(one.declared_line_id or 0):
        label = _("Declaration %(number)s, line %(line)s") % {
            "number": declared.declaration.number,
            "line": declared.reference,
        }
        there = f"?line={declared.pk}#line-{declared.pk}"
        yield from _source(known, label, "declaration_detail", declared.declaration_id, there)
    elif one.placement:
        label = _("Placement %(number)s, with its starts and stops") % {"number": one.placement}
        yield from _source(known, label, "placement_detail", one.placement.pk)
    if result := known.results.get(_result_key(one)):
        yield from _source(known, _("Result and verdict"), "result_detail", result.pk)
    if report := known.reports.get((one.funding_line_id or 0, one.month)):
        label = _("FTE report of %(month)s") % {"month": month_nl(one.month)}
        yield from _source(known, label, "fte_report_detail", report.pk)
    if settlement := known.settlements.get(one.pk):
        yield from _source(known, _("Settlement of a year"), "settlement_detail", settlement.pk)
    if invoiced := known.invoiced.get(one.invoice_line_id or 0):
        label = _("Invoice %(number)s") % {"number": invoiced.invoice}
        yield from _source(known, label, "invoice_detail", invoiced.invoice_id)


def _of_corrections(known: _Known, entitlement: Entitlement) -> Iterator[Source]:
    """What it takes back, and what takes it back."""
    if before := known.stated.get(_back(entitlement) or 0):
        label = _("Takes back a line of statement %(number)s") % {"number": before.statement}
        yield Source(label, line_url(before))
    for after in known.taken_back.get(entitlement.pk, ()):
        label = _("Taken back on statement %(number)s") % {"number": after.statement}
        yield Source(label, line_url(after))
