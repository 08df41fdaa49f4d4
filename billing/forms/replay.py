"""A past period under its own forms, computed anew from frozen facts by the forms themselves.

Nothing is read and nothing is written: the lines are rows in memory, made of the document.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from django.utils.translation import gettext as _

from billing.forms import (
    AGREED,
    capacity,
    deduction,
    margin,
    profile,
    pxq,
    sanction_discount,
    trajectory,
)
from billing.rules import explain
from billing.rules.explain import Explanation
from billing.rules.trajectory_parts import Part, chained
from billing.rules.whatif.care import allocated_care, care_of, events_of, value_of
from billing.rules.whatif.facts import Care, Facts, Line, Own, Party, RecordedKind, Volume
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.money import ZERO
from hoofdaannemer.core.periods import Month, Period
from subcontracts.models import FundingLine


def own_months(facts: Facts, party: Party) -> Sequence[Own]:
    """Every amount of a subcontractor in the months of the facts, in the order of a statement.

    Months before the first that was closed here are paid by nobody here; outcomes that a controller
    established are taken as they were. Raises RuleError where a line lacks a term (BIL-02) or
    starts and stops do not fit (BIL-20, BIL-21).
    """
    months = [one for one in facts.months if facts.since and one >= facts.since]
    own = [*_declared(party), *_by_line(party, months), *_trajectories(party, facts.months)]
    own += _assessed(party)
    for form in (margin.CODE, sanction_discount.CODE):
        own += list(_kept_back(form, party, own))
    return own


def row_of(line: Line) -> FundingLine:
    """The line as the forms read it."""
    return FundingLine(
        pk=line.pk,
        subcontract_id=line.subcontract,
        name=line.name,
        form=line.form,
        parameters=line.parameters,
        start_date=line.period.start,
        end_date=line.period.end,
    )


def _declared(party: Party) -> Iterator[Own]:
    """Declared care is entitled in any month, whether or not one was closed."""
    totals: defaultdict[tuple[Month, int], list[Volume]] = defaultdict(list)
    for volume in party.volumes:
        totals[volume.month, volume.line].append(volume)
    for (month, line), volumes in sorted(totals.items()):
        amount = sum((value_of(one) for one in volumes), ZERO)
        lines = explain.number("lines", sum(one.count for one in volumes))
        yield Own(month, line, Explanation("whatif.declared", (lines,), amount))


def _by_line(party: Party, months: Sequence[Month]) -> Iterator[Own]:
    for line in party.lines:
        if line.form in (trajectory.CODE, margin.CODE, sanction_discount.CODE):
            continue
        row = row_of(line)
        for month, why in _of_line(row, line, party, months):
            yield Own(month, line.pk, why)


def _of_line(
    row: FundingLine, line: Line, party: Party, months: Sequence[Month]
) -> Iterator[tuple[Month, Explanation]]:
    if line.form == capacity.CODE:
        due = capacity.months_due(row, months, care_of(party.cares, line), line.steered)
        yield from ((month, entry.explanation) for month, entry in due)
    elif line.form == profile.CODE:
        of_clients = profile.months_due(row, months, care_of(party.cares, line), line.steered)
        yield from ((month, entry.explanation) for month, _client, entry in of_clients)
    elif row.is_paid_as_allocated:
        care = dict(enumerate(allocated_care(party.cares, [line])))
        of_placements = pxq.months_due(months, care, line.steered)
        yield from ((month, entry.explanation) for month, _placement, entry in of_placements)
    elif agreed := AGREED.get(line.form):
        for month in months:
            if entry := agreed(row, month):
                yield month, entry.explanation


def _trajectories(party: Party, months: Sequence[Month]) -> Iterator[Own]:
    lines = {line.pk: line for line in party.lines if line.form == trajectory.CODE}
    covered: defaultdict[tuple[int | None, int], list[tuple[int, Period]]] = defaultdict(list)
    for line in lines.values():
        for one in line.covers:
            covered[line.subcontract, one.product].append((line.pk, one.period))
    parts = []
    for care in party.cares:
        day = care.spells[0].day if care.spells else care.start
        for pk in trajectory.paying(covered, (care.subcontract, care.product), day):
            terms = trajectory.terms_of(row_of(lines[pk]), care.law)
            same = care.client, care.product, care.subcontract
            parts.append(Part(care, lines[pk], terms, same, events_of(care)))
    for part in chained(parts):
        yield from _steps(part, months)


def _steps(part: Part[Care, Line], months: Sequence[Month]) -> Iterator[Own]:
    care, line = part.of, part.line
    steered = {spell.day for spell in care.spells if spell.is_steered}
    steered |= {stop.day for spell in care.spells for stop in spell.stops if stop.is_steered}
    try:
        found = part.steps()
    except ValueError as error:
        raise RuleError(
            "BIL-21",
            _("The starts and stops of a placement under %(line)s do not fit. Mend them.")
            % {"line": line.name},
        ) from error
    for step in found:
        if Month.of(step.day) in months and step.day not in steered:
            yield Own(Month.of(step.day), line.pk, step.entry.explanation)


def _assessed(party: Party) -> Iterator[Own]:
    """Bonuses that were granted and subsidies that were settled: facts, not computed again."""
    totals: defaultdict[tuple[Month, int], Decimal] = defaultdict(lambda: ZERO)
    for one in party.recorded:
        if one.kind == RecordedKind.ASSESSED:
            totals[one.month, one.line] += one.amount
    for (month, line), amount in sorted(totals.items()):
        yield Own(month, line, Explanation("whatif.assessed", (), amount))


def _kept_back(form: str, party: Party, own: Sequence[Own]) -> Iterator[Own]:
    """A fee, then a discount: percentages of what came before them."""
    lines = {line.pk: line for line in party.lines}
    bases: dict[int, defaultdict[Month, Decimal]] = {}
    for one in own:
        base = bases.setdefault(lines[one.line].subcontract, defaultdict(lambda: ZERO))
        base[one.month] += one.why.amount
    by_contract: defaultdict[int, list[FundingLine]] = defaultdict(list)
    for line in sorted(party.lines, key=lambda one: one.pk):
        if line.form == form:
            by_contract[line.subcontract].append(row_of(line))
    for contract, rows in by_contract.items():
        base_of: Mapping[Month, Decimal] = bases.get(contract, {})
        for due in deduction.of_contract(rows, base_of):
            yield Own(due.month, due.line.pk, due.entry.explanation)
